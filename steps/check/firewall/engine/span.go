package engine

import (
	"cmp"
	"math/bits"
	"net/netip"
	"slices"

	"go4.org/netipx"
)

// num is an address as a number. IPv4 lies where its IPv4-mapped IPv6 form
// does, so both families live on one line.
type num struct{ hi, lo uint64 }

func (a num) cmp(b num) int {
	if c := cmp.Compare(a.hi, b.hi); c != 0 {
		return c
	}
	return cmp.Compare(a.lo, b.lo)
}

func (a num) less(b num) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

var lastNum = num{^uint64(0), ^uint64(0)}

// next is a+1; it must not be called on lastNum.
func (a num) next() num {
	lo, carry := bits.Add64(a.lo, 1, 0)
	return num{a.hi + carry, lo}
}

// prev is a-1; it must not be called on zero.
func (a num) prev() num {
	lo, borrow := bits.Sub64(a.lo, 1, 0)
	return num{a.hi - borrow, lo}
}

func toNum(a netip.Addr) num {
	b := a.As16()
	var n num
	for i := range 8 {
		n.hi = n.hi<<8 | uint64(b[i])
		n.lo = n.lo<<8 | uint64(b[8+i])
	}
	return n
}

func (a num) addr() netip.Addr {
	var b [16]byte
	for i := range 8 {
		b[7-i] = byte(a.hi >> (8 * i))
		b[15-i] = byte(a.lo >> (8 * i))
	}
	return netip.AddrFrom16(b).Unmap()
}

// span is a range of addresses, both ends included.
type span struct{ lo, hi num }

// spans is sorted, disjoint and not adjacent.
type spans []span

var everything = spans{{num{}, lastNum}}

func toSpans(ranges []netipx.IPRange) spans {
	out := make(spans, 0, len(ranges))
	for _, r := range ranges {
		if !r.IsValid() {
			continue
		}
		x := span{toNum(r.From()), toNum(r.To())}
		if r.From().Is4() || x.hi.less(mapped.lo) || mapped.hi.less(x.lo) {
			out = append(out, x)
			continue
		}
		// A range of IPv6 runs over the place where IPv4 lies: leave that out.
		if x.lo.less(mapped.lo) {
			out = append(out, span{x.lo, mapped.lo.prev()})
		}
		if mapped.hi.less(x.hi) {
			out = append(out, span{mapped.hi.next(), x.hi})
		}
	}
	return out.merge()
}

// mapped is where IPv4 lies.
var mapped = span{num{0, 0xffff << 32}, num{0, 0xffff<<32 | 0xffffffff}}

func (s spans) merge() spans {
	slices.SortFunc(s, func(a, b span) int { return a.lo.cmp(b.lo) })
	out := s[:0]
	for _, x := range s {
		if n := len(out); n > 0 && (out[n-1].hi == lastNum || !out[n-1].hi.next().less(x.lo)) {
			if out[n-1].hi.less(x.hi) {
				out[n-1].hi = x.hi
			}
			continue
		}
		out = append(out, x)
	}
	return out
}

func (s spans) complement() spans {
	var out spans
	at, open := num{}, true
	for _, x := range s {
		if at.less(x.lo) {
			out = append(out, span{at, x.lo.prev()})
		}
		if x.hi == lastNum {
			open = false
			break
		}
		at = x.hi.next()
	}
	if open {
		out = append(out, span{at, lastNum})
	}
	return out
}

// overlapping returns the part of s that may overlap x, by binary search.
func (s spans) overlapping(x span) spans {
	i, _ := slices.BinarySearchFunc(s, x.lo, func(a span, lo num) int { return a.hi.cmp(lo) })
	j := i
	for j < len(s) && !x.hi.less(s[j].lo) {
		j++
	}
	return s[i:j]
}

// covers answers whether an unknown address in x lies in s.
func (s spans) covers(x span) tri {
	part := s.overlapping(x)
	switch {
	case len(part) == 0:
		return no
	case len(part) == 1 && !x.lo.less(part[0].lo) && !part[0].hi.less(x.hi):
		return yes
	}
	return maybe
}

func (s spans) intersects(o spans) bool {
	if len(o) < len(s) {
		s, o = o, s
	}
	for _, x := range s {
		if len(o.overlapping(x)) > 0 {
			return true
		}
	}
	return false
}

// each converts back; a span over both families is cut at their border.
func (s spans) each(f func(netipx.IPRange)) {
	v4 := mapped
	add := func(lo, hi num) {
		if !hi.less(lo) {
			f(netipx.IPRangeFrom(lo.addr(), hi.addr()))
		}
	}
	for _, x := range s {
		if x.hi.less(v4.lo) || v4.hi.less(x.lo) {
			add(x.lo, x.hi)
			continue
		}
		if x.lo.less(v4.lo) {
			add(x.lo, v4.lo.prev())
		}
		add(maxNum(x.lo, v4.lo), minNum(x.hi, v4.hi))
		if v4.hi.less(x.hi) {
			add(v4.hi.next(), x.hi)
		}
	}
}

func maxNum(a, b num) num {
	if a.less(b) {
		return b
	}
	return a
}

func minNum(a, b num) num {
	if a.less(b) {
		return a
	}
	return b
}

// tri is a truth value of three: no, perhaps, yes.
type tri uint8

const (
	no tri = iota
	maybe
	yes
)

// and is the weaker of the two.
func (t tri) and(u tri) tri { return min(t, u) }

// or is yes when b holds.
func (t tri) or(b bool) tri {
	if b {
		return yes
	}
	return t
}

func (t tri) not() tri { return yes - t }

func (t tri) flip(by bool) tri {
	if by {
		return t.not()
	}
	return t
}
