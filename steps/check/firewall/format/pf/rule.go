package pf

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// parser goes over the tokens of one statement.
type parser struct {
	r  *reader
	s  *statement
	t  []token
	i  int
	at ir.At
}

func (p *parser) done() bool { return p.i >= len(p.t) }

func (p *parser) peek() token {
	if p.done() {
		return token{}
	}
	return p.t[p.i]
}

func (p *parser) next() token {
	t := p.peek()
	p.i++
	return t
}

func (p *parser) take(s string) bool {
	if !p.done() && p.t[p.i].is(s) {
		p.i++
		return true
	}
	return false
}

// words reads one word, or several in braces.
func (p *parser) words() []string {
	if !p.take("{") {
		return []string{p.next().text}
	}
	var out []string
	for !p.done() && !p.take("}") {
		if t := p.next(); !t.is(",") {
			out = append(out, t.text)
		}
	}
	return out
}

// parens passes over what stands in parentheses, and returns it.
func (p *parser) parens() string {
	if !p.take("(") {
		return ""
	}
	var out []string
	for depth := 1; !p.done(); {
		t := p.next()
		if t.is("(") {
			depth++
		} else if t.is(")") {
			if depth--; depth == 0 {
				break
			}
		}
		out = append(out, t.text)
	}
	return strings.Join(out, " ")
}

// rule is one line while it is read.
type rule struct {
	pfrules.Rule
	family    ir.Family
	onName    string // the one interface that it is on
	from, to  []host
	sport     *ir.Ports
	dport     *ir.Ports
	portMaybe []string
	protos    []uint8
	notProto  bool
	icmp      []ir.ICMPType
	icmp6     []ir.ICMPType
	received  []string
	maybe     []string
	never     bool
	flagsSet  bool
	binat     *pfrules.Target
	afTo      bool
	replies   bool // answers are routed back by the interface (reply-to)
}

func (x *rule) unsure(format string, args ...any) {
	x.maybe = append(x.maybe, fmt.Sprintf(format, args...))
}

// boxes are the conditions of a rule.
func (x *rule) boxes() []ir.Box {
	if x.never {
		return nil
	}
	base := ir.Box{SPort: x.sport, DPort: x.dport, Maybe: slices.Concat(x.maybe, x.portMaybe)}
	if len(x.protos) > 0 {
		base.Proto = &ir.Protos{List: x.protos, Not: x.notProto}
	}
	if len(x.received) > 0 {
		base.In = &ir.Ifaces{Patterns: x.received}
	}
	var out []ir.Box
	for _, s := range x.from {
		for _, d := range x.to {
			b := base
			b.Src, b.SrcLocal, b.Dst, b.DstLocal = s.set, s.local, d.set, d.local
			b.Maybe = slices.Concat(b.Maybe, s.maybe, d.maybe)
			if b, ok := pfrules.Family(b, x.family); ok {
				out = append(out, x.types(b)...)
			}
		}
	}
	return out
}

// types narrows a box to types of ICMP.
func (x *rule) types(b ir.Box) []ir.Box {
	if len(x.icmp) == 0 && len(x.icmp6) == 0 {
		return []ir.Box{b}
	}
	var out []ir.Box
	if len(x.icmp) > 0 {
		v4 := b
		v4.Proto, v4.ICMP = &ir.Protos{List: []uint8{ir.ICMP}}, &ir.ICMPTypes{List: x.icmp}
		out = append(out, v4)
	}
	if len(x.icmp6) > 0 {
		v6 := b
		v6.Proto, v6.ICMP = &ir.Protos{List: []uint8{ir.ICMPv6}}, &ir.ICMPTypes{List: x.icmp6}
		out = append(out, v6)
	}
	return out
}

// filter reads a pass, block or match rule.
func (r *reader) filter(p *parser, action string) bool {
	x := &rule{Rule: pfrules.Rule{At: p.at}, from: []host{{}}, to: []host{{}}}
	switch action {
	case "block":
		x.Act = pfrules.Block
		p.blockKind()
	case "match":
		x.Act = pfrules.Match
	}
	p.head(x)
	known := true
	for !p.done() {
		if !p.common(x) && !p.option(x) {
			t := p.next()
			known = false
			p.i = len(p.t)
			x.unsure("%s, which is not understood (line %d)", source.Redact(t.text), p.s.line)
			r.problem(p.s.line, "Line %d: %q is not a word of a pf rule that is known. What the rule does is left open.", p.s.line, source.Redact(t.text))
		}
	}
	if x.Act == pfrules.Pass && !x.flagsSet && !x.Stateless {
		x.Flags = &ir.FlagCond{Mask: ir.SYN | ir.ACK, Set: ir.SYN}
	}
	if x.Act == pfrules.Match && x.Tag == "" && x.Rdr == nil && x.Nat == nil && x.binat == nil && !x.afTo {
		r.rules++
		return known // it decides nothing
	}
	r.finish(x)
	return known
}

// finish adds a rule once all of it is read.
func (r *reader) finish(x *rule) {
	r.shows(x)
	x.Boxes = x.boxes()
	if x.afTo {
		x.Act, x.Why, x.Diverts, x.Rdr, x.Nat = pfrules.Open, fmt.Sprintf("the translation between IPv4 and IPv6 in line %d", x.At.Line), true, nil, nil
	}
	if x.binat == nil {
		r.add(x.Rule)
		return
	}
	out, in := x.Rule, x.Rule
	out.In, out.Nat = false, &pfrules.Source{Addrs: x.binat.Addrs}
	in.Out = false
	var inside, back []host
	for _, h := range x.from {
		if h.set == nil || h.set.Not {
			in.Act, in.Why = pfrules.Open, fmt.Sprintf("the binat-to in line %d, whose inner address is not known", x.At.Line)
		} else {
			inside = append(inside, h)
		}
	}
	back, x.from, x.to = x.to, x.to, plain(x.binat.Addrs...)
	_ = back
	x.sport, x.dport = x.dport, x.sport
	in.Boxes = x.boxes()
	if len(inside) == 1 {
		in.Rdr = &pfrules.Target{Addrs: inside[0].set.Ranges}
	}
	r.add(in, out)
}

func (p *parser) blockKind() {
	for _, k := range []string{"drop", "return", "return-rst", "return-icmp", "return-icmp6"} {
		if p.take(k) {
			p.parens()
		}
	}
}

// head reads direction, log, quick, interface and family, which come first.
func (p *parser) head(x *rule) {
	x.In, x.Out = true, true
	for {
		switch {
		case p.take("in"):
			x.Out = false
		case p.take("out"):
			x.In = false
		case p.take("log"), p.take("log-all"):
			p.parens()
		case p.take("quick"):
			x.Quick = true
		case p.take("on"):
			p.on(x)
		case p.take("pass"): // of rdr and nat
		default:
			return
		}
	}
}

// on reads the interfaces of a rule.
func (p *parser) on(x *rule) {
	if p.take("rdomain") {
		x.unsure("the routing domain %s", p.next().text)
		return
	}
	var sure, maybe []pfrules.On
	one := func() {
		not := p.take("!")
		name := p.next().text
		if !not {
			x.onName = name
			for _, on := range p.r.on(name) {
				if on.Maybe == "" {
					sure = append(sure, on)
				} else {
					maybe = append(maybe, on)
				}
			}
			if name == "any" {
				sure = append(sure, pfrules.On{Set: &ir.Ifaces{Not: true}})
			}
			return
		}
		sure = append(sure, p.r.notOn(name)...)
	}
	if p.take("{") {
		n := 0
		for !p.done() && !p.take("}") {
			if !p.take(",") {
				one()
				n++
			}
		}
		if n > 1 {
			x.onName = ""
		}
	} else {
		one()
	}
	x.On = append(sure, maybe...)
}

// common reads what filter and translation rules have alike: family, protocol,
// addresses and ports.
func (p *parser) common(x *rule) bool {
	switch {
	case p.take("inet"):
		x.family = ir.V4
	case p.take("inet6"):
		x.family = ir.V6
	case p.take("proto"):
		p.proto(x)
	case p.take("all"):
	case p.take("from"):
		if !p.peek().is("port") {
			x.from = p.hosts(x.onName)
		}
		if p.take("port") {
			p.ports(x, &x.sport)
		}
		if p.take("os") {
			x.unsure("the operating system of the sender (os %s)", strings.Join(p.words(), ", "))
		}
	case p.take("to"):
		if !p.peek().is("port") {
			x.to = p.hosts(x.onName)
		}
		if p.take("port") {
			p.ports(x, &x.dport)
		}
	case p.take("port"): // "to any port" after "any" was left out
		p.ports(x, &x.dport)
	case p.take("tag"):
		x.Tag = p.next().text
	case p.take("tagged"):
		x.Tagged = p.next().text
	case p.peek().is("!") && p.i+1 < len(p.t) && p.t[p.i+1].is("tagged"):
		p.i += 2
		x.Tagged, x.NotTagged = p.next().text, true
	case p.take("!"):
		if !p.take("received-on") {
			p.i--
			return false
		}
		x.unsure("the interface by which it came (! received-on %s)", p.next().text)
	case p.take("received-on"):
		for _, on := range p.r.on(p.next().text) {
			x.received = append(x.received, on.Set.Patterns...)
		}
	default:
		return false
	}
	return true
}

func (p *parser) proto(x *rule) {
	if p.take("!") {
		x.notProto = true
	}
	begin := p.i
	for _, w := range p.words() {
		n, ok := source.Protocol(w)
		switch {
		case ok:
			x.protos = append(x.protos, n)
		case slices.ContainsFunc(p.t[begin:min(p.i, len(p.t))], func(t token) bool { return t.kind == macro && t.text == w }):
			x.unsure("the macro $%s, which the file does not define", w)
		default: // a name of /etc/protocols, and none of those that mail goes by
			x.protos = append(x.protos, reserved)
		}
	}
}

// reserved is the protocol number that no packet has (IANA), for a name that is
// not known.
const reserved = 255
