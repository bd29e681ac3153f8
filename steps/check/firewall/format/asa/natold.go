package asa

import (
	"fmt"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// static is one static line of releases before 8.3.
type static struct {
	at               ir.At
	realIf, mappedIf string
	mapped, real     *objects.Addrs // nil: not told
	iface            bool           // mapped to the interface's own address
	proto            uint8
	mport, rport     uint16
	policy           string // access list of a policy
	unread           bool
}

// dynamic is a nat or global line of releases before 8.3.
type dynamic struct {
	at     ir.At
	global bool
	iface  string
	id     string
	nets   *objects.Addrs // of nat; nil: by an access list
}

// staticLine reads static (inside,outside) [tcp] MAPPED [PORT] REAL [PORT]
// [netmask MASK], or with access-list LIST in place of what is real.
func (r *reader) staticLine(l *cisco.Line) bool {
	s := &static{at: l.At()}
	c := &cisco.Cursor{Words: l.Words, At: 1}
	pair := nat{}
	if ok := pair.pair(c.Next()); !ok || len(l.Words) < 4 {
		return r.unreadStatic(s, l)
	}
	s.realIf, s.mappedIf = pair.real, pair.mapped
	if p := c.Peek(); p == "tcp" || p == "udp" {
		s.proto, _ = cisco.Protocol(c.Next())
	}
	mapped := c.Next()
	if s.iface = mapped == "interface"; !s.iface {
		a, ok := r.addr(mapped)
		if !ok {
			return r.unreadStatic(s, l)
		}
		s.mapped = objects.Of(source.One(a))
	}
	if s.proto != 0 {
		p, p2, ok := cisco.Port(c.Next())
		if s.mport = p; !ok || p != p2 {
			return r.unreadStatic(s, l)
		}
	}
	if word := c.Next(); word == "access-list" {
		s.policy = c.Next()
	} else if a, ok := r.addr(word); ok {
		s.real = objects.Of(source.One(a))
	} else {
		return r.unreadStatic(s, l)
	}
	if s.proto != 0 && s.policy == "" {
		p, p2, ok := cisco.Port(c.Next())
		if s.rport = p; !ok || p != p2 {
			return r.unreadStatic(s, l)
		}
	}
	for c.More() {
		if c.Next() == "netmask" {
			s.mask(r, c.Next())
		}
	}
	r.olds = append(r.olds, s)
	return true
}

// mask widens both sides to networks.
func (s *static) mask(r *reader, mask string) {
	if s.mapped == nil || s.real == nil {
		return
	}
	a, ok1 := r.network(s.mapped.Ranges[0].From().String(), mask)
	b, ok2 := r.network(s.real.Ranges[0].From().String(), mask)
	if ok1 && ok2 {
		s.mapped, s.real = objects.Of(a), objects.Of(b)
	}
}

func (r *reader) unreadStatic(s *static, l *cisco.Line) bool {
	r.Problem(l.Number, "expected a translation such as static (inside,outside) 203.0.113.25 10.0.0.25 netmask 255.255.255.255, came %q; where packets are sent to is not known.", redacted(l))
	s.unread = true
	r.olds = append(r.olds, s)
	return false
}

// oldRules are the rules of one static line, for packets to the mapped address.
func (r *reader) oldRules(s *static) []ir.Rule {
	if s.unread {
		return []ir.Rule{openNAT(s.at, ir.Always(), fmt.Sprintf("a translation that could not be read (line %d)", s.at.Line))}
	}
	boxes, mapped := []ir.Box{{In: r.ifs(s.mappedIf)}}, s.mapped
	if s.iface {
		boxes, mapped = r.at(boxes, "interface", s.mappedIf)
	}
	p := portMap{}
	if s.proto != 0 {
		p = portMap{proto: s.proto, from: ir.PortRange{Lo: s.mport, Hi: s.mport}, to: ir.PortRange{Lo: s.rport, Hi: s.rport}}
	}
	boxes = p.on(boxes)
	if s.policy != "" {
		return []ir.Rule{openNAT(s.at, objects.Destination(boxes, mapped),
			fmt.Sprintf("the policy translation in line %d, by access-list %s", s.at.Line, s.policy))}
	}
	return r.moves(s.at, boxes, mapped, s.real, p)
}

// natOld reads nat (inside) ID NETWORK MASK, or by an access list.
func (r *reader) natOld(l *cisco.Line) bool {
	w := l.Words
	if len(w) < 4 {
		return false
	}
	d := dynamic{at: l.At(), iface: strings.Trim(w[1], "()"), id: w[2]}
	if w[3] != "access-list" && len(w) >= 5 {
		n, ok := r.network(w[3], w[4])
		if !ok {
			r.Problem(l.Number, "expected a network and a mask, came %s %s; whose addresses are translated is not known.", w[3], w[4])
			return false
		}
		d.nets = objects.Of(n)
	}
	r.dynamic = append(r.dynamic, d)
	return true
}

func (r *reader) globalLine(l *cisco.Line) bool {
	if len(l.Words) < 4 {
		return false
	}
	r.dynamic = append(r.dynamic, dynamic{at: l.At(), global: true, iface: strings.Trim(l.Words[1], "()"), id: l.Words[2]})
	return true
}

// controlled are the rules of nat-control: who has no translation does not get
// to interfaces of lower levels.
func (r *reader) controlled() []ir.Rule {
	var out []ir.Rule
	for _, f := range r.ifaces {
		var lower []string
		for _, g := range r.ifaces {
			if g.level >= 0 && g.level < f.level {
				lower = append(lower, r.patterns(g.name)...)
			}
		}
		if len(lower) == 0 {
			continue
		}
		var has []netipx.IPRange
		open := false
		for _, d := range r.dynamic {
			if !d.global && d.iface == f.name && d.nets != nil {
				has = append(has, d.nets.Ranges...)
			} else if !d.global && d.iface == f.name {
				open = true
			}
		}
		for _, s := range r.olds {
			if s.realIf == f.name && s.real != nil {
				has = append(has, s.real.Ranges...)
			} else if s.realIf == f.name {
				open = true
			}
		}
		in := &ir.Ifaces{Patterns: r.patterns(f.name)}
		if len(has) > 0 {
			out = append(out, ir.Rule{Boxes: objects.Source([]ir.Box{{In: in}}, objects.Of(has...)), Action: ir.Accept, At: r.natctl})
		}
		x := ir.Rule{Boxes: []ir.Box{{In: in, Out: &ir.Ifaces{Patterns: lower}}}, Action: ir.Deny, At: r.natctl}
		if open {
			x.Action, x.Why = ir.Undecided, fmt.Sprintf("whether a translation of line %d and others takes the source", r.natctl.Line)
		}
		out = append(out, x)
	}
	return out
}

// untranslate are the real sources that a set of translated ones stands for,
// before 8.3, as they leave by some interfaces: those that are in it for
// certain, and those that may be.
func (r *reader) untranslate(set *objects.Addrs, outs map[string]bool) (sure, perhaps *objects.Addrs) {
	gone, in, open := &objects.Addrs{}, &objects.Addrs{}, &objects.Addrs{}
	for _, s := range r.olds {
		if !outs[s.mappedIf] || s.proto != 0 {
			continue
		}
		if s.real == nil || s.mapped == nil || s.unread {
			return objects.Of(), objects.Anywhere()
		}
		gone.Ranges = append(gone.Ranges, s.real.Ranges...)
		switch {
		case within(s.mapped, set):
			in.Ranges = append(in.Ranges, s.real.Ranges...)
		case !apart(s.mapped, set):
			open.Ranges = append(open.Ranges, s.real.Ranges...)
		}
	}
	hidden, all := r.hidden(outs)
	if all {
		return in, objects.Minus(objects.Anywhere(), gone)
	}
	open.Ranges = append(open.Ranges, objects.Minus(hidden, gone).Ranges...)
	rest := objects.Minus(set, objects.Of(slices.Concat(gone.Ranges, hidden.Ranges)...))
	if len(rest.Maybe) > 0 {
		open = objects.Anywhere()
	}
	return objects.Union(in, rest), open
}

// hidden are the sources that nat and global hide as they leave by some
// interfaces; all says that which is not told.
func (r *reader) hidden(outs map[string]bool) (set *objects.Addrs, all bool) {
	ids := map[string]bool{}
	for _, d := range r.dynamic {
		ids[d.id] = ids[d.id] || d.global && outs[d.iface]
	}
	set = &objects.Addrs{}
	for _, d := range r.dynamic {
		if d.global || !ids[d.id] {
			continue
		}
		if d.nets == nil {
			return set, true
		}
		set.Ranges = append(set.Ranges, d.nets.Ranges...)
	}
	return set, false
}

// within reports that all of a is in b for certain, apart that none is.
func within(a, b *objects.Addrs) bool {
	left := objects.Minus(a, b)
	return len(left.Maybe) == 0 && left.Empty()
}

func apart(a, b *objects.Addrs) bool {
	left := objects.Minus(a, b)
	return len(left.Maybe) == 0 && sizeOf(left).Cmp(sizeOf(a)) == 0
}
