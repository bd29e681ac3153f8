package asa

import (
	"fmt"
	"math/big"
	"net/netip"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// portMap is the part of a translation that concerns ports: a protocol (0 for
// all) and, where to is not zero, a range of ports that becomes another.
type portMap struct {
	proto    uint8
	from, to ir.PortRange
	sport    *ir.Ports
}

func (p portMap) ports() bool { return p.to != ir.PortRange{} }

func (p portMap) on(boxes []ir.Box) []ir.Box {
	if p.proto == 0 {
		return boxes
	}
	for i := range boxes {
		boxes[i].Proto, boxes[i].SPort = &ir.Protos{List: []uint8{p.proto}}, p.sport
		if p.ports() {
			boxes[i].DPort = &ir.Ports{Ranges: []ir.PortRange{p.from}}
		}
	}
	return boxes
}

func (p portMap) to1(addr netipx.IPRange) ir.Translation {
	t := ir.Translation{Addr: addr}
	if p.ports() && p.from != p.to {
		t.Port, t.Base = p.to, p.from.Lo
		t.Shift = p.to.Lo != p.to.Hi
	}
	return t
}

// ifs is the condition on an interface of a translation; nil for any.
func (r *reader) ifs(name string) *ir.Ifaces {
	if name == "" {
		return nil
	}
	return &ir.Ifaces{Patterns: r.patterns(name)}
}

// maxPairs bounds the addresses of one translation that are told apart.
const maxPairs = 256

// moves are the rules that turn mapped addresses into real ones, one by one as
// far as there are not too many. An address that stays what it is ends the
// search for translations.
func (r *reader) moves(at ir.At, boxes []ir.Box, mapped, real *objects.Addrs, p portMap) []ir.Rule {
	whole := objects.Destination(boxes, mapped)
	same := mapped == real || mapped.Any && real.Any || len(mapped.Maybe)+len(real.Maybe) == 0 && equalRanges(mapped.Ranges, real.Ranges)
	switch {
	case same && (!p.ports() || p.from == p.to):
		return []ir.Rule{{Boxes: whole, Action: ir.Accept, At: at}}
	case same && mapped.Any:
		return []ir.Rule{{Boxes: whole, Action: ir.Translate, To: p.to1(netipx.IPRange{}), At: at}}
	case real.Any || len(real.Maybe) > 0 || real.Not || len(real.Ranges) == 0:
		return []ir.Rule{openNAT(at, whole, fmt.Sprintf("what address the translation in line %d leads to", at.Line))}
	case mapped.Any || len(mapped.Maybe) > 0 || mapped.Not:
		return []ir.Rule{{Boxes: whole, Action: ir.Translate, To: p.to1(hull(real.Ranges)), At: at}}
	}
	if len(real.Ranges) == 1 && real.Ranges[0].From() == real.Ranges[0].To() {
		return []ir.Rule{{Boxes: whole, Action: ir.Translate, To: p.to1(real.Ranges[0]), At: at}}
	}
	from, ok1 := addresses(mapped.Ranges)
	to, ok2 := addresses(real.Ranges)
	if !ok1 || !ok2 || len(from) != len(to) {
		return r.wideMoves(at, boxes, mapped, real, p, whole)
	}
	out := make([]ir.Rule, 0, len(from))
	for i, a := range from {
		b := objects.Destination(boxes, objects.Of(source.One(a)))
		out = append(out, ir.Rule{Boxes: b, Action: ir.Translate, To: p.to1(source.One(to[i])), At: at})
	}
	return out
}

// wideMoves turns ranges of one size into each other: which address of a range
// becomes which is then not told apart.
func (r *reader) wideMoves(at ir.At, boxes []ir.Box, mapped, real *objects.Addrs, p portMap, whole []ir.Box) []ir.Rule {
	if len(mapped.Ranges) != len(real.Ranges) {
		return []ir.Rule{{Boxes: whole, Action: ir.Translate, To: p.to1(hull(real.Ranges)), At: at}}
	}
	var out []ir.Rule
	for i, m := range mapped.Ranges {
		if sizeOf(objects.Of(m)).Cmp(sizeOf(objects.Of(real.Ranges[i]))) != 0 {
			return []ir.Rule{{Boxes: whole, Action: ir.Translate, To: p.to1(hull(real.Ranges)), At: at}}
		}
		out = append(out, ir.Rule{
			Boxes: objects.Destination(boxes, objects.Of(m)), Action: ir.Translate, To: p.to1(real.Ranges[i]), At: at,
		})
	}
	return out
}

func equalRanges(a, b []netipx.IPRange) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// hull is the smallest range that holds all of some.
func hull(in []netipx.IPRange) netipx.IPRange {
	lo, hi := in[0].From(), in[0].To()
	for _, r := range in[1:] {
		if r.From().Less(lo) {
			lo = r.From()
		}
		if hi.Less(r.To()) {
			hi = r.To()
		}
	}
	return netipx.IPRangeFrom(lo, hi)
}

// addresses lists those of some ranges one by one, if they are few and in the
// order in which they were written.
func addresses(in []netipx.IPRange) ([]netip.Addr, bool) {
	var out []netip.Addr
	for _, r := range in {
		for a := r.From(); a.IsValid() && a.Compare(r.To()) <= 0; a = a.Next() {
			if len(out) == maxPairs {
				return nil, false
			}
			out = append(out, a)
		}
	}
	return out, true
}

// widen makes one mapped address the first of as many as are real.
func widen(mapped, real *objects.Addrs) *objects.Addrs {
	if len(mapped.Ranges) != 1 || len(real.Ranges) != 1 || mapped.Ranges[0].From() != mapped.Ranges[0].To() {
		return mapped
	}
	first := mapped.Ranges[0].From()
	n := new(big.Int).Sub(number(real.Ranges[0].To()), number(real.Ranges[0].From()))
	last, ok := addrOf(n.Add(n, number(first)), first.Is4())
	if r := netipx.IPRangeFrom(first, last); ok && r.IsValid() {
		return objects.Of(r)
	}
	return mapped
}

func number(a netip.Addr) *big.Int { return new(big.Int).SetBytes(a.AsSlice()) }

func addrOf(n *big.Int, four bool) (netip.Addr, bool) {
	size := 16
	if four {
		size = 4
	}
	if n.BitLen() > size*8 {
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(n.FillBytes(make([]byte, size)))
}

// sizeOf is the number of addresses of a set.
func sizeOf(a *objects.Addrs) *big.Int {
	sum := new(big.Int)
	for _, r := range a.Ranges {
		d := new(big.Int).Sub(number(r.To()), number(r.From()))
		sum.Add(sum, d.Add(d, big.NewInt(1)))
	}
	return sum
}
