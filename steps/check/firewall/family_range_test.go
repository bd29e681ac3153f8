package firewall

import (
	"net/netip"
	"testing"

	"go4.org/netipx"
)

// TestRangeOfBothFamilies holds that a range of destinations that reaches from
// one family into the other is shown as far as it is of the senders' family.
func TestRangeOfBothFamilies(t *testing.T) {
	span := func(a, b string) netipx.IPRange {
		return netipx.IPRangeFrom(netip.MustParseAddr(a), netip.MustParseAddr(b))
	}
	set := func(p string) *netipx.IPSet {
		var b netipx.IPSetBuilder
		b.AddPrefix(netip.MustParsePrefix(p))
		s, err := b.IPSet()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, c := range []struct {
		r    netipx.IPRange
		of   string
		want string
	}{
		{span("::", "9.255.255.255"), "8.0.0.0/8", "0.0.0.0-9.255.255.255"},
		{span("203.0.113.27", "2001:db8::1"), "8.0.0.0/8", "203.0.113.27-255.255.255.255"},
		{span("203.0.113.27", "2001:db8::1"), "2600::/16", "::-2001:db8::1"},
		{span("10.0.0.0", "10.0.0.9"), "8.0.0.0/8", "10.0.0.0-10.0.0.9"},
	} {
		if got := ofFamily(c.r, set(c.of)).String(); got != c.want {
			t.Errorf("%v: %s, want %s", c.r, got, c.want)
		}
	}
}
