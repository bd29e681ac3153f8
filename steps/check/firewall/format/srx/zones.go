package srx

import (
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/wordtree"
)

// zone is a security zone.
type zone struct {
	name    string
	node    *wordtree.Node
	members []string // logical interfaces
}

// unit is one logical interface.
type unit struct {
	name   string
	line   int
	addrs  []netip.Prefix
	zone   string
	outer  string // why it faces the internet
	nets   []netip.Prefix
	filter map[string][]string // "inet input" and so on: filters, in order
}

// device is what a configuration tells of zones, interfaces and routes.
type device struct {
	root   *wordtree.Node
	store  *store
	zones  []*zone
	units  []*unit
	byName map[string]*unit
	cache  map[string]*ir.Ifaces
}

func newDevice(root *wordtree.Node) *device {
	d := &device{root: root, store: newStore(root), byName: map[string]*unit{}, cache: map[string]*ir.Ifaces{}}
	for _, i := range root.Kid("interfaces").Live() {
		for _, u := range i.Kid("unit").Live() {
			d.addUnit(i.Name+"."+u.Name, u)
		}
	}
	for _, z := range root.At("security", "zones", "security-zone").Live() {
		x := &zone{name: z.Name, node: z}
		for _, m := range z.Kid("interfaces").Live() {
			name := logical(m.Name)
			x.members = append(x.members, name)
			if u := d.byName[name]; u != nil {
				u.zone = z.Name
			} else {
				d.byName[name] = &unit{name: name, line: m.Line, zone: z.Name}
				d.units = append(d.units, d.byName[name])
			}
		}
		d.zones = append(d.zones, x)
	}
	d.routes(root.Kid("routing-options"))
	for _, r := range root.Kid("routing-instances").Live() {
		d.routes(r.Kid("routing-options"))
	}
	return d
}

// logical is the name of a logical interface: that of unit 0 where none is
// given.
func logical(name string) string {
	if !strings.Contains(name, ".") && name != "all" {
		return name + ".0"
	}
	return name
}

func (d *device) addUnit(name string, n *wordtree.Node) {
	u := &unit{name: name, line: n.Line, filter: map[string][]string{}}
	for _, family := range []string{"inet", "inet6"} {
		f := n.At("family", family)
		for _, a := range f.Kid("address").Names() {
			if p, err := netip.ParsePrefix(a); err == nil {
				u.addrs = append(u.addrs, p)
				u.nets = append(u.nets, p.Masked())
			}
		}
		if f.Has("dhcp") || f.Has("dhcp-client") || f.Has("dhcpv6-client") {
			u.outer = name + " takes its address by DHCP"
		}
		for _, dir := range []string{"input", "output"} {
			if v := f.Kid("filter").Text(dir); v != "" {
				u.filter[family+" "+dir] = []string{v}
			}
			if list := f.At("filter", dir+"-list").Names(); len(list) > 0 {
				u.filter[family+" "+dir] = list
			}
		}
	}
	d.byName[name] = u
	d.units = append(d.units, u)
}

// routes reads static routes, with the next hop or qualified next hop.
func (d *device) routes(n *wordtree.Node) {
	list := n.At("static", "route").Live()
	for _, rib := range n.Kid("rib").Live() {
		list = append(slices.Clone(list), rib.At("static", "route").Live()...)
	}
	for _, r := range list {
		dest, err := netip.ParsePrefix(r.Name)
		if err != nil {
			continue
		}
		for _, hop := range append(r.Kid("next-hop").Names(), r.Kid("qualified-next-hop").Names()...) {
			u := d.toward(hop)
			switch {
			case u == nil:
			case dest.Bits() == 0:
				u.outer = "the default route leaves by it"
			default:
				u.nets = append(u.nets, dest.Masked())
			}
		}
	}
}

// toward is the interface of a next hop.
func (d *device) toward(hop string) *unit {
	if u := d.byName[logical(hop)]; u != nil {
		return u
	}
	a, err := netip.ParseAddr(hop)
	if err != nil {
		return nil
	}
	for _, u := range d.units {
		for _, p := range u.addrs {
			if p.Masked().Contains(a) {
				return u
			}
		}
	}
	return nil
}

func (d *device) zone(name string) *zone {
	for _, z := range d.zones {
		if z.name == name {
			return z
		}
	}
	return nil
}

// ownBooks reports that zones hold addresses themselves.
func (d *device) ownBooks() bool {
	return slices.ContainsFunc(d.zones, func(z *zone) bool { return z.node.Has("address-book") })
}

// ifaces are the packets of zones, by the zone's name or its interfaces'; nil
// for any.
func (d *device) ifaces(zones ...string) *ir.Ifaces {
	if slices.Contains(zones, "any") || len(zones) == 0 {
		return nil
	}
	key := strings.Join(zones, "\x00")
	if i := d.cache[key]; i != nil {
		return i
	}
	i := &ir.Ifaces{}
	for _, name := range zones {
		i.Patterns = append(i.Patterns, name)
		if z := d.zone(name); z != nil {
			i.Patterns = append(i.Patterns, z.members...)
		}
	}
	d.cache[key] = i
	return i
}

// irIfaces describes the logical interfaces.
func (d *device) irIfaces() []ir.Iface {
	var out []ir.Iface
	for _, u := range d.units {
		x := ir.Iface{Name: u.name, Zone: u.zone, Nets: u.nets, At: ir.At{Line: u.line, Text: "interface " + u.name}}
		for _, p := range u.addrs {
			x.Addrs = append(x.Addrs, p.Addr())
		}
		if u.outer != "" && u.zone != "" {
			x.Outer, x.Why = ir.Yes, u.outer
		}
		if u.zone != "" || len(x.Addrs) > 0 {
			out = append(out, x)
		}
	}
	return out
}
