package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// legCase is one possibility that the file leaves: a path and interfaces.
type legCase struct {
	leg leg
	cov coverage
}

func (k legCase) words(path bool) string {
	var w []string
	if path && k.leg.dir == ir.Forward {
		w = append(w, "passing through")
	} else if path {
		w = append(w, "to or from the host")
	}
	if n := k.cov.combo.in; n != "" && k.leg.dir != ir.Out {
		w = append(w, "in by "+shownIface(n))
	}
	if n := k.cov.combo.out; n != "" && n != engine.OtherIface {
		w = append(w, "out by "+shownIface(n))
	}
	return strings.Join(w, " ")
}

// requirement answers for one range over all cases: what holds in all of them,
// or in those that the file shows to be the real ones.
func (c *checker) requirement(n check.PortNeed, server netip.Addr, r Range, cases []legCase) Requirement {
	q := Requirement{
		Range: r.CIDR.String(), Kind: r.Kind, Region: r.Region, Need: n.ID, Label: n.Label, Direction: dirWord(n.In),
		Proto: n.Proto, Port: n.Port, Server: server.String(),
	}
	same, all := verdicts(r, cases)
	if !same || len(all) > 0 && all[0] != Proven {
		if real := c.realWays(cases, server, n.In); len(real) > 0 && len(real) < len(cases) {
			cases = real
			same, all = verdicts(r, cases)
		}
	}
	if len(all) == 0 {
		q.Verdict, q.Why = CannotTell, "no way of the packets through this file was found"
		return q
	}
	if same {
		c.judge(&q, r, cases[0])
		return q
	}
	worst := -1
	twoPaths := slices.ContainsFunc(cases, func(k legCase) bool { return k.leg.dir != cases[0].leg.dir })
	var open, shut []string
	for i, v := range all {
		if v == Proven {
			open = append(open, cases[i].words(twoPaths))
			continue
		}
		shut = append(shut, cases[i].words(twoPaths))
		if worst < 0 {
			worst = i
		}
	}
	c.judge(&q, r, cases[max(worst, 0)])
	q.Verdict = CannotTell
	for i := range q.Gaps {
		q.Gaps[i].Verdict = CannotTell
	}
	ask := outsideUnknown
	if c.opt.Interface != "" {
		ask = fmt.Sprintf("behind which interface %s is, by rules that name it or its address", server)
	}
	if twoPaths {
		ask = fmt.Sprintf("whether %s lies behind this firewall or is its host", server)
	}
	q.Why = fmt.Sprintf("the file does not tell which way the packets take. Open: %s. Not open: %s. Say %s", list(open), list(shut), ask)
	for i := range q.Gaps {
		if twoPaths {
			q.Gaps[i].By.Why = "cannot be told from this file: on the way shown " + q.Gaps[i].By.Why
			q.Gaps[i].Fix = Fix{Text: fmt.Sprintf("Say %s (--path fwd or --path in), and check again.", ask)}
		}
	}
	return q
}

// verdicts answers for one range in each case, and reports that all answers
// are the same. Why, and what to do, is found out for the case that is told of
// alone: there may be hundreds.
func verdicts(r Range, cases []legCase) (same bool, all []Answer) {
	set := setOf(r.CIDR)
	same = true
	for _, k := range cases {
		v := Proven
		for i := range k.cov.holes {
			if h := &k.cov.holes[i]; h.set.Overlaps(set) {
				v = worse(v, h.verdict())
			}
		}
		same = same && (len(all) == 0 || v == all[0])
		all = append(all, v)
	}
	return same, all
}

func list(s []string) string {
	s = slices.Compact(s)
	if len(s) > 4 {
		s = append(s[:4:4], "...")
	}
	return strings.Join(s, "; ")
}

// realWays does so for each way by itself: that a way through the firewall has
// interfaces that the file shows says nothing against the way to it.
func (c *checker) realWays(cases []legCase, server netip.Addr, in bool) []legCase {
	var out []legCase
	for _, d := range []ir.Dir{ir.In, ir.Out, ir.Forward} {
		var of []legCase
		for _, k := range cases {
			if k.leg.dir == d {
				of = append(of, k)
			}
		}
		if len(of) == 0 {
			continue
		}
		if real := c.real(of, server, in); len(real) > 0 {
			of = real
		}
		out = append(out, of...)
	}
	return out
}

// real keeps the cases whose interfaces the file shows to be the right ones.
func (c *checker) real(cases []legCase, server netip.Addr, in bool) []legCase {
	pairs := make([]combo, len(cases))
	for i, k := range cases {
		pairs[i] = k.cov.combo
	}
	asked := netip.Addr{}
	if in {
		asked = cases[0].leg.local
	}
	keep := c.scene.sides(server, asked, cases[0].leg.port).filter(pairs, in)
	var out []legCase
	for _, k := range cases {
		if keep(k.cov.combo) {
			out = append(out, k)
		}
	}
	return out
}
