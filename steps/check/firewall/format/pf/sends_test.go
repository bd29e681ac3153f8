package pf_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
)

// TestSends: that mail leaves with a private address is told.
func TestSends(t *testing.T) {
	const unhidden = "no line translates what 10.0.0.25 sends itself"
	plain := strings.NewReplacer("match out on $ext_if inet from $mail nat-to $mail_pub\n", "", "match out on $ext_if inet from { $lan_if:network $dmz_if:network } nat-to ($ext_if:0)\n", "").Replace(threeLegged)
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"hidden", threeLegged, false},
		{"not hidden", plain, true},
		{"the office alone", plain + "match out on $ext_if inet from 10.0.1.0/24 nat-to ($ext_if)\n", true},
		{"a network that the file does not hold", plain + "match out on $ext_if inet from $dmz_if:network nat-to ($ext_if)\n", false},
		{"binat-to", plain + "match on $ext_if inet from $mail to any binat-to $mail_pub\n", false},
		{"in an anchor", plain + "anchor \"out\" {\n\tpass out on $ext_if inet from $mail nat-to $mail_pub\n}\n", false},
		{"in an anchor that the file does not hold", plain + "anchor \"out\"\n", false},
		{"FreeBSD", "nat on em0 inet from 10.0.0.0/24 to any -> (em0)\nrdr on em0 inet proto tcp from any to 203.0.113.25 port 25 -> 10.0.0.25\npass all\n", false},
		{"FreeBSD, not hidden", "nat on em0 inet from 10.0.1.0/24 to any -> (em0)\nrdr on em0 inet proto tcp from any to 203.0.113.25 port 25 -> 10.0.0.25\npass all\n", true},
	} {
		set, err := firewall.Read("", []byte(c.text), "pf")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(set.Notes, " "), unhidden); got != c.want {
			t.Errorf("%s: %t, want %t: %q", c.name, got, c.want, set.Notes)
		}
	}
}
