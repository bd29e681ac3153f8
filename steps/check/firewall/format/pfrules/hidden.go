package pfrules

import (
	"net/netip"
	"reflect"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// PassedBy is the name of the chain of translations that pass by the filter
// ("rdr pass"): no rule refuses what it lets through.
const PassedBy = "rdr pass"

// Hidden are the translations of sources that packets of a connection may leave
// by, before the filter sees them: of each interface those up to the first that
// takes them all. A destination that is not valid is any.
func Hidden(nat []Rule, src, dst netip.Prefix, proto uint8, port uint16) []*Rule {
	var out []*Rule
	var done [][]On
	for i := range nat {
		r := &nat[i]
		if slices.ContainsFunc(done, func(on []On) bool { return reflect.DeepEqual(on, r.On) }) {
			continue
		}
		all, some := takes(r.Boxes, src, dst, proto, port)
		if some && (r.Nat != nil || r.Act == Open) {
			out = append(out, r)
		}
		if all {
			done = append(done, r.On)
		}
	}
	return out
}

// takes says whether boxes are met by all packets of a connection, or by some.
func takes(boxes []ir.Box, src, dst netip.Prefix, proto uint8, port uint16) (all, some bool) {
	for i := range boxes {
		b := &boxes[i]
		if b.Proto != nil && slices.Contains(b.Proto.List, proto) == b.Proto.Not {
			continue
		}
		whole := len(b.Maybe) == 0 && b.SPort == nil && b.SrcLocal == ir.Either && b.DstLocal == ir.Either
		if b.DPort != nil {
			if _, none := portRelation(b.DPort, ir.PortRange{Lo: port, Hi: port}); none {
				continue
			}
		}
		met := true
		for _, x := range []struct {
			set *ir.Addrs
			of  netip.Prefix
		}{{b.Src, src}, {b.Dst, dst}} {
			switch {
			case x.set == nil, !x.of.IsValid() && (x.set == AnyV4 || x.set == AnyV6):
			case !x.of.IsValid():
				whole = false
			default:
				in, none := relation(x.set, []netipx.IPRange{netipx.RangeOfPrefix(x.of)})
				met, whole = met && !none, whole && in
			}
		}
		some = some || met
		all = all || met && whole
	}
	return all, some
}
