package pf

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
)

// outward is what lines show of the interfaces that face the internet, by the
// name of each: the first line that hides sources as packets leave by it, that
// sends on what comes in by it, and that routes answers back by it.
type outward struct{ hides, sends, answers map[string]int }

// shows takes what one rule shows. A translation between inner networks
// (so that they reach a server by its public address) shows nothing, nor does
// one to a program on the firewall itself.
func (r *reader) shows(x *rule) {
	add := func(to *map[string]int) {
		if *to == nil {
			*to = map[string]int{}
		}
		for _, on := range x.On {
			if on.Maybe != "" || on.Set.Not {
				continue
			}
			name := on.Set.Patterns[0]
			if _, seen := (*to)[name]; !seen && name != "lo" && name != "egress" {
				(*to)[name] = x.At.Line
			}
		}
	}
	if hides := x.Nat != nil || x.binat != nil; hides && x.Out && !allInner(x.to) {
		add(&r.outer.hides)
	}
	if x.Rdr != nil && x.In && !allInner(x.from) && !toItself(x.Rdr) {
		add(&r.outer.sends)
	}
	if x.replies && x.In {
		add(&r.outer.answers)
	}
}

// allInner reports that a rule asks for addresses of one's own network alone, or
// for networks that the file does not hold.
func allInner(list []host) bool {
	return !slices.ContainsFunc(list, func(h host) bool {
		switch {
		case h.set != nil && !h.set.Not:
			return slices.ContainsFunc(h.set.Ranges, func(x netipx.IPRange) bool { return !inner(x.From()) || !inner(x.To()) })
		case h.set == nil:
			return len(h.maybe) == 0
		}
		return true
	})
}

func toItself(t *pfrules.Target) bool {
	return t.Why == "" && len(t.Addrs) > 0 && !slices.ContainsFunc(t.Addrs, func(x netipx.IPRange) bool { return !x.From().IsLoopback() })
}

var shared = netip.MustParsePrefix("100.64.0.0/10")

func inner(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || shared.Contains(a)
}

// facing tells, where neither routes nor the group egress do, which interfaces
// face the internet: those that hide sources, else the one alone that sends on
// what comes in by it, and besides those that answers are routed back by.
func (r *reader) facing() map[string]string {
	out := map[string]string{}
	put := func(lines map[string]int, why string) {
		for name, line := range lines {
			out[name] = fmt.Sprintf(why, line)
		}
	}
	put(r.outer.answers, "line %d routes answers back by it")
	switch {
	case len(r.outer.hides) > 0:
		put(r.outer.hides, "line %d hides sources as packets leave by it")
	case len(r.outer.sends) == 1:
		put(r.outer.sends, "line %d sends on what comes in by it")
	}
	return out
}

// tellFacing adds what facing tells to interfaces none of which is told to face
// the internet.
func (r *reader) tellFacing(list []ir.Iface) []ir.Iface {
	if slices.ContainsFunc(list, func(f ir.Iface) bool { return f.Outer == ir.Yes }) {
		return list
	}
	if slices.Contains(r.groups, "egress") {
		return append(list, ir.Iface{Name: "egress", Outer: ir.Yes, Why: "the group egress is where the default route leaves"})
	}
	found := r.facing()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		at := slices.IndexFunc(list, func(f ir.Iface) bool { return f.Name == name })
		if at < 0 {
			list = append(list, ir.Iface{Name: name})
			at = len(list) - 1
		}
		list[at].Outer, list[at].Why = ir.Yes, found[name]
	}
	return list
}
