// Package objects resolves what rules of named objects refer to: addresses,
// services, groups of them and groups of groups, as far as a file tells. What
// it does not tell stays a reason, so that a rule is met perhaps and nothing
// is guessed.
package objects

import (
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// Addrs is a set of addresses that may in part not be known. Ranges are in it
// for certain; with Maybe, any other address is in it perhaps, for those
// reasons, each completing "depends on ...". Any is every address. Not turns
// the whole around. The zero Addrs is empty.
type Addrs struct {
	Any    bool
	Ranges []netipx.IPRange
	Not    bool
	Maybe  []string

	set *ir.Addrs // of Ranges and Not, made once so that rules share it
}

// Anywhere is every address.
func Anywhere() *Addrs { return &Addrs{Any: true} }

// Of is the set of some ranges.
func Of(ranges ...netipx.IPRange) *Addrs { return &Addrs{Ranges: ranges} }

// OfPrefixes is the set of some networks.
func OfPrefixes(list ...netip.Prefix) *Addrs {
	a := &Addrs{}
	for _, p := range list {
		a.Ranges = append(a.Ranges, netipx.RangeOfPrefix(p))
	}
	return a
}

// UnknownAddrs is a set of which only the reason why is known.
func UnknownAddrs(reason string) *Addrs { return &Addrs{Maybe: []string{reason}} }

// Union is the set of what is in any of some sets. Sets that are turned around
// are joined as far as that can be said: their reasons stay.
func Union(list ...*Addrs) *Addrs {
	if len(list) == 1 {
		return list[0]
	}
	out := &Addrs{}
	lists := make([][]netipx.IPRange, 0, len(list))
	for _, a := range list {
		if a.Not && !a.Any {
			a = a.flat()
		}
		if a.Any && !a.Not {
			return Anywhere()
		}
		if a.Any {
			continue
		}
		lists = append(lists, a.Ranges)
		out.Maybe = append(out.Maybe, a.Maybe...)
	}
	out.Ranges = joined(lists)
	out.Maybe = reasons(out.Maybe)
	return out
}

// Of a group many of whose members are not known, not all reasons are kept:
// groups of groups would hold them all over and over.
const (
	manyReasons = 32
	moreReasons = "others that are not known"
)

// reasons sorts reasons and leaves out those said twice and too many.
func reasons(list []string) []string {
	slices.Sort(list)
	if list = slices.Compact(list); len(list) <= manyReasons {
		return list
	}
	list = slices.DeleteFunc(list, func(s string) bool { return s == moreReasons })
	return append(slices.Clone(list[:min(len(list), manyReasons-1)]), moreReasons)
}

// manyRanges is where ranges are merged: groups of groups may name the same
// ones over and over.
const manyRanges = 64

// joined is what is in any of some lists: in their order where they are few,
// else sorted, none next to another. The longest is taken to be joined already,
// as a group of groups is that grows by a few at each level.
func joined(lists [][]netipx.IPRange) []netipx.IPRange {
	n, long := 0, 0
	for i, l := range lists {
		n += len(l)
		if len(l) > len(lists[long]) {
			long = i
		}
	}
	if n <= manyRanges {
		return slices.Concat(lists...)
	}
	few := make([]netipx.IPRange, 0, n-len(lists[long]))
	for i, l := range lists {
		if i != long {
			few = append(few, l...)
		}
	}
	slices.SortFunc(few, byStart)
	many := lists[long]
	if !slices.IsSortedFunc(many, byStart) {
		many = slices.Clone(many)
		slices.SortFunc(many, byStart)
	}
	out := make([]netipx.IPRange, 0, n)
	for len(few)+len(many) > 0 {
		if len(many) == 0 || len(few) > 0 && byStart(few[0], many[0]) < 0 {
			out, few = extended(out, few[0]), few[1:]
		} else {
			out, many = extended(out, many[0]), many[1:]
		}
	}
	return out
}

func byStart(a, b netipx.IPRange) int { return a.From().Compare(b.From()) }

// extended adds a range to sorted ones none of which begins after it.
func extended(out []netipx.IPRange, r netipx.IPRange) []netipx.IPRange {
	if !r.IsValid() {
		return out
	}
	if n := len(out); n > 0 {
		last := out[n-1]
		if last.To().Next() == r.From() || last.To().BitLen() == r.From().BitLen() && r.From().Compare(last.To()) <= 0 {
			if last.To().Less(r.To()) {
				out[n-1] = netipx.IPRangeFrom(last.From(), r.To())
			}
			return out
		}
	}
	return append(out, r)
}

// Minus is what is in a and not in b.
func Minus(a, b *Addrs) *Addrs {
	if len(b.Maybe) > 0 {
		return &Addrs{Maybe: slices.Concat(a.Maybe, b.Maybe)}
	}
	var s netipx.IPSetBuilder
	a.addTo(&s)
	var out netipx.IPSetBuilder
	b.addTo(&out)
	drop, err := out.IPSet()
	if err != nil {
		return UnknownAddrs("addresses that could not be read")
	}
	s.RemoveSet(drop)
	set, err := s.IPSet()
	if err != nil {
		return UnknownAddrs("addresses that could not be read")
	}
	return &Addrs{Ranges: set.Ranges(), Maybe: a.Maybe}
}

// Both is what lies in each of two sets. Of sets one of which is not known in
// full, any address lies in both perhaps.
func Both(a, b *Addrs) *Addrs {
	switch {
	case a.Any && !a.Not:
		return b
	case b.Any && !b.Not:
		return a
	case len(a.Maybe) > 0 || len(b.Maybe) > 0:
	case a.Any || b.Any || a.Not && b.Not:
		return Minus(a, b.Negate())
	default:
		switch met, _ := ir.MeetAddrs(a.condition(), b.condition()); met {
		case a.set: // rules that share it go on doing so
			return a
		case b.set:
			return b
		default:
			return &Addrs{Ranges: met.Ranges}
		}
	}
	return &Addrs{Maybe: slices.Concat(a.Maybe, b.Maybe)}
}

// flat is the same set without Not.
func (a *Addrs) flat() *Addrs {
	var s netipx.IPSetBuilder
	a.addTo(&s)
	set, err := s.IPSet()
	if err != nil {
		return UnknownAddrs("addresses that could not be read")
	}
	if len(a.Maybe) > 0 {
		return &Addrs{Maybe: a.Maybe} // any of the complement is out of it perhaps
	}
	return &Addrs{Ranges: set.Ranges()}
}

func (a *Addrs) addTo(s *netipx.IPSetBuilder) {
	if a.Any {
		s.AddPrefix(netip.MustParsePrefix("0.0.0.0/0"))
		s.AddPrefix(netip.MustParsePrefix("::/0"))
	}
	for _, r := range a.Ranges {
		s.AddRange(r)
	}
	if !a.Not {
		return
	}
	gone, err := s.IPSet()
	if err != nil {
		return
	}
	s.AddPrefix(netip.MustParsePrefix("0.0.0.0/0"))
	s.AddPrefix(netip.MustParsePrefix("::/0"))
	s.RemoveSet(gone)
}

// Negate is the complement.
func (a *Addrs) Negate() *Addrs {
	return &Addrs{Any: a.Any, Ranges: a.Ranges, Not: !a.Not, Maybe: a.Maybe}
}

// Empty reports that no address is in the set, for certain.
func (a *Addrs) Empty() bool {
	if a.Not {
		return a.Any
	}
	return !a.Any && len(a.Ranges) == 0 && len(a.Maybe) == 0
}

// condition is the certain part as rules have it: nil for every address.
func (a *Addrs) condition() *ir.Addrs {
	if a.set == nil {
		a.set = &ir.Addrs{Ranges: a.Ranges, Not: a.Not}
	}
	return a.set
}

// narrow splits a box by the set: what is in it for certain and what perhaps.
// put places the condition.
func (a *Addrs) narrow(b ir.Box, put func(*ir.Box, *ir.Addrs)) []ir.Box {
	switch {
	case a.Any && !a.Not:
		return []ir.Box{b}
	case a.Any:
		return nil
	case a.Not:
		put(&b, a.condition())
		b.Maybe = slices.Concat(b.Maybe, a.Maybe)
		return []ir.Box{b}
	}
	var out []ir.Box
	if len(a.Ranges) > 0 {
		sure := b
		put(&sure, a.condition())
		out = append(out, sure)
	}
	if len(a.Maybe) > 0 {
		b.Maybe = slices.Concat(b.Maybe, a.Maybe)
		out = append(out, b)
	}
	return out
}

// Source narrows boxes to packets from the set.
func Source(boxes []ir.Box, a *Addrs) []ir.Box {
	return each(boxes, a, func(b *ir.Box, c *ir.Addrs) { b.Src = c })
}

// Destination narrows boxes to packets to the set, as they are at the rule.
func Destination(boxes []ir.Box, a *Addrs) []ir.Box {
	return each(boxes, a, func(b *ir.Box, c *ir.Addrs) { b.Dst = c })
}

// OriginalDestination narrows boxes to packets that were sent to the set,
// before any translation.
func OriginalDestination(boxes []ir.Box, a *Addrs) []ir.Box {
	return each(boxes, a, func(b *ir.Box, c *ir.Addrs) { b.OrigDst = c })
}

func each(boxes []ir.Box, a *Addrs, put func(*ir.Box, *ir.Addrs)) []ir.Box {
	out := make([]ir.Box, 0, len(boxes))
	for _, b := range boxes {
		out = append(out, a.narrow(b, put)...)
	}
	return out
}
