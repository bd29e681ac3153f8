package fortios

import (
	"fmt"
	"net/netip"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// vip is a virtual IP: what it takes in, and where it sends that.
type vip struct {
	name   string
	at     ir.At
	iface  string // the external interface; "" for any
	in     []string
	ext    []netipx.IPRange // nil: an address of the interface that the file does not tell
	src    *ir.Addrs
	proto  uint8 // 0 for any
	ports  []ir.PortRange
	to     []target
	only   objects.Services // limits what it takes in; nil for none
	maybe  []string
	broken string // why it is not known where it sends packets; "" when it is
	used   bool
	off    bool

	behind *vip   // takes in all that this one would, before it
	aside  []*vip // take in some protocol or ports of it, before it
	rivals []*vip // take in some of it, before it or perhaps
	unsure string // why policies that name it and not all rivals are met perhaps
}

// target is one address or range that packets are sent to.
type target struct {
	addr  netipx.IPRange
	ports ir.PortRange // zero: as they are
	shift bool
}

// vips are the virtual IPs of a family and the groups of them.
type vips struct {
	list   []*vip
	byName map[string]*vip
	groups map[string][]string
	ahead  map[string]bool
}

// readVIPs reads the virtual IPs of a family.
func (v *vdom) readVIPs(f ir.Family) *vips {
	x := &vips{byName: map[string]*vip{}, groups: map[string][]string{}, ahead: map[string]bool{}}
	name, groups := "firewall vip", "firewall vipgrp"
	if f == ir.V6 {
		name, groups = "firewall vip6", "firewall vipgrp6"
	}
	for _, e := range v.at.kid(name).entries() {
		if e.stray {
			p := &vip{at: ir.At{Line: e.line, Text: "(a line that could not be read)"}, broken: fmt.Sprintf("line %d among the virtual IPs, which could not be read", e.line), used: true}
			x.list = append(x.list, p)
			continue
		}
		p := v.readVIP(e, f)
		x.list = append(x.list, p)
		x.byName[p.name] = p
	}
	for _, e := range v.at.kid(groups).entries() {
		if !e.stray {
			x.groups[e.name], _, _ = e.get("member")
		}
	}
	return x
}

// members lists the virtual IPs that a name stands for, of a group all in it;
// ok is false when it is no name of one.
func (x *vips) members(name string) (list []*vip, ok bool) {
	if p := x.byName[name]; p != nil {
		return []*vip{p}, true
	}
	g, ok := x.groups[name]
	if !ok || x.ahead[name] {
		return nil, ok
	}
	x.ahead[name] = true
	defer delete(x.ahead, name)
	for _, m := range g {
		more, _ := x.members(m)
		list = append(list, more...)
	}
	return list, true
}

func (v *vdom) readVIP(e *entry, f ir.Family) *vip {
	p := &vip{name: e.name, at: ir.At{Line: e.line, Text: fmt.Sprintf("virtual IP %q", e.name)}, off: e.is("status", "disable")}
	if n := e.value("extintf"); n != "" && n != "any" {
		p.iface = n
		p.in = v.patterns([]string{n})
	}
	if names, _, _ := e.get("srcintf-filter"); len(names) > 0 {
		p.in = both(p.in, v.patterns(names))
	}
	kind := e.value("type")
	unknown := func(format string, args ...any) *vip {
		p.broken = fmt.Sprintf("virtual IP %q (line %d), ", e.name, e.line) + fmt.Sprintf(format, args...)
		return p
	}
	if !v.external(p, e, f) {
		return unknown("whose external address is not known here")
	}
	if len(e.unread) > 0 {
		return unknown("in which line %d could not be read", e.unread[0])
	}
	v.filters(p, e)
	switch kind {
	case "", "static-nat", "load-balance":
		if e.is("nat46", "enable") && !e.is("nat44", "enable") || e.is("nat64", "enable") || e.is("nat66", "disable") {
			return unknown("which translates between IPv4 and IPv6")
		}
		return v.static(p, e, kind == "load-balance", unknown)
	case "server-load-balance":
		return v.balanced(p, e, unknown)
	case "fqdn":
		return unknown("which sends packets to a host name (%s)", shorten(e.value("mapped-addr")))
	default:
		return unknown("of type %s", shorten(kind))
	}
}

// both are the names that stand in two lists, where nil is any.
func both(a, b []string) []string {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := []string{}
	for _, n := range a {
		for _, m := range b {
			if n == m {
				out = append(out, n)
			}
		}
	}
	return out
}

// external reads the address that packets are sent to.
func (v *vdom) external(p *vip, e *entry, f ir.Family) bool {
	w, _, ok := e.get("extip")
	if _, _, named := e.get("extaddr"); named && !ok {
		return false
	}
	if !ok || len(w) == 0 {
		return false
	}
	r, ok := source.Net(w[0])
	if !ok || r.From().Is4() != (f == ir.V4) {
		return false
	}
	if !r.From().IsUnspecified() || r.From() != r.To() {
		p.ext = []netipx.IPRange{r}
		return true
	}
	if i := v.byName[p.iface]; i != nil && !i.dynamic { // 0.0.0.0 is the address of the external interface
		for _, a := range i.addrs {
			if a.Is4() == (f == ir.V4) {
				p.ext = append(p.ext, source.One(a))
				return true
			}
		}
	}
	return p.iface != ""
}

// filters reads what limits a virtual IP: sources, services and ports.
func (v *vdom) filters(p *vip, e *entry) {
	if w, _, _ := e.get("src-filter"); len(w) > 0 {
		p.src = &ir.Addrs{}
		for _, s := range w {
			r, ok := source.Net(s)
			if !ok {
				p.maybe = append(p.maybe, fmt.Sprintf("the source filter of virtual IP %q (line %d), part of which could not be read", e.name, e.line))
				p.src = nil
				break
			}
			p.src.Ranges = append(p.src.Ranges, r)
		}
	}
	if names, _, _ := e.get("service"); len(names) > 0 {
		p.only = v.servicesOf(names, false)
	}
	if !e.is("portforward", "enable") && e.value("type") != "server-load-balance" {
		return
	}
	switch e.value("protocol") {
	case "", "tcp":
		p.proto = ir.TCP
	case "udp":
		p.proto = ir.UDP
	case "sctp":
		p.proto = ir.SCTP
	case "icmp":
		p.proto = ir.ICMP
	}
	if e.value("type") == "server-load-balance" {
		switch e.value("server-type") {
		case "ip":
			p.proto = 0
			return
		case "udp":
			p.proto = ir.UDP
		default:
			p.proto = ir.TCP
		}
	}
	w, _, _ := e.get("extport")
	for _, s := range strings.Split(strings.Join(w, ","), ",") {
		if r, ok := objects.PortNumbers(s); ok && p.proto != ir.ICMP {
			p.ports = append(p.ports, r)
		} else if s != "" {
			p.maybe = append(p.maybe, fmt.Sprintf("the external port %s of virtual IP %q (line %d)", shorten(s), e.name, e.line))
		}
	}
}

// static reads where a virtual IP sends packets one for one.
func (v *vdom) static(p *vip, e *entry, spread bool, unknown func(string, ...any) *vip) *vip {
	w, _, _ := e.get("mappedip")
	for _, t := range e.kid("mappedip").entries() {
		w = append(w, t.name)
	}
	var to []netipx.IPRange
	for _, s := range w {
		r, ok := source.Net(s)
		if !ok {
			return unknown("whose mapped address %s could not be read", shorten(s))
		}
		to = append(to, r)
	}
	if len(to) == 0 {
		return unknown("which names no mapped address")
	}
	ports, shift, ok := p.mappedPorts(e)
	if !ok {
		return unknown("whose mapped port %s could not be read", shorten(e.value("mappedport")))
	}
	if spread || len(to) > 1 {
		for _, r := range to {
			p.to = append(p.to, target{r, ports, shift})
		}
		return p
	}
	r := to[0]
	if len(p.ext) == 1 && r.From() == r.To() && p.ext[0].From() != p.ext[0].To() {
		if last, ok := offset(r.From(), distance(p.ext[0].From(), p.ext[0].To())); ok {
			r = netipx.IPRangeFrom(r.From(), last) // as many as there are external ones
		}
	}
	p.to = []target{{r, ports, shift}}
	return p
}

// mappedPorts are the ports that packets are sent to; zero where they stay.
func (p *vip) mappedPorts(e *entry) (to ir.PortRange, shift, ok bool) {
	if !e.is("portforward", "enable") || p.proto == ir.ICMP {
		return to, false, true
	}
	s := e.value("mappedport")
	if s == "" || s == "0" || s == "0-65535" {
		return to, false, true
	}
	to, ok = objects.PortNumbers(s)
	if len(p.ports) != 1 {
		return to, false, ok
	}
	if ext := p.ports[0]; ext == to {
		return ir.PortRange{}, false, ok
	} else if ext.Hi-ext.Lo == to.Hi-to.Lo && !e.is("portmapping-type", "m-to-n") {
		return to, to.Hi > to.Lo, ok
	} else if to.Lo == to.Hi && ext.Hi > ext.Lo && !e.is("portmapping-type", "m-to-n") {
		return to, false, false
	}
	return to, false, ok
}

// balanced reads the servers among which a virtual server shares packets out.
func (v *vdom) balanced(p *vip, e *entry, unknown func(string, ...any) *vip) *vip {
	for _, s := range e.kid("realservers").entries() {
		if s.stray || len(s.unread) > 0 {
			return unknown("of whose servers line %d could not be read", s.line)
		}
		if s.is("status", "disable") {
			continue
		}
		a, err := netip.ParseAddr(s.value("ip"))
		if err != nil {
			return unknown("of whose servers one is named, not given by its address (line %d)", s.line)
		}
		t := target{addr: source.One(a)}
		if port, ok := objects.PortNumbers(s.value("port")); ok && port.Lo > 0 && (len(p.ports) != 1 || p.ports[0] != port) {
			t.ports = port
		}
		p.to = append(p.to, t)
	}
	if len(p.to) == 0 {
		return unknown("a virtual server without a server")
	}
	return p
}
