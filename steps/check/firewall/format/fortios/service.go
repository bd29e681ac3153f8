package fortios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// serviceBook holds the services and groups of a virtual domain, and those
// that FortiOS has from the start where the file does not say otherwise.
func (v *vdom) serviceBook() *objects.Book[objects.Services] {
	b := objects.NewServices("service")
	for name, s := range builtin() {
		b.Add(name, 0, s)
	}
	for name, members := range builtinGroups {
		b.Join(name, 0, members...)
	}
	for _, e := range v.at.kid("firewall service custom").entries() {
		if e.stray {
			continue
		}
		b.Define(e.name, e.line)
		b.Add(e.name, e.line, service(e))
	}
	for _, e := range v.at.kid("firewall service group").entries() {
		if e.stray {
			continue
		}
		b.Define(e.name, e.line)
		members, _, _ := e.get("member")
		b.Join(e.name, e.line, members...)
		if len(e.unread) > 0 {
			b.Add(e.name, e.line, objects.UnknownService(unreadIn("service group", e)))
		}
		if e.is("proxy", "enable") {
			b.Define(e.name, e.line)
			b.Add(e.name, e.line, objects.UnknownService(fmt.Sprintf("service group %q (line %d), which is for the proxy", e.name, e.line)))
		}
	}
	return b
}

// service is what one custom service stands for.
func service(e *entry) objects.Services {
	unknown := func(format string, args ...any) objects.Services {
		return objects.UnknownService(fmt.Sprintf("service %q (line %d), ", e.name, e.line) + fmt.Sprintf(format, args...))
	}
	switch {
	case len(e.unread) > 0:
		return objects.UnknownService(unreadIn("service", e))
	case e.is("proxy", "enable"):
		return unknown("which is for the proxy")
	}
	out, ok := protocolService(e)
	if !ok {
		return unknown("whose protocol or ports could not be read")
	}
	if w, line, limits := e.get("fqdn"); limits && len(w) > 0 {
		return e.limited(out, fmt.Sprintf("the host name %s of service %q (line %d)", shorten(w[0]), e.name, line))
	}
	if w, line, limits := e.get("iprange"); limits && len(w) > 0 && w[0] != "0.0.0.0" {
		return e.limited(out, fmt.Sprintf("the addresses %s of service %q (line %d)", shorten(w[0]), e.name, line))
	}
	if _, line, limits := e.get("application"); limits && !e.is("app-service-type", "disable") && e.value("app-service-type") != "" {
		return e.limited(out, fmt.Sprintf("the applications of service %q (line %d)", e.name, line))
	}
	return out
}

// limited makes services perhaps, for a reason.
func (e *entry) limited(list objects.Services, reason string) objects.Services {
	out := slices.Clone(list)
	for i := range out {
		out[i].Maybe = append(slices.Clone(out[i].Maybe), reason)
	}
	return out
}

func protocolService(e *entry) (objects.Services, bool) {
	switch p := strings.ToUpper(e.value("protocol")); p {
	case "IP":
		n, err := strconv.ParseUint(e.value("protocol-number"), 10, 8)
		if e.value("protocol-number") == "" || err == nil && n == 0 {
			return objects.AnyService(), true
		}
		return objects.Services{objects.Proto(uint8(n))}, err == nil
	case "ICMP":
		return icmpService(e, ir.ICMP)
	case "ICMP6":
		return icmpService(e, ir.ICMPv6)
	case "ALL":
		return objects.AnyService(), true
	case "", "TCP/UDP/SCTP", "TCP/UDP/UDP-LITE/SCTP":
	default:
		return nil, false // HTTP, FTP, CONNECT, SOCKS: for the proxy
	}
	var out objects.Services
	for _, p := range []struct {
		option string
		number uint8
	}{{"tcp-portrange", ir.TCP}, {"udp-portrange", ir.UDP}, {"sctp-portrange", ir.SCTP}, {"udplite-portrange", ir.UDPLite}} {
		w, _, _ := e.get(p.option)
		for _, s := range w {
			one, ok := portService(s, p.number)
			if !ok {
				return nil, false
			}
			out = append(out, one)
		}
	}
	return out, true
}

func icmpService(e *entry, proto uint8) (objects.Services, bool) {
	s := objects.Proto(proto)
	kind := e.value("icmptype")
	if kind == "" {
		return objects.Services{s}, true
	}
	t, err := strconv.ParseUint(kind, 10, 8)
	if err != nil {
		return nil, false
	}
	x := ir.ICMPType{Type: uint8(t), CodeHi: 255}
	if code := e.value("icmpcode"); code != "" {
		n, err := strconv.ParseUint(code, 10, 8)
		if err != nil {
			return nil, false
		}
		x.CodeLo, x.CodeHi = uint8(n), uint8(n)
	}
	s.ICMP = &ir.ICMPTypes{List: []ir.ICMPType{x}}
	return objects.Services{s}, true
}

// portService reads one range: destination ports, and source ports after a
// colon.
func portService(s string, proto uint8) (objects.Service, bool) {
	dst, src, both := strings.Cut(s, ":")
	out := objects.Proto(proto)
	d, ok := objects.PortNumbers(dst)
	if !ok {
		return out, false
	}
	if d.Lo > 1 || d.Hi < 65535 {
		out.DPort = &ir.Ports{Ranges: []ir.PortRange{d}}
	}
	if both {
		r, ok := objects.PortNumbers(src)
		if !ok {
			return out, false
		}
		if r.Lo > 1 || r.Hi < 65535 {
			out.SPort = &ir.Ports{Ranges: []ir.PortRange{r}}
		}
	}
	return out, true
}

// servicesOf is what a list of names stands for, joined into as few services
// as it takes; equal lists share one.
func (v *vdom) servicesOf(names []string, negate bool) objects.Services {
	k := key(names)
	if negate {
		k = "!" + k
	}
	if s, ok := v.served[k]; ok {
		return s
	}
	var all objects.Services
	for _, n := range names {
		all = append(all, v.services.Get(n)...)
	}
	s := join(all)
	if negate {
		s = others(s)
	}
	v.served[k] = s
	return s
}

// join makes one service of those that differ in their ports alone.
func join(list objects.Services) objects.Services {
	var out objects.Services
	ports := map[uint8]*ir.Ports{}
	whole := map[uint8]bool{}
	for _, s := range list {
		if s.Proto == nil && s.DPort == nil && len(s.Maybe) == 0 {
			return objects.AnyService()
		}
		if s.Proto == nil || s.SPort != nil || s.ICMP != nil || len(s.Maybe) > 0 {
			out = append(out, s)
			continue
		}
		switch p := s.Proto.List[0]; {
		case whole[p]:
		case s.DPort == nil:
			whole[p] = true
		case ports[p] == nil:
			ports[p] = &ir.Ports{Ranges: slices.Clone(s.DPort.Ranges)}
		default:
			ports[p].Ranges = append(ports[p].Ranges, s.DPort.Ranges...)
		}
	}
	for n := range 256 {
		p := uint8(n)
		switch {
		case whole[p]:
			out = append(out, objects.Proto(p))
		case ports[p] != nil:
			s := objects.Proto(p)
			s.DPort = merged(ports[p])
			out = append(out, s)
		}
	}
	return out
}

func merged(p *ir.Ports) *ir.Ports {
	slices.SortFunc(p.Ranges, func(a, b ir.PortRange) int { return int(a.Lo) - int(b.Lo) })
	out := p.Ranges[:1]
	for _, r := range p.Ranges[1:] {
		if last := &out[len(out)-1]; int(r.Lo) <= int(last.Hi)+1 {
			last.Hi = max(last.Hi, r.Hi)
		} else {
			out = append(out, r)
		}
	}
	return &ir.Ports{Ranges: out}
}

// others is the complement of services that join made. Where it cannot be said
// exactly, for a protocol with several conditions on source ports, it is what
// is left open.
func others(list objects.Services) objects.Services {
	named := &ir.Protos{Not: true}
	by := map[uint8]objects.Services{}
	for _, s := range list {
		if s.Proto == nil && len(s.Maybe) == 0 {
			return nil // the complement of everything
		}
		if s.Proto == nil || len(s.Maybe) > 0 {
			return objects.Services{{Maybe: append(slices.Clone(s.Maybe), "which services are left out")}}
		}
		p := s.Proto.List[0]
		if by[p] == nil {
			named.List = append(named.List, p)
		}
		by[p] = append(by[p], s)
	}
	out := objects.Services{{Proto: named}}
	for _, p := range named.List {
		if len(by[p]) > 1 {
			one := objects.Proto(p)
			one.Maybe = []string{"which ports or types the service list leaves out"}
			out = append(out, one)
			continue
		}
		s := by[p][0]
		for _, part := range []objects.Service{
			{DPort: inverse(s.DPort)}, {SPort: inverse(s.SPort)}, {ICMP: otherTypes(s.ICMP)},
		} {
			if part.DPort != nil || part.SPort != nil || part.ICMP != nil {
				part.Proto = s.Proto
				out = append(out, part)
			}
		}
	}
	return out
}

func inverse(p *ir.Ports) *ir.Ports {
	if p == nil {
		return nil
	}
	return &ir.Ports{Ranges: p.Ranges, Not: true}
}

func otherTypes(t *ir.ICMPTypes) *ir.ICMPTypes {
	if t == nil {
		return nil
	}
	return &ir.ICMPTypes{List: t.List, Not: true}
}
