package nft_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
)

// TestSends: that mail leaves with a private address is told.
func TestSends(t *testing.T) {
	nat := func(out string) string {
		return "table ip nat {\n\tchain prerouting {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n\t\tiifname \"eth0\" ip daddr 203.0.113.25 tcp dport 25 dnat to 10.0.0.25\n\t}\n" +
			"\tchain postrouting {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n" + out + "\t}\n}\n"
	}
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"not hidden", nat(""), true},
		{"masquerade", nat("\t\toifname \"eth0\" masquerade\n"), false},
		{"its own network", nat("\t\toifname \"eth0\" ip saddr 10.0.0.0/24 snat to 203.0.113.25\n"), false},
		{"another network", nat("\t\toifname \"eth0\" ip saddr 10.0.1.0/24 snat to 203.0.113.25\n"), true},
		{"what comes from inside to the public address", nat("\t\toifname \"eth1\" ip saddr 10.0.0.0/8 ip daddr 10.0.0.25 masquerade\n"), true},
	} {
		set, err := firewall.Read("", []byte(c.text), "nft")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(set.Notes, " "), "no line translates what 10.0.0.25 sends itself"); got != c.want {
			t.Errorf("%s: %t, want %t: %q", c.name, got, c.want, set.Notes)
		}
	}
}
