package panos

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/natmap"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// translates notes whether a system's rules translate destinations and ports.
func (c *config) translates(s *system) {
	for _, r := range s.nat {
		if disabled(r.Node) {
			continue
		}
		for _, n := range []*wordtree.Node{r.Kid("destination-translation"), r.Kid("dynamic-destination-translation")} {
			c.dnat = c.dnat || n != nil
			c.ports = c.ports || n.Has("translated-port")
		}
		c.dnat = c.dnat || bidirectional(r)
	}
}

func bidirectional(r *ruleRef) bool {
	return r.At("source-translation", "static-ip").Text("bi-directional") == "yes"
}

// natChain lowers the NAT rules of a system: the first that fits decides, also
// one that translates sources only or nothing.
func (b *rulebase) natChain(name string) ir.Chain {
	ch := ir.Chain{Name: name, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no NAT rule fits)"}}}
	if !b.c.dnat {
		return ch
	}
	for _, r := range b.sys.nat {
		if disabled(r.Node) {
			continue
		}
		ch.Rules = append(ch.Rules, b.natRules(r)...)
	}
	return ch
}

func (b *rulebase) natRules(r *ruleRef) []ir.Rule {
	boxes := []ir.Box{{In: b.side(r.Kid("from").Names()), Maybe: b.natMaybes(r)}}
	boxes = b.c.addresses(boxes, r, objects.Destination)
	boxes = b.c.services(boxes, r, false)
	boxes = b.leaving(b.toward(boxes, r.Kid("to").Names()), r)
	var out []ir.Rule
	dnat, fixed := r.Kid("destination-translation"), true
	if dnat == nil {
		dnat, fixed = r.Kid("dynamic-destination-translation"), false
	}
	switch {
	case r.Kid("source-translation") == nil && dnat == nil:
		out = append(out, ir.Rule{Boxes: boxes, Action: ir.Accept, At: gist("NAT", r, "no translation")})
	case dnat == nil:
		out = append(out, ir.Rule{Boxes: boxes, Action: ir.Accept, SNAT: true, At: gist("NAT", r, "source translation")})
	default:
		to := dnat.Text("translated-address")
		port := dnat.Text("translated-port")
		at := gist("NAT", r, "destination becomes "+to+colon(port))
		x := ir.Rule{Boxes: boxes, Action: ir.Translate, At: at}
		if p, ok := source.Port(port); ok && port != "" {
			x.To.Port = ir.PortRange{Lo: p, Hi: p}
		} else if port != "" {
			x.Action, x.Why = ir.Undecided, "the port that it translates to"
		}
		out = append(out, b.target(x, r, to, fixed)...)
	}
	if bidirectional(r) {
		out = append(out, b.back(r)...)
	}
	return out
}

func colon(port string) string {
	if port == "" {
		return ""
	}
	return ":" + port
}

// natMaybes are the reasons why a NAT rule is met perhaps.
func (b *rulebase) natMaybes(r *ruleRef) []string {
	out := append(b.c.maybes(r), lacking(r, "from", "to", "source", "destination")...)
	switch r.Text("nat-type") {
	case "nat64", "nptv6":
		out = append(out, "translation between kinds of IPv6 addresses ("+r.Text("nat-type")+")")
	}
	return out
}

// toward narrows boxes to packets whose destination, before translation, is
// routed to some zones.
func (b *rulebase) toward(boxes []ir.Box, zones []string) []ir.Box {
	if open(zones) {
		return boxes
	}
	way := b.ways(zones)
	var out []ir.Box
	for _, x := range boxes {
		if way == nil {
			out = append(out, perhaps(x, zones))
			continue
		}
		out = append(out, way.split(x, func(x ir.Box) ir.Box { return perhaps(x, zones) })...)
	}
	return out
}

// ways are the destinations that are routed to some zones; nil where the file
// does not tell. Those that no route holds may be.
func (b *rulebase) ways(zones []string) *egress {
	key := strings.Join(zones, "\x00")
	if e, ok := b.routed[key]; ok {
		return e
	}
	if b.routed == nil {
		b.routed = map[string]*egress{}
	}
	b.routed[key] = nil
	var sure, may netipx.IPSetBuilder
	for _, d := range defaults {
		may.AddPrefix(d)
	}
	known := false
	for _, z := range b.sys.zones {
		if z.set == nil {
			continue
		}
		known = true
		may.RemoveSet(z.set)
		if slices.Contains(zones, z.name) {
			sure.AddSet(z.set)
		}
	}
	e, ok := egressOf(&sure, &may)
	if known && ok {
		b.routed[key] = e
	}
	return b.routed[key]
}

func perhaps(x ir.Box, zones []string) ir.Box {
	x.Maybe = append(append([]string{}, x.Maybe...), fmt.Sprintf("whether the destination is routed to %s before translation, which the file does not tell", source.Few(zones)))
	return x
}

// meet is what is in a and in a set.
func meet(a *ir.Addrs, set *netipx.IPSet) *ir.Addrs {
	if a == nil {
		return &ir.Addrs{Ranges: set.Ranges()}
	}
	if out, ok := few(a, set); ok {
		return out
	}
	var s, t netipx.IPSetBuilder
	s.AddSet(set)
	for _, r := range a.Ranges {
		t.AddRange(r)
	}
	o, err := t.IPSet()
	if err != nil {
		return &ir.Addrs{}
	}
	if a.Not {
		s.RemoveSet(o)
	} else {
		s.Intersect(o)
	}
	out, err := s.IPSet()
	if err != nil {
		return &ir.Addrs{}
	}
	return &ir.Addrs{Ranges: out.Ranges()}
}

// few is what is in a short list and in a set, where each range is in it whole
// or not at all.
func few(a *ir.Addrs, set *netipx.IPSet) (*ir.Addrs, bool) {
	if a.Not || len(a.Ranges) > 64 {
		return nil, false
	}
	out := &ir.Addrs{}
	for _, r := range a.Ranges {
		switch {
		case set.ContainsRange(r):
			out.Ranges = append(out.Ranges, r)
		case set.OverlapsRange(r):
			return nil, false
		}
	}
	return out, true
}

// target completes a rule that translates to a name or address. Several
// addresses for as many others are told apart one by one.
func (b *rulebase) target(x ir.Rule, r *ruleRef, to string, fixed bool) []ir.Rule {
	undecided := func(why string) []ir.Rule {
		x.Action, x.Why = ir.Undecided, why
		return []ir.Rule{x}
	}
	if x.Action == ir.Undecided {
		return []ir.Rule{x}
	}
	if to == "" {
		if x.To.HasPort() {
			return []ir.Rule{x}
		}
		return undecided("the address that it translates to, which the file does not say")
	}
	a := b.c.store.members(r.scope, []string{to}, false)
	if len(a.Maybe) > 0 || a.Not || a.Any || len(a.Ranges) == 0 {
		return undecided("the address that it translates to (" + to + ")")
	}
	if len(a.Ranges) > 1 {
		return undecided("which of several addresses it translates to (" + to + ")")
	}
	x.To.Addr = a.Ranges[0]
	if x.To.Addr.From() == x.To.Addr.To() || !fixed {
		return []ir.Rule{x}
	}
	names := r.Kid("destination").Names()
	was := b.c.store.members(r.scope, names, false)
	if len(was.Ranges) != 1 || len(was.Maybe) > 0 || was.Not || len(names) != 1 {
		return []ir.Rule{x}
	}
	return natmap.Each(x, was.Ranges[0], x.To.Addr)
}

// back is the rule that a bi-directional static source translation makes for
// packets the other way: to its translated address, sent on to its source.
func (b *rulebase) back(r *ruleRef) []ir.Rule {
	public := r.At("source-translation", "static-ip").Text("translated-address")
	boxes := []ir.Box{{Maybe: b.natMaybes(r)}}
	for _, side := range []string{"destination", "service"} {
		if names := r.Kid(side).Names(); len(names) > 0 && !anyOnly(names) {
			boxes[0].Maybe = append(boxes[0].Maybe, "how far a bi-directional rule that names a "+side+" goes the other way")
		}
	}
	set := b.c.store.members(r.scope, nonEmpty(public), false)
	boxes = b.leaving(b.toward(objects.Destination(boxes, set), r.Kid("to").Names()), r)
	x := ir.Rule{Boxes: boxes, Action: ir.Translate, At: gist("NAT", r, "bi-directional: "+public+" becomes "+strings.Join(r.Kid("source").Names(), ", "))}
	inside := b.c.store.members(r.scope, r.Kid("source").Names(), false)
	if len(inside.Maybe) > 0 || inside.Any || inside.Not || len(inside.Ranges) != 1 || r.Text("negate-source") == "yes" {
		x.Action, x.Why = ir.Undecided, "the address behind a bi-directional rule"
		return []ir.Rule{x}
	}
	x.To.Addr = inside.Ranges[0]
	if x.To.Addr.From() != x.To.Addr.To() && len(set.Ranges) == 1 {
		return natmap.Each(x, set.Ranges[0], x.To.Addr)
	}
	return []ir.Rule{x}
}

// pbfRules are the policy based forwarding rules that may keep packets out.
func (b *rulebase) pbfRules(now time.Time) []ir.Rule {
	var out []ir.Rule
	for _, r := range b.sys.pbf {
		if disabled(r.Node) || b.c.ended(r, now) || !r.At("action").Has("discard") {
			continue
		}
		boxes := b.c.addresses([]ir.Box{{}}, r, objects.Destination)
		out = append(out, ir.Rule{
			Boxes: boxes, Action: ir.Undecided, Why: "the policy based forwarding rule " + r.Name + ", which discards packets",
			At: ir.At{Line: r.Line, Text: fmt.Sprintf("policy based forwarding rule %q: discard", r.Name)},
		})
	}
	return out
}
