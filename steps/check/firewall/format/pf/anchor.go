package pf

import (
	"fmt"
	"net/netip"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// anchor reads an anchor, with its rules in braces or without.
func (r *reader) anchor(p *parser, kind string) {
	name := ""
	switch t := p.peek(); {
	case t.kind == quoted:
		name = p.next().text
	case t.kind == word && !keyword[t.text]:
		name = p.next().text
	}
	x := &rule{Rule: pfrules.Rule{At: p.at, Name: name}, from: []host{{}}, to: []host{{}}}
	if p.s.opens {
		p.t = p.t[:len(p.t)-1]
	}
	p.head(x)
	inline := p.s.opens
	for !p.done() {
		if p.peek().is("{") && !inline { // a body on one line
			inline = true
			p.next()
			break
		}
		if !p.common(x) && !p.option(x) {
			x.unsure("%s, which is not understood (line %d)", source.Redact(p.next().text), p.s.line)
			p.i = len(p.t)
		}
	}
	x.Boxes = x.boxes()
	if inline && kind == "anchor" {
		x.Act = pfrules.Anchor
		r.frames = append(r.frames, x.Rule)
		r.lists = append(r.lists, &[]pfrules.Rule{})
		if !p.s.opens {
			r.oneLine(p)
		}
		return
	}
	x.Act = pfrules.Open
	x.Why = fmt.Sprintf("the rules of the anchor %q, which are not in the file; give the output of pfctl -a '*' -sr", name)
	x.narrow(name)
	x.Diverts = kind == "rdr-anchor" || !r.old
	switch kind {
	case "anchor":
		r.add(x.Rule)
	case "rdr-anchor":
		x.In, x.Out = true, false
		r.spec.Rdr = append(r.spec.Rdr, x.Rule)
	case "nat-anchor":
		x.In, x.Out = false, true
		r.spec.Nat = append(r.spec.Nat, x.Rule)
	}
}

// keyword are words that may follow "anchor" where it has no name.
var keyword = map[string]bool{
	"in": true, "out": true, "on": true, "quick": true, "log": true, "inet": true, "inet6": true, "proto": true, "from": true, "to": true, "all": true, "{": true,
}

// narrow limits an anchor to what its owner puts into it: ftp-proxy(8) passes
// data connections, all of them TCP to ports from 1024 on; tftp-proxy(8) UDP.
func (x *rule) narrow(name string) {
	switch base, _, _ := strings.Cut(name, "/"); base {
	case "ftp-proxy", "ftpsesame":
		for i := range x.Boxes {
			x.Boxes[i].Proto = &ir.Protos{List: []uint8{ir.TCP}}
			x.Boxes[i].DPort = &ir.Ports{Ranges: []ir.PortRange{{Lo: 1024, Hi: 65535}}}
		}
	case "tftp-proxy":
		for i := range x.Boxes {
			x.Boxes[i].Proto = &ir.Protos{List: []uint8{ir.UDP}}
		}
	}
}

// oneLine reads the body of an anchor that stands in its own line.
func (r *reader) oneLine(p *parser) {
	rest := p.t[p.i:]
	if n := len(rest); n > 0 && rest[n-1].is("}") {
		rest = rest[:n-1]
	}
	if len(rest) > 0 {
		s := statement{line: p.s.line, text: p.s.text, tokens: rest}
		section := ""
		n := len(r.set.Statements)
		r.statement(&s, &section)
		r.set.Statements = r.set.Statements[:n]
	}
	r.leave()
}

// maxNested is how many anchors pf enters one within another (pf.c,
// PF_ANCHOR_STACK_MAX).
const maxNested = 64

// leave closes the anchor at hand.
func (r *reader) leave() {
	if len(r.frames) == 0 {
		return
	}
	x := r.frames[len(r.frames)-1]
	x.Kids = *r.lists[len(r.lists)-1]
	if len(r.frames) > maxNested {
		x.Act, x.Kids, x.Why = pfrules.Open, nil, fmt.Sprintf("the anchor in line %d, which lies within more anchors than pf takes", x.At.Line)
	}
	r.frames, r.lists = r.frames[:len(r.frames)-1], r.lists[:len(r.lists)-1]
	r.add(x)
}

// antispoof reads "antispoof for em0": packets from the network of an interface
// that come in by another one, and from its own address, are blocked.
func (r *reader) antispoof(p *parser) {
	x := &rule{Rule: pfrules.Rule{At: p.at, Act: pfrules.Block, In: true}, from: []host{{}}, to: []host{{}}}
	for !p.done() && !p.take("for") {
		if p.take("quick") {
			x.Quick = true
		} else {
			p.next()
		}
	}
	names := p.words()
	for !p.done() && p.common(x) {
		continue
	}
	for _, n := range names {
		n = strings.Trim(n, "()")
		if ifaceName(n) == "lo" || n == "lo" {
			x.On = r.notOn("lo0")
			x.from = plain(netipx.RangeOfPrefix(netip.MustParsePrefix("127.0.0.0/8")), netipx.RangeOfPrefix(netip.MustParsePrefix("::1/128")))
			x.Boxes = x.boxes()
			r.add(x.Rule)
			continue
		}
		if _, ok := r.known(n); !ok {
			r.note("Source addresses are taken to come from where routes lead to them: antispoof matches none of the packets asked about.")
			r.rules++
			continue
		}
		x.On = r.notOn(n)
		x.from = r.own(n+":network", "")
		x.Boxes = x.boxes()
		r.add(x.Rule)
		x.On = nil
		x.from = r.own(n, n)
		x.Boxes = x.boxes()
		r.add(x.Rule)
	}
}
