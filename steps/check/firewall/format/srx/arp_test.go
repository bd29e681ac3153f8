package srx_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestAnswersNobody: the SRX answers for a translated address by proxy ARP
// alone.
func TestAnswersNobody(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	for name, c := range map[string]struct {
		text string
		told bool
	}{
		"without":         {text, true},
		"with":            {text + "\nset security nat proxy-arp interface ge-0/0/0.0 address 203.0.113.5/32\n", false},
		"in a range":      {text + "\nset security nat proxy-arp interface ge-0/0/0.0 address 203.0.113.4/32 to 203.0.113.6/32\n", false},
		"for another":     {text + "\nset security nat proxy-arp interface ge-0/0/0.0 address 203.0.113.6/32\n", true},
		"own address":     {strings.Replace(text, "203.0.113.2/28", "203.0.113.5/28", 1), false},
		"another network": {strings.ReplaceAll(text, "203.0.113.5/32", "198.51.100.5/32"), false},
		"another port":    {strings.Replace(text, "rule mail match destination-port 25", "rule mail match destination-port 443", 1), false},
	} {
		set, err := firewall.Read("srx", []byte(c.text), "")
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(set.Notes, "\n")
		if strings.Contains(got, "203.0.113.5, which lies in the network of ge-0/0/0.0") != c.told {
			t.Errorf("%s: %s", name, got)
		}
	}
}
