package iptables

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// protocol reads -p and --ctproto.
func protocol(ct bool) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		if !ct {
			m.once("-p")
		}
		v := m.value(&not)
		n, ok := source.Protocol(v)
		if !ct && ok && !not {
			m.proto = int(n)
			m.implicit = []string{source.ProtocolName(n)}
		}
		m.protocol(v, n, ok, not)
	}
}

func (m *matcher) protocol(v string, n uint8, ok, not bool) {
	switch {
	case strings.EqualFold(v, "all") || strings.EqualFold(v, "ip") || v == "0":
		if not {
			m.refuse("refuses every protocol")
		}
		m.proto = -1
		return
	case !ok:
		m.problem("expected a protocol such as tcp, came %q; whether the rule is met cannot be decided.", v)
		m.boxes.Perhaps(fmt.Sprintf("the protocol %q, which is not known here", v))
		return
	}
	set := &ir.Protos{List: []uint8{n}, Not: not}
	m.boxes.Each(func(b *ir.Box) {
		if b.Proto != nil && (b.Proto.Not || !slices.Equal(b.Proto.List, set.List) || set.Not) {
			b.Perhaps("two conditions on the protocol")
			return
		}
		b.Proto = set
	})
}

// fragment reads -f: second and later fragments. The packets asked about are whole.
func fragment(m *matcher, not bool) {
	if !not {
		m.boxes = nil
	}
}

func portRange(v string) (ir.PortRange, bool) {
	lo, hi, isRange := strings.Cut(v, ":")
	if !isRange {
		hi = lo
	}
	r := ir.PortRange{Lo: 0, Hi: 65535}
	ok := true
	if lo != "" || !isRange {
		r.Lo, ok = source.Port(lo)
	}
	if ok && (hi != "" || !isRange) {
		r.Hi, ok = source.Port(hi)
	}
	return r, ok && r.Lo <= r.Hi
}

func (m *matcher) badPort(v string) {
	m.problem("expected a port such as 25, smtp or 1024:65535, came %q; whether the rule is met cannot be decided.", v)
	m.boxes.Perhaps(fmt.Sprintf("the port %q, which could not be read", v))
}

// port reads --sport and --dport.
func port(src bool) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		m.ports = true
		m.once(fmt.Sprintf("port %v %d", src, len(m.modules)))
		v := m.value(&not)
		r, ok := portRange(v)
		if !ok {
			m.badPort(v)
			return
		}
		m.boxes.Each(onPorts(src, &ir.Ports{Ranges: []ir.PortRange{r}, Not: not}))
	}
}

func onPorts(src bool, set *ir.Ports) func(*ir.Box) {
	return func(b *ir.Box) {
		to := &b.DPort
		if src {
			to = &b.SPort
		}
		*to, _ = ir.MeetPorts(*to, set)
	}
}

// ports reads the lists of multiport; sides names which ends are compared.
// --ports is met when either end is in the list; its complement when neither.
func ports(sides string) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		m.ports = true
		v := m.value(&not)
		set := &ir.Ports{Not: not}
		for _, part := range strings.Split(v, ",") {
			r, ok := portRange(part)
			if !ok {
				m.badPort(part)
				return
			}
			set.Ranges = append(set.Ranges, r)
		}
		switch {
		case sides == "s":
			m.boxes.Each(onPorts(true, set))
		case sides == "d":
			m.boxes.Each(onPorts(false, set))
		case not:
			m.boxes.Each(onPorts(true, set))
			m.boxes.Each(onPorts(false, set))
		default:
			m.boxes.Either(onPorts(true, set), onPorts(false, set))
		}
	}
}

var flagBits = map[string]uint8{
	"FIN": ir.FIN, "SYN": ir.SYN, "RST": ir.RST, "PSH": ir.PSH, "ACK": ir.ACK, "URG": ir.URG, "NONE": 0, "ALL": 0x3f,
}

func flags(v string) (uint8, bool) {
	if strings.HasPrefix(v, "0x") {
		n, err := strconv.ParseUint(v[2:], 16, 8)
		return uint8(n), err == nil
	}
	var out uint8
	for _, f := range strings.Split(strings.ToUpper(v), ",") {
		b, ok := flagBits[f]
		if !ok {
			return 0, false
		}
		out |= b
	}
	return out, true
}

func tcpFlags(m *matcher, not bool) {
	maskText := m.value(&not)
	setText := m.value(&not)
	mask, ok1 := flags(maskText)
	set, ok2 := flags(setText)
	if !ok1 || !ok2 {
		m.problem("expected TCP flags such as SYN,ACK SYN, came %q %q; whether the rule is met cannot be decided.", maskText, setText)
		m.boxes.Perhaps("TCP flags that could not be read")
		return
	}
	m.tcp(&ir.FlagCond{Mask: mask, Set: set, Not: not})
}

func syn(m *matcher, not bool) {
	m.tcp(&ir.FlagCond{Mask: ir.FIN | ir.SYN | ir.RST | ir.ACK, Set: ir.SYN, Not: not})
}

func (m *matcher) tcp(c *ir.FlagCond) {
	m.needs = append(m.needs, ir.TCP)
	m.boxes.Each(func(b *ir.Box) {
		if b.Flags != nil {
			b.Perhaps("two conditions on TCP flags")
			return
		}
		b.Flags = c
	})
}

// icmpNames are the names iptables gives to types, and to types with a code.
var icmpNames = map[string]ir.ICMPType{
	"echo-reply": {Type: 0, CodeHi: 255}, "pong": {Type: 0, CodeHi: 255},
	"destination-unreachable": {Type: 3, CodeHi: 255}, "network-unreachable": {Type: 3}, "host-unreachable": {Type: 3, CodeLo: 1, CodeHi: 1},
	"protocol-unreachable": {Type: 3, CodeLo: 2, CodeHi: 2}, "port-unreachable": {Type: 3, CodeLo: 3, CodeHi: 3},
	"fragmentation-needed": {Type: 3, CodeLo: 4, CodeHi: 4}, "source-route-failed": {Type: 3, CodeLo: 5, CodeHi: 5},
	"network-unknown": {Type: 3, CodeLo: 6, CodeHi: 6}, "host-unknown": {Type: 3, CodeLo: 7, CodeHi: 7},
	"network-prohibited": {Type: 3, CodeLo: 9, CodeHi: 9}, "host-prohibited": {Type: 3, CodeLo: 10, CodeHi: 10},
	"communication-prohibited": {Type: 3, CodeLo: 13, CodeHi: 13},
	"source-quench":            {Type: 4, CodeHi: 255}, "redirect": {Type: 5, CodeHi: 255},
	"echo-request": {Type: 8, CodeHi: 255}, "ping": {Type: 8, CodeHi: 255},
	"router-advertisement": {Type: 9, CodeHi: 255}, "router-solicitation": {Type: 10, CodeHi: 255},
	"time-exceeded": {Type: 11, CodeHi: 255}, "ttl-exceeded": {Type: 11, CodeHi: 255},
	"ttl-zero-during-transit": {Type: 11}, "ttl-zero-during-reassembly": {Type: 11, CodeLo: 1, CodeHi: 1},
	"parameter-problem": {Type: 12, CodeHi: 255}, "timestamp-request": {Type: 13, CodeHi: 255}, "timestamp-reply": {Type: 14, CodeHi: 255},
	"address-mask-request": {Type: 17, CodeHi: 255}, "address-mask-reply": {Type: 18, CodeHi: 255},
}

var icmp6Names = map[string]ir.ICMPType{
	"destination-unreachable": {Type: 1, CodeHi: 255}, "no-route": {Type: 1}, "communication-prohibited": {Type: 1, CodeLo: 1, CodeHi: 1},
	"beyond-scope": {Type: 1, CodeLo: 2, CodeHi: 2}, "address-unreachable": {Type: 1, CodeLo: 3, CodeHi: 3}, "port-unreachable": {Type: 1, CodeLo: 4, CodeHi: 4},
	"failed-policy": {Type: 1, CodeLo: 5, CodeHi: 5}, "reject-route": {Type: 1, CodeLo: 6, CodeHi: 6},
	"packet-too-big": {Type: 2, CodeHi: 255}, "time-exceeded": {Type: 3, CodeHi: 255}, "ttl-exceeded": {Type: 3, CodeHi: 255},
	"ttl-zero-during-transit": {Type: 3}, "ttl-zero-during-reassembly": {Type: 3, CodeLo: 1, CodeHi: 1},
	"parameter-problem": {Type: 4, CodeHi: 255}, "bad-header": {Type: 4}, "unknown-header-type": {Type: 4, CodeLo: 1, CodeHi: 1},
	"unknown-option": {Type: 4, CodeLo: 2, CodeHi: 2}, "echo-request": {Type: 128, CodeHi: 255}, "ping": {Type: 128, CodeHi: 255},
	"echo-reply": {Type: 129, CodeHi: 255}, "pong": {Type: 129, CodeHi: 255},
	"router-solicitation": {Type: 133, CodeHi: 255}, "router-advertisement": {Type: 134, CodeHi: 255},
	"neighbour-solicitation": {Type: 135, CodeHi: 255}, "neighbor-solicitation": {Type: 135, CodeHi: 255},
	"neighbour-advertisement": {Type: 136, CodeHi: 255}, "neighbor-advertisement": {Type: 136, CodeHi: 255}, "redirect": {Type: 137, CodeHi: 255},
}

// icmpType reads a type by name, number or number/code.
func icmpType(f ir.Family) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		v := strings.ToLower(m.value(&not))
		proto, names := uint8(ir.ICMP), icmpNames
		if f == ir.V6 {
			proto, names = ir.ICMPv6, icmp6Names
		}
		m.needs = append(m.needs, proto)
		if v == "any" || v == "255" && f == ir.V4 {
			if not {
				m.boxes = nil
			}
			return
		}
		t, ok := names[v]
		if !ok {
			t, ok = icmpNumber(v)
		}
		if !ok {
			m.problem("expected an ICMP type such as echo-request or 3/4, came %q; whether the rule is met cannot be decided.", v)
			m.boxes.Perhaps(fmt.Sprintf("the ICMP type %q, which is not known here", v))
			return
		}
		m.boxes.Each(func(b *ir.Box) { b.ICMP = &ir.ICMPTypes{List: []ir.ICMPType{t}, Not: not} })
	}
}

func icmpNumber(v string) (ir.ICMPType, bool) {
	typ, code, hasCode := strings.Cut(v, "/")
	n, err := strconv.ParseUint(typ, 10, 8)
	t := ir.ICMPType{Type: uint8(n), CodeHi: 255}
	if err != nil || !hasCode {
		return t, err == nil
	}
	c, err := strconv.ParseUint(code, 10, 8)
	t.CodeLo, t.CodeHi = uint8(c), uint8(c)
	return t, err == nil
}
