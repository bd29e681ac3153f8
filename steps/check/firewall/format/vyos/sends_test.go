package vyos_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
)

// TestSends: that mail leaves with a private address is told.
func TestSends(t *testing.T) {
	const (
		in = "set nat destination rule 10 destination address 203.0.113.25\nset nat destination rule 10 destination port 25\nset nat destination rule 10 protocol tcp\n" +
			"set nat destination rule 10 inbound-interface name eth0\nset nat destination rule 10 translation address 10.0.0.25\n"
		out      = "set nat source rule 10 outbound-interface name eth0\nset nat source rule 10 translation address masquerade\n"
		oneToOne = "set nat static rule 5 destination address 203.0.113.25\nset nat static rule 5 inbound-interface eth0\nset nat static rule 5 translation address 10.0.0.25\n"
	)
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"not hidden", in, true},
		{"hidden", in + out, false},
		{"another network", in + out + "set nat source rule 10 source address 10.0.1.0/24\n", true},
		{"its own network", in + out + "set nat source rule 10 source address 10.0.0.0/24\n", false},
		{"disabled", in + out + "set nat source rule 10 disable\n", true},
		{"one to one", in + oneToOne, false},
		{"one to one, disabled", in + oneToOne + "set nat static rule 5 disable\n", true},
		{"port-forward", forwards("enable", ""), false},
		{"port-forward alone", strings.NewReplacer("set service nat rule 5010 outbound-interface eth0\n", "", "set service nat rule 5010 type masquerade\n", "").Replace(forwards("enable", "")), true},
	} {
		set, err := firewall.Read("", []byte(rules("rule 10 action accept")+c.text), id)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(set.Notes, " "), "no line translates what 10.0.0.25 sends itself"); got != c.want {
			t.Errorf("%s: %t, want %t: %q", c.name, got, c.want, set.Notes)
		}
	}
}
