package mikrotik_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
)

// TestAnswersNobody: a translated address that no interface has is answered for
// by nobody.
func TestAnswersNobody(t *testing.T) {
	const text = `# 2026-01-01 00:00:00 by RouterOS 7.11
/interface ethernet
set [ find default-name=ether1 ] name=wan
/ip address
add address=203.0.113.2/28 interface=wan
add address=10.0.0.1/24 interface=ether2
/ip firewall filter
add action=accept chain=forward dst-address=10.0.0.25 dst-port=25 protocol=tcp
/ip firewall nat
add action=dst-nat chain=dstnat dst-address=203.0.113.5 dst-port=25 protocol=tcp to-addresses=10.0.0.25
/ip route
add gateway=203.0.113.1
`
	for name, c := range map[string]struct {
		text string
		told bool
	}{
		"on no interface": {text, true},
		"on the wan":      {strings.Replace(text, "add address=10", "add address=203.0.113.5/32 interface=wan\nadd address=10", 1), false},
		"published":       {text + "/ip arp\nadd address=203.0.113.5 interface=wan published=yes\n", false},
		"not published":   {text + "/ip arp\nadd address=203.0.113.5 interface=wan\n", true},
		"proxy ARP":       {strings.Replace(text, "name=wan", "arp=proxy-arp name=wan", 1), false},
		"routed here":     {strings.Replace(text, "dst-address=203.0.113.5", "dst-address=198.51.100.5", 1), false},
		"another port":    {strings.Replace(text, "dst-address=203.0.113.5 dst-port=25", "dst-address=203.0.113.5 dst-port=443", 1), false},
	} {
		set, err := firewall.Read("mikrotik", []byte(c.text), "")
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(set.Notes, "\n")
		if strings.Contains(got, "the router does not answer for that address") != c.told {
			t.Errorf("%s: %s", name, got)
		}
	}
}
