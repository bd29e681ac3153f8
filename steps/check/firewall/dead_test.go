package firewall

import (
	"net/netip"
	"testing"
)

func TestDeadRules(t *testing.T) {
	const mail = " -p tcp -m tcp --dport 25 "
	for _, c := range []struct {
		name, rules string
		dead, first int // lines; 0 for none
	}{
		{"none", "-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 0, 0},
		{"below a refusal", "-A INPUT" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 6, 5},
		{"covered by a wider one", "-A INPUT -s 103.13.68.0/23" + mail + "-j ACCEPT\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 6, 5},
		{"covered by two halves", "-A INPUT -s 103.13.69.0/25" + mail + "-j ACCEPT\n-A INPUT -s 103.13.69.128/25" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 7, 5},
		{"only in part", "-A INPUT -s 103.13.69.0/25" + mail + "-j ACCEPT\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 0, 0},
		{"another port", "-A INPUT" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24 -p tcp -m tcp --dport 443 -j ACCEPT\n", 0, 0},
		{"another server", "-A INPUT" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24 -d 203.0.113.99/32" + mail + "-j ACCEPT\n", 0, 0},
		{"perhaps covered", "-A INPUT -m geoip --src-cc AU" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 0, 0},
	} {
		text := "*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n" + c.rules + "COMMIT\n"
		rep, err := CheckFile("r", []byte(text), CheckOptions{
			Ranges:  []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}},
			Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")},
		})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case c.dead == 0 && len(rep.Dead) > 0:
			t.Errorf("%s: %+v, want none", c.name, rep.Dead)
		case c.dead > 0 && (len(rep.Dead) != 1 || rep.Dead[0].Rule.Line != c.dead || rep.Dead[0].First[0].Line != c.first):
			t.Errorf("%s: %+v, want line %d because of %d", c.name, rep.Dead, c.dead, c.first)
		}
	}
}
