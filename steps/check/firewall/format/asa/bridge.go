package asa

import (
	"fmt"
	"maps"
	"slices"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
)

// firewallMode reads firewall transparent: interfaces are then bridged, and
// have no networks of their own.
func firewallMode(r *reader, l *cisco.Line) bool {
	r.transparent = at1(l.Words) == "transparent"
	return true
}

// bridged places the network of each bridge group behind those of its
// interfaces that lead inside, and the ASA's address in it with them: the
// router to the internet alone is on the other side. (General Operations CLI
// Configuration Guide, Transparent or Routed Firewall Mode.)
func (r *reader) bridged() {
	if !r.transparent {
		return
	}
	for _, n := range slices.Sorted(maps.Keys(r.bridges)) {
		b, out := r.bridges[n], r.outward(n)
		for _, f := range r.ifaces {
			if f.bridge == n && f != out {
				f.addrs, f.six, f.nets = append(f.addrs, b.addrs...), append(f.six, b.six...), append(f.nets, b.nets...)
			}
		}
	}
}

// outward is the interface of a bridge group that the default route leaves by,
// else the one of the lowest security level; nil where neither is one alone.
func (r *reader) outward(bridge string) *iface {
	var best *iface
	alone := true
	rank := func(f *iface) int {
		if f.out {
			return -1
		}
		return max(f.level, 0)
	}
	for _, f := range r.ifaces {
		switch {
		case f.bridge != bridge:
		case best == nil || rank(f) < rank(best):
			best, alone = f, true
		case rank(f) == rank(best):
			alone = false
		}
	}
	if !alone {
		return nil
	}
	return best
}

// groupsApart keeps packets within their bridge group: a transparent firewall
// sends none from one to another.
func (r *reader) groupsApart() []ir.Rule {
	var out []ir.Rule
	for _, f := range r.ifaces {
		var others, names []string
		for _, g := range r.ifaces {
			if r.transparent && f.bridge != g.bridge {
				others, names = append(others, r.patterns(g.name)...), append(names, g.name)
			}
		}
		if len(others) > 0 {
			out = append(out, ir.Rule{
				Boxes: []ir.Box{{In: &ir.Ifaces{Patterns: r.patterns(f.name)}, Out: &ir.Ifaces{Patterns: others}}}, Action: ir.Deny,
				At: ir.At{Text: fmt.Sprintf("(firewall transparent: packets in by %s do not leave by %s, of another bridge group)", f.name, series(names))},
			})
		}
	}
	return out
}
