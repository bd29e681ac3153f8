package check

import (
	"net/netip"

	"go4.org/netipx"
)

// Without is what is left of a range when the dropped ones are taken out of it:
// the range itself when none touches it, pieces of it when they cover a part.
// What the record of a region no longer holds may be half of a range of the
// table, and everybody who follows the TPOC's consent has to cut alike.
func Without(p netip.Prefix, dropped []netip.Prefix) []netip.Prefix {
	touched := false
	var b netipx.IPSetBuilder
	b.AddPrefix(p)
	for _, d := range dropped {
		if d.IsValid() && d.Overlaps(p) {
			touched = true
			b.RemovePrefix(d)
		}
	}
	if !touched {
		return []netip.Prefix{p}
	}
	left, err := b.IPSet()
	if err != nil {
		return []netip.Prefix{p} // cannot be: p is valid
	}
	return left.Prefixes()
}
