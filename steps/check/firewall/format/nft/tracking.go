package nft

import (
	"fmt"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// states joins the states of a value.
func states(v value) (ir.States, bool) {
	switch v.kind {
	case kWord:
		s, ok := stateBits[strings.ToLower(v.text)]
		return s, ok
	case kList:
		var all ir.States
		for _, p := range v.parts() {
			s, ok := states(p)
			if !ok {
				return 0, false
			}
			all |= s
		}
		return all, true
	}
	return 0, false
}

// stateClass reads ct state. Without an operator, and with commas, the packet
// is in any of the states; == and != compare with the whole number, which a
// packet has but one bit of (src/evaluate.c, OP_IMPLICIT).
func stateClass(_ *lowering, q query) cond {
	bad := func(v value) cond {
		return perhaps(fmt.Sprintf("the connection state %q, which is not read", clip(shown(v))))
	}
	if q.open != "" {
		return perhaps(q.open)
	}
	if q.sel.mask != nil {
		any, ok := states(*q.sel.mask)
		if !ok || len(q.vals) != 1 || q.vals[0].text != "0" {
			return bad(*q.sel.mask)
		}
		return met(ir.Box{State: []ir.StateCond{{Any: any, Not: !q.not}}})
	}
	var any ir.States
	for _, v := range q.vals {
		s, ok := states(v)
		whole := v.kind == kList && (q.op == "==" || q.op == "!=")
		switch {
		case !ok:
			return bad(v)
		case whole && q.op == "!=" && !v.or:
			return bad(v) // versions of nft read it differently
		case whole:
			s = 0 // no packet is in two states
		}
		any |= s
	}
	c := ir.StateCond{Any: any, Not: q.not || q.op == "!"}
	if any == 0 {
		if c.Not {
			return met(ir.Box{})
		}
		return cond{}
	}
	return met(ir.Box{State: []ir.StateCond{c}})
}

// statusClass reads ct status, of which snat and dnat are known.
func statusClass(_ *lowering, q query) cond {
	v := value{}
	not := q.op == "!"
	switch {
	case q.sel.mask != nil && len(q.vals) == 1 && q.vals[0].text == "0":
		v, not = *q.sel.mask, !q.not
	case q.sel.mask == nil && len(q.vals) == 1 && (q.op == "" || q.op == "in" || q.op == "!"):
		v = q.vals[0]
	default:
		return perhaps("the status of the connection (ct status)")
	}
	parts := []value{v}
	if v.kind == kList {
		parts = v.parts()
	}
	var any ir.States
	for _, p := range parts {
		switch p.text {
		case "dnat", "0x20", "32":
			any |= ir.DNAT
		case "snat", "0x10", "16":
			any |= ir.SNAT
		default:
			return perhaps("the status of the connection (ct status " + clip(shown(p)) + ")")
		}
	}
	b := tracked()
	b.State = append(b.State, ir.StateCond{Any: any, Not: not})
	return met(b)
}

func directionClass(_ *lowering, q query) cond {
	b := tracked()
	switch {
	case len(q.vals) != 1 || q.open != "":
		return perhaps("the direction of the packet (ct direction)")
	case q.vals[0].text == "reply", q.vals[0].text == "1":
		b.Reply = ir.Yes
	default:
		b.Reply = ir.No
	}
	if q.not {
		b.Reply = ir.Yes + ir.No - b.Reply
	}
	return met(b)
}

// flagClass reads tcp flags: with commas or alone any of them is set; with ==
// the flags are just those; & MASK leaves the others out.
func flagClass(_ *lowering, q query) cond {
	if q.open != "" {
		return perhaps(q.open)
	}
	tcp := ir.Box{Proto: protos(ir.TCP)}
	names := byName(flagNames)
	var list []*ir.FlagCond
	for _, v := range q.vals {
		c := &ir.FlagCond{Mask: 0xff}
		if q.sel.mask != nil {
			m, ok := bitsOf(*q.sel.mask, names)
			if !ok {
				return perhaps("TCP flags that could not be read")
			}
			c.Mask = m
		}
		if v.kind == kMasked {
			m, ok := bitsOf(v.parts()[1], names)
			if !ok || q.sel.mask != nil {
				return perhaps("TCP flags that could not be read")
			}
			c.Mask, v = m, v.parts()[0]
			q.op = "=="
		}
		set, ok := bitsOf(v, names)
		if !ok {
			return perhaps("TCP flags that could not be read")
		}
		c.Set = set
		switch {
		case q.op == "!":
			c.Mask, c.Set = set, 0
		case (q.op == "" || q.op == "in") && q.sel.mask == nil:
			c.Mask, c.Set, c.Not = set, 0, true
		case q.op == "!=" && v.kind == kList && !v.or && q.sel.mask == nil:
			return perhaps("TCP flags that versions of nft read differently")
		}
		list = append(list, c)
	}
	var boxes []ir.Box
	for _, c := range list {
		b := tcp
		b.Flags = c
		boxes = append(boxes, b)
	}
	switch {
	case !q.not:
		return met(boxes...)
	case len(list) == 1:
		list[0].Not = !list[0].Not
		return met(boxes...)
	}
	return cond{[]ir.Box{tcp}, boxes}
}

// icmpClass compares the type or the code of an ICMP message.
func icmpClass(f ir.Family, code bool) func(*lowering, query) cond {
	proto, types, codes := uint8(ir.ICMP), icmpTypes, icmpCodes
	if f == ir.V6 {
		proto, types, codes = ir.ICMPv6, icmp6Types, icmp6Codes
	}
	return func(l *lowering, q query) cond {
		if f == ir.V4 && l.family != ir.V4 {
			return cond{}
		}
		dep := ir.Box{Proto: protos(proto)}
		set := &ir.ICMPTypes{Not: q.not}
		reason := q.open
		names := types
		if code {
			names = codes
		}
		for _, v := range q.vals {
			lo, hi, ok := bytesOf(v, byName(names))
			if !ok {
				reason = fmt.Sprintf("the ICMP type %q, which is not known here", clip(shown(v)))
				continue
			}
			if !code {
				for n := int(lo); n <= int(hi); n++ {
					set.List = append(set.List, ir.ICMPType{Type: uint8(n), CodeHi: 255})
				}
				continue
			}
			for n := range 256 {
				set.List = append(set.List, ir.ICMPType{Type: uint8(n), CodeLo: lo, CodeHi: hi})
			}
		}
		b := dep
		b.ICMP = set
		return q.compared(b, dep, len(set.List) > 0, reason)
	}
}

var (
	multicast = []netipx.IPRange{netipx.MustParseIPRange("224.0.0.0-239.255.255.255"), netipx.MustParseIPRange("ff00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}
	broadcast = []netipx.IPRange{netipx.MustParseIPRange("255.255.255.255-255.255.255.255")}
)

// kinds are the ways an address may be routed, as boxes of no packet in common:
// a host's own, multicast, broadcast, and any other (unicast).
func kinds(src bool) map[string]ir.Box {
	make1 := func(own ir.Is, ranges []netipx.IPRange, not bool) ir.Box {
		a := &ir.Addrs{Ranges: ranges, Not: not}
		if src {
			return ir.Box{Src: a, SrcLocal: own}
		}
		return ir.Box{Dst: a, DstLocal: own}
	}
	special := append(append([]netipx.IPRange{}, multicast...), broadcast...)
	return map[string]ir.Box{
		"local": make1(ir.Yes, nil, true), "multicast": make1(ir.No, multicast, false),
		"broadcast": make1(ir.No, broadcast, false), "unicast": make1(ir.No, special, true),
	}
}

// typeClass reads fib saddr type and fib daddr type. An address asked about is
// a host's, so it is a broadcast address only if it is everyone's.
func typeClass(src bool) func(*lowering, query) cond {
	return func(_ *lowering, q query) cond {
		all := kinds(src)
		wanted := map[string]bool{}
		for _, v := range q.vals {
			if _, ok := all[v.text]; !ok {
				return perhaps(fmt.Sprintf("the routing type of an address (%s)", clip(shown(v))))
			}
			wanted[v.text] = true
		}
		if q.open != "" {
			return perhaps(q.open)
		}
		var out []ir.Box
		for _, k := range []string{"local", "multicast", "broadcast", "unicast"} {
			if wanted[k] != q.not {
				out = append(out, all[k])
			}
		}
		return met(out...)
	}
}

// packetType reads how the packet was addressed on the wire.
func packetType(_ *lowering, q query) cond {
	wanted := map[string]bool{}
	for _, v := range q.vals {
		switch v.text {
		case "host", "unicast", "broadcast", "multicast":
			wanted[strings.Replace(v.text, "unicast", "host", 1)] = true
		default:
			return perhaps("how the packet is addressed on the wire (pkttype)")
		}
	}
	if q.open != "" {
		return perhaps(q.open)
	}
	var out []ir.Box
	special := append(append([]netipx.IPRange{}, multicast...), broadcast...)
	for _, k := range []struct {
		name   string
		ranges []netipx.IPRange
		not    bool
	}{{"host", special, true}, {"broadcast", broadcast, false}, {"multicast", multicast, false}} {
		if wanted[k.name] != q.not {
			out = append(out, ir.Box{Dst: &ir.Addrs{Ranges: k.ranges, Not: k.not}})
		}
	}
	return met(out...)
}
