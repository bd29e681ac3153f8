package nft

import (
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// meet is the conjunction of two boxes; false when no packet meets both. What
// boxes cannot say together stays a reason, so that the rule is met perhaps.
func meet(a, b ir.Box) (ir.Box, bool) {
	out := a
	ok := true
	addr := func(to **ir.Addrs, x *ir.Addrs) {
		var met bool
		*to, met = meetAddrs(*to, x)
		ok = ok && met
	}
	ports := func(to **ir.Ports, x *ir.Ports) {
		var met bool
		*to, met = meetPorts(*to, x)
		ok = ok && met
	}
	is := func(to *ir.Is, x ir.Is) {
		if x != ir.Either {
			ok = ok && (*to == ir.Either || *to == x)
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
	if b.Proto != nil {
		var met bool
		out.Proto, met = meetProtos(out.Proto, b.Proto)
		ok = ok && met
	}
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

func addrSet(a *ir.Addrs) (*netipx.IPSet, error) {
	var s netipx.IPSetBuilder
	for _, r := range a.Ranges {
		s.AddRange(r)
	}
	return s.IPSet()
}

func meetAddrs(a, b *ir.Addrs) (*ir.Addrs, bool) {
	switch {
	case a == nil:
		return b, b == nil || b.Not || len(b.Ranges) > 0
	case b == nil || a == b:
		return a, true
	}
	x, err1 := addrSet(a)
	y, err2 := addrSet(b)
	if err1 != nil || err2 != nil {
		return a, false // ranges of one family each: does not come up
	}
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
	set, err := s.IPSet()
	if err != nil {
		return a, false
	}
	out := &ir.Addrs{Ranges: set.Ranges(), Not: a.Not && b.Not}
	return out, out.Not || len(out.Ranges) > 0
}

func meetProtos(a, b *ir.Protos) (*ir.Protos, bool) {
	if a == nil {
		return b, b.Not || len(b.List) > 0
	}
	has := func(p *ir.Protos, n uint8) bool { return slices.Contains(p.List, n) != p.Not }
	out := &ir.Protos{Not: a.Not && b.Not}
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
	return out, len(out.List) > 0
}

// flat is a set of ports without complement, in order.
func flat(p *ir.Ports) []ir.PortRange {
	ranges := slices.Clone(p.Ranges)
	slices.SortFunc(ranges, func(a, b ir.PortRange) int { return int(a.Lo) - int(b.Lo) })
	if !p.Not {
		return ranges
	}
	var out []ir.PortRange
	at := 0
	for _, r := range ranges {
		if at < int(r.Lo) {
			out = append(out, ir.PortRange{Lo: uint16(at), Hi: r.Lo - 1})
		}
		at = max(at, int(r.Hi)+1)
	}
	if at <= 65535 {
		out = append(out, ir.PortRange{Lo: uint16(at), Hi: 65535})
	}
	return out
}

func meetPorts(a, b *ir.Ports) (*ir.Ports, bool) {
	switch {
	case a == nil:
		return b, b == nil || b.Not || len(b.Ranges) > 0
	case b == nil || a == b:
		return a, true
	}
	out := &ir.Ports{}
	x, y := flat(a), flat(b)
	for i, k := 0, 0; i < len(x) && k < len(y); {
		if lo, hi := max(x[i].Lo, y[k].Lo), min(x[i].Hi, y[k].Hi); lo <= hi {
			out.Ranges = append(out.Ranges, ir.PortRange{Lo: lo, Hi: hi})
		}
		if x[i].Hi < y[k].Hi {
			i++
		} else {
			k++
		}
	}
	return out, len(out.Ranges) > 0
}

func fits(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "+"); ok {
		return strings.HasPrefix(strings.TrimSuffix(name, "+"), prefix)
	}
	return pattern == name
}

// meetIfaces narrows the interfaces of one side. Of two patterns one of which
// holds the other the narrower is left.
func meetIfaces(box *ir.Box, to **ir.Ifaces, b *ir.Ifaces) bool {
	a := *to
	switch {
	case b == nil:
		return true
	case a == nil:
		*to = b
		return b.Not || len(b.Patterns) > 0
	case a.Not && b.Not:
		*to = &ir.Ifaces{Patterns: slices.Concat(a.Patterns, b.Patterns), Not: true}
		return true
	}
	if a.Not {
		a, b = b, a
	}
	out := &ir.Ifaces{}
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

func meetICMP(box *ir.Box, b *ir.ICMPTypes) bool {
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
	out := &ir.ICMPTypes{}
	for _, x := range a.List {
		for _, y := range b.List {
			if lo, hi := max(x.CodeLo, y.CodeLo), min(x.CodeHi, y.CodeHi); x.Type == y.Type && lo <= hi {
				out.List = append(out.List, ir.ICMPType{Type: x.Type, CodeLo: lo, CodeHi: hi})
			}
		}
	}
	box.ICMP = out
	return len(out.List) > 0
}

func meetFlags(box *ir.Box, b *ir.FlagCond) bool {
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
	box.Flags = &ir.FlagCond{Mask: a.Mask | b.Mask, Set: a.Set | b.Set}
	return a.Set&both == b.Set&both
}

// maxBoxes bounds what one rule may become.
const maxBoxes = 20_000

// product is what meets a box of each list. False when that is too much.
func product(a, b []ir.Box) ([]ir.Box, bool) {
	if len(a)*len(b) > maxBoxes && min(len(a), len(b)) > 1 {
		return nil, false
	}
	var out []ir.Box
	for i := range a {
		for k := range b {
			if x, ok := meet(a[i], b[k]); ok {
				out = append(out, x)
			}
		}
	}
	return out, true
}
