package panos

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// scope is where names are defined: a virtual system, a device group, shared.
// A name is looked for in it and then in those around it.
type scope struct {
	name   string
	node   *wordtree.Node
	around *scope
}

// store resolves names of addresses and services.
type store struct {
	addrs    *objects.Book[*objects.Addrs]
	services *objects.Book[objects.Services]
	cache    objects.Unions
	filled   map[*scope]bool
}

func newStore() *store {
	s := &store{
		addrs: objects.NewAddrs("address object"), services: objects.NewServices("service"),
		cache: objects.Unions{}, filled: map[*scope]bool{},
	}
	ports := func(list ...uint16) objects.Service {
		var r []ir.PortRange
		for _, p := range list {
			r = append(r, ir.PortRange{Lo: p, Hi: p})
		}
		return objects.Port(ir.TCP, r...)
	}
	s.services.Add("service-http", 0, objects.Services{ports(80, 8080)})
	s.services.Add("service-https", 0, objects.Services{ports(443)})
	return s
}

// key names an object of a scope in the books.
func (c *scope) key(name string) string { return c.name + "/" + name }

// findAddr is the key of an address object or group as seen from a scope.
func (c *scope) find(name string, kinds ...string) (string, bool) {
	for x := c; x != nil; x = x.around {
		for _, k := range kinds {
			if x.node.Kid(k).Has(name) {
				return x.key(name), true
			}
		}
	}
	return "", false
}

var addrKinds = []string{"address", "address-group", "region"}

// fill enters the objects of a scope and of those around it into the books.
func (s *store) fill(c *scope) {
	for ; c != nil; c = c.around {
		if s.filled[c] {
			continue
		}
		s.filled[c] = true
		for _, a := range c.node.Kid("address").Live() {
			s.addrs.Add(c.key(a.Name), a.Line, address(a))
		}
		for _, g := range c.node.Kid("address-group").Live() {
			s.group(c, g)
		}
		for _, g := range c.node.Kid("region").Live() {
			if !c.node.Kid("address").Has(g.Name) && !c.node.Kid("address-group").Has(g.Name) {
				for _, m := range g.Kid("address").Names() {
					s.addrs.Add(c.key(g.Name), g.Line, literal(m))
				}
			}
		}
		for _, v := range c.node.Kid("service").Live() {
			s.services.Add(c.key(v.Name), v.Line, service(v))
		}
		for _, g := range c.node.Kid("service-group").Live() {
			if c.node.Kid("service").Has(g.Name) {
				continue
			}
			s.services.Join(c.key(g.Name), g.Line)
			for _, m := range g.Kid("members").Names() {
				s.services.Join(c.key(g.Name), g.Line, s.serviceKey(c, m))
			}
		}
	}
}

func (s *store) group(c *scope, g *wordtree.Node) {
	if c.node.Kid("address").Has(g.Name) {
		return // one name for both: the object is meant
	}
	key := c.key(g.Name)
	s.addrs.Join(key, g.Line)
	if g.Has("dynamic") {
		s.addrs.Add(key, g.Line, objects.UnknownAddrs(fmt.Sprintf("the dynamic address group %s (line %d), whose members are not in the file", g.Name, g.Line)))
	}
	for _, m := range g.Kid("static").Names() {
		if k, ok := c.find(m, addrKinds...); ok {
			s.addrs.Join(key, g.Line, k)
		} else {
			s.addrs.Add(key, g.Line, s.unnamed(c, m))
		}
	}
}

// address is what an address object stands for.
func address(a *wordtree.Node) *objects.Addrs {
	for _, kind := range []string{"ip-netmask", "ip-range"} {
		if v := a.Text(kind); v != "" {
			return literal(v)
		}
	}
	if v := a.Text("ip-wildcard"); v != "" {
		if addr, wild, ok := strings.Cut(v, "/"); ok {
			if list, ok := source.Wildcard(addr, wild); ok {
				return objects.Of(list...)
			}
		}
		return objects.UnknownAddrs(fmt.Sprintf("the wildcard address %s (line %d)", a.Name, a.Line))
	}
	if v := a.Text("fqdn"); v != "" {
		return objects.UnknownAddrs(fmt.Sprintf("the host name %s (address %s, line %d)", v, a.Name, a.Line))
	}
	return objects.UnknownAddrs(fmt.Sprintf("address %s (line %d), which holds no address", a.Name, a.Line))
}

// literal reads an address, network or range. A range the wrong way round
// holds nothing, as on the firewall.
func literal(v string) *objects.Addrs {
	if r, ok := source.Net(v); ok {
		return objects.Of(r)
	}
	if from, to, ok := strings.Cut(v, "-"); ok {
		if _, ok := source.Span(to, from); ok {
			return objects.Of()
		}
	}
	return objects.UnknownAddrs(fmt.Sprintf("the address %q, which could not be read", clip(v)))
}

// unnamed is what a word stands for that names no object: an address, or
// something that is not in the file.
func (s *store) unnamed(c *scope, v string) *objects.Addrs {
	if v == "any" {
		return objects.Anywhere()
	}
	if v != "" && (strings.Contains("0123456789", v[:1]) || strings.Contains(v, ":")) {
		if a := literal(v); len(a.Maybe) == 0 {
			return a
		}
	}
	if _, ok := c.find(v, "external-list"); ok {
		return objects.UnknownAddrs("the external dynamic list " + v)
	}
	if len(v) == 2 && strings.ToUpper(v) == v {
		return objects.UnknownAddrs("the region (country) " + v)
	}
	if strings.HasPrefix(v, "panw-") {
		return objects.UnknownAddrs("the list " + v + " of Palo Alto Networks")
	}
	return objects.UnknownAddrs(fmt.Sprintf("address object %s, which is not in the file", v))
}

// members is the set that a list of names and addresses stands for.
func (s *store) members(c *scope, names []string, not bool) *objects.Addrs {
	return s.cache.Get(c.name+"\x00"+strings.Join(names, "\x00"), not, func() []*objects.Addrs {
		var all []*objects.Addrs
		for _, n := range names {
			if k, ok := c.find(n, addrKinds...); ok {
				all = append(all, s.addrs.Get(k))
			} else {
				all = append(all, s.unnamed(c, n))
			}
		}
		return all
	})
}

// service is what a service object stands for.
func service(v *wordtree.Node) objects.Services {
	var out objects.Services
	p := v.Kid("protocol")
	for _, proto := range []struct {
		name string
		n    uint8
	}{{"tcp", ir.TCP}, {"udp", ir.UDP}, {"sctp", ir.SCTP}} {
		n := p.Kid(proto.name)
		if n == nil {
			continue
		}
		dst, ok := ports(n.Kid("port").Names())
		src, also := ports(n.Kid("source-port").Names())
		if !ok || !also || len(dst) == 0 {
			return objects.UnknownService(fmt.Sprintf("service %s (line %d), whose ports could not be read", v.Name, v.Line))
		}
		x := objects.Port(proto.n, dst...)
		if len(src) > 0 {
			x.SPort = &ir.Ports{Ranges: src}
		}
		out = append(out, x)
	}
	if len(out) == 0 {
		return objects.UnknownService(fmt.Sprintf("service %s (line %d), which names no protocol and port", v.Name, v.Line))
	}
	return out
}

// ports reads lists such as 25,587,1000-2000.
func ports(words []string) (out []ir.PortRange, ok bool) {
	for _, w := range words {
		for _, item := range strings.Split(w, ",") {
			r, ok := objects.PortRange(item)
			if !ok {
				return nil, false
			}
			out = append(out, r)
		}
	}
	return out, true
}

// serviceKey names a service in the book as seen from a scope.
func (s *store) serviceKey(c *scope, name string) string {
	if k, ok := c.find(name, "service", "service-group"); ok {
		return k
	}
	return name // one that is built in, or none
}

// servicesOf is what the service list of a rule stands for.
func (s *store) servicesOf(c *scope, names []string) objects.Services {
	var out objects.Services
	for _, n := range names {
		switch {
		case n == "any":
			return objects.AnyService()
		case n == "application-default":
			out = append(out, objects.Service{Maybe: []string{appDefault}})
		default:
			out = append(out, s.services.Get(s.serviceKey(c, n))...)
		}
	}
	if len(out) > 2000 {
		return objects.UnknownService("a rule of more services than are read")
	}
	return out
}

const appDefault = "App-ID, as the rule holds for the usual ports of each application (application-default)"

// anyOnly reports a list that does not narrow.
func anyOnly(names []string) bool { return slices.Contains(names, "any") }
