package panos

import (
	"slices"
	"time"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// rulebase lowers the security rules of one virtual system. For packets that
// come from or go on to another virtual system, enter or exit is the zone
// between them.
type rulebase struct {
	c           *config
	sys         *system
	enter, exit *zone
	now         time.Time
	all         *ir.Ifaces // zones and interfaces that the rules can mean
	names       []string   // zones that are defined or named
	cache       map[string]*ir.Ifaces
	routed      map[string]*egress // by zones
}

func (c *config) rulebase(sys *system, now time.Time) *rulebase {
	b := &rulebase{c: c, sys: sys, now: now, cache: map[string]*ir.Ifaces{}}
	seen := map[string]bool{"any": true, "multicast": true}
	add := func(n string) {
		if !seen[n] {
			seen[n] = true
			b.names = append(b.names, n)
		}
	}
	for _, z := range sys.zones {
		add(z.name)
	}
	for _, r := range sys.security {
		for _, side := range []string{"from", "to"} {
			for _, n := range r.Kid(side).Names() {
				add(n)
			}
		}
	}
	b.all = b.ifaces(b.names)
	return b
}

// ifaces are the packets of some zones: by the name of the zone, or of the
// interfaces in it.
func (b *rulebase) ifaces(zones []string) *ir.Ifaces {
	key := ""
	for _, z := range zones {
		key += z + "\x00"
	}
	if i := b.cache[key]; i != nil {
		return i
	}
	i := &ir.Ifaces{}
	for _, name := range zones {
		at := slices.IndexFunc(b.sys.zones, func(z *zone) bool { return z.name == name })
		if at < 0 {
			i.Patterns = append(i.Patterns, name)
			continue
		}
		i.Patterns = append(i.Patterns, b.c.patterns(b.sys.zones[at])...)
	}
	b.cache[key] = i
	return i
}

func not(i *ir.Ifaces) *ir.Ifaces { return &ir.Ifaces{Patterns: i.Patterns, Not: true} }

// sameZone is why it is open whether packets stay within a zone.
const sameZone = "which zones the packets come from and go to"

// zoned are the boxes for the zones of a rule, nil for a rule that does not
// concern the packets.
func (b *rulebase) zoned(r *ruleRef) []ir.Box {
	from, to := r.Kid("from").Names(), r.Kid("to").Names()
	kind := r.Text("rule-type")
	if kind == "intrazone" && len(to) == 0 {
		to = []string{"any"}
	}
	if b.enter != nil && !fits(from, b.enter.name) || b.exit != nil && !fits(to, b.exit.name) {
		return nil
	}
	var boxes []ir.Box
	switch kind {
	case "intrazone":
		if b.enter != nil || b.exit != nil {
			return nil
		}
		for _, z := range b.expand(from) {
			boxes = append(boxes, ir.Box{In: b.ifaces([]string{z}), Out: b.ifaces([]string{z})})
		}
		if open(from) {
			boxes = append(boxes, ir.Box{In: not(b.all), Out: not(b.all), Maybe: []string{sameZone}})
		}
	case "interzone":
		boxes = b.between(from, to)
	default:
		boxes = []ir.Box{{In: b.side(from), Out: b.side(to)}}
	}
	for i := range boxes {
		if b.enter != nil {
			boxes[i].In = nil
		}
		if b.exit != nil {
			boxes[i].Out = nil
		}
	}
	return boxes
}

// between are the boxes of packets from one zone to another.
func (b *rulebase) between(from, to []string) []ir.Box {
	if b.enter != nil || b.exit != nil {
		return []ir.Box{{In: b.side(from), Out: b.side(to)}}
	}
	var boxes []ir.Box
	for _, z := range b.expand(from) {
		x := ir.Box{In: b.ifaces([]string{z})}
		switch {
		case open(to):
			x.Out = not(x.In)
		default:
			x.Out = b.ifaces(slices.DeleteFunc(slices.Clone(to), func(n string) bool { return n == z }))
		}
		boxes = append(boxes, x)
	}
	if open(from) {
		x := ir.Box{In: not(b.all), Out: b.side(to)}
		if open(to) {
			boxes = append(boxes, ir.Box{In: x.In, Out: b.all})
			x.Out, x.Maybe = not(b.all), []string{sameZone}
		}
		boxes = append(boxes, x)
	}
	return boxes
}

func open(zones []string) bool { return len(zones) == 0 || anyOnly(zones) }

func fits(zones []string, name string) bool { return open(zones) || slices.Contains(zones, name) }

func (b *rulebase) side(zones []string) *ir.Ifaces {
	if open(zones) {
		return nil
	}
	return b.ifaces(zones)
}

func (b *rulebase) expand(zones []string) []string {
	if open(zones) {
		return b.names
	}
	return zones
}

// rule lowers one rule; false for one that never acts.
func (b *rulebase) rule(r *ruleRef) (ir.Rule, bool) {
	if disabled(r.Node) || b.c.ended(r, b.now) {
		return ir.Rule{}, false
	}
	boxes := b.zoned(r)
	if len(boxes) == 0 {
		return ir.Rule{}, false
	}
	maybe := append(b.c.maybes(r), lacking(r, "from", "source", "destination", "application", "service")...)
	if r.Text("rule-type") != "intrazone" {
		maybe = append(maybe, lacking(r, "to")...)
	}
	for i := range boxes {
		boxes[i].Maybe = append(boxes[i].Maybe, maybe...)
	}
	dst := objects.Destination
	if b.c.dnat {
		dst = objects.OriginalDestination
	}
	boxes = b.c.addresses(boxes, r, dst)
	boxes = b.c.services(boxes, r, b.c.ports)
	x := ir.Rule{Boxes: boxes}
	switch action := r.Text("action"); action {
	case "allow":
		x.Action = ir.Accept
	case "deny", "drop", "reset-client", "reset-server", "reset-both":
		x.Action = ir.Deny
	default:
		x.Action, x.Why = ir.Undecided, "the action of the rule, which the file does not say"
	}
	x.At = gist("security", r, or(nonEmpty(r.Text("action")), "no action"))
	return x, true
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// chain lowers the rules and the defaults after them.
func (b *rulebase) chain(name string) ir.Chain {
	ch := ir.Chain{Name: name}
	for _, r := range b.sys.security {
		if x, ok := b.rule(r); ok {
			ch.Rules = append(ch.Rules, x)
		}
	}
	if b.enter == nil && b.exit == nil {
		ch.Rules = append(ch.Rules, b.within()...)
	}
	act, at := b.fallback("interzone-default", ir.Deny, "between zones")
	ch.Policy = ir.Rule{Boxes: ir.Always(), Action: act, At: at}
	return ch
}

// within are the rules for packets that stay in their zone and met no rule.
func (b *rulebase) within() []ir.Rule {
	act, at := b.fallback("intrazone-default", ir.Accept, "within a zone")
	x := ir.Rule{Action: act, At: at}
	for _, z := range b.names {
		i := b.ifaces([]string{z})
		x.Boxes = append(x.Boxes, ir.Box{In: i, Out: i})
	}
	out := []ir.Rule{x}
	inter, _ := b.fallback("interzone-default", ir.Deny, "")
	if inter != act {
		out = append(out, ir.Rule{
			Boxes: []ir.Box{{In: not(b.all), Out: not(b.all)}}, Action: ir.Undecided, Why: sameZone,
			At: ir.At{Text: "(the default rules, within a zone and between zones)"},
		})
	}
	return out
}

// fallback is what a default rule does.
func (b *rulebase) fallback(name string, usual ir.Action, where string) (ir.Action, ir.At) {
	for _, d := range b.sys.defaults {
		n := d.Kid(name)
		action := n.Text("action")
		if action == "" {
			continue
		}
		act := ir.Deny
		if action == "allow" {
			act = ir.Accept
		}
		return act, ir.At{Line: n.Line, Text: name + " " + where + ": " + action}
	}
	word := "deny"
	if usual == ir.Accept {
		word = "allow"
	}
	return usual, ir.At{Text: "(" + name + ", for packets " + where + ": " + word + ")"}
}
