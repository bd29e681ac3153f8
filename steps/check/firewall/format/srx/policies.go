package srx

import (
	"fmt"
	"time"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// policy lowers one policy of a list; false for one that never acts. context
// words where it is from and to, as people say it.
func (b *builder) policy(p *wordtree.Node, from, to []string, context string) (ir.Rule, bool) {
	m, then := p.Kid("match"), p.Kid("then")
	if b.ended(p) {
		return ir.Rule{}, false
	}
	box := ir.Box{Maybe: b.maybes(p)}
	if z := m.Kid("from-zone").Names(); len(z) > 0 {
		from, box.In = z, b.d.ifaces(z...)
	}
	if z := m.Kid("to-zone").Names(); len(z) > 0 {
		to, box.Out = z, b.d.ifaces(z...)
	}
	boxes := []ir.Box{box}
	for _, side := range []struct {
		name  string
		zones []string
		put   func([]ir.Box, *objects.Addrs) []ir.Box
	}{{"source-address", from, objects.Source}, {"destination-address", to, objects.Destination}} {
		names := m.Kid(side.name).Names()
		if len(names) == 0 {
			continue
		}
		boxes = side.put(boxes, b.d.store.members(side.zones, names, m.Has(side.name+"-excluded")))
	}
	if apps := m.Kid("application").Names(); len(apps) > 0 {
		boxes = b.d.store.services(apps).Of(boxes)
	}
	x := ir.Rule{Boxes: boxes}
	word := "no action"
	switch {
	case then.Has("deny"):
		x.Action, word = ir.Deny, "deny"
	case then.Has("reject"):
		x.Action, word = ir.Deny, "reject"
	case then.Has("permit"):
		x.Action, word = ir.Accept, "permit"
		for _, why := range b.permits(then.Kid("permit")) {
			x.Action, x.Why = ir.Undecided, why
		}
	default:
		x.Action, x.Why = ir.Undecided, "the action of the policy, which the file does not say"
	}
	x.At = ir.At{Line: p.Line, Text: gist(p, context, word)}
	return x, true
}

// gist is a policy in one line.
func gist(p *wordtree.Node, context, word string) string {
	m := p.Kid("match")
	side := func(name string) string {
		s := source.Few(m.Kid(name).Names())
		if m.Has(name + "-excluded") {
			return "not " + s
		}
		return s
	}
	return fmt.Sprintf("policy %q %s: %s -> %s, application %s: %s", p.Name, context, side("source-address"), side("destination-address"),
		source.Few(m.Kid("application").Names()), word)
}

// matched are the conditions that lowering looks at.
var matched = map[string]bool{
	"source-address": true, "destination-address": true, "application": true, "from-zone": true, "to-zone": true,
	"source-address-excluded": true, "destination-address-excluded": true,
}

// maybes are the reasons why a policy is met perhaps.
func (b *builder) maybes(p *wordtree.Node) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	m := p.Kid("match")
	for _, need := range []string{"source-address", "destination-address", "application"} {
		if len(m.Kid(need).Live()) == 0 && !(need == "application" && m.Has("dynamic-application")) {
			add("what policy %s has for %s, which the file does not say", p.Name, need)
		}
	}
	for _, k := range m.Live() {
		if matched[k.Name] {
			continue
		}
		if v := k.Names(); len(v) == 1 && v[0] == "any" || k.Name == "source-end-user-profile" && len(v) == 0 {
			continue
		}
		switch k.Name {
		case "dynamic-application":
			add("application identification: whether the firewall takes the connection for %s", source.Few(k.Names()))
		case "source-identity":
			add("the user (%s)", source.Few(k.Names()))
		case "url-category":
			add("the URL category (%s)", source.Few(k.Names()))
		default:
			b.unknown[k.Line] = true
			add("its condition %q, whose effect is not known here", clip(k.Name))
		}
	}
	if s := p.Text("scheduler-name"); s != "" {
		add("the schedule %s", s)
	}
	if p.Group != "" {
		add("the place of policy %s among the others, as group %s brings it", p.Name, p.Group)
	}
	return out
}

// permits are reasons why a policy that permits may still keep packets out.
func (b *builder) permits(n *wordtree.Node) []string {
	var out []string
	for _, k := range n.Live() {
		switch k.Name {
		case "application-services", "services-offload", "tcp-options", "no-services-offload", "log", "count":
		case "tunnel":
			out = append(out, "the tunnel that the policy permits packets through")
		case "firewall-authentication":
			out = append(out, "whether the user has signed in to the firewall")
		case "destination-address":
			out = append(out, "whether the destination is translated ("+k.Value()+")")
		default:
			b.unknown[k.Line] = true
			out = append(out, fmt.Sprintf("the permit option %q, whose effect is not known here", clip(k.Name)))
		}
	}
	return out
}

// ended reports a policy whose schedule has run out for good.
func (b *builder) ended(p *wordtree.Node) bool {
	name := p.Text("scheduler-name")
	if name == "" || b.now.IsZero() {
		return false
	}
	s := b.d.root.At("schedulers", "scheduler", name)
	dates := s.Kid("start-date").Live()
	for _, d := range dates {
		end, err := time.Parse("2006-01-02.15:04", d.Text("stop-date"))
		if err != nil || !end.Add(24*time.Hour).Before(b.now) {
			return false
		}
	}
	return len(dates) > 0
}

// list lowers policies in order.
func (b *builder) list(n *wordtree.Node, from, to []string, context string) []ir.Rule {
	var out []ir.Rule
	for _, p := range n.Kid("policy").Live() {
		if x, ok := b.policy(p, from, to, context); ok {
			out = append(out, x)
		}
		b.rules++
	}
	return out
}

// fallback is what becomes of packets that no policy fits.
func (b *builder) fallback() ir.Rule {
	n := b.d.root.At("security", "policies", "default-policy")
	x := ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: "(default-policy: deny-all)"}}
	if n == nil {
		return x
	}
	x.At = ir.At{Line: n.Line, Text: "default-policy " + n.Value()}
	switch n.Value() {
	case "permit-all":
		x.Action = ir.Accept
	case "deny-all", "reject-all":
	default:
		x.Action, x.Why = ir.Undecided, "the default policy"
	}
	return x
}

// pairs lowers the policies between zones, then the global ones.
func (b *builder) pairs() int {
	policies := b.d.root.At("security", "policies")
	end := b.fallback()
	global := b.add(ir.Chain{Name: "global", Rules: b.list(policies.Kid("global"), []string{}, []string{}, "global"), Policy: end})
	main := ir.Chain{Name: "policies", Policy: end, Rules: append(b.front(), b.zoneless()...)}
	for _, from := range policies.Kid("from-zone").Live() {
		for _, to := range from.Kid("to-zone").Live() {
			name := from.Name + " to " + to.Name
			ch := ir.Chain{Name: name, Policy: end, Rules: b.list(to, []string{from.Name}, []string{to.Name}, "from "+from.Name+" to "+to.Name)}
			ch.Rules = append(ch.Rules, ir.Rule{Boxes: ir.Always(), Action: ir.Goto, Target: global, At: ir.At{Text: "(global policies)"}})
			box := ir.Box{In: b.d.ifaces(from.Name), Out: b.d.ifaces(to.Name)}
			if to.Name == "junos-host" || from.Name == "junos-host" {
				b.host = append(b.host, hostChain{from.Name, to.Name, b.add(ch)})
				continue
			}
			main.Rules = append(main.Rules, ir.Rule{Boxes: []ir.Box{box}, Action: ir.Goto, Target: b.add(ch), At: ir.At{Line: to.Line, Text: "(policies " + name + ")"}})
		}
	}
	main.Rules = append(main.Rules, ir.Rule{Boxes: ir.Always(), Action: ir.Goto, Target: global, At: ir.At{Text: "(global policies)"}})
	return b.add(main)
}

// zoneless drops packets of interfaces that are in no security zone, where the
// file tells the zones.
func (b *builder) zoneless() []ir.Rule {
	if len(b.d.zones) == 0 {
		return nil
	}
	all := &ir.Ifaces{Not: true}
	for _, z := range b.d.zones {
		if len(z.members) == 1 && z.members[0] == "all" {
			return nil
		}
		all.Patterns = append(append(all.Patterns, z.name), z.members...)
	}
	policies := b.d.root.At("security", "policies", "from-zone")
	for _, from := range policies.Live() {
		all.Patterns = append(append(all.Patterns, from.Name), from.Kid("to-zone").Names()...)
	}
	return []ir.Rule{{
		Boxes: []ir.Box{{In: all}, {Out: all}}, Action: ir.Deny,
		At: ir.At{Text: "(an interface in no security zone drops its packets)"},
	}}
}
