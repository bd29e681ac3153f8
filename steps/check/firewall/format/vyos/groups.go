package vyos

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// groups are the named groups of a configuration. Names of one kind of group
// say nothing of another kind: they are told apart as "address-group NAME".
type groups struct {
	addrs  *objects.Book[*objects.Addrs]
	ports  map[string][]string
	ifaces map[string][]string
	flip   map[string]*objects.Addrs
	net    *network
}

func readGroups(g *wordtree.Node, net *network) *groups {
	out := &groups{
		net: net, addrs: objects.NewAddrs("group"), ports: map[string][]string{}, ifaces: map[string][]string{}, flip: map[string]*objects.Addrs{},
	}
	for _, kind := range g.Live() {
		for _, n := range kind.Live() {
			out.add(kind.Name, n)
		}
	}
	return out
}

func (g *groups) add(kind string, n *wordtree.Node) {
	key := kind + " " + n.Name
	switch kind {
	case "address-group", "network-group", "ipv6-address-group", "ipv6-network-group":
		g.addrs.Define(key, n.Line)
		for _, member := range []string{"address", "network", "ipv6-address", "ipv6-network"} {
			for _, a := range n.Kid(member).Live() {
				r, ok := source.Net(a.Name)
				if !ok {
					g.addrs.Add(key, a.Line, objects.UnknownAddrs(fmt.Sprintf("%q in %s (line %d), which could not be read", source.Redact(a.Name), key, a.Line)))
					continue
				}
				g.addrs.Add(key, a.Line, objects.Of(r))
			}
		}
		for _, i := range n.Kid("include").Live() {
			g.addrs.Join(key, i.Line, kind+" "+i.Name)
		}
	case "domain-group":
		g.addrs.Add(key, n.Line, objects.UnknownAddrs(fmt.Sprintf("the host names of domain-group %s (line %d); look up their addresses and list them", n.Name, n.Line)))
	case "port-group":
		g.ports[n.Name] = append(n.Kid("port").Names(), g.includes(n)...)
	case "interface-group":
		g.ifaces[n.Name] = append(n.Kid("interface").Names(), g.includes(n)...)
	}
}

// includes are members that name other groups, marked so that they resolve
// later.
func (g *groups) includes(n *wordtree.Node) []string {
	var out []string
	for _, i := range n.Kid("include").Names() {
		out = append(out, "include "+i)
	}
	return out
}

// flat resolves groups of names, each once; false when one is not in the file.
func flat(m map[string][]string, name string, seen map[string]bool) ([]string, bool) {
	list, ok := m[name]
	if !ok || seen[name] {
		return nil, ok
	}
	seen[name] = true
	var out []string
	for _, x := range list {
		inner, is := strings.CutPrefix(x, "include ")
		if !is {
			out = append(out, x)
			continue
		}
		more, ok := flat(m, inner, seen)
		if !ok {
			return nil, false
		}
		out = append(out, more...)
	}
	return out, true
}

// addresses is a group of addresses, with ! before its name the complement.
func (g *groups) addresses(kind, name string, line int, v6 bool) *objects.Addrs {
	bare, not := strings.CutPrefix(name, "!")
	key := kind + " " + bare
	if v6 && g.addrs.Has("ipv6-"+key) {
		key = "ipv6-" + key
	}
	a := g.addrs.Get(key)
	if made := g.net.builtin(bare, line); made != nil && !g.addrs.Has(key) {
		a = made
	} else if !g.addrs.Has(key) {
		a = objects.UnknownAddrs(fmt.Sprintf("%s, which line %d names and the file does not hold", key, line))
	}
	if !not {
		return a
	}
	if g.flip[key] == nil {
		g.flip[key] = a.Negate()
	}
	return g.flip[key]
}

// portSet reads ports such as 25,587,1000-2000, smtp or !25; false when one is
// not known.
func portSet(v string) (*ir.Ports, bool) {
	bare, not := strings.CutPrefix(v, "!")
	p := &ir.Ports{Not: not}
	for _, part := range strings.FieldsFunc(bare, func(r rune) bool { return r == ',' || r == ' ' }) {
		if strings.HasPrefix(part, "!") {
			return nil, false
		}
		x, ok := span(part)
		if !ok {
			return nil, false
		}
		p.Ranges = append(p.Ranges, x)
	}
	return p, len(p.Ranges) > 0
}

func span(v string) (ir.PortRange, bool) {
	if n, ok := source.Port(v); ok {
		return ir.PortRange{Lo: n, Hi: n}, true
	}
	lo, hi, _ := strings.Cut(v, "-")
	a, err1 := strconv.ParseUint(lo, 10, 16)
	b, err2 := strconv.ParseUint(hi, 10, 16)
	return ir.PortRange{Lo: uint16(a), Hi: uint16(b)}, err1 == nil && err2 == nil && a <= b
}

// portGroup is a group of ports, with ! before its name the complement.
func (g *groups) portGroup(name string) (*ir.Ports, bool) {
	bare, not := strings.CutPrefix(name, "!")
	list, ok := flat(g.ports, bare, map[string]bool{})
	if !ok || len(list) == 0 {
		return nil, false
	}
	p, ok := portSet(strings.Join(list, ","))
	if ok {
		p.Not = not
	}
	return p, ok
}

// members are the interfaces of a group.
func (g *groups) members(name string) ([]string, bool) {
	list, ok := flat(g.ifaces, name, map[string]bool{})
	slices.Sort(list)
	return slices.Compact(list), ok
}
