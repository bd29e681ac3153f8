package firewall

import (
	"flag"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mxodus/steps/check"
)

// randomMove draws what rules may be asked for.
func randomMove(t *rapid.T) RulesOptions {
	nets := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) netip.Prefix {
		a := netip.AddrFrom4([4]byte{byte(rapid.IntRange(100, 199).Draw(t, "a")), byte(rapid.IntRange(0, 255).Draw(t, "b")), byte(rapid.IntRange(0, 255).Draw(t, "c")), 0})
		return netip.PrefixFrom(a, rapid.IntRange(20, 24).Draw(t, "bits")).Masked()
	}), 1, 6, func(p netip.Prefix) netip.Prefix { return p }).Draw(t, "ranges")
	opt := RulesOptions{
		Needs:    NeedsFor(rapid.SampledFrom([][]uint16{{25}, {25, 587}, {25, 443, 995}}).Draw(t, "ports")),
		Lockdown: rapid.Bool().Draw(t, "lockdown"), Outside: "wan", Inside: "lan",
	}
	for _, p := range nets {
		opt.Ranges = append(opt.Ranges, Range{p, Named, "au"})
	}
	for i := range rapid.IntRange(1, 2).Draw(t, "servers") {
		opt.Servers = append(opt.Servers, netip.AddrFrom4([4]byte{10, 0, byte(i), 25}))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "senders") {
		opt.Senders = append(opt.Senders, netip.AddrFrom4([4]byte{10, 0, byte(i), 40}))
	}
	if opt.Lockdown && rapid.Bool().Draw(t, "exception") {
		opt.Exceptions = prefixes("192.0.2.16/28")
	}
	return opt
}

// fewer bounds the cases of a property that is asked of every format; more are
// drawn with -rapid.checks.
func fewer(t *testing.T, checks int) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f == nil || f.Value.String() != f.DefValue {
		return
	}
	if err := f.Value.Set(strconv.Itoa(checks)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
}

// TestRulesComeBack writes the rules of random moves in every format that is
// written, reads them, and asks: the ranges are let through in full, and with
// lock-down nobody else reaches port 25.
func TestRulesComeBack(t *testing.T) {
	for _, id := range WrittenFormats() {
		t.Run(id, func(t *testing.T) {
			fewer(t, 25)
			rapid.Check(t, func(t *rapid.T) {
				opt := randomMove(t)
				opt.Format = id
				f, _ := FormatByID(id)
				opt.Host = f.Host
				s, err := Rules(opt)
				if err != nil {
					t.Fatal(err)
				}
				rep, err := CheckFile("", []byte(s.Text), CheckOptions{
					Ranges: opt.Ranges, Servers: opt.Servers, Senders: opt.Senders, Needs: opt.Needs, Lockdown: opt.Lockdown, Exceptions: opt.Exceptions,
					Whole: true, // the rules are all that there are
				})
				if err != nil {
					t.Fatalf("%v\n%s", err, s.Text)
				}
				if rep.Format != id {
					t.Fatalf("read as %s:\n%s", rep.Format, s.Text)
				}
				if want := len(opt.Ranges) * len(opt.Servers) * len(opt.Needs); len(rep.Requirements) < want {
					t.Fatalf("%d requirements were asked, expected %d at least: a range, a server and a port each\n%s", len(rep.Requirements), want, s.Text)
				}
				for _, q := range rep.Requirements {
					if q.Verdict != Proven {
						t.Fatalf("%s %s %s: %s %s\n%s", q.Label, q.Range, q.Server, q.Verdict, q.Why, s.Text)
					}
				}
				if opt.Lockdown && rep.Lockdown.Verdict != Proven {
					t.Fatalf("lock-down: %s\n%+v\n%s", rep.Lockdown.Summary, rep.Leaks, s.Text)
				}
				if len(rep.Problems) > 0 {
					t.Fatalf("%v\n%s", rep.Problems, s.Text)
				}
				if strings.TrimSpace(s.Undo) == "" {
					t.Fatal("no way back is given")
				}
			})
		})
	}
}

// TestRulesWithoutMailInStillLetItIn asks for lock-down alone: the provider is
// let in all the same.
func TestRulesWithoutMailInStillLetItIn(t *testing.T) {
	opt := RulesOptions{
		Format: "table", Servers: []netip.Addr{netip.MustParseAddr("10.0.0.25")}, Lockdown: true,
		Ranges: []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}},
		Needs:  []check.PortNeed{{ID: "port-587", Label: "mail out 587", Proto: "tcp", Port: 587}},
	}
	s, err := Rules(opt)
	if err != nil {
		t.Fatal(err)
	}
	in := strings.Index(s.Text, "allow,in,tcp,103.13.69.0/24,10.0.0.25,25")
	shut := strings.Index(s.Text, "deny,in,tcp,0.0.0.0/0,10.0.0.25,25")
	if in < 0 || shut < in {
		t.Errorf("the provider is to be let in before the rest is kept out:\n%s", s.Text)
	}
}

func TestRulesFaults(t *testing.T) {
	server := []netip.Addr{netip.MustParseAddr("10.0.0.25")}
	ranges := []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}}
	for _, c := range []struct {
		name string
		opt  RulesOptions
		want string
	}{
		{"no such format", RulesOptions{Format: "cobol", Servers: server, Ranges: ranges}, "table"},
		{"no server", RulesOptions{Format: "table", Ranges: ranges}, "no address of the mail server"},
		{"other family", RulesOptions{Format: "table", Servers: []netip.Addr{netip.MustParseAddr("2001:db8::1")}, Ranges: ranges, Needs: DefaultNeeds()}, "address family"},
		{"everybody", RulesOptions{Format: "table", Servers: server, Ranges: ranges, Needs: DefaultNeeds(), Lockdown: true, Exceptions: prefixes("0.0.0.0/0")}, "0.0.0.0/0"},
	} {
		if _, err := Rules(c.opt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want it to say %q", c.name, err, c.want)
		}
	}
}

func TestFormatsAreInOrder(t *testing.T) {
	if ids := Formats(); !slices.Contains(ids, "table") || ids[len(ids)-1] != "table" {
		t.Errorf("the table is the last resort; the formats are %v", ids)
	}
}

// TestRulesJoinPurposes: mail out and journal out are the same connections, and
// one rule that names both lets them out.
func TestRulesJoinPurposes(t *testing.T) {
	opt := RulesOptions{
		Format: "iptables", Servers: []netip.Addr{netip.MustParseAddr("10.0.0.25")}, Ranges: []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}},
		Needs: []check.PortNeed{
			{ID: "smtp-out", Label: "mail out 25", Proto: "tcp", Port: 25},
			{ID: "smtp-in", Label: "mail in 25", In: true, Proto: "tcp", Port: 25},
			{ID: "journal-out", Label: "journal out 25", Proto: "tcp", Port: 25},
		},
	}
	s, err := Rules(opt)
	if err != nil || strings.Count(s.Text, "-s 10.0.0.25/32") != 1 || !strings.Contains(s.Text, `"mxodus mail out 25 and journal out 25"`) || !strings.Contains(s.Text, `"mxodus mail in 25"`) {
		t.Errorf("%v\n%s", err, s.Text)
	}
}

// TestRulesOfAHostNameItsOwnAddress: a public address in them is told of where
// packets may come with another.
func TestRulesOfAHostNameItsOwnAddress(t *testing.T) {
	for _, c := range []struct {
		format, server string
		host, want     bool
	}{{"gcp", "203.0.113.25", false, true}, {"ufw", "203.0.113.25", true, true}, {"ufw", "203.0.113.25", false, false}, {"windows", "10.0.0.25", false, false}, {"windows", "203.0.113.25", false, true}, {"asa", "203.0.113.25", false, false}} {
		s, err := Rules(RulesOptions{Format: c.format, Host: c.host, Servers: []netip.Addr{netip.MustParseAddr(c.server)}, Ranges: seedRanges(), Needs: DefaultNeeds()})
		if err != nil {
			t.Fatal(err)
		}
		notes := strings.Join(s.Notes, " ")
		if got := strings.Contains(notes, "the host's own address") || strings.Contains(notes, "the private address"); got != c.want {
			t.Errorf("%s for %s: %q", c.format, c.server, s.Notes)
		}
	}
}
