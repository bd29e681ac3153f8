package asa

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// ace is an entry understood.
type ace struct {
	at       ir.At
	permit   bool
	services objects.Services
	src, dst *objects.Addrs
	in, out  string // ifc of FTD
	maybe    []string
	why      string // not empty: what becomes of its packets is not told
	ruleID   string
}

// understand parses an entry. A rule that is switched off or has ended is nil.
func (r *reader) understand(a *acl, e *entry) *ace {
	x := &ace{at: ir.At{Line: e.line, Text: e.text}, permit: e.words[0] != "deny"}
	c := &cursor{w: e.words, i: 1}
	on, err := r.match(a, x, c)
	if err != nil {
		r.problem(e.line, "%s; what this entry of access-list %s does is not known.", err, a.name)
		x.why = fmt.Sprintf("line %d, which could not be read", e.line)
		x.services, x.src, x.dst = objects.AnyService(), objects.Anywhere(), objects.Anywhere()
		return x
	}
	if !on {
		return nil
	}
	if name, l7 := a.l7[x.ruleID]; l7 && x.permit && e.words[0] == "permit" {
		x.why = fmt.Sprintf("the application rule %s (line %d): the ASA engine passes such packets on, and Snort decides about them", name, e.line)
	}
	return x
}

// match reads protocol, source, destination and options; false says that the
// entry is not in force.
func (r *reader) match(a *acl, x *ace, c *cursor) (on bool, err error) {
	whole, err := r.protocol(x, c) // with ports in it
	if err != nil {
		return false, err
	}
	icmp := strings.HasPrefix(c.w[1], "icmp")
	for _, side := range []struct {
		addr **objects.Addrs
		ifc  *string
		src  bool
	}{{&x.src, &x.in, true}, {&x.dst, &x.out, false}} {
		r.identity(x, c)
		if c.peek() == "ifc" {
			c.next()
			*side.ifc = c.next()
		}
		if *side.addr, err = r.address1(a, c); err != nil {
			return false, err
		}
		for strings.HasPrefix(c.peek(), "(") && !strings.HasPrefix(c.peek(), "(hitcnt") && c.peek() != "(inactive)" {
			c.next() // the host name that an address was found by
		}
		r.identity(x, c)
		if !whole && !icmp {
			p, ok, err := r.portWords(c)
			if err != nil {
				return false, err
			}
			if ok {
				x.services = p.on(x.services, side.src)
			}
		}
	}
	if icmp {
		r.icmpWords(x, c)
	}
	return r.options(x, c)
}

// protocol reads the protocol or the services of an entry.
func (r *reader) protocol(x *ace, c *cursor) (whole bool, err error) {
	word := c.next()
	if word != "object-group" && word != "object" {
		s, ok := protocolWord(word)
		if !ok {
			return false, fmt.Errorf("expected a protocol such as tcp, came %q", word)
		}
		x.services = s
		return false, nil
	}
	name := c.next()
	d := r.services[name]
	x.services = r.serviceSet(name)
	return d == nil || d.kind != "protocol", nil
}

// identity reads conditions on users and security groups.
func (r *reader) identity(x *ace, c *cursor) {
	for {
		switch word := c.peek(); word {
		case "user", "user-group", "object-group-user", "object-group-security", "security-group":
			c.next()
			name := c.next()
			if word == "security-group" {
				name += " " + c.next()
			}
			if name != "any" {
				x.maybe = append(x.maybe, fmt.Sprintf("who the user is or which security group the host is in (%s %s, line %d)", word, name, x.at.Line))
			}
		default:
			return
		}
	}
}

// address1 reads one side of an entry.
func (r *reader) address1(a *acl, c *cursor) (*objects.Addrs, error) {
	word := c.next()
	switch word {
	case "any":
		switch {
		case a.six:
			return r.book.six, nil
		case r.before9():
			return r.book.four, nil
		}
		return r.book.anywhere, nil
	case "any4":
		return r.book.four, nil
	case "any6":
		return r.book.six, nil
	case "host":
		if x, ok := r.addr(c.peek()); ok {
			c.next()
			return objects.Of(single(x)), nil
		}
		return nil, fmt.Errorf("expected an address after host, came %q", c.peek())
	case "object", "object-group", "v4-object-group", "v6-object-group":
		return r.netSet(c.next()), nil
	case "interface":
		return r.interfaceSet(c.next()), nil
	case "fqdn":
		name := c.next()
		return objects.UnknownAddrs("the addresses of host name " + name + "; show access-list has those it stands for"), nil
	}
	if n, ok := prefix6(word); ok {
		return objects.Of(n), nil
	}
	ranges, ok := r.networks(word, c.peek())
	if !ok {
		return nil, fmt.Errorf("expected an address, any, host, object or object-group, came %q", strings.TrimSpace(word+" "+c.peek()))
	}
	c.next()
	return objects.Of(ranges...), nil
}

// interfaceSet is the ASA's own address on an interface.
func (r *reader) interfaceSet(name string) *objects.Addrs {
	f := r.byName[name]
	if f == nil || f.leased > 0 || len(f.addrs)+len(f.six) == 0 {
		line := ""
		if f != nil && f.leased > 0 {
			line = fmt.Sprintf(", which it gets by lease (line %d); write the address there (show ip address)", f.leased)
		}
		return objects.UnknownAddrs(fmt.Sprintf("the address of interface %s%s", name, line))
	}
	s := &objects.Addrs{}
	for _, a := range slices.Concat(f.addrs[:min(1, len(f.addrs))], f.six) {
		s.Ranges = append(s.Ranges, single(a))
	}
	return s
}

// portWords reads a condition on ports, if one follows.
func (r *reader) portWords(c *cursor) (p portCond, ok bool, err error) {
	switch c.peek() {
	case "eq", "neq", "lt", "gt", "range":
		at := c.i
		p, ok := c.ports()
		if !ok {
			return p, false, fmt.Errorf("expected a port, came %q", strings.Join(c.w[at:min(at+3, len(c.w))], " "))
		}
		return p, true, nil
	case "object-group":
		if c.i+1 < len(c.w) {
			if d := r.services[c.w[c.i+1]]; d != nil && d.kind == "service" && r.nets[c.w[c.i+1]] == nil {
				c.i += 2
				return r.portSet(c.w[c.i-1]), true, nil
			}
		}
	}
	return p, false, nil
}

// icmpWords reads the type and code of an ICMP entry.
func (r *reader) icmpWords(x *ace, c *cursor) {
	word := c.peek()
	switch {
	case word == "object-group" && c.i+1 < len(c.w):
		c.i += 2
		var types []ir.ICMPType
		for _, s := range r.serviceSet(c.w[c.i-1]) {
			if s.ICMP == nil {
				x.maybe = append(x.maybe, s.Maybe...)
				continue
			}
			types = append(types, s.ICMP.List...)
		}
		x.services[0].ICMP = &ir.ICMPTypes{List: types}
	default:
		t, ok := cisco.ICMPType(word, c.w[1] != "icmp")
		if !ok {
			return
		}
		c.next()
		if n, _, ok := cisco.Port(c.peek()); ok && n < 256 {
			c.next()
			t.CodeLo, t.CodeHi = uint8(n), uint8(n)
		}
		x.services[0].ICMP = &ir.ICMPTypes{List: []ir.ICMPType{t}}
	}
}

// maxReasons is how many things that are not known are told of one entry.
const maxReasons = 20

// options reads what stands behind the destination.
func (r *reader) options(x *ace, c *cursor) (on bool, err error) {
	for c.more() {
		switch word := c.next(); {
		case word == "log":
			c.logWords()
		case word == "inactive" || word == "(inactive)":
			return false, nil
		case word == "time-range":
			if !r.timed(x, c.next()) {
				return false, nil
			}
		case word == "rule-id":
			x.ruleID = strings.TrimSuffix(c.next(), ":")
		case word == "event-log":
			c.next()
		case strings.HasPrefix(word, "(hitcnt="), strings.HasPrefix(word, "0x"), word == "(resolved)", word == "(unresolved)":
		case strings.HasPrefix(word, "("): // what the listing says of it
			x.maybe = append(x.maybe, fmt.Sprintf("%s (line %d)", word, x.at.Line))
		case len(x.maybe) < maxReasons:
			x.maybe = append(x.maybe, fmt.Sprintf("the option %s, which is not known (line %d)", word, x.at.Line))
		}
	}
	return true, nil
}

// logWords passes over log [disable | default | LEVEL] [interval SECONDS].
func (c *cursor) logWords() {
	for c.more() {
		switch word := c.peek(); word {
		case "interval":
			c.i += 2
		case "disable", "default", "emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging",
			"0", "1", "2", "3", "4", "5", "6", "7":
			c.i++
		default:
			return
		}
	}
}

// timed applies a time range; false when the entry is not in force now.
func (r *reader) timed(x *ace, name string) bool {
	t := r.ranges[name]
	if t == nil {
		x.maybe = append(x.maybe, fmt.Sprintf("time-range %s, which is not in the file (line %d)", name, x.at.Line))
		return true
	}
	switch t.At(r.doc.Now) {
	case cisco.Over:
		return false
	case cisco.Open:
		x.maybe = append(x.maybe, fmt.Sprintf("the time: time-range %s (line %d)", name, t.Line))
	}
	return true
}
