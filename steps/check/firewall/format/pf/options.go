package pf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// portOps are the operators of ports; those with two sides stand between them.
var portOps = []string{"=", "!=", "<", "<=", ">", ">="}

// ports reads what follows the word port.
func (p *parser) ports(x *rule, to **ir.Ports) {
	var list []ir.PortRange
	if p.take("{") {
		for !p.done() && !p.take("}") {
			if !p.take(",") {
				list = append(list, p.port(x)...)
			}
		}
	} else {
		list = p.port(x)
	}
	*to = &ir.Ports{Ranges: list}
}

// port reads one: 25, smtp, 25:100, > 1023, 6000 >< 6010.
func (p *parser) port(x *rule) []ir.PortRange {
	opr := "="
	for _, o := range portOps {
		if p.take(o) {
			opr = o
			break
		}
	}
	w := p.next().text
	lo, hi, ok := portSpan(w)
	if !ok {
		x.portMaybe = append(x.portMaybe, fmt.Sprintf("the port %s, whose number is not known", source.Redact(w)))
		return []ir.PortRange{{Lo: 0, Hi: 65535}}
	}
	for _, o := range []string{"<>", "><", ":"} {
		if p.take(o) {
			_, end, ok := portSpan(p.next().text)
			if !ok {
				x.portMaybe = append(x.portMaybe, "a range of ports that is not read")
				return []ir.PortRange{{Lo: 0, Hi: 65535}}
			}
			hi, opr = end, o
		}
	}
	return span(opr, int(lo), int(hi))
}

// span is the ports of an operator.
func span(opr string, lo, hi int) []ir.PortRange {
	make1 := func(a, b int) []ir.PortRange {
		if a < 0 || b > 65535 || a > b {
			return nil
		}
		return []ir.PortRange{{Lo: uint16(a), Hi: uint16(b)}}
	}
	switch opr {
	case "!=":
		return append(make1(0, lo-1), make1(hi+1, 65535)...)
	case "<":
		return make1(0, lo-1)
	case "<=":
		return make1(0, lo)
	case ">":
		return make1(lo+1, 65535)
	case ">=":
		return make1(lo, 65535)
	case "><": // between, the ends left out
		return make1(lo+1, hi-1)
	case "<>": // outside
		return append(make1(0, lo-1), make1(hi+1, 65535)...)
	}
	return make1(lo, hi)
}

// spamd are the ports of OpenBSD's spam deferral (services(5)).
var spamd = map[string]uint16{"spamd": 8025, "spamd-cfg": 8026}

func number(s string) (uint16, bool) {
	if n, ok := spamd[s]; ok {
		return n, true
	}
	return source.Port(s)
}

// portSpan reads a port, or two with a colon.
func portSpan(s string) (lo, hi uint16, ok bool) {
	a, b, two := strings.Cut(s, ":")
	if lo, ok = number(a); !ok {
		return 0, 0, false
	}
	if !two {
		return lo, lo, true
	}
	hi, ok = number(b)
	return lo, hi, ok
}

// quiet are options of filter rules that decide nothing, with how many words
// follow each.
var quiet = map[string]int{
	"allow-opts": 0, "once": 0, "label": 1, "ridentifier": 1, "rtable": 1, "prio": 1, "queue": 1, "dnqueue": 1, "dnpipe": 1,
	"static-port": 0, "sticky-address": 0, "round-robin": 0, "random": 0, "least-states": 0, "no-df": 0, "endpoint-independent": 0,
}

// option reads an option of a filter rule; false when it is none.
func (p *parser) option(x *rule) bool {
	if n, ok := quiet[p.peek().text]; ok && p.peek().kind == word {
		p.next()
		for ; n > 0; n-- {
			if p.peek().is("(") {
				p.parens()
			} else {
				p.next()
			}
		}
		return true
	}
	switch t := p.peek(); {
	case t.kind != word:
		return false
	case p.take("flags"):
		p.flags(x)
	case p.take("keep"), p.take("modulate"), p.take("synproxy"):
		p.take("state")
		p.stateOptions(x)
	case p.take("no"):
		x.Stateless = p.take("state")
		return x.Stateless
	case p.take("icmp-type"):
		p.types(x, &x.icmp, false)
	case p.take("icmp6-type"):
		p.types(x, &x.icmp6, true)
	case p.take("fragment"):
		x.never = true // the first packet of a connection is no later fragment
	case p.take("set"), p.take("scrub"):
		if p.parens() == "" {
			p.next()
			if !p.peek().is("(") {
				p.next()
			} else {
				p.parens()
			}
		}
	case p.take("rdr-to"):
		x.Rdr = p.target(x)
	case p.take("nat-to"):
		x.Nat = sourceOf(p.target(x))
	case p.take("binat-to"):
		x.binat = p.target(x)
	case p.take("af-to"):
		x.afTo = true
		p.i = len(p.t)
	case p.take("reply-to"):
		x.replies = true
		p.route()
	case p.take("route-to"), p.take("dup-to"):
		p.route()
	case p.take("from"), p.take("to"):
		return false
	default:
		return p.depends(x)
	}
	return true
}

// depends reads options that make a rule depend on what is not in the packet.
func (p *parser) depends(x *rule) bool {
	switch {
	case p.take("user"), p.take("group"):
		x.unsure("the user or group that a process runs as")
		for !p.done() && slices.Contains([]string{"=", "!=", "<", ">", "<=", ">="}, p.peek().text) {
			p.next()
		}
		p.words()
	case p.take("probability"):
		if w := p.next().text; w != "100%" {
			x.unsure("chance (probability %s)", w)
		}
	case p.take("tos"), p.take("dscp"):
		x.unsure("the type of service of packets (tos %s)", p.next().text)
	case p.take("max-pkt-rate"):
		x.unsure("how many packets come (max-pkt-rate)")
		p.next()
	case p.take("divert-to"), p.take("divert-packet"), p.take("divert-reply"):
		x.unsure("a program to which packets are diverted")
		for !p.done() && !p.peek().is("keep") && !p.peek().is("tag") {
			p.next()
		}
	case p.take("os"):
		x.unsure("the operating system of the sender")
		p.words()
	default:
		return false
	}
	return true
}

// route passes over where packets or answers are routed to.
func (p *parser) route() {
	if p.take("{") {
		for !p.done() && !p.take("}") {
			p.next()
		}
		return
	}
	if p.peek().is("(") {
		p.parens()
	} else {
		p.next()
		if p.take("@") {
			p.next()
		}
	}
}

// limits are options of states that stop packets beyond a number.
var limits = []string{"max", "max-src-nodes", "max-src-states", "max-src-conn", "max-src-conn-rate", "max-pkt-rate"}

func (p *parser) stateOptions(x *rule) {
	for _, w := range strings.FieldsFunc(p.parens(), func(c rune) bool { return c == ' ' || c == ',' }) {
		if slices.Contains(limits, w) {
			x.unsure("how many connections there are (%s in line %d)", w, x.At.Line)
		}
	}
}

// flagBits are TCP flags by letter; E and W (ECN) are on neither side of what
// is asked.
var flagBits = map[rune]uint8{'F': ir.FIN, 'S': ir.SYN, 'R': ir.RST, 'P': ir.PSH, 'A': ir.ACK, 'U': ir.URG, 'E': 0, 'W': 0}

func (p *parser) flags(x *rule) {
	x.flagsSet = true
	w := p.next().text
	if w == "any" {
		return
	}
	bits := func(s string) (v uint8, ok bool) {
		for _, c := range s {
			b, known := flagBits[c]
			if !known {
				return 0, false
			}
			v |= b
		}
		return v, true
	}
	set, mask, _ := strings.Cut(w, "/")
	a, ok1 := bits(set)
	m, ok2 := bits(mask)
	if !ok1 || !ok2 {
		x.unsure("TCP flags that are not understood (%s)", source.Redact(w))
		return
	}
	x.Flags = &ir.FlagCond{Mask: m, Set: a}
}

// typeNames are ICMP types by name; the second number is of ICMPv6.
var typeNames = map[string][2]int{
	"echorep": {0, 129}, "unreach": {3, 1}, "squench": {4, -1}, "redir": {5, 137}, "althost": {6, -1}, "echoreq": {8, 128},
	"routeradv": {9, 134}, "routersol": {10, 133}, "timex": {11, 3}, "paramprob": {12, 4}, "timereq": {13, -1}, "timerep": {14, -1},
	"inforeq": {15, -1}, "inforep": {16, -1}, "maskreq": {17, -1}, "maskrep": {18, -1}, "trace": {30, -1}, "toobig": {-1, 2},
	"groupqry": {-1, 130}, "listqry": {-1, 130}, "grouprep": {-1, 131}, "listenrep": {-1, 131}, "groupterm": {-1, 132}, "listendone": {-1, 132},
	"neighbrsol": {-1, 135}, "neighbradv": {-1, 136}, "routrrenum": {-1, 138}, "niqry": {-1, 139}, "wrureq": {-1, 139}, "nirep": {-1, 140}, "wrurep": {-1, 140},
}

func (p *parser) types(x *rule, to *[]ir.ICMPType, six bool) {
	var words []string
	for _, w := range p.words() {
		words = append(words, strings.Fields(w)...)
	}
	if p.take("code") {
		x.unsure("the code of an ICMP message (%s)", p.next().text)
	}
	for _, w := range words {
		n, err := strconv.ParseUint(w, 10, 8)
		if err != nil {
			pair, ok := typeNames[w]
			v := pair[0]
			if six {
				v = pair[1]
			}
			if !ok || v < 0 {
				x.unsure("the ICMP type %s", w)
				continue
			}
			n = uint64(v)
		}
		*to = append(*to, ir.ICMPType{Type: uint8(n), CodeHi: 255})
	}
}
