package pfrules

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
)

// emit lowers rules from one on: those with quick in their order, then the
// others backwards, then before, then the end. Where a match rule translates,
// the rules after it are made once more for what it has translated.
func (b *build) emit(rules []Rule, from int, before []ir.Rule, m mode) []ir.Rule {
	quick, rest := b.split(rules, from, before, m)
	out := append(quick, rest...)
	return append(out, b.end(m))
}

// split lowers a list to its quick part and its other part, that one backwards
// and with before at its end.
func (b *build) split(rules []Rule, from int, before []ir.Rule, m mode) (quick, back []ir.Rule) {
	var rest []ir.Rule
	backwards := func() []ir.Rule {
		r := slices.Clone(rest)
		slices.Reverse(r)
		return append(r, before...)
	}
	for i := from; i < len(rules); i++ {
		r := &rules[i]
		switch {
		case r.Act == Match && m.takes(r):
			quick = append(quick, b.branch(rules, i, backwards, m)...)
		case r.Act == Match:
		case r.Act == Anchor:
			q, x := b.anchor(rules, i, m)
			quick, rest = append(quick, q...), append(rest, x...)
		default:
			x := b.one(rules, i, m)
			if b.size++; r.Quick || r.Act == Open {
				quick = append(quick, x...)
			} else {
				slices.Reverse(x)
				rest = append(rest, x...)
			}
		}
	}
	return quick, backwards()
}

// takes reports that a match rule translates something in a mode.
func (m mode) takes(r *Rule) bool {
	if m.out {
		return r.Nat != nil && (m.from == nil || !apart(m.from, r))
	}
	return r.Rdr != nil && (m.mover == nil || !m.gone(r) && !apart(m.mover, r))
}

// after is the mode for what a match rule has translated.
func (m mode) after(rules []Rule, i int) mode {
	r, next := &rules[i], m
	next.before, next.since = &m, i
	if m.out {
		next.src, next.from = r.Nat, r
	} else {
		next.moved, next.mover, next.orig = over(m.moved, r.Rdr), r, false
		next.fixed = slices.ContainsFunc(rules[i+1:], movesDst)
	}
	return next
}

// over is a translation after another: the port of that one stays where it
// changes none.
func over(before, t *Target) *Target {
	if before == nil || before.Port == (ir.PortRange{}) || t == nil || t.Port != (ir.PortRange{}) {
		return t
	}
	x := *t
	x.Port, x.Shift, x.Base = before.Port, before.Shift, before.Base
	return &x
}

// branch sends what a translating match rule takes to the rules after it, made
// for the new address.
func (b *build) branch(rules []Rule, i int, backwards func() []ir.Rule, m mode) []ir.Rule {
	r := &rules[i]
	x := ir.Rule{Boxes: b.boxes(r, m), Action: ir.Goto, At: r.At}
	if len(x.Boxes) == 0 {
		return nil
	}
	next := m.after(rules, i)
	if b.size += len(rules) - i; b.size > maxRules || r.Tagged != "" {
		x.Action, x.Why = ir.Undecided, fmt.Sprintf("the translation in line %d, which depends on more than is followed", r.At.Line)
		return []ir.Rule{x}
	}
	before := backwards()
	if m.nat {
		before = b.carried(before, next)
	}
	x.Target = b.chain(fmt.Sprintf("after line %d", r.At.Line), b.emit(rules, i+1, before, next), ir.Return)
	return []ir.Rule{x}
}

// carried is what has matched before a rule that translates: it decides, and
// the packet is translated all the same.
func (b *build) carried(rules []ir.Rule, m mode) []ir.Rule {
	out := slices.Clone(rules)
	for k := range out {
		switch x := &out[k]; x.Action {
		case ir.Accept:
			at := x.At
			if *x = translate(*x, m.moved); x.Action != ir.Accept {
				at = m.mover.At
			}
			x.At = at
		case ir.Jump: // an anchor, or a rule that asks for a tag
			c := b.p.Chains[x.Target]
			b.size += len(c.Rules)
			x.Target = b.chain(c.Name, b.carried(c.Rules, m), ir.Return)
		}
	}
	return out
}

// one lowers a rule that decides; tags make it a chain of its own.
func (b *build) one(rules []Rule, i int, m mode) []ir.Rule {
	r := &rules[i]
	x := m.final(r)
	x.Boxes = b.boxes(r, m)
	if len(x.Boxes) == 0 {
		return nil
	}
	if r.Act == Open && m.nat && !r.Diverts {
		x.Action = ir.Continue
		return nil
	}
	if r.Tagged == "" {
		return []ir.Rule{x}
	}
	return b.tagged(rules, i, m, x)
}

// anchor lowers the rules within an anchor.
func (b *build) anchor(rules []Rule, i int, m mode) (quick, rest []ir.Rule) {
	r := &rules[i]
	boxes := b.boxes(r, m)
	if len(boxes) == 0 || len(r.Kids) == 0 {
		return nil, nil
	}
	kids := r.Kids
	if slices.ContainsFunc(kids, func(k Rule) bool {
		return k.Act == Match && (k.Rdr != nil || k.Nat != nil) || k.Tag != "" || k.Tagged != ""
	}) {
		x := ir.Rule{Boxes: boxes, Action: ir.Undecided, At: r.At, Why: fmt.Sprintf("anchor %s, whose translations and tags are not followed", r.Name)}
		return []ir.Rule{x}, nil
	}
	q, back := b.split(kids, 0, nil, m)
	name := "anchor " + r.Name
	call := func(list []ir.Rule) []ir.Rule {
		if len(list) == 0 {
			return nil
		}
		return []ir.Rule{{Boxes: boxes, Action: ir.Jump, Target: b.chain(name, list, ir.Return), At: r.At}}
	}
	if r.Quick {
		return b.byTag(rules, i, m, call(append(q, back...))), nil
	}
	return b.byTag(rules, i, m, call(q)), b.byTag(rules, i, m, call(back))
}

// byTag makes the call of an anchor depend on a tag.
func (b *build) byTag(rules []Rule, i int, m mode, call []ir.Rule) []ir.Rule {
	if len(call) == 0 || rules[i].Tagged == "" {
		return call
	}
	return b.tagged(rules, i, m, call[0])
}
