package pf

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// target reads an address to translate to, with its port and pool options.
func (p *parser) target(x *rule) *pfrules.Target {
	t := &pfrules.Target{}
	for _, h := range p.hosts("") {
		switch {
		case len(h.maybe) > 0:
			t.Why = h.maybe[0]
		case h.local == ir.Yes:
			t.Why = "which of the firewall's own addresses the translation takes"
		case h.set == nil || h.set.Not:
			t.Why = "an address of the translation that is not read"
		default:
			t.Addrs = append(t.Addrs, h.set.Ranges...)
		}
	}
	if len(t.Addrs) == 0 && t.Why == "" {
		t.Why = "an address of the translation that is missing"
	}
	if p.take("port") {
		p.targetPort(x, t)
	}
	if p.take("source-hash") && p.peek().kind == word && (strings.HasPrefix(p.peek().text, "0x") || len(p.peek().text) == 32) {
		p.next()
	}
	if p.take("bitmask") {
		return t
	}
	return t
}

func (p *parser) targetPort(x *rule, t *pfrules.Target) {
	w := p.next().text
	lo, star := strings.CutSuffix(w, ":*")
	a, b, ok := portSpan(lo)
	if !ok {
		t.Why = fmt.Sprintf("the port %s of the translation", source.Redact(w))
		return
	}
	t.Port = ir.PortRange{Lo: a, Hi: b}
	if star && x.dport != nil && len(x.dport.Ranges) == 1 {
		r := x.dport.Ranges[0]
		t.Shift, t.Base = true, r.Lo
		t.Port.Hi = uint16(min(65535, int(a)+int(r.Hi-r.Lo)))
	}
}

// sourceOf is a target as a new source.
func sourceOf(t *pfrules.Target) *pfrules.Source {
	if t.Why != "" {
		return &pfrules.Source{Own: strings.Contains(t.Why, "firewall's own") || strings.HasPrefix(t.Why, "the addresses of")}
	}
	return &pfrules.Source{Addrs: t.Addrs}
}

// translation reads nat, rdr, binat and their exceptions (FreeBSD).
func (r *reader) translation(p *parser, kind string) bool {
	no := kind == "no"
	if no {
		kind = p.next().text
		if kind == "scrub" {
			return true
		}
	}
	x := &rule{Rule: pfrules.Rule{At: p.at}, from: []host{{}}, to: []host{{}}}
	pass := false
	for i := p.i; i < len(p.t) && i < p.i+3; i++ {
		pass = pass || p.t[i].is("pass")
	}
	p.head(x)
	var to *pfrules.Target
	known := true
	for !p.done() {
		switch {
		case p.take("->"):
			to = p.target(x)
		case p.common(x), p.option(x):
		default:
			t := p.next()
			known = false
			x.unsure("%s, which is not understood (line %d)", source.Redact(t.text), p.s.line)
			p.i = len(p.t)
		}
	}
	if to == nil && !no {
		known = false
		to = &pfrules.Target{Why: fmt.Sprintf("line %d, whose target is not read", p.s.line)}
	}
	r.rules++
	x.Act = pfrules.Pass
	switch kind {
	case "rdr":
		x.In, x.Out, x.Boxes = true, false, x.boxes()
		if !no {
			to.Pass = pass
			x.Rdr = to
		}
		r.shows(x)
		r.spec.Rdr = append(r.spec.Rdr, x.Rule)
	case "nat":
		x.In, x.Out, x.Boxes = false, true, x.boxes()
		if !no {
			x.Nat = sourceOf(to)
			x.Nat.Pass = pass
		}
		r.shows(x)
		r.spec.Nat = append(r.spec.Nat, x.Rule)
	case "binat":
		if !no {
			x.binat = to
			r.shows(x)
		}
		r.binat(x, to, no, pass)
	default:
		return false
	}
	return known
}

// binats are kept apart: of packets going in rdr comes before binat, of those
// going out binat before nat.
func (r *reader) binat(x *rule, to *pfrules.Target, no, pass bool) {
	out := x.Rule
	out.Boxes = x.boxes()
	in := x.Rule
	inside := x.from
	x.from, x.sport, x.dport = x.to, x.dport, x.sport
	switch {
	case no:
		x.to = inside
	case to.Why != "":
		x.to = []host{{maybe: []string{to.Why}}}
	default:
		x.to = plain(to.Addrs...)
	}
	in.Boxes = x.boxes()
	if !no {
		out.Nat = sourceOf(to)
		out.Nat.Pass = pass
		t := &pfrules.Target{Pass: pass}
		if len(inside) == 1 && inside[0].set != nil && !inside[0].set.Not {
			t.Addrs = inside[0].set.Ranges
		} else {
			t.Why = fmt.Sprintf("the inner addresses of the binat in line %d", x.At.Line)
		}
		in.Rdr = t
	}
	r.binatO = append(r.binatO, out)
	r.binatI = append(r.binatI, pfrules.OneToOne(in, to)...)
}
