package firewall

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/clean"
)

// elsewhereIDs are needs whose local end need not be the mail server.
var elsewhereIDs = []string{"ews-in", "mse-out", "https-out", "websec-dns", "websec-agent"}

// exportSteps say how a ruleset is exported from the firewall that was named.
func exportSteps(in check.Input) string {
	f, ok := FormatByID(in.Firewall)
	if !ok || len(f.Export) == 0 {
		return exportHelp
	}
	way := f.Export[0]
	text := way.Where + ":"
	for _, p := range way.Parts() {
		gap := " "
		if p.Commands {
			gap = "\n"
		}
		text += gap + strings.Join(p.Lines, gap) + "\n"
	}
	return strings.ReplaceAll(text, "\n ", "\n") + "Then add the file to this step."
}

// exportHelp says how a ruleset is exported where the firewall is not known.
const exportHelp = "Answer the question “Which firewall stands before your mail server?” and you are told how to export its rules; " +
	"mxodus firewall formats lists them all. From a firewall that is not there, save the rules as a table (CSV) with the columns " +
	"action, direction, protocol, source, destination and port, in the order in which it looks at them. Then add the file to this step."

// outsideUnknown completes "depends on ..." and "say ..." where a verdict
// differs by interface; askOutside names the question that settles it.
const (
	outsideUnknown             = "which interface faces the internet"
	askOutside     clean.Shown = `Answer the question "Which interface of the firewall faces the internet?" of this step, and check again.`
)

// hosted reports mail that a provider hosts: no ruleset of the customer's own.
func hosted(in check.Input) bool { return in.Platform == "m365" || in.Platform == "google" }

// skipHosted is the result where a connector takes the ruleset's place.
func skipHosted(in check.Input, what string) check.Result {
	place := "the inbound connector of Microsoft 365"
	if in.Platform == "google" {
		place = "the inbound gateway setting of Google Workspace"
	}
	return check.Result{
		Outcome: check.Skipped,
		Summary: clean.Sprintf("Your mail is hosted, so there is no ruleset to read: %s is set in %s", what, place),
	}
}

// file is one ruleset that was handed over.
type file struct {
	check.File
	set *ir.Ruleset
	err error
}

// load reads the rulesets and tells which of them are about IPv4. A run that is
// cancelled reads no further.
func load(ctx context.Context, in check.Input, progress func(check.Progress)) []file {
	var out []file
	for i, f := range in.Rulesets {
		if ctx.Err() != nil {
			return out
		}
		progress(check.Progress{Done: i, Total: len(in.Rulesets), Waiting: clean.Sprintf("reading %s (%s)", f.Name, bytesWord(len(f.Bytes)))})
		set, err := readAt(f.Name, f.Bytes, "", in.Now)
		if err == nil {
			if err = Exported(set); err != nil {
				set = nil // no answer rests on it
			}
		}
		out = append(out, file{f, set, err})
	}
	return out
}

// watched has questions about a file told as progress and stop with the run.
func watched(ctx context.Context, f file, opt CheckOptions, progress func(check.Progress)) CheckOptions {
	opt.stopped = ctx.Err
	opt.step = func(what string, done, total int) {
		progress(check.Progress{Done: done, Total: total, Waiting: clean.Sprintf("asking %s: %s", f.Name, what)})
	}
	return opt
}

// bytesWord is a size in words.
func bytesWord(n int) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", (n+1023)>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

var stoppedResult = check.Result{Outcome: check.Unknown, Summary: "Stopped before it could finish"}

func (f file) decides(family ir.Family) bool { return f.set != nil && f.set.For(family) != nil }

// servers are the addresses among what was given as mail servers, and those
// that are names.
func servers(in check.Input) (addrs []netip.Addr, other []string) {
	for _, s := range in.MailServers {
		if a, err := netip.ParseAddr(strings.TrimSpace(s)); err == nil {
			if a = a.Unmap(); !slices.Contains(addrs, a) {
				addrs = append(addrs, a)
			}
		} else {
			other = append(other, s)
		}
	}
	return addrs, other
}

// ranges are the provider's of both regions, with what the user consented to.
func ranges(in check.Input) []Range {
	var out []Range
	for _, r := range RegionRanges(in.Target, in.Source) {
		for _, p := range check.Without(r.CIDR, in.IgnoreRanges) {
			piece := r
			piece.CIDR = p
			out = append(out, piece)
		}
	}
	for _, p := range in.ExtraRanges {
		if !slices.ContainsFunc(out, func(r Range) bool { return r.CIDR == p.Masked() }) {
			out = append(out, Range{p.Masked(), Extra, in.Target.ID})
		}
	}
	return out
}

// askedServer is the question that names the mail server; a test holds it equal
// to the label of the question.
const askedServer = "“To which of your hosts or addresses is mail delivered?”"

// unready says what is missing before the question can be asked at all.
func unready(code string, in check.Input) (check.Result, bool) {
	unknown := func(part, summary, saw, do string, who check.Who) (check.Result, bool) {
		return check.Result{Outcome: check.Unknown, Summary: clean.Shown(summary), Findings: []check.Finding{{
			Code: code + "." + part, Severity: check.Advice, Title: clean.Shown(summary), Do: clean.Shown(do), Who: who,
			Saw: clean.Shown(saw), Should: "What the check needs: a ruleset, the region's ranges and the mail server's IP address",
			IfLeft: "You do not know whether your firewall is right; a mistake shows only when mail is lost.",
		}}}, true
	}
	addrs, named := servers(in)
	old := slices.IndexFunc(in.Rulesets, func(f check.File) bool {
		return !in.RulesChanged.IsZero() && !f.Kept.IsZero() && f.Kept.Before(in.RulesChanged)
	})
	switch {
	case old >= 0:
		return unknown("before_change", "The rules were loaded before they were changed",
			fmt.Sprintf("%s was loaded before the change of the rules was ticked; it shows them as they were.", clean.Line(in.Rulesets[old].Name)),
			"Export the rules again as they are now and load the new file. "+exportSteps(in), check.WhoTPOC)
	case len(in.Rulesets) == 0:
		return unknown("no_ruleset", "No ruleset to read yet", "No file of rules is attached to this step.", exportSteps(in), check.WhoTPOC)
	case !slices.ContainsFunc(ranges(in), func(r Range) bool { return r.Kind.Required() }):
		return unknown("no_ranges", "The address ranges of this region are not known here",
			"The table of this program holds no range for the region.", "Ask Mimecast for the ranges of your region and add them as consented ranges.", check.WhoMimecast)
	case len(addrs) == 0 && len(named) > 0:
		return unknown("no_server", "The mail server is given by name only",
			"Given: "+series(named), string(giveAddress(named)), check.WhoTPOC)
	case len(addrs) == 0:
		return unknown("no_server", "The address of your mail server is not known yet",
			"No address is answered.", "Answer it with an IP address: "+askedServer, check.WhoTPOC)
	}
	return check.Result{}, false
}

// unread is the finding for a file that holds no rules in a known form.
func unread(code string, f file, in check.Input) check.Finding {
	var added *AddedError
	if errors.As(f.err, &added) {
		return check.Finding{
			Code: code + ".no_export.unread", Severity: check.Advice, Subject: clean.Line(f.Name),
			Title:  clean.Sprintf("%s is no export of a firewall", f.Name),
			Saw:    clean.Line(capital(f.err.Error()) + "."),
			Should: "All rules of the firewall, as it exports them",
			IfLeft: "You do not know whether your firewall is right.",
			Do:     clean.Shown(exportSteps(in)), Who: check.WhoTPOC,
		}
	}
	return check.Finding{
		Code: code + ".unread", Severity: check.Advice, Subject: clean.Line(f.Name),
		Title:  clean.Sprintf("%s could not be read", f.Name),
		Saw:    clean.Line(f.err.Error()),
		Should: "The rules as the firewall exports them, or a table of them (CSV or spreadsheet)",
		IfLeft: "You do not know whether your firewall is right.",
		Do:     clean.Shown(exportSteps(in)), Who: check.WhoTPOC,
	}
}

func evidenceOf(f file, in check.Input) check.Evidence {
	label := "not read"
	if f.set != nil {
		label = fmt.Sprintf("%s, %d rules", f.set.Label, f.set.Rules)
	}
	label += exportedWords(f.File, in.Now)
	return check.Evidence{
		Kind: "file", Asked: clean.Line(f.Name), At: in.Now.UTC(), Raw: clean.Line(label), SHA256: f.SHA256, Made: exportedAt(f.File).UTC(),
	}
}

// problems is one finding for what in a file could not be understood.
func problems(code string, f file) []check.Finding {
	if f.set == nil || len(f.set.Problems) == 0 {
		return nil
	}
	var b strings.Builder
	for i, p := range f.set.Problems {
		if i == 5 {
			fmt.Fprintf(&b, "\nand %d more", len(f.set.Problems)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(source.Redact(p.Text))
	}
	return []check.Finding{{
		Code: code + ".problems", Severity: check.Advice, Subject: clean.Line(f.Name),
		Title:  clean.Sprintf("Parts of %s were not understood: %d", f.Name, len(f.set.Problems)),
		Saw:    clean.Text(b.String()),
		Should: "Every line can be read. One that cannot leaves open whatever it might decide; nothing is guessed",
		IfLeft: "An answer that such a line might change stays open.",
		Do:     "Correct these lines or export the rules again.", Who: check.WhoTPOC,
	}}
}

// internalError is the finding when the two readers of the rules disagree.
func internalError(code string, r Report) check.Finding {
	return check.Finding{
		Code: code + ".internal", Severity: check.Risk, Subject: clean.Line(r.File),
		Title:  "Internal error, do not rely on this result",
		Saw:    clean.Text(strings.Join(r.SelfCheck.Disagreements, "\n")),
		Should: "Both ways of reading the rules give the same answer for every sample",
		IfLeft: "An answer of this check may be wrong.",
		Do:     "Check the rules by hand, and report this with the ruleset.", Who: check.WhoNobody,
	}
}
