package firewall

import (
	"net/netip"

	"go4.org/netipx"
)

func setOf(p ...netip.Prefix) *netipx.IPSet {
	var b netipx.IPSetBuilder
	for _, x := range p {
		b.AddPrefix(x)
	}
	s, err := b.IPSet()
	if err != nil { // prefixes come parsed
		return &netipx.IPSet{}
	}
	return s
}

func meet(a, b *netipx.IPSet) *netipx.IPSet {
	if !a.Overlaps(b) {
		return nil
	}
	var x netipx.IPSetBuilder
	x.AddSet(a)
	x.Intersect(b)
	s, err := x.IPSet()
	if err != nil || len(s.Ranges()) == 0 {
		return nil
	}
	return s
}
