package azurensg_test

import (
	"testing"

	"mxodus/steps/check/firewall"
	ask "mxodus/steps/check/firewall/format/formattest"
)

// TestOverIPv6: mail that gets in over IPv6 comes to a unique local address of
// the virtual network, as Azure translates the public one.
func TestOverIPv6(t *testing.T) {
	provider := []string{one(`sourceAddressPrefix="103.13.69.0/24"`), one(`sourceAddressPrefix="124.47.150.0/24";priority=301`)}
	over := func(from, to, access string) string {
		return nsg(append(provider, one(`priority=302;sourceAddressPrefix="`+from+`";destinationAddressPrefix="`+to+`";access="`+access+`"`))...)
	}
	for _, c := range []struct {
		text string
		want firewall.Answer
	}{
		{nsg(provider...), firewall.Proven},
		{over("::/0", "fd00:30::25", "Allow"), firewall.CannotTell},
		{over("::/0", "fd00:30::25", "Deny"), firewall.Proven},
		{over("::/0", "*", "Allow"), firewall.CannotTell},
		{over("fd00:30::/64", "fd00:30::25", "Allow"), firewall.Proven}, // not from the internet
	} {
		rep := ask.Check(t, c.text, ask.Options())
		if rep.Lockdown == nil || rep.Lockdown.Verdict != c.want {
			t.Errorf("want %s:\n%s\n%s", c.want, c.text, rep.Text())
		}
		if c.want == firewall.CannotTell {
			ask.Mended(t, c.text, rep, ask.Options())
		}
	}
}
