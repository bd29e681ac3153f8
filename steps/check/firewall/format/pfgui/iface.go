package pfgui

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// iface is an interface as it is assigned.
type iface struct {
	key, phys, descr string
	line             int
	enabled          bool
	addrs            []netip.Addr
	nets             []netip.Prefix
	dynamic          [2]string // how addresses of IPv4 and IPv6 are got, where they are not written
	gateway          bool
	node             *xmltree.Node
}

// group is a group of interfaces.
type group struct {
	name     string
	members  []string
	sequence int
}

// interfaces reads the interfaces, their groups and virtual addresses.
func (c *config) interfaces() {
	for _, n := range kids(c.root.Kid("interfaces")) {
		if n.Value("type") == "group" {
			if c.groups[n.Name] == nil {
				c.groups[n.Name] = &group{name: n.Name}
			}
			continue
		}
		f := &iface{key: n.Name, phys: n.Value("if"), descr: n.Value("descr"), line: n.Line, node: n}
		f.enabled = on(n, "enable") || n.Name == "wan" || n.Name == "lan" && !n.Has("enable")
		f.static(0, n.Value("ipaddr"), n.Value("subnet"))
		f.static(1, n.Value("ipaddrv6"), n.Value("subnetv6"))
		gw, gw6 := n.Value("gateway"), n.Value("gatewayv6")
		f.gateway = gw != "" && gw != "none" || gw6 != "" && gw6 != "none"
		c.ifaces = append(c.ifaces, f)
		c.byKey[f.key] = f
	}
	for _, n := range c.root.Kid("ifgroups").All("ifgroupentry") {
		g := &group{name: n.Value("ifname"), members: strings.FieldsFunc(n.Value("members"), func(r rune) bool { return r == ' ' || r == ',' })}
		g.sequence, _ = strconv.Atoi(n.Value("sequence"))
		c.groups[g.name] = g
	}
	c.virtual()
	c.told()
}

func kids(n *xmltree.Node) []*xmltree.Node {
	if n == nil {
		return nil
	}
	return n.Kids
}

// static takes a written address, or how one is got.
func (f *iface) static(i int, addr, bits string) {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		f.dynamic[i] = addr
		return
	}
	f.addrs = append(f.addrs, a)
	n, err := strconv.Atoi(bits)
	if err != nil {
		n = a.BitLen()
	}
	if p, err := a.Prefix(n); err == nil {
		f.nets = append(f.nets, p)
	}
}

// virtual takes the virtual addresses that are the firewall's own.
func (c *config) virtual() {
	for _, n := range c.root.Kid("virtualip").All("vip") {
		a, err := netip.ParseAddr(n.Value("subnet"))
		mode := n.Value("mode")
		if err != nil || mode != "ipalias" && mode != "carp" {
			continue
		}
		c.vips = append(c.vips, a)
		if f := c.byKey[n.Value("interface")]; f != nil {
			f.addrs = append(f.addrs, a)
			if bits, err := strconv.Atoi(n.Value("subnet_bits")); err == nil && bits < a.BitLen() && c.v.OPN {
				if p, err := a.Prefix(bits); err == nil {
					f.nets = append(f.nets, p)
				}
			}
		}
	}
}

// names are what an interface may be called where a packet is described: as
// config.xml does, by its device, and as the pages show it.
func (f *iface) names() []string {
	out := []string{f.key}
	for _, n := range []string{f.phys, f.descr} {
		if n != "" && !slices.Contains(out, n) && !strings.HasSuffix(n, "+") {
			out = append(out, n)
		}
	}
	return out
}

// patterns are the names of an interface or of the members of a group; false
// when there is none of that name, and rules for it are not loaded.
func (c *config) patterns(name string) ([]string, bool) {
	if f := c.byKey[name]; f != nil {
		return f.names(), f.enabled
	}
	if g := c.groups[name]; g != nil {
		out := []string{name}
		for _, m := range g.members {
			if f := c.byKey[m]; f != nil {
				out = append(out, f.names()...)
			}
		}
		return out, true
	}
	switch strings.ToLower(name) {
	case "loopback", "lo0", "lo":
		return []string{"lo"}, true
	case "enc0", "ipsec":
		return []string{"enc0", "ipsec", "IPsec"}, true
	case "openvpn", "wireguard", "l2tp", "pppoe", "pptp", "any":
		return []string{name}, true
	}
	return []string{name}, len(c.ifaces) == 0
}

// condition is that of a list of interfaces; ok is false when none of them is
// there.
func (c *config) condition(list string, not bool) (out []pfrules.On, ok bool) {
	set := &ir.Ifaces{Not: not}
	for _, n := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if p, there := c.patterns(n); there {
			set.Patterns = append(set.Patterns, p...)
		}
	}
	if len(set.Patterns) == 0 {
		return nil, not
	}
	return []pfrules.On{{Set: set}}, true
}

// told is what the file says of interfaces beside the rules.
func (c *config) told() {
	byGateway := c.gateways()
	routes := map[*iface][]netip.Prefix{}
	for _, n := range c.root.Kid("staticroutes").All("route") {
		r, ok := source.Net(n.Value("network"))
		p, isPrefix := r.Prefix()
		if f := byGateway[n.Value("gateway")]; ok && isPrefix && f != nil && !on(n, "disabled") && p.Bits() > 0 {
			routes[f] = append(routes[f], p)
		}
	}
	for _, f := range c.ifaces {
		if !f.enabled {
			continue
		}
		x := ir.Iface{Name: f.key, Zone: f.phys, Addrs: f.addrs, At: ir.At{Line: f.line, Text: f.key}}
		x.Nets = append(append(x.Nets, f.nets...), routes[f]...)
		for i, p := range x.Nets {
			x.Nets[i] = p.Masked()
		}
		switch {
		case f.key == "wan":
			x.Outer, x.Why = ir.Yes, fmt.Sprintf("it is the WAN interface (line %d)", f.line)
		case f.gateway:
			x.Outer, x.Why = ir.Yes, fmt.Sprintf("it has a gateway (line %d)", f.line)
		case f.dynamic[0] == "pppoe", f.dynamic[0] == "dhcp", f.dynamic[0] == "pptp", f.dynamic[0] == "l2tp":
			x.Outer, x.Why = ir.Yes, fmt.Sprintf("it gets its address from a provider, by %s (line %d)", f.dynamic[0], f.line)
		default:
			x.Outer = ir.No
		}
		c.set.Ifaces = append(c.set.Ifaces, x)
	}
}

// gateways finds the interface of each gateway.
func (c *config) gateways() map[string]*iface {
	out := map[string]*iface{}
	for _, n := range c.root.Kid("gateways").All("gateway_item") {
		out[n.Value("name")] = c.byKey[n.Value("interface")]
	}
	for _, n := range c.root.At("OPNsense", "Gateways").All("gateway_item") {
		out[n.Value("name")] = c.byKey[n.Value("interface")]
	}
	return out
}
