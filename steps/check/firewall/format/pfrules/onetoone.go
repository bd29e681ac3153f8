package pfrules

import (
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// maxPairs bounds the addresses of a translation of networks that are told
// apart one by one.
const maxPairs = 256

// OneToOne splits a translation of a network to one as large into one rule an
// address, as far as that is not too many.
func OneToOne(in Rule, outer *Target) []Rule {
	if in.Rdr == nil || outer == nil || len(in.Rdr.Addrs) != 1 || len(outer.Addrs) != 1 || in.Rdr.Addrs[0].From() == in.Rdr.Addrs[0].To() {
		return []Rule{in}
	}
	a, b := outer.Addrs[0].From(), in.Rdr.Addrs[0].From()
	var out []Rule
	for n := 0; ; n++ {
		if n == maxPairs || !a.IsValid() || !b.IsValid() {
			return []Rule{in}
		}
		one := in
		one.Boxes = slices.Clone(in.Boxes)
		for k := range one.Boxes {
			one.Boxes[k].Dst = &ir.Addrs{Ranges: []netipx.IPRange{netipx.IPRangeFrom(a, a)}}
		}
		t := *in.Rdr
		t.Addrs = []netipx.IPRange{netipx.IPRangeFrom(b, b)}
		one.Rdr = &t
		out = append(out, one)
		if a == outer.Addrs[0].To() || b == in.Rdr.Addrs[0].To() {
			if a != outer.Addrs[0].To() || b != in.Rdr.Addrs[0].To() {
				return []Rule{in}
			}
			return out
		}
		a, b = a.Next(), b.Next()
	}
}
