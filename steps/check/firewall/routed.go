package firewall

import (
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// routed keeps the parts that leave by the interface behind which the file
// places their destination, where the question leaves the interface open: a
// packet cannot leave by another. Where the file does not place it, or the
// rules know the interface by another name, all are kept.
func (j *judge) routed(q engine.Query, parts []engine.Part) []engine.Part {
	if j.set.Stands != ir.Forward || q.List != "" || len(q.OutIfs) > 0 || len(q.Dst) != 1 || q.Dst[0].From() != q.Dst[0].To() {
		return parts
	}
	var kept []engine.Part
	for _, p := range parts {
		dst, ok := landsAt(p, q.Dst[0].From())
		names := j.behind(dst)
		if !ok || len(names) == 0 {
			return parts
		}
		if slices.Contains(names, p.Out) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return parts
	}
	return kept
}

// landsAt is where packets of a part to an address go once it is translated,
// if that is one place for certain.
func landsAt(p engine.Part, dst netip.Addr) (netip.Addr, bool) {
	for _, h := range p.Hits {
		if h.Effect != engine.Translated || h.Gate == nil || !h.Gate.NAT {
			continue
		}
		to := h.Rule.To
		if h.Maybe || to.Local || to.HasAddr() && to.Addr.From() != to.Addr.To() {
			return dst, false
		}
		if to.HasAddr() {
			dst = to.Addr.From()
		}
	}
	return dst, true
}

// behind lists the interface, and its zone, that an address is routed to: by
// the longest network that holds it, else by the one default route.
func (j *judge) behind(a netip.Addr) []string {
	var best *ir.Iface
	bits, ties := -1, 0
	for i := range j.set.Ifaces {
		f := &j.set.Ifaces[i]
		for _, n := range f.Nets {
			switch {
			case !n.Contains(a) || n.Bits() < bits:
			case n.Bits() > bits:
				best, bits, ties = f, n.Bits(), 0
			case best != f:
				ties++
			}
		}
	}
	if best == nil && !isPrivate(a) {
		for i := range j.set.Ifaces {
			if f := &j.set.Ifaces[i]; f.Outer == ir.Yes && best == nil {
				best = f
			} else if f.Outer == ir.Yes {
				ties++
			}
		}
	}
	switch {
	case best == nil || ties > 0:
		return nil
	case best.Zone != "":
		return []string{best.Name, best.Zone}
	}
	return []string{best.Name}
}
