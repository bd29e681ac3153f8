package ios

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// maxKept bounds the entries that are looked at for what reflexive lists keep.
const maxKept = 2_000_000

// kept is what one reflexive list keeps: the chains of the lists that fill it.
type kept struct {
	lists []int
	lost  bool // too much to look at
}

// evaluated is evaluate NAME: answers of what the entries with reflect NAME
// permitted.
func (p *program) evaluated(x *ace, v view) []ir.Rule {
	key := chainKey{x.evaluate, v}
	k := p.kept[key]
	if k == nil {
		k = p.keep(x.evaluate, v)
		p.kept[key] = k
	}
	answers := []ir.Box{{Reply: ir.Yes}}
	undecided := ir.Rule{Boxes: answers, Action: ir.Undecided, At: x.At}
	switch {
	case k.lost:
		undecided.Why = fmt.Sprintf("what reflexive list %s keeps, of which there are too many to follow (line %d)", x.evaluate, x.At.Line)
		return []ir.Rule{undecided}
	case len(k.lists) == 0:
		undecided.Why = fmt.Sprintf("reflexive list %s, of which the file has no entry with reflect (line %d)", x.evaluate, x.At.Line)
		return []ir.Rule{undecided}
	}
	var out []ir.Rule
	for _, i := range k.lists {
		out = append(out, ir.Rule{Boxes: answers, Action: ir.Jump, Target: i, At: x.At})
	}
	return out
}

// keep makes the chains of a reflexive list.
func (p *program) keep(reflexive string, v view) *kept {
	k := &kept{}
	for _, name := range p.r.listNames {
		if p.spent += len(p.aces[name]); p.spent > maxKept {
			return &kept{lost: true}
		}
		if slices.ContainsFunc(p.aces[name], func(y *ace) bool { return y.Permit && y.reflect == reflexive }) {
			p.spent += 8 * len(p.aces[name])
			k.lists = append(k.lists, p.add(p.reflected(name, reflexive, v)))
		}
	}
	return k
}

// reflected are the answers that a list keeps for evaluate. The entry that let the first packet of a connection pass
// decides: one with reflect keeps its answers, any other keeps nothing. An
// entry that no first packet meets (established) lets no connection begin.
func (p *program) reflected(list, reflexive string, v view) ir.Chain {
	c := ir.Chain{Name: reflexive, Group: "reflexive of " + list, Policy: ir.Rule{Action: ir.Return}}
	last := 0
	for _, y := range p.aces[list] {
		back := &ace{Entry: cisco.Entry{At: y.At, Services: y.swapped(), Src: y.Dst, Dst: y.Src, Maybe: y.Maybe}}
		if y.evaluate != "" || len(back.Services) == 0 {
			continue
		}
		if y.Why != "" {
			back.Maybe = append(slices.Clone(back.Maybe), y.Why)
		}
		boxes := slices.DeleteFunc(p.boxes(back, v), func(b ir.Box) bool { return b.Reply == ir.No })
		for i := range boxes {
			boxes[i].Reply = ir.Yes
		}
		rule := ir.Rule{Boxes: boxes, Action: ir.Return, At: y.At}
		if y.Permit && y.reflect == reflexive {
			rule.Action = ir.Accept
		}
		if len(boxes) == 0 {
			continue
		}
		if c.Rules = append(c.Rules, rule); rule.Action == ir.Accept {
			last = len(c.Rules)
		}
	}
	c.Rules = c.Rules[:last] // what stands below keeps nothing either
	return c
}

// swapped is an entry as the answers to connections meet it that it lets
// begin, or keeps from it.
func (x *ace) swapped() objects.Services {
	var out objects.Services
	for _, s := range x.Services {
		if f := s.Flags; f != nil && (ir.SYN&f.Mask == f.Set) == f.Not {
			continue // met by later packets alone
		}
		s.SPort, s.DPort, s.Flags = s.DPort, s.SPort, nil
		out = append(out, s)
	}
	return out
}
