package azurensg

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// chain is what one group does to packets of a direction.
func (f *file) chain(g *group, out bool, made map[*group]int) int {
	if i, ok := made[g]; ok {
		return i
	}
	way, defaults := "inbound", g.defaultIn
	if out {
		way, defaults = "outbound", g.defaultOut
	}
	c := ir.Chain{Name: g.name + " " + way, Policy: ir.Rule{
		Boxes: ir.Always(), Action: ir.Deny,
		At: ir.At{Text: fmt.Sprintf("(default rule of %s: priority 65500, deny all %s)", g.name, way)},
	}}
	if g.manager {
		c.Rules = append(c.Rules, ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("admin rules of Azure Virtual Network Manager (line %d), which are not read", g.line),
			At: ir.At{Line: g.line, Text: "(admin rules)"},
		})
	}
	var list []*rule
	for _, r := range g.rules {
		if r.out == out || r.bothWays {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b *rule) int { return a.priority - b.priority })
	f.twice(list)
	for _, r := range list {
		if x, ok := f.lowerRule(r, out); ok {
			c.Rules = append(c.Rules, x)
		}
	}
	if !defaults {
		c.Rules = append(c.Rules, f.implied(g, out)...)
	}
	made[g] = f.Add(c)
	return made[g]
}

// twice leaves open rules that have one priority and do not do the same: Azure
// takes no such rules.
func (f *file) twice(list []*rule) {
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if a.priority == b.priority && a.access != b.access && a.priority != 0 && b.doubt == "" {
			f.Problem(b.line, "line %d: the rule has the priority %d, as that of line %d has; which comes first is not known.", b.line, b.priority, a.line)
			a.doubt = fmt.Sprintf("which of the rules in lines %d and %d comes first: both have the priority %d", a.line, b.line, b.priority)
			b.doubt = a.doubt
		}
	}
}

// implied are the default rules, where the file leaves them out.
func (f *file) implied(g *group, out bool) []ir.Rule {
	at := func(name string) ir.At { return ir.At{Text: fmt.Sprintf("(default rule of %s: %s)", g.name, name)} }
	vnet := &rule{access: "allow", src: []string{"VirtualNetwork"}, dst: []string{"VirtualNetwork"}, out: out, priority: 65000}
	second := &rule{access: "allow", src: []string{"AzureLoadBalancer"}, priority: 65001}
	names := []string{"priority 65000, AllowVnetInBound", "priority 65001, AllowAzureLoadBalancerInBound"}
	if out {
		second = &rule{access: "allow", dst: []string{"Internet"}, out: true, priority: 65001}
		names = []string{"priority 65000, AllowVnetOutBound", "priority 65001, AllowInternetOutBound"}
	}
	var rules []ir.Rule
	for i, r := range []*rule{vnet, second} {
		rules = append(rules, ir.Rule{Boxes: f.match(r, out), Action: ir.Accept, At: at(names[i])})
	}
	return rules
}

// lowerRule is one rule; false for one that no packet meets.
func (f *file) lowerRule(r *rule, out bool) (ir.Rule, bool) {
	x := ir.Rule{Boxes: f.match(r, out), At: ir.At{Line: r.line, Text: r.shown()}}
	switch r.access {
	case "allow":
		x.Action = ir.Accept
	case "deny":
		x.Action = ir.Deny
	default:
		f.Problem(r.line, "line %d: expected access to be Allow or Deny, came %q; what the rule does is not known.", r.line, r.access)
		x.Action, x.Why = ir.Undecided, fmt.Sprintf("the rule %s in line %d, of which it could not be read whether it allows", source.Redact(r.name), r.line)
	}
	return x, len(x.Boxes) > 0
}

// match turns the conditions of a rule into boxes.
func (f *file) match(r *rule, out bool) []ir.Box {
	boxes := ir.Always()
	if r.doubt != "" {
		boxes = cloud.Perhaps(boxes, r.doubt)
	}
	boxes = f.transport(r, boxes)
	boxes = f.side(r, boxes, r.src, r.srcExact, r.srcASG, objects.Source, out)
	return f.side(r, boxes, r.dst, r.dstExact, r.dstASG, objects.Destination, !out)
}

// transport narrows to protocol and ports.
func (f *file) transport(r *rule, boxes []ir.Box) []ir.Box {
	var list []uint8
	switch p := strings.ToLower(r.protocol); p {
	case "", "*", "all", "any":
	default:
		n, ok := source.Protocol(p)
		if !ok {
			return cloud.Perhaps(boxes, f.doubtful(r, "protocol", "Tcp, Udp, Icmp, Esp, Ah or *", r.protocol))
		}
		list = []uint8{n}
	}
	if list != nil {
		for i := range boxes {
			boxes[i].Proto = &ir.Protos{List: list}
		}
		if !ir.HasPorts(list[0]) {
			if list[0] == ir.ICMP {
				v6 := cloud.Perhaps(boxes, fmt.Sprintf("whether Icmp in line %d is ICMPv6 as well", r.line))
				for i := range v6 {
					v6[i].Proto = &ir.Protos{List: []uint8{ir.ICMPv6}}
				}
				boxes = append(boxes, v6...)
			}
			return boxes
		}
	}
	boxes = f.ports(r, boxes, r.sports, func(b *ir.Box, p *ir.Ports) { b.SPort = p })
	return f.ports(r, boxes, r.dports, func(b *ir.Box, p *ir.Ports) { b.DPort = p })
}

func (f *file) ports(r *rule, boxes []ir.Box, list []string, put func(*ir.Box, *ir.Ports)) []ir.Box {
	if anyValue(list) || slices.Contains(list, "0-65535") {
		return boxes
	}
	set := &ir.Ports{}
	open := ""
	for _, v := range list {
		p, ok := objects.PortNumbers(v)
		if !ok {
			open = f.doubtful(r, "port", "a port, a range such as 20-25 or *", v)
			continue
		}
		set.Ranges = append(set.Ranges, p)
	}
	var out []ir.Box
	for _, b := range boxes {
		if len(set.Ranges) > 0 {
			x := b
			put(&x, set)
			out = append(out, x)
		}
		if open != "" {
			b.Maybe = append(slices.Clip(b.Maybe), open)
			out = append(out, b)
		}
	}
	return out
}
