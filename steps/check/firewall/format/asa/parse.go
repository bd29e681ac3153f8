package asa

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// ace is an entry understood.
type ace struct {
	cisco.Entry
	in, out string // ifc of FTD
	ruleID  string
}

// understand parses an entry. A rule that is switched off or has ended is nil.
func (r *reader) understand(a *acl, e *entry) *ace {
	x := &ace{Entry: cisco.Entry{At: ir.At{Line: e.line, Text: e.text}, Permit: e.words[0] != "deny"}}
	c := &cisco.Cursor{Words: e.words, At: 1}
	on, err := r.match(a, x, c)
	if err != nil {
		r.Problem(e.line, "%s; what this entry of access-list %s does is not known.", err, a.name)
		x.Unread()
		return x
	}
	if !on {
		return nil
	}
	if name, l7 := a.l7[x.ruleID]; l7 && x.Permit && e.words[0] == "permit" {
		x.Why = fmt.Sprintf("the application rule %s (line %d): the ASA engine passes such packets on, and Snort decides about them", name, e.line)
	}
	return x
}

// match reads protocol, source, destination and options; false says that the
// entry is not in force.
func (r *reader) match(a *acl, x *ace, c *cisco.Cursor) (on bool, err error) {
	whole, err := r.protocol(x, c) // with ports in it
	if err != nil {
		return false, err
	}
	icmp := strings.HasPrefix(c.Words[1], "icmp")
	for _, side := range []struct {
		addr **objects.Addrs
		ifc  *string
		src  bool
	}{{&x.Src, &x.in, true}, {&x.Dst, &x.out, false}} {
		r.identity(x, c)
		if c.Peek() == "ifc" {
			c.Next()
			*side.ifc = c.Next()
		}
		if *side.addr, err = r.address1(a, c); err != nil {
			return false, err
		}
		for strings.HasPrefix(c.Peek(), "(") && !strings.HasPrefix(c.Peek(), "(hitcnt") && c.Peek() != "(inactive)" {
			c.Next() // the host name that an address was found by
		}
		r.identity(x, c)
		if !whole && !icmp {
			p, ok, err := r.portWords(c)
			if err != nil {
				return false, err
			}
			if ok {
				x.Services = p.on(x.Services, side.src)
			}
		}
	}
	if icmp {
		r.icmpWords(x, c)
	}
	return r.options(x, c)
}

// protocol reads the protocol or the services of an entry.
func (r *reader) protocol(x *ace, c *cisco.Cursor) (whole bool, err error) {
	word := c.Next()
	if word != "object-group" && word != "object" {
		s, ok := cisco.Protocols(word)
		if !ok {
			return false, fmt.Errorf("expected a protocol such as tcp, came %q", word)
		}
		x.Services = s
		return false, nil
	}
	name := c.Next()
	d := r.services[name]
	x.Services = r.serviceSet(name)
	return d == nil || d.kind != "protocol", nil
}

// identity reads conditions on users and security groups.
func (r *reader) identity(x *ace, c *cisco.Cursor) {
	for {
		switch word := c.Peek(); word {
		case "user", "user-group", "object-group-user", "object-group-security", "security-group":
			c.Next()
			name := c.Next()
			if word == "security-group" {
				name += " " + c.Next()
			}
			if name != "any" {
				x.Maybe = append(x.Maybe, fmt.Sprintf("who the user is or which security group the host is in (%s %s, line %d)", word, name, x.At.Line))
			}
		default:
			return
		}
	}
}

// address1 reads one side of an entry.
func (r *reader) address1(a *acl, c *cisco.Cursor) (*objects.Addrs, error) {
	word := c.Next()
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
		if x, ok := r.addr(c.Peek()); ok {
			c.Next()
			return objects.Of(source.One(x)), nil
		}
		return nil, fmt.Errorf("expected an address after host, came %q", c.Peek())
	case "object", "object-group", "v4-object-group", "v6-object-group":
		return r.netSet(c.Next()), nil
	case "interface":
		return r.interfaceSet(c.Next()), nil
	case "fqdn":
		name := c.Next()
		return objects.UnknownAddrs("the addresses of host name " + name + "; show access-list has those it stands for"), nil
	}
	if n, ok := prefix6(word); ok {
		return objects.Of(n), nil
	}
	ranges, ok := r.networks(word, c.Peek())
	if !ok {
		return nil, fmt.Errorf("expected an address, any, host, object or object-group, came %q", strings.TrimSpace(word+" "+c.Peek()))
	}
	c.Next()
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
		s.Ranges = append(s.Ranges, source.One(a))
	}
	return s
}

// portWords reads a condition on ports, if one follows.
func (r *reader) portWords(c *cisco.Cursor) (p portCond, ok bool, err error) {
	switch word := c.Peek(); {
	case cisco.PortOperator(word):
		at := c.At
		p, ok := ports(c)
		if !ok {
			return p, false, c.NoPort(at)
		}
		return p, true, nil
	case word == "object-group":
		if c.At+1 < len(c.Words) {
			if d := r.services[c.Words[c.At+1]]; d != nil && d.kind == "service" && r.Nets.Get(c.Words[c.At+1]) == nil {
				c.At += 2
				return r.portSet(c.Words[c.At-1]), true, nil
			}
		}
	}
	return p, false, nil
}

// icmpWords reads the type and code of an ICMP entry.
func (r *reader) icmpWords(x *ace, c *cisco.Cursor) {
	switch {
	case c.Peek() == "object-group" && c.At+1 < len(c.Words):
		c.At += 2
		var types []ir.ICMPType
		for _, s := range r.serviceSet(c.Words[c.At-1]) {
			if s.ICMP == nil {
				x.Maybe = append(x.Maybe, s.Maybe...)
				continue
			}
			types = append(types, s.ICMP.List...)
		}
		x.Services[0].ICMP = &ir.ICMPTypes{List: types}
	default:
		if t, ok := c.ICMPType(c.Words[1] != "icmp"); ok {
			x.Services[0].ICMP = &ir.ICMPTypes{List: []ir.ICMPType{t}}
		}
	}
}

// options reads what stands behind the destination.
func (r *reader) options(x *ace, c *cisco.Cursor) (on bool, err error) {
	for c.More() {
		switch word := c.Next(); {
		case word == "log":
			logWords(c)
		case word == "inactive" || word == "(inactive)":
			return false, nil
		case word == "time-range":
			if !x.TimeRange(r.Config, c.Next()) {
				return false, nil
			}
		case word == "rule-id":
			x.ruleID = strings.TrimSuffix(c.Next(), ":")
		case word == "event-log":
			c.Next()
		case strings.HasPrefix(word, "(hitcnt="), strings.HasPrefix(word, "0x"), word == "(resolved)", word == "(unresolved)":
		case strings.HasPrefix(word, "("): // what the listing says of it
			x.Maybe = append(x.Maybe, fmt.Sprintf("%s (line %d)", word, x.At.Line))
		default:
			x.Option(word)
		}
	}
	return true, nil
}

// logWords passes over log [disable | default | LEVEL] [interval SECONDS].
func logWords(c *cisco.Cursor) {
	for c.More() {
		switch word := c.Peek(); word {
		case "interval":
			c.At += 2
		case "disable", "default", "emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging",
			"0", "1", "2", "3", "4", "5", "6", "7":
			c.At++
		default:
			return
		}
	}
}
