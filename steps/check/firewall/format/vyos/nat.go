package vyos

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// arrive makes the gates before routing: raw, then translation.
func (l *lowering) arrive() {
	l.prog.Arrive = l.base("prerouting", true)
	var rules []ir.Rule
	root := l.r.root
	nat := "nat"
	if l.v6 {
		nat = "nat66"
	}
	if !l.v6 { // EdgeOS's chain of port forwards stands before that of its NAT rules
		rules = append(rules, l.portForwards(root.Kid("port-forward"))...)
	}
	for _, n := range byNumber(root.At(nat, "static", "rule").Live()) {
		rules = append(rules, l.static(n)...)
	}
	for _, n := range byNumber(root.At(nat, "destination", "rule").Live()) {
		rules = append(rules, l.dnat(nat+" destination", n, n.Kid("translation"), "address")...)
	}
	if !l.v6 {
		for _, n := range byNumber(root.At("service", "nat", "rule").Live()) { // EdgeOS
			if n.Text("type") == "destination" {
				rules = append(rules, l.dnat("service nat", n, n.Kid("inside-address"), "address")...)
			}
		}
	}
	l.sourceNAT(root, nat)
	if len(rules) == 0 {
		return
	}
	rules = append(l.doubts(), rules...)
	l.prog.Chains = append(l.prog.Chains, ir.Chain{Name: nat + " destination", Group: "nat", Rules: rules, Policy: ir.Rule{
		Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(not translated)"},
	}})
	l.prog.Arrive = append(l.prog.Arrive, ir.Gate{Stage: nat + " destination", Chain: len(l.prog.Chains) - 1, NAT: true, NoOut: true, Diverts: true})
}

// dnat lowers one rule that changes destinations.
func (l *lowering) dnat(place string, n, to *wordtree.Node, key string) []ir.Rule {
	if n.Has("disable") {
		return nil
	}
	l.r.set.Rules++
	out := ir.Rule{Boxes: l.translated(n).boxes, Action: ir.Translate, At: ir.At{Line: n.Line, Text: shown(place, n)}}
	if n.Has("exclude") {
		out.Action = ir.Accept
		return []ir.Rule{out}
	}
	fail := func(what string) []ir.Rule {
		l.r.problem(n.Line, "line %d: %s; where the packets go cannot be decided.", n.Line, what)
		out.Action, out.To, out.Why = ir.Undecided, ir.Translation{}, fmt.Sprintf("the new destination in line %d, which could not be read", n.Line)
		return []ir.Rule{out}
	}
	port := to.Text("port")
	if r := to.Kid("redirect"); r != nil {
		out.To.Local, port = true, r.Text("port")
	}
	if port != "" {
		p, ok := span(port)
		if !ok || p.Lo == 0 {
			return fail(fmt.Sprintf("expected a port to translate to, came %q", source.Redact(port)))
		}
		out.To.Port = p
	}
	addr := to.Text(key)
	if addr == "" {
		if port == "" && !out.To.Local {
			return fail("it names no new destination")
		}
		return []ir.Rule{out}
	}
	r, ok := source.Net(addr)
	if !ok || r.From().Is6() != l.v6 {
		return fail(fmt.Sprintf("expected an address to translate to, came %q", source.Redact(addr)))
	}
	out.To.Addr = r
	if list := oneByOne(out, n.Kid("destination").Text("address"), r); list != nil {
		return list
	}
	return []ir.Rule{out}
}

// static is a rule of one-to-one translation.
func (l *lowering) static(n *wordtree.Node) []ir.Rule {
	return l.dnat("nat static", n, n.Kid("translation"), "address")
}

// oneToOne reports a host of a static translation, which goes both ways.
func (r *reader) oneToOne(host netip.Addr) bool {
	return slices.ContainsFunc(r.root.At("nat", "static", "rule").Live(), func(n *wordtree.Node) bool {
		to, ok := source.Net(n.Kid("translation").Text("address"))
		return ok && to.Contains(host) && !n.Has("disable")
	})
}

// maxMapped is how many addresses of a mapped network are told apart.
const maxMapped = 256

// oneByOne is one rule an address where a network is mapped to another of its
// size; nil where that is not so.
func oneByOne(out ir.Rule, from string, to netipx.IPRange) []ir.Rule {
	f, ok := source.Net(from)
	if !ok || f.From() == f.To() || !strings.Contains(from, "/") {
		return nil
	}
	var rules []ir.Rule
	a, b := f.From(), to.From()
	for range maxMapped {
		r := out
		r.Boxes = slices.Clone(out.Boxes)
		for i := range r.Boxes {
			r.Boxes[i].Dst = &ir.Addrs{Ranges: []netipx.IPRange{netipx.IPRangeFrom(a, a)}}
		}
		r.To.Addr = netipx.IPRangeFrom(b, b)
		rules = append(rules, r)
		if lastA, lastB := a == f.To(), b == to.To(); lastA || lastB {
			if lastA && lastB {
				return rules
			}
			return nil
		}
		a, b = a.Next(), b.Next()
	}
	return nil
}

// sourceNAT keeps rules that hide sources: they show which interface faces the
// internet.
func (l *lowering) sourceNAT(root *wordtree.Node, nat string) {
	c := ir.Chain{Name: nat + " source", Group: "nat", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(not translated)"}}}
	list := byNumber(root.At(nat, "source", "rule").Live())
	if !l.v6 {
		for _, n := range byNumber(root.At("service", "nat", "rule").Live()) {
			if t := n.Text("type"); t == "masquerade" || t == "source" {
				list = append(list, n)
			}
		}
	}
	for _, n := range list {
		if !n.Has("disable") && !n.Has("exclude") {
			c.Rules = append(c.Rules, ir.Rule{Boxes: l.match(n).boxes, Action: ir.Accept, SNAT: true, At: ir.At{Line: n.Line, Text: shown(nat+" source", n)}})
		}
	}
	if len(c.Rules) > 0 {
		l.prog.Chains = append(l.prog.Chains, c)
	}
}
