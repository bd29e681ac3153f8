package firewall

import (
	"net/netip"
	"strings"
	"testing"
)

// TestASlipInAnObject: where a rule stands for a group that nearly names a
// range, the line that does is told, in whatever way the vendor writes networks.
func TestASlipInAnObject(t *testing.T) {
	asa := "ASA Version 9.12(4)\ninterface GigabitEthernet1/1\n nameif outside\n security-level 0\n ip address 198.51.100.34 255.255.255.252\ninterface GigabitEthernet1/2\n nameif inside\n security-level 100\n ip address 203.0.113.1 255.255.255.0\n" +
		"object-group network mimecast\n network-object 103.13.69.0 255.255.255.0\n network-object 124.47.150.0 255.255.255.128\naccess-list in extended permit tcp object-group mimecast any eq smtp\naccess-list in extended deny ip any any\naccess-group in in interface outside\nroute outside 0.0.0.0 0.0.0.0 198.51.100.33 1\n"
	nft := "table inet f {\n\tset m {\n\t\ttype ipv4_addr; flags interval;\n\t\telements = { 103.13.69.0/24, 124.47.150.0/25 }\n\t}\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n\t\tct state established,related accept\n\t\tip saddr @m tcp dport 25 accept\n\t}\n}\n"
	for name, c := range map[string]struct {
		text, want string
	}{
		"mask":               {asa, "Line 12 names 124.47.150.0/25, nearly 124.47.150.0/24"},
		"length":             {nft, "Line 2 names 124.47.150.0/25, nearly 124.47.150.0/24"},
		"an octet":           {strings.Replace(asa, "124.47.150.0 255.255.255.128", "124.47.105.0 255.255.255.0", 1), "Line 12 names 124.47.105.0/24, nearly 124.47.150.0/24"},
		"in two lines":       {strings.Replace(asa, "object-group network mimecast\n", "object-group network other\n network-object 124.47.150.0 255.255.255.128\nobject-group network mimecast\n", 1), ""},
		"nothing like it":    {strings.Replace(asa, " network-object 124.47.150.0 255.255.255.128\n", "", 1), ""},
		"an address beside":  {strings.Replace(asa, "124.47.150.0 255.255.255.128", "host 124.47.150.0", 1), "Line 12 names 124.47.150.0/32, nearly 124.47.150.0/24"},
		"another's lie near": {strings.Replace(asa, "124.47.150.0 255.255.255.128", "124.47.150.0 255.255.255.0", 1), ""},
	} {
		r := check1(t, c.text, options())
		said := ""
		for _, q := range r.Requirements {
			for _, g := range q.Gaps {
				if strings.Contains(g.Fix.Text, " names ") {
					said = g.Fix.Text
					if g.Fix.Copy == "" {
						t.Errorf("%s: no rule is offered beside it", name)
					}
				}
			}
		}
		if !strings.HasPrefix(said, c.want) || c.want == "" && said != "" {
			t.Errorf("%s: %q, want %q", name, said, c.want)
		}
	}
}

// TestNetworkWords: a network is found as it is written, and nothing like it.
func TestNetworkWords(t *testing.T) {
	for _, c := range []struct {
		net, text string
		want      bool
	}{
		{"192.0.2.0/25", "set subnet 192.0.2.0 255.255.255.128", true},
		{"192.0.2.0/25", "set subnet 192.0.2.0/255.255.255.128", true},
		{"192.0.2.0/25", "permit ip 192.0.2.0 0.0.0.127 any", true},
		{"192.0.2.0/25", "<ip-netmask>192.0.2.0/25</ip-netmask>", true},
		{"192.0.2.0/25", "192.0.2.0/255", false},
		{"192.0.2.0/25", "192.0.2.0 255.255.255.0", false},
		{"192.0.2.0/25", "192.0.2.0", false},
		{"192.0.2.0/25", "1192.0.2.0/25", false},
		{"192.0.2.7/32", "host 192.0.2.7", true},
		{"192.0.2.7/32", "host 192.0.2.77", false},
		{"192.0.2.7/32", "192.0.2.7/24", false},
		{"2001:db8::/48", "2001:db8::/48", true},
	} {
		if got := networkWords(netip.MustParsePrefix(c.net)).MatchString(c.text); got != c.want {
			t.Errorf("%s in %q: %v", c.net, c.text, got)
		}
	}
}
