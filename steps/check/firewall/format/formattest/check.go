package formattest

import (
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// Options ask for two ranges of the provider and one mail server, 10.0.0.25 if
// none is named, and for lock-down.
func Options(server ...string) firewall.CheckOptions {
	at := "10.0.0.25"
	if len(server) > 0 {
		at = server[0]
	}
	return firewall.CheckOptions{
		Region: "au", Servers: []netip.Addr{netip.MustParseAddr(at)}, Needs: firewall.DefaultNeeds(), Lockdown: true,
		Whole: true, // what is asked is how a text reads, be it commands or a listing
		Ranges: []firewall.Range{
			{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"},
			{CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"},
		},
	}
}

// Report checks a file in full.
func Report(t testing.TB, id, text string) firewall.Report {
	t.Helper()
	rep, err := firewall.CheckFile("rules", []byte(text), Options())
	if err != nil {
		t.Fatal(err)
	}
	if rep.Format != id || len(rep.SelfCheck.Disagreements) > 0 {
		t.Errorf("read as %s, %v", rep.Format, rep.SelfCheck.Disagreements)
	}
	return rep
}

// Check checks a file in full; both readers of the rules are of one mind.
func Check(t testing.TB, text string, opt firewall.CheckOptions) firewall.Report {
	t.Helper()
	rep, err := firewall.CheckFile("rules", []byte(text), opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.SelfCheck.Disagreements) > 0 {
		t.Fatalf("self-check: %v", rep.SelfCheck.Disagreements)
	}
	return rep
}

// Fixes are those of the gaps and the leaks of a report.
func Fixes(rep firewall.Report) []firewall.Fix {
	var out []firewall.Fix
	for _, q := range rep.Requirements {
		for _, g := range q.Gaps {
			out = append(out, g.Fix)
		}
	}
	for _, l := range rep.Leaks {
		out = append(out, l.Fix)
	}
	return out
}

// Mended puts what a report suggests behind the text that it is about: checked
// again, all is proven.
func Mended(t testing.TB, text string, rep firewall.Report, opt firewall.CheckOptions) {
	t.Helper()
	put := firewall.Merge(Fixes(rep)...)
	after, err := firewall.CheckFile("", []byte(strings.TrimRight(text, "\n")+"\n"+put+"\n"), opt)
	if err != nil || put == "" || after.Verdict != firewall.Proven {
		t.Errorf("%v\n%s\n%s\n%s", err, rep.Text(), put, after.Text())
	}
}

// FirstLine is the line that the first gap of a report is blamed on that
// stands in one, or else the first leak; 0 where there is neither.
func FirstLine(rep firewall.Report) int {
	for _, q := range rep.Requirements {
		if len(q.Gaps) > 0 && q.Gaps[0].By.Line != 0 {
			return q.Gaps[0].By.Line
		}
	}
	if len(rep.Leaks) > 0 {
		return rep.Leaks[0].By.Line
	}
	return 0
}

// Prefixes reads networks.
func Prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Flows are those of the move that Options ask about.
func Flows() []format.Flow {
	ranges, server := Prefixes("103.13.69.0/24", "124.47.150.0/24"), Prefixes("10.0.0.25/32")
	return []format.Flow{
		{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in 25", Src: ranges, Dst: server},
		{Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail out 25", Dst: ranges, Src: server},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down", Dst: server},
		firewall.ShutV6,
	}
}

// WriteInto puts written rules behind a file, asks whether the move is proven
// then, and whether the way back leads back.
func WriteInto(t *testing.T, id, text string, probes ...firewall.Probe) {
	t.Helper()
	_, after, back := Proven(t, id, text, format.Job{Flows: Flows(), Host: true}, Options())
	if rep := Report(t, id, after); rep.Verdict != firewall.Proven {
		t.Fatal(rep.Text())
	}
	for _, p := range append(probes, Mail(), Mail(From("198.51.100.9")), Mail(Out), Mail(DPort(443))) {
		a, b := Ask(t, id, text, p), Ask(t, id, back, p)
		if a.Verdict != b.Verdict {
			t.Errorf("before %+v, after the way back %+v\n%s", a, b, back)
		}
	}
}

// Proven writes the rules of a job for a file and puts them behind it: all that
// opt asks for must be proven then. It returns the file as it was read, and the
// text with the rules, and with the way back behind them.
func Proven(t *testing.T, id, text string, job format.Job, opt firewall.CheckOptions) (set *ir.Ruleset, after, back string) {
	t.Helper()
	f, ok := firewall.FormatByID(id)
	if !ok {
		t.Fatalf("no format %s", id)
	}
	set, err := firewall.Read("", []byte(text), "")
	if err != nil || set.Format != id {
		t.Fatalf("%v: %+v", err, set)
	}
	job.Set = set
	s, err := f.Write(job)
	if err != nil {
		t.Fatal(err)
	}
	after = text + "\n" + s.Text
	rep, err := firewall.CheckFile("", []byte(after), opt)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Verdict != firewall.Proven || opt.Lockdown && rep.Lockdown.Verdict != firewall.Proven {
		t.Fatalf("%s\n%s", rep.Text(), s.Text)
	}
	return set, after, after + "\n" + s.Undo
}
