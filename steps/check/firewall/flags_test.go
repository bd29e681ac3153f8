package firewall

import (
	"strings"
	"testing"
)

// TestFlagsOfLaterPackets: a rule that refuses packets of a connection by their
// flags leaves the answer open and is named, unless established connections
// were let through before it or no packet has such flags.
func TestFlagsOfLaterPackets(t *testing.T) {
	rules := func(first, last string) string {
		return strings.Replace(sourcePortRules, "-A INPUT", first+"-A INPUT", 1) + last + "COMMIT\n"
	}
	for _, c := range []struct {
		name, text string
		want       Answer
		line       int
	}{
		{"PSH before", rules("-A INPUT -p tcp -m tcp --tcp-flags PSH PSH -j DROP\n", ""), CannotTell, 4},
		{"PSH after", rules("", "-A INPUT -p tcp -m tcp --tcp-flags PSH PSH -j DROP\n"), Proven, 0},
		{"FIN out", rules("", "-A OUTPUT -p tcp -m tcp --sport 25 --tcp-flags FIN FIN -j DROP\n"), CannotTell, 7},
		{"not a packet of any connection", rules("-A INPUT -p tcp -m tcp --tcp-flags SYN,FIN SYN,FIN -j DROP\n"+
			"-A INPUT -p tcp -m tcp --tcp-flags FIN,ACK FIN -j DROP\n-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -j DROP\n", ""), Proven, 0},
		{"first that is no SYN", rules("-A INPUT -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW -j DROP\n", ""), Proven, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := check1(t, c.text, options())
			if r.Verdict != c.want {
				t.Fatalf("%s, want %s: %s", r.Verdict, c.want, r.Text())
			}
			for _, q := range r.Requirements {
				if q.Direction == "in" && c.line > 0 && (len(q.Gaps) == 0 || q.Gaps[0].By.Line != c.line) {
					t.Errorf("%s: %+v, want line %d", q.Range, q.Gaps, c.line)
				}
			}
		})
	}
}
