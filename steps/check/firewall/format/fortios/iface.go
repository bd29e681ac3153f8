package fortios

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/pattern"
)

// iface is an interface of the device.
type iface struct {
	name    string
	vdom    string
	line    int
	addrs   []netip.Addr
	nets    []netip.Prefix
	dynamic bool // its address comes from outside
	route   bool // a default route leaves by it
	down    int  // line of set status down
	outer   ir.Is
	why     string
}

// zone is a zone, or the zone of an SD-WAN.
type zone struct {
	name    string
	line    int
	members []string
	allow   int // line that lets members reach each other; 0 for none
}

// readInterfaces reads the interfaces of the whole device.
func (d *device) readInterfaces() {
	for _, t := range d.everywhere("system interface") {
		for _, e := range t.entries() {
			if e.stray {
				continue
			}
			i := &iface{name: e.name, vdom: e.value("vdom"), line: e.line}
			d.readAddresses(i, e)
			if _, line, _ := e.get("status"); e.is("status", "down") {
				i.down = line
			}
			switch role, line, _ := e.get("role"); {
			case e.is("role", "wan"):
				i.outer, i.why = ir.Yes, fmt.Sprintf("its role is wan (line %d)", line)
			case len(role) > 0 && (role[0] == "lan" || role[0] == "dmz"):
				i.outer = ir.No
			}
			if d.byName[i.name] == nil {
				d.byName[i.name] = i
				d.ifaces = append(d.ifaces, i)
			}
		}
	}
}

func (d *device) readAddresses(i *iface, e *entry) {
	add := func(w []string) {
		if len(w) == 0 {
			return
		}
		host, _, _ := strings.Cut(w[0], "/")
		a, err := netip.ParseAddr(host)
		r, ok := network(w)
		if err != nil || !ok || a.IsUnspecified() {
			return
		}
		i.addrs = append(i.addrs, a)
		if p, one := r.Prefix(); one {
			i.nets = append(i.nets, p)
		}
	}
	if mode, line, _ := e.get("mode"); len(mode) > 0 && (mode[0] == "dhcp" || mode[0] == "pppoe") {
		i.dynamic = true
		if i.outer == ir.Either && !e.is("defaultgw", "disable") && !e.is("role", "lan") && !e.is("role", "dmz") {
			i.outer, i.why = ir.Yes, fmt.Sprintf("it gets its address and the default route from outside (line %d)", line)
		}
	} else {
		w, _, _ := e.get("ip")
		add(w)
	}
	for _, s := range e.kid("secondaryip").entries() {
		w, _, _ := s.get("ip")
		add(w)
	}
	w, _, _ := e.kid("ipv6").own().get("ip6-address")
	add(w)
}

// readZones reads the zones of a virtual domain and of its SD-WAN.
func (v *vdom) readZones() {
	v.zones, v.byMember = map[string]*zone{}, map[string]*zone{}
	add := func(name string, line int, members ...string) *zone {
		z := v.zones[name]
		if z == nil {
			z = &zone{name: name, line: line}
			v.zones[name] = z
		}
		for _, m := range members {
			z.members = append(z.members, m)
			v.byMember[m] = z
		}
		return z
	}
	for _, e := range v.at.kid("system zone").entries() {
		if e.stray {
			continue
		}
		members, _, _ := e.get("interface")
		z := add(e.name, e.line, members...)
		if _, line, _ := e.get("intrazone"); e.is("intrazone", "allow") {
			z.allow = line
		}
	}
	for _, name := range []string{"system sdwan", "system virtual-wan-link"} {
		s := v.at.kid(name).own()
		for _, e := range s.kid("zone").entries() {
			if !e.stray {
				add(e.name, e.line)
			}
		}
		for _, e := range s.kid("members").entries() {
			to := e.value("zone")
			if to == "" {
				to = "virtual-wan-link"
			}
			if m := e.value("interface"); m != "" {
				add(to, e.line, m)
			}
		}
	}
}

// patterns are the names by which a packet's interface may be called where a
// rule names some: zones also by their members. Nil is any interface.
func (v *vdom) patterns(names []string) []string {
	var out []string
	for _, n := range names {
		if n == "any" {
			return nil
		}
		out = append(out, n)
		if z := v.zones[n]; z != nil {
			out = append(out, z.members...)
		}
	}
	return out
}

func ifaces(patterns []string) *ir.Ifaces {
	if patterns == nil {
		return nil
	}
	return &ir.Ifaces{Patterns: patterns}
}

// routes notes which networks lie behind which interface, and by which of them
// the default route leaves.
func (v *vdom) routes() {
	for _, name := range []string{"router static", "router static6"} {
		for _, e := range v.at.kid(name).entries() {
			if e.stray || e.is("status", "disable") || e.is("blackhole", "enable") {
				continue
			}
			v.route(e)
		}
	}
}

func (v *vdom) route(e *entry) {
	var devices []string
	if d := e.value("device"); d != "" {
		devices = []string{d}
	}
	zones, _, _ := e.get("sdwan-zone")
	if e.is("sdwan", "enable") || e.is("virtual-wan-link", "enable") {
		for n := range v.sdwan() {
			zones = append(zones, n)
		}
	}
	for _, n := range zones {
		if z := v.zones[n]; z != nil {
			devices = append(devices, z.members...)
		}
	}
	w, _, ok := e.get("dst")
	if _, _, named := e.get("dstaddr"); named {
		return
	}
	for _, n := range devices {
		i := v.byName[n]
		if i == nil {
			i = v.invent(n, e.line)
		}
		r, fine := network(w)
		p, one := r.Prefix()
		switch {
		case !ok || fine && one && p.Bits() == 0:
			i.route, i.outer, i.why = true, ir.Yes, fmt.Sprintf("the default route leaves by it (line %d)", e.line)
		case fine && one:
			i.nets = append(i.nets, p)
		}
	}
}

func (v *vdom) sdwan() map[string]bool {
	out := map[string]bool{}
	for _, name := range []string{"system sdwan", "system virtual-wan-link"} {
		for _, e := range v.at.kid(name).own().kid("members").entries() {
			to := e.value("zone")
			if to == "" {
				to = "virtual-wan-link"
			}
			out[to] = true
		}
	}
	return out
}

// invent is an interface that the file names but does not describe.
func (d *device) invent(name string, line int) *iface {
	i := &iface{name: name, line: line}
	d.byName[name] = i
	d.ifaces = append(d.ifaces, i)
	return i
}

// outerName fits names that are given to the interface of the internet.
var outerName = pattern.New(`(?i)^(wan\d*|virtual-wan-link|internet|outside|untrust|external|isp.*|ppp\d*|wan[-_ ].*|.*[-_ ]wan\d*|sd-?wan.*)$`)

// tellInterfaces says what the file tells of interfaces. Where no route and no
// role shows the internet, virtual IPs, hidden sources and names do.
func (d *device) tellInterfaces() {
	for _, v := range d.vdoms {
		v.routes()
	}
	for _, way := range []func(){d.outerByVIP, d.outerByNAT, d.outerByName} {
		if slices.ContainsFunc(d.ifaces, func(i *iface) bool { return i.outer == ir.Yes }) {
			break
		}
		way()
	}
	d.idle()
	for _, i := range d.ifaces {
		out := ir.Iface{Name: i.name, Addrs: i.addrs, Nets: i.nets, Outer: i.outer, Why: i.why, At: ir.At{Line: i.line, Text: fmt.Sprintf("edit %q", i.name)}}
		for _, v := range d.vdoms {
			if z := v.byMember[i.name]; z != nil {
				out.Zone = z.name
			}
		}
		d.set.Ifaces = append(d.set.Ifaces, out)
	}
}

// idle takes back that an interface faces the internet where no policy names
// it and no default route leaves by it, such as a second port of the factory
// configuration that nothing is plugged in to: what comes in by it is refused,
// as long as no policy takes packets from anywhere.
func (d *device) idle() {
	named := map[string]bool{}
	for _, v := range d.vdoms {
		for _, t := range policyTables {
			for _, e := range v.at.kid(t).entries() {
				if e.is("status", "disable") {
					continue
				}
				from, _, _ := e.get("srcintf")
				to, _, _ := e.get("dstintf")
				if v.patterns(from) == nil {
					return
				}
				for _, n := range append(v.patterns(from), v.patterns(to)...) {
					named[n] = true
				}
			}
		}
		for _, z := range v.zones {
			if named[z.name] {
				for _, m := range z.members {
					named[m] = true
				}
			}
		}
	}
	for _, i := range d.ifaces {
		if i.outer == ir.Yes && !i.route && !named[i.name] {
			i.outer, i.why = ir.Either, ""
		}
	}
}

func (d *device) faces(name, why string) {
	i := d.byName[name]
	if i == nil {
		i = d.invent(name, 0)
	}
	if i.outer == ir.Either {
		i.outer, i.why = ir.Yes, why
	}
}

func (d *device) outerByVIP() {
	for _, v := range d.vdoms {
		for _, x := range v.vips[ir.V4].list {
			if x.iface != "" {
				d.faces(x.iface, fmt.Sprintf("the virtual IP in line %d takes packets from it", x.at.Line))
			}
		}
	}
}

func (d *device) outerByNAT() {
	for _, v := range d.vdoms {
		for _, e := range v.at.kid("firewall policy").entries() {
			to, _, _ := e.get("dstintf")
			dst, _, _ := e.get("dstaddr")
			if len(to) == 1 && to[0] != "any" && e.is("nat", "enable") && e.is("action", "accept") && !e.is("status", "disable") &&
				len(dst) == 1 && dst[0] == "all" {
				d.faces(to[0], fmt.Sprintf("policy %s (line %d) hides sources as they leave by it", e.name, e.line))
			}
		}
	}
}

func (d *device) outerByName() {
	seen := map[string]bool{}
	for _, v := range d.vdoms {
		for _, t := range policyTables {
			for _, e := range v.at.kid(t).entries() {
				for _, option := range []string{"srcintf", "dstintf"} {
					names, _, _ := e.get(option)
					for _, n := range names {
						if !seen[n] && outerName.MatchString(n) {
							d.faces(n, "its name says so")
						}
						seen[n] = true
					}
				}
			}
		}
	}
	for _, i := range d.ifaces {
		if outerName.MatchString(i.name) {
			d.faces(i.name, "its name says so")
		}
	}
}
