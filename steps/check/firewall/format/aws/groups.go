package aws

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// lower makes the program.
func (f *file) lower() {
	if len(f.groups)+len(f.acls) == 0 {
		return
	}
	aclIn, has := f.aclGate(false)
	aclOut, _ := f.aclGate(true)
	f.Prog.Stateful = !has
	in, out := f.groupGate(false), f.groupGate(true)
	f.Decide("security groups", in, out, "the firewall of the network: security groups and network ACLs are asked about packets to and from the mail server alone", f)
	if has {
		f.Prog.Local = slices.Insert(f.Prog.Local, 0, ir.Gate{Stage: "network ACL", Chain: aclIn, NoOut: true})
		f.Prog.Leave = append(f.Prog.Leave, ir.Gate{Stage: "network ACL", Chain: aclOut, NoIn: true})
	} else {
		f.Note("The network ACL of the subnet is not in the file. It is taken to be as AWS makes it, which lets everything through; add the output of aws ec2 describe-network-acls to be certain.")
	}
	for _, g := range f.groups {
		f.Set.Rules += len(g.in) + len(g.out)
	}
	for _, a := range f.acls {
		f.Set.Rules += len(a.entries)
	}
	f.Note("AWS keeps accounts from connecting out on port 25 until that is lifted on request, whatever the rules say. Try it from the mail server.")
	if f.hosts {
		f.Note("Hosts that rules name by their security group are taken to have private addresses, or those of the networks in the file: no sender on the internet is one of them.")
	}
}

// what is the protocol and ports of an entry in words.
func (e *entry) what() string {
	p := strings.ToLower(e.proto)
	if n, ok := source.Protocol(p); ok {
		p = source.ProtocolName(n)
	}
	switch {
	case p == "-1" || p == "all":
		return "all"
	case e.from < 0:
		return p
	case e.from == e.to || p == "icmp" || p == "icmpv6":
		return fmt.Sprintf("%s %d", p, e.from)
	}
	return fmt.Sprintf("%s %d-%d", p, e.from, e.to)
}

// transport are boxes of the protocol and ports of an entry.
func (f *file) transport(e *entry) []ir.Box {
	boxes := ir.Always()
	if e.doubt != "" {
		boxes = cloud.Perhaps(boxes, e.doubt)
	}
	if e.proto == "-1" || strings.EqualFold(e.proto, "all") {
		return boxes
	}
	n, ok := source.Protocol(e.proto)
	if !ok {
		return cloud.Perhaps(boxes, f.doubtful(e, "protocol", "tcp, udp, icmp, icmpv6, a number or -1", e.proto))
	}
	b := &boxes[0]
	b.Proto = &ir.Protos{List: []uint8{n}}
	switch n {
	case ir.TCP, ir.UDP:
		if e.from < 0 || e.to < e.from {
			return cloud.Perhaps(boxes, f.doubtful(e, "ports", "two numbers, the first the lower", fmt.Sprintf("%d to %d", e.from, e.to)))
		}
		b.DPort = &ir.Ports{Ranges: []ir.PortRange{{Lo: uint16(e.from), Hi: uint16(e.to)}}}
	case ir.ICMP, ir.ICMPv6:
		if e.from >= 0 && e.from <= 255 {
			t := ir.ICMPType{Type: uint8(e.from), CodeHi: 255}
			if e.to >= 0 && e.to <= 255 {
				t.CodeLo, t.CodeHi = uint8(e.to), uint8(e.to)
			}
			b.ICMP = &ir.ICMPTypes{List: []ir.ICMPType{t}}
		}
	}
	return boxes
}

func (f *file) doubtful(e *entry, what, want, came string) string {
	f.Problem(e.line, "line %d: expected the %s to be %s, came %q; whether the rule is met cannot be decided.", e.line, what, want, came)
	return fmt.Sprintf("the %s of the rule in line %d, which could not be read", what, e.line)
}

// sided narrows boxes to the other side of an entry.
func (f *file) sided(e *entry, boxes []ir.Box, src, dst cloud.Narrow) []ir.Box {
	put := src
	if e.out {
		put = dst
	}
	switch {
	case e.list != "":
		l := f.lists[e.list]
		if l == nil || l.cut {
			return cloud.Perhaps(boxes, fmt.Sprintf("what is in the prefix list %s (line %d), which is not in the file in full; add the output of aws ec2 get-managed-prefix-list-entries --prefix-list-id %s", source.Redact(e.list), e.line, source.Redact(e.list)))
		}
		return put(boxes, f.Nets(l.cidrs, l.line, nil))
	case e.group != "":
		return f.members(e, boxes, put)
	}
	return put(boxes, f.Nets([]string{e.cidr}, e.line, nil))
}

// members are the hosts that have a security group: those in the file for
// certain, others of the network perhaps.
func (f *file) members(e *entry, boxes []ir.Box, put cloud.Narrow) []ir.Box {
	if !f.hosts {
		f.hosts = true
		f.holders()
	}
	near := f.Near(f.nets...)
	if f.odd {
		near = objects.Anywhere()
	}
	why := fmt.Sprintf("which hosts have the security group %s (line %d)", source.Redact(e.group), e.line)
	return cloud.Having(boxes, put, f.having[e.group], near, why)
}

// holders notes which network interfaces have which group.
func (f *file) holders() {
	f.having = map[string]*objects.Addrs{}
	for _, c := range f.cards {
		for _, a := range c.local {
			f.odd = f.odd || a.Is4() && !slices.ContainsFunc(cloud.PrivateNets(), func(p netip.Prefix) bool { return p.Contains(a) })
		}
		for _, g := range c.groups {
			if f.having[g] == nil {
				f.having[g] = objects.Of()
			}
			f.having[g].Ranges = append(f.having[g].Ranges, cloud.Hosts(c.local).Ranges...)
		}
	}
}

// rules are the chain of what one group allows, which goes on to the caller.
func (f *file) rules(g *group, out bool, made map[*group]int) int {
	if i, ok := made[g]; ok {
		return i
	}
	way, side := wayOf(out)
	list, told := g.in, g.inTold
	if out {
		list, told = g.out, g.outTold
	}
	c := ir.Chain{Name: g.id + " " + way + " rules", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Return, At: ir.At{Text: "(end of " + g.id + ")"}}}
	for _, e := range list {
		other := e.cidr + e.list + e.group
		text := fmt.Sprintf("%s%s: %s %s %s %s", g.id, named(g.name), way, e.what(), side, other)
		if e.description != "" {
			text += ", " + e.description
		}
		c.Rules = append(c.Rules, ir.Rule{
			Boxes: f.sided(e, f.transport(e), objects.Source, objects.Destination), Action: ir.Accept, At: ir.At{Line: e.line, Text: source.Redact(text)},
		})
	}
	switch {
	case out && !told && g.commands:
		f.Note("The rules that %s has for what goes out are not in the file: they are taken to be as AWS makes them, which let everything out.", g.id)
		c.Rules = append(c.Rules, ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: fmt.Sprintf("(%s: outbound all to everywhere, as AWS makes it)", g.id)}})
	case !told && !g.commands:
		c.Rules = append(c.Rules, ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("the %s rules of %s, which are not in the file; give the whole output of aws ec2 describe-security-groups", way, g.id),
			At: ir.At{Line: g.line, Text: g.id + ": no " + way + " rules in the file"},
		})
	}
	made[g] = f.Add(c)
	return made[g]
}

func named(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// union is the chain of the groups of a network interface: what any allows
// passes.
func (f *file) union(name string, ids []string, out bool, made map[*group]int) int {
	c := ir.Chain{Name: name, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(no rule of %s allows it)", name)}}}
	if !f.Prog.Stateful {
		c.Rules = append(c.Rules, ir.Rule{
			Boxes: []ir.Box{{State: []ir.StateCond{{Any: ir.Established | ir.Related}}}}, Action: ir.Accept, At: ir.At{Text: "(security groups let packets of tracked connections pass)"},
		})
	}
	for _, id := range ids {
		if g := f.byID[id]; g != nil {
			c.Rules = append(c.Rules, ir.Rule{Boxes: ir.Always(), Action: ir.Jump, Target: f.rules(g, out, made), At: ir.At{Line: g.line, Text: "security group " + g.id}})
			continue
		}
		c.Policy.Action = ir.Undecided
		c.Policy.Why = fmt.Sprintf("what the security group %s allows, which is not in the file; add the output of aws ec2 describe-security-groups", source.Redact(id))
	}
	return f.Add(c)
}

// groupGate makes the chains of security groups of a direction.
func (f *file) groupGate(out bool) int {
	way, _ := wayOf(out)
	if len(f.groups) == 0 {
		return f.Add(ir.Chain{Name: "security groups " + way, Policy: ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: "the security groups of the mail server, which are not in the file; add the output of aws ec2 describe-security-groups",
			At: ir.At{Text: "(security groups: not in the file)"},
		}})
	}
	made := map[*group]int{}
	var known, rest []cloud.Part
	sets := map[string]int{}
	for _, c := range f.cards {
		if len(c.addrs) == 0 {
			continue
		}
		key := strings.Join(c.groups, " and ")
		chain, ok := sets[key]
		if !ok {
			chain = f.union(key+" "+way, c.groups, out, made)
			sets[key] = chain
		}
		known = append(known, cloud.Part{Chain: chain, Local: cloud.Hosts(c.addrs), At: ir.At{Line: c.line, Text: "network interface " + c.id}})
	}
	for _, g := range f.groups {
		chain, ok := sets[g.id]
		if !ok {
			chain = f.union(g.id+" "+way, []string{g.id}, out, made)
		}
		rest = append(rest, cloud.Part{Chain: chain, At: ir.At{Line: g.line, Text: "security group " + g.id + named(g.name)}})
	}
	ask := fmt.Sprintf("which of the %d security groups in the file the mail server has; add the output of aws ec2 describe-instances for it, or give its groups alone, or ask with --acl %q", len(f.groups), f.groups[0].id+" "+way)
	return f.Choose("security groups "+way, out, known, rest, ask)
}
