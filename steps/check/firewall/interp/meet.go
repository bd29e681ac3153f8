package interp

import (
	"net/netip"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// meets decides whether a packet meets a rule: the best of its boxes.
func (w walker) meets(r *ir.Rule, t trip) mind {
	best := no
	for i := range r.Boxes {
		best = max(best, w.box(&r.Boxes[i], t))
	}
	return best
}

// box decides a conjunction: the worst of its conditions.
func (w walker) box(b *ir.Box, t trip) mind {
	p := w.p
	m := w.kind(b, t) // first, as sets of addresses may be long
	if m == no {
		return no
	}
	if b.Src != nil {
		m = min(m, w.within(b.Src, p.Src, p.Src))
	}
	if b.Dst != nil {
		if t.dstAway {
			m = min(m, dim)
		} else {
			m = min(m, w.within(b.Dst, t.dst, t.dstHi))
		}
	}
	if b.OrigDst != nil || b.OrigDPort != nil || b.Reply != ir.Either {
		if w.early || t.untracked == yes {
			return no // the packet belongs to no connection
		}
	}
	if b.OrigDst != nil {
		first := p.Dst
		if p.State != ir.New {
			first = p.OrigDst
		}
		if first.IsValid() {
			m = min(m, w.within(b.OrigDst, first, first))
		} else {
			m = min(m, dim)
		}
	}
	return m
}

// kind decides the conditions that are not on addresses.
func (w walker) kind(b *ir.Box, t trip) mind {
	m := yes
	if len(b.Maybe) > 0 {
		m = dim
	}
	if b.Proto != nil {
		hit := false
		for _, n := range b.Proto.List {
			hit = hit || n == w.p.Proto
		}
		if hit == b.Proto.Not {
			return no
		}
	}
	if m = min(m, w.ports(b, t)); m == no {
		return no
	}
	return min(m, w.rest(b, t))
}

func (w walker) ports(b *ir.Box, t trip) mind {
	if b.SPort == nil && b.DPort == nil && b.OrigDPort == nil {
		return yes
	}
	switch w.p.Proto {
	case 6, 17, 33, 132, 136:
	default:
		return no
	}
	m := yes
	if b.SPort != nil {
		m = min(m, w.numbered(b.SPort, w.p.SPort, w.p.SPort))
	}
	if b.DPort != nil {
		m = min(m, w.numbered(b.DPort, t.dport, t.dportHi))
	}
	if b.OrigDPort != nil {
		first := w.p.DPort
		if w.p.State != ir.New {
			first = w.p.OrigDPort
		}
		m = min(m, w.numbered(b.OrigDPort, first, first))
	}
	return m
}

func (w walker) rest(b *ir.Box, t trip) mind {
	p := w.p
	m := yes
	if b.ICMP != nil {
		hit := false
		for _, x := range b.ICMP.List {
			hit = hit || x.Type == p.ICMPType && x.CodeLo == 0
		}
		m = min(m, sure(hit != b.ICMP.Not))
	}
	in, out := p.In, p.Out
	if w.gate.NoIn {
		in = ""
	}
	if w.gate.NoOut {
		out = ""
	}
	for _, side := range []struct {
		want *ir.Ifaces
		name string
	}{{b.In, in}, {b.Out, out}} {
		if side.want != nil {
			hit := false
			for _, pat := range side.want.Patterns {
				hit = hit || ifaceIs(pat, side.name)
			}
			m = min(m, sure(hit != side.want.Not))
		}
	}
	if b.Flags != nil {
		carried := uint8(ir.ACK)
		if p.State == ir.New {
			carried = ir.SYN
		} else if p.Reply {
			carried = ir.SYN | ir.ACK
		}
		if p.Flags != 0 {
			carried = p.Flags
		}
		m = min(m, sure(p.Proto == 6 && (carried&b.Flags.Mask == b.Flags.Set) != b.Flags.Not))
	}
	if b.Reply != ir.Either {
		m = min(m, sure((b.Reply == ir.Yes) == p.Reply))
	}
	for _, side := range []struct {
		want ir.Is
		is   bool
	}{{b.SrcLocal, p.Dir == ir.Out}, {b.DstLocal, t.local}} {
		if side.want != ir.Either {
			if p.Dir == 0 {
				m = min(m, dim)
			} else {
				m = min(m, sure((side.want == ir.Yes) == side.is))
			}
		}
	}
	for i := range b.State {
		m = min(m, w.state(&b.State[i], t))
	}
	return m
}

func (w walker) state(c *ir.StateCond, t trip) mind {
	if t.untracked == dim {
		a, b := t, t
		a.untracked, b.untracked = yes, no
		x, y := w.state(c, a), w.state(c, b)
		if x == y {
			return x
		}
		return dim
	}
	is := w.p.State
	if is == ir.New {
		is = first(w.p)
	}
	if w.early {
		is = ir.Invalid
	}
	if t.untracked == yes {
		is = ir.Untracked
	}
	m := no
	if c.Any&is != 0 {
		m = yes
	} else if is != ir.Untracked && !w.early {
		if c.Any&ir.DNAT != 0 {
			m = t.moved
		}
		if m == no && c.Any&ir.SNAT != 0 && w.p.State != ir.New {
			m = dim
		}
	}
	if c.Not {
		m = -m
	}
	return m
}

// first is the state of a connection's first packet.
func first(p Packet) ir.States {
	if p.Proto == 1 {
		for _, asks := range []uint8{8, 13, 15, 17} {
			if p.ICMPType == asks {
				return ir.New
			}
		}
		return ir.Invalid
	}
	if p.Proto == 58 {
		if p.ICMPType == 128 || p.ICMPType == 139 {
			return ir.New
		}
		if p.ICMPType >= 130 && p.ICMPType <= 136 || p.ICMPType == 143 {
			return ir.Untracked
		}
		return ir.Invalid
	}
	return ir.New
}

// question is whether a value somewhere from lo to hi is in a set.
type question[S any, V comparable] struct {
	set    *S
	lo, hi V
}

// long is from how many ranges on an answer about a set is kept: rules share
// such sets.
const long = 64

// kept asks, but looks through a set of many ranges once for each question.
func kept[S any, V comparable](known map[question[S, V]]mind, q question[S, V], ranges int, ask func(*S, V, V) mind) mind {
	if ranges < long {
		return ask(q.set, q.lo, q.hi)
	}
	m, ok := known[q]
	if !ok {
		m = ask(q.set, q.lo, q.hi)
		known[q] = m
	}
	return m
}

// within decides whether an address somewhere from lo to hi is in a set.
func (w walker) within(a *ir.Addrs, lo, hi netip.Addr) mind {
	return kept(w.found, question[ir.Addrs, netip.Addr]{a, lo, hi}, len(a.Ranges), inside)
}

// numbered decides whether a port somewhere from lo to hi is in a set.
func (w walker) numbered(c *ir.Ports, lo, hi uint16) mind {
	return kept(w.counted, question[ir.Ports, uint16]{c, lo, hi}, len(c.Ranges), among)
}

func inside(a *ir.Addrs, lo, hi netip.Addr) mind {
	return ranged(a.Ranges, a.Not, func(r netipx.IPRange) mind {
		switch {
		case r.From().Compare(lo) <= 0 && hi.Compare(r.To()) <= 0:
			return yes
		case r.From().Compare(hi) <= 0 && lo.Compare(r.To()) <= 0:
			return dim
		}
		return no
	})
}

func among(c *ir.Ports, lo, hi uint16) mind {
	return ranged(c.Ranges, c.Not, func(r ir.PortRange) mind {
		switch {
		case r.Lo <= lo && hi <= r.Hi:
			return yes
		case r.Lo <= hi && lo <= r.Hi:
			return dim
		}
		return no
	})
}

// ranged is the best answer of some ranges; not turns it around.
func ranged[R any](list []R, not bool, holds func(R) mind) mind {
	m := no
	for _, r := range list {
		if m = max(m, holds(r)); m == yes {
			break
		}
	}
	if not {
		m = -m
	}
	return m
}

func sure(b bool) mind {
	if b {
		return yes
	}
	return no
}
