package panos

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// egress is what packets leave by an interface or to a zone: those to sure for
// certain, those to may perhaps, no others.
type egress struct {
	sure, may *netipx.IPSet
}

func egressOf(sure, may *netipx.IPSetBuilder) (*egress, bool) {
	s, err1 := sure.IPSet()
	m, err2 := may.IPSet()
	return &egress{s, m}, err1 == nil && err2 == nil
}

// split is what of a box leaves so for certain, and what may.
func (e *egress) split(x ir.Box, perhaps func(ir.Box) ir.Box) []ir.Box {
	var out []ir.Box
	sure, may := x, x
	if sure.Dst = meet(x.Dst, e.sure); len(sure.Dst.Ranges) > 0 {
		out = append(out, sure)
	}
	if may.Dst = meet(x.Dst, e.may); len(may.Dst.Ranges) > 0 {
		out = append(out, perhaps(may))
	}
	return out
}

// maxEgress bounds the interfaces that NAT rules are told apart by.
const maxEgress = 64

// leaving narrows boxes to packets that a NAT rule's to-interface would have
// leave by it: the route to the destination before translation decides.
func (b *rulebase) leaving(boxes []ir.Box, r *ruleRef) []ir.Box {
	name := r.Text("to-interface")
	if name == "" || name == "any" {
		return boxes
	}
	why := fmt.Sprintf("whether the packets would leave by %s before translation (to-interface), which the file does not tell", source.Redact(clip(name)))
	perhaps := func(x ir.Box) ir.Box {
		x.Maybe = append(slices.Clone(x.Maybe), why)
		return x
	}
	e := b.c.egress(name)
	if b.forwards() {
		e = nil
	}
	var out []ir.Box
	for _, x := range boxes {
		if e == nil {
			out = append(out, perhaps(x))
			continue
		}
		out = append(out, e.split(x, perhaps)...)
	}
	return out
}

// forwards reports policy based forwarding, which sends packets by other
// interfaces than their routes do.
func (b *rulebase) forwards() bool {
	return slices.ContainsFunc(b.sys.pbf, func(r *ruleRef) bool {
		return !disabled(r.Node) && !r.At("action").Has("no-pbf") && !r.At("action").Has("discard")
	})
}

// egress is what leaves by an interface; nil where the file does not tell. The
// longest network that holds an address decides, and where several interfaces
// have it, either may.
func (c *config) egress(name string) *egress {
	n := &c.net
	if e, ok := n.egress[name]; ok || len(n.egress) >= maxEgress {
		return e
	}
	if n.egress == nil {
		n.egress = map[string]*egress{}
	}
	n.egress[name] = nil
	at := n.byName[name]
	if at == nil || len(at.nets) == 0 || n.routers > 1 {
		return nil
	}
	var sure, may netipx.IPSetBuilder
	for _, d := range defaults {
		may.AddPrefix(d)
	}
	held := map[netip.Prefix]int{}
	const here, there = 1, 2
	for _, i := range n.ifaces {
		for _, p := range i.nets {
			if i == at {
				held[p] |= here
			} else {
				held[p] |= there
			}
		}
	}
	for _, p := range n.elsewhere {
		held[p] |= here | there
	}
	list := make([]netip.Prefix, 0, len(held))
	for p := range held {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b netip.Prefix) int { return a.Bits() - b.Bits() })
	for _, p := range list {
		sure.RemovePrefix(p)
		may.RemovePrefix(p)
		switch held[p] {
		case here:
			sure.AddPrefix(p)
		case here | there:
			may.AddPrefix(p)
		}
	}
	e, ok := egressOf(&sure, &may)
	if !ok {
		return nil
	}
	n.egress[name] = e
	return e
}
