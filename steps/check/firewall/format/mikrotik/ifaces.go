package mikrotik

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// network is what the file tells of interfaces: lists of them, their
// addresses and where routes lead.
type network struct {
	r       *reader
	lists   map[string]*ifaceList
	ports   map[string]int             // ports of bridges, which rules do not see, with their line
	kinds   map[string]map[string]bool // interfaces by kind, such as "ppp"
	names   []string                   // of interfaces, in the order of the file
	inLists map[string][]string        // lists that an interface is in
	byName  map[string]*ir.Iface
}

type ifaceList struct {
	line     int
	own      []string
	include  []string
	exclude  []string
	seen     bool
	resolved *members
}

// members are the interfaces of a list. open says why there may be others.
type members struct {
	names []string
	open  string
	all   bool
}

func (r *reader) network() *network {
	n := &network{
		r: r, lists: map[string]*ifaceList{}, ports: map[string]int{}, kinds: map[string]map[string]bool{},
		inLists: map[string][]string{}, byName: map[string]*ir.Iface{},
	}
	n.readKinds()
	for _, it := range r.menu("interface list").items {
		l := n.list(it.get("name"), it.line)
		l.include = append(l.include, commas(it.get("include"))...)
		l.exclude = append(l.exclude, commas(it.get("exclude"))...)
	}
	for _, it := range r.menu("interface list member").items {
		if !it.disabled() {
			l := n.list(it.get("list"), it.line)
			l.own = append(l.own, it.get("interface"))
		}
	}
	for _, it := range r.menu("interface bridge port").items {
		if !it.disabled() {
			n.ports[it.get("interface")] = it.line
		}
	}
	n.addresses(menu4)
	n.addresses(menu6)
	for name := range n.lists {
		for _, m := range n.members(name).names {
			n.inLists[m] = append(n.inLists[m], name)
		}
	}
	for _, l := range n.inLists {
		slices.Sort(l)
	}
	n.outer()
	return n
}

func (n *network) list(name string, line int) *ifaceList {
	l := n.lists[name]
	if l == nil {
		l = &ifaceList{line: line}
		n.lists[name] = l
	}
	return l
}

func commas(v string) []string {
	var out []string
	for _, s := range strings.Split(v, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// members resolves a list. The lists all, none, dynamic and static are there
// from the start.
func (n *network) members(name string) *members {
	switch name {
	case "all":
		return &members{all: true}
	case "none":
		return &members{}
	case "dynamic", "static":
		return &members{open: fmt.Sprintf("which interfaces are %s", name)}
	}
	l := n.lists[name]
	switch {
	case l == nil:
		return &members{open: fmt.Sprintf("interface list %s, which is not in the file", name)}
	case l.resolved != nil:
		return l.resolved
	case l.seen:
		return &members{open: fmt.Sprintf("interface list %s (line %d), which includes itself", name, l.line)}
	}
	l.seen = true
	m := &members{names: slices.Clone(l.own)}
	for _, x := range l.include {
		o := n.members(x)
		m.names = append(m.names, o.names...)
		m.all = m.all || o.all
		if o.open != "" {
			m.open = o.open
		}
	}
	for _, x := range l.exclude {
		o := n.members(x)
		if o.all {
			m = &members{}
		}
		if m.all || o.open != "" {
			m.open = fmt.Sprintf("interface list %s (line %d), which leaves out others", name, l.line)
			m.all = false
		}
		m.names = slices.DeleteFunc(m.names, func(s string) bool { return slices.Contains(o.names, s) })
	}
	slices.Sort(m.names)
	m.names = slices.Compact(m.names)
	l.seen, l.resolved = false, m
	return m
}

// kindOf maps menus of interfaces to the kinds that rules can name with all-.
var kindOf = map[string]string{
	"interface ethernet": "ethernet", "interface vlan": "vlan", "interface wireless": "wireless", "interface wifi": "wireless",
	"interface pppoe-client": "ppp", "interface ppp-client": "ppp", "interface l2tp-client": "ppp", "interface pptp-client": "ppp",
	"interface sstp-client": "ppp", "interface ovpn-client": "ppp", "interface pppoe-server": "ppp", "interface l2tp-server": "ppp",
	"interface bridge": "", "interface lte": "", "interface wireguard": "", "interface gre": "", "interface eoip": "",
	"interface bonding": "", "interface ipip": "", "interface 6to4": "", "interface vrrp": "", "interface veth": "",
}

func (n *network) readKinds() {
	var paths []string
	for path := range kindOf {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		m := n.r.menus[path]
		if m == nil {
			continue
		}
		for _, it := range m.items {
			name := it.get("name")
			if name == "" {
				continue
			}
			n.names = append(n.names, name)
			kind := kindOf[path]
			if n.kinds[kind] == nil {
				n.kinds[kind] = map[string]bool{}
			}
			n.kinds[kind][name] = true
			n.iface(name, it.line, it.text)
		}
	}
}

func (n *network) iface(name string, line int, text string) *ir.Iface {
	f := n.byName[name]
	if f == nil {
		f = &ir.Iface{Name: name, At: ir.At{Line: line, Text: shown(text)}}
		n.byName[name] = f
	}
	return f
}

// Menus of the two families.
const (
	menu4 = "ip"
	menu6 = "ipv6"
)

func (n *network) addresses(menu string) {
	for _, it := range n.r.menu(menu + " address").items {
		if it.disabled() || it.get("interface") == "" {
			continue
		}
		f := n.iface(it.get("interface"), it.line, it.text)
		p, err := netip.ParsePrefix(it.get("address"))
		if err != nil {
			a, err := netip.ParseAddr(it.get("address"))
			if err != nil {
				continue
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		if len(f.Addrs) == 0 {
			f.At = ir.At{Line: it.line, Text: shown(it.text)}
		}
		f.Addrs = append(f.Addrs, p.Addr())
		f.Nets = append(f.Nets, p.Masked())
	}
}

// outer finds the interfaces that face the internet: by the default route; else
// by the interface list WAN that the default configuration has.
func (n *network) outer() {
	found := false
	mark := func(name, why string, line int, text string) {
		if name == "" {
			return
		}
		f := n.iface(name, line, text)
		if f.Outer != ir.Yes {
			f.Outer, f.Why, found = ir.Yes, why, true
		}
	}
	for _, menu := range []string{menu4, menu6} {
		for _, it := range n.r.menu(menu + " route").items {
			n.route(it, mark)
		}
	}
	for _, it := range n.r.menu("ip dhcp-client").items {
		if v := it.get("add-default-route"); !it.disabled() && v != "no" {
			mark(it.get("interface"), fmt.Sprintf("it gets its default route by DHCP (line %d)", it.line), it.line, it.text)
		}
	}
	for _, path := range []string{"interface pppoe-client", "interface ppp-client", "interface lte"} {
		for _, it := range n.r.menu(path).items {
			if truth(it.get("add-default-route")) && !it.disabled() {
				mark(it.get("name"), fmt.Sprintf("it sets a default route (line %d)", it.line), it.line, it.text)
			}
		}
	}
	wan, lan := n.members("WAN"), n.members("LAN")
	for _, name := range wan.names {
		if !found {
			f := n.iface(name, n.lists["WAN"].line, "interface list WAN")
			f.Outer, f.Why = ir.Yes, "it is in interface list WAN"
		}
	}
	for _, name := range lan.names {
		if f := n.iface(name, n.lists["LAN"].line, "interface list LAN"); f.Outer == ir.Either {
			f.Outer = ir.No
		}
	}
	n.give()
}

// route reads a static route: the default one faces the internet, others say
// what lies behind an interface.
func (n *network) route(it *item, mark func(name, why string, line int, text string)) {
	if it.disabled() || it.get("gateway") == "" || it.get("routing-table") != "" && it.get("routing-table") != "main" || it.get("routing-mark") != "" {
		return
	}
	dst, err := netip.ParsePrefix(it.get("dst-address"))
	isDefault := it.get("dst-address") == "" || err == nil && dst.Bits() == 0
	if err != nil && !isDefault {
		return
	}
	for _, g := range commas(it.get("gateway")) {
		name := n.gateway(g)
		if isDefault {
			mark(name, fmt.Sprintf("the default route leaves by it (line %d)", it.line), it.line, it.text)
		} else if f := n.byName[name]; f != nil {
			f.Nets = append(f.Nets, dst.Masked())
		}
	}
}

// gateway is the interface behind which a gateway lies: 192.0.2.1, ether1 or
// 192.0.2.1%ether1.
func (n *network) gateway(v string) string {
	addr, name, scoped := strings.Cut(v, "%")
	if scoped {
		return name
	}
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return v
	}
	best, bits := "", -1
	for _, f := range n.byName {
		for _, p := range f.Nets {
			if p.Contains(a) && p.Bits() > bits {
				best, bits = f.Name, p.Bits()
			}
		}
	}
	return best
}

// give hands the interfaces to the ruleset, in the order of their lines.
func (n *network) give() {
	for name, f := range n.byName {
		if lists := n.inLists[name]; len(lists) > 0 {
			f.Zone = lists[0]
		}
		n.r.set.Ifaces = append(n.r.set.Ifaces, *f)
	}
	slices.SortFunc(n.r.set.Ifaces, func(a, b ir.Iface) int {
		if a.At.Line != b.At.Line {
			return a.At.Line - b.At.Line
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// own lists the firewall's own addresses of a family, with the line of each.
func (n *network) own(v4 bool) (out []netip.Addr, at []ir.At) {
	for i := range n.r.set.Ifaces {
		f := &n.r.set.Ifaces[i]
		for _, a := range f.Addrs {
			if a.Is4() == v4 {
				out, at = append(out, a), append(at, f.At)
			}
		}
	}
	return out, at
}

// ofInterface is the condition of in-interface or out-interface.
func (n *network) ofInterface(name string, not bool) alternatives {
	if kind, ok := strings.CutPrefix(name, "all-"); ok {
		return n.ofKind(kind, not)
	}
	alt := alternatives{sure: &ir.Ifaces{Patterns: []string{plain(name)}, Not: not}}
	if line, port := n.ports[name]; port {
		alt.doubt = fmt.Sprintf("%s, which line %d makes a port of a bridge, so that rules see the bridge instead", name, line)
	}
	for _, l := range n.inLists[name] {
		if m := n.members(l); len(m.names) == 1 && m.open == "" && !m.all {
			alt.sure.Patterns = append(alt.sure.Patterns, l)
			continue
		}
		if not {
			alt.sure.Patterns = append(alt.sure.Patterns, l)
		}
		alt.perhaps = &ir.Ifaces{Patterns: append(alt.perhapsPatterns(), l)}
		alt.why = fmt.Sprintf("which interface of list %s is meant; rules name %s of it", l, name)
	}
	return alt
}

// plain keeps a name from being read as a pattern.
func plain(name string) string {
	if strings.HasSuffix(name, "+") {
		return name + " "
	}
	return name
}

func (n *network) ofKind(kind string, not bool) alternatives {
	var known []string
	for name := range n.kinds[kind] {
		known = append(known, name)
	}
	slices.Sort(known)
	return alternatives{
		sure:    &ir.Ifaces{Patterns: known, Not: not},
		perhaps: &ir.Ifaces{Patterns: n.names, Not: true},
		why:     fmt.Sprintf("which interfaces are of the kind %s", kind),
		open:    not,
	}
}

// ofList is the condition of in-interface-list or out-interface-list.
func (n *network) ofList(name string, not bool) alternatives {
	m := n.members(name)
	if m.all {
		if not {
			return alternatives{sure: &ir.Ifaces{Patterns: []string{}}}
		}
		return alternatives{}
	}
	patterns := []string{name}
	for _, x := range m.names {
		patterns = append(patterns, plain(x))
	}
	part := n.otherLists(name, m, &patterns)
	if not {
		patterns = append(patterns, part...)
	}
	alt := alternatives{sure: &ir.Ifaces{Patterns: patterns, Not: not}}
	if len(part) > 0 {
		alt.perhaps = &ir.Ifaces{Patterns: part}
		alt.why = fmt.Sprintf("which interface of list %s is meant; rules name list %s", part[0], name)
	}
	if m.open != "" {
		alt.perhaps, alt.why, alt.open = &ir.Ifaces{Patterns: patterns, Not: true}, m.open, not
	}
	return alt
}

// otherLists adds the lists that lie within a list to its patterns, and returns
// those that share some of its interfaces: a packet may be asked about by the
// name of a list as well.
func (n *network) otherLists(name string, m *members, patterns *[]string) (part []string) {
	count := map[string]int{}
	for _, x := range m.names {
		for _, l := range n.inLists[x] {
			count[l]++
		}
	}
	delete(count, name)
	for l, shared := range count {
		if o := n.members(l); shared == len(o.names) && o.open == "" && !o.all {
			*patterns = append(*patterns, l)
		} else {
			part = append(part, l)
		}
	}
	slices.Sort(*patterns)
	slices.Sort(part)
	return part
}

// alternatives are a condition on interfaces as boxes have it: met for certain
// by sure (nil: any interface), and perhaps, for the reason why, by perhaps.
// open says that sure is no more certain than perhaps.
type alternatives struct {
	sure, perhaps *ir.Ifaces
	why           string
	open          bool
	doubt         string
}

func (a *alternatives) perhapsPatterns() []string {
	if a.perhaps == nil {
		return nil
	}
	return a.perhaps.Patterns
}
