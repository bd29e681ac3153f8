package ios

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// cursor goes along the words of a line.
type cursor struct {
	w []string
	i int
}

func (c *cursor) more() bool { return c.i < len(c.w) }

func (c *cursor) peek() string {
	if c.i < len(c.w) {
		return c.w[c.i]
	}
	return ""
}

func (c *cursor) next() string {
	s := c.peek()
	c.i++
	return s
}

// ace is an entry understood.
type ace struct {
	at       ir.At
	permit   bool
	services objects.Services
	src, dst *objects.Addrs
	maybe    []string
	why      string // not empty: what becomes of its packets is not told
	reflect  string
	evaluate string
}

// understand parses an entry; nil for one that is met by no packet that is
// asked about, or is not in force.
func (r *reader) understand(a *list, e *entry) *ace {
	x := &ace{at: ir.At{Line: e.line, Text: e.text}, permit: e.words[0] == "permit"}
	if e.words[0] == "evaluate" && len(e.words) > 1 {
		x.evaluate = e.words[1]
		return x
	}
	c := &cursor{w: e.words, i: 1}
	var err error
	on := true
	switch {
	case e.words[0] == "dynamic":
		err = fmt.Errorf("a lock-and-key entry lets users in for a time")
	case a.standard:
		x.services, x.dst = objects.AnyService(), r.book.anywhere
		if x.src, err = r.address1(c, a); err == nil {
			on, err = r.options(x, c)
		}
	default:
		on, err = r.match(a, x, c)
	}
	if err != nil {
		r.problem(e.line, "%s; what this entry of list %s does is not known.", err, a.name)
		x.why = fmt.Sprintf("line %d, which could not be read", e.line)
		x.services, x.src, x.dst = objects.AnyService(), r.book.anywhere, r.book.anywhere
		return x
	}
	if !on {
		return nil
	}
	return x
}

// match reads an extended entry.
func (r *reader) match(a *list, x *ace, c *cursor) (bool, error) {
	word, ok := c.next(), false
	if word == "object-group" {
		x.services = r.book.svcs.Get(c.next())
	} else if x.services, ok = protocols(word); !ok {
		return false, fmt.Errorf("expected a protocol such as tcp, came %q", word)
	}
	if a.six && word == "icmp" {
		x.services = objects.Services{objects.Proto(ir.ICMPv6)}
	}
	for _, side := range []struct {
		addr **objects.Addrs
		src  bool
	}{{&x.src, true}, {&x.dst, false}} {
		var err error
		if *side.addr, err = r.address1(c, a); err != nil {
			return false, err
		}
		switch c.peek() {
		case "eq", "neq", "lt", "gt", "range":
			at := c.i
			p, ok := c.ports()
			if !ok {
				return false, fmt.Errorf("expected a port, came %q", strings.Join(c.w[at:min(at+3, len(c.w))], " "))
			}
			x.services = onPorts(x.services, p, side.src)
		case "portgroup":
			c.next()
			r.portGroup(x, c.next(), side.src)
		}
	}
	if strings.HasPrefix(word, "icmp") {
		icmpWords(x, c, a.six)
	}
	return r.options(x, c)
}

// address1 reads any, host A, A WILDCARD, A/N, or a group.
func (r *reader) address1(c *cursor, a *list) (*objects.Addrs, error) {
	word := c.next()
	switch word {
	case "any", "any4", "any6":
		return r.book.anywhere, nil
	case "host":
		if n, ok := source.Net(strings.TrimSuffix(c.peek(), ",")); ok && !strings.ContainsAny(c.peek(), "/-") {
			c.next()
			return objects.Of(n), nil
		}
		return nil, fmt.Errorf("expected an address after host, came %q", c.peek())
	case "object-group", "addrgroup":
		return r.book.nets.Get(c.next()), nil
	}
	word = strings.TrimSuffix(word, ",")
	if strings.Contains(word, "/") {
		if n, ok := source.Net(word); ok {
			return objects.Of(n), nil
		}
	}
	addr, err := netip.ParseAddr(word)
	if err != nil {
		return nil, fmt.Errorf("expected an address, any, host or object-group, came %q", word)
	}
	if c.peek() == "wildcard" && c.i+2 < len(c.w)+1 {
		c.i += 2
	}
	wild, err := netip.ParseAddr(c.peek())
	if err != nil {
		if a.standard {
			return objects.Of(single(addr)), nil
		}
		return nil, fmt.Errorf("expected a wildcard mask after %s, came %q", word, c.peek())
	}
	c.next()
	ranges, ok := source.Wildcard(word, wild.String())
	if !ok {
		return objects.UnknownAddrs(fmt.Sprintf("the wildcard mask %s, which stands for too many separate networks", wild)), nil
	}
	return objects.Of(ranges...), nil
}

// ports reads eq P [P ...], neq P [P ...], lt P, gt P and range P Q: the sets
// of which a port may be in any.
func (c *cursor) ports() ([]*ir.Ports, bool) {
	op := c.next()
	var list []uint16
	for {
		p, or, ok := cisco.Port(c.peek())
		if !ok {
			break
		}
		list = append(list, p)
		if or != p {
			list = append(list, or)
		}
		c.next()
		if op == "lt" || op == "gt" || op == "range" && len(list) == 2 {
			break
		}
	}
	if len(list) == 0 || op == "range" && len(list) != 2 {
		return nil, false
	}
	set := &ir.Ports{Not: op == "neq"}
	switch op {
	case "eq", "neq":
		for _, p := range list {
			set.Ranges = append(set.Ranges, ir.PortRange{Lo: p, Hi: p})
		}
	case "lt":
		if list[0] > 0 {
			set.Ranges = []ir.PortRange{{Hi: list[0] - 1}}
		}
	case "gt":
		if list[0] < 65535 {
			set.Ranges = []ir.PortRange{{Lo: list[0] + 1, Hi: 65535}}
		}
	case "range":
		set.Ranges = []ir.PortRange{{Lo: min(list[0], list[1]), Hi: max(list[0], list[1])}}
	default:
		return nil, false
	}
	return []*ir.Ports{set}, true
}

// onPorts narrows services by ports, at their source or destination.
func onPorts(list objects.Services, ports []*ir.Ports, src bool) objects.Services {
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
		x.maybe = append(x.maybe, fmt.Sprintf("object-group %s, which is not in the file", name))
		return
	}
	var ports []*ir.Ports
	for _, s := range r.book.svcs.Get(name) {
		if s.DPort == nil {
			x.maybe = append(x.maybe, "object-group "+name+", which holds more than ports")
			return
		}
		ports = append(ports, s.DPort)
	}
	x.services = onPorts(x.services, ports, src)
}

func icmpWords(x *ace, c *cursor, six bool) {
	t, ok := cisco.ICMPType(c.peek(), six)
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

var flagBits = map[string]uint8{"fin": ir.FIN, "syn": ir.SYN, "rst": ir.RST, "psh": ir.PSH, "ack": ir.ACK, "urg": ir.URG}

// maxReasons is how many things that are not known are told of one entry.
const maxReasons = 20

// options reads what stands behind the destination; false for an entry that
// is not in force, or is met by later fragments alone.
func (r *reader) options(x *ace, c *cursor) (bool, error) {
	var flags []*ir.FlagCond
	for c.more() {
		word := c.next()
		switch {
		case word == "log" || word == "log-input":
			if next := c.peek(); next != "" && flagBits[next] == 0 && next != "time-range" && next != "fragments" && next != "established" {
				c.next() // a word of the user's in the log
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
			if !r.timed(x, c.next()) {
				return false, nil
			}
		case word == "reflect":
			x.reflect = c.next()
		case word == "timeout":
			c.next()
		case word == "tos" || word == "precedence" || word == "dscp" || word == "ttl" || word == "option" || word == "flow-label":
			x.maybe = append(x.maybe, fmt.Sprintf("the %s %s of the packet (line %d)", word, c.next(), x.at.Line))
		case len(x.maybe) < maxReasons:
			x.maybe = append(x.maybe, fmt.Sprintf("the option %s, which is not known (line %d)", word, x.at.Line))
		}
	}
	if flags != nil {
		x.services = onFlags(x.services, flags)
	}
	return true, nil
}

func bit(b uint8) *ir.FlagCond { return &ir.FlagCond{Mask: b, Set: b} }

// flagWords reads +syn -ack.
func flagWords(c *cursor, all bool) ([]*ir.FlagCond, error) {
	whole := &ir.FlagCond{}
	var each []*ir.FlagCond
	for c.more() && (c.peek()[0] == '+' || c.peek()[0] == '-') {
		word := c.next()
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
		return nil, fmt.Errorf("expected TCP flags such as +syn -ack, came %q", c.peek())
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

// swapped is an entry as packets the other way meet it.
func (x *ace) swapped() objects.Services {
	out := slices.Clone(x.services)
	for i := range out {
		out[i].SPort, out[i].DPort = out[i].DPort, out[i].SPort
		out[i].Flags = nil
	}
	return out
}
