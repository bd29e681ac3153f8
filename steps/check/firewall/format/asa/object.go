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

// svcDef is an object service, or an object-group of service, protocol or
// icmp-type.
type svcDef struct {
	cisco.Service
	kind string // object, service, protocol, icmp-type, other
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
		d := r.Nets.Make(name, l.Number, false)
		r.Block = func(l *cisco.Line) bool { return r.objectLine(d, name, l) }
		return true
	case "service":
		d := &svcDef{cisco.Service{Line: l.Number}, "object"}
		r.services[name] = d
		r.Block = func(l *cisco.Line) bool {
			if l.Words[0] == "service" {
				s, ok := r.service(l.Words[1:], l.Number)
				d.Own = append(d.Own, s...)
				return ok
			}
			return l.Words[0] == "description"
		}
		return true
	}
	r.Skip() // object network-service: names hosts by application
	return false
}

func (r *reader) objectLine(d *cisco.Net, name string, l *cisco.Line) bool {
	w := l.Words
	switch {
	case w[0] == "description":
		return true
	case w[0] == "nat":
		return r.objectNAT(name, l)
	case w[0] == "fqdn" && len(w) >= 2:
		host := w[len(w)-1]
		d.Ranges, d.Unknown = nil, []string{fmt.Sprintf("the addresses of host name %s (line %d); show access-list has those it stands for", host, l.Number)}
		return true
	}
	ranges, ok := r.rangesOf(w)
	if !ok {
		if w[0] != "host" && w[0] != "subnet" && w[0] != "range" {
			return false
		}
		r.Problem(l.Number, "expected host, subnet or range with addresses, came %q; what object %s stands for is not known.", l.Text, name)
		d.Unknown = append(d.Unknown, fmt.Sprintf("object %s, which could not be read (line %d)", name, l.Number))
		return false
	}
	d.Ranges, d.Unknown = ranges, nil // an object holds one of these: the last
	return true
}

// rangesOf reads host A, subnet A MASK, subnet P and range A B.
func (r *reader) rangesOf(w []string) ([]netipx.IPRange, bool) {
	switch {
	case w[0] == "host" && len(w) >= 2:
		if a, ok := r.addr(w[1]); ok {
			return []netipx.IPRange{source.One(a)}, true
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
		d := r.Nets.Make(name, l.Number, true)
		r.Block = func(l *cisco.Line) bool { return r.networkObject(d, name, l) }
		return true
	}
	d := r.services[name]
	if d == nil {
		d = &svcDef{cisco.Service{Line: l.Number}, w[1]}
		r.services[name] = d
	}
	switch w[1] {
	case "service", "protocol", "icmp-type":
		r.Block = func(l *cisco.Line) bool { return r.serviceObject(d, name, l) }
	default: // user, security, network-service: not told by addresses
		d.kind = "other"
		r.Skip()
	}
	return true
}

// networkObject reads a line of an object-group network.
func (r *reader) networkObject(d *cisco.Net, name string, l *cisco.Line) bool {
	w := l.Words
	switch {
	case w[0] == "description":
		return true
	case w[0] == "group-object" && len(w) >= 2:
		d.Members = append(d.Members, w[1])
		return true
	case w[0] != "network-object" || len(w) < 2:
		return false
	case w[1] == "object" && len(w) >= 3:
		d.Members = append(d.Members, w[2])
		return true
	}
	ranges, ok := r.networkWords(w[1:])
	if !ok {
		r.Problem(l.Number, "expected host, object or a network with a mask, came %q; what group %s holds is not known in full.", l.Text, name)
		d.Unread(name, l.Number)
		return false
	}
	d.Ranges = append(d.Ranges, ranges...)
	return true
}

func (r *reader) networkWords(w []string) ([]netipx.IPRange, bool) {
	switch {
	case w[0] == "host" && len(w) >= 2:
		if a, ok := r.addr(w[1]); ok {
			return []netipx.IPRange{source.One(a)}, true
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
		r.Problem(l.Number, "expected a service such as tcp destination eq smtp, came %q; what group %s holds is not known in full.", l.Text, name)
		d.Unread(name, l.Number)
		return false
	}
	if len(w) < 2 {
		return w[0] == "description" || unread()
	}
	switch w[0] {
	case "description":
		return true
	case "group-object":
		d.Members = append(d.Members, w[1])
		return true
	case "port-object":
		c := &cisco.Cursor{Words: w[1:]}
		p, ok := ports(c)
		if !ok {
			return unread()
		}
		d.Own = append(d.Own, p.services()...)
		return true
	case "protocol-object":
		if w[1] == "ip" {
			d.Own = append(d.Own, objects.Service{})
			return true
		}
		n, ok := cisco.Protocol(w[1])
		if !ok {
			return unread()
		}
		d.Own = append(d.Own, objects.Proto(n))
		return true
	case "icmp-object":
		t, ok := cisco.ICMPType(w[1], false)
		if !ok {
			return unread()
		}
		d.Own = append(d.Own, objects.Service{ICMP: &ir.ICMPTypes{List: []ir.ICMPType{t}}})
		return true
	case "service-object":
		if w[1] == "object" && len(w) > 2 {
			d.Members = append(d.Members, w[2])
			return true
		}
		s, ok := r.service(w[1:], l.Number)
		if !ok {
			return unread()
		}
		d.Own = append(d.Own, s...)
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
	c := &cisco.Cursor{Words: w}
	list, ok := cisco.Protocols(c.Next())
	if !ok {
		return objects.UnknownService(fmt.Sprintf("a service that could not be read (line %d)", line)), false
	}
	for c.More() {
		switch word := c.Next(); {
		case word == "source" || word == "destination":
			p, ok := ports(c)
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
			c.At-- // an operator without the word destination
			p, ok := ports(c)
			if !ok {
				return objects.UnknownService(fmt.Sprintf("a service that could not be read (line %d)", line)), false
			}
			list = p.on(list, false)
		}
	}
	return list, true
}

// rangeBlock reads time-range NAME.
func rangeBlock(r *reader, l *cisco.Line) bool {
	t := r.TimeRange(l)
	if t == nil {
		return false
	}
	r.Block = func(l *cisco.Line) bool { return t.Add(l.Words) }
	return true
}

// redacted is a line as it may be quoted.
func redacted(l *cisco.Line) string { return source.Redact(l.Text) }
