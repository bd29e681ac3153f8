package table

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// builder gathers one row. What is readable of a cell counts for certain; what
// is not makes the row one that fits perhaps, and is never dropped.
type builder struct {
	r    *reader
	at   ir.At
	rule ir.Rule
	dirs int
	off  bool
	rank string

	column string // the heading of the cell at hand

	src, dst         *ir.Addrs
	srcBad, dstBad   []string
	protos           []uint8
	protoSet         bool
	services, sports []service
	serviceBad       []string
	in, out          *ir.Ifaces
	maybe            []string // hold for the whole row
}

// bad reports a cell as a sentence, and returns the reason it leaves open.
func (b *builder) bad(c cell, expected, what string) string {
	place := fmt.Sprintf("line %d", b.at.Line)
	switch {
	case b.column != "":
		place += ", column " + shorten(b.column)
	case c.col > 0:
		place += fmt.Sprintf(", character %d", c.col)
	}
	got := "nothing"
	if c.text != "" {
		got = fmt.Sprintf("%q", shorten(c.text))
	}
	b.r.problem(b.at.Line, c.col, "%s: expected %s, came %s. Correct it and save the table again; until then the row is undecided.", place, expected, got)
	reason := fmt.Sprintf("%s in %s", what, place)
	if !slices.Contains(b.maybe, reason) {
		b.maybe = append(b.maybe, reason)
	}
	return reason
}

func (b *builder) cell(k column, name string, c cell) {
	b.column = name
	switch k {
	case action:
		a, ok := actionOf(c.text)
		if !ok {
			b.bad(c, "allow or deny", "the action")
			b.rule.Action, b.rule.Why = ir.Undecided, fmt.Sprintf("the action in line %d, which is neither allow nor deny", b.at.Line)
			return
		}
		b.rule.Action = a
	case direction:
		d, ok := directionOf(c.text)
		if !ok {
			b.bad(c, "in, out, forward or both", "the direction")
			return
		}
		b.dirs = d
	case src:
		b.src, b.srcBad = b.address(c, "the source")
	case dst:
		b.dst, b.dstBad = b.address(c, "the destination")
	case protocol:
		b.protocol(c)
	case port:
		services, bad := ports(c.text)
		b.services = append(b.services, services...)
		b.unreadable(c, bad, "a port such as 25, 25-30, smtp or any", "the port")
	case rank:
		b.rank = c.text
	case sport:
		services, bad := ports(c.text)
		b.sports = services
		if len(bad) > 0 {
			b.bad(c, "a source port such as 1024-65535 or any", "the source port")
		}
	case enabled, disabled:
		b.enabled(c, k == disabled)
	case inIface:
		b.in = iface(c.text)
	case outIface:
		b.out = iface(c.text)
	case condition, strange:
		if why := limit(k, name, c, b.at.Line); why != "" {
			b.maybe = append(b.maybe, why)
		}
	}
}

func (b *builder) address(c cell, what string) (*ir.Addrs, []string) {
	if c.text == "" {
		b.bad(c, "an address, a network or the word any", what)
		return nil, nil
	}
	set, bad := addresses(c.text)
	b.unreadable(c, bad, "addresses such as 192.0.2.0/24, 192.0.2.1-192.0.2.9 or any", what)
	return set, bad
}

// unreadable reports the entries of a list that could not be read.
func (b *builder) unreadable(c cell, bad []string, expected, what string) {
	for _, w := range bad {
		before := len(b.maybe)
		b.bad(cell{w, c.col}, expected, fmt.Sprintf("%s %q", what, shorten(w)))
		if what == "the source" || what == "the destination" || what == "the port" {
			b.maybe = b.maybe[:before] // holds for the rest of the list alone
		}
		if what == "the port" {
			b.serviceBad = append(b.serviceBad, w)
		}
	}
}

func (b *builder) protocol(c cell) {
	list, services, bad := protocols(c.text)
	b.protos = list
	b.protoSet = len(list) > 0 || len(services) > 0
	b.services = append(b.services, services...)
	if len(bad) > 0 {
		b.bad(c, "tcp, udp, icmp or any", "the protocol")
		b.protoSet = false
		b.protos = nil
	}
}

func (b *builder) enabled(c cell, inverse bool) {
	switch strings.ToLower(c.text) {
	case "yes", "true", "1", "on", "enabled", "active", "y", "x":
		b.off = b.off || inverse
	case "no", "false", "0", "off", "disabled", "inactive", "n":
		b.off = b.off || !inverse
	case "":
		b.off = b.off || false
	default:
		b.bad(c, "yes or no", "whether the row is enabled")
	}
}

func iface(s string) *ir.Ifaces {
	var names []string
	for _, w := range items(s) {
		if isAny(w) {
			return nil
		}
		names = append(names, w)
	}
	if names == nil {
		return nil
	}
	return &ir.Ifaces{Patterns: names}
}

// finish makes boxes: every service of the row, from the readable addresses
// for certain and from any address perhaps where some could not be read.
func (b *builder) finish() ir.Rule {
	services := b.services
	if len(services) == 0 {
		services = []service{{}}
	}
	for _, s := range services {
		box := ir.Box{Src: b.src, Dst: b.dst, In: b.in, Out: b.out, ICMP: s.icmp, DPort: s.ports, Maybe: slices.Clone(b.maybe)}
		box.Proto = s.proto
		if s.named && b.protoSet && len(b.protos) > 0 {
			s.proto, box.Proto = nil, nil // the protocol of the row counts
		} else if s.named {
			b.r.tcpOnly = append(b.r.tcpOnly, b.at.Line)
		}
		if b.protoSet && len(b.protos) > 0 {
			if s.proto != nil && !overlap(s.proto.List, b.protos) {
				continue
			}
			if s.proto == nil {
				box.Proto = &ir.Protos{List: b.protos}
			}
		}
		if len(b.sports) == 0 {
			b.rule.Boxes = append(b.rule.Boxes, box)
			continue
		}
		for _, sp := range b.sports {
			x := box
			x.SPort = sp.ports
			b.rule.Boxes = append(b.rule.Boxes, x)
		}
	}
	b.widen()
	return b.rule
}

func overlap(a, b []uint8) bool {
	return slices.ContainsFunc(a, func(x uint8) bool { return slices.Contains(b, x) })
}

// widen adds, for each cell with entries that could not be read, the boxes
// that the row may also mean.
func (b *builder) widen() {
	add := func(why string, change func(*ir.Box)) {
		for _, box := range slices.Clone(b.rule.Boxes) {
			box.Maybe = append(slices.Clone(box.Maybe), why)
			change(&box)
			b.rule.Boxes = append(b.rule.Boxes, box)
		}
	}
	if len(b.srcBad) > 0 {
		if b.src != nil && b.src.Not {
			b.uncertain()
		}
		add(fmt.Sprintf("the source %q in line %d", shorten(b.srcBad[0]), b.at.Line), func(x *ir.Box) { x.Src = nil })
	}
	if len(b.dstBad) > 0 {
		if b.dst != nil && b.dst.Not {
			b.uncertain()
		}
		add(fmt.Sprintf("the destination %q in line %d", shorten(b.dstBad[0]), b.at.Line), func(x *ir.Box) { x.Dst = nil })
	}
	if len(b.serviceBad) > 0 {
		why := fmt.Sprintf("the port %q in line %d", shorten(b.serviceBad[0]), b.at.Line)
		if len(b.services) == 0 {
			b.uncertain()
		}
		add(why, func(x *ir.Box) { x.DPort, x.Proto, x.ICMP = nil, nil, nil })
	}
}

// uncertain makes all boxes so far perhaps: a complement of which a part is
// not known, or a cell of which nothing is.
func (b *builder) uncertain() {
	for i := range b.rule.Boxes {
		b.rule.Boxes[i].Maybe = append(b.rule.Boxes[i].Maybe, fmt.Sprintf("line %d, part of which could not be read", b.at.Line))
	}
}
