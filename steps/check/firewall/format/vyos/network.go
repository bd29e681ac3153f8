package vyos

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/wordtree"
)

// network is what the file tells of interfaces and zones.
type network struct {
	ifaces map[string]*iface
	order  []string
	zones  map[string][]string // members by zone
	zoneOf map[string]string
	list   []ir.Iface
	v4, v6 []ownAddr
}

type iface struct {
	name string
	node *wordtree.Node // where its firewall rulesets are bound
	out  ir.Iface

	shared []netip.Addr // of VRRP, which are in none of the groups that EdgeOS makes
}

type ownAddr struct {
	addr netip.Addr
	at   ir.At
}

func readNetwork(root *wordtree.Node) *network {
	n := &network{ifaces: map[string]*iface{}, zones: map[string][]string{}, zoneOf: map[string]string{}}
	for _, kind := range root.Kid("interfaces").Live() {
		for _, i := range kind.Live() {
			n.add(i.Name, i)
		}
	}
	for _, z := range append(root.At("firewall", "zone").Live(), root.At("zone-policy", "zone").Live()...) {
		for _, m := range zoneMembers(z) {
			n.zones[z.Name] = append(n.zones[z.Name], m)
			n.zoneOf[m] = z.Name
		}
	}
	n.virtual(root)
	n.routes(root)
	for _, name := range n.order {
		i := n.ifaces[name]
		i.out.Zone = n.zoneOf[name]
		n.list = append(n.list, i.out)
	}
	return n
}

// zoneMembers are the interfaces of a zone, as 1.3 and 1.5 write them.
func zoneMembers(z *wordtree.Node) []string {
	return slices.Concat(z.At("interface").Names(), z.At("member", "interface").Names())
}

// add reads an interface and those within it: VLANs and PPPoE.
func (n *network) add(name string, node *wordtree.Node) {
	i := n.iface(name, node.Line)
	i.node = node
	for _, a := range node.Kid("address").Live() {
		if a.Name == "dhcp" || a.Name == "dhcpv6" {
			i.out.Outer, i.out.Why = ir.Yes, fmt.Sprintf("it gets its address by DHCP (line %d)", a.Line)
			continue
		}
		p, err := netip.ParsePrefix(a.Name)
		if err != nil {
			continue
		}
		at := ir.At{Line: a.Line, Text: fmt.Sprintf("interface %s, address %s", name, p)}
		i.out.At = at
		i.out.Addrs, i.out.Nets = append(i.out.Addrs, p.Addr()), append(i.out.Nets, p.Masked())
		if p.Addr().Is4() {
			n.v4 = append(n.v4, ownAddr{p.Addr(), at})
		} else {
			n.v6 = append(n.v6, ownAddr{p.Addr(), at})
		}
	}
	for _, v := range node.Kid("vif").Live() {
		n.add(name+"."+v.Name, v)
	}
	for _, p := range node.Kid("pppoe").Live() {
		n.add("pppoe"+p.Name, p) // as EdgeOS writes it
	}
	if strings.HasPrefix(name, "pppoe") && node.Text("default-route") != "none" && !node.Has("no-default-route") {
		i.out.Outer, i.out.Why = ir.Yes, fmt.Sprintf("it sets a default route (line %d)", node.Line)
	}
}

func (n *network) iface(name string, line int) *iface {
	i := n.ifaces[name]
	if i == nil {
		i = &iface{name: name, out: ir.Iface{Name: name, At: ir.At{Line: line, Text: "interface " + name}}}
		n.ifaces[name] = i
		n.order = append(n.order, name)
	}
	return i
}

// virtual adds the addresses that VRRP gives to interfaces: of groups since 1.2,
// and of those within an interface, as EdgeOS has them. The router that is the
// master has them, and answers for them.
func (n *network) virtual(root *wordtree.Node) {
	one := func(name string, group *wordtree.Node) {
		i := n.ifaces[name]
		if i == nil {
			return
		}
		for _, a := range slices.Concat(group.Kid("address").Live(), group.Kid("virtual-address").Live()) {
			host, _, _ := strings.Cut(a.Name, "/")
			addr, err := netip.ParseAddr(host)
			if err != nil || slices.Contains(i.out.Addrs, addr) {
				continue
			}
			i.shared = append(i.shared, addr)
			i.out.Addrs = append(i.out.Addrs, addr)
			own := ownAddr{addr, ir.At{Line: a.Line, Text: fmt.Sprintf("VRRP group %s on %s, address %s", group.Name, name, addr)}}
			if addr.Is4() {
				n.v4 = append(n.v4, own)
			} else {
				n.v6 = append(n.v6, own)
			}
		}
	}
	ha := root.Kid("high-availability")
	off := ha.Has("disable") || ha.Kid("vrrp").Has("disable")
	for _, g := range ha.At("vrrp", "group").Live() {
		if !off && !g.Has("disable") {
			one(g.Text("interface"), g)
		}
	}
	for _, name := range n.order {
		for _, g := range n.ifaces[name].node.At("vrrp", "vrrp-group").Live() {
			if !g.Has("disable") {
				one(name, g)
			}
		}
	}
}

// routes reads static routes.
func (n *network) routes(root *wordtree.Node) {
	static := root.At("protocols", "static")
	for _, kind := range []string{"route", "route6", "interface-route", "interface-route6"} {
		for _, r := range static.Kid(kind).Live() {
			dst, err := netip.ParsePrefix(r.Name)
			if err != nil {
				continue
			}
			for _, hop := range slices.Concat(r.Kid("next-hop").Names(), r.Kid("interface").Names(), r.Kid("next-hop-interface").Names()) {
				n.route(dst, hop, r.Line)
			}
		}
	}
	for _, g := range root.At("system", "gateway-address").Live() {
		n.route(netip.MustParsePrefix("0.0.0.0/0"), g.Name, g.Line)
	}
}

func (n *network) route(dst netip.Prefix, hop string, line int) {
	name := hop
	if a, err := netip.ParseAddr(hop); err == nil {
		name = n.behind(a)
	}
	i := n.ifaces[name]
	switch {
	case i == nil:
	case dst.Bits() == 0:
		i.out.Outer, i.out.Why = ir.Yes, fmt.Sprintf("the default route leaves by it (line %d)", line)
	default:
		i.out.Nets = append(i.out.Nets, dst.Masked())
	}
}

func (n *network) behind(a netip.Addr) string {
	best, bits := "", -1
	for _, name := range n.order {
		for _, p := range n.ifaces[name].out.Nets {
			if p.Contains(a) && p.Bits() > bits {
				best, bits = name, p.Bits()
			}
		}
	}
	return best
}

// patterns are the names by which a packet may be asked about that comes by an
// interface: its own, and its zone's where it is the only one in it. A * or +
// at the end stands for any ending.
func (n *network) patterns(v string) (list []string, not bool) {
	name, not := strings.CutPrefix(v, "!")
	if prefix, wild := strings.CutSuffix(name, "*"); wild {
		return []string{prefix + "+"}, not
	}
	list = []string{name}
	if z := n.zoneOf[name]; z != "" && len(n.zones[z]) == 1 {
		list = append(list, z)
	}
	return list, not
}

// byNumber are numbered entries in the order of their numbers, as the router
// takes them.
func byNumber(list []*wordtree.Node) []*wordtree.Node {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b *wordtree.Node) int {
		if len(a.Name) != len(b.Name) {
			return cmp.Compare(len(a.Name), len(b.Name))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}
