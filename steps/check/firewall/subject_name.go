package firewall

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// byName is a check that is handed the addresses of mail servers given by name.
type byName struct {
	check.Check
	w *check.World
}

// ByName gives a check of this package the addresses of those mail servers that
// are given by name, as the world's resolvers tell them: rules speak of
// addresses. The answers are kept with the result as evidence; nil asks nobody.
func ByName(w *check.World, c check.Check) check.Check { return byName{c, w} }

func (n byName) Run(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result {
	_, names := servers(in)
	if n.w == nil || hosted(in) || len(names) == 0 || len(in.Rulesets) == 0 || n.ID() == (openCheck{}).ID() && len(in.Ports) == 0 {
		return n.Check.Run(ctx, in, progress)
	}
	progress(check.Progress{Waiting: clean.Sprintf("resolving %s", series(names))})
	found := resolveServers(ctx, n.w, in.MailServers)
	if ctx.Err() != nil {
		return check.Result{Outcome: check.Unknown, Summary: "Stopped before it could finish"}
	}
	in.MailServers = found.servers
	res := n.Check.Run(ctx, in, progress)
	return found.tell(n.ID(), in, res)
}

// resolved is what became of the names among the mail servers.
type resolved struct {
	servers  []string // addresses, and the names that have none
	says     []string // "mail.a.example resolves to 203.0.113.25"
	missing  []string // names without an address
	why      []string // what was answered for them
	evidence []check.Evidence
}

// resolveServers looks up A and AAAA of every mail server that is a name.
func resolveServers(ctx context.Context, w *check.World, given []string) resolved {
	var r resolved
	client := resolve.For(ctx, w)
	for _, s := range given {
		host := strings.TrimSpace(s)
		if _, err := netip.ParseAddr(host); err == nil || host == "" {
			r.servers = append(r.servers, s)
			continue
		}
		v4, v6 := client.Addresses(ctx, host)
		r.evidence = append(r.evidence, v4.Evidence(), v6.Evidence())
		var found []string
		for _, a := range slices.Concat(v4.Addrs(), v6.Addrs()) {
			found = append(found, a.Unmap().String())
		}
		if len(found) == 0 {
			r.servers, r.missing = append(r.servers, s), append(r.missing, host)
			r.why = append(r.why, fmt.Sprintf("%s does not resolve: the resolver %s %s.", host, v4.ServerName(), v4.Words()))
			continue
		}
		r.servers = append(r.servers, found...)
		r.says = append(r.says, fmt.Sprintf("%s resolves to %s", host, strings.Join(found, ", ")))
	}
	return r
}

// tell adds to a result what the names were found to mean. A name without an
// address leaves open what would else be proven, unless the server's inner
// address was given.
func (r resolved) tell(id string, in check.Input, res check.Result) check.Result {
	res.Evidence = slices.Concat(r.evidence, res.Evidence)
	for _, s := range r.says {
		res.Findings = append(res.Findings, check.Finding{Code: id + ".resolved", Severity: check.OK, Title: clean.Line(s)})
	}
	if len(r.missing) == 0 {
		return res
	}
	why, summary := clean.Text(strings.Join(r.why, "\n")), clean.Sprintf("%s does not resolve, so its rules cannot be told", series(r.missing))
	if i := slices.IndexFunc(res.Findings, func(f check.Finding) bool { return f.Code == id+".no_server" }); i >= 0 {
		res.Summary, res.Findings[i].Title, res.Findings[i].Saw = summary, summary, why
		return res
	}
	if addrs, _ := servers(in); slices.ContainsFunc(addrs, isPrivate) {
		return res
	}
	res.Findings = append(res.Findings, check.Finding{
		Code: id + ".unresolved", Severity: check.Advice, Title: summary, Saw: why,
		Should: "Every mail server has an IP address that the rules can be asked about",
		IfLeft: "You do not know whether your firewall is right for this server.",
		Do:     giveAddress(r.missing), Who: check.WhoTPOC,
	})
	if res.Outcome == check.Pass {
		res.Outcome, res.Summary = check.Unknown, summary
		res.Findings = slices.DeleteFunc(res.Findings, func(f check.Finding) bool { return f.Code == id+".proven" })
	}
	return res
}

// giveAddress names the question that settles where a mail server is.
func giveAddress(names []string) clean.Shown {
	return clean.Sprintf("Rules speak of addresses: give the IP address of %s as the answer to %s", series(names), askedServer)
}
