package pfrules

import (
	"fmt"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// boxes are the conditions of a rule as a mode asks them.
func (b *build) boxes(r *Rule, m mode) []ir.Box {
	out := make([]ir.Box, 0, len(r.Boxes))
	for _, x := range r.Boxes {
		x, ok := m.sent(x)
		if ok {
			x, ok = m.hidden(x)
		}
		if ok && m.later {
			x, ok = opening(x)
		}
		if !ok {
			continue
		}
		for _, y := range m.asSent(x, r) {
			if m.mirror {
				y = mirrored(y)
			}
			out = append(out, m.on(y, r)...)
		}
	}
	return out
}

// on adds the interface: that by which the packet at hand comes in or leaves.
func (m mode) on(x ir.Box, r *Rule) []ir.Box {
	if len(r.On) == 0 {
		return []ir.Box{x}
	}
	var out []ir.Box
	for _, on := range r.On {
		y := x
		if m.out != m.mirror {
			y.Out = on.Set
		} else {
			y.In = on.Set
		}
		if on.Maybe != "" {
			y.Maybe = append(slices.Clone(y.Maybe), on.Maybe)
		}
		out = append(out, y)
	}
	return out
}

// asSent turns conditions on destinations into those on where the packet was
// sent, where the list itself may have translated it since.
func (m mode) asSent(x ir.Box, r *Rule) []ir.Box {
	if !m.orig || m.nat || x.Dst == nil && x.DPort == nil && x.DstLocal == ir.Either {
		return []ir.Box{x}
	}
	if x.Dst != AnyV4 && x.Dst != AnyV6 {
		x.OrigDst, x.Dst = x.Dst, nil
	}
	x.OrigDPort, x.DPort = x.DPort, nil
	if x.DstLocal == ir.Either {
		return []ir.Box{x}
	}
	moved, still := x, x
	still.State = []ir.StateCond{{Any: ir.DNAT, Not: true}}
	moved.State, moved.DstLocal = []ir.StateCond{{Any: ir.DNAT}}, ir.Either
	if r.Rdr != nil && len(r.Rdr.Addrs) == 1 {
		moved.Dst = &ir.Addrs{Ranges: r.Rdr.Addrs}
	} else {
		moved.Maybe = append(slices.Clone(moved.Maybe), "which addresses are the firewall's own")
	}
	return []ir.Box{still, moved}
}

// sent settles conditions on destinations that a translation has decided, where
// only the translation is looked for or another may follow.
func (m mode) sent(x ir.Box) (ir.Box, bool) {
	if !m.nat && !m.fixed || m.moved == nil {
		return x, true
	}
	t := m.moved
	if t.Why != "" {
		x.Maybe = append(slices.Clone(x.Maybe), t.Why)
		return x, true
	}
	var ok bool
	if x.Dst, x.Maybe, ok = decide(x.Dst, t.Addrs, x.Maybe); !ok {
		return x, false
	}
	if x.DstLocal == ir.Yes {
		return x, false
	}
	x.DstLocal = ir.Either
	if x.DPort == nil || t.Port == (ir.PortRange{}) {
		if m.fixed && !m.nat {
			x.OrigDPort, x.DPort = x.DPort, nil
		}
		return x, true
	}
	all, none := portRelation(x.DPort, t.Port)
	if !all {
		x.Maybe = append(slices.Clone(x.Maybe), "the port after translation")
	}
	x.DPort = nil
	return x, !none
}

// hidden settles conditions on sources that a translation has decided.
func (m mode) hidden(x ir.Box) (ir.Box, bool) {
	if m.src == nil {
		return x, true
	}
	why := fmt.Sprintf("the address behind which line %d hides the source", m.from.At.Line)
	unsure := func() { x.Maybe = append(slices.Clone(x.Maybe), why) }
	if x.SPort != nil {
		x.SPort = ir.AnyPorts()
		unsure()
	}
	if x.SrcLocal != ir.Either {
		if !m.src.Own {
			unsure()
		} else if x.SrcLocal == ir.No {
			return x, false
		}
		x.SrcLocal = ir.Either
	}
	switch {
	case x.Src == nil || x.Src == AnyV4 || x.Src == AnyV6:
	case len(m.src.Addrs) == 0:
		x.Src = nil
		unsure()
	default:
		var ok bool
		n := len(x.Maybe)
		if x.Src, x.Maybe, ok = decide(x.Src, m.src.Addrs, x.Maybe); !ok {
			return x, false
		}
		if len(x.Maybe) > n {
			x.Maybe[n] = why
		}
	}
	return x, true
}

// decide settles whether an address of some ranges is in a set.
func decide(a *ir.Addrs, ranges []netipx.IPRange, maybe []string) (*ir.Addrs, []string, bool) {
	if a == nil {
		return nil, maybe, true
	}
	all, none := relation(a, ranges)
	switch {
	case none:
		return nil, maybe, false
	case all:
		return nil, maybe, true
	}
	return nil, append(slices.Clone(maybe), "the address after translation"), true
}

// relation says whether all or none of the addresses of some ranges are in a
// set; neither where some are, or that takes joining ranges to see.
func relation(a *ir.Addrs, ranges []netipx.IPRange) (all, none bool) {
	all, none = true, true
	for _, r := range ranges {
		inside, touched := false, false
		for _, x := range a.Ranges {
			if x.From().Compare(r.To()) <= 0 && r.From().Compare(x.To()) <= 0 {
				touched = true
				inside = inside || x.From().Compare(r.From()) <= 0 && r.To().Compare(x.To()) <= 0
			}
		}
		if a.Not {
			inside, touched = !touched, !inside
		}
		all, none = all && inside, none && !touched
	}
	return all, none
}

func portRelation(p *ir.Ports, r ir.PortRange) (all, none bool) {
	inside, touched := false, false
	for _, x := range p.Ranges {
		touched = touched || x.Lo <= r.Hi && r.Lo <= x.Hi
		inside = inside || x.Lo <= r.Lo && r.Hi <= x.Hi
	}
	if p.Not {
		return !touched, inside
	}
	return inside, !touched
}

// opening settles conditions that only a connection's first packet meets: it
// carries SYN alone.
func opening(x ir.Box) (ir.Box, bool) {
	if x.Flags != nil {
		if (ir.SYN&x.Flags.Mask == x.Flags.Set) == x.Flags.Not {
			return x, false
		}
		x.Flags = nil
	}
	if x.ICMP != nil {
		x.ICMP = nil
		x.Maybe = append(slices.Clone(x.Maybe), "the type of the message that it answers")
	}
	return x, true
}

// mirrored turns conditions on a packet into those on its answer.
func mirrored(x ir.Box) ir.Box {
	x.Src, x.Dst = x.Dst, x.Src
	x.SPort, x.DPort = x.DPort, x.SPort
	x.In, x.Out = x.Out, x.In
	x.SrcLocal, x.DstLocal = x.DstLocal, x.SrcLocal
	return x
}

// gone reports that no packet that a mode has translated meets a rule: it asks
// for another address or port.
func (m mode) gone(r *Rule) bool {
	look := mode{nat: true, moved: m.moved}
	return !slices.ContainsFunc(r.Boxes, func(x ir.Box) bool {
		_, ok := look.sent(x)
		return ok
	})
}

// apart reports that two rules are for different interfaces or ports.
func apart(a, b *Rule) bool {
	if len(a.On) > 0 && len(b.On) > 0 && !meetOn(a.On, b.On) {
		return true
	}
	if a.Rdr == nil || a.Rdr.Port != (ir.PortRange{}) {
		return false
	}
	for _, x := range a.Boxes {
		for _, y := range b.Boxes {
			if x.DPort == nil || y.DPort == nil || x.DPort.Not || y.DPort.Not {
				return false
			}
			for _, p := range x.DPort.Ranges {
				if _, none := portRelation(y.DPort, p); !none {
					return false
				}
			}
		}
	}
	return true
}

func meetOn(a, b []On) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Maybe != "" || y.Maybe != "" || x.Set.Not || y.Set.Not {
				return true
			}
			for _, p := range x.Set.Patterns {
				if p[len(p)-1:] == "+" || slices.Contains(y.Set.Patterns, p) {
					return true
				}
			}
			if slices.ContainsFunc(y.Set.Patterns, func(p string) bool { return p[len(p)-1:] == "+" }) {
				return true
			}
		}
	}
	return false
}
