package ios

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// nat is ip nat inside source static: inside (real) is known outside as global
// (mapped).
type nat struct {
	at           ir.At
	proto        uint8 // 0: all of the address
	real         netipx.IPRange
	mapped       netipx.IPRange // invalid: the address of iface
	iface        string
	rport, mport uint16
	maybe        string
	unread       bool
}

// dynamic is ip nat inside source list: sources that a list permits are hidden.
type dynamic struct {
	at          ir.At
	list        string
	iface, pool string
}

type pool struct{ from netipx.IPRange }

// natLine reads ip nat ...
func (r *reader) natLine(l *cisco.Line) bool {
	w := l.Words[2:]
	at := ir.At{Line: l.Number, Text: l.Text}
	switch {
	case w[0] == "pool" && len(w) >= 4:
		if n, ok := source.Span(w[2], w[3]); ok {
			r.pools[w[1]] = &pool{n}
		}
		return true
	case w[0] == "source" || w[0] == "inside" && len(w) > 2 && w[1] == "source":
		if w[0] == "inside" {
			w = w[1:]
		}
		if len(w) > 3 && w[1] == "static" {
			return r.static(at, w[2:])
		}
		if len(w) > 4 && w[1] == "list" {
			d := &dynamic{at: at, list: w[2]}
			if w[3] == "interface" {
				d.iface = w[4]
			} else {
				d.pool = w[4]
			}
			r.dynamic = append(r.dynamic, d)
			return true
		}
		r.dynamic = append(r.dynamic, &dynamic{at: at})
		return false
	case w[0] == "outside" && len(w) > 1, w[0] == "inside" && len(w) > 1:
		r.nats = append(r.nats, &nat{at: at, unread: true, maybe: fmt.Sprintf("the translation in line %d, which is not read", l.Number)})
		return false
	}
	return true
}

// static reads [tcp | udp] REAL [PORT] {MAPPED | interface IF} [PORT], and
// network REAL MAPPED {MASK | /N}.
func (r *reader) static(at ir.At, w []string) bool {
	n := &nat{at: at}
	r.nats = append(r.nats, n)
	c := &cisco.Cursor{Words: w}
	bad := func() bool {
		n.unread, n.maybe = true, fmt.Sprintf("the translation in line %d, which could not be read", at.Line)
		r.Problem(at.Line, "expected a translation such as ip nat inside source static tcp 10.0.0.25 25 203.0.113.25 25, came %q; where packets are sent to is not known.", source.Redact(at.Text))
		return false
	}
	kind := c.Peek()
	switch kind {
	case "tcp", "udp":
		n.proto, _ = cisco.Protocol(c.Next())
	case "network":
		c.Next()
	}
	real, err := netip.ParseAddr(c.Next())
	if err != nil {
		return bad()
	}
	n.real = source.One(real)
	if n.proto != 0 {
		p, _, ok := cisco.Port(c.Next())
		if n.rport = p; !ok {
			return bad()
		}
	}
	if c.Peek() == "interface" {
		c.Next()
		n.iface = c.Next()
	} else {
		mapped, err := netip.ParseAddr(c.Next())
		if err != nil {
			return bad()
		}
		n.mapped = source.One(mapped)
	}
	if n.proto != 0 {
		p, _, ok := cisco.Port(c.Next())
		if n.mport = p; !ok {
			return bad()
		}
	}
	if kind == "network" && !n.widen(c.Next()) {
		return bad()
	}
	for c.More() {
		if word := c.Next(); word == "route-map" {
			n.maybe = fmt.Sprintf("route-map %s in line %d", c.Next(), at.Line)
		}
	}
	return true
}

// widen makes both sides networks of a mask or a length.
func (n *nat) widen(mask string) bool {
	if bits, ok := strings.CutPrefix(mask, "/"); ok {
		b, err := strconv.Atoi(bits)
		if err != nil || b < 8 || b > 32 {
			return false
		}
		n.real = netipx.RangeOfPrefix(netip.PrefixFrom(n.real.From(), b).Masked())
		n.mapped = netipx.RangeOfPrefix(netip.PrefixFrom(n.mapped.From(), b).Masked())
		return true
	}
	a, ok1 := source.Masked(n.real.From().String(), mask)
	b, ok2 := source.Masked(n.mapped.From().String(), mask)
	n.real, n.mapped = a, b
	return ok1 && ok2
}

// global is what an inside address is known as outside.
func (r *reader) global(n *nat) *objects.Addrs {
	if n.mapped.IsValid() {
		return objects.Of(n.mapped)
	}
	return r.ifaceAddrs(n.iface, n.at.Line)
}

func (r *reader) ifaceAddrs(name string, line int) *objects.Addrs {
	f := r.byName[name]
	if f == nil || len(f.addrs) == 0 {
		why := "the address of interface " + name
		if f != nil && f.leased > 0 {
			why += fmt.Sprintf(", which it gets by lease (line %d); write the address there (show ip interface brief)", f.leased)
		}
		return objects.UnknownAddrs(why)
	}
	return objects.Of(source.One(f.addrs[0]))
}

// natRules are the rules that send packets from outside on. A translation of
// one port goes before one of the whole address.
func (r *reader) natRules() []ir.Rule {
	var out []ir.Rule
	in := r.natIfaces("outside")
	if in == nil {
		return nil
	}
	list := slices.Clone(r.nats)
	slices.SortStableFunc(list, func(a, b *nat) int {
		if (a.proto != 0) == (b.proto != 0) {
			return 0
		} else if a.proto != 0 {
			return -1
		}
		return 1
	})
	for _, n := range list {
		box := ir.Box{In: in}
		if n.unread {
			out = append(out, ir.Rule{Boxes: []ir.Box{box}, Action: ir.Undecided, Why: n.maybe, At: n.at})
			continue
		}
		if n.maybe != "" {
			box.Maybe = []string{n.maybe}
		}
		to := ir.Translation{Addr: n.real}
		if n.proto != 0 {
			box.Proto, box.DPort = &ir.Protos{List: []uint8{n.proto}}, &ir.Ports{Ranges: []ir.PortRange{{Lo: n.mport, Hi: n.mport}}}
			if n.rport != n.mport {
				to.Port = ir.PortRange{Lo: n.rport, Hi: n.rport}
			}
		}
		out = append(out, translations(n, objects.Destination([]ir.Box{box}, r.global(n)), to)...)
	}
	return out
}

// maxPairs bounds the addresses of one translation that are told apart.
const maxPairs = 256

func translations(n *nat, boxes []ir.Box, to ir.Translation) []ir.Rule {
	a, b := n.mapped, n.real
	if !a.IsValid() || a.From() == a.To() || wide(a) {
		return []ir.Rule{{Boxes: boxes, Action: ir.Translate, To: to, At: n.at}}
	}
	var out []ir.Rule
	for x, y := a.From(), b.From(); x.Compare(a.To()) <= 0; x, y = x.Next(), y.Next() {
		t := to
		t.Addr = source.One(y)
		one := objects.Destination(boxes, objects.Of(source.One(x)))
		out = append(out, ir.Rule{Boxes: one, Action: ir.Translate, To: t, At: n.at})
	}
	return out
}

// wide reports that a network has more than maxPairs addresses.
func wide(a netipx.IPRange) bool {
	p, ok := a.Prefix()
	return !ok || 1<<(p.Addr().BitLen()-p.Bits()) > maxPairs
}

// natIfaces is the condition on interfaces of one side of translation; nil
// where there are none.
func (r *reader) natIfaces(side string) *ir.Ifaces {
	var names []string
	for _, f := range r.ifaces {
		if f.nat == side || f.nat == "enable" {
			names = append(names, f.name)
		}
	}
	if names == nil {
		return nil
	}
	return &ir.Ifaces{Patterns: names}
}

// natSets are the sources that are translated as they leave.
type natSets struct {
	gone   *objects.Addrs // all of them
	hidden []hidden
}

// hidden are sources of one dynamic translation and what they become.
type hidden struct {
	src, as *objects.Addrs
}

func (r *reader) sources() *natSets {
	if r.natSets != nil {
		return r.natSets
	}
	s := &natSets{gone: &objects.Addrs{}}
	r.natSets = s
	for _, n := range r.nats {
		if !n.unread && n.proto == 0 {
			s.gone.Ranges = append(s.gone.Ranges, n.real)
		}
	}
	for _, d := range r.dynamic {
		h := hidden{src: r.permitted(d.list), as: objects.UnknownAddrs("a pool")}
		if p := r.pools[d.pool]; p != nil {
			h.as = objects.Of(p.from)
		} else if d.iface != "" {
			h.as = r.ifaceAddrs(d.iface, d.at.Line)
		}
		h.src = objects.Minus(h.src, s.gone)
		s.hidden = append(s.hidden, h)
	}
	for _, h := range s.hidden {
		s.gone = objects.Union(s.gone, h.src)
	}
	return s
}

// permitted are the sources that a list permits.
func (r *reader) permitted(name string) *objects.Addrs {
	a := r.lists[name]
	if a == nil {
		return objects.UnknownAddrs("list " + name + ", which is not in the file")
	}
	in, seen := &objects.Addrs{}, &objects.Addrs{}
	for _, e := range a.entries {
		x := r.understand(a, e)
		if x == nil {
			continue
		}
		if x.Src == nil || x.Why != "" || len(x.Maybe) > 0 || len(x.Src.Maybe) > 0 || !x.Dst.Any {
			return objects.UnknownAddrs("list " + name)
		}
		if x.Permit {
			in = objects.Union(in, objects.Minus(x.Src, seen))
		}
		seen = objects.Union(seen, x.Src)
	}
	return in
}

// untranslate are the inside sources that a set of addresses, as they are seen
// outside, stands for: those that are in it for certain, and those that may
// be. Translations of one port are left out of it.
func (r *reader) untranslate(set *objects.Addrs) (sure, perhaps *objects.Addrs) {
	s := r.sources()
	sure, perhaps = objects.Minus(set, s.gone), &objects.Addrs{}
	if len(sure.Maybe) > 0 {
		sure, perhaps = &objects.Addrs{}, objects.Anywhere()
	}
	add := func(src, as *objects.Addrs) {
		switch {
		case len(as.Maybe) == 0 && within(as, set) && len(src.Maybe) == 0:
			sure = objects.Union(sure, src)
		case len(as.Maybe) > 0 || len(src.Maybe) > 0 || !apart(as, set):
			perhaps = objects.Union(perhaps, bare(src))
		}
	}
	for _, n := range r.nats {
		if !n.unread && n.proto == 0 {
			add(objects.Of(n.real), r.global(n))
		}
	}
	for _, h := range s.hidden {
		add(h.src, h.as)
	}
	return sure, perhaps
}

// side puts conditions on the inside host of a packet: its address and the
// port that it is known by.
type side struct {
	addr func([]ir.Box, *objects.Addrs) []ir.Box
	port func(*ir.Box) **ir.Ports
}

var (
	sourceSide = side{objects.Source, func(b *ir.Box) **ir.Ports { return &b.SPort }}
	destSide   = side{objects.Destination, func(b *ir.Box) **ir.Ports { return &b.DPort }}
)

// inside narrows a box to packets of inside hosts that a set stands for as it
// is seen outside. Packets from a port that has a translation of its own are
// in it by that one alone.
func (r *reader) inside(box ir.Box, set *objects.Addrs, x *ace, at side) []ir.Box {
	sure, perhaps := r.untranslate(set)
	hosts := &objects.Addrs{}
	var out []ir.Box
	for _, n := range r.nats {
		if n.proto == 0 || n.unread || box.Proto != nil && (box.Proto.Not || !slices.Contains(box.Proto.List, n.proto)) {
			continue
		}
		hosts.Ranges = append(hosts.Ranges, n.real)
		b := box
		p := at.port(&b)
		if *p != nil && !holds(*p, n.rport) || apart(r.global(n), set) {
			continue
		}
		*p, b.Proto = &ir.Ports{Ranges: []ir.PortRange{{Lo: n.rport, Hi: n.rport}}}, &ir.Protos{List: []uint8{n.proto}}
		boxes := at.addr([]ir.Box{b}, objects.Of(n.real))
		if !within(r.global(n), set) {
			boxes = unsure(boxes, x)
		}
		out = append(out, boxes...)
	}
	out = append(out, at.addr([]ir.Box{box}, objects.Minus(sure, hosts))...)
	out = append(out, unsure(at.addr([]ir.Box{box}, objects.Minus(perhaps, hosts)), x)...)
	for _, h := range hosts.Ranges {
		host := objects.Of(h)
		switch {
		case within(host, sure):
			out = append(out, at.addr(r.otherPorts(box, h, at), host)...)
		case within(host, perhaps):
			out = append(out, unsure(at.addr(r.otherPorts(box, h, at), host), x)...)
		}
	}
	return out
}

// otherPorts is a box without the ports of a host that have a translation of
// their own, and with the protocols that have no ports.
func (r *reader) otherPorts(box ir.Box, host netipx.IPRange, at side) []ir.Box {
	var taken []ir.PortRange
	for _, n := range r.nats {
		if n.proto != 0 && n.real == host {
			taken = append(taken, ir.PortRange{Lo: n.rport, Hi: n.rport})
		}
	}
	b := box
	p := at.port(&b)
	switch was := *p; {
	case was == nil:
		*p = &ir.Ports{Ranges: taken, Not: true}
	case was.Not:
		*p = &ir.Ports{Ranges: slices.Concat(was.Ranges, taken), Not: true}
	default:
		*p = &ir.Ports{Ranges: without(was.Ranges, taken)}
	}
	if box.Proto != nil || *at.port(&box) != nil {
		return []ir.Box{b}
	}
	other := box
	other.Proto = &ir.Protos{List: []uint8{ir.TCP, ir.UDP}, Not: true}
	return []ir.Box{b, other}
}

// without takes single ports out of ranges.
func without(in, taken []ir.PortRange) []ir.PortRange {
	for _, t := range taken {
		var out []ir.PortRange
		for _, r := range in {
			if t.Lo < r.Lo || r.Hi < t.Lo {
				out = append(out, r)
				continue
			}
			if r.Lo < t.Lo {
				out = append(out, ir.PortRange{Lo: r.Lo, Hi: t.Lo - 1})
			}
			if t.Lo < r.Hi {
				out = append(out, ir.PortRange{Lo: t.Lo + 1, Hi: r.Hi})
			}
		}
		in = out
	}
	return in
}

func holds(p *ir.Ports, port uint16) bool {
	in := slices.ContainsFunc(p.Ranges, func(r ir.PortRange) bool { return r.Lo <= port && port <= r.Hi })
	return in != p.Not
}

// bare is a set without its reasons: what may be in it is anything.
func bare(a *objects.Addrs) *objects.Addrs {
	if len(a.Maybe) > 0 {
		return objects.Anywhere()
	}
	return a
}

func within(a, b *objects.Addrs) bool {
	left := objects.Minus(a, b)
	return len(left.Maybe) == 0 && left.Empty()
}

// apart reports that two sets share no address, for certain.
func apart(a, b *objects.Addrs) bool {
	if len(a.Maybe)+len(b.Maybe) > 0 || a.Any || b.Any || a.Not || b.Not {
		return false
	}
	for _, x := range a.Ranges {
		for _, y := range b.Ranges {
			if x.Overlaps(y) {
				return false
			}
		}
	}
	return true
}
