package pfrules

import (
	"fmt"

	"mxodus/steps/check/firewall/ir"
)

// arrive makes the gate that translates destinations.
func (b *build) arrive() {
	var rules []ir.Rule
	if b.spec.Skip != nil {
		rules = append(rules, ir.Rule{Boxes: []ir.Box{{In: b.spec.Skip}}, Action: ir.Accept, At: b.spec.SkipAt})
	}
	switch {
	case len(b.spec.Rdr) > 0:
		for i := range b.spec.Rdr {
			rules = append(rules, b.redirect(i)...)
		}
	case b.movesIn:
		rules = append(rules, b.emit(b.in, 0, nil, mode{nat: true})...)
	default:
		return
	}
	c := b.chain("rdr", rules, ir.Accept)
	b.p.Chains[c].Policy.At = ir.At{Text: "(no translation applies)"}
	b.p.Arrive = []ir.Gate{{Stage: "pf rdr", Chain: c, NAT: true, NoOut: true, Diverts: true}}
}

// redirect lowers a translation that comes before the filter.
func (b *build) redirect(i int) []ir.Rule {
	r := &b.spec.Rdr[i]
	x := ir.Rule{At: r.At, Boxes: b.boxes(r, mode{})}
	if len(x.Boxes) == 0 {
		return nil
	}
	if r.Act == Open {
		x.Action, x.Why = ir.Undecided, r.Why
	} else {
		x = translate(x, r.Rdr)
	}
	return []ir.Rule{x}
}

// sources sends packets whose source is hidden before the filter sees them to
// the rules made for the new source.
func (b *build) sources(m mode) []ir.Rule {
	if !m.out || len(b.spec.Nat) == 0 {
		return nil
	}
	var out []ir.Rule
	made := map[string]int{}
	whole := -1 // the rules for packets that keep their source, made when needed
	for i := range b.spec.Nat {
		r := &b.spec.Nat[i]
		x := ir.Rule{Boxes: b.boxes(r, m), Action: ir.Goto, At: r.At}
		switch {
		case len(x.Boxes) == 0:
			continue
		case r.Act == Open:
			x.Action = ir.Continue // another source, perhaps: which the rules hardly ever ask for
			if b.asksSource() {
				x.Action, x.Why = ir.Undecided, r.Why
			}
		case r.Nat != nil && r.Nat.Pass:
			x.Action = ir.Accept
		case r.Nat == nil:
			if whole < 0 {
				whole = b.chain("out, no nat", b.emit(b.out, 0, nil, m), ir.Return)
			}
			x.Target = whole
		default:
			next := m
			next.src, next.from = r.Nat, r
			key := fmt.Sprint(r.Nat.Addrs, r.Nat.Own)
			c, ok := made[key]
			if b.size += len(b.out); !ok && b.size > maxRules {
				x.Action, x.Why = ir.Undecided, "more translations than are followed"
				break
			}
			if !ok {
				c = b.chain(fmt.Sprintf("out, after nat in line %d", r.At.Line), b.emit(b.out, 0, nil, next), ir.Return)
				made[key] = c
			}
			x.Target = c
		}
		out = append(out, x)
	}
	return out
}

// asksSource reports that some rule for packets going out names sources.
func (b *build) asksSource() bool {
	for i := range b.out {
		for k := range b.out[i].Boxes {
			x := &b.out[i].Boxes[k]
			if x.Src != nil && x.Src != AnyV4 && x.Src != AnyV6 || x.SPort != nil || x.SrcLocal != ir.Either {
				return true
			}
		}
	}
	return false
}
