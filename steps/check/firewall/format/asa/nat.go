package asa

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// nat is one nat line of 8.3 and later.
type nat struct {
	at             ir.At
	object         string // of object NAT
	after          bool   // after-auto
	real, mapped   string // interfaces; "" for any
	dynamic        bool
	src, srcMapped string // names of objects, or words; mapped is empty where it is the interface
	ifaceMapped    bool
	dstMapped, dst string // of destination static; empty without
	proto          string // of the service of object NAT
	rport, mport   string
	svc1, svc2     string // of the service of twice NAT
	oneWay         bool
	silent         bool // no-proxy-arp
	off            bool
}

// natLine reads nat (real,mapped) [N | after-auto [N]] source ..., and nat of
// releases before 8.3.
func (r *reader) natLine(l *cisco.Line) bool {
	w := l.Words
	if len(w) < 3 {
		return false
	}
	n := &nat{at: l.At()}
	i, paired := 1, false
	if strings.HasPrefix(w[1], "(") {
		if paired = n.pair(w[1]); !paired {
			return r.natOld(l)
		}
		i = 2
	}
	pos := 0
	for ; i < len(w) && w[i] != "source"; i++ {
		if num, err := strconv.Atoi(w[i]); err == nil {
			pos = num
		} else if w[i] == "after-auto" {
			n.after = true
		} else {
			return r.unreadNAT(l)
		}
	}
	if i+3 >= len(w) || !r.twice(n, &cisco.Cursor{Words: w, At: i + 1}) {
		return r.unreadNAT(l)
	}
	if n.off {
		return true
	}
	at := len(r.nats)
	if pos > 0 {
		same := 0
		for k, x := range r.nats {
			if x.object == "" && x.after == n.after {
				if same++; same == pos {
					at = k
					break
				}
			}
		}
	}
	r.nats = slices.Insert(r.nats, at, n)
	return true
}

func (r *reader) unreadNAT(l *cisco.Line) bool {
	r.Problem(l.Number, "expected a translation such as nat (inside,outside) source static A B, came %q; where packets are sent to is not known.", redacted(l))
	r.nats = append(r.nats, &nat{at: l.At(), src: "?"})
	return false
}

// pair reads "(inside,outside)".
func (n *nat) pair(s string) bool {
	a, b, ok := strings.Cut(strings.Trim(s, "()"), ",")
	n.real, n.mapped = a, b
	if a == "any" {
		n.real = ""
	}
	if b == "any" {
		n.mapped = ""
	}
	return ok
}

// twice reads static REAL MAPPED [destination static MAPPED REAL] [service A B].
func (r *reader) twice(n *nat, c *cisco.Cursor) bool {
	n.dynamic = c.Next() == "dynamic"
	n.src = c.Next()
	if n.dynamic {
		for c.More() && c.Peek() != "destination" && c.Peek() != "service" {
			n.option(c.Next())
		}
	} else {
		n.srcMapped = c.Next()
		n.ifaceMapped = n.srcMapped == "interface"
	}
	for c.More() {
		switch word := c.Next(); word {
		case "destination":
			if c.Next() != "static" {
				return false
			}
			n.dstMapped, n.dst = c.Next(), c.Next()
			if n.dst == "ipv6" {
				n.dst = c.Next()
			}
		case "service":
			n.svc1, n.svc2 = c.Next(), c.Next()
		case "description":
			return true
		default:
			n.option(word)
		}
	}
	return n.src != ""
}

func (n *nat) option(word string) {
	switch word {
	case "inactive":
		n.off = true
	case "unidirectional":
		n.oneWay = true
	case "no-proxy-arp":
		n.silent = true
	}
}

// objectNAT reads nat [(real,mapped)] static MAPPED [service tcp REAL MAPPED],
// below an object.
func (r *reader) objectNAT(name string, l *cisco.Line) bool {
	n := &nat{at: l.At(), object: name, src: name}
	c := &cisco.Cursor{Words: l.Words, At: 1}
	if strings.HasPrefix(c.Peek(), "(") {
		n.pair(c.Next())
	}
	switch c.Next() {
	case "dynamic":
		n.dynamic = true
	case "static":
		n.srcMapped = c.Next()
		n.ifaceMapped = n.srcMapped == "interface"
	default:
		return r.unreadNAT(l)
	}
	for c.More() {
		switch c.Next() {
		case "no-proxy-arp":
			n.silent = true
		case "service":
			n.proto, n.rport, n.mport = c.Next(), c.Next(), c.Next()
		}
	}
	r.nats = append(r.nats, n)
	return true
}

// natOrder is the order in which translations are looked at: twice NAT, of
// objects, after-auto. Of objects the static ones come first, then by the
// number of real addresses, the lowest address and the name.
func (r *reader) natOrder() []*nat {
	section := func(n *nat) int {
		switch {
		case n.object != "":
			return 2
		case n.after:
			return 3
		}
		return 1
	}
	out := slices.Clone(r.nats)
	slices.SortStableFunc(out, func(a, b *nat) int {
		if x, y := section(a), section(b); x != y || x != 2 {
			return x - y
		}
		if a.dynamic != b.dynamic {
			if a.dynamic {
				return 1
			}
			return -1
		}
		x, y := r.netSet(a.object), r.netSet(b.object)
		if c := sizeOf(x).Cmp(sizeOf(y)); c != 0 {
			return c
		}
		if len(x.Ranges) > 0 && len(y.Ranges) > 0 {
			if c := x.Ranges[0].From().Compare(y.Ranges[0].From()); c != 0 {
				return c
			}
		}
		return strings.Compare(a.object, b.object)
	})
	return out
}

// natRules turns translations into rules of the gate that sends packets on.
func (r *reader) natRules() []ir.Rule {
	var out []ir.Rule
	for _, n := range r.natOrder() {
		if n.src == "?" {
			out = append(out, openNAT(n.at, ir.Always(), fmt.Sprintf("a translation that could not be read (line %d)", n.at.Line)))
			continue
		}
		if n.dst != "" {
			out = append(out, r.forward(n)...)
		}
		if !n.dynamic && !n.oneWay {
			out = append(out, r.backward(n)...)
		}
	}
	for _, s := range r.olds {
		out = append(out, r.oldRules(s)...)
	}
	return out
}

func openNAT(at ir.At, boxes []ir.Box, why string) ir.Rule {
	return ir.Rule{Boxes: boxes, Action: ir.Undecided, Why: why, At: at}
}

// word is what a name, an address or a keyword in a nat line stands for; on is
// the interface of the keyword interface.
func (r *reader) word(s, on string) *objects.Addrs {
	switch s {
	case "any":
		return objects.Anywhere()
	case "interface":
		return r.interfaceSet(on)
	}
	if r.book.nets.Has(s) {
		return r.netSet(s)
	}
	if a, ok := r.addr(s); ok {
		return objects.Of(source.One(a))
	}
	if p, ok := prefix6(s); ok {
		return objects.Of(p)
	}
	return r.netSet(s)
}

// at is what a word of a nat line stands for as a destination. An address that
// an interface gets by lease is not in the file, but known to be the ASA's own.
func (r *reader) at(boxes []ir.Box, s, on string) ([]ir.Box, *objects.Addrs) {
	if s == "interface" && r.leases(on) {
		return r.leasedOn(boxes), objects.Anywhere()
	}
	return boxes, r.word(s, on)
}

// leases reports an interface with a leased address and no other.
func (r *reader) leases(name string) bool {
	f := r.byName[name]
	return f != nil && f.leased > 0 && len(f.addrs)+len(f.six) == 0
}

func (r *reader) leasedOn(boxes []ir.Box) []ir.Box {
	out := slices.Clone(boxes)
	for i := range out {
		out[i].DstLocal = ir.Yes
	}
	return out
}

// backward are the rules for packets to the mapped address of a host.
func (r *reader) backward(n *nat) []ir.Rule {
	real := r.word(n.src, n.real)
	boxes, mapped := r.at([]ir.Box{{In: r.ifs(n.mapped)}}, n.srcMapped, n.mapped)
	if n.object != "" && !n.ifaceMapped && !r.book.nets.Has(n.srcMapped) {
		mapped = widen(mapped, real) // an address stands for as many as the object has
	}
	if n.dst != "" {
		boxes = objects.Source(boxes, r.word(n.dst, n.mapped))
	}
	p := portMap{}
	switch {
	case n.proto != "":
		proto, ok := cisco.Protocol(n.proto)
		a, a2, ok1 := cisco.Port(n.mport)
		b, b2, ok2 := cisco.Port(n.rport)
		if !ok || !ok1 || !ok2 || a != a2 || b != b2 {
			return []ir.Rule{openNAT(n.at, objects.Destination(boxes, mapped), fmt.Sprintf("a service that could not be read (line %d)", n.at.Line))}
		}
		p = portMap{proto: proto, from: ir.PortRange{Lo: a, Hi: a}, to: ir.PortRange{Lo: b, Hi: b}}
	case n.svc1 != "":
		var ok bool
		if p, ok = r.twiceService(n, true); !ok {
			return []ir.Rule{openNAT(n.at, objects.Destination(boxes, mapped), fmt.Sprintf("the service objects %s and %s (line %d)", n.svc1, n.svc2, n.at.Line))}
		}
	}
	return r.moves(n.at, p.on(boxes), mapped, real, p)
}

// forward are the rules for packets of a twice NAT line whose destination is
// translated.
func (r *reader) forward(n *nat) []ir.Rule {
	boxes := objects.Source([]ir.Box{{In: r.ifs(n.real), Out: r.ifs(n.mapped)}}, r.word(n.src, n.real))
	boxes, mapped := r.at(boxes, n.dstMapped, n.real)
	real := r.word(n.dst, n.mapped)
	p := portMap{}
	if n.svc1 != "" {
		var ok bool
		if p, ok = r.twiceService(n, false); !ok {
			return []ir.Rule{openNAT(n.at, objects.Destination(boxes, mapped), fmt.Sprintf("the service objects %s and %s (line %d)", n.svc1, n.svc2, n.at.Line))}
		}
	}
	return r.moves(n.at, p.on(boxes), mapped, real, p)
}

// twiceService reads the two service objects of a twice NAT line: the first
// holds the real source and the mapped destination port, the second the mapped
// source and the real destination port. Backward, sources and destinations
// change places.
func (r *reader) twiceService(n *nat, back bool) (portMap, bool) {
	s1, s2 := r.book.svcs.Get(n.svc1), r.book.svcs.Get(n.svc2)
	if len(s1) != 1 || len(s2) != 1 || len(s1[0].Maybe)+len(s2[0].Maybe) > 0 || s1[0].Proto == nil || len(s1[0].Proto.List) != 1 {
		return portMap{}, false
	}
	p := portMap{proto: s1[0].Proto.List[0]}
	from, to, other := s1[0].DPort, s2[0].DPort, s1[0].SPort
	if back {
		from, to, other = s2[0].SPort, s1[0].SPort, s2[0].DPort
	}
	p.sport = other
	if (from == nil) != (to == nil) {
		return p, false
	}
	if from == nil {
		return p, true
	}
	if from.Not || to.Not || len(from.Ranges) != 1 || len(to.Ranges) != 1 {
		return p, false
	}
	p.from, p.to = from.Ranges[0], to.Ranges[0]
	return p, true
}
