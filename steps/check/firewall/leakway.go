package firewall

import (
	"fmt"
	"slices"
	"strconv"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

// anySource is every port that a packet can come from: who wants in picks any,
// whatever ports connections come from by custom.
var anySource = []ir.PortRange{{Lo: 0, Hi: 65535}}

// leakWay is packets by which sources of a leak get in: one interface, one
// destination, source ports that fare alike.
type leakWay struct {
	set   *netipx.IPSet
	query engine.Query
	point engine.Point
}

func wayOf(q engine.Query, p engine.Part) leakWay {
	q.InIfs, q.OutIfs = []string{p.In}, []string{p.Out}
	return leakWay{p.Set, q, p.Point}
}

// witness is a packet of a leak from some of its sources. It comes from a port
// that connections come from by custom, where such get in; the interpreter must
// let it in as well, as far as samples are taken.
func (c *checker) witness(p *leakPart, set *netipx.IPSet) interp.Packet {
	src := example(set)
	best := leakWay{query: p.query, point: p.point}
	for _, w := range p.ways {
		if w.set.Contains(src) && (best.set == nil || w.point.SPort.Hi > best.point.SPort.Hi) {
			best = w
		}
	}
	pkt := packet(best.query, best.point, src)
	pkt.SPort = usual(best.point.SPort)
	if c.reads++; c.reads <= c.samples() && p.outcome == engine.Permit && best.set != nil {
		c.report.SelfCheck.Samples++
		if v := interp.Walk(c.scene.e.Program(), pkt); v.Deny {
			c.disagree(pkt, p.outcome)
		}
	}
	return pkt
}

// usual is the port of a range that looks least made up: the first that
// connections come from, else the first at all but 0.
func usual(r ir.PortRange) uint16 {
	first := ephemeral[0].Lo
	switch {
	case r.Lo <= first && first <= r.Hi:
		return first
	case r.Lo == 0 && r.Hi > 0:
		return 1
	}
	return r.Lo
}

// onlyFrom says which source ports a leak is bound to; empty where packets get
// in from ports that connections come from by custom.
func (p *leakPart) onlyFrom() string {
	var ports []ir.PortRange
	for _, w := range p.ways {
		ports = append(ports, w.point.SPort)
	}
	slices.SortFunc(ports, func(a, b ir.PortRange) int { return int(a.Lo) - int(b.Lo) })
	var joined []ir.PortRange
	for _, r := range ports {
		if n := len(joined); n > 0 && int(r.Lo) <= int(joined[n-1].Hi)+1 {
			joined[n-1].Hi = max(joined[n-1].Hi, r.Hi)
		} else {
			joined = append(joined, r)
		}
	}
	var words []string
	for _, r := range joined {
		if r.Lo <= ephemeral[0].Lo && r.Hi == 65535 {
			return ""
		}
		w := strconv.Itoa(int(r.Lo))
		if r.Hi != r.Lo {
			w += fmt.Sprintf(" to %d", r.Hi)
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		return ""
	}
	if len(words) > 4 {
		words = append(words[:4:4], "more")
	}
	return ", when they connect from source port " + series(words)
}
