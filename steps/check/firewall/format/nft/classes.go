package nft

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// classes are the selectors that are decided.
var classes map[string]func(*lowering, query) cond

func init() {
	classes = map[string]func(*lowering, query) cond{
		"ip saddr":  addrClass(ir.V4, func(b *ir.Box, a *ir.Addrs) { b.Src = a }),
		"ip daddr":  addrClass(ir.V4, func(b *ir.Box, a *ir.Addrs) { b.Dst = a }),
		"ip6 saddr": addrClass(ir.V6, func(b *ir.Box, a *ir.Addrs) { b.Src = a }),
		"ip6 daddr": addrClass(ir.V6, func(b *ir.Box, a *ir.Addrs) { b.Dst = a }),

		"meta l4proto": protoClass(ir.Any), "ip protocol": protoClass(ir.V4), "ip6 nexthdr": protoClass(ir.V6), "ct protocol": protoClass(ir.Any),

		"meta iif": ifaceClass(true), "meta iifname": ifaceClass(true), "meta oif": ifaceClass(false), "meta oifname": ifaceClass(false),

		"meta nfproto": familyClass, "meta protocol": familyClass, "ether type": familyClass, "ct l3proto": familyClass,
		"ip version": versionClass(ir.V4), "ip6 version": versionClass(ir.V6),

		"ct state": stateClass, "ct status": statusClass, "ct direction": directionClass,
		"ct original proto-dst": origPort, "ct original protocol": protoClass(ir.Any), "ct original l3proto": familyClass,
		"ct original proto-src": origSource(func(l *lowering, q query) cond { return portClass("", true)(l, q) }),

		"fib daddr type": typeClass(false), "fib saddr type": typeClass(true), "meta pkttype": packetType,

		"icmp type": icmpClass(ir.V4, false), "icmp code": icmpClass(ir.V4, true),
		"icmpv6 type": icmpClass(ir.V6, false), "icmpv6 code": icmpClass(ir.V6, true),
		"tcp flags": flagClass,
		"@th,0,16":  portClass("th", true), "@th,16,16": portClass("th", false),
	}
	for _, p := range []string{"tcp", "udp", "udplite", "sctp", "dccp", "th"} {
		classes[p+" sport"], classes[p+" dport"] = portClass(p, true), portClass(p, false)
	}
	for _, f := range []string{"", "ip ", "ip6 "} {
		fam := map[string]ir.Family{"": ir.Any, "ip ": ir.V4, "ip6 ": ir.V6}[f]
		classes["ct original "+f+"daddr"] = withTracked(addrClass(fam, func(b *ir.Box, a *ir.Addrs) { b.OrigDst = a }))
		classes["ct original "+f+"saddr"] = origSource(addrClass(fam, func(b *ir.Box, a *ir.Addrs) { b.Src = a }))
	}
}

// compared is the condition b, made of the values of a query of which some could
// be read; reason says what of them is not known, "" for nothing. dep is what
// holds of every packet that has the field at all.
func (q query) compared(b, dep ir.Box, some bool, reason string) cond {
	var boxes []ir.Box
	switch {
	case q.not && reason != "":
		b.Perhaps(reason) // what is not known may be the packet's own value
		return met(b)
	case q.not, some:
		boxes = append(boxes, b)
	}
	if reason != "" {
		dep.Perhaps(reason)
		boxes = append(boxes, dep)
	}
	return cond{boxes: boxes}
}

// addrClass compares an address. put places the condition.
func addrClass(f ir.Family, put func(*ir.Box, *ir.Addrs)) func(*lowering, query) cond {
	return func(l *lowering, q query) cond {
		if f != ir.Any && f != l.family {
			return cond{}
		}
		set := &ir.Addrs{Not: q.not}
		reason := q.open
		for _, v := range q.vals {
			if q.sel.mask != nil {
				list, ok := masked(v.text, q.sel.mask.text)
				if !ok || v.kind != kWord {
					return perhaps(fmt.Sprintf("%s under a mask, which is not read", q.sel.key))
				}
				set.Ranges = append(set.Ranges, list...)
				continue
			}
			r, ok := addresses(v, l.family)
			if !ok {
				reason = l.noAddress(v, q.sel.key)
				continue
			}
			set.Ranges = append(set.Ranges, r)
		}
		var b ir.Box
		put(&b, set)
		return q.compared(b, ir.Box{}, len(set.Ranges) > 0, reason)
	}
}

func (l *lowering) noAddress(v value, key string) string {
	if v.kind == kWord && strings.ContainsAny(v.text, "abcdefghijklmnopqrstuvwxyz") && !strings.ContainsAny(v.text, ":/") {
		return fmt.Sprintf("the address of the name %q, which is not in the file", clip(v.text))
	}
	return l.unreadable(v, key)
}

// withTracked leaves out packets that belong to no connection.
func withTracked(f func(*lowering, query) cond) func(*lowering, query) cond {
	return func(l *lowering, q query) cond {
		c := f(l, q)
		c.boxes, _ = ir.MeetAll(c.boxes, []ir.Box{tracked()})
		return c
	}
}

// origSource compares the first packet's source. For packets the other way it
// is not known here.
func origSource(f func(*lowering, query) cond) func(*lowering, query) cond {
	return func(l *lowering, q query) cond {
		first := tracked()
		first.Reply = ir.No
		c := f(l, q)
		c.boxes, _ = ir.MeetAll(c.boxes, []ir.Box{first})
		back := tracked()
		back.Reply = ir.Yes
		back.Maybe = []string{"where the connection was opened from (" + q.sel.key + ")"}
		c.boxes = append(c.boxes, back)
		return c
	}
}

func origPort(l *lowering, q query) cond {
	set, reason := portSet(l, q)
	b := tracked()
	b.OrigDPort = set
	if reason != "" {
		b.OrigDPort, b.Maybe = nil, []string{reason}
	}
	return met(b)
}

func portSet(l *lowering, q query) (*ir.Ports, string) {
	set := &ir.Ports{Not: q.not}
	reason := q.open
	for _, v := range q.vals {
		r, ok := ports(v)
		if !ok {
			reason = fmt.Sprintf("the port %q, which could not be read", clip(shown(v)))
			continue
		}
		set.Ranges = append(set.Ranges, r)
	}
	return set, reason
}

// portClass compares a port of one protocol, or (th) of whichever it is: in a
// packet without ports other bytes stand there.
func portClass(proto string, src bool) func(*lowering, query) cond {
	return func(l *lowering, q query) cond {
		if q.sel.mask != nil {
			return perhaps("a port under a mask, which is not read")
		}
		var dep ir.Box
		if n := transport[proto]; n != 0 {
			dep.Proto = protos(n)
		}
		set, reason := portSet(l, q)
		b := dep
		if src {
			b.SPort = set
		} else {
			b.DPort = set
		}
		c := q.compared(b, dep, len(set.Ranges) > 0, reason)
		if proto == "th" {
			c.boxes = append(c.boxes, ir.Box{
				Proto: &ir.Protos{List: []uint8{ir.TCP, ir.UDP, ir.DCCP, ir.SCTP, ir.UDPLite}, Not: true},
				Maybe: []string{"bytes of a packet that has no ports (" + q.sel.key + ")"},
			})
		}
		return c
	}
}

// protoClass compares the transport protocol; in the header of one family.
func protoClass(f ir.Family) func(*lowering, query) cond {
	return func(l *lowering, q query) cond {
		if f != ir.Any && f != l.family {
			return cond{}
		}
		set := &ir.Protos{Not: q.not}
		reason := q.open
		for _, v := range q.vals {
			lo, hi, ok := bytesOf(v, source.Protocol)
			if !ok {
				reason = fmt.Sprintf("the protocol %q, which is not known here", clip(shown(v)))
				continue
			}
			for n := int(lo); n <= int(hi); n++ {
				set.List = append(set.List, uint8(n))
			}
		}
		return q.compared(ir.Box{Proto: set}, ir.Box{}, len(set.List) > 0, reason)
	}
}

// ifaceClass compares an interface by name.
func ifaceClass(in bool) func(*lowering, query) cond {
	return func(_ *lowering, q query) cond {
		set := &ir.Ifaces{Not: q.not}
		reason := q.open
		for _, v := range q.vals {
			if v.kind != kWord || strings.ContainsAny(v.text, "$@") {
				reason = "an interface that could not be read"
				continue
			}
			if _, isNumber := number(v.text, 32); isNumber && !strings.HasSuffix(q.sel.key, "name") {
				reason = fmt.Sprintf("which interface has the number %s", v.text)
				continue
			}
			set.Patterns = append(set.Patterns, ifacePattern(v.text))
		}
		var b ir.Box
		if in {
			b.In = set
		} else {
			b.Out = set
		}
		return q.compared(b, ir.Box{}, len(set.Patterns) > 0, reason)
	}
}

var familyNames = map[string]ir.Family{
	"ipv4": ir.V4, "ip": ir.V4, "0x0800": ir.V4, "2048": ir.V4, "2": ir.V4, "ipv6": ir.V6, "ip6": ir.V6, "0x86dd": ir.V6, "34525": ir.V6, "10": ir.V6,
}

func familyClass(l *lowering, q query) cond {
	found := false
	for _, v := range q.vals {
		found = found || familyNames[strings.ToLower(v.text)] == l.family
	}
	switch {
	case q.open != "":
		return perhaps(q.open)
	case found != q.not:
		return met(ir.Box{})
	}
	return cond{}
}

func versionClass(f ir.Family) func(*lowering, query) cond {
	return func(l *lowering, _ query) cond {
		if l.family == f {
			return met(ir.Box{}) // nobody asks for any other version in that header
		}
		return cond{}
	}
}
