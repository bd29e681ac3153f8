package nft

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// cond is what a comparison asks of a packet: to meet any of the boxes, and
// none of except.
type cond struct {
	boxes, except []ir.Box
}

func met(b ...ir.Box) cond { return cond{boxes: b} }

// perhaps is a comparison that the file does not decide.
func perhaps(why string) cond { return met(ir.Box{Maybe: []string{why}}) }

// query is one selector with the values that it is compared with. With bits
// there is one value, compared by op.
type query struct {
	sel  sel
	op   string
	not  bool
	vals []value
	open string // why any packet may be among the values as well
}

// compare reads a comparison of one selector or several. One with a named set
// is read once, so that rules share what it holds.
func (l *lowering) compare(s stmt) cond {
	if s.rhs.kind != kRef {
		return l.comparison(s)
	}
	key := setKey{l.tab, s.rhs.text, selectors(s.lhs), s.op}
	c, ok := l.sets[key]
	if !ok {
		c = l.comparison(s)
		l.sets[key] = c
	}
	return c
}

func (l *lowering) comparison(s stmt) cond {
	keys, open := l.elemsOf(s.rhs)
	if len(s.lhs) > 1 {
		if s.op != "" && s.op != "==" && s.op != "!=" && s.op != "in" || s.rhs.kind == kUnread {
			return perhaps(l.unreadable(s.rhs, selectors(s.lhs)))
		}
		boxes := l.anyKey(s.lhs, keys)
		if open != "" {
			boxes = append(boxes, ir.Box{Maybe: []string{open}})
		}
		if s.op == "!=" {
			return cond{l.dependsOn(s.lhs), boxes}
		}
		return met(boxes...)
	}
	q := query{sel: s.lhs[0], op: s.op, not: s.op == "!=", open: open}
	if s.rhs.kind == kSet || s.rhs.kind == kRef {
		q.op = "=="
		for _, e := range keys {
			if e.any {
				q.vals = nil
				if q.not {
					return cond{}
				}
				return met(l.dependsOn(s.lhs)...)
			}
			if e.open {
				q.open = "an element of a set that runs out or counts packets"
				continue
			}
			q.vals = append(q.vals, e.key)
		}
	} else {
		q.vals = []value{s.rhs}
	}
	return l.one(q)
}

// elemsOf are the elements of a set, named or not; open is why others may be
// in it as well.
func (l *lowering) elemsOf(v value) (keys []elem, open string) {
	switch v.kind {
	case kSet:
		return v.elems(), ""
	case kRef:
		s := l.tab.sets[v.text]
		switch {
		case s == nil:
			return nil, fmt.Sprintf("the set %s, which is not in the file", v.text)
		case s.dynamic:
			return s.elems, fmt.Sprintf("the content of the set %s, which changes while the firewall runs", v.text)
		}
		return s.elems, ""
	}
	return []elem{{key: v}}, ""
}

func (l *lowering) unreadable(v value, of string) string {
	if v.kind == kUnread {
		return v.text
	}
	return fmt.Sprintf("%s compared with %q, which is not read", of, clip(shown(v)))
}

// one decides a comparison of one selector.
func (l *lowering) one(q query) cond {
	if q.sel.odd {
		return perhaps(fmt.Sprintf("arithmetic on %s, which is not read", q.sel.key))
	}
	f, ok := classes[q.sel.key]
	if !ok {
		if c, ok := l.header(q); ok {
			return c
		}
		return perhaps(undecidable(q.sel.key))
	}
	if q.op == "<" || q.op == ">" || q.op == "<=" || q.op == ">=" {
		v, ok := between(q.op, q.vals[0], q.sel.key)
		if !ok {
			return perhaps(l.unreadable(q.vals[0], q.sel.key))
		}
		q.op, q.vals = "==", v
	}
	return f(l, q)
}

// single is what one part of a key asks.
func (l *lowering) single(s sel, vals []value) []ir.Box {
	return l.one(query{sel: s, op: "==", vals: vals}).boxes
}

// anyKey is met by packets whose parts are those of any of the keys. Keys that
// differ in one part alone are read together.
func (l *lowering) anyKey(lhs []sel, keys []elem) []ir.Box {
	wide := 0
	for i, s := range lhs {
		if strings.HasSuffix(s.key, "addr") {
			wide = i
			break
		}
	}
	type group struct {
		parts []value
		vals  []value
	}
	groups := map[string]*group{}
	var order []*group
	var out []ir.Box
	for _, e := range keys {
		parts := e.key.parts()
		switch {
		case e.any:
			return append(out, l.dependsOn(lhs)...)
		case e.key.kind != kConcat || len(parts) != len(lhs):
			out = append(out, ir.Box{Maybe: []string{l.unreadable(e.key, selectors(lhs))}})
			continue
		case e.open:
			out = append(out, ir.Box{Maybe: []string{"an element of a set that runs out or counts packets"}})
			continue
		}
		var id strings.Builder
		for i, p := range parts {
			if i != wide {
				id.WriteString(shown(p) + " . ")
			}
		}
		g := groups[id.String()]
		if g == nil {
			g = &group{parts: parts}
			groups[id.String()] = g
			order = append(order, g)
		}
		g.vals = append(g.vals, parts[wide])
	}
	for _, g := range order {
		boxes := ir.Always()
		for i, s := range lhs {
			vals := []value{g.parts[i]}
			if i == wide {
				vals = g.vals
			}
			boxes, _ = ir.MeetAll(boxes, l.single(s, vals))
		}
		out = append(out, boxes...)
	}
	return out
}

// dependsOn is what has to hold of a packet before selectors are compared at
// all: its family and its protocol.
func (l *lowering) dependsOn(lhs []sel) []ir.Box {
	out := ir.Always()
	for _, s := range lhs {
		head, _, _ := strings.Cut(s.key, " ")
		var b []ir.Box
		switch {
		case head == "ip" && l.family != ir.V4, head == "ip6" && l.family != ir.V6, strings.HasPrefix(s.key, "ct ") && strings.Contains(s.key, " ip ") && l.family != ir.V4,
			strings.Contains(s.key, " ip6 ") && l.family != ir.V6:
			return nil
		case transport[head] != 0:
			b = []ir.Box{{Proto: protos(transport[head])}}
		case head == "icmp" && l.family != ir.V4:
			return nil
		case head == "icmp":
			b = []ir.Box{{Proto: protos(ir.ICMP)}}
		case head == "icmpv6":
			b = []ir.Box{{Proto: protos(ir.ICMPv6)}}
		case head == "ct" && s.key != "ct state":
			b = []ir.Box{tracked()}
		default:
			continue
		}
		out, _ = ir.MeetAll(out, b)
	}
	return out
}

func protos(n ...uint8) *ir.Protos { return &ir.Protos{List: n} }

// tracked is met by packets of a connection: others have nothing to compare.
func tracked() ir.Box {
	return ir.Box{State: []ir.StateCond{{Any: ir.Invalid | ir.Untracked, Not: true}}}
}

var transport = map[string]uint8{"tcp": ir.TCP, "udp": ir.UDP, "udplite": ir.UDPLite, "sctp": ir.SCTP, "dccp": ir.DCCP}

// between are the values that <, >, <= and >= stand for.
func between(op string, v value, key string) ([]value, bool) {
	if strings.HasSuffix(key, "addr") {
		a, err := netip.ParseAddr(v.text)
		if v.kind != kWord || err != nil {
			return nil, false
		}
		first, last := netip.IPv4Unspecified(), netip.AddrFrom4([4]byte{255, 255, 255, 255})
		if a.Is6() {
			first, last = netip.IPv6Unspecified(), netipx.PrefixLastIP(netip.MustParsePrefix("::/0"))
		}
		switch {
		case op == "<" && a == first, op == ">" && a == last:
			return nil, true
		case op == "<":
			last = a.Prev()
		case op == "<=":
			last = a
		case op == ">":
			first = a.Next()
		default:
			first = a
		}
		return []value{of(kRange, word(first.String()), word(last.String()))}, true
	}
	n, top, ok := rank(v, key)
	if !ok {
		return nil, false
	}
	lo, hi := 0, top
	switch op {
	case "<":
		hi = n - 1
	case "<=":
		hi = n
	case ">":
		lo = n + 1
	default:
		lo = n
	}
	if lo > hi {
		return nil, true
	}
	return []value{of(kRange, word(fmt.Sprint(lo)), word(fmt.Sprint(hi)))}, true
}

// rank is the number that a name stands for where values are ordered, and the
// highest there is.
func rank(v value, key string) (n, top int, ok bool) {
	if strings.HasSuffix(key, "port") || strings.Contains(key, "proto-") {
		p, ok := ports(v)
		return int(p.Lo), 65535, ok && p.Lo == p.Hi
	}
	name := source.Protocol
	switch key {
	case "icmp type":
		name = byName(icmpTypes)
	case "icmpv6 type":
		name = byName(icmp6Types)
	case "icmp code":
		name = byName(icmpCodes)
	case "icmpv6 code":
		name = byName(icmp6Codes)
	case "meta l4proto", "ip protocol", "ip6 nexthdr", "ct protocol", "ct original protocol":
	default:
		return 0, 0, false
	}
	lo, hi, ok := bytesOf(v, name)
	return int(lo), 255, ok && lo == hi
}

// header answers comparisons of parts that the packets asked about do not
// have: extension headers, fragments, IPsec.
func (l *lowering) header(q query) (cond, bool) {
	head, field, _ := strings.Cut(q.sel.key, " ")
	there := func(is bool) (cond, bool) {
		want := len(q.vals) == 1 && (q.vals[0].text == "exists" || q.vals[0].text == "1") != q.not
		if is == want {
			return met(ir.Box{}), true
		}
		return cond{}, true
	}
	switch {
	case head == "exthdr" && l.family != ir.V6: // headers of IPv6 alone are looked for
		return cond{}, true
	case head == "exthdr", q.sel.key == "meta secpath", q.sel.key == "meta ipsec", q.sel.key == "rt ipsec":
		return there(false)
	case head == "frag", head == "hbh", head == "mh", head == "srh", head == "dst", head == "rt" && slices.Contains([]string{"type", "hdrlength", "seg-left", "nexthdr"}, field):
		return cond{}, true // a header that is not there is not compared
	case q.sel.key == "ip frag-off" && q.sel.mask != nil && len(q.vals) == 1:
		mask, ok1 := number(q.sel.mask.text, 16)
		want, ok2 := number(q.vals[0].text, 16)
		if !ok1 || !ok2 || mask&0x4000 != 0 || l.family != ir.V4 && l.tab.family == "ip" {
			return cond{}, false
		}
		if (want == 0) != q.not && l.family == ir.V4 {
			return met(ir.Box{}), true
		}
		return cond{}, true
	case head == "ip" && l.family != ir.V4, head == "ip6" && l.family != ir.V6, head == "arp", head == "icmp" && l.family != ir.V4:
		return cond{}, true
	}
	return cond{}, false
}

// undecidable says what a selector depends on that the file does not tell.
func undecidable(key string) string {
	head, field, _ := strings.Cut(key, " ")
	switch {
	case key == "meta mark", key == "ct mark", key == "socket mark":
		return "a mark set elsewhere (" + key + ")"
	case key == "meta day", key == "meta hour", key == "meta time":
		return "the time of day (" + key + ")"
	case key == "meta skuid", key == "meta skgid", key == "meta cgroup", head == "socket":
		return "which program or user sends (" + key + ")"
	case head == "fib", head == "rt":
		return "routing (" + key + ")"
	case head == "numgen", key == "meta random", head == "jhash", head == "symhash":
		return "chance (" + head + ")"
	case head == "ether", head == "vlan":
		return "the Ethernet frame (" + key + ")"
	case head == "osf":
		return "the operating system of the sender (osf)"
	case strings.HasSuffix(key, "length"):
		return "the length of the packet (" + key + ")"
	case strings.HasPrefix(key, "@"):
		return "bytes of the packet (" + key + ")"
	case field == "ttl", field == "hoplimit":
		return "the hops a packet has left (" + key + ")"
	}
	return "something that the file does not tell (" + source.Redact(key) + ")"
}
