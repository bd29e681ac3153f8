package checkpoint

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/natmap"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// original reports a translated cell that leaves things as they are.
func (b *builder) original(n *jsontree.Node) bool {
	if n == nil || n.Kind == jsontree.Null {
		return true
	}
	names := b.s.cell(n)
	return len(names) == 0 || names[0] == "Original"
}

// sends lists the public addresses that the NAT rules give to sources: who has
// such a rulebase translates what comes in, too, if anybody does.
func (b *builder) sends() []ir.Public {
	var out []ir.Public
	for _, n := range b.x.nat {
		e, v, on := n.Get("enabled"), n.Get("translated-source"), n.Get("install-on")
		if b.x.natLacks || e != nil && !e.True() || b.original(v) || on != nil && !b.s.isAny(on) && source.Few(b.s.cell(on)) != "Policy Targets" {
			continue
		}
		a, _ := b.s.addresses(v, false)
		if a == nil || a.Any || a.Not {
			continue
		}
		for _, r := range a.Ranges {
			out = append(out, ir.Public{Addr: r.From(), At: ir.At{Line: n.Line, Text: "NAT rule " + n.Get("rule-number").Str()}})
		}
	}
	return out
}

// translates notes whether destinations are translated.
func (b *builder) translates() {
	for _, n := range b.x.nat {
		if e := n.Get("enabled"); e != nil && !e.True() {
			continue
		}
		b.dnat = b.dnat || !b.original(n.Get("translated-destination"))
	}
	b.dnat = b.dnat || b.x.natLacks
	if !b.x.hasNAT {
		for _, o := range b.x.objects {
			if _, ok := publicOf(o); ok {
				b.dnat = true
			}
		}
	}
}

func (b *builder) portsMoved() bool {
	for _, n := range b.x.nat {
		if !b.original(n.Get("translated-service")) {
			return true
		}
	}
	return false
}

// nat lowers the NAT rules; -1 where no destination is translated.
func (b *builder) nat() int {
	if !b.dnat {
		return -1
	}
	ch := ir.Chain{Name: "nat", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no NAT rule fits)"}}}
	if b.x.natLacks {
		ch.Rules = append(ch.Rules, undecided(0, "the NAT rules that are not in the file", "(the file is not complete)"))
	}
	for _, n := range b.x.nat {
		if e := n.Get("enabled"); e != nil && !e.True() {
			continue
		}
		b.count++
		ch.Rules = append(ch.Rules, b.natRule(n)...)
	}
	if !b.x.hasNAT {
		ch.Rules = append(ch.Rules, b.ownNAT()...)
	}
	return b.add(ch)
}

// natRule lowers one rule. A rule made of an object's settings that translates
// the source alone lets another translate the destination (bidirectional NAT).
func (b *builder) natRule(n *jsontree.Node) []ir.Rule {
	at := ir.At{Line: n.Line, Text: fmt.Sprintf("NAT rule %s: %s -> %s, service %s becomes %s -> %s, service %s", n.Get("rule-number").Str(),
		source.Few(b.s.cell(n.Get("original-source"))), source.Few(b.s.cell(n.Get("original-destination"))), source.Few(b.s.cell(n.Get("original-service"))),
		source.Few(b.s.cell(n.Get("translated-source"))), source.Few(b.s.cell(n.Get("translated-destination"))), source.Few(b.s.cell(n.Get("translated-service"))))}
	b.states = append(b.states, ir.Statement{Line: n.Line, Text: at.Text, Known: true})
	box := ir.Box{}
	if v := n.Get("install-on"); v != nil && !b.s.isAny(v) && source.Few(b.s.cell(v)) != "Policy Targets" {
		box.Maybe = []string{"the gateways that the NAT rule is installed on (" + source.Few(b.s.cell(v)) + ")"}
	}
	for _, need := range []string{"original-source", "original-destination", "original-service", "translated-destination", "translated-service"} {
		if len(n.Get(need).Items()) == 0 {
			box.Maybe = append(box.Maybe, "what the NAT rule has for "+need+", which the file does not say")
		}
	}
	boxes := []ir.Box{box}
	var was *objects.Addrs
	for _, side := range []struct {
		name string
		put  func([]ir.Box, *objects.Addrs) []ir.Box
	}{{"original-source", objects.Source}, {"original-destination", objects.Destination}} {
		if b.s.isAny(n.Get(side.name)) {
			continue
		}
		a, zones := b.s.addresses(n.Get(side.name), false)
		if len(zones) > 0 || a == nil {
			a = objects.UnknownAddrs("security zones in a NAT rule")
		}
		boxes = side.put(boxes, a)
		if was = a; side.name == "original-source" {
			was = nil
		}
	}
	boxes = b.s.servicesOf(n.Get("original-service")).Of(boxes)
	x := ir.Rule{Boxes: boxes, Action: ir.Translate, At: at}
	if b.original(n.Get("translated-destination")) && b.original(n.Get("translated-service")) {
		x.Action, x.SNAT = ir.Accept, !b.original(n.Get("translated-source"))
		if n.Get("auto-generated").True() && x.SNAT {
			x.Action = ir.Continue
		}
		return []ir.Rule{x}
	}
	return b.target(x, n, was)
}

// target completes a rule that translates destinations or ports.
func (b *builder) target(x ir.Rule, n *jsontree.Node, was *objects.Addrs) []ir.Rule {
	undecided := func(why string) []ir.Rule {
		x.Action, x.Why = ir.Undecided, why
		return []ir.Rule{x}
	}
	if v := n.Get("translated-service"); !b.original(v) {
		list := b.s.servicesOf(v)
		if len(list) != 1 || len(list[0].Maybe) > 0 || list[0].DPort == nil || len(list[0].DPort.Ranges) != 1 || list[0].DPort.Ranges[0].Lo != list[0].DPort.Ranges[0].Hi {
			return undecided("the port that it translates to")
		}
		x.To.Port = list[0].DPort.Ranges[0]
	}
	v := n.Get("translated-destination")
	if b.original(v) {
		return []ir.Rule{x}
	}
	a, _ := b.s.addresses(v, false)
	if a == nil || len(a.Maybe) > 0 || a.Any || a.Not || len(a.Ranges) != 1 {
		return undecided("the address that it translates to (" + source.Few(b.s.cell(v)) + ")")
	}
	x.To.Addr = a.Ranges[0]
	if was == nil || len(was.Ranges) != 1 || len(was.Maybe) > 0 || was.Not || was.Any {
		return []ir.Rule{x}
	}
	return natmap.Each(x, was.Ranges[0], a.Ranges[0])
}

// ownNAT makes the rules of objects that are translated by settings of their
// own, where the NAT rules are not in the file.
func (b *builder) ownNAT() []ir.Rule {
	var out []ir.Rule
	for _, uid := range b.uids() {
		o := b.x.objects[uid]
		p, ok := publicOf(o)
		if !ok {
			continue
		}
		x := ir.Rule{
			Boxes:  objects.Destination(ir.Always(), objects.Of(source.One(p))),
			Action: ir.Translate,
			At:     ir.At{Line: o.Line, Text: fmt.Sprintf("automatic NAT of %s: %s", o.Get("name").Str(), p)},
		}
		a := b.s.addrs.Get(b.s.keys[uid])
		if len(a.Ranges) != 1 || len(a.Maybe) > 0 || !strings.EqualFold(o.Get("type").Str(), "host") {
			x.Action, x.Why = ir.Undecided, "the addresses behind automatic NAT of "+o.Get("name").Str()
		} else {
			x.To.Addr = a.Ranges[0]
		}
		out = append(out, x)
	}
	return out
}
