package ios

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// zones is a zone-based firewall.
type zones struct {
	classes  map[string]*class
	policies map[string]*policy
	pairs    []*zonePair
}

// class is class-map type inspect.
type class struct {
	any     bool // match-any
	matches [][]string
	line    int
}

// policy is policy-map type inspect.
type policy struct {
	line    int
	actions []action
}

type action struct {
	class string // "" for class-default
	what  string // inspect, pass, drop
	at    ir.At
}

type zonePair struct {
	name, from, to, policy string
	at                     ir.At
}

func (r *reader) zonePair(l *cisco.Line) bool {
	w := l.Words
	z := &zonePair{at: ir.At{Line: l.Number, Text: l.Text}}
	for i := 2; i+1 < len(w); i++ {
		switch w[i] {
		case "source":
			z.from = w[i+1]
		case "destination":
			z.to = w[i+1]
		}
	}
	if len(w) > 2 {
		z.name = w[2]
	}
	r.zones.pairs = append(r.zones.pairs, z)
	r.Block = func(l *cisco.Line) bool {
		if l.Words[0] == "service-policy" {
			z.policy = l.Words[len(l.Words)-1]
		}
		return true
	}
	return true
}

func (r *reader) classMap(l *cisco.Line) bool {
	w := l.Words
	if len(w) < 4 || w[1] != "type" || w[2] != "inspect" {
		r.Skip()
		return true
	}
	c := &class{any: slices.Contains(w, "match-any"), line: l.Number}
	r.zones.classes[w[len(w)-1]] = c
	r.Block = func(l *cisco.Line) bool {
		if l.Words[0] == "match" && len(l.Words) > 2 {
			c.matches = append(c.matches, l.Words[1:])
		}
		return true
	}
	return true
}

func (r *reader) policyMap(l *cisco.Line) bool {
	w := l.Words
	if len(w) < 4 || w[1] != "type" || w[2] != "inspect" {
		r.Skip()
		return true
	}
	p := &policy{line: l.Number}
	r.zones.policies[w[len(w)-1]] = p
	r.Block = func(l *cisco.Line) bool {
		at := ir.At{Line: l.Number, Text: l.Text}
		switch n := len(p.actions); l.Words[0] {
		case "class":
			name := l.Words[len(l.Words)-1]
			if name == "class-default" {
				name = ""
			}
			p.actions = append(p.actions, action{name, "drop", at})
		case "inspect", "pass", "drop":
			if n > 0 {
				p.actions[n-1].what, p.actions[n-1].at = l.Words[0], at
			}
		}
		return true
	}
	return true
}

// zoneGate is the gate of the zone-based firewall.
func (p *program) zoneGate() ir.Chain {
	c := pass("zones")
	members := map[string][]string{}
	var names, in []string
	for _, f := range p.r.ifaces {
		if f.zone != "" {
			if members[f.zone] == nil {
				names = append(names, f.zone)
			}
			members[f.zone] = append(members[f.zone], f.name)
			in = append(in, f.name)
		}
	}
	if len(names) == 0 {
		return c
	}
	c.Rules = p.itself()
	ifs := func(list []string, zone string) *ir.Ifaces {
		return &ir.Ifaces{Patterns: append(slices.Clone(list), zone)}
	}
	for _, a := range names {
		for _, b := range names {
			box := ir.Box{In: ifs(members[a], a), Out: ifs(members[b], b)}
			if a == b {
				c.Rules = append(c.Rules, ir.Rule{Boxes: []ir.Box{box}, Action: ir.Accept, At: ir.At{Text: fmt.Sprintf("(within zone %s everything passes)", a)}})
				continue
			}
			if rules := p.answers(box, b, a); rules != nil {
				c.Rules = append(c.Rules, rules...)
			}
			c.Rules = append(c.Rules, p.between(box, a, b)...)
		}
	}
	all := &ir.Ifaces{Patterns: append(in, names...)}
	none := &ir.Ifaces{Patterns: all.Patterns, Not: true}
	c.Rules = append(c.Rules, ir.Rule{
		Boxes: []ir.Box{{In: all, Out: none}, {In: none, Out: all}}, Action: ir.Deny,
		At: ir.At{Text: "(an interface in a zone and one in none do not talk)"},
	})
	return c
}

// pair is the zone-pair from one zone to another; nil for none.
func (p *program) pair(from, to string) *zonePair {
	for _, z := range p.r.zones.pairs {
		if z.from == from && z.to == to {
			return z
		}
	}
	return nil
}

// between asks the policy of a zone-pair.
func (p *program) between(box ir.Box, from, to string) []ir.Rule {
	z := p.pair(from, to)
	if z == nil {
		return []ir.Rule{{Boxes: []ir.Box{box}, Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(no zone-pair from %s to %s)", from, to)}}}
	}
	m := p.r.zones.policies[z.policy]
	if m == nil {
		return []ir.Rule{{Boxes: []ir.Box{box}, Action: ir.Undecided, At: z.at, Why: fmt.Sprintf("policy-map %s, which is not in the file (zone-pair %s, line %d)", z.policy, z.name, z.at.Line)}}
	}
	c := ir.Chain{Name: z.name, Group: "zone-pair", Policy: ir.Rule{Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(what no class of policy-map %s takes is dropped)", z.policy)}}}
	for _, a := range m.actions {
		c.Rules = append(c.Rules, p.act(a)...)
	}
	i := p.add(c)
	return []ir.Rule{
		{Boxes: []ir.Box{box}, Action: ir.Jump, Target: i, At: z.at},
		{Boxes: []ir.Box{box}, Action: ir.Deny, At: c.Policy.At},
	}
}

// act are the rules of one class in a policy.
func (p *program) act(a action) []ir.Rule {
	do := ir.Accept
	if a.what == "drop" {
		do = ir.Deny
	}
	if a.class == "" {
		return []ir.Rule{{Boxes: ir.Always(), Action: do, At: a.at}}
	}
	rules, why := p.matched(a.class, ir.Rule{Action: do, At: a.at}, 0)
	if why != "" {
		return []ir.Rule{{Boxes: ir.Always(), Action: ir.Undecided, Why: why, At: a.at}}
	}
	c := ir.Chain{Name: "class " + a.class, Group: "zone", Rules: rules, Policy: ir.Rule{Action: ir.Return}}
	return []ir.Rule{{Boxes: ir.Always(), Action: ir.Jump, Target: p.add(c), At: a.at}}
}

// matched are rules that do with what a class takes as the policy says, and
// return what it does not; why says what cannot be told of it.
func (p *program) matched(name string, do ir.Rule, depth int) (rules []ir.Rule, why string) {
	c := p.r.zones.classes[name]
	if c == nil || depth > 8 {
		return nil, fmt.Sprintf("class-map %s, which is not in the file", name)
	}
	var services objects.Services // of match-all: what lists are narrowed to
	var lists []string
	for _, m := range c.matches {
		switch {
		case m[0] == "protocol":
			s, ok := inspectedProtocol(m[1])
			if !ok {
				s = objects.UnknownService(fmt.Sprintf("protocol %s of class-map %s", m[1], name))
			}
			if !c.any && services != nil {
				return nil, fmt.Sprintf("class-map %s, which asks for several protocols at once (line %d)", name, c.line)
			}
			services = append(services, s...)
		case m[0] == "access-group":
			lists = append(lists, m[len(m)-1])
		case m[0] == "class-map" && c.any:
			sub, why := p.matched(m[1], do, depth+1)
			if why != "" {
				return nil, why
			}
			rules = append(rules, returned(p, sub)...)
		default:
			return nil, fmt.Sprintf("class-map %s, which matches by %s (line %d)", name, m[0], c.line)
		}
	}
	takes := func(s objects.Services) ir.Rule {
		return ir.Rule{Boxes: s.Of(ir.Always()), Action: do.Action, At: do.At}
	}
	switch {
	case len(lists) == 0 && services != nil:
		rules = append(rules, takes(services))
	case c.any:
		if services != nil {
			rules = append(rules, takes(services))
		}
		for _, l := range lists {
			sub, why := p.narrowed(l, do, nil)
			if why != "" {
				return nil, why
			}
			rules = append(rules, returned(p, sub)...)
		}
	case len(lists) == 1:
		return p.narrowed(lists[0], do, services)
	case len(lists) > 1:
		return nil, fmt.Sprintf("class-map %s, which asks for several lists at once (line %d)", name, c.line)
	}
	return rules, ""
}

// returned wraps rules into a chain of their own, so that what one refuses is
// asked further.
func returned(p *program, rules []ir.Rule) []ir.Rule {
	i := p.add(ir.Chain{Name: "match", Group: "zone", Rules: rules, Policy: ir.Rule{Action: ir.Return}})
	return []ir.Rule{{Boxes: ir.Always(), Action: ir.Jump, Target: i, At: ir.At{Text: "(class)"}}}
}

// narrowed is a list as part of a class: what it permits is taken, what it
// denies is not. services narrow it further.
func (p *program) narrowed(name string, do ir.Rule, services objects.Services) ([]ir.Rule, string) {
	a := p.r.lists[name]
	if a == nil || a.six != p.Six && len(a.entries) > 0 {
		if a != nil {
			return nil, ""
		}
		return nil, fmt.Sprintf("list %s of a class, which is not in the file", name)
	}
	var out []ir.Rule
	for _, x := range p.aces[name] {
		rules := p.rule(x, asIs)
		for _, y := range rules {
			switch y.Action {
			case ir.Deny:
				y.Action = ir.Return
			case ir.Accept:
				y.Action, y.At = do.Action, do.At
			}
			if services != nil && y.Action != ir.Return {
				boxes, ok := meetAll(y.Boxes, services)
				if !ok {
					return nil, fmt.Sprintf("line %d together with the protocols of its class", x.At.Line)
				}
				y.Boxes = boxes
			}
			out = append(out, y)
		}
	}
	return out, ""
}

// meetAll narrows boxes by services: at most one of both may name ports.
func meetAll(boxes []ir.Box, services objects.Services) ([]ir.Box, bool) {
	var out []ir.Box
	for _, b := range boxes {
		for _, s := range services {
			if b.Proto != nil && s.Proto != nil && b.Proto.List[0] != s.Proto.List[0] {
				continue
			}
			if b.DPort != nil && s.DPort != nil {
				if b.DPort.Not || len(b.DPort.Ranges) != 1 || len(s.DPort.Ranges) != 1 {
					return nil, false
				}
				lo, hi := max(b.DPort.Ranges[0].Lo, s.DPort.Ranges[0].Lo), min(b.DPort.Ranges[0].Hi, s.DPort.Ranges[0].Hi)
				if lo > hi {
					continue
				}
				s.DPort = &ir.Ports{Ranges: []ir.PortRange{{Lo: lo, Hi: hi}}}
			}
			out = append(out, objects.Services{s}.Of([]ir.Box{b})...)
		}
	}
	return out, true
}

// inspectedProtocol is what match protocol stands for by its ports.
func inspectedProtocol(name string) (objects.Services, bool) {
	switch name {
	case "tcp", "udp", "icmp":
		return protocols(name)
	case "ip":
		return objects.AnyService(), true
	case "smtp", "esmtp":
		return objects.Services{objects.Port(ir.TCP, ir.PortRange{Lo: 25, Hi: 25})}, true
	case "dns", "domain":
		return objects.Services{objects.Port(ir.TCP, ir.PortRange{Lo: 53, Hi: 53}), objects.Port(ir.UDP, ir.PortRange{Lo: 53, Hi: 53})}, true
	}
	port, or, ok := cisco.Port(name)
	if !ok || port != or {
		return nil, false
	}
	switch name {
	case "http", "https", "imap", "pop3", "ftp", "ssh", "telnet", "ldap", "ldaps":
		return objects.Services{objects.Port(ir.TCP, ir.PortRange{Lo: port, Hi: port})}, true
	}
	return nil, false
}

// answers lets pass the answers of connections that the policy the other way
// inspects. Of one that also passes packets without keeping their state, that
// is not told.
func (p *program) answers(box ir.Box, from, to string) []ir.Rule {
	z := p.pair(from, to)
	if z == nil || p.r.zones.policies[z.policy] == nil {
		return nil
	}
	keeps, passes := false, false
	for _, a := range p.r.zones.policies[z.policy].actions {
		keeps, passes = keeps || a.what == "inspect", passes || a.what == "pass"
	}
	box.Reply = ir.Yes
	x := ir.Rule{Boxes: []ir.Box{box}, Action: ir.Accept, At: ir.At{Text: fmt.Sprintf("(answers of what zone-pair %s inspects)", z.name)}}
	switch {
	case !keeps:
		return nil
	case passes:
		x.Boxes[0].Maybe = []string{fmt.Sprintf("whether zone-pair %s inspected the connection or passed it (line %d)", z.name, z.at.Line)}
	}
	return []ir.Rule{x}
}
