package pfrules

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
)

// tagged makes a rule depend on the tag that packets have when they come to it:
// that of the last rule before it that matches and gives one.
func (b *build) tagged(rules []Rule, i int, m mode, final ir.Rule) []ir.Rule {
	r := &rules[i]
	boxes := final.Boxes
	final.Boxes = ir.Always()
	t := tagger{b: b, tag: r.Tagged, not: r.NotTagged, final: final}
	if why := t.unknown(rules); why != "" {
		for k := range boxes {
			boxes[k].Maybe = append(slices.Clone(boxes[k].Maybe), why)
		}
		final.Boxes = boxes
		return []ir.Rule{final}
	}
	list := t.setters(rules[:i], m)
	if m.out {
		list = append(list, t.fromIn(m)...)
	}
	if t.not {
		list = append(list, final)
	}
	if len(list) == 0 {
		return nil
	}
	c := b.chain(fmt.Sprintf("tag %s, line %d", r.Tagged, r.At.Line), list, ir.Return)
	return []ir.Rule{{Boxes: boxes, Action: ir.Jump, Target: c, At: r.At}}
}

// tagger makes the rules that find out a packet's tag.
type tagger struct {
	b     *build
	tag   string
	not   bool
	final ir.Rule
}

// unknown says why a tag cannot be followed; empty when it can.
func (t tagger) unknown(rules []Rule) string {
	gives := func(r Rule) bool {
		return r.Tag != "" || slices.ContainsFunc(r.Kids, func(k Rule) bool { return k.Tag != "" || k.Act == Anchor })
	}
	for _, list := range [][]Rule{t.b.spec.Rdr, t.b.spec.Nat} {
		if slices.ContainsFunc(list, gives) {
			return fmt.Sprintf("the tag %s, which translations give as well", t.tag)
		}
	}
	tagged := 0
	for _, list := range [][]Rule{t.b.in, t.b.out} {
		for k := range list {
			if r := &list[k]; r.Act == Anchor && gives(*r) || r.Act == Open || r.Tag != "" && r.Tagged != "" {
				return fmt.Sprintf("the tag %s, which is not followed through line %d", t.tag, r.At.Line)
			}
			if list[k].Tagged != "" {
				tagged++
			}
		}
	}
	if tagged*(len(t.b.in)+len(rules)) > maxRules {
		return fmt.Sprintf("the tag %s, given and asked for by more rules than are followed", t.tag)
	}
	return ""
}

// got is what a rule that gives a tag means for the one that asks.
func (t tagger) got(r *Rule, boxes []ir.Box) ir.Rule {
	x := ir.Rule{Boxes: boxes, Action: ir.Return, At: r.At}
	if (r.Tag == t.tag) != t.not {
		x = t.final
		x.Boxes = boxes
	}
	return x
}

// setters are the rules without quick that give tags, the last first. Each is
// asked in the mode that was when the packet came to it.
func (t tagger) setters(rules []Rule, m mode) []ir.Rule {
	var out []ir.Rule
	for i := len(rules) - 1; i >= 0; i-- {
		for m.before != nil && i <= m.since {
			m = *m.before
		}
		r := &rules[i]
		if r.Tag == "" || r.Quick {
			continue
		}
		if boxes := t.b.boxes(r, m); len(boxes) > 0 {
			out = append(out, t.got(r, boxes))
		}
	}
	return out
}

// fromIn finds the tag that a packet passing through got on its way in, where
// a quick rule may have ended the search before others gave theirs.
func (t tagger) fromIn(m mode) []ir.Rule {
	if !slices.ContainsFunc(t.b.in, func(r Rule) bool { return r.Tag != "" }) {
		return nil
	}
	in := mode{mirror: m.mirror, later: m.later, orig: t.b.movesIn}
	c := t.b.chain("tag "+t.tag+" on the way in", t.wayIn(0, in), ir.Return)
	way := ir.Box{SrcLocal: ir.No}
	if m.mirror {
		way = ir.Box{DstLocal: ir.No}
	}
	return []ir.Rule{{Boxes: []ir.Box{way}, Action: ir.Goto, Target: c, At: ir.At{Text: "(tags given on the way in)"}}}
}

// wayIn follows the rules for packets going in, from one on.
func (t tagger) wayIn(from int, m mode) []ir.Rule {
	var list []ir.Rule
	known := -1 // chain of the tags that were given before, while no more are
	for i := from; i < len(t.b.in); i++ {
		r := &t.b.in[i]
		if t.b.size++; t.b.size > maxRules {
			why := fmt.Sprintf("the tag %s, given by more rules than are followed", t.tag)
			return []ir.Rule{{Boxes: ir.Always(), Action: ir.Undecided, Why: why, At: t.final.At}}
		}
		boxes := t.b.boxes(r, m)
		switch {
		case len(boxes) == 0:
		case r.Act == Match && m.takes(r):
			c := t.b.chain("tag "+t.tag+" on the way in", t.wayIn(i+1, m.after(t.b.in, i)), ir.Return)
			list = append(list, ir.Rule{Boxes: boxes, Action: ir.Goto, Target: c, At: r.At})
			known = -1
		case r.Quick && r.Act <= Block && r.Tag != "":
			list = append(list, t.got(r, boxes))
		case r.Quick && r.Act <= Block:
			if known < 0 {
				known = t.b.chain("tag "+t.tag+" on the way in", t.rest(t.setters(t.b.in[:i], m)), ir.Return)
			}
			list = append(list, ir.Rule{Boxes: boxes, Action: ir.Goto, Target: known, At: r.At})
		case r.Tag != "":
			known = -1
		}
	}
	return append(list, t.rest(t.setters(t.b.in, m))...)
}

// rest ends a search for a tag that must not be there.
func (t tagger) rest(list []ir.Rule) []ir.Rule {
	if t.not {
		return append(list, t.final)
	}
	return list
}
