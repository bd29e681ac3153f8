package ir

import (
	"slices"
	"strings"

	"go4.org/netipx"
)

// Meet is the conjunction of two boxes; false when no packet meets both. What
// boxes cannot say together stays a reason, so that the rule is met perhaps.
func Meet(a, b Box) (Box, bool) {
	out := a
	ok := true
	addr := func(to **Addrs, x *Addrs) {
		var met bool
		*to, met = MeetAddrs(*to, x)
		ok = ok && met
	}
	ports := func(to **Ports, x *Ports) {
		var met bool
		*to, met = MeetPorts(*to, x)
		ok = ok && met
	}
	is := func(to *Is, x Is) {
		if x != Either {
			ok = ok && (*to == Either || *to == x)
			*to = x
		}
	}
	addr(&out.Src, b.Src)
	addr(&out.Dst, b.Dst)
	addr(&out.OrigDst, b.OrigDst)
	ports(&out.SPort, b.SPort)
	ports(&out.DPort, b.DPort)
	ports(&out.OrigDPort, b.OrigDPort)
	is(&out.SrcLocal, b.SrcLocal)
	is(&out.DstLocal, b.DstLocal)
	is(&out.Reply, b.Reply)
	var met bool
	out.Proto, met = MeetProtos(out.Proto, b.Proto)
	ok = ok && met
	if len(b.State) > 0 {
		out.State = append(slices.Clip(out.State), b.State...)
	}
	if len(b.Maybe) > 0 {
		out.Maybe = append(slices.Clip(out.Maybe), b.Maybe...)
		slices.Sort(out.Maybe)
		out.Maybe = slices.Compact(out.Maybe)
	}
	return out, ok && meetIfaces(&out, &out.In, b.In) && meetIfaces(&out, &out.Out, b.Out) && meetICMP(&out, b.ICMP) && meetFlags(&out, b.Flags)
}

// ranges are those of a set without its complement. A range that is none holds
// no address.
func ranges(a *Addrs) *netipx.IPSet {
	var s netipx.IPSetBuilder
	for _, r := range a.Ranges {
		if r.IsValid() {
			s.AddRange(r)
		}
	}
	set, _ := s.IPSet() // it fails for ranges alone that are none
	return set
}

func (a *Addrs) some() bool { return a == nil || a.Not || len(a.Ranges) > 0 }

// short is up to how many ranges a set is looked through for each range of a
// long one: sets may be long, and most of what they are narrowed by short.
const short = 16

// within is what of a long set, which is no complement, lies in a short one:
// the long set itself where all of it does, so that rules go on sharing it.
func (a *Addrs) within(few *Addrs) *Addrs {
	in := ranges(few)
	if few.Not {
		var s netipx.IPSetBuilder
		s.AddSet(in)
		s.Complement()
		in, _ = s.IPSet() // all of its ranges were read
	}
	if !slices.ContainsFunc(a.Ranges, func(r netipx.IPRange) bool { return !in.ContainsRange(r) }) {
		return a
	}
	keep, out := in.Ranges(), &Addrs{}
	for _, r := range a.Ranges {
		for _, k := range keep {
			if !r.IsValid() || !k.Overlaps(r) {
				continue
			}
			from, to := r.From(), r.To()
			if from.Less(k.From()) {
				from = k.From()
			}
			if k.To().Less(to) {
				to = k.To()
			}
			out.Ranges = append(out.Ranges, netipx.IPRangeFrom(from, to))
		}
	}
	return out
}

// near is a set without the ranges that touch none of another.
func (a *Addrs) near(of *netipx.IPSet) *Addrs {
	within := of.Ranges()
	if len(a.Ranges) <= short || len(within) > short {
		return a
	}
	out := &Addrs{Not: a.Not}
	for _, r := range a.Ranges {
		if slices.ContainsFunc(within, r.Overlaps) {
			out.Ranges = append(out.Ranges, r)
		}
	}
	return out
}

func longer(a, b *Addrs) (long, few *Addrs) {
	if len(a.Ranges) < len(b.Ranges) {
		return b, a
	}
	return a, b
}

// MeetAddrs is what lies in both of two sets, nil being any address; false when
// nothing does.
func MeetAddrs(a, b *Addrs) (*Addrs, bool) {
	switch {
	case a == nil:
		return b, b.some()
	case b == nil || a == b:
		return a, a.some()
	}
	if long, few := longer(a, b); !long.Not && len(long.Ranges) > short && len(few.Ranges) <= short {
		out := long.within(few)
		return out, out.some()
	}
	if !b.Not && len(b.Ranges) < len(a.Ranges) {
		a, b = b, a // the shorter says which part of the longer is looked at
	}
	x := ranges(a)
	if !a.Not {
		b = b.near(x)
	}
	y := ranges(b)
	var s netipx.IPSetBuilder
	switch {
	case a.Not && b.Not:
		s.AddSet(x)
		s.AddSet(y)
	case b.Not:
		s.AddSet(x)
		s.RemoveSet(y)
	case a.Not:
		s.AddSet(y)
		s.RemoveSet(x)
	default:
		s.AddSet(x)
		s.Intersect(y)
	}
	set, _ := s.IPSet()
	out := &Addrs{Ranges: set.Ranges(), Not: a.Not && b.Not}
	return out, out.some()
}

func (p *Protos) some() bool { return p == nil || p.Not || len(p.List) > 0 }

// MeetProtos is what lies in both of two sets, nil being any protocol; false
// when nothing does.
func MeetProtos(a, b *Protos) (*Protos, bool) {
	switch {
	case a == nil:
		return b, b.some()
	case b == nil:
		return a, a.some()
	}
	has := func(p *Protos, n uint8) bool { return slices.Contains(p.List, n) != p.Not }
	out := &Protos{Not: a.Not && b.Not}
	if out.Not {
		out.List = slices.Concat(a.List, b.List)
		return out, true
	}
	base, other := a, b
	if a.Not {
		base, other = b, a
	}
	for _, n := range base.List {
		if has(other, n) {
			out.List = append(out.List, n)
		}
	}
	return out, out.some()
}

// flat is a set of ports without complement, in order.
func flat(p *Ports) []PortRange {
	ranges := slices.Clone(p.Ranges)
	slices.SortFunc(ranges, func(a, b PortRange) int { return int(a.Lo) - int(b.Lo) })
	if !p.Not {
		return ranges
	}
	var out []PortRange
	at := 0
	for _, r := range ranges {
		if at < int(r.Lo) {
			out = append(out, PortRange{Lo: uint16(at), Hi: r.Lo - 1})
		}
		at = max(at, int(r.Hi)+1)
	}
	if at <= 65535 {
		out = append(out, PortRange{Lo: uint16(at), Hi: 65535})
	}
	return out
}

func (p *Ports) some() bool { return p == nil || p.Not || len(p.Ranges) > 0 }

// MeetPorts is what lies in both of two sets, nil being no condition; false
// when nothing does.
func MeetPorts(a, b *Ports) (*Ports, bool) {
	switch {
	case a == nil:
		return b, b.some()
	case b == nil || a == b:
		return a, a.some()
	}
	out := &Ports{}
	x, y := flat(a), flat(b)
	for i, k := 0, 0; i < len(x) && k < len(y); {
		if lo, hi := max(x[i].Lo, y[k].Lo), min(x[i].Hi, y[k].Hi); lo <= hi {
			out.Ranges = append(out.Ranges, PortRange{Lo: lo, Hi: hi})
		}
		if x[i].Hi < y[k].Hi {
			i++
		} else {
			k++
		}
	}
	return out, out.some()
}

func fits(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "+"); ok {
		return strings.HasPrefix(strings.TrimSuffix(name, "+"), prefix)
	}
	return pattern == name
}

// meetIfaces narrows the interfaces of one side. Of two patterns one of which
// holds the other the narrower is left.
func meetIfaces(box *Box, to **Ifaces, b *Ifaces) bool {
	a := *to
	switch {
	case b == nil:
		return true
	case a == nil:
		*to = b
		return b.Not || len(b.Patterns) > 0
	case a.Not && b.Not:
		*to = &Ifaces{Patterns: slices.Concat(a.Patterns, b.Patterns), Not: true}
		return true
	}
	if a.Not {
		a, b = b, a
	}
	out := &Ifaces{}
	for _, p := range a.Patterns {
		switch {
		case b.Not && !slices.ContainsFunc(b.Patterns, func(q string) bool { return fits(q, p) }):
			if strings.HasSuffix(p, "+") && slices.ContainsFunc(b.Patterns, func(q string) bool { return fits(p, q) }) {
				box.Maybe = append(slices.Clip(box.Maybe), "two conditions on an interface")
			}
			out.Patterns = append(out.Patterns, p)
		case b.Not:
		default:
			for _, q := range b.Patterns {
				if fits(q, p) {
					out.Patterns = append(out.Patterns, p)
				} else if fits(p, q) {
					out.Patterns = append(out.Patterns, q)
				}
			}
		}
	}
	*to = out
	return len(out.Patterns) > 0
}

func meetICMP(box *Box, b *ICMPTypes) bool {
	a := box.ICMP
	if b == nil {
		return true
	}
	if a == nil {
		box.ICMP = b
		return b.Not || len(b.List) > 0
	}
	if a.Not || b.Not {
		box.Maybe = append(slices.Clip(box.Maybe), "two conditions on the ICMP type")
		if a.Not {
			box.ICMP = b
		}
		return true
	}
	out := &ICMPTypes{}
	for _, x := range a.List {
		for _, y := range b.List {
			if lo, hi := max(x.CodeLo, y.CodeLo), min(x.CodeHi, y.CodeHi); x.Type == y.Type && lo <= hi {
				out.List = append(out.List, ICMPType{Type: x.Type, CodeLo: lo, CodeHi: hi})
			}
		}
	}
	box.ICMP = out
	return len(out.List) > 0
}

func meetFlags(box *Box, b *FlagCond) bool {
	a := box.Flags
	switch {
	case b == nil:
		return true
	case a == nil:
		box.Flags = b
		return true
	case *a == *b:
		return true
	case a.Not || b.Not:
		box.Maybe = append(slices.Clip(box.Maybe), "two conditions on TCP flags")
		if a.Not {
			box.Flags = b
		}
		return true
	}
	both := a.Mask & b.Mask
	box.Flags = &FlagCond{Mask: a.Mask | b.Mask, Set: a.Set | b.Set}
	return a.Set&both == b.Set&both
}

// maxBoxes bounds what one rule may become.
const maxBoxes = 20_000

// MeetAll is what meets a box of each list. False when that is too much.
func MeetAll(a, b []Box) ([]Box, bool) {
	if len(a)*len(b) > maxBoxes && min(len(a), len(b)) > 1 {
		return nil, false
	}
	var out []Box
	for i := range a {
		for k := range b {
			if x, ok := Meet(a[i], b[k]); ok {
				out = append(out, x)
			}
		}
	}
	return out, true
}
