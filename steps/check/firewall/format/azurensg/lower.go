package azurensg

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
)

const outside = "the firewall of the virtual network: security groups decide about packets to and from the mail server itself alone"

// spot is a place that the mail server may have: the groups that its packets
// meet, as incoming ones do, and its addresses where they are known.
type spot struct {
	groups []*group
	addrs  []netip.Addr
	at     ir.At
	closed string // why it is not known what applies
}

// lower makes the program.
func (f *file) lower() {
	known, rest := f.spots()
	if len(known)+len(rest) == 0 && len(f.Doubts) == 0 {
		return
	}
	if len(rest) == 0 && len(known) == 0 {
		rest = []spot{{groups: []*group{{name: "not read"}}}}
	}
	in, out := f.direction(known, rest, false), f.direction(known, rest, true)
	f.Decide("security group", in, out, outside, f)
	seen := map[*group]bool{}
	for _, s := range slices.Concat(known, rest) {
		for _, g := range s.groups {
			if !seen[g] {
				seen[g] = true
				f.Set.Rules += len(g.rules)
			}
		}
	}
	f.Set.Platform = []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")}
	f.Note("Security groups see the private address of the mail server: give that one. Public addresses are translated before.")
	f.Note("Azure keeps many subscriptions from connecting out on port 25 whatever the rules say (see Troubleshoot outbound SMTP connectivity problems in Azure). Try it from the mail server.")
	if f.spaces {
		f.Note("Public addresses are taken not to be of the virtual network or of networks connected to it, as the tag VirtualNetwork counts them. Where its address space is public, or a route of yours leads 0.0.0.0/0 elsewhere, give the effective rules (az network nic list-effective-nsg).")
	}
}

// spots lists the places that the mail server may have, those of known
// addresses apart.
func (f *file) spots() (known, rest []spot) {
	if len(f.sets) > 0 {
		if len(f.groups) > 0 {
			f.Note("The file has the effective rules of a network interface; they alone are asked, and not the groups beside them.")
		}
		for _, set := range f.sets {
			slices.SortStableFunc(set, func(a, b *group) int { return order(a) - order(b) })
			rest = append(rest, spot{groups: set, at: ir.At{Line: set[0].line, Text: "effective rules of " + groupNames(set)}})
		}
		return nil, rest
	}
	for _, n := range f.nics {
		if s, ok := f.spotOf(n); ok {
			known = append(known, s)
		}
	}
	groups := f.attached()
	if subnet, iface, ok := pair(groups); ok && len(known) == 0 {
		f.Note("The group %s is of a subnet and %s of network interfaces: both are taken to stand before the mail server, so both must allow.", subnet.name, iface.name)
		return nil, []spot{{groups: []*group{subnet, iface}, at: ir.At{Line: subnet.line, Text: groupNames(groups)}}}
	}
	for _, g := range groups {
		rest = append(rest, spot{groups: []*group{g}, at: ir.At{Line: g.line, Text: "network security group " + g.name}})
	}
	return known, rest
}

// order puts the group of a subnet first, as incoming packets meet it.
func order(g *group) int {
	switch {
	case g.manager:
		return 0
	case g.onSubnet:
		return 1
	}
	return 2
}

func groupNames(list []*group) string {
	var out []string
	for _, g := range list {
		out = append(out, g.name)
	}
	return strings.Join(out, " and ")
}

// attached are the groups that may stand before the mail server: a group that
// is attached to nothing filters nothing, unless there is no other.
func (f *file) attached() []*group {
	loose := func(g *group) bool { return g.told && len(g.subnets)+len(g.nics) == 0 }
	some := slices.ContainsFunc(f.groups, func(g *group) bool { return !loose(g) })
	var out []*group
	for _, g := range f.groups {
		if loose(g) && some {
			f.Note("The group %s (line %d) is attached to no subnet and no network interface, so it filters nothing; it is passed over.", g.name, g.line)
			continue
		}
		if loose(g) {
			f.Note("The group %s (line %d) is attached to no subnet and no network interface. It is asked as if it were; until then it filters nothing.", g.name, g.line)
		}
		out = append(out, g)
	}
	return out
}

// pair tells two groups of which one is of a subnet and the other of network
// interfaces.
func pair(groups []*group) (subnet, iface *group, ok bool) {
	if len(groups) != 2 {
		return nil, nil, false
	}
	for _, g := range groups {
		switch {
		case len(g.subnets) > 0 && len(g.nics) == 0:
			subnet = g
		case len(g.nics) > 0 && len(g.subnets) == 0:
			iface = g
		}
	}
	return subnet, iface, subnet != nil && iface != nil
}

// spotOf is the place of a network interface that the file shows.
func (f *file) spotOf(n *nic) (spot, bool) {
	s := spot{addrs: n.addrs, at: ir.At{Line: n.line, Text: "network interface " + n.name}}
	if len(n.addrs) == 0 || expression(n.group) || expression(n.subnet) {
		return s, false
	}
	ask := func(what string) {
		s.closed = fmt.Sprintf("the security group of %s, which is not in the file; add the output of az network nsg show for it, or give the effective rules (az network nic list-effective-nsg)", what)
	}
	onSubnet, told := f.subnets[n.subnet]
	for _, g := range f.groups {
		if slices.Contains(g.subnets, n.subnet) && n.subnet != "" {
			onSubnet, told = strings.ToLower(g.id), true
			s.groups = append(s.groups, g)
		}
	}
	if len(s.groups) == 0 && onSubnet != "" {
		if g := f.byID(onSubnet); g != nil {
			s.groups = append(s.groups, g)
		} else {
			ask("the subnet")
		}
	}
	if !told {
		ask("the subnet")
	}
	if n.group != "" {
		if g := f.byID(n.group); g != nil {
			s.groups = append(s.groups, g)
		} else {
			ask("the network interface " + n.name)
		}
	}
	return s, true
}

func (f *file) byID(id string) *group {
	for _, g := range f.groups {
		if strings.EqualFold(g.id, id) || g.id == "" && strings.HasSuffix(id, "/"+strings.ToLower(g.name)) {
			return g
		}
	}
	return nil
}

// direction makes the chains of one direction and returns the one to start at.
func (f *file) direction(known, rest []spot, out bool) int {
	way := "inbound"
	if out {
		way = "outbound"
	}
	made := map[*group]int{}
	var parts, others []cloud.Part
	for _, s := range known {
		p := f.part(s, out, made)
		p.Local = cloud.Hosts(s.addrs)
		parts = append(parts, p)
	}
	for _, s := range rest {
		others = append(others, f.part(s, out, made))
	}
	var names []string
	for _, s := range rest {
		names = append(names, groupNames(s.groups))
	}
	ask := fmt.Sprintf("which of the security groups in the file stand before the mail server (%s); give the effective rules (az network nic list-effective-nsg), or one group alone, or ask with --acl %q",
		cloud.List(names), nameOf(rest, way))
	return f.Choose(way, out, parts, others, ask)
}

func nameOf(rest []spot, way string) string {
	if len(rest) == 0 || len(rest[0].groups) == 0 {
		return way
	}
	return rest[0].groups[0].name + " " + way
}

// part is the chain of one place: its groups one after the other.
func (f *file) part(s spot, out bool, made map[*group]int) cloud.Part {
	groups := slices.Clone(s.groups)
	if out {
		slices.Reverse(groups)
	}
	if len(groups) == 1 && s.closed == "" {
		return cloud.Part{Chain: f.chain(groups[0], out, made), At: s.at}
	}
	c := ir.Chain{Name: s.at.Text, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no security group stands before " + s.at.Text + ")"}}}
	if out {
		c.Name += ", outbound"
	}
	for i, g := range groups {
		if i == len(groups)-1 && s.closed == "" {
			c.Rules = append(c.Rules, f.Goto(f.chain(g, out, made), ir.Always(), ir.At{Line: g.line, Text: "network security group " + g.name}))
			break
		}
		c.Rules = append(c.Rules, ir.Rule{
			Boxes: ir.Always(), Action: ir.Jump, Target: f.passing(f.chain(g, out, made)),
			At: ir.At{Line: g.line, Text: "network security group " + g.name},
		})
	}
	if s.closed != "" {
		c.Policy.Action, c.Policy.Why = ir.Undecided, s.closed
	}
	return cloud.Part{Chain: f.Add(c), At: s.at}
}

// passing is a chain that goes on where another accepts, so that a second
// group decides as well.
func (f *file) passing(chain int) int {
	from := f.Prog.Chains[chain]
	c := ir.Chain{Name: from.Name + ", first", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Return, At: from.Policy.At}}
	for _, r := range append(slices.Clone(from.Rules), from.Policy) {
		if r.Action == ir.Accept {
			r.Action = ir.Return
		}
		c.Rules = append(c.Rules, r)
	}
	f.Prog.Chains = append(f.Prog.Chains, c)
	return len(f.Prog.Chains) - 1
}
