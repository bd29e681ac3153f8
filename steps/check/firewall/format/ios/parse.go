package ios

import (
	"fmt"
	"net/netip"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// ace is an entry understood.
type ace struct {
	cisco.Entry
	reflect  string
	evaluate string
	masked   [2]*masked // source and destination with a network mask
}

// understand parses an entry; nil for one that is met by no packet that is
// asked about, or is not in force.
func (r *reader) understand(a *list, e *entry) *ace {
	x := &ace{Entry: cisco.Entry{At: ir.At{Line: e.line, Text: e.text}, Permit: e.words[0] == "permit"}}
	if e.words[0] == "evaluate" && len(e.words) > 1 {
		x.evaluate = e.words[1]
		return x
	}
	c := &cisco.Cursor{Words: e.words, At: 1}
	var err error
	on := true
	switch {
	case e.words[0] == "dynamic":
		err = fmt.Errorf("a lock-and-key entry lets users in for a time")
	case a.standard:
		x.Services, x.Dst = objects.AnyService(), r.book.anywhere
		if x.Src, x.masked[0], err = r.address1(c, a); err == nil {
			on, err = r.options(x, c)
		}
	default:
		on, err = r.match(a, x, c)
	}
	if err != nil {
		r.Problem(e.line, "%s; what this entry of list %s does is not known.", err, a.name)
		x.Unread()
		return x
	}
	if !on {
		return nil
	}
	return x
}

// match reads an extended entry.
func (r *reader) match(a *list, x *ace, c *cisco.Cursor) (bool, error) {
	word, ok := c.Next(), false
	if word == "object-group" {
		x.Services = r.book.svcs.Get(c.Next())
	} else if x.Services, ok = protocols(word); !ok {
		return false, fmt.Errorf("expected a protocol such as tcp, came %q", word)
	}
	if a.six && word == "icmp" {
		x.Services = objects.Services{objects.Proto(ir.ICMPv6)}
	}
	for i, side := range []struct {
		addr **objects.Addrs
		src  bool
	}{{&x.Src, true}, {&x.Dst, false}} {
		var err error
		if *side.addr, x.masked[i], err = r.address1(c, a); err != nil {
			return false, err
		}
		switch word := c.Peek(); {
		case cisco.PortOperator(word):
			at := c.At
			p, ok := ports(c)
			if !ok {
				return false, c.NoPort(at)
			}
			x.Services = onPorts(x.Services, side.src, p)
		case word == "portgroup":
			c.Next()
			r.portGroup(x, c.Next(), side.src)
		}
	}
	if strings.HasPrefix(word, "icmp") {
		if t, ok := c.ICMPType(a.six); ok {
			x.Services[0].ICMP = &ir.ICMPTypes{List: []ir.ICMPType{t}}
		}
	}
	return r.options(x, c)
}

// address1 reads any, host A, A WILDCARD, A/N, or a group. A wildcard that is
// a network mask is told of.
func (r *reader) address1(c *cisco.Cursor, a *list) (*objects.Addrs, *masked, error) {
	word := c.Next()
	switch word {
	case "any", "any4", "any6":
		return r.book.anywhere, nil, nil
	case "host":
		if n, ok := source.Net(strings.TrimSuffix(c.Peek(), ",")); ok && !strings.ContainsAny(c.Peek(), "/-") {
			c.Next()
			return objects.Of(n), nil, nil
		}
		return nil, nil, fmt.Errorf("expected an address after host, came %q", c.Peek())
	case "object-group", "addrgroup":
		return r.book.nets.Get(c.Next()), nil, nil
	}
	word = strings.TrimSuffix(word, ",")
	if strings.Contains(word, "/") {
		if n, ok := source.Net(word); ok {
			return objects.Of(n), nil, nil
		}
	}
	addr, err := netip.ParseAddr(word)
	if err != nil {
		return nil, nil, fmt.Errorf("expected an address, any, host or object-group, came %q", word)
	}
	if c.Peek() == "wildcard" && c.At+2 < len(c.Words)+1 {
		c.At += 2
	}
	wild, err := netip.ParseAddr(c.Peek())
	if err != nil {
		if a.standard {
			return objects.Of(source.One(addr)), nil, nil
		}
		return nil, nil, fmt.Errorf("expected a wildcard mask after %s, came %q", word, c.Peek())
	}
	c.Next()
	m := networkMask(addr, wild)
	ranges, ok := source.Wildcard(word, wild.String())
	if !ok {
		return objects.UnknownAddrs(fmt.Sprintf("the wildcard mask %s, which stands for too many separate networks", wild)), m, nil
	}
	return objects.Of(ranges...), m, nil
}

// ports reads eq P [P ...], neq P [P ...], lt P, gt P and range P Q.
func ports(c *cisco.Cursor) (*ir.Ports, bool) {
	op := c.Next()
	var list []uint16
	for {
		p, or, ok := cisco.Port(c.Peek())
		if !ok {
			break
		}
		list = append(list, p)
		if or != p {
			list = append(list, or)
		}
		c.Next()
		if op == "lt" || op == "gt" || op == "range" && len(list) == 2 {
			break
		}
	}
	return cisco.Ports(op, list...)
}

// onPorts narrows services by ports, at their source or destination.
func onPorts(list objects.Services, src bool, ports ...*ir.Ports) objects.Services {
	var out objects.Services
	for _, s := range list {
		for _, p := range ports {
			if src {
				s.SPort = p
			} else {
				s.DPort = p
			}
			out = append(out, s)
		}
	}
	return out
}

// portGroup narrows by a group of ports.
func (r *reader) portGroup(x *ace, name string, src bool) {
	if r.services[name] == nil {
		x.Maybe = append(x.Maybe, fmt.Sprintf("object-group %s, which is not in the file", name))
		return
	}
	var ports []*ir.Ports
	for _, s := range r.book.svcs.Get(name) {
		if s.DPort == nil {
			x.Maybe = append(x.Maybe, "object-group "+name+", which holds more than ports")
			return
		}
		ports = append(ports, s.DPort)
	}
	x.Services = onPorts(x.Services, src, ports...)
}

var flagBits = map[string]uint8{"fin": ir.FIN, "syn": ir.SYN, "rst": ir.RST, "psh": ir.PSH, "ack": ir.ACK, "urg": ir.URG}

// options reads what stands behind the destination; false for an entry that
// is not in force, or is met by later fragments alone.
func (r *reader) options(x *ace, c *cisco.Cursor) (bool, error) {
	var flags []*ir.FlagCond
	for c.More() {
		word := c.Next()
		switch {
		case word == "log" || word == "log-input":
			if next := c.Peek(); next != "" && flagBits[next] == 0 && next != "time-range" && next != "fragments" && next != "established" {
				c.Next() // a word of the user's in the log
			}
		case word == "established":
			flags = append(flags, bit(ir.ACK), bit(ir.RST))
		case word == "match-all" || word == "match-any":
			got, err := flagWords(c, word == "match-all")
			if err != nil {
				return false, err
			}
			flags = append(flags, got...)
		case flagBits[word] != 0:
			flags = append(flags, bit(flagBits[word]))
		case word == "fragments":
			return false, nil
		case word == "time-range":
			if !x.TimeRange(r.Config, c.Next()) {
				return false, nil
			}
		case word == "reflect":
			x.reflect = c.Next()
		case word == "timeout":
			c.Next()
		case word == "tos" || word == "precedence" || word == "dscp" || word == "ttl" || word == "option" || word == "flow-label":
			x.Maybe = append(x.Maybe, fmt.Sprintf("the %s %s of the packet (line %d)", word, c.Next(), x.At.Line))
		default:
			x.Option(word)
		}
	}
	if flags != nil {
		x.Services = onFlags(x.Services, flags)
	}
	return true, nil
}

func bit(b uint8) *ir.FlagCond { return &ir.FlagCond{Mask: b, Set: b} }

// flagWords reads +syn -ack.
func flagWords(c *cisco.Cursor, all bool) ([]*ir.FlagCond, error) {
	whole := &ir.FlagCond{}
	var each []*ir.FlagCond
	for c.More() && (c.Peek()[0] == '+' || c.Peek()[0] == '-') {
		word := c.Next()
		b := flagBits[word[1:]]
		if b == 0 {
			return nil, fmt.Errorf("expected a TCP flag such as +syn, came %q", word)
		}
		one := &ir.FlagCond{Mask: b}
		whole.Mask |= b
		if word[0] == '+' {
			one.Set = b
			whole.Set |= b
		}
		each = append(each, one)
	}
	if each == nil {
		return nil, fmt.Errorf("expected TCP flags such as +syn -ack, came %q", c.Peek())
	}
	if all {
		return []*ir.FlagCond{whole}, nil
	}
	return each, nil
}

func onFlags(list objects.Services, flags []*ir.FlagCond) objects.Services {
	var out objects.Services
	for _, s := range list {
		for _, f := range flags {
			s.Flags = f
			out = append(out, s)
		}
	}
	return out
}
