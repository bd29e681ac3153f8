package asa

import (
	"fmt"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// aliases is how many interfaces and rules a file may have for interfaces to
// be known by their port (GigabitEthernet0/1) too: each name costs questions.
const (
	aliasIfaces = 6
	aliasRules  = 5000
)

// patterns are the names by which conditions know an interface.
func (r *reader) patterns(name string) []string {
	if f := r.byName[name]; f != nil && f.port != "" && f.port != name && len(r.ifaces) <= aliasIfaces && r.Set.Rules <= aliasRules {
		return []string{name, f.port}
	}
	return []string{name}
}

// find is the list that is applied in a direction.
func (p *program) find(dir, iface string) *binding {
	for i := range p.r.bound {
		b := &p.r.bound[i]
		if b.dir != dir || b.iface != iface {
			continue
		}
		a := p.r.acls[b.acl]
		if a == nil || !p.r.before9() || a.six == p.Six {
			return b
		}
	}
	if dir == "global" && p.r.acls[ftdList] != nil && len(p.r.bound) == 0 {
		return &binding{acl: ftdList, dir: dir, text: "(access-list " + ftdList + " is asked on all interfaces)"}
	}
	return nil
}

// asked adds the rules that ask a list about packets, and let come back what
// it does not decide.
func (p *program) asked(box ir.Box, b *binding, v view) ir.Rule {
	i, ok := p.index[chainKey{b.acl, v}]
	if !ok {
		if i, ok = p.index[chainKey{b.acl, asIs}]; !ok {
			return ir.Rule{Boxes: []ir.Box{box}, Action: ir.Undecided, At: ir.At{Line: b.line, Text: b.text}, Why: fmt.Sprintf(
				"access-list %s, which line %d applies and which is not in the file; add the output of show running-config access-list", b.acl, b.line)}
		}
	}
	return ir.Rule{Boxes: []ir.Box{box}, Action: ir.Jump, Target: i, At: ir.At{Line: b.line, Text: b.text}}
}

// access is the gate of inbound lists, the global list and security levels.
func (p *program) access() ir.Chain {
	c := ir.Chain{Name: "access rules", Group: "asa"}
	global := p.find("global", "")
	var names []string
	var known []string
	for _, f := range p.r.ifaces {
		names = append(names, f.name)
		known = append(known, p.r.patterns(f.name)...)
		in := ir.Box{In: &ir.Ifaces{Patterns: p.r.patterns(f.name)}}
		own := p.find("in", f.name)
		if own == nil && global == nil {
			c.Rules = append(c.Rules, p.byLevel(f)...)
			continue
		}
		c.Rules = append(c.Rules, p.lists(in, own, global)...)
	}
	if global != nil {
		box := ir.Box{}
		if len(known) > 0 {
			box.In = &ir.Ifaces{Patterns: known, Not: true}
		}
		c.Rules = append(c.Rules, p.lists(box, nil, global)...)
	}
	why := "which interface the packet comes in by; the file names none that a list is applied to (show running-config access-group)"
	if len(names) > 0 {
		why = "which interface the packet comes in by; the file has " + series(names)
	}
	c.Policy = ir.Rule{Action: ir.Undecided, Why: why, At: ir.At{Text: "(no access rule: the interface is not known)"}}
	return c
}

func series(names []string) string {
	if len(names) > 8 {
		names = append(names[:8:8], "more")
	}
	return strings.Join(names, ", ")
}

// lists asks a list of an interface and the global one, in this order.
func (p *program) lists(box ir.Box, own, global *binding) []ir.Rule {
	end := "(implicit deny at the end of "
	var bs []*binding
	for _, b := range []*binding{own, global} {
		if b != nil {
			bs = append(bs, b)
		}
	}
	last := bs[len(bs)-1]
	end += "access-list " + last.acl + ")"
	ask := func(box ir.Box, v view) []ir.Rule {
		var out []ir.Rule
		for _, b := range bs {
			out = append(out, p.asked(box, b, v))
		}
		return append(out, ir.Rule{Boxes: []ir.Box{box}, Action: ir.Deny, At: ir.At{Text: end}})
	}
	switch {
	case !p.r.translates() || p.r.before83() == ir.No:
		return ask(box, asIs)
	case p.r.before83() == ir.Yes:
		return ask(box, asCame)
	}
	real := p.add(ir.Chain{
		Name: last.acl + " with real addresses", Group: "asa", Rules: ask(ir.Box{}, asIs), Policy: ir.Rule{Action: ir.Return},
	})
	perhaps := box
	perhaps.Maybe = []string{"the version: lists name real addresses from 8.3 on and translated ones before; add the line ASA Version"}
	return append([]ir.Rule{{Boxes: []ir.Box{perhaps}, Action: ir.Jump, Target: real, At: ir.At{Line: last.line, Text: last.text}}}, ask(box, asCame)...)
}

// byLevel are the implicit rules of an interface without a list.
func (p *program) byLevel(f *iface) []ir.Rule {
	in := &ir.Ifaces{Patterns: p.r.patterns(f.name)}
	var out []ir.Rule
	for _, g := range p.r.ifaces {
		x := ir.Rule{
			Boxes: []ir.Box{{In: in, Out: &ir.Ifaces{Patterns: p.r.patterns(g.name)}}}, Action: ir.Deny,
			At: ir.At{Text: fmt.Sprintf("(implicit deny from %s, security level %d, to %s, security level %d: no access list is applied)", f.name, f.level, g.name, g.level)},
		}
		switch {
		case p.r.ftd():
			x.Action, x.Why = ir.Undecided, "the access control policy of the FTD, which is not in the file; add the output of show access-list"
			x.At.Text = "(no access list " + ftdList + ")"
		case f.level < 0 || g.level < 0:
			x.Action, x.Why = ir.Undecided, fmt.Sprintf("the security levels of %s and %s, which are not in the file", f.name, g.name)
			x.At.Text = fmt.Sprintf("(no access list is applied to %s)", f.name)
		case f.level >= g.level: // of equals, sameLevel tells
			x.Action = ir.Accept
			x.At.Text = fmt.Sprintf("(implicit permit from %s, security level %d, to %s, security level %d)", f.name, f.level, g.name, g.level)
		}
		out = append(out, x)
	}
	return append(out, ir.Rule{
		Boxes: []ir.Box{{In: in}}, Action: ir.Undecided, Why: "which interface the packet leaves by: no access list is applied to " + f.name,
		At: ir.At{Text: fmt.Sprintf("(no access list is applied to %s)", f.name)},
	})
}

// sameLevel keeps apart interfaces of one level, and packets from leaving by
// the interface they came in by, unless same-security-traffic permits it.
func (p *program) sameLevel() ir.Chain {
	var rules []ir.Rule
	for _, f := range p.r.ifaces {
		var peers, peerNames []string
		for _, g := range p.r.ifaces {
			if f != g && f.level >= 0 && f.level == g.level {
				peers, peerNames = append(peers, p.r.patterns(g.name)...), append(peerNames, g.name)
			}
		}
		in := &ir.Ifaces{Patterns: p.r.patterns(f.name)}
		deny := func(out, names []string, word string) {
			x := ir.Rule{
				Boxes: []ir.Box{{In: in, Out: &ir.Ifaces{Patterns: out}}}, Action: ir.Deny,
				At: ir.At{Text: fmt.Sprintf("(same-security-traffic permit %s is not set: packets in by %s, security level %d, do not leave by %s)",
					word, f.name, max(0, f.level), series(names))},
			}
			if p.r.ftd() {
				x.Action, x.Why = ir.Undecided, fmt.Sprintf("whether the FTD sends packets that come in by %s out by it again", f.name)
			}
			rules = append(rules, x)
		}
		if !p.r.inter && !p.r.ftd() && len(peers) > 0 {
			deny(peers, peerNames, "inter-interface")
		}
		if !p.r.intra {
			deny(in.Patterns, []string{f.name}, "intra-interface")
		}
	}
	return p.chain("security levels", append(rules, p.r.groupsApart()...))
}

// switchedOff is the gate of interfaces that are shut down.
func (p *program) switchedOff() ir.Chain {
	var rules []ir.Rule
	for _, f := range p.r.ifaces {
		if f.down.Line > 0 {
			rules = append(rules, cisco.Down(f.down, p.r.patterns(f.name)...)...)
		}
	}
	return p.chain("interfaces", rules)
}

// outbound is the gate of outbound lists.
func (p *program) outbound() ir.Chain {
	var rules []ir.Rule
	for _, f := range p.r.ifaces {
		b := p.find("out", f.name)
		if b == nil {
			continue
		}
		box := ir.Box{Out: &ir.Ifaces{Patterns: p.r.patterns(f.name)}}
		rules = append(rules, p.asked(box, b, asLeaves),
			ir.Rule{Boxes: []ir.Box{box}, Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(implicit deny at the end of access-list %s)", b.acl)}})
	}
	return p.chain("outbound lists", rules)
}

// reversePath drops sources that belong behind another interface.
func (p *program) reversePath() ir.Chain {
	var rules []ir.Rule
	for _, v := range p.r.reverse {
		elsewhere := &objects.Addrs{}
		for _, f := range p.r.ifaces {
			if f.name == v.iface {
				continue
			}
			for _, n := range f.nets {
				elsewhere.Ranges = append(elsewhere.Ranges, netipx.RangeOfPrefix(n))
			}
		}
		if f := p.r.byName[v.iface]; f != nil {
			var here []netipx.IPRange
			for _, n := range f.nets {
				here = append(here, netipx.RangeOfPrefix(n))
			}
			elsewhere = objects.Minus(elsewhere, objects.Of(here...))
		}
		rules = append(rules, ir.Rule{
			Boxes:  objects.Source([]ir.Box{{In: &ir.Ifaces{Patterns: p.r.patterns(v.iface)}}}, elsewhere),
			Action: ir.Deny, At: v.at,
		})
	}
	return p.chain("reverse path", p.relevant(rules))
}

// doubts are statements whose effect is not told.
func (p *program) doubts() ir.Chain {
	rules := slices.Clone(p.r.Doubts)
	for _, a := range p.r.auth {
		why := fmt.Sprintf("a user that has to log in first (line %d)", a.at.Line)
		x := ir.Rule{Boxes: []ir.Box{{In: p.r.ifs(a.iface)}}, Action: ir.Undecided, Why: why, At: a.at}
		if i, ok := p.index[chainKey{a.acl, asIs}]; ok {
			x.Boxes = nil
			for _, e := range p.prog.Chains[i].Rules {
				if e.Action != ir.Accept {
					continue
				}
				for _, b := range e.Boxes {
					b.In = p.r.ifs(a.iface)
					x.Boxes = append(x.Boxes, b)
				}
			}
		}
		rules = append(rules, x)
	}
	return p.chain("other statements", rules)
}

// toBox is the gate of packets to the ASA's own addresses; others that are
// asked about as if they were for it go on as packets through it.
func (p *program) toBox(understood map[string][]*ace) ir.Chain {
	own := &objects.Addrs{}
	for _, a := range p.r.own(p.Six) {
		own.Ranges = append(own.Ranges, source.One(a))
	}
	c := p.chain("to the ASA itself", nil)
	if len(own.Ranges) == 0 {
		return c
	}
	to := objects.Destination(ir.Always(), own)
	for _, f := range p.r.ifaces {
		b := p.find("control", f.name)
		if b == nil {
			continue
		}
		box := to[0]
		box.In = &ir.Ifaces{Patterns: p.r.patterns(f.name)}
		c.Rules = append(c.Rules, p.refusals(box, b, understood[b.acl])...)
	}
	c.Rules = append(c.Rules, cisco.Itself(to[0], "ASA", " (ssh, http, crypto)")...)
	return c
}

// refusals ask a control-plane list, of which what it permits goes on.
func (p *program) refusals(box ir.Box, b *binding, understood []*ace) []ir.Rule {
	if p.r.acls[b.acl] == nil {
		return []ir.Rule{p.asked(box, b, asIs)}
	}
	c := p.list(b.acl, asIs, understood)
	c.Name, c.Policy = b.acl+" (control-plane)", ir.Rule{Action: ir.Return}
	for i := range c.Rules {
		if c.Rules[i].Action == ir.Accept {
			c.Rules[i].Action = ir.Return
		}
	}
	return []ir.Rule{{Boxes: []ir.Box{box}, Action: ir.Jump, Target: p.add(c), At: ir.At{Line: b.line, Text: b.text}}}
}
