package vyos

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/wordtree"
)

// zones makes the gates of zones, of every version: what leaves by an
// interface of a zone meets the ruleset for the zone it came from, else the
// default action of the zone it goes to, which is to drop.
func (l *lowering) zones() {
	zones := append(slices.Clone(l.fw.Kid("zone").Live()), l.r.root.At("zone-policy", "zone").Live()...)
	if len(zones) == 0 {
		return
	}
	through, local, leave := append(l.auto(), l.policyOfState()...), l.policyOfState(), l.policyOfState()
	var all []string
	for _, z := range zones {
		if isLocal(z) {
			local = append(local, l.zone(z, zones, true)...)
			continue
		}
		members := l.names(z)
		if len(members) == 0 {
			continue
		}
		all = append(all, members...)
		i := l.dispatch("zone "+z.Name, "zone", l.zone(z, zones, false))
		out := []ir.Box{{Out: &ir.Ifaces{Patterns: members}}}
		through = append(through, ir.Rule{Boxes: out, Action: ir.Jump, Target: i, At: ir.At{Line: z.Line, Text: "zone " + z.Name}})
		for _, lz := range zones {
			if isLocal(lz) {
				leave = append(leave, l.from(z, lz.Name, out)...)
			}
		}
	}
	for _, lz := range zones {
		if isLocal(lz) { // what the router sends to a zone without a ruleset for it
			leave = append(leave, l.defaultOf(lz))
		}
	}
	through = append(through, ir.Rule{
		Boxes:  []ir.Box{{In: &ir.Ifaces{Patterns: all}, Out: &ir.Ifaces{Patterns: all, Not: true}}},
		Action: ir.Undecided, Why: "what happens between a zone and an interface in no zone, which versions treat differently",
		At: ir.At{Line: zones[0].Line, Text: "(from a zone to an interface in no zone)"},
	})
	gate := func(name string, rules []ir.Rule, in, out bool) ir.Gate {
		return ir.Gate{Stage: name, Chain: l.dispatch(name, "zone", rules), Primary: true, NoIn: in, NoOut: out}
	}
	l.prog.Through = append(l.prog.Through, gate("zones forward", through, false, false))
	l.prog.Local = append(l.prog.Local, gate("zones local", local, false, true))
	l.prog.Leave = append(l.prog.Leave, gate("zones output", leave, true, false))
}

func isLocal(z *wordtree.Node) bool { return z.Has("local-zone") }

// names are the interfaces of a zone, and the zone's own name, by which a
// packet may be asked about.
func (l *lowering) names(z *wordtree.Node) []string {
	var out []string
	for _, m := range zoneMembers(z) {
		p, _ := l.net.patterns(m)
		out = append(out, p...)
	}
	if len(out) > 0 && !slices.Contains(out, z.Name) {
		out = append(out, z.Name)
	}
	return out
}

// zone lists what becomes of packets to a zone, by where they come from.
func (l *lowering) zone(z *wordtree.Node, zones []*wordtree.Node, local bool) []ir.Rule {
	var out []ir.Rule
	if !local {
		out = append(out, l.within(z)...)
	}
	for _, f := range z.Kid("from").Live() {
		for _, o := range zones {
			if o.Name == f.Name && !isLocal(o) {
				out = append(out, l.from(z, o.Name, []ir.Box{{In: &ir.Ifaces{Patterns: l.names(o)}}})...)
			}
		}
	}
	return append(out, l.defaultOf(z))
}

// from is the ruleset of a zone for packets from another one.
func (l *lowering) from(z *wordtree.Node, other string, boxes []ir.Box) []ir.Rule {
	kind := "name"
	if l.v6 {
		kind = "ipv6-name"
	}
	n := z.At("from", other, "firewall", kind)
	if n.Value() == "" {
		return nil
	}
	at := ir.At{Line: n.Line, Text: fmt.Sprintf("zone %s from %s firewall %s %s", z.Name, other, kind, n.Value())}
	r := ir.Rule{Boxes: boxes, At: at}
	l.action(&r, "jump", n.Value())
	return []ir.Rule{r, {Boxes: boxes, Action: ir.Accept, At: at}} // a ruleset that returns lets pass
}

// within is what becomes of packets between interfaces of one zone: they are
// let pass unless intra-zone-filtering says otherwise.
func (l *lowering) within(z *wordtree.Node) []ir.Rule {
	boxes := []ir.Box{{In: &ir.Ifaces{Patterns: l.names(z)}}}
	n := z.Kid("intra-zone-filtering")
	r := ir.Rule{Boxes: boxes, Action: ir.Accept, At: ir.At{Line: z.Line, Text: fmt.Sprintf("(within zone %s: accept)", z.Name)}}
	kind := "name"
	if l.v6 {
		kind = "ipv6-name"
	}
	switch ruleset := n.Kid("firewall").Text(kind); {
	case n == nil:
	case ruleset != "":
		r.At = ir.At{Line: n.Line, Text: fmt.Sprintf("zone %s intra-zone-filtering %s", z.Name, ruleset)}
		l.action(&r, "jump", ruleset)
		return []ir.Rule{r, {Boxes: boxes, Action: ir.Accept, At: r.At}}
	default:
		r.At = ir.At{Line: n.Line, Text: fmt.Sprintf("zone %s intra-zone-filtering action %s", z.Name, n.Text("action"))}
		l.action(&r, n.Text("action"), "")
	}
	return []ir.Rule{r}
}

func (l *lowering) defaultOf(z *wordtree.Node) ir.Rule {
	r := ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Line: z.Line, Text: fmt.Sprintf("(default action of zone %s: drop)", z.Name)}}
	if d := z.Text("default-action"); d != "" {
		r.At = ir.At{Line: z.Kid("default-action").Line, Text: fmt.Sprintf("zone %s default-action %s", z.Name, d)}
		l.action(&r, d, "")
	}
	return r
}
