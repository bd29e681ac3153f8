package fortios

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/format/appliance"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// program lowers the whole device for one family: virtual IPs, then the
// policies of the virtual domain that a packet comes in to.
func (d *device) program(f ir.Family) *ir.Program {
	p := &ir.Program{Family: f, Stateful: true}
	var nat, acl, local []ir.Rule
	var through []int
	for _, v := range d.vdoms {
		within := []string(nil)
		if len(d.vdoms) > 1 {
			within = v.names()
		}
		c := v.chain(f)
		if len(d.vdoms) > 1 {
			c.Rules = append(c.Rules, c.Policy) // the end of a chain that others lead to says nothing
		}
		through = append(through, len(p.Chains))
		p.Chains = append(p.Chains, c)
		d.set.Rules += v.count(f)
		nat = append(nat, v.dnat(f, within)...)
		acl = append(acl, v.accessLists(f, within)...)
		local = append(local, v.localIn(f, within)...)
	}
	gate := func(name, group string, rules []ir.Rule, end ir.Rule) int {
		p.Chains = append(p.Chains, ir.Chain{Name: name, Group: group, Rules: rules, Policy: end})
		return len(p.Chains) - 1
	}
	pass := ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no access control list or virtual IP takes it)"}}
	if len(acl) > 0 {
		p.Arrive = append(p.Arrive, ir.Gate{Stage: "firewall acl", Chain: gate("acl", "firewall", acl, pass), NoOut: true})
	}
	if len(nat) > 0 {
		p.Arrive = append(p.Arrive, ir.Gate{Stage: "virtual IPs", Chain: gate("vip", "firewall", nat, pass), NAT: true, NoOut: true, Diverts: true})
	}
	entry := through[0]
	if len(through) > 1 {
		entry = gate("vdoms", "", d.dispatch(through), ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: "in which virtual domain the interface is that packets come in by", At: ir.At{Text: "(no virtual domain has this interface)"},
		})
	}
	p.Through = []ir.Gate{{Stage: "firewall policy", Chain: entry, Primary: true}}
	if off := d.switchedOff(); len(off) > 0 {
		p.Through = append(p.Through, ir.Gate{Stage: "interfaces", Chain: gate("interfaces", "system", off, ir.Rule{
			Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(the interfaces are up)"},
		})})
	}
	p.Local = []ir.Gate{{Stage: "local-in policy", Chain: gate("local-in-policy", "firewall", append(local, appliance.Offers("FortiGate")), ir.Rule{
		Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: "(the FortiGate itself takes no such connections)"},
	}), Primary: true, NoOut: true}}
	return p
}

// switchedOff are the rules of interfaces whose status is down: nothing passes
// them.
func (d *device) switchedOff() []ir.Rule {
	var out []ir.Rule
	for _, i := range d.ifaces {
		if i.down > 0 {
			set := &ir.Ifaces{Patterns: []string{i.name}}
			out = append(out, ir.Rule{
				Boxes: []ir.Box{{In: set}, {Out: set}}, Action: ir.Deny,
				At: ir.At{Line: i.down, Text: fmt.Sprintf("set status down (interface %s is switched off)", i.name)},
			})
		}
	}
	return out
}

// chain is the policies of a virtual domain with what stands at their end.
func (v *vdom) chain(f ir.Family) ir.Chain {
	c := ir.Chain{Name: "policy", Group: "firewall", Rules: v.policies(f)}
	if len(v.vdoms) > 1 {
		c.Name, c.Group = v.name, "firewall policy of VDOM"
	}
	c.Policy = ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: "(implicit deny at the end of the firewall policies, policy 0)"}}
	undecided := func(why string, args ...any) {
		c.Policy.Action, c.Policy.Why = ir.Undecided, fmt.Sprintf(why, args...)
	}
	switch {
	case v.ngfw:
		at := v.at.kid("system settings")
		line := 0
		if at != nil {
			line = at.line
		}
		why := "NGFW policy mode, in which security policies decide by the application; read the answer off the FortiGate's own policy match"
		c.Rules = []ir.Rule{{Boxes: ir.Always(), Action: ir.Undecided, Why: why, At: ir.At{Line: line, Text: "NGFW policy mode"}}}
	case v.unended != "":
		undecided("what follows line %d, where the file breaks off inside config %s", v.ends, shorten(v.unended))
	case f == ir.V6 && !v.sixTold():
		undecided("the IPv6 policies, which are not in this file: give the whole configuration, or add what \"show firewall policy6\" prints before version 6.4")
	case f == ir.V4 && !hasPolicies(v.at) && !v.whole():
		undecided("the policies, which are not in this file")
	}
	return c
}

// sixTold reports that policies for IPv6 would be in the file if there were any.
func (v *vdom) sixTold() bool {
	return v.whole() || v.version.atLeast(6, 4, 0) || v.at.kid("firewall policy6") != nil || v.at.kid("firewall consolidated policy") != nil || v.anySix()
}

// anySix reports policies of both families in one table, as from 6.4.
func (v *vdom) anySix() bool {
	return slices.ContainsFunc(v.at.kid("firewall policy").entries(), func(e *entry) bool {
		_, _, ok := e.get("srcaddr6")
		return ok
	})
}

func (v *vdom) count(f ir.Family) int {
	n := 0
	for _, t := range policyTables {
		if f == ir.V4 || t == "firewall policy6" {
			n += len(v.at.kid(t).entries())
		}
	}
	if f == ir.V4 && v.at.kid("firewall policy6") != nil {
		n -= len(v.at.kid("firewall policy6").entries())
	}
	return n
}

// names are the interfaces and zones of a virtual domain, as rules may name
// them.
func (v *vdom) names() []string {
	seen := map[string]bool{}
	add := func(list ...string) {
		for _, n := range list {
			if n != "any" {
				seen[n] = true
			}
		}
	}
	for _, i := range v.ifaces {
		if i.vdom == v.name {
			add(i.name)
		}
	}
	for n, z := range v.zones {
		add(n)
		add(z.members...)
	}
	for _, t := range policyTables {
		for _, e := range v.at.kid(t).entries() {
			for _, option := range []string{"srcintf", "dstintf"} {
				names, _, _ := e.get(option)
				add(names...)
			}
		}
	}
	out := make([]string, 0, len(seen))
	for n := range seen {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// dispatch sends packets to the policies of the virtual domain that they come
// in to. Those that leave from another one pass the policies of both.
func (d *device) dispatch(chains []int) []ir.Rule {
	owners := map[string]int{}
	for _, v := range d.vdoms {
		for _, n := range v.names() {
			owners[n]++
		}
	}
	var out []ir.Rule
	for i, v := range d.vdoms {
		at := ir.At{Line: v.at.line, Text: fmt.Sprintf("VDOM %s", v.name)}
		var mine, shared, others []string
		for _, n := range v.names() {
			if owners[n] > 1 {
				shared = append(shared, n)
			} else {
				mine = append(mine, n)
			}
		}
		for _, o := range d.vdoms {
			if o != v {
				for _, n := range o.names() {
					if owners[n] == 1 {
						others = append(others, n)
					}
				}
			}
		}
		if len(shared) > 0 {
			out = append(out, ir.Rule{
				Boxes: []ir.Box{{In: ifaces(shared)}}, Action: ir.Undecided, At: at,
				Why: fmt.Sprintf("which virtual domain %s is in: several have one of that name", shared[0]),
			})
		}
		if len(mine) == 0 {
			continue
		}
		if len(others) > 0 {
			out = append(out, ir.Rule{
				Boxes: []ir.Box{{In: ifaces(mine), Out: ifaces(others)}}, Action: ir.Undecided, At: at,
				Why: fmt.Sprintf("the policies of two virtual domains, of which %s is the first; ask about each with its own interfaces, or name its list", v.name),
			})
		}
		out = append(out, ir.Rule{Boxes: []ir.Box{{In: ifaces(mine)}}, Action: ir.Goto, Target: chains[i], At: at})
	}
	return out
}

// intrazone lets members of a zone reach each other where no policy decides
// (community article "policy matching order when the intrazone setting is
// used"); a zone with one member does so from 7.4.4.
func (v *vdom) intrazone() []ir.Rule {
	var names []string
	for n, z := range v.zones {
		if z.allow > 0 && len(z.members) > 0 {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	var out []ir.Rule
	for _, n := range names {
		z := v.zones[n]
		side := ifaces(append([]string{n}, z.members...))
		b := ir.Box{In: side, Out: side}
		if len(z.members) == 1 {
			switch {
			case v.version.before(7, 4, 4):
				continue
			case !v.version.known():
				b.Maybe = []string{fmt.Sprintf("the FortiOS version: a zone with one member (%s) lets packets back out from 7.4.4", n)}
			}
		}
		out = append(out, ir.Rule{Boxes: []ir.Box{b}, Action: ir.Accept, At: ir.At{Line: z.allow, Text: fmt.Sprintf("zone %s: set intrazone allow", n)}})
	}
	return out
}

// accessLists lowers config firewall acl, which drops packets as they come in,
// before everything else.
func (v *vdom) accessLists(f ir.Family, within []string) []ir.Rule {
	name := "firewall acl"
	if f == ir.V6 {
		name = "firewall acl6"
	}
	return v.simple(name, f, within, ir.Deny)
}

// localIn lowers policies for packets to the FortiGate itself.
func (v *vdom) localIn(f ir.Family, within []string) []ir.Rule {
	name := "firewall local-in-policy"
	if f == ir.V6 {
		name = "firewall local-in-policy6"
	}
	return v.simple(name, f, within, 0)
}

// simple lowers a table of rules with an interface, sources, destinations and
// services; with action 0 the rules have one of their own.
func (v *vdom) simple(name string, f ir.Family, within []string, action ir.Action) []ir.Rule {
	var out []ir.Rule
	c := columns{table: name, kind: name[len("firewall "):], src: "srcaddr", dst: "dstaddr"}
	for _, e := range v.at.kid(name).entries() {
		if e.stray || len(e.unread) > 0 {
			out = append(out, v.unreadRule(e.line, e.line, c))
			continue
		}
		if e.is("status", "disable") {
			continue
		}
		why, ends := v.reasons(e)
		if ends {
			continue
		}
		intf, _, _ := e.get("intf")
		if len(intf) == 0 {
			intf, _, _ = e.get("interface")
		}
		src, _, _ := e.get("srcaddr")
		dst, _, _ := e.get("dstaddr")
		services, _, _ := e.get("service")
		box := ir.Box{In: ifaces(both(v.patterns(intf), within)), Maybe: why}
		if len(src) == 0 || len(dst) == 0 || len(services) == 0 || len(intf) == 0 {
			box.Maybe = append(box.Maybe, fmt.Sprintf("%s %s (line %d), which is not complete", c.kind, e.name, e.line))
		}
		boxes := []ir.Box{box}
		if len(src) > 0 {
			boxes = objects.Source(boxes, v.negated(e, "srcaddr", v.addresses(src, f)))
		}
		if len(dst) > 0 {
			boxes = objects.Destination(boxes, v.negated(e, "dstaddr", v.addresses(dst, f)))
		}
		if len(services) > 0 {
			boxes = v.servicesOf(services, e.is("service-negate", "enable")).Of(boxes)
		}
		r := ir.Rule{Boxes: boxes, Action: action, At: ir.At{Line: e.line, Text: gist(e, c)}}
		if action == 0 {
			if r.Action = ir.Deny; e.is("action", "accept") {
				r.Action = ir.Accept
			}
		}
		out = append(out, r)
	}
	return out
}

func (v *vdom) negated(e *entry, option string, a *objects.Addrs) *objects.Addrs {
	if e.is(option+"-negate", "enable") {
		return a.Negate()
	}
	return a
}

// notes says what a reader should know of the file.
func (d *device) notes() {
	add := func(format string, args ...any) { d.set.Notes = append(d.set.Notes, fmt.Sprintf(format, args...)) }
	if len(d.vdoms) > 1 {
		var names []string
		for _, v := range d.vdoms {
			names = append(names, v.name)
		}
		add("The device has several virtual domains (VDOMs): %s. Each packet is asked of the one that it comes in to; a list is named by its VDOM.", listed(names))
	}
	for _, v := range d.vdoms {
		for _, f := range []ir.Family{ir.V4, ir.V6} {
			for _, p := range v.vips[f].list {
				if !p.used && !v.central && p.name != "" {
					add("Virtual IP %q (line %d) is in no policy that is enabled, so it translates nothing.", p.name, p.at.Line)
				}
				if p.behind != nil {
					add("Virtual IP %q (line %d) takes in nothing: %q (line %d) stands before it and takes in the same packets. Policies that name %q alone are not met; name %q in them.",
						p.name, p.at.Line, p.behind.name, p.behind.at.Line, p.name, p.behind.name)
				}
			}
		}
		for _, t := range []string{"firewall policy64", "firewall policy46"} {
			if len(v.at.kid(t).entries()) > 0 {
				add("Policies that translate between IPv4 and IPv6 (config %s) are not read.", t)
			}
		}
		if len(v.at.kid("firewall DoS-policy").entries()) > 0 {
			add("DoS policies are taken to let ordinary connections pass.")
		}
	}
	add("What security profiles (antivirus, application control, e-mail filter and the like) do to connections that a policy accepts is not looked at.")
}
