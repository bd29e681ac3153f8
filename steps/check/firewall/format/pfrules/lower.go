package pfrules

import (
	"slices"

	"mxodus/steps/check/firewall/ir"
)

// maxRules bounds what rules are lowered to: each translation of a match rule
// makes the rules after it anew.
const maxRules = 400_000

// build is a program in the making.
type build struct {
	spec     Spec
	p        *ir.Program
	size     int
	in, out  []Rule
	movesIn  bool // the list itself translates destinations (OpenBSD)
	movesOut bool
}

// mode is how a list is lowered: for which packets, and into which actions.
type mode struct {
	out    bool // the list of packets going out
	mirror bool // conditions turned around: of the answer, not of the packet
	later  bool // what opened the connection, asked of a packet after that
	orig   bool // destinations are those before the list translated them
	nat    bool // only the translation is looked for
	moved  *Target
	mover  *Rule
	src    *Source
	from   *Rule // that set src
	fixed  bool  // a later rule may translate again: conditions are settled for moved
	since  int   // index of the rule that began the mode
	before *mode // for the rules up to there; nil: this one is for all
}

// Lower makes a program of a configuration. Chains are called "in" and "out",
// and "rdr" for translated destinations.
func Lower(s Spec) *ir.Program {
	b := &build{spec: s, p: &ir.Program{Family: ir.Any, Stateful: true}}
	b.in, b.out = going(s.Filter, true), going(s.Filter, false)
	b.movesIn = slices.ContainsFunc(b.in, movesDst)
	b.movesOut = slices.ContainsFunc(b.out, func(r Rule) bool { return r.Nat != nil })
	b.p.Stateful = !b.loose(b.in) && !b.loose(b.out)
	b.in, b.out = b.flags(b.in), b.flags(b.out)
	b.arrive()
	in, out := b.gate("in", mode{orig: b.movesIn}), b.gate("out", mode{out: true})
	first := ir.Gate{Stage: "pf in", Chain: in, Primary: true, NoOut: true}
	b.p.Local = []ir.Gate{first}
	b.p.Through = []ir.Gate{first, {Stage: "pf out", Chain: out}}
	b.p.Leave = []ir.Gate{{Stage: "pf out", Chain: out, Primary: true, NoIn: true}}
	return b.p
}

// movesDst reports a rule that translates destinations, within an anchor too.
func movesDst(r Rule) bool {
	return r.Rdr != nil || r.Act == Open && r.Diverts || slices.ContainsFunc(r.Kids, movesDst)
}

// going keeps the rules for one direction.
func going(rules []Rule, in bool) []Rule {
	var out []Rule
	for _, r := range rules {
		if in && !r.In || !in && !r.Out {
			continue
		}
		if r.Act == Anchor {
			r.Kids = going(r.Kids, in)
		}
		out = append(out, r)
	}
	return out
}

// loose reports that some packet may pass a list without making a state.
func (b *build) loose(rules []Rule) bool {
	v4, v6 := false, false
	for i := range rules {
		r := &rules[i]
		if r.Act == Pass && r.Stateless || r.Act == Anchor && b.looseKids(r.Kids) {
			return true
		}
		if r.Act > Block || len(r.On) > 0 || r.Tagged != "" || r.Flags != nil && !opens(r.Flags) {
			continue
		}
		for k := range r.Boxes {
			f4, f6 := all(&r.Boxes[k])
			v4, v6 = v4 || f4, v6 || f6
		}
	}
	return !v4 || !v6
}

// opens reports flags that the first packet of a connection carries.
func opens(f *ir.FlagCond) bool { return (ir.SYN&f.Mask == f.Set) != f.Not }

// flags puts conditions on flags into the boxes of TCP packets. Where states
// let all later packets through, first packets alone are asked about.
func (b *build) flags(rules []Rule) []Rule {
	for i := range rules {
		r := &rules[i]
		if r.Act == Anchor {
			r.Kids = b.flags(r.Kids)
		}
		if r.Flags == nil || b.p.Stateful && opens(r.Flags) {
			continue
		}
		var out []ir.Box
		for _, x := range r.Boxes {
			tcp, other := x, x
			tcp.Proto, tcp.Flags = &ir.Protos{List: []uint8{ir.TCP}}, r.Flags
			if x.Proto == nil {
				other.Proto = &ir.Protos{List: []uint8{ir.TCP}, Not: true}
			} else {
				if slices.Contains(x.Proto.List, ir.TCP) == x.Proto.Not {
					out = append(out, x) // not of TCP
					continue
				}
				other.Proto = &ir.Protos{List: slices.DeleteFunc(slices.Clone(x.Proto.List), func(p uint8) bool { return p == ir.TCP })}
				if x.Proto.Not {
					other.Proto = &ir.Protos{List: append(slices.Clone(x.Proto.List), ir.TCP), Not: true}
				}
			}
			if out = append(out, tcp); other.Proto.Not || len(other.Proto.List) > 0 {
				out = append(out, other)
			}
		}
		r.Boxes = out
	}
	return rules
}

func (b *build) looseKids(rules []Rule) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool {
		return r.Act == Pass && r.Stateless || r.Act == Anchor && b.looseKids(r.Kids)
	})
}

// all reports a box that every packet of a family meets.
func all(b *ir.Box) (v4, v6 bool) {
	if b.Proto != nil || b.SPort != nil || b.DPort != nil || b.ICMP != nil || b.Flags != nil || len(b.Maybe) > 0 ||
		b.SrcLocal != ir.Either || b.DstLocal != ir.Either {
		return false, false
	}
	for _, a := range []*ir.Addrs{b.Src, b.Dst} {
		if a != nil && a != AnyV4 && a != AnyV6 {
			return false, false
		}
	}
	not6, not4 := b.Src == AnyV4 || b.Dst == AnyV4, b.Src == AnyV6 || b.Dst == AnyV6
	return !not4, !not6
}

// chain adds a chain and returns its index.
func (b *build) chain(name string, rules []ir.Rule, end ir.Action) int {
	policy := ir.Rule{Boxes: ir.Always(), Action: end, At: b.spec.Default}
	if end == ir.Return {
		policy.At = ir.At{Text: "(end of " + name + ")"}
	}
	b.p.Chains = append(b.p.Chains, ir.Chain{Name: name, Group: "pf", Rules: rules, Policy: policy})
	return len(b.p.Chains) - 1
}

// gate makes the chain of a direction, with what comes before its rules.
func (b *build) gate(name string, m mode) int {
	list := b.list(m)
	at := len(b.p.Chains)
	b.chain(name, nil, ir.Accept) // before those that it calls, to be found first
	var head []ir.Rule
	if b.spec.Skip != nil {
		box := ir.Box{In: b.spec.Skip}
		if m.out {
			box = ir.Box{Out: b.spec.Skip}
		}
		head = append(head, ir.Rule{Boxes: []ir.Box{box}, Action: ir.Accept, At: b.spec.SkipAt})
	}
	if !b.p.Stateful {
		head = append(head, b.states(m)...)
	}
	if m.out {
		for i := range b.out {
			if r := &b.out[i]; r.Nat != nil {
				head = append(head, hides(r))
			}
		}
		for i := range b.spec.Nat {
			if r := &b.spec.Nat[i]; r.Nat != nil {
				head = append(head, hides(r))
			}
		}
		head = append(head, b.sources(m)...)
	} else {
		head = append(head, b.passedBy()...)
	}
	b.p.Chains[at].Rules = append(head, b.emit(list, 0, nil, m)...)
	return at
}

// list is the rules of a mode's direction.
func (b *build) list(m mode) []Rule {
	if m.out {
		return b.out
	}
	return b.in
}

// hides notes that sources are hidden as packets leave by some interface. What
// the rule depends on is taken to be so.
func hides(r *Rule) ir.Rule {
	n := ir.Rule{Action: ir.Continue, SNAT: true, At: r.At}
	outs := []*ir.Ifaces{}
	for _, on := range r.On {
		if on.Maybe == "" {
			outs = append(outs, on.Set)
		}
	}
	if len(outs) == 0 {
		outs = append(outs, nil)
	}
	for _, x := range r.Boxes {
		y := ir.Box{Src: x.Src, Dst: x.Dst, Proto: x.Proto, DPort: x.DPort, SrcLocal: x.SrcLocal}
		if len(x.Maybe) > 0 {
			y = ir.Box{}
		}
		for _, out := range outs {
			y.Out = out
			n.Boxes = append(n.Boxes, y)
		}
	}
	return n
}

// passedBy lets through at once what an "rdr pass" has translated.
func (b *build) passedBy() []ir.Rule {
	if !slices.ContainsFunc(b.spec.Rdr, func(r Rule) bool { return r.Rdr != nil && r.Rdr.Pass }) {
		return nil
	}
	var rules []ir.Rule
	for i := range b.spec.Rdr {
		r := &b.spec.Rdr[i]
		boxes := b.boxes(r, mode{orig: true, mover: r})
		for k := range boxes {
			if r.Rdr != nil {
				boxes[k].State = []ir.StateCond{{Any: ir.DNAT}}
			}
		}
		if b.ambiguous(i) {
			for k := range boxes {
				boxes[k].Maybe = append(slices.Clone(boxes[k].Maybe), "which of two translations to the same address is taken")
			}
		}
		x := ir.Rule{Boxes: boxes, Action: ir.Return, At: r.At}
		switch {
		case r.Act == Open:
			x.Action, x.Why = ir.Undecided, r.Why
		case r.Rdr != nil && r.Rdr.Pass:
			x.Action = ir.Accept
		}
		rules = append(rules, x)
	}
	c := b.chain(PassedBy, rules, ir.Return)
	return []ir.Rule{{
		Boxes: []ir.Box{{State: []ir.StateCond{{Any: ir.DNAT}}}}, Action: ir.Jump, Target: c, At: ir.At{Text: "(what was translated)"},
	}}
}

// ambiguous reports a translation of own addresses that are not known, which
// passes by the filter while another to the same address does not.
func (b *build) ambiguous(i int) bool {
	r := &b.spec.Rdr[i]
	if r.Rdr == nil || !r.Rdr.Pass || !slices.ContainsFunc(r.Boxes, func(x ir.Box) bool { return x.DstLocal != ir.Either }) {
		return false
	}
	return slices.ContainsFunc(b.spec.Rdr, func(o Rule) bool {
		return o.Rdr != nil && !o.Rdr.Pass && slices.Equal(o.Rdr.Addrs, r.Rdr.Addrs)
	})
}

// states lets through later packets whose connection made a state where they
// pass: on the same side that of its first packet, for answers the other one.
func (b *build) states(m mode) []ir.Rule {
	same, back := m, mode{out: !m.out, mirror: true, later: true}
	same.later = true
	back.orig = !back.out && b.movesIn
	established := []ir.StateCond{{Any: ir.Established}}
	call := func(x mode, name string, reply ir.Is) ir.Rule {
		rules := append(b.sources(x), b.emit(b.list(x), 0, nil, x)...)
		c := b.chain(name, rules, ir.Return)
		return ir.Rule{Boxes: []ir.Box{{State: established, Reply: reply}}, Action: ir.Jump, Target: c, At: ir.At{Text: "(" + name + ")"}}
	}
	// What is translated on its way in always makes a state there.
	moved := ir.Box{State: []ir.StateCond{{Any: ir.Established}, {Any: ir.DNAT}}, Reply: ir.No}
	names := [2]string{"states of packets going in", "states of answers going in"}
	if m.out {
		moved.Reply = ir.Yes
		names = [2]string{"states of packets going out", "states of answers going out"}
	}
	return []ir.Rule{
		{Boxes: []ir.Box{moved}, Action: ir.Accept, At: ir.At{Text: "(the state that the translation made)"}},
		call(same, names[0], ir.No), call(back, names[1], ir.Yes),
	}
}

// final turns the decision of a rule into an action.
func (m mode) final(r *Rule) ir.Rule {
	x := ir.Rule{At: r.At, Action: ir.Accept}
	switch {
	case r.Act == Open:
		x.Action, x.Why = ir.Undecided, r.Why
	case m.nat:
		to := m.moved
		if r.Act == Pass && r.Rdr != nil {
			to = over(to, r.Rdr)
		}
		return translate(x, to) // blocked or not: the filter sees the new address
	case r.Act == Block && m.later, m.later && r.Stateless && m.src == nil && r.Nat == nil && r.Rdr == nil:
		x.Action = ir.Return
	case r.Act == Block:
		x.Action = ir.Deny
	}
	return x
}

// translate makes a rule one that translates, if there is where to.
func translate(x ir.Rule, to *Target) ir.Rule {
	switch {
	case to == nil:
		x.Action = ir.Accept
	case to.Why != "" || len(to.Addrs) != 1:
		x.Action, x.Why = ir.Undecided, to.Why
		if x.Why == "" {
			x.Why = "which of several addresses the translation takes"
		}
	default:
		x.Action = ir.Translate
		x.To = ir.Translation{Addr: to.Addrs[0], Port: to.Port, Shift: to.Shift, Base: to.Base}
	}
	return x
}

// end is what becomes of a packet that no rule matches.
func (b *build) end(m mode) ir.Rule {
	x := ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: b.spec.Default}
	switch {
	case m.nat:
		if m.mover != nil {
			x.At = m.mover.At
		}
		return translate(x, m.moved)
	case m.later && m.src == nil:
		x.Action = ir.Return
	}
	return x
}
