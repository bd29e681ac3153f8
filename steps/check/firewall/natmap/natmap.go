// Package natmap splits rules that translate one range of addresses to another
// of the same size, address by address, so that each goes where it goes, and
// finds those that no neighbour can reach.
package natmap

import (
	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// maxEach bounds the addresses that are told apart.
const maxEach = 256

// Each splits a translating rule whose boxes take destinations in was to those
// in to: the first to the first, and so on. Ranges that differ in size, or are
// larger than 256 addresses, leave the rule as it is: then the new address is
// known to lie in the range and no more.
func Each(x ir.Rule, was, to netipx.IPRange) []ir.Rule {
	if to.From() == to.To() || !sameSize(was, to) {
		return []ir.Rule{x}
	}
	var out []ir.Rule
	for a, b := was.From(), to.From(); ; a, b = a.Next(), b.Next() {
		y := x
		y.Boxes = nil
		for _, box := range x.Boxes {
			if box.Dst != nil && !holds(box.Dst, netipx.IPRangeFrom(a, a)) {
				continue
			}
			box.Dst = &ir.Addrs{Ranges: []netipx.IPRange{netipx.IPRangeFrom(a, a)}}
			y.Boxes = append(y.Boxes, box)
		}
		y.To.Addr = netipx.IPRangeFrom(b, b)
		if len(y.Boxes) > 0 {
			out = append(out, y)
		}
		if a == was.To() {
			return out
		}
	}
}

func sameSize(was, to netipx.IPRange) bool {
	a, b := was.From(), to.From()
	for range maxEach {
		if a == was.To() || b == to.To() {
			return a == was.To() && b == to.To()
		}
		a, b = a.Next(), b.Next()
	}
	return false
}

func holds(set *ir.Addrs, one netipx.IPRange) bool {
	for _, r := range set.Ranges {
		if r.Contains(one.From()) {
			return !set.Not
		}
	}
	return set.Not
}
