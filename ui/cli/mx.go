package cli

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mxodus/steps/check"
	"mxodus/steps/check/mx"
	"mxodus/steps/check/resolve"
	"mxodus/steps/region"
)

func (r *run) mxCommand() *cobra.Command {
	var name string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "mx DOMAIN...", Short: "Ask every server for the MX of domains and compare with a region's set",
		Long: `Asks every authoritative server of each domain, and the resolvers, for its MX
records and compares them with the inbound hosts of a region. It needs no move.

Exit code 0 means that every server of every domain gives exactly the region's
set, 3 that some server gives something else, 1 that it could not be told.
Resolvers that still hold an old answer do not change the exit code: their
caches run out by themselves. Of a web or mail address the domain is read.`,
		Example: "  mxodus mx acme.example --region au\n  mxodus mx acme.example acme.org --region CAU --resolver 192.0.2.53 --json",
		Args:    argCount(1, -1, "one domain or more"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if name == "" {
				return withHint(usage("no region given"), "add --region, one of: "+strings.Join(region.IDs(), ", "))
			}
			g, err := region.Parse(name)
			if err != nil {
				return usage("--region: %w", err)
			}
			return r.survey(cmd.Context(), r.domainsIn(args), g, asJSON)
		},
	}
	cmd.Flags().StringVar(&name, "region", "", "`REGION` whose hosts are expected (required)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.mx/1)")
	_ = cmd.RegisterFlagCompletionFunc("region", cobra.FixedCompletions(region.IDs(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (r *run) survey(ctx context.Context, domains []string, g region.Region, asJSON bool) error {
	tell := r.reporter()
	rep := mx.Survey(ctx, r.world(), domains, g, func(p check.Progress) {
		p.Check = "MX"
		tell(check.Event{Progress: &p})
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, bad := range rep.Rejected {
		r.say("%s was left out: %s", string(bad.Given), string(bad.Why))
	}
	if len(rep.Domains) == 0 {
		return usage("none of the arguments is a domain; expected something like acme.example")
	}
	var err error
	if asJSON {
		err = r.writeJSON(rep)
	} else {
		err = r.printSurvey(rep, g)
	}
	if err != nil {
		return err
	}
	code := map[mx.YesNo]int{mx.Yes: ExitDone, mx.No: ExitNotSafe}
	if c, ok := code[rep.Equal]; ok && (c != ExitDone || len(rep.Rejected) == 0) {
		return outcome(c)
	}
	return outcome(ExitError)
}

func (r *run) printSurvey(rep mx.Report, g region.Region) error {
	p := r.page()
	expected := strings.Join(rep.Expected, ", ")
	p.line("Expected  %s: %s", g.Name, orUnknown(expected, unknownValue))
	gone := 0
	for _, d := range rep.Domains {
		if missingDomain(d) {
			gone++
		}
	}
	for _, t := range rep.Tables {
		if gone < len(rep.Domains) { // where nothing exists there is nothing to compare
			r.printTable(&p, t)
		}
	}
	for _, d := range rep.Domains {
		for _, f := range d.Findings {
			if f.Severity != check.OK {
				r.printFinding(&p, f)
			}
		}
	}
	p.line("")
	for _, d := range rep.Domains {
		word := r.equalWord(d.Equal, g)
		if missingDomain(d) {
			word = r.paint.danger("does not exist")
		}
		p.line("%s  %s", r.paint.strong(safe(string(d.Domain))), word)
	}
	return p.done()
}

func (r *run) equalWord(e mx.YesNo, g region.Region) string {
	switch e {
	case mx.Yes:
		return r.paint.good(fmt.Sprintf("every server gives exactly the set of %s", g.Name))
	case mx.No:
		return r.paint.danger(fmt.Sprintf("not every server gives exactly the set of %s", g.Name))
	}
	return r.paint.warn("it could not be told")
}

// domainsIn reads the domains out of arguments that are web or mail addresses,
// and says so; everything else is left as it came.
func (r *run) domainsIn(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = arg
		host := hostIn(arg)
		if host == "" || host == arg {
			continue
		}
		if _, err := netip.ParseAddr(host); err == nil {
			continue
		}
		if _, err := resolve.Name(host); err == nil {
			r.say("of %s the domain %s is asked", arg, host)
			out[i] = host
		}
	}
	return out
}

// hostIn is the host of a URL (RFC 3986), the domain of a mail address (RFC
// 5321), or the name before a port or path; "" when there is none.
func hostIn(arg string) string {
	arg = strings.TrimSpace(arg)
	if !strings.Contains(arg, "://") {
		if rest, ok := strings.CutPrefix(strings.ToLower(arg), "mailto:"); ok {
			arg = rest
		}
		arg = "//" + arg
	}
	u, err := url.Parse(arg)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// missingDomain reports a domain that does not exist.
func missingDomain(d mx.Domain) bool {
	return slices.ContainsFunc(d.Findings, func(f check.Finding) bool { return f.Code == mx.CodeNoDomain })
}
