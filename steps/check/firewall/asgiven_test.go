package firewall

import (
	"net/netip"
	"strings"
	"testing"
)

// TestAskedAsGiven: a public address is asked about as it was given, and a
// translation that the answer does not rest on is not named; a private address
// is asked about by the address that is translated to it.
func TestAskedAsGiven(t *testing.T) {
	rules := func(inner string) string {
		return "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -s 103.13.69.0/24 -j ACCEPT\n" +
			"-A PREROUTING -d 198.51.100.9/32 -p tcp -m tcp --dport 25 -j DNAT --to-destination " + inner + "\nCOMMIT\n" +
			"*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n" +
			"-A FORWARD -s " + inner + "/32 -p tcp --dport 25 -j ACCEPT\n" +
			"-A FORWARD -s 103.13.69.0/24 -d " + inner + "/32 -p tcp -m tcp --dport 25 -j ACCEPT\n" +
			"-A FORWARD -s 124.47.150.0/24 -d " + inner + "/32 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n"
	}
	for _, c := range []struct {
		inner string
		want  Answer
		says  bool
	}{{"203.0.113.25", Proven, false}, {"10.0.5.25", Disproven, true}} {
		opt := options()
		opt.Servers = []netip.Addr{netip.MustParseAddr(c.inner)}
		r := check1(t, rules(c.inner), opt)
		if says := strings.Contains(strings.Join(r.Assumptions, " "), "reached from the internet as 198.51.100.9"); r.Verdict != c.want || says != c.says {
			t.Errorf("%s: %s, %q, want %s", c.inner, r.Verdict, r.Assumptions, c.want)
		}
	}
}
