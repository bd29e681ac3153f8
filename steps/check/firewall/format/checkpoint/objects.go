package checkpoint

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// store resolves network objects and services.
type store struct {
	x        *export
	addrs    *objects.Book[*objects.Addrs]
	services *objects.Book[objects.Services]
	keys     map[string]string // of objects by uid, in the books
	cache    objects.Unions
}

func newStore(x *export) *store {
	s := &store{
		x: x, addrs: objects.NewAddrs("object"), services: objects.NewServices("service"),
		keys: map[string]string{}, cache: objects.Unions{},
	}
	taken := map[string]bool{}
	for uid, o := range x.objects {
		name := o.Get("name").Str()
		if taken[name] {
			name += " " + uid
		}
		taken[name] = true
		s.keys[uid] = name
	}
	for uid, o := range x.objects {
		if strings.HasPrefix(o.Get("type").Str(), "service") || o.Get("type").Str() == "CpmiAnyObject" && o.Get("name").Str() != "Any" {
			s.service(s.keys[uid], o)
		} else {
			s.address(s.keys[uid], o)
		}
	}
	return s
}

// of is the object that a cell names: by uid, by name, or itself.
func (s *store) of(n *jsontree.Node) (*jsontree.Node, string) {
	if n.Kind == jsontree.Object {
		uid := n.Get("uid").Str()
		if o := s.x.objects[uid]; o != nil && weight(o) >= weight(n) {
			return o, s.keys[uid]
		}
		key := n.Get("name").Str()
		if uid != "" || key != "" {
			key = "cell " + uid + key
		}
		if !s.addrs.Has(key) && !s.services.Has(key) {
			if strings.HasPrefix(n.Get("type").Str(), "service") {
				s.service(key, n)
			} else {
				s.address(key, n)
			}
		}
		return n, key
	}
	if o := s.x.objects[n.Str()]; o != nil {
		return o, s.keys[n.Str()]
	}
	if o := s.x.names[n.Str()]; o != nil {
		return o, s.keys[o.Get("uid").Str()]
	}
	return nil, n.Str()
}

// address enters one network object.
func (s *store) address(key string, o *jsontree.Node) {
	name, kind := o.Get("name").Str(), o.Get("type").Str()
	open := func(format string, args ...any) {
		s.addrs.Add(key, o.Line, objects.UnknownAddrs(fmt.Sprintf(format, args...)))
	}
	switch kind {
	case "CpmiAnyObject":
		s.addrs.Add(key, o.Line, objects.Anywhere())
	case "host", "simple-gateway", "simple-cluster", "checkpoint-host", "CpmiGatewayCluster", "CpmiGatewayPlain", "CpmiHostCkp", "CpmiClusterMember", "cluster-member":
		s.host(key, o, kind)
	case "network":
		s.network(key, o)
	case "address-range", "multicast-address-range":
		s.span(key, o)
	case "group":
		s.addrs.Join(key, o.Line)
		if o.Get("members") == nil {
			open("group %s (line %d), whose members are not in the file (export with dereference-group-members true)", name, o.Line)
		}
		for _, m := range o.Get("members").Items() {
			s.join(key, o.Line, m)
		}
	case "group-with-exclusion":
		if o.Get("include") == nil || o.Get("except") == nil {
			open("group %s (line %d), whose members are not in the file", name, o.Line)
			return
		}
		s.addrs.Join(key, o.Line)
		s.join(key, o.Line, o.Get("include"))
		if _, k := s.of(o.Get("except")); s.resolves(o.Get("except")) {
			s.addrs.Leave(key, o.Line, k)
		} else {
			open("the exception of group %s, which is not in the file", name)
		}
	case "wildcard":
		list, ok := source.Wildcard(o.Get("ipv4-address").Str(), o.Get("ipv4-mask-wildcard").Str())
		if !ok {
			open("the wildcard object %s (line %d)", name, o.Line)
			return
		}
		s.addrs.Add(key, o.Line, objects.Of(list...))
	case "dns-domain":
		open("the domain %s", name)
	case "access-role":
		open("the user (access role %s)", name)
	default:
		open("object %s of type %s, which the file does not resolve", name, kind)
	}
}

func (s *store) resolves(n *jsontree.Node) bool {
	o, _ := s.of(n)
	return o != nil
}

func (s *store) join(key string, line int, m *jsontree.Node) {
	o, k := s.of(m)
	if o == nil {
		s.addrs.Add(key, line, objects.UnknownAddrs(fmt.Sprintf("member %s of a group (line %d), which is not in the file", m.Str(), line)))
		return
	}
	s.addrs.Join(key, line, k)
}

// host is an object of single addresses: those that are told.
func (s *store) host(key string, o *jsontree.Node, kind string) {
	var list []netipx.IPRange
	add := func(n *jsontree.Node) {
		if a, err := netip.ParseAddr(n.Str()); err == nil {
			list = append(list, source.One(a.Unmap()))
		}
	}
	for _, x := range append([]*jsontree.Node{o}, o.Get("interfaces").Items()...) {
		for _, f := range []string{"ipv4-address", "ipv6-address"} {
			add(x.Get(f))
		}
	}
	a := objects.Of(list...)
	if len(list) == 0 || kind != "host" && o.Get("interfaces") == nil {
		a.Maybe = []string{fmt.Sprintf("object %s (line %d), not all of whose addresses are in the file (mgmt_cli show gateways-and-servers details-level full tells them)", o.Get("name").Str(), o.Line)}
	}
	s.addrs.Add(key, o.Line, a)
}

func (s *store) network(key string, o *jsontree.Node) {
	var list []netip.Prefix
	for _, f := range []string{"4", "6"} {
		a, err := netip.ParseAddr(o.Get("subnet" + f).Str())
		bits := o.Get("mask-length" + f).Str()
		if err != nil {
			continue
		}
		if n, err := strconv.Atoi(bits); err == nil && n >= 0 && n <= a.BitLen() {
			list = append(list, netip.PrefixFrom(a, n).Masked())
		} else if r, ok := source.Masked(a.String(), o.Get("subnet-mask").Str()); ok {
			s.addrs.Add(key, o.Line, objects.Of(r))
		}
	}
	if len(list) == 0 && !s.addrs.Has(key) {
		s.addrs.Add(key, o.Line, objects.UnknownAddrs(fmt.Sprintf("network %s (line %d), which holds no addresses", o.Get("name").Str(), o.Line)))
		return
	}
	s.addrs.Add(key, o.Line, objects.OfPrefixes(list...))
}

func (s *store) span(key string, o *jsontree.Node) {
	var list []netipx.IPRange
	for _, f := range []string{"ipv4-address", "ipv6-address"} {
		if r, ok := source.Span(o.Get(f+"-first").Str(), o.Get(f+"-last").Str()); ok {
			list = append(list, r)
		} else if r, ok := source.Net(o.Get(f).Str()); ok && o.Get(f) != nil {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		s.addrs.Add(key, o.Line, objects.UnknownAddrs(fmt.Sprintf("range %s (line %d), which holds no addresses", o.Get("name").Str(), o.Line)))
		return
	}
	s.addrs.Add(key, o.Line, objects.Of(list...))
}

// service enters one service.
func (s *store) service(key string, o *jsontree.Node) {
	name := o.Get("name").Str()
	open := func(what string) {
		s.services.Add(key, o.Line, objects.UnknownService(fmt.Sprintf("service %s (line %d), %s", name, o.Line, what)))
	}
	switch kind := o.Get("type").Str(); kind {
	case "service-tcp", "service-udp", "service-sctp":
		proto := map[string]uint8{"service-tcp": ir.TCP, "service-udp": ir.UDP, "service-sctp": ir.SCTP}[kind]
		dst, ok := ports(o.Get("port").Str())
		src, also := ports(o.Get("source-port").Str())
		if !ok || !also || len(dst) == 0 {
			open("whose ports are not told")
			return
		}
		v := objects.Port(proto, dst...)
		if len(src) > 0 {
			v.SPort = &ir.Ports{Ranges: src}
		}
		if o.Get("match-by-protocol-signature").True() {
			v.Maybe = []string{"the protocol that the firewall sees in the connection (service " + name + ")"}
		}
		s.services.Add(key, o.Line, objects.Services{v})
	case "service-icmp", "service-icmp6":
		v := objects.Proto(map[string]uint8{"service-icmp": ir.ICMP, "service-icmp6": ir.ICMPv6}[kind])
		if t, err := strconv.ParseUint(o.Get("icmp-type").Str(), 10, 8); err == nil {
			v.ICMP = &ir.ICMPTypes{List: []ir.ICMPType{{Type: uint8(t), CodeHi: 255}}}
		}
		s.services.Add(key, o.Line, objects.Services{v})
	case "service-other":
		n, err := strconv.ParseUint(o.Get("ip-protocol").Str(), 10, 8)
		if err != nil {
			open("whose protocol is not told")
			return
		}
		v := objects.Proto(uint8(n))
		if m := o.Get("match").Str(); m != "" {
			v.Maybe = []string{"the expression that service " + name + " matches by"}
		}
		s.services.Add(key, o.Line, objects.Services{v})
	case "service-group":
		s.services.Join(key, o.Line)
		if o.Get("members") == nil {
			open("whose members are not in the file (export with dereference-group-members true)")
		}
		for _, m := range o.Get("members").Items() {
			if x, k := s.of(m); x != nil {
				s.services.Join(key, o.Line, k)
			} else {
				open("a member of which is not in the file")
			}
		}
	default:
		open("of type " + kind + ", which is known only as connections come")
	}
}

// ports reads 25, 1024-65535, >1023, <1024 and lists of them.
func ports(v string) (out []ir.PortRange, ok bool) {
	if v == "" {
		return nil, true
	}
	for _, w := range strings.Split(v, ",") {
		w = strings.TrimSpace(w)
		switch {
		case strings.HasPrefix(w, ">"):
			p, ok := source.Port(strings.TrimSpace(w[1:]))
			if !ok || p == 65535 {
				return nil, false
			}
			out = append(out, ir.PortRange{Lo: p + 1, Hi: 65535})
		case strings.HasPrefix(w, "<"):
			p, ok := source.Port(strings.TrimSpace(w[1:]))
			if !ok || p == 0 {
				return nil, false
			}
			out = append(out, ir.PortRange{Lo: 0, Hi: p - 1})
		default:
			r, ok := objects.PortRange(w)
			if !ok {
				return nil, false
			}
			out = append(out, r)
		}
	}
	return out, true
}

// cell is what the objects of one cell are called.
func (s *store) cell(n *jsontree.Node) []string {
	var out []string
	for _, i := range n.Items() {
		if o, _ := s.of(i); o != nil {
			out = append(out, o.Get("name").Str())
		} else {
			out = append(out, i.Str())
		}
	}
	return out
}

// isAny reports a cell that does not narrow.
func (s *store) isAny(n *jsontree.Node) bool {
	return len(n.Items()) == 0 || slices.ContainsFunc(s.cell(n), func(v string) bool { return v == "Any" })
}

// addresses is what the objects of a cell stand for, and the security zones
// among them. Destinations include the addresses that objects are translated
// to by settings of their own.
func (s *store) addresses(n *jsontree.Node, dst bool) (set *objects.Addrs, zones []string) {
	var all []*objects.Addrs
	key := fmt.Sprint(dst)
	for _, i := range n.Items() {
		o, k := s.of(i)
		if o == nil {
			all = append(all, objects.UnknownAddrs("object "+i.Str()+", which is not in the file"))
			key += "\x00" + i.Str()
			continue
		}
		if o.Get("type").Str() == "security-zone" {
			zones = append(zones, o.Get("name").Str())
			continue
		}
		key += "\x00" + k
		all = append(all, s.addrs.Get(k))
		if p, ok := publicOf(o); ok && dst {
			all = append(all, objects.Of(source.One(p)))
		}
	}
	if len(all) == 0 {
		return nil, zones
	}
	return s.cache.Get(key, false, func() []*objects.Addrs { return all }), zones
}

// publicOf is the address that an object is translated to one to one by its
// own settings.
func publicOf(o *jsontree.Node) (netip.Addr, bool) {
	n := o.Get("nat-settings")
	if !n.Get("auto-rule").True() || !strings.EqualFold(n.Get("method").Str(), "static") {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(n.Get("ipv4-address").Str())
	if err != nil {
		a, err = netip.ParseAddr(n.Get("ipv6-address").Str())
	}
	return a, err == nil
}

// servicesOf is what the services of a cell stand for.
func (s *store) servicesOf(n *jsontree.Node) objects.Services {
	if s.isAny(n) {
		return objects.AnyService()
	}
	var out objects.Services
	for _, i := range n.Items() {
		o, k := s.of(i)
		if o == nil {
			out = append(out, objects.UnknownService("service "+i.Str()+", which is not in the file")...)
			continue
		}
		if !s.services.Has(k) {
			out = append(out, objects.UnknownService(fmt.Sprintf("%s (%s), which is known only as connections come", o.Get("name").Str(), o.Get("type").Str()))...)
			continue
		}
		if out = append(out, s.services.Get(k)...); len(out) > 2000 {
			return objects.UnknownService("a rule of more services than are read")
		}
	}
	return out
}
