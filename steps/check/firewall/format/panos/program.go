package panos

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// builder makes the program of a configuration.
type builder struct {
	c   *config
	p   *ir.Program
	now time.Time
}

func (x *builder) add(c ir.Chain) int {
	x.p.Chains = append(x.p.Chains, c)
	return len(x.p.Chains) - 1
}

// program arranges NAT and security rules: packets to the firewall, from it
// and through it all meet the security rules.
func (c *config) program(now time.Time) *ir.Program {
	x := &builder{c: c, now: now, p: &ir.Program{Family: ir.Any, Stateful: true}}
	nat, first, second := x.systems()
	if nat >= 0 {
		x.p.Arrive = append(x.p.Arrive, ir.Gate{Stage: "NAT", Chain: nat, NAT: true, NoOut: true, Diverts: true})
	}
	gates := []ir.Gate{{Stage: "security rules", Chain: first, Primary: true}}
	if second >= 0 {
		gates = append(gates, ir.Gate{Stage: "security rules of the next virtual system", Chain: second})
	}
	x.p.Local, x.p.Through, x.p.Leave = gates, gates, gates
	return x.p
}

// systems lowers all virtual systems and returns the chains of the gates; -1
// for one that there is not.
func (x *builder) systems() (nat, first, second int) {
	switch {
	case len(x.c.systems) == 1 && !x.c.systems[0].gateway:
		b := x.c.rulebase(x.c.systems[0], x.now)
		nat = -1
		if x.c.dnat {
			n := b.natChain("nat")
			n.Rules = slices.Concat(x.front(), n.Rules)
			nat = x.add(n)
		}
		ch := b.chain("security")
		ch.Rules = slices.Concat(x.front(), x.homeless(), b.pbfRules(x.now), ch.Rules)
		return nat, x.add(ch), -1
	case x.c.several():
		return x.anyGroup()
	}
	return x.connected()
}

// front leaves open whatever lines that could not be read might decide.
func (x *builder) front() []ir.Rule {
	var out []ir.Rule
	for _, s := range x.c.unread {
		out = append(out, ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("line %d, which could not be read", s.Line),
			At: ir.At{Line: s.Line, Text: clip(s.Text)},
		})
		if len(out) == 8 {
			break
		}
	}
	return out
}

// homeless drops packets of interfaces that are in no zone, where the file
// tells the zones.
func (x *builder) homeless() []ir.Rule {
	all, zones := &ir.Ifaces{Not: true}, false
	for _, sys := range x.c.systems {
		b := x.c.rulebase(sys, x.now)
		all.Patterns = append(all.Patterns, b.all.Patterns...)
		zones = zones || len(sys.zones) > 0
	}
	if !zones {
		return nil
	}
	var bare []string
	line := 0
	for _, i := range x.c.net.ifaces {
		if i.zone == nil && !slices.Contains(all.Patterns, i.name) {
			if bare = append(bare, i.name); line == 0 {
				line = i.line
			}
		}
	}
	var out []ir.Rule
	if len(bare) > 0 {
		known := &ir.Ifaces{Patterns: bare}
		out = append(out, ir.Rule{
			Boxes: []ir.Box{{In: known}, {Out: known}}, Action: ir.Deny,
			At: ir.At{Line: line, Text: "(an interface in no zone drops its packets: " + source.Few(bare) + ")"},
		})
	}
	other := ir.Rule{Boxes: []ir.Box{{In: all}, {Out: all}}, Action: ir.Deny, At: ir.At{Text: "(an interface in no zone drops its packets)"}}
	if x.c.managed {
		other.Action, other.Why = ir.Undecided, "the zone of an interface that the file does not name"
		other.At.Text = "(an interface that the file does not name)"
	}
	return append(out, other)
}

// anyGroup lowers several device groups of a Panorama. Which of them the
// firewall is in, the file does not tell: what all of them do is certain.
func (x *builder) anyGroup() (nat, first, second int) {
	why := []string{"which of the device groups the firewall is in; export the configuration of the firewall itself"}
	n := ir.Chain{Name: "nat", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no NAT rule fits)"}}, Rules: x.front()}
	s := ir.Chain{Name: "security", Rules: slices.Concat(x.front(), x.homeless())}
	var last ir.Rule
	for _, sys := range x.c.systems {
		b := x.c.rulebase(sys, x.now)
		call := func(to int) ir.Rule {
			return ir.Rule{Boxes: []ir.Box{{Maybe: why}}, Action: ir.Goto, Target: to, At: ir.At{Text: "(device group " + sys.name + ")"}}
		}
		if x.c.dnat {
			n.Rules = append(n.Rules, call(x.add(b.natChain(sys.name+" nat"))))
		}
		ch := b.chain(sys.name + " security")
		end := ch.Policy
		end.Boxes = ir.Always()
		ch.Rules = append(ch.Rules, end)
		last = call(x.add(ch))
		s.Rules = append(s.Rules, last)
	}
	last.Boxes = ir.Always()
	s.Rules[len(s.Rules)-1] = last
	s.Policy = ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: "(interzone-default, for packets between zones: deny)"}}
	nat = -1
	if x.c.dnat {
		nat = x.add(n)
	}
	return nat, x.add(s), -1
}

// maxSystems bounds the virtual systems whose ways into each other are told.
const maxSystems = 8

// connected lowers several virtual systems and shared gateways. What goes from
// one to another passes the rules of both, by zones that lead from one to the
// other; without such zones it is dropped.
func (x *builder) connected() (nat, first, second int) {
	one := ir.Chain{Name: "virtual systems", Rules: slices.Concat(x.front(), x.homeless())}
	two := ir.Chain{Name: "next virtual system", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(stays in its virtual system)"}}}
	n := ir.Chain{Name: "nat", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no NAT rule fits)"}}, Rules: x.front()}
	bases := make([]*rulebase, len(x.c.systems))
	for i, sys := range x.c.systems {
		b := x.c.rulebase(sys, x.now)
		bases[i] = b
		in := ir.Box{In: b.all, Out: b.all}
		if sys.gateway {
			one.Rules = append(one.Rules, ir.Rule{Boxes: []ir.Box{in}, Action: ir.Accept, At: ir.At{Line: lineOf(sys), Text: "(shared gateway " + sys.name + ": no security rules)"}})
			continue
		}
		one.Rules = append(one.Rules, ir.Rule{Boxes: []ir.Box{in}, Action: ir.Goto, Target: x.ended(b.chain(sys.name + " security")), At: ir.At{Text: "(virtual system " + sys.name + ")"}})
		if x.c.dnat {
			n.Rules = append(n.Rules, ir.Rule{Boxes: []ir.Box{{In: b.all}}, Action: ir.Goto, Target: x.add(b.natChain(sys.name + " nat")), At: ir.At{Text: "(NAT of " + sys.name + ")"}})
		}
	}
	x.pairs(bases, &one, &two)
	one.Policy = ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: "(no virtual system has both interfaces)"}}
	if x.c.managed {
		one.Policy.Action, one.Policy.Why = ir.Undecided, "the virtual systems of interfaces that the file does not name"
	}
	nat = -1
	if x.c.dnat {
		nat = x.add(n)
	}
	return nat, x.add(one), x.add(two)
}

func lineOf(s *system) int {
	if len(s.zones) > 0 {
		return s.zones[0].line
	}
	return 0
}

// ended adds a chain whose end is a rule, so that it decides when gone to.
func (x *builder) ended(ch ir.Chain) int {
	end := ch.Policy
	end.Boxes = ir.Always()
	ch.Rules = append(ch.Rules, end)
	return x.add(ch)
}

// pairs adds the ways between virtual systems.
func (x *builder) pairs(bases []*rulebase, one, two *ir.Chain) {
	if len(bases) > maxSystems {
		one.Rules = append(one.Rules, ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: "the ways between so many virtual systems", At: ir.At{Text: "(virtual systems)"}})
		return
	}
	for _, a := range bases {
		for _, b := range bases {
			if a == b {
				continue
			}
			box := ir.Box{In: a.all, Out: b.all}
			out, in := a.sys.leads(b.sys), b.sys.leads(a.sys)
			if out == nil || in == nil {
				one.Rules = append(one.Rules, ir.Rule{Boxes: []ir.Box{box}, Action: ir.Deny, At: ir.At{
					Text: fmt.Sprintf("(no zone leads from %s to %s and back)", a.sys.name, b.sys.name),
				}})
				continue
			}
			x.leg(one, box, a, nil, out, a.sys.name+" to "+b.sys.name)
			x.leg(two, box, b, in, nil, b.sys.name+" from "+a.sys.name)
		}
	}
}

func (x *builder) leg(to *ir.Chain, box ir.Box, b *rulebase, enter, exit *zone, name string) {
	r := ir.Rule{Boxes: []ir.Box{box}, Action: ir.Accept, At: ir.At{Text: "(shared gateway " + b.sys.name + ": no security rules)"}}
	if !b.sys.gateway {
		leg := *b
		leg.enter, leg.exit = enter, exit
		r.Action, r.Target, r.At.Text = ir.Goto, x.ended(leg.chain(name)), "(virtual systems "+name+")"
	}
	to.Rules = append(to.Rules, r)
}

// leads is the zone of a system that leads to another; a shared gateway needs
// none.
func (s *system) leads(to *system) *zone {
	if s.gateway {
		return &zone{name: to.name, system: s}
	}
	for _, z := range s.zones {
		if slices.Contains(z.external, to.name) {
			return z
		}
	}
	return nil
}

// object finds a named address object or group, as the firewall's own rules
// would.
func (c *config) object(name string) (boxes []ir.Box, at ir.At, ok bool) {
	for _, kind := range []string{"address-group ", "address ", "object "} {
		name = strings.TrimPrefix(name, kind)
	}
	for _, s := range c.systems {
		if k, found := s.scope.find(name, addrKinds...); found {
			at := ir.At{Line: c.store.addrs.Line(k), Text: source.Redact("address object " + name)}
			return objects.Source(ir.Always(), c.store.addrs.Get(k)), at, true
		}
	}
	return nil, ir.At{}, false
}
