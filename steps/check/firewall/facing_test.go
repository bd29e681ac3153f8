package firewall

import (
	"strings"
	"testing"
)

// TestOpenInterface: an interface that lets everyone in may face the internet
// unless a rule or the user says that it does not.
func TestOpenInterface(t *testing.T) {
	rules := strings.ReplaceAll(sourcePortRules, "-A INPUT -s", "-A INPUT -i eth1 -s")
	for _, c := range []struct {
		name, more, iface string
		want              Answer
	}{
		{"open", "-A INPUT -i ppp0 -p tcp -m tcp --dport 25 -j ACCEPT\n", "", CannotTell},
		{"open, and said not to be", "-A INPUT -i ppp0 -p tcp -m tcp --dport 25 -j ACCEPT\n", "eth1", Proven},
		{"open, and said to be", "-A INPUT -i ppp0 -p tcp -m tcp --dport 25 -j ACCEPT\n", "ppp0", Disproven},
		{"own network", "-A INPUT -i eth2 -s 10.0.0.0/8 -j ACCEPT\n-A INPUT -i eth2 -j ACCEPT\n", "", Proven},
		{"none", "", "", Proven},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := options()
			opt.Lockdown, opt.Interface = true, c.iface
			r := check1(t, rules+c.more+"COMMIT\n", opt)
			if r.Lockdown.Verdict != c.want {
				t.Fatalf("%s, want %s: %s", r.Lockdown.Verdict, c.want, r.Text())
			}
			if c.want == CannotTell && !strings.Contains(r.Leaks[0].By.Why, "ppp0 does (--interface)") {
				t.Errorf("why %q", r.Leaks[0].By.Why)
			}
		})
	}
}
