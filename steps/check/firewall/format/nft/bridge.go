package nft

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
)

// bridged are the hooks of the bridge family, and which of the ways of a packet
// pass by them.
var bridged = map[string]struct{ to, through, from bool }{
	"prerouting": {true, true, false}, "input": {true, false, false}, "forward": {false, true, false}, "output": {false, false, true},
	"postrouting": {false, true, true},
}

// bridges are the base chains of bridge tables that may stop a packet. Chains
// without rules that let everything pass, as ebtables leaves them, do not.
func bridges(f *file) (list []*chain, of map[*chain]*table) {
	of = map[*chain]*table{}
	for _, t := range f.tables {
		if t.family != "bridge" || t.dormant {
			continue
		}
		for _, name := range t.order {
			c := t.chains[name]
			if _, known := bridged[c.hook]; known && c.base && (len(c.rules) > 0 || c.policy == "drop") {
				list, of[c] = append(list, c), t
			}
		}
	}
	return list, of
}

// bridge adds a gate for what passes by the rules of bridge tables, which are
// not read: after all others, as what those refuse is refused anyway.
func (l *lowering) bridge() {
	list, of := bridges(l.file)
	if len(list) == 0 {
		return
	}
	var to, through, from []ir.Rule
	for _, c := range list {
		r := ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, At: c.at,
			Why: fmt.Sprintf("table %s (line %d), whose rules for what passes between the ports of a bridge are not read: give those rules as a table", of[c].label(), of[c].at.Line),
		}
		h := bridged[c.hook]
		if h.to {
			to = append(to, r)
		}
		if h.through {
			through = append(through, r)
		}
		if h.from {
			from = append(from, r)
		}
	}
	p := l.prog
	for _, x := range []struct {
		gates *[]ir.Gate
		rules []ir.Rule
		name  string
	}{{&p.Local, to, "bridge, to the host"}, {&p.Through, through, "bridge, between ports"}, {&p.Leave, from, "bridge, from the host"}} {
		if len(x.rules) == 0 {
			continue
		}
		p.Chains = append(p.Chains, ir.Chain{Name: "(" + x.name + ")", Group: "bridge", Rules: x.rules, Policy: ir.Rule{
			Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no bridge table)"},
		}})
		*x.gates = append(*x.gates, ir.Gate{Stage: x.name, Chain: len(p.Chains) - 1, NoIn: x.name == "bridge, from the host", NoOut: x.name == "bridge, to the host"})
	}
}

// bridgeNotes says of bridge tables that they are not read.
func bridgeNotes(set *ir.Ruleset, f *file) {
	list, of := bridges(f)
	var said []*table
	for _, c := range list {
		t := of[c]
		if slices.Contains(said, t) {
			continue
		}
		said = append(said, t)
		set.Notes = append(set.Notes, fmt.Sprintf("Table %s (line %d) is not read: tables of the family bridge hold rules for what passes between the ports of a bridge. "+
			"To have them checked, give them as a table (CSV), one rule a row.", t.label(), t.at.Line))
	}
}
