package aws

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// aclEntry is one entry of a network ACL.
type aclEntry struct {
	entry
	number int
	told   bool // its number could be read
	action string
}

func aclEntryOf(n *jsontree.Node) *aclEntry {
	e := &aclEntry{action: strings.ToLower(n.Get("RuleAction").Str())}
	e.line, e.out, e.proto = cloud.LineOf(n, "RuleNumber"), n.Get("Egress").True(), n.Get("Protocol").Str()
	e.cidr = n.Get("CidrBlock").Str() + n.Get("Ipv6CidrBlock").Str()
	e.from, e.to = number(n.At("PortRange", "From")), number(n.At("PortRange", "To"))
	if t := n.Get("IcmpTypeCode"); t != nil && t.Kind == jsontree.Object {
		e.from, e.to = number(t.Get("Type")), number(t.Get("Code"))
	}
	v, err := strconv.Atoi(n.Get("RuleNumber").Str())
	e.number, e.told = v, err == nil
	if n.Get("Egress") == nil {
		e.doubt = fmt.Sprintf("the direction of the entry in line %d, which is not in the file", e.line)
	}
	return e
}

func wayOf(out bool) (way, side string) {
	if out {
		return "outbound", "to"
	}
	return "inbound", "from"
}

// aclChain is what one network ACL does to packets of a direction.
func (f *file) aclChain(a *acl, out bool) int {
	way, side := wayOf(out)
	c := ir.Chain{Name: a.id + " " + way, Policy: ir.Rule{
		Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(rule * of %s: deny what is left, %s)", a.id, way)},
	}}
	var list []*aclEntry
	for _, e := range a.entries {
		if e.out == out || e.doubt != "" {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(x, y *aclEntry) int { return x.number - y.number })
	for _, e := range list {
		number := strconv.Itoa(e.number)
		if e.number == 32767 {
			number = "*"
		}
		r := ir.Rule{At: ir.At{Line: e.line, Text: source.Redact(fmt.Sprintf("%s rule %s: %s %s %s %s %s", a.id, number, way, e.action, e.what(), side, e.cidr))}}
		r.Boxes = f.sided(&e.entry, f.transport(&e.entry), objects.Source, objects.Destination)
		if !e.told {
			f.Problem(e.line, "line %d: expected a RuleNumber, came none; whether the entry is met cannot be decided.", e.line)
			r.Boxes = cloud.Perhaps(r.Boxes, fmt.Sprintf("the number of the entry in line %d, which could not be read", e.line))
		}
		switch e.action {
		case "allow":
			r.Action = ir.Accept
		case "deny":
			r.Action = ir.Deny
		default:
			f.Problem(e.line, "line %d: expected RuleAction to be allow or deny, came %q; what the entry does is not known.", e.line, e.action)
			r.Action, r.Why = ir.Undecided, fmt.Sprintf("the entry in line %d, of which it could not be read whether it allows", e.line)
		}
		c.Rules = append(c.Rules, r)
	}
	return f.Add(c)
}

// aclGate makes the chains of network ACLs of a direction; false when the file
// has none.
func (f *file) aclGate(out bool) (int, bool) {
	if len(f.acls) == 0 {
		return 0, false
	}
	way, _ := wayOf(out)
	made := map[*acl]int{}
	var known, rest []cloud.Part
	for _, a := range f.acls {
		made[a] = f.aclChain(a, out)
		rest = append(rest, cloud.Part{Chain: made[a], At: ir.At{Line: a.line, Text: "network ACL " + a.id}})
	}
	if len(f.acls) == 1 && len(f.acls[0].subnets) == 0 {
		return rest[0].Chain, true
	}
	missing := map[string]int{}
	for _, c := range f.cards {
		if c.subnet == "" || len(c.addrs) == 0 {
			continue
		}
		p := cloud.Part{Local: cloud.Hosts(c.addrs), At: ir.At{Line: c.line, Text: "network interface " + c.id + ", subnet " + c.subnet}}
		i := slices.IndexFunc(f.acls, func(a *acl) bool { return slices.Contains(a.subnets, c.subnet) })
		switch {
		case i >= 0:
			p.Chain = made[f.acls[i]]
		default:
			if _, ok := missing[c.subnet]; !ok {
				missing[c.subnet] = f.Add(ir.Chain{Name: "network ACL of " + c.subnet + " " + way, Policy: ir.Rule{
					Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("the network ACL of the subnet %s, which is not in the file; add the output of aws ec2 describe-network-acls", c.subnet),
					At: ir.At{Text: "(network ACL of " + c.subnet + ")"},
				}})
			}
			p.Chain = missing[c.subnet]
		}
		known = append(known, p)
	}
	ask := fmt.Sprintf("which of the network ACLs in the file is of the mail server's subnet; add the output of aws ec2 describe-instances for the mail server, or ask with --acl %q", f.acls[0].id+" "+way)
	return f.Choose("network ACL "+way, out, known, rest, ask), true
}
