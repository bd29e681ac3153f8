package firewall

import (
	"strings"
	"testing"
)

// TestConfirmLooksWhereTheFixIs holds that confirm lists the chains that the
// lines to copy change.
func TestConfirmLooksWhereTheFixIs(t *testing.T) {
	text := "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -s 103.13.69.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j DNAT --to-destination 10.0.0.5\nCOMMIT\n" +
		filterHead + established +
		"-A INPUT -s 124.47.150.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n"
	opt := options()
	opt.Needs = NeedsFor([]uint16{25})[:1]
	r := check1(t, text, opt)
	seen := false
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			if !strings.Contains(g.Fix.Copy, "-t nat -I PREROUTING") {
				continue
			}
			seen = true
			for _, w := range []string{"iptables -t nat -nvL PREROUTING", "iptables -nvL FORWARD"} {
				if !strings.Contains(g.Confirm, w) {
					t.Errorf("%s: confirm %q, want %q for\n%s", q.Range, g.Confirm, w, g.Fix.Copy)
				}
			}
			if strings.Contains(g.Confirm, "INPUT") {
				t.Errorf("%s: %s", q.Range, g.Confirm)
			}
		}
	}
	if !seen {
		t.Errorf("no translation is given\n%s", r.Text())
	}
}
