// Package interp walks one packet through a program, rule by rule, as a person
// would with a pencil. It is slow and simple on purpose and shares no code
// with package engine: each of its answers checks one of the engine's.
package interp

import (
	"net/netip"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// Packet is one packet, all of it known.
type Packet struct {
	Dir          ir.Dir
	List         string // ask this chain alone
	In, Out      string
	Src, Dst     netip.Addr
	Proto        uint8
	ICMPType     uint8 // code 0
	SPort, DPort uint16
	Own          []netip.Addr // addresses of the firewall host beside the obvious

	// State is New or 0 for the first packet of a connection. For later ones:
	// Reply, and where the connection is translated to, if it is, and its
	// first destination.
	State     ir.States
	Reply     bool
	Moved     bool
	MovedTo   netip.Addr // invalid: an own address
	MovedPort uint16     // 0: unchanged
	MovedOwn  bool
	OrigDst   netip.Addr
	OrigDPort uint16
	Flags     uint8 // TCP flags; 0: by State and Reply
}

// Verdict says what can become of a packet. Both may be set: then the file
// does not decide. Neither is set for a packet no chain was found for.
type Verdict struct{ Permit, Deny bool }

// mind is a truth value: false, true or not known.
type mind int8

const (
	no  mind = -1
	dim mind = 0
	yes mind = 1
)

// trip is one way a packet may have come: what has changed about it.
type trip struct {
	dst       netip.Addr
	dstHi     netip.Addr // last of the range the destination may lie in
	dstAway   bool       // some own address, not known which
	local     bool
	dport     uint16
	dportHi   uint16
	untracked mind
	moved     mind
	sent      bool
}

type end int8

const (
	fell end = iota // reached the end of the chain or returned
	accepted
	denied
	moved
	lost // anything may become of the packet
)

// ending is one way a chain may end.
type ending struct {
	how  end
	trip trip
	to   *ir.Translation
}

type walker struct {
	prog    *ir.Program
	p       Packet
	gate    ir.Gate
	early   bool // connections are not tracked yet
	found   map[question[ir.Addrs, netip.Addr]]mind
	counted map[question[ir.Ports, uint16]]mind
}

// Walk answers for one packet.
func Walk(prog *ir.Program, p Packet) Verdict {
	if p.State == 0 {
		p.State = ir.New
	}
	w := walker{prog: prog, p: p, found: map[question[ir.Addrs, netip.Addr]]mind{}, counted: map[question[ir.Ports, uint16]]mind{}}
	t := trip{
		dst: p.Dst, dstHi: p.Dst, dport: p.DPort, dportHi: p.DPort,
		local: p.Dir == ir.In, untracked: no, moved: no,
	}
	if p.Moved && p.Reply {
		t.moved = yes
	}
	if p.List != "" {
		return w.list(t)
	}
	if p.Dir == ir.Out {
		return w.gates(prog.Leave, t, false)
	}
	return w.gates(prog.Arrive, t, true)
}

func (w walker) list(t trip) Verdict {
	i, ok := w.prog.Find(w.p.List)
	if !ok {
		return Verdict{}
	}
	var v Verdict
	for _, e := range w.chain(i, 0, t) {
		switch e.how {
		case accepted, moved:
			v.Permit = true
		case denied:
			v.Deny = true
		case fell:
			switch w.prog.Chains[i].Policy.Action {
			case ir.Accept:
				v.Permit = true
			case ir.Deny:
				v.Deny = true
			default:
				return Verdict{true, true}
			}
		}
	}
	return v
}

// gates passes one trip through gates, and on where it then goes.
func (w walker) gates(gates []ir.Gate, t trip, arriving bool) Verdict {
	if len(gates) == 0 {
		if !arriving {
			return Verdict{Permit: true}
		}
		if t.local {
			return w.gates(w.prog.Local, t, false)
		}
		return w.gates(w.prog.Through, t, false)
	}
	g := gates[0]
	w.early, w.gate = g.Early, g
	rest := func(t trip) Verdict { return w.gates(gates[1:], t, arriving) }
	if g.NAT && w.p.State != ir.New {
		if w.p.Moved && !w.p.Reply {
			t = w.alreadyMoved(t)
		}
		return rest(t)
	}
	if g.NAT && (t.untracked == yes || t.sent) {
		return rest(t) // without a connection, or translated already
	}
	var v Verdict
	add := func(o Verdict) { v.Permit, v.Deny = v.Permit || o.Permit, v.Deny || o.Deny }
	if g.NAT && t.untracked == dim {
		add(rest(t))
	}
	for _, e := range w.chain(g.Chain, 0, t) {
		switch e.how {
		case denied:
			v.Deny = true
		case lost:
			v.Permit, v.Deny = true, true
		case accepted:
			add(rest(e.trip))
		case moved:
			if g.NAT {
				for _, n := range w.translate(e.trip, e.to) {
					add(rest(n))
				}
			} else {
				add(rest(e.trip))
			}
		case fell:
			switch w.prog.Chains[g.Chain].Policy.Action {
			case ir.Accept:
				add(rest(e.trip))
			case ir.Deny:
				v.Deny = true
			default:
				v.Deny = true
				add(rest(e.trip))
			}
		}
	}
	return v
}

// chain lists every way a packet may leave a chain, from rule i on.
func (w walker) chain(index, i int, t trip) []ending {
	var ends []ending
	c := &w.prog.Chains[index]
	trips := []trip{t} // ways the packet may stand before rule i
	for ; i < len(c.Rules) && len(trips) > 0; i++ {
		r := &c.Rules[i]
		if r.Action == ir.Continue || w.none(r, trips) {
			continue
		}
		var next []trip
		for _, t := range trips {
			m := w.meets(r, t)
			if m != yes {
				next = append(next, t)
			}
			if m == no {
				continue
			}
			switch r.Action {
			case ir.Accept:
				ends = append(ends, ending{accepted, t, nil})
			case ir.Deny:
				ends = append(ends, ending{denied, t, nil})
			case ir.Return:
				ends = append(ends, ending{fell, t, nil})
			case ir.Translate:
				ends = append(ends, ending{moved, t, &r.To})
			case ir.NoTrack:
				t.untracked = yes
				next = append(next, t)
			case ir.Undecided:
				ends = append(ends, ending{accepted, t, nil}, ending{denied, t, nil})
				if w.gate.Diverts {
					ends = append(ends, ending{lost, t, nil})
				}
				if m == yes {
					next = append(next, t)
				}
			case ir.Jump, ir.Goto:
				for _, e := range w.chain(r.Target, 0, t) {
					switch {
					case e.how != fell || r.Action == ir.Goto:
						ends = append(ends, e)
					default:
						next = append(next, e.trip)
					}
				}
			}
		}
		trips = distinct(next)
	}
	for _, t := range trips {
		ends = append(ends, ending{fell, t, nil})
	}
	return distinctEnds(ends)
}

// none reports that a rule concerns no way the packet may stand.
func (w walker) none(r *ir.Rule, trips []trip) bool {
	for _, t := range trips {
		if w.meets(r, t) != no {
			return false
		}
	}
	return true
}

func distinct(in []trip) []trip {
	seen := map[trip]bool{}
	out := in[:0:0]
	for _, t := range in {
		if !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}

func distinctEnds(in []ending) []ending {
	seen := map[ending]bool{}
	out := in[:0:0]
	for _, e := range in {
		if !seen[e] {
			seen[e] = true
			out = append(out, e)
		}
	}
	return out
}

func (w walker) alreadyMoved(t trip) trip {
	t.sent, t.moved, t.local = true, yes, w.p.MovedOwn
	if w.p.MovedTo.IsValid() {
		t.dst, t.dstHi = w.p.MovedTo, w.p.MovedTo
	} else {
		t.dstAway = true
	}
	if w.p.MovedPort != 0 {
		t.dport, t.dportHi = w.p.MovedPort, w.p.MovedPort
	}
	return t
}

// translate gives a packet its new destination, in every way that may be.
// Translated to what it already was, it does not count as translated.
func (w walker) translate(t trip, to *ir.Translation) []trip {
	n := t
	n.sent = true
	n.untracked = no
	changed := no
	if to.Port.Lo != 0 || to.Port.Hi != 0 {
		n.dport, n.dportHi = to.Port.Lo, to.Port.Hi
		if to.Shift && t.dport == t.dportHi && t.dport >= to.Base {
			for steps := t.dport - to.Base; steps > 0; steps-- { // one port at a time, from the first again after the last
				if n.dport++; n.dport > to.Port.Hi || n.dport == 0 {
					n.dport = to.Port.Lo
				}
			}
			n.dportHi = n.dport
		}
		if t.dport < n.dport || t.dport > n.dportHi {
			changed = yes
		} else if n.dport != n.dportHi {
			changed = dim
		}
	}
	var elsewhere []trip
	if to.Local {
		n.dstAway, n.local = true, true
		if changed == no {
			changed = dim
		}
	} else if to.Addr.IsValid() {
		lo, hi := to.Addr.From(), to.Addr.To()
		n.dst, n.dstHi, n.dstAway = lo, hi, false
		n.local = lo.IsLoopback()
		own := w.p.Own
		if t.local {
			own = append([]netip.Addr{t.dst}, own...)
		}
		for _, a := range own {
			if a.Less(lo) || hi.Less(a) {
				continue
			}
			n.local = true
			if lo != hi && !lo.IsLoopback() {
				e := n
				e.local = false
				elsewhere = []trip{e}
			}
		}
		if t.dst.Less(lo) || hi.Less(t.dst) {
			changed = yes
		} else if lo != hi && changed == no {
			changed = dim
		}
	}
	n.moved = changed
	for i := range elsewhere {
		elsewhere[i].moved = changed
	}
	return append(elsewhere, n)
}

// ifaceIs reports whether a name fits a pattern; a trailing + stands for any ending.
func ifaceIs(pattern, name string) bool {
	if strings.HasSuffix(pattern, "+") {
		return strings.HasPrefix(name, pattern[:len(pattern)-1])
	}
	return pattern == name
}
