package formattest

import (
	"net/netip"
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
	}
}

// WriteInto puts written rules behind a file, asks whether the move is proven
// then, and whether the way back leads back.
func WriteInto(t *testing.T, id, text string, probes ...firewall.Probe) {
	t.Helper()
	f, ok := firewall.FormatByID(id)
	if !ok {
		t.Fatalf("no format %s", id)
	}
	set, err := firewall.Read("", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Write(format.Job{Flows: Flows(), Host: true, Set: set})
	if err != nil {
		t.Fatal(err)
	}
	after := text + "\n" + s.Text
	if rep := Report(t, id, after); rep.Verdict != firewall.Proven {
		t.Fatalf("%s\n%s", rep.Text(), s.Text)
	}
	back := after + "\n" + s.Undo
	for _, p := range append(probes, Mail(), Mail(From("198.51.100.9")), Mail(Out), Mail(DPort(443))) {
		a, b := Ask(t, id, text, p), Ask(t, id, back, p)
		if a.Verdict != b.Verdict {
			t.Errorf("before %+v, after the way back %+v\n%s\n%s", a, b, s.Text, s.Undo)
		}
	}
}
