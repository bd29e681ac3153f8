package mikrotik

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// matcher gathers the conditions of one rule.
type matcher struct {
	l        *lowering
	it       *item
	boxes    ir.Boxes
	src, dst *objects.Addrs
	never    bool
	unread   string // why the rule could not be read
}

// passive are properties that decide nothing about whether a packet meets a
// rule, or that the action uses.
var passive = map[string]bool{
	"action": true, "chain": true, "comment": true, "disabled": true, "log": true, "log-prefix": true, "jump-target": true,
	"to-addresses": true, "to-address": true, "to-ports": true, "reject-with": true, "address-list": true, "address-list-timeout": true,
	"passthrough": true, "hw-offload": true, "copy-from": true, "same-not-by-dst": true, ".id": true, ".nextid": true, ".about": true,
	"bytes": true, "packets": true, "dynamic": true, "invalid": true, "creation-time": true, "randomise-ports": true,
}

// undecidable are conditions that a file does not decide, in words that
// complete "depends on ...".
var undecidable = map[string]string{
	"limit": "how many packets come in a time (limit)", "dst-limit": "how many packets come in a time (dst-limit)",
	"connection-limit": "how many connections are open (connection-limit)", "connection-bytes": "how much a connection has carried (connection-bytes)",
	"connection-rate": "how fast a connection is (connection-rate)", "nth": "a counter (nth)", "random": "chance (random)",
	"time": "the time of day (time)", "psd": "recent port scans (psd)", "content": "the content of the packet (content)",
	"layer7-protocol": "the content of the packet (layer7-protocol)", "p2p": "the content of the packet (p2p)",
	"tls-host": "the content of the packet (tls-host)", "connection-type": "the kind of a related connection (connection-type)",
	"connection-mark": "a mark set elsewhere (connection-mark)", "packet-mark": "a mark set elsewhere (packet-mark)",
	"routing-mark": "a mark set elsewhere (routing-mark)", "routing-table": "routing (routing-table)", "realm": "routing (realm)",
	"packet-size": "the length of the packet (packet-size)", "ttl": "the hops a packet has left (ttl)",
	"hop-limit": "the hops a packet has left (hop-limit)", "dscp": "the service class of the packet (dscp)",
	"priority": "the priority of the packet (priority)", "ingress-priority": "the priority of the packet (ingress-priority)",
	"tcp-mss": "the segment size offered (tcp-mss)", "ipv4-options": "IP options (ipv4-options)", "headers": "extension headers (headers)",
	"src-mac-address": "the hardware address of the sender (src-mac-address)", "hotspot": "who is logged in to the hotspot (hotspot)",
	"per-connection-classifier": "load balancing (per-connection-classifier)",
	"in-bridge-port":            "the port of a bridge (in-bridge-port)", "out-bridge-port": "the port of a bridge (out-bridge-port)",
	"in-bridge-port-list": "the port of a bridge (in-bridge-port-list)", "out-bridge-port-list": "the port of a bridge (out-bridge-port-list)",
}

// match reads the conditions of an item.
func (l *lowering) match(it *item) *matcher {
	m := &matcher{l: l, it: it, boxes: ir.Always(), src: objects.Anywhere(), dst: objects.Anywhere()}
	if it.doubt != "" {
		m.boxes.Perhaps(it.doubt)
	}
	for _, key := range it.keys {
		v := it.props[key]
		if passive[key] || strings.HasPrefix(key, "new-") {
			continue
		}
		not := strings.HasPrefix(v, "!")
		plain := strings.TrimPrefix(v, "!")
		if v == "" {
			continue // as a verbose export writes what is not set
		}
		m.condition(key, plain, not)
	}
	m.boxes = objects.Source(m.boxes, m.src)
	m.boxes = objects.Destination(m.boxes, m.dst)
	if m.never {
		m.boxes = nil
	}
	return m
}

func (m *matcher) condition(key, v string, not bool) {
	switch key {
	case "src-address":
		m.src = objects.Both(m.src, m.address(key, v, not))
	case "dst-address":
		m.dst = objects.Both(m.dst, m.address(key, v, not))
	case "src-address-list":
		m.src = objects.Both(m.src, m.l.list(v, not))
	case "dst-address-list":
		m.dst = objects.Both(m.dst, m.l.list(v, not))
	case "src-address-type", "dst-address-type":
		m.addressType(key == "src-address-type", v, not)
	case "protocol":
		m.protocol(v, not)
	case "src-port", "dst-port", "port":
		m.ports(key, v, not)
	case "in-interface", "out-interface":
		m.ifaces(key == "in-interface", m.l.net.ofInterface(v, not))
	case "in-interface-list", "out-interface-list":
		m.ifaces(key == "in-interface-list", m.l.net.ofList(v, not))
	case "connection-state":
		m.state(v, not, connectionStates)
	case "connection-nat-state":
		m.state(v, not, map[string]ir.States{"srcnat": ir.SNAT, "dstnat": ir.DNAT})
	case "tcp-flags":
		m.flags(v, not)
	case "icmp-options":
		m.icmp(v, not)
	case "fragment":
		if truth(v) != not {
			m.never = true // what opens or carries a mail connection comes in one piece
		}
	case "ipsec-policy":
		_, policy, _ := strings.Cut(v, ",")
		if (policy == "ipsec") != not {
			m.never = true // the packets asked about come and go in the clear
		}
	case "connection-mark", "packet-mark", "routing-mark":
		if v == "no-mark" && !not && !m.l.marks() {
			return // nothing is marked
		}
		m.boxes.Perhaps(undecidable[key])
	default:
		reason := undecidable[key]
		if reason == "" {
			reason = fmt.Sprintf("the property %s, which is not known here", key)
			m.l.r.problem(m.it.line, "line %d: the property %s is not known here; whether the rule is met cannot be decided.", m.it.line, key)
		}
		m.boxes.Perhaps(reason)
	}
}

// bad says that a value could not be read.
func (m *matcher) bad(key, v, want string) {
	m.l.r.problem(m.it.line, "line %d: expected %s to be %s, came %q; whether the rule is met cannot be decided.", m.it.line, key, want, source.Redact(v))
	m.boxes.Perhaps(fmt.Sprintf("%s in line %d, which could not be read", key, m.it.line))
}

func (m *matcher) address(key, v string, not bool) *objects.Addrs {
	r, ok := source.Net(v)
	if !ok {
		m.bad(key, v, "an address, a network or a range")
		return objects.Anywhere()
	}
	a := objects.Of(r)
	if not {
		return a.Negate()
	}
	return a
}

// addressType reads src-address-type and dst-address-type. An address that is
// asked about is a host's: the firewall's own (local) or another (unicast).
func (m *matcher) addressType(src bool, v string, not bool) {
	own, other := false, false
	for _, t := range strings.Split(v, ",") {
		switch strings.TrimPrefix(t, "!") {
		case "local":
			own = true
		case "unicast":
			other = true
		case "broadcast", "multicast":
		default:
			m.boxes.Perhaps(fmt.Sprintf("the routing type of an address (%s)", v))
			return
		}
	}
	own, other = own != not, other != not
	if own && other {
		return
	}
	if !own && !other {
		m.never = true
		return
	}
	is := ir.No
	if own {
		is = ir.Yes
	}
	m.boxes.Each(func(b *ir.Box) {
		at := &b.DstLocal
		if src {
			at = &b.SrcLocal
		}
		if *at != ir.Either && *at != is {
			m.never = true
		}
		*at = is
	})
}

func (m *matcher) protocol(v string, not bool) {
	n, ok := source.Protocol(v)
	switch {
	case ok:
		m.boxes.Each(func(b *ir.Box) { b.Proto = &ir.Protos{List: []uint8{n}, Not: not} })
	case v == "all" || v == "any":
		m.never = m.never || not
	default:
		m.bad("protocol", v, "a protocol such as tcp")
	}
}

func (m *matcher) ports(key, v string, not bool) {
	p := &ir.Ports{Not: not}
	for _, part := range commas(v) {
		lo, hi, span := strings.Cut(part, "-")
		if !span {
			hi = lo
		}
		a, ok1 := source.Port(lo)
		b, ok2 := source.Port(hi)
		if !ok1 || !ok2 {
			m.bad(key, v, "ports such as 25,587,1000-2000")
			return
		}
		p.Ranges = append(p.Ranges, ir.PortRange{Lo: min(a, b), Hi: max(a, b)})
	}
	putS := func(b *ir.Box) { m.port(&b.SPort, p) }
	putD := func(b *ir.Box) { m.port(&b.DPort, p) }
	switch {
	case key == "src-port":
		m.boxes.Each(putS)
	case key == "dst-port":
		m.boxes.Each(putD)
	case not:
		m.boxes.Each(putS)
		m.boxes.Each(putD)
	default:
		m.boxes.Either(putS, putD)
	}
}

// port sets a condition, or leaves two on the same port undecided.
func (m *matcher) port(at **ir.Ports, p *ir.Ports) {
	if *at != nil {
		m.unread = fmt.Sprintf("line %d, which names ports twice", m.it.line)
	}
	*at = p
}

func (m *matcher) ifaces(in bool, a alternatives) {
	put := func(i *ir.Ifaces, why string) func(*ir.Box) {
		return func(b *ir.Box) {
			at := &b.Out
			if in {
				at = &b.In
			}
			if *at != nil && i != nil {
				b.Perhaps("two conditions on one interface")
			}
			if i != nil {
				*at = i
			}
			if why != "" {
				b.Perhaps(why)
			}
		}
	}
	why := a.doubt
	if a.open {
		why = a.why
	}
	alts := []func(*ir.Box){put(a.sure, why)}
	if a.perhaps != nil && !a.open {
		alts = append(alts, put(a.perhaps, a.why))
	}
	m.boxes.Either(alts...)
}

var connectionStates = map[string]ir.States{
	"established": ir.Established, "related": ir.Related, "new": ir.New, "invalid": ir.Invalid, "untracked": ir.Untracked,
}

func (m *matcher) state(v string, not bool, names map[string]ir.States) {
	c := ir.StateCond{Not: not}
	for _, s := range commas(v) {
		one, ok := names[s]
		if !ok {
			m.bad("the state of a connection", s, "one such as new or established")
			return
		}
		c.Any |= one
	}
	m.boxes.Each(func(b *ir.Box) { b.State = append(slices.Clip(b.State), c) })
}

var tcpFlags = map[string]uint8{"fin": ir.FIN, "syn": ir.SYN, "rst": ir.RST, "psh": ir.PSH, "ack": ir.ACK, "urg": ir.URG}

func (m *matcher) flags(v string, not bool) {
	c := &ir.FlagCond{}
	if not {
		v = "!" + v // the first flag alone is negated
	}
	for _, f := range commas(v) {
		bit, ok := tcpFlags[strings.TrimPrefix(f, "!")]
		if !ok {
			m.boxes.Perhaps(fmt.Sprintf("congestion marks of the packet (tcp-flags %s)", f))
			continue
		}
		c.Mask |= bit
		if !strings.HasPrefix(f, "!") {
			c.Set |= bit
		}
	}
	m.boxes.Each(func(b *ir.Box) { b.Flags = c })
}

// icmp reads icmp-options: type, or type:code, or type:code-code; lists of
// them.
func (m *matcher) icmp(v string, not bool) {
	c := &ir.ICMPTypes{Not: not}
	for _, part := range commas(v) {
		t, codes, hasCode := strings.Cut(part, ":")
		lo, hi, span := strings.Cut(codes, "-")
		if !hasCode {
			lo, hi, span = "0", "255", true
		}
		if !span {
			hi = lo
		}
		n, err1 := strconv.ParseUint(t, 10, 8)
		a, err2 := strconv.ParseUint(lo, 10, 8)
		b, err3 := strconv.ParseUint(hi, 10, 8)
		if err1 != nil || err2 != nil || err3 != nil {
			m.bad("icmp-options", v, "types such as 8:0-255")
			return
		}
		c.List = append(c.List, ir.ICMPType{Type: uint8(n), CodeLo: uint8(a), CodeHi: uint8(b)})
	}
	m.boxes.Each(func(b *ir.Box) { b.ICMP = c })
}
