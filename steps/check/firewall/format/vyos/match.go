package vyos

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// matcher gathers the conditions of one rule.
type matcher struct {
	l        *lowering
	n        *wordtree.Node
	boxes    ir.Boxes
	src, dst *objects.Addrs
	never    bool
	nat      bool   // of a translation of destinations
	own      string // the interface whose address it takes, which is not in the file
}

// passive are settings that decide nothing about whether a packet meets a
// rule, or that the action uses.
var passive = map[string]bool{
	"action": true, "description": true, "log": true, "log-options": true, "disable": true, "set": true, "queue": true, "queue-options": true,
	"jump-target": true, "offload-target": true, "add-address-to-group": true, "translation": true, "exclude": true, "type": true,
	"inside-address": true, "outside-address": true, "forward-to": true, "synproxy": true, "modify": true, "load-balance": true,
}

// undecidable are conditions that a file does not decide, in words that
// complete "depends on ...".
var undecidable = map[string]string{
	"limit": "how many packets come in a time (limit)", "recent": "which addresses came by before (recent)", "time": "the time of day (time)",
	"mark": "a mark set elsewhere (mark)", "connection-mark": "a mark set elsewhere (connection-mark)", "dscp": "the service class of the packet (dscp)",
	"dscp-exclude": "the service class of the packet (dscp-exclude)", "packet-length": "the length of the packet (packet-length)",
	"packet-length-exclude": "the length of the packet (packet-length-exclude)", "packet-type": "how the packet is addressed on the wire (packet-type)",
	"ttl": "the hops a packet has left (ttl)", "hop-limit": "the hops a packet has left (hop-limit)",
	"conntrack-helper": "the kind of a related connection (conntrack-helper)", "p2p": "the content of the packet (p2p)",
	"application": "the content of the packet (application)", "gre": "the key of a GRE tunnel (gre)", "vlan": "the VLAN of the packet (vlan)",
}

// match reads the conditions of a rule.
func (l *lowering) match(n *wordtree.Node) *matcher { return l.conditions(n, false) }

// translated reads those of a rule that changes destinations.
func (l *lowering) translated(n *wordtree.Node) *matcher { return l.conditions(n, true) }

func (l *lowering) conditions(n *wordtree.Node, nat bool) *matcher {
	m := &matcher{l: l, n: n, boxes: ir.Always(), src: objects.Anywhere(), dst: objects.Anywhere(), nat: nat}
	for _, k := range n.Live() {
		if !passive[k.Name] {
			m.condition(k)
		}
	}
	m.boxes = objects.Destination(objects.Source(m.boxes, m.src), m.dst)
	m.taken()
	if m.never {
		m.boxes = nil
	}
	return m
}

func (m *matcher) condition(k *wordtree.Node) {
	switch k.Name {
	case "source":
		m.side(k, true)
	case "destination":
		m.side(k, false)
	case "protocol":
		m.protocol(k.Value(), k.Line)
	case "state":
		m.state(k)
	case "inbound-interface":
		m.iface(k, true)
	case "outbound-interface":
		m.iface(k, false)
	case "tcp":
		m.flags(k)
	case "icmp", "icmpv6":
		m.icmp(k)
	case "fragment":
		m.never = m.never || k.Has("match-frag") // mail comes in one piece
	case "ipsec":
		// the packets asked about come and go in the clear
		m.never = m.never || k.Has("match-ipsec") || k.Has("match-ipsec-in") || k.Has("match-ipsec-out")
	case "connection-status":
		if v := k.Text("nat"); v != "" {
			m.boxes.Each(func(b *ir.Box) {
				c := ir.StateCond{Any: map[string]ir.States{"destination": ir.DNAT, "source": ir.SNAT}[v]}
				b.State = append(slices.Clip(b.State), c)
			})
		}
	default:
		reason := undecidable[k.Name]
		if reason == "" {
			reason = fmt.Sprintf("the setting %s in line %d, which is not known here", source.Redact(k.Name), k.Line)
			m.l.r.problem(k.Line, "line %d: the setting %s is not known here; whether the rule is met cannot be decided.", k.Line, source.Redact(k.Name))
		}
		m.boxes.Perhaps(reason)
	}
}

// side reads source or destination.
func (m *matcher) side(n *wordtree.Node, src bool) {
	meet := func(a *objects.Addrs) {
		at := &m.dst
		if src {
			at = &m.src
		}
		*at = objects.Both(*at, a)
	}
	for _, k := range n.Live() {
		switch k.Name {
		case "address":
			if v := k.Value(); v != "any" && v != "" {
				meet(m.address(v, k.Line))
			}
		case "address-mask":
			m.boxes.Perhaps(fmt.Sprintf("a mask of addresses in line %d", k.Line))
		case "port":
			m.port(src, portValue(k), k.Line)
		case "group":
			m.group(k, src, meet)
		case "fqdn":
			meet(objects.UnknownAddrs(fmt.Sprintf("the host name %s in line %d; look up its addresses and list them", k.Value(), k.Line)))
		case "geoip":
			m.boxes.Perhaps(fmt.Sprintf("which country an address belongs to (line %d)", k.Line))
		case "mac-address":
			m.boxes.Perhaps(fmt.Sprintf("the hardware address of the sender (line %d)", k.Line))
		default:
			m.boxes.Perhaps(fmt.Sprintf("the setting %s in line %d, which is not known here", source.Redact(k.Name), k.Line))
		}
	}
}

// portValue joins ports that stand one by one.
func portValue(k *wordtree.Node) string { return strings.Join(k.Names(), ",") }

func (m *matcher) address(v string, line int) *objects.Addrs {
	bare, not := strings.CutPrefix(v, "!")
	r, ok := source.Net(bare)
	if !ok {
		m.l.r.problem(line, "line %d: expected an address, a network or a range, came %q; whether the rule is met cannot be decided.", line, source.Redact(v))
		return objects.UnknownAddrs(fmt.Sprintf("the address in line %d, which could not be read", line))
	}
	if not {
		return objects.Of(r).Negate()
	}
	return objects.Of(r)
}

func (m *matcher) port(src bool, v string, line int) {
	p, ok := portSet(v)
	if !ok {
		m.l.r.problem(line, "line %d: expected ports such as 25,587 or a name such as smtp, came %q; whether the rule is met cannot be decided.", line, source.Redact(v))
		m.boxes.Perhaps(fmt.Sprintf("the ports in line %d, which could not be read", line))
		return
	}
	m.put(src, p)
}

func (m *matcher) put(src bool, p *ir.Ports) {
	m.boxes.Each(func(b *ir.Box) {
		at := &b.DPort
		if src {
			at = &b.SPort
		}
		if *at != nil {
			b.Perhaps("two conditions on one port")
		}
		*at = p
	})
}

func (m *matcher) group(n *wordtree.Node, src bool, meet func(*objects.Addrs)) {
	for _, k := range n.Live() {
		name := k.Value()
		switch k.Name {
		case "address-group", "network-group", "ipv6-address-group", "ipv6-network-group", "domain-group":
			if m.nat && !src && m.own == "" {
				if m.own = m.l.net.ownAddress(k.Name, name); m.own != "" {
					continue
				}
			}
			meet(m.l.groups.addresses(k.Name, name, k.Line, m.l.v6))
		case "port-group":
			p, ok := m.l.groups.portGroup(name)
			if !ok {
				m.boxes.Perhaps(fmt.Sprintf("port-group %s, which line %d names and the file does not hold or that could not be read", name, k.Line))
				continue
			}
			m.put(src, p)
		case "mac-group":
			m.boxes.Perhaps(fmt.Sprintf("the hardware address of the sender (line %d)", k.Line))
		case "dynamic-address-group":
			meet(objects.UnknownAddrs(fmt.Sprintf("the addresses that are added to group %s while the router runs (line %d)", name, k.Line)))
		default:
			m.boxes.Perhaps(fmt.Sprintf("%s %s in line %d, which is not known here", source.Redact(k.Name), name, k.Line))
		}
	}
}

func (m *matcher) protocol(v string, line int) {
	bare, not := strings.CutPrefix(strings.ToLower(v), "!")
	list := []uint8{}
	switch n, ok := source.Protocol(bare); {
	case bare == "all" || bare == "any":
		m.never = m.never || not
		return
	case bare == "tcp_udp":
		list = []uint8{ir.TCP, ir.UDP}
	case ok:
		list = []uint8{n}
	default:
		m.boxes.Perhaps(fmt.Sprintf("the protocol %q in line %d, which is not known here", source.Redact(v), line))
		return
	}
	m.boxes.Each(func(b *ir.Box) { b.Proto = &ir.Protos{List: list, Not: not} })
}

var states = map[string]ir.States{"established": ir.Established, "related": ir.Related, "new": ir.New, "invalid": ir.Invalid}

func (m *matcher) state(n *wordtree.Node) {
	c := ir.StateCond{}
	for _, k := range n.Live() {
		if k.Value() == "disable" {
			continue
		}
		for _, name := range strings.Split(k.Name, ",") {
			s, ok := states[name]
			if !ok {
				m.boxes.Perhaps(fmt.Sprintf("the state %q in line %d, which is not known here", source.Redact(name), k.Line))
			}
			c.Any |= s
		}
	}
	if c.Any != 0 {
		m.boxes.Each(func(b *ir.Box) { b.State = append(slices.Clip(b.State), c) })
	}
}

// iface reads inbound-interface and outbound-interface, of every version: the
// name right behind it, or below name, interface-name or group.
func (m *matcher) iface(n *wordtree.Node, in bool) {
	set := &ir.Ifaces{}
	for _, k := range n.Live() {
		v := k.Value()
		switch k.Name {
		case "name", "interface-name":
			set.Patterns, set.Not = m.l.net.patterns(v)
		case "group", "interface-group":
			bare, not := strings.CutPrefix(v, "!")
			list, ok := m.l.groups.members(bare)
			if !ok {
				m.boxes.Perhaps(fmt.Sprintf("interface-group %s, which line %d names and the file does not hold", bare, k.Line))
				return
			}
			set.Not = not
			set.Patterns = []string{bare}
			for _, x := range list {
				p, _ := m.l.net.patterns(x)
				set.Patterns = append(set.Patterns, p...)
			}
		default:
			if k.Name == "any" {
				return
			}
			set.Patterns, set.Not = m.l.net.patterns(k.Name)
		}
	}
	m.boxes.Each(func(b *ir.Box) {
		if in {
			b.In = set
		} else {
			b.Out = set
		}
	})
}

var tcpFlags = map[string]uint8{"fin": ir.FIN, "syn": ir.SYN, "rst": ir.RST, "psh": ir.PSH, "ack": ir.ACK, "urg": ir.URG}

// flags reads "tcp flags SYN,!ACK" and "tcp flags syn" with "tcp flags not ack".
func (m *matcher) flags(n *wordtree.Node) {
	c := &ir.FlagCond{}
	set := func(name string, on bool) {
		bit, ok := tcpFlags[strings.ToLower(name)]
		switch {
		case strings.EqualFold(name, "all"):
			bit = 63
		case !ok:
			m.boxes.Perhaps(fmt.Sprintf("the flag %q in line %d", source.Redact(name), n.Line))
		}
		c.Mask |= bit
		if on {
			c.Set |= bit
		}
	}
	for _, k := range n.Live() {
		if k.Name != "flags" {
			m.boxes.Perhaps(fmt.Sprintf("the setting tcp %s in line %d", source.Redact(k.Name), k.Line))
			continue
		}
		for _, f := range k.Live() {
			if f.Name == "not" {
				for _, x := range f.Names() {
					set(x, false)
				}
				continue
			}
			for _, x := range strings.Split(f.Name, ",") {
				bare, not := strings.CutPrefix(x, "!")
				set(bare, !not)
			}
		}
	}
	if c.Mask != 0 {
		m.boxes.Each(func(b *ir.Box) { b.Flags = c })
	}
}

var icmpNames = map[string]uint8{
	"echo-request": 8, "echo-reply": 0, "destination-unreachable": 3, "time-exceeded": 11, "redirect": 5, "ping": 8, "pong": 0,
}

var icmp6Names = map[string]uint8{
	"echo-request": 128, "echo-reply": 129, "destination-unreachable": 1, "packet-too-big": 2, "time-exceeded": 3, "parameter-problem": 4,
	"nd-neighbor-solicit": 135, "nd-neighbor-advert": 136, "nd-router-solicit": 133, "nd-router-advert": 134,
}

func (m *matcher) icmp(n *wordtree.Node) {
	names, proto := icmpNames, uint8(ir.ICMP)
	if n.Name == "icmpv6" {
		names, proto = icmp6Names, ir.ICMPv6
	}
	x := ir.ICMPType{CodeHi: 255}
	v := n.Text("type-name")
	if v == "" {
		v = n.Text("type")
	}
	kind, code, _ := strings.Cut(v, "/")
	t, known := names[kind]
	if num, err := strconv.ParseUint(kind, 10, 8); err == nil {
		t, known = uint8(num), true
	}
	if c, err := strconv.ParseUint(code+n.Text("code"), 10, 8); err == nil {
		x.CodeLo, x.CodeHi = uint8(c), uint8(c)
	}
	x.Type = t
	m.boxes.Each(func(b *ir.Box) {
		if b.Proto == nil {
			b.Proto = &ir.Protos{List: []uint8{proto}}
		}
		b.ICMP = &ir.ICMPTypes{List: []ir.ICMPType{x}}
		if !known {
			b.ICMP = nil
			b.Perhaps(fmt.Sprintf("the ICMP type in line %d", n.Line))
		}
	})
}
