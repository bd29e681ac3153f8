package firewall

import (
	"fmt"
	"net/netip"

	"go4.org/netipx"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// verdict is what a hole makes of the addresses in it.
func (h *hole) verdict() Answer {
	if h.outcome == engine.Unknown {
		return CannotTell
	}
	return Disproven
}

// maxCIDRs is how many blocks of one answer are listed.
const maxCIDRs = 256

// gap describes the part of a range that fails: packet, line, why, change.
func (c *checker) gap(q *Requirement, r Range, k legCase, h *hole, set *netipx.IPSet) Gap {
	g := Gap{Verdict: h.verdict(), By: decision(h.hit)}
	g.Around = c.around(g.By.Line)
	g.CIDRs, g.More = blocks(set)
	first := largest(set).From()
	pkt := packet(h.query, h.point, first)
	g.Witness = c.scene.shown(pkt, h.step)
	if h.outcome == engine.Unknown {
		g.By.Why = "cannot be told from this file: " + c.why(h)
	} else {
		g.By.Why = c.why(h)
	}
	g.Fix = c.whole(k, fixCase{need: need(q), server: c.final(k, q), leg: k.leg, hole: h, set: set, rng: r, scene: c.scene})
	var to netip.AddrPort
	if k.leg.in && h.step == "opens" {
		to = c.final(k, q)
	}
	g.Confirm = c.fix.confirm(h.hit, g.Witness, to, c.report.File)
	return g
}

func need(q *Requirement) check.PortNeed {
	return check.PortNeed{ID: q.Need, Label: q.Label, In: q.Direction == "in", Proto: q.Proto, Port: q.Port}
}

// final is the address and port that rules behind the translation see.
func (c *checker) final(k legCase, q *Requirement) netip.AddrPort {
	server := netip.MustParseAddr(q.Server)
	if !k.leg.in {
		return netip.AddrPortFrom(k.leg.local, q.Port)
	}
	if k.leg.end.IsValid() {
		return netip.AddrPortFrom(k.leg.end, k.leg.door.To.PortFor(ir.PortRange{Lo: q.Port, Hi: q.Port}).Lo)
	}
	if to, ok := c.scene.translated(k.leg.local, k.leg.port); ok {
		return to
	}
	return netip.AddrPortFrom(server, q.Port)
}

func (c *checker) why(h *hole) string {
	var step string
	switch h.step {
	case "answers":
		step = "the connection is let through, but the answer to it is not: "
	case "continues":
		step = "the first packet is let through, but the packets after it are not: "
	case "strays":
		where := "it is let in, but to the firewall itself: the translation in line %d does not take it"
		if h.outcome == engine.Unknown {
			where = "it depends on whether the translation in line %d takes it, or the mail server is the firewall itself"
		}
		return fmt.Sprintf(where, h.missed.At.Line)
	}
	if h.missed != nil {
		step = fmt.Sprintf("the translation in line %d does not take it, and ", h.missed.At.Line)
	}
	switch {
	case h.hit == nil:
		return step + "no rule lets it through"
	case h.outcome == engine.Unknown && h.step == "answers":
		return "the connection is let through; whether the answer to it is, " + dependsOn(h.hit)
	case h.outcome == engine.Unknown && h.step == "continues":
		return "the first packet is let through; whether the packets after it are, " + dependsOn(h.hit)
	case h.outcome == engine.Unknown:
		return step + "it " + dependsOn(h.hit)
	case h.hit.Policy:
		return step + fmt.Sprintf("no rule of %s lets it through, so %s decides", c.chainWord(h.hit), c.endWord())
	}
	return step + fmt.Sprintf("the first rule of %s that fits refuses it", c.chainWord(h.hit))
}

// chainWord names the rules that decide, for people.
func (c *checker) chainWord(h *engine.Hit) string {
	if c.set.Format == source.Table {
		return "the table, for packets going " + h.Chain.Name + ","
	}
	return chainName(h)
}

func (c *checker) endWord() string {
	if c.set.Format == source.Table {
		return "the end of the table"
	}
	return "the end of the chain"
}

// blocks lists a set as prefixes, largest first.
func blocks(set *netipx.IPSet) (out []string, more int) {
	list := biggest(set.Prefixes())
	for i, p := range list {
		if i == maxCIDRs {
			return out, len(list) - i
		}
		out = append(out, p.String())
	}
	return out, 0
}

// shown is a packet for people and for firewall eval. Where rules name
// interfaces, one that none of them names is called "other".
func (s *scene) shown(p interp.Packet, step string) Packet {
	if s.unnamed == nil {
		ins, _ := s.interfaces(leg{dir: ir.Forward})
		name := ""
		if len(ins) > 1 {
			name = "other"
		}
		s.unnamed = &name
	}
	name := func(n string) string {
		if n == engine.OtherIface {
			return *s.unnamed
		}
		return shownIface(n)
	}
	w := Packet{
		Dir: p.Dir.String(), InIf: name(p.In), OutIf: name(p.Out), Src: p.Src.String(), Dst: p.Dst.String(),
		Proto: source.ProtocolName(p.Proto), SPort: p.SPort, DPort: p.DPort, Step: step,
	}
	if p.Dir == ir.Out {
		w.InIf = ""
	}
	return w
}

// elsewhere tries the hosts that rules name for a need whose local end need
// not be the mail server, and reports those that every range can use.
func (c *checker) elsewhere(n check.PortNeed, server netip.Addr, ranges []Range) ([]Requirement, bool) {
	p := c.scene.e.Program()
	tried := map[netip.Addr]bool{server: true}
	var hosts []netip.Addr
	for _, gates := range [][]ir.Gate{p.Arrive, p.Local, p.Through, p.Leave} {
		c.scene.rules(gates, func(_ *ir.Chain, r *ir.Rule) {
			for i := range r.Boxes {
				b := &r.Boxes[i]
				set := b.Dst
				if !n.In {
					set = b.Src
				}
				if set == nil || set.Not || len(set.Ranges) == 0 || b.DPort != nil && !portIn(b.DPort, n.Port) || len(hosts) >= maxElsewhere {
					continue
				}
				a := set.Ranges[0].From()
				if a.Is4() == server.Is4() && c.scene.names(set, a) && !tried[a] && !inRanges(c.opt.Ranges, a) {
					tried[a] = true
					hosts = append(hosts, a)
				}
			}
		})
	}
	for _, h := range hosts {
		reqs, err := c.needAt(n, h, ranges)
		if err == nil && len(reqs) > 0 && answerOf(reqs) == Proven {
			c.scene.assume("%s is answered for %s, which the rules let through for it; make sure that this is the host meant.", n.Label, h)
			return reqs, true
		}
	}
	return nil, false
}

const maxElsewhere = 16

func inRanges(ranges []Range, a netip.Addr) bool {
	for _, r := range ranges {
		if r.CIDR.Contains(a) {
			return true
		}
	}
	return false
}
