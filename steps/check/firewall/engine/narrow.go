package engine

import (
	"mxodus/steps/check/firewall/ir"
)

// narrow decides the conditions of a box that do not depend on the wide
// dimension, state apart.
func (r *run) narrow(f *frame, b *box) tri {
	t := yes
	if len(b.raw.Maybe) > 0 {
		t = maybe
	}
	if b.protos != nil && b.protos[r.pt.Proto>>6]>>(r.pt.Proto&63)&1 == 0 {
		return no
	}
	if t = t.and(r.connection(f, b)); t == no {
		return no
	}
	if t = t.and(r.ports(f, b)); t == no {
		return no
	}
	if t = t.and(r.addresses(f, b)); t == no {
		return no
	}
	raw := b.raw
	if raw.In != nil && !ifaceMatches(raw.In, r.iface(r.pt.In, false)) || raw.Out != nil && !ifaceMatches(raw.Out, r.iface(r.pt.Out, true)) {
		return no
	}
	if raw.ICMP != nil && !r.icmp(raw.ICMP) {
		return no
	}
	if raw.Flags != nil && !r.flags(raw.Flags) {
		return no
	}
	return t.and(r.local(raw.SrcLocal, r.q.Dir == ir.Out)).and(r.local(raw.DstLocal, f.dstLocal))
}

// iface is the name that a packet's interface has at the present gate: none
// where it has not come in by one, or is not yet routed to one.
func (r *run) iface(name string, out bool) string {
	if r.gate != nil && (r.gate.NoOut && out || r.gate.NoIn && !out) {
		return ""
	}
	return name
}

func (r *run) early() bool { return r.gate != nil && r.gate.Early }

// connection decides conditions on a packet's connection beyond its state. A
// packet that belongs to none does not meet them.
func (r *run) connection(f *frame, b *box) tri {
	if b.raw.Reply == ir.Either && b.odst == nil && b.oport == nil {
		return yes
	}
	switch {
	case r.early():
		return no
	case b.raw.Reply != ir.Either && (b.raw.Reply == ir.Yes) != r.q.Reply:
		return no
	case !f.untracked.none():
		return maybe
	}
	return yes
}

func (r *run) local(want ir.Is, local bool) tri {
	switch {
	case want == ir.Either:
		return yes
	case r.q.Dir == 0:
		return maybe // a list asked alone: where it hangs is not said
	case (want == ir.Yes) == local:
		return yes
	}
	return no
}

func (r *run) ports(f *frame, b *box) tri {
	if b.sport == nil && b.dport == nil && b.oport == nil {
		return yes
	}
	if !ir.HasPorts(r.pt.Proto) {
		return no
	}
	t := yes
	if b.sport != nil {
		t = t.and(portsCover(b.sport, r.pt.SPort))
	}
	if b.dport != nil {
		t = t.and(portsCover(b.dport, f.dport))
	}
	if b.oport != nil {
		orig := r.pt.DPort
		if r.q.State != ir.New {
			orig = ir.PortRange{Lo: r.q.OrigDPort, Hi: r.q.OrigDPort}
		}
		t = t.and(portsCover(b.oport, orig))
	}
	return t
}

func (r *run) addresses(f *frame, b *box) tri {
	t := yes
	if r.q.WideDst && b.src != nil {
		t = t.and(b.src.covers(r.other))
	}
	if b.dst != nil {
		switch {
		case f.dstKnown:
			t = t.and(b.dst.covers(f.dst))
		case f.dstOwn:
			t = t.and(maybe)
		}
	}
	if b.odst != nil && (!r.q.WideDst || r.q.State != ir.New) {
		orig := r.other
		if r.q.State != ir.New {
			if !r.q.OrigDst.IsValid() {
				return t.and(maybe)
			}
			n := toNum(r.q.OrigDst)
			orig = span{n, n}
		}
		t = t.and(b.odst.covers(orig))
	}
	return t
}

// icmp compares type and code; the packets asked about carry code 0.
func (r *run) icmp(c *ir.ICMPTypes) bool {
	for _, x := range c.List {
		if x.Type == r.pt.ICMPType && x.CodeLo == 0 {
			return !c.Not
		}
	}
	return c.Not
}

// flags compares with what a packet of its state carries: SYN opens, SYN and
// ACK answer, ACK completes.
func (r *run) flags(c *ir.FlagCond) bool {
	if r.pt.Proto != ir.TCP {
		return false
	}
	have := uint8(ir.ACK)
	switch {
	case r.q.Flags != 0:
		have = r.q.Flags
	case r.q.State == ir.New:
		have = ir.SYN
	case r.q.Reply:
		have = ir.SYN | ir.ACK
	}
	return (have&c.Mask == c.Set) != c.Not
}

// state decides the conditions on the connection.
func (r *run) state(f *frame, b *box, untracked bool) tri {
	t := yes
	for i := range b.raw.State {
		t = t.and(r.stateIs(f, &b.raw.State[i], untracked))
	}
	return t
}

func (r *run) stateIs(f *frame, c *ir.StateCond, untracked bool) tri {
	is := r.q.State
	if is == ir.New {
		is = openState(r.pt.Proto, r.pt.ICMPType)
	}
	switch {
	case untracked:
		is = ir.Untracked
	case r.early():
		return no.or(c.Any&ir.Invalid != 0).flip(c.Not)
	}
	t := no
	switch {
	case c.Any&is != 0:
		t = yes
	case is == ir.Untracked:
	case c.Any&ir.DNAT != 0 && f.translated != no:
		t = f.translated
	case c.Any&ir.SNAT != 0 && r.q.State != ir.New:
		t = maybe // source translation happens after every gate
	}
	return t.flip(c.Not)
}

// openState is the state in which connection tracking sees the first packet of
// a protocol: ICMP types that ask open a connection, answers and errors that
// belong to none are invalid, and neighbour discovery is not tracked
// (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c).
func openState(proto, icmpType uint8) ir.States {
	switch proto {
	case ir.ICMP:
		switch icmpType {
		case 8, 13, 15, 17:
			return ir.New
		}
		return ir.Invalid
	case ir.ICMPv6:
		switch icmpType {
		case 128, 139:
			return ir.New
		case 130, 131, 132, 133, 134, 135, 136, 143:
			return ir.Untracked
		}
		return ir.Invalid
	}
	return ir.New
}
