package firewall

import (
	"strings"
	"testing"
)

// repairCases are files whose repairs have to look beyond the rule that decides.
var repairCases = map[string]string{
	"redirect": "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 25 -j REDIRECT --to-ports 2525\nCOMMIT\n" + filterHead + established +
		"-A INPUT -s 103.13.69.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n",
	"redirect, open behind": "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 25 -j REDIRECT --to-ports 2525\nCOMMIT\n" + filterHead + established +
		"-A INPUT -p tcp -m tcp --dport 2525 -j ACCEPT\nCOMMIT\n",
	"back door": "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 587 -j REDIRECT --to-ports 25\nCOMMIT\n" + filterHead + established +
		"-A INPUT -s 103.13.69.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n" +
		"-A INPUT -s 124.47.150.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n" +
		"-A INPUT -p tcp -m tcp --dport 25 -m conntrack --ctstate DNAT -j ACCEPT\nCOMMIT\n",
	"return": filterHead + established + "-A INPUT -s 103.13.69.0/26 -j RETURN\n" +
		"-A INPUT -s 103.13.69.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n" +
		"-A INPUT -s 124.47.150.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n",
	"another table": "*mangle\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -d 124.47.150.0/24 -j DROP\nCOMMIT\n" + filterHead + established +
		"-A INPUT -s 103.13.69.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n" +
		"-A INPUT -s 124.47.150.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n",
}

// TestShownLinesRepair holds that what a report gives to copy repairs: with its
// lines in place nothing is left but what it gave words for.
func TestShownLinesRepair(t *testing.T) {
	for name, text := range repairCases {
		opt := options()
		opt.Needs, opt.Lockdown = NeedsFor([]uint16{25}), true
		r := check1(t, text, opt)
		if r.Verdict == Proven {
			t.Errorf("%s: proven", name)
			continue
		}
		lines, words := 0, 0
		for _, q := range r.Requirements {
			for _, g := range q.Gaps {
				if g.Fix.Text == "" {
					t.Errorf("%s: nothing to do is said", name)
				}
				if g.Fix.Copy == "" {
					words++
				} else {
					lines++
				}
			}
		}
		for _, l := range r.Leaks {
			if l.Category == "internet" && l.Fix.Copy == "" {
				words++
			} else if l.Category == "internet" {
				lines++
			}
			if strings.Contains(l.Fix.Copy, "0.0.0.0/32") {
				t.Errorf("%s: %s", name, l.Fix.Copy)
			}
		}
		again := check1(t, applied(t, text, r), opt)
		if again.Verdict != Proven && words == 0 {
			t.Errorf("%s: the lines do not repair\n%s\n%s", name, r.Text(), again.Text())
		}
		t.Logf("%s: %d with lines, %d in words", name, lines, words)
	}
}
