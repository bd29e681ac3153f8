package panos

import (
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// zone is one zone of one virtual system.
type zone struct {
	name     string
	system   *system
	line     int
	members  []string // interfaces
	external []string // virtual systems and shared gateways that it leads to
	addrs    []netip.Addr
	nets     []netip.Prefix
	outer    bool
	why      string
	set      *netipx.IPSet // addresses routed to it
}

// iface is one interface or subinterface.
type iface struct {
	name    string
	line    int
	addrs   []netip.Prefix
	dynamic string // "DHCP" or "PPPoE"
	zone    *zone
	nets    []netip.Prefix // routed to it, the default route too
}

// network is what a configuration tells of interfaces and routes.
type network struct {
	ifaces []*iface
	byName map[string]*iface
	routes bool // some address is known to lie somewhere

	elsewhere []netip.Prefix // routed by no interface that the file tells
	routers   int            // virtual routers that have interfaces
	egress    map[string]*egress
}

var layers = []string{"layer3", "layer2", "virtual-wire", "tap", "tunnel"}

// readZones reads the zones of a virtual system.
func readZones(sys *system, n *wordtree.Node) {
	for _, z := range n.Kid("zone").Live() {
		x := &zone{name: z.Name, system: sys, line: z.Line}
		for _, layer := range layers {
			x.members = append(x.members, z.At("network", layer).Names()...)
		}
		x.external = z.At("network", "external").Names()
		sys.zones = append(sys.zones, x)
	}
}

// readNetwork reads interfaces and routes, and what zones they are in.
func (c *config) readNetwork(n *wordtree.Node) {
	c.net.byName = map[string]*iface{}
	for _, kind := range n.Kid("interface").Live() {
		for _, i := range kind.Live() {
			switch i.Name {
			case "units":
				c.units(i)
				continue
			case "layer3", "ip", "ipv6", "adjust-tcp-mss": // settings of the one vlan, loopback or tunnel
				continue
			}
			c.addIface(i)
		}
	}
	for _, sys := range c.systems {
		for _, z := range sys.zones {
			for _, m := range z.members {
				if i := c.net.byName[m]; i != nil {
					i.zone = z
				}
			}
		}
	}
	for _, i := range c.net.ifaces {
		i.place()
	}
	for _, kind := range []string{"virtual-router", "logical-router"} {
		for _, r := range n.Kid(kind).Live() {
			c.routes(r)
			for _, vrf := range r.Kid("vrf").Live() {
				c.routes(vrf)
			}
		}
	}
	c.territories()
}

func (c *config) units(n *wordtree.Node) {
	for _, u := range n.Live() {
		c.addIface(u)
	}
}

func (c *config) addIface(n *wordtree.Node) {
	i := &iface{name: n.Name, line: n.Line}
	for _, at := range []*wordtree.Node{n, n.Kid("layer3"), n.Kid("layer2"), n.Kid("virtual-wire")} {
		for _, a := range append(at.Kid("ip").Names(), at.At("ipv6", "address").Names()...) {
			i.addrs = append(i.addrs, c.prefix(a)...)
		}
		switch {
		case at.Kid("dhcp-client") != nil && at.At("dhcp-client").Text("enable") != "no" && at.At("dhcp-client").Text("create-default-route") != "no":
			i.dynamic = "DHCP"
		case at.Kid("pppoe") != nil && at.At("pppoe").Text("enable") != "no" && at.At("pppoe").Text("create-default-route") != "no":
			i.dynamic = "PPPoE"
		}
		c.units(at.Kid("units"))
	}
	if c.net.byName[i.name] == nil {
		c.net.byName[i.name] = i
		c.net.ifaces = append(c.net.ifaces, i)
	}
}

// prefix is an interface's address, which may be given as an object.
func (c *config) prefix(a string) []netip.Prefix {
	if p, err := netip.ParsePrefix(a); err == nil {
		return []netip.Prefix{p}
	}
	if x, err := netip.ParseAddr(a); err == nil {
		return []netip.Prefix{netip.PrefixFrom(x, x.BitLen())}
	}
	for _, sys := range c.systems {
		for s := sys.scope; s != nil; s = s.around {
			if p, err := netip.ParsePrefix(s.node.At("address", a).Text("ip-netmask")); err == nil {
				return []netip.Prefix{p}
			}
		}
	}
	return nil
}

// place tells an interface and its zone what lies behind it.
func (i *iface) place() {
	for _, p := range i.addrs {
		i.nets = append(i.nets, p.Masked())
	}
	if i.dynamic != "" {
		i.nets = append(i.nets, defaults...)
	}
	if i.zone == nil {
		return
	}
	for _, p := range i.addrs {
		i.zone.addrs = append(i.zone.addrs, p.Addr())
		i.zone.nets = append(i.zone.nets, p.Masked())
	}
	if i.dynamic != "" {
		i.zone.outer, i.zone.why = true, i.name+" takes its address and the default route by "+i.dynamic
	}
}

// defaults are where default routes lead.
var defaults = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// routes reads the static routes of a virtual router.
func (c *config) routes(router *wordtree.Node) {
	if len(router.Kid("interface").Names()) > 0 {
		c.net.routers++
	}
	for _, family := range []string{"ip", "ipv6"} {
		for _, r := range router.At("routing-table", family, "static-route").Live() {
			dests := c.prefix(r.Text("destination"))
			if len(dests) == 0 {
				continue
			}
			i := c.ifaceOf(r)
			if i == nil {
				c.net.elsewhere = append(c.net.elsewhere, dests[0].Masked())
				continue
			}
			i.nets = append(i.nets, dests[0].Masked())
			z := i.zone
			if z == nil {
				continue
			}
			if dests[0].Bits() == 0 {
				z.outer, z.why = true, "the default route ("+r.Name+") leaves by it"
				continue
			}
			z.nets = append(z.nets, dests[0].Masked())
		}
	}
}

// ifaceOf is the interface that a route leaves by; nil where the file does not
// tell, or it leads nowhere or to another virtual router.
func (c *config) ifaceOf(r *wordtree.Node) *iface {
	if i := c.net.byName[r.Text("interface")]; i != nil {
		return i
	}
	hop, err := netip.ParseAddr(strings.Split(r.Kid("nexthop").Text("ip-address"), "/")[0])
	if err != nil {
		return nil
	}
	for _, i := range c.net.ifaces {
		for _, p := range i.addrs {
			if p.Masked().Contains(hop) {
				return i
			}
		}
	}
	return nil
}

// territories tells for every zone which addresses are routed to it: the
// longest network that holds an address decides.
func (c *config) territories() {
	type place struct {
		net  netip.Prefix
		zone *zone
	}
	var all []place
	for _, z := range c.zones() {
		for _, n := range z.nets {
			all = append(all, place{n, z})
		}
		if z.outer {
			for _, d := range defaults {
				all = append(all, place{d, z})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b place) int { return a.net.Bits() - b.net.Bits() })
	taken := map[*zone]*netipx.IPSetBuilder{}
	for _, p := range all {
		if taken[p.zone] == nil {
			taken[p.zone] = &netipx.IPSetBuilder{}
		}
	}
	for k, p := range all {
		for z, b := range taken {
			if z != p.zone && !twice(all[:k], func(q place) bool { return q.net == p.net && q.zone == z }) {
				b.RemovePrefix(p.net)
			}
		}
		taken[p.zone].AddPrefix(p.net)
	}
	for z, b := range taken {
		z.set, _ = b.IPSet()
		c.net.routes = true
	}
}

// twice reports that one of the last few places fits: equal networks stand
// beside each other.
func twice[T any](list []T, fits func(T) bool) bool {
	return slices.ContainsFunc(list[max(0, len(list)-8):], fits)
}

func (c *config) zones() []*zone {
	var out []*zone
	for _, s := range c.systems {
		out = append(out, s.zones...)
	}
	return out
}

// irIfaces describes the zones, and the interfaces that are in none.
func (c *config) irIfaces() []ir.Iface {
	var out []ir.Iface
	for _, z := range c.zones() {
		if len(z.external) > 0 && len(z.members) == 0 {
			continue
		}
		x := ir.Iface{
			Name: c.alias(z), Zone: z.name, Addrs: z.addrs, Nets: z.nets,
			At: ir.At{Line: z.line, Text: source.Redact("zone " + z.name + ": " + strings.Join(z.members, ", "))},
		}
		if z.outer {
			x.Outer, x.Why = ir.Yes, z.why
		}
		out = append(out, x)
	}
	for _, i := range c.net.ifaces {
		if i.zone == nil && len(i.addrs) > 0 {
			x := ir.Iface{Name: i.name, At: ir.At{Line: i.line, Text: "interface " + i.name}}
			for _, p := range i.addrs {
				x.Addrs, x.Nets = append(x.Addrs, p.Addr()), append(x.Nets, p.Masked())
			}
			out = append(out, x)
		}
	}
	return out
}

// alias is the name by which rules here know a zone: its own where it is the
// only one of that name, else with its virtual system.
func (c *config) alias(z *zone) string {
	for _, o := range c.zones() {
		if o != z && o.name == z.name {
			return z.system.name + "/" + z.name
		}
	}
	return z.name
}

// patterns are the names by which packets of a zone come or go.
func (c *config) patterns(z *zone) []string {
	return append([]string{c.alias(z)}, z.members...)
}
