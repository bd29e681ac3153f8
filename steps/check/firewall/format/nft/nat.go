package nft

import (
	"fmt"

	"mxodus/steps/check/firewall/ir"
)

// maxTargets bounds the translations that one rule may stand for.
const maxTargets = 50_000

// nat emits what a translating statement does. One for the other family does
// nothing, and the next rule is asked (net/netfilter/nft_nat.c,
// nft_nat_inet_eval).
func (w *work) nat(s *stmt) {
	if s.family == "ip" && w.l.family != ir.V4 || s.family == "ip6" && w.l.family != ir.V6 {
		w.stopped = true
		return
	}
	switch s.text {
	case "snat", "masquerade":
		if s.addr != nil && s.addr.kind == kMap {
			w.maybe("which sources a map translates")
		}
		w.emit(ir.Rule{Action: ir.Accept, SNAT: true})
		w.stopped = true
		return
	}
	w.stopped = true
	addrs, why := w.variants(s.addr)
	ports, why2 := w.variants(s.port)
	if why == "" {
		why = why2
	}
	if why != "" || len(addrs)*len(ports) > maxTargets {
		w.emit(ir.Rule{Action: ir.Undecided, Why: fmt.Sprintf("the new destination in line %d (%s)", w.r.at.Line, why)})
		return
	}
	for _, a := range addrs {
		for _, p := range ports {
			w.translate(s, a, p)
		}
	}
}

// variant is one value that a translation may take, and for which packets.
type variant struct {
	boxes []ir.Box
	v     *value
}

// variants are the values of a part of the new destination: one as written,
// or those of a map.
func (w *work) variants(v *value) ([]variant, string) {
	if v == nil || v.kind != kMap {
		return []variant{{ir.Always(), v}}, ""
	}
	on := v.more.on
	list, open := w.l.elemsOf(on.in)
	if open != "" {
		return nil, open
	}
	var out []variant
	var rest *variant
	for _, e := range list {
		switch {
		case e.data == nil:
			return nil, "a map that could not be read"
		case e.any:
			rest = &variant{w.l.dependsOn(on.keys), e.data}
		default:
			out = append(out, variant{w.keyBoxes(on.keys, []elem{e}), e.data})
		}
	}
	if rest != nil { // after the others, which end the chain
		out = append(out, *rest)
	}
	return out, ""
}

func (w *work) translate(s *stmt, a, p variant) {
	to := ir.Translation{Local: s.text == "redirect"}
	addr, port := a.v, p.v
	if addr != nil && addr.kind == kConcat && len(addr.parts()) == 2 {
		parts := addr.parts()
		addr, port = &parts[0], &parts[1]
	}
	ok := true
	if addr != nil {
		if to.Addr, ok = addresses(*addr, w.l.family); !ok {
			other := ir.V4
			if w.l.family == ir.V4 {
				other = ir.V6
			}
			if _, is := addresses(*addr, other); is {
				return // for the other family
			}
		}
	}
	if ok && port != nil {
		to.Port, ok = ports(*port)
		ok = ok && to.Port.Lo > 0
	}
	part := *w
	part.out = nil
	part.narrow(a.boxes)
	part.narrow(p.boxes)
	if ok {
		part.emit(ir.Rule{Action: ir.Translate, To: to})
	} else {
		w.l.problem(w.r.at.Line, "line %d: the new destination could not be read; where the packets go cannot be decided.", w.r.at.Line)
		part.emit(ir.Rule{Action: ir.Undecided, Why: fmt.Sprintf("the new destination in line %d, which could not be read", w.r.at.Line)})
	}
	w.out = append(w.out, part.out...)
}
