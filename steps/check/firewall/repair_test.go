package firewall

import (
	"net/netip"
	"strings"
	"testing"
)

const (
	natHead  = "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth0 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j DNAT --to-destination 10.0.5.25\nCOMMIT\n"
	fwdHead  = filterHead + "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -i eth1 -o eth0 -j ACCEPT\n"
	fwdFirst = "-A FORWARD -s 103.13.69.0/24 -d 10.0.5.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n"
	fwdOther = "-A FORWARD -s 124.47.150.0/24 -d 10.0.5.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n"
)

// TestRepairsAtOnce puts all lines of a report in place, once: then the file
// must be proven. No line may be part of a command, nor stand in the file.
func TestRepairsAtOnce(t *testing.T) {
	someOnly := strings.Replace(natHead, "-i eth0 -d", "-i eth0 -s 103.13.69.0/24 -d", 1)
	for name, text := range map[string]string{
		"nothing is let in":             filterHead + "COMMIT\n",
		"nor are answers":               "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\nCOMMIT\n",
		"translated, nothing passes":    natHead + filterHead + "COMMIT\n",
		"translated, one range passes":  natHead + fwdHead + fwdFirst + "COMMIT\n",
		"translated, half a range":      natHead + fwdHead + fwdFirst + strings.Replace(fwdOther, "150.0/24", "150.0/25", 1) + "COMMIT\n",
		"translated, a slip":            natHead + fwdHead + fwdFirst + strings.Replace(fwdOther, "150", "105", 1) + "COMMIT\n",
		"translated to another port":    strings.Replace(natHead, "10.0.5.25", "10.0.5.25:2525", 1) + fwdHead + fwdFirst + fwdOther + "COMMIT\n",
		"rules on the public address":   natHead + fwdHead + strings.ReplaceAll(fwdFirst+fwdOther, "10.0.5.25", "203.0.113.25") + "COMMIT\n",
		"one range is translated":       someOnly + fwdHead + fwdFirst + fwdOther + "COMMIT\n",
		"one is translated, one passes": someOnly + fwdHead + fwdFirst + "COMMIT\n",
		"one is, the other comes in":    someOnly + strings.Replace(fwdHead, "INPUT DROP", "INPUT ACCEPT", 1) + fwdFirst + "COMMIT\n",
		"a refusal above":               natHead + fwdHead + "-A FORWARD -s 103.0.0.0/8 -j DROP\n" + fwdFirst + fwdOther + "COMMIT\n",
		"a refusal in mangle":           "*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD -s 103.0.0.0/8 -j DROP\nCOMMIT\n" + natHead + fwdHead + fwdFirst + fwdOther + "COMMIT\n",
		"twice the same slip":           filterHead + established + strings.Repeat("-A INPUT -s 124.47.105.0/24 -p tcp --dport 25 -j ACCEPT\n", 2) + "COMMIT\n",
	} {
		t.Run(name, func(t *testing.T) {
			opt := options()
			opt.Lockdown = true
			r := check1(t, text, opt)
			if r.Verdict != Disproven {
				t.Fatalf("nothing to repair: %s", r.Text())
			}
			for _, q := range r.Requirements {
				for _, g := range q.Gaps {
					if g.Fix.Copy == "" {
						t.Errorf("nothing to put in place for %+v", g)
					}
				}
			}
			after := applied(t, text, r)
			if again := check1(t, after, opt); again.Verdict != Proven {
				t.Errorf("%s\nafter:\n%s\n%s", again.Summary, after, again.Text())
			}
		})
	}
}

// TestTranslationTakesAll: what the translation to the server does not take
// lands on the firewall itself, however open that is.
func TestTranslationTakesAll(t *testing.T) {
	some := strings.Replace(natHead, "-d 203", "-s 103.13.69.0/24 -d 203", 1)
	open := strings.Replace(fwdHead, "INPUT DROP", "INPUT ACCEPT", 1) + fwdFirst + fwdOther + "COMMIT\n"
	for _, server := range []string{"203.0.113.25", "10.0.5.25"} {
		opt := options()
		opt.Servers = []netip.Addr{netip.MustParseAddr(server)}
		opt.Needs = NeedsFor([]uint16{25})[:1]
		r := check1(t, some+open, opt)
		if r.Requirements[0].Verdict != Proven || r.Requirements[1].Verdict != Disproven {
			t.Errorf("%s: %s", server, r.Text())
		}
		none := strings.Replace(natHead, "-d 203", "-s 198.51.100.0/24 -d 203", 1)
		if r := check1(t, none+open, opt); r.Verdict != CannotTell {
			t.Errorf("%s, none translated: %s", server, r.Text())
		}
		if r := check1(t, natHead+open, opt); r.Verdict != Proven {
			t.Errorf("%s, all translated: %s", server, r.Text())
		}
	}
}

// TestTranslatedToAnother: what is sent to another host does not reach the
// server that is asked about, though the filter lets it pass.
func TestTranslatedToAnother(t *testing.T) {
	nat := "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth0 -s 124.47.150.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j DNAT --to-destination 10.0.5.26\n" +
		"-A PREROUTING -i eth0 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j DNAT --to-destination 10.0.5.25\nCOMMIT\n"
	text := nat + fwdHead + "-A FORWARD -d 10.0.5.0/24 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n"
	for server, want := range map[string][]Answer{
		"10.0.5.25": {Proven, Disproven}, "10.0.5.26": {Disproven, Proven}, "203.0.113.25": {Proven, Proven},
	} {
		opt := options()
		opt.Servers, opt.Needs = []netip.Addr{netip.MustParseAddr(server)}, NeedsFor([]uint16{25})[:1]
		r := check1(t, text, opt)
		if r.Requirements[0].Verdict != want[0] || r.Requirements[1].Verdict != want[1] {
			t.Errorf("%s: %s", server, r.Text())
		}
		if r.Verdict == Disproven {
			if again := check1(t, applied(t, text, r), opt); again.Verdict != Proven {
				t.Errorf("%s, repaired: %s", server, again.Text())
			}
		}
	}
}

// TestSlipOfARangeThatIsWanted: a rule for one range of the region is no
// mistyped rule for another that looks alike.
func TestSlipOfARangeThatIsWanted(t *testing.T) {
	alike := []Range{
		{netip.MustParsePrefix("103.96.20.96/28"), Published, "au"},
		{netip.MustParsePrefix("103.96.22.96/28"), Published, "au"},
		{netip.MustParsePrefix("103.96.22.22/32"), Published, "au"},
		{netip.MustParsePrefix("103.96.20.22/32"), Published, "au"},
	}
	for _, present := range alike {
		text := filterHead + established + "-A INPUT -s " + present.CIDR.String() + " -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n"
		opt := options()
		opt.Ranges, opt.Lockdown = alike, true
		r := check1(t, text, opt)
		for _, q := range r.Requirements {
			for _, g := range q.Gaps {
				if !strings.HasPrefix(g.Fix.Text, "Add a rule") || !strings.HasPrefix(g.Fix.Copy, "iptables -A INPUT -s "+q.Range) {
					t.Errorf("with %s in the file, the change for %s is %+v", present.CIDR, q.Range, g.Fix)
				}
			}
		}
		if again := check1(t, applied(t, text, r), opt); again.Verdict != Proven {
			t.Errorf("after the change: %s", again.Text())
		}
	}
	csv := "action,direction,protocol,source,destination,port\nallow,in,tcp,103.96.20.96/28,203.0.113.25,25\ndeny,in,any,any,any,any\nallow,out,any,any,any,any\n"
	opt := options()
	opt.Ranges = alike[:2]
	if g := firstGap(check1(t, csv, opt)); g == nil || g.Fix.Copy != "allow,in,tcp,103.96.22.96/28,203.0.113.25,25" || !strings.HasPrefix(g.Fix.Text, "Add a rule above line 3") {
		t.Errorf("in a table: %+v", g)
	}
	excepted := options()
	excepted.Exceptions = []netip.Prefix{netip.MustParsePrefix("124.47.105.0/24")}
	text := filterHead + established + "-A INPUT -s 103.13.69.0/24 -p tcp --dport 25 -j ACCEPT\n-A INPUT -s 124.47.105.0/24 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n"
	if g := firstGap(check1(t, text, excepted)); g == nil || !strings.HasPrefix(g.Fix.Text, "Add a rule") {
		t.Errorf("a declared exception: %+v", g)
	}
}

// TestRuleTooLate: a rule that stands below the one that decides is moved, not
// written a second time.
func TestRuleTooLate(t *testing.T) {
	text := natHead + fwdHead + "-A FORWARD -s 103.0.0.0/8 -j DROP\n" + fwdFirst + fwdOther + "COMMIT\n"
	g := firstGap(check1(t, text, options()))
	rule := strings.TrimSuffix(strings.TrimPrefix(fwdFirst, "-A FORWARD"), "\n")
	if g == nil || g.Fix.Copy != "iptables -D FORWARD"+rule+"\niptables -I FORWARD"+rule || !strings.Contains(g.Fix.Text, "Line 12") {
		t.Errorf("change %+v", g)
	}
}

func TestMerge(t *testing.T) {
	if got := Merge(Fix{Copy: "a\nb"}, Fix{}, Fix{Copy: "a\nb"}, Fix{Copy: "c\nc\nb"}); got != "a\nb\nc\nc" {
		t.Errorf("%q", got)
	}
}

// apply adds commands to the tables of a dump that they are about.
func apply(text, cmds string) string {
	for _, cmd := range strings.Split(cmds, "\n") {
		table := "filter"
		rest := strings.TrimPrefix(cmd, "iptables ")
		if t, after, ok := strings.Cut(strings.TrimPrefix(rest, "-t "), " "); ok && strings.HasPrefix(rest, "-t ") {
			table, rest = t, after
		}
		var out []string
		in := false
		for _, l := range strings.Split(text, "\n") {
			if strings.HasPrefix(l, "*") {
				in = l == "*"+table
			}
			if l == "COMMIT" && in {
				out = append(out, rest)
			}
			out = append(out, l)
		}
		text = strings.Join(out, "\n")
	}
	return text
}
