package asa

import (
	"fmt"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// netDef is an object network or an object-group network as written. Objects
// and groups share one space of names.
type netDef struct {
	line    int
	group   bool
	ranges  []netipx.IPRange
	unknown []string
	members []string
	text    string
}

// svcDef is an object service, or an object-group of service, protocol or
// icmp-type. Typed groups (tcp, udp, tcp-udp) hold ports alone.
type svcDef struct {
	line    int
	kind    string // object, service, protocol, icmp-type, other
	typed   bool
	own     objects.Services
	members []string
}

func (r *reader) net(name string, line int, group bool) *netDef {
	d := r.nets[name]
	if d == nil {
		d = &netDef{line: line, group: group}
		r.nets[name] = d
		r.netNames = append(r.netNames, name)
	}
	return d
}

// objectBlock reads object network NAME and object service NAME.
func objectBlock(r *reader, l *cisco.Line) bool {
	w := l.Words
	if len(w) < 3 {
		return false
	}
	name := w[2]
	switch w[1] {
	case "network":
		d := r.net(name, l.Number, false)
		r.block = func(l *cisco.Line) bool { return r.objectLine(d, name, l) }
		return true
	case "service":
		d := &svcDef{line: l.Number, kind: "object"}
		r.services[name] = d
		r.block = func(l *cisco.Line) bool {
			if l.Words[0] == "service" {
				s, ok := r.service(l.Words[1:], l.Number)
				d.own = append(d.own, s...)
				return ok
			}
			return l.Words[0] == "description"
		}
		return true
	}
	r.block = func(*cisco.Line) bool { return true } // object network-service: names hosts by application
	return false
}

func (r *reader) objectLine(d *netDef, name string, l *cisco.Line) bool {
	w := l.Words
	switch {
	case w[0] == "description":
		return true
	case w[0] == "nat":
		return r.objectNAT(name, l)
	case w[0] == "fqdn" && len(w) >= 2:
		host := w[len(w)-1]
		d.ranges, d.unknown = nil, []string{fmt.Sprintf("the addresses of host name %s (line %d); show access-list has those it stands for", host, l.Number)}
		return true
	}
	ranges, ok := r.rangesOf(w)
	if !ok {
		if w[0] != "host" && w[0] != "subnet" && w[0] != "range" {
			return false
		}
		r.problem(l.Number, "expected host, subnet or range with addresses, came %q; what object %s stands for is not known.", l.Text, name)
		d.unknown = append(d.unknown, fmt.Sprintf("object %s, which could not be read (line %d)", name, l.Number))
		return false
	}
	d.ranges, d.unknown, d.text = ranges, nil, l.Text // an object holds one of these: the last
	return true
}

// rangesOf reads host A, subnet A MASK, subnet P and range A B.
func (r *reader) rangesOf(w []string) ([]netipx.IPRange, bool) {
	switch {
	case w[0] == "host" && len(w) >= 2:
		if a, ok := r.addr(w[1]); ok {
			return []netipx.IPRange{single(a)}, true
		}
	case w[0] == "subnet" && len(w) == 2:
		if n, ok := prefix6(w[1]); ok {
			return []netipx.IPRange{n}, true
		}
	case w[0] == "subnet" && len(w) >= 3:
		return r.networks(w[1], w[2])
	case w[0] == "range" && len(w) >= 3:
		a, ok1 := r.addr(w[1])
		b, ok2 := r.addr(w[2])
		if n := netipx.IPRangeFrom(a, b); ok1 && ok2 && n.IsValid() {
			return []netipx.IPRange{n}, true
		}
	}
	return nil, false
}

// groupBlock reads object-group TYPE NAME [tcp | udp | tcp-udp].
func groupBlock(r *reader, l *cisco.Line) bool {
	w := l.Words
	if len(w) > 3 && w[1] == "group" {
		w = append([]string{w[0]}, w[2:]...)
	}
	if len(w) < 3 {
		return false
	}
	name := w[2]
	if w[1] == "network" {
		d := r.net(name, l.Number, true)
		r.block = func(l *cisco.Line) bool { return r.networkObject(d, name, l) }
		return true
	}
	d := r.services[name]
	if d == nil {
		d = &svcDef{line: l.Number, kind: w[1], typed: len(w) > 3}
		r.services[name] = d
	}
	switch w[1] {
	case "service", "protocol", "icmp-type":
		r.block = func(l *cisco.Line) bool { return r.serviceObject(d, name, l) }
	default: // user, security, network-service: not told by addresses
		d.kind = "other"
		r.block = func(*cisco.Line) bool { return true }
	}
	return true
}

// networkObject reads a line of an object-group network.
func (r *reader) networkObject(d *netDef, name string, l *cisco.Line) bool {
	w := l.Words
	switch {
	case w[0] == "description":
		return true
	case w[0] == "group-object" && len(w) >= 2:
		d.members = append(d.members, w[1])
		return true
	case w[0] != "network-object" || len(w) < 2:
		return false
	case w[1] == "object" && len(w) >= 3:
		d.members = append(d.members, w[2])
		return true
	}
	ranges, ok := r.networkWords(w[1:])
	if !ok {
		r.problem(l.Number, "expected host, object or a network with a mask, came %q; what group %s holds is not known in full.", l.Text, name)
		d.unknown = append(d.unknown, fmt.Sprintf("a member of object-group %s that could not be read (line %d)", name, l.Number))
		return false
	}
	d.ranges = append(d.ranges, ranges...)
	return true
}

func (r *reader) networkWords(w []string) ([]netipx.IPRange, bool) {
	switch {
	case w[0] == "host" && len(w) >= 2:
		if a, ok := r.addr(w[1]); ok {
			return []netipx.IPRange{single(a)}, true
		}
		return nil, false
	case len(w) == 1:
		n, ok := prefix6(w[0])
		return []netipx.IPRange{n}, ok
	}
	return r.networks(w[0], w[1])
}

// serviceObject reads a line of an object-group service, protocol or icmp-type.
func (r *reader) serviceObject(d *svcDef, name string, l *cisco.Line) bool {
	w := l.Words
	unread := func() bool {
		r.problem(l.Number, "expected a service such as tcp destination eq smtp, came %q; what group %s holds is not known in full.", l.Text, name)
		d.own = append(d.own, objects.Service{Maybe: []string{fmt.Sprintf("a member of object-group %s that could not be read (line %d)", name, l.Number)}})
		return false
	}
	if len(w) < 2 {
		return w[0] == "description" || unread()
	}
	switch w[0] {
	case "description":
		return true
	case "group-object":
		d.members = append(d.members, w[1])
		return true
	case "port-object":
		c := &cursor{w: w[1:]}
		p, ok := c.ports()
		if !ok {
			return unread()
		}
		d.own = append(d.own, p.services()...)
		return true
	case "protocol-object":
		if w[1] == "ip" {
			d.own = append(d.own, objects.Service{})
			return true
		}
		n, ok := cisco.Protocol(w[1])
		if !ok {
			return unread()
		}
		d.own = append(d.own, objects.Proto(n))
		return true
	case "icmp-object":
		t, ok := cisco.ICMPType(w[1], false)
		if !ok {
			return unread()
		}
		d.own = append(d.own, objects.Service{ICMP: &ir.ICMPTypes{List: []ir.ICMPType{t}}})
		return true
	case "service-object":
		if w[1] == "object" && len(w) > 2 {
			d.members = append(d.members, w[2])
			return true
		}
		s, ok := r.service(w[1:], l.Number)
		if !ok {
			return unread()
		}
		d.own = append(d.own, s...)
		return true
	}
	return false
}

// service reads tcp [source OP PORT] [destination OP PORT], icmp [TYPE], or a
// protocol.
func (r *reader) service(w []string, line int) (objects.Services, bool) {
	if len(w) == 0 {
		return nil, false
	}
	c := &cursor{w: w}
	list, ok := protocolWord(c.next())
	if !ok {
		return objects.UnknownService(fmt.Sprintf("a service that could not be read (line %d)", line)), false
	}
	for c.more() {
		switch word := c.next(); {
		case word == "source" || word == "destination":
			p, ok := c.ports()
			if !ok {
				return objects.UnknownService(fmt.Sprintf("a service that could not be read (line %d)", line)), false
			}
			list = p.on(list, word == "source")
		case strings.HasPrefix(w[0], "icmp"):
			t, ok := cisco.ICMPType(word, w[0] != "icmp")
			if !ok {
				return objects.UnknownService(fmt.Sprintf("ICMP type %s (line %d)", word, line)), false
			}
			for i := range list {
				list[i].ICMP = &ir.ICMPTypes{List: []ir.ICMPType{t}}
			}
		default:
			c.i-- // an operator without the word destination
			p, ok := c.ports()
			if !ok {
				return objects.UnknownService(fmt.Sprintf("a service that could not be read (line %d)", line)), false
			}
			list = p.on(list, false)
		}
	}
	return list, true
}

// protocolWord reads ip, tcp, udp, tcp-udp, a name or a number.
func protocolWord(s string) (objects.Services, bool) {
	switch s {
	case "ip":
		return objects.AnyService(), true
	case "tcp-udp":
		return objects.Services{objects.Proto(ir.TCP), objects.Proto(ir.UDP)}, true
	}
	n, ok := cisco.Protocol(s)
	return objects.Services{objects.Proto(n)}, ok
}

// rangeBlock reads time-range NAME.
func rangeBlock(r *reader, l *cisco.Line) bool {
	if len(l.Words) < 2 {
		return false
	}
	t := &cisco.Range{Line: l.Number}
	r.ranges[l.Words[1]] = t
	r.block = func(l *cisco.Line) bool {
		t.Add(l.Words)
		return l.Words[0] == "absolute" || l.Words[0] == "periodic"
	}
	return true
}

// redacted is a line as it may be quoted.
func redacted(l *cisco.Line) string { return source.Redact(l.Text) }
