package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// whole words a fix after which nothing else keeps these connections out: with
// the translation that a first packet lacks, and what lets the packets after
// it pass, so that the lines of a report put in place are enough.
func (c *checker) whole(k legCase, x fixCase) Fix {
	h := x.hole
	fix := c.fix.gap(x)
	if c.fix.set.Format != source.IPTables || h.outcome != engine.Deny || h.hit == nil || h.step != "opens" && h.step != "strays" {
		return fix
	}
	lines := []string{fix.Copy}
	if h.missed != nil {
		fix, lines = c.translate(x)
	}
	if later := c.laterLines(k, x); len(later) > 0 && fix.Copy != "" {
		fix.Text += " The packets that follow are refused as well, so let them pass too."
		lines = append(lines, later...)
	}
	if fix.Copy != "" {
		fix.Copy = strings.Join(lines, "\n")
	}
	return fix
}

// translate words a translation for packets that the rules send elsewhere, and
// the rule that lets them through once they are translated, where it lacks.
func (c *checker) translate(x fixCase) (Fix, []string) {
	chain := c.entryChain(x.hole.missed)
	to := x.server.String()
	if x.server.Port() == x.leg.port {
		to = x.server.Addr().String()
		if x.server.Addr().Is6() {
			to = "[" + to + "]"
		}
	}
	fix := Fix{Text: fmt.Sprintf("The translation in line %d does not take %s: add one that does at the head of chain %s, then save the rules.",
		x.hole.missed.At.Line, x.rng.CIDR, chain.Name)}
	fix.Copy = fmt.Sprintf("%s -I %s -s %s -d %s -p %s -m %s --dport %d -j DNAT --to-destination %s", commandFor(x.rng.CIDR.Addr(), chain.Group), chain.Name,
		x.rng.CIDR, netip.PrefixFrom(x.leg.local, x.leg.local.BitLen()), x.need.Proto, x.need.Proto, x.leg.port, to)
	lines := []string{fix.Copy}
	q := x.hole.query
	q.Dir, q.Own, q.OutIfs = ir.Forward, nil, nil
	q.Src = []netipx.IPRange{netipx.RangeOfPrefix(x.rng.CIDR)}
	q.Dst = []netipx.IPRange{netipx.IPRangeFrom(x.server.Addr(), x.server.Addr())}
	q.DPorts = []ir.PortRange{{Lo: x.server.Port(), Hi: x.server.Port()}}
	parts, err := c.scene.e.Ask(q)
	if err != nil {
		return fix, lines
	}
	for _, p := range parts {
		if p.Outcome != engine.Deny || deciding(p) == nil {
			continue
		}
		x.hole = &hole{set: p.Set, outcome: p.Outcome, hit: deciding(p), query: q, point: p.Point, step: "opens"}
		if line := c.fix.iptables(x).Copy; !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return fix, lines
}

// entryChain is the chain of a gate that a translating rule hangs on.
func (c *checker) entryChain(r *ir.Rule) *ir.Chain {
	p := c.scene.e.Program()
	for _, g := range p.Arrive {
		found := false
		c.scene.rules([]ir.Gate{g}, func(_ *ir.Chain, x *ir.Rule) { found = found || x == r })
		if found {
			return &p.Chains[g.Chain]
		}
	}
	return &ir.Chain{Name: "PREROUTING", Group: "nat"}
}

// laterKey tells apart the connections whose later packets were asked about.
type laterKey struct {
	in    bool
	local netip.Addr
	port  uint16
	combo combo
}

// laterLines are the rules that the answers to first packets and the packets
// after them lack.
func (c *checker) laterLines(k legCase, x fixCase) []string {
	key := laterKey{k.leg.in, k.leg.local, k.leg.port, k.cov.combo}
	if lines, ok := c.later[key]; ok || c.scene.e.Program().Stateful {
		return lines
	}
	var sent *engine.Target
	if k.leg.in && x.server != netip.AddrPortFrom(k.leg.local, k.leg.port) {
		sent = &engine.Target{Addr: x.server.Addr(), Port: x.server.Port()}
	}
	cov := coverage{combo: k.cov.combo}
	var lines []string
	if err := c.rest(k.leg, x.hole.query, &cov, setOf(x.rng.CIDR), sent, false, ephemeral[0]); err == nil {
		for i := range cov.holes {
			h := &cov.holes[i]
			if h.outcome != engine.Deny || h.hit == nil {
				continue
			}
			x.hole = h
			if line := c.fix.iptables(x).Copy; !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	c.later[key] = lines
	return lines
}
