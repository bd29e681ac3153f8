package firewall

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// need answers one row of the firewall matrix: each range, on its port, in its
// direction, for every address of the mail server that the file is about.
func (c *checker) need(n check.PortNeed) error {
	if isDirectory(n) && len(c.opt.Directory) == 0 {
		if !c.opt.Beside {
			c.unaddressed(n)
		}
		return nil
	}
	for _, server := range c.subjects(n) {
		ranges := c.required(server.Is4())
		if len(ranges) == 0 || !c.use(server) {
			c.otherFamily(n, server)
			continue
		}
		if done, err := c.stranded(n, server, ranges); done || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		reqs, err := c.needAt(n, server, ranges)
		if err != nil {
			return err
		}
		if slices.Contains(c.opt.Elsewhere, n.ID) && answerOf(reqs) != Proven {
			if other, ok := c.elsewhere(n, server, ranges); ok {
				reqs = other
			}
		}
		c.unreached(n, server, reqs)
		c.report.Requirements = append(c.report.Requirements, c.filtered(reqs)...)
	}
	if !slices.ContainsFunc(c.report.Requirements, func(r Requirement) bool { return r.Need == n.ID }) && len(c.required(true)) > 0 {
		c.notThisFamily(n)
	}
	if sends(n) {
		return c.senders(n)
	}
	return nil
}

// notThisFamily answers for a file without IPv4 rules, or servers without an
// IPv4 address: the provider's ranges are not its subject.
func (c *checker) notThisFamily(n check.PortNeed) {
	c.leaveOpen(n, c.subjects(n)[0].String(), c.required(true),
		"the range is IPv4, but this file or the server's address is not. Give "+rulesOf(c.set, ir.V4)+" and the server's IPv4 address.")
}

// leaveOpen answers a need, for one address, by why it cannot be told.
func (c *checker) leaveOpen(n check.PortNeed, server string, ranges []Range, why string) {
	for _, r := range ranges {
		c.report.Requirements = append(c.report.Requirements, Requirement{
			Range: r.CIDR.String(), Kind: r.Kind, Region: r.Region, Need: n.ID, Label: n.Label, Direction: dirWord(n.In),
			Proto: n.Proto, Port: n.Port, Server: server, Verdict: CannotTell, Why: why,
		})
	}
}

func dirWord(in bool) string {
	if in {
		return "in"
	}
	return "out"
}

func answerOf(reqs []Requirement) Answer {
	a := Proven
	for _, r := range reqs {
		a = worse(a, r.Verdict)
	}
	return a
}

// knows reports whether a rule names or translates an address.
func (c *checker) knows(a netip.Addr, port uint16) bool {
	p := c.scene.e.Program()
	for _, gates := range [][]ir.Gate{p.Arrive, p.Local, p.Through} {
		if c.scene.evidence(gates, a, port, false).server != nil {
			return true
		}
	}
	if c.scene.evidence(p.Leave, a, port, true).server != nil || c.scene.evidence(p.Through, a, port, true).server != nil {
		return true
	}
	return len(c.entrances(a, port)) > 0
}

// entrance is a destination under which the internet reaches an address.
type entrance struct {
	dst  netip.Addr
	port uint16
	rule *ir.Rule // that translates; nil for the address itself
	any  bool     // dst stands for any address of the firewall
}

// entrances lists the translated destinations that lead to an address on the
// port that senders connect to.
func (c *checker) entrances(a netip.Addr, port uint16) []entrance {
	var out []entrance
	c.scene.rules(c.scene.e.Program().Arrive, func(_ *ir.Chain, r *ir.Rule) {
		if r.Action != ir.Translate || !r.To.HasAddr() || !r.To.Addr.Contains(a) {
			return
		}
		for i := range r.Boxes {
			b := &r.Boxes[i]
			if b.DPort != nil && !portIn(b.DPort, port) {
				continue
			}
			if e, ok := c.door(b, a); ok && !slices.ContainsFunc(out, func(x entrance) bool { return x.dst == e.dst }) {
				e.port, e.rule = port, r
				out = append(out, e)
			}
		}
	})
	return out
}

func portIn(p *ir.Ports, port uint16) bool {
	in := slices.ContainsFunc(p.Ranges, func(r ir.PortRange) bool { return r.Lo <= port && port <= r.Hi })
	return in != p.Not
}

// door picks the address to connect to for a translating box: a public address
// of the server's if it fits, else the lowest that the rule names, else one
// that stands for any address of the firewall.
func (c *checker) door(b *ir.Box, a netip.Addr) (entrance, bool) {
	set := b.Dst
	if set == nil {
		set = b.OrigDst
	}
	for _, s := range c.opt.Servers {
		if s != a && s.Is4() == a.Is4() && !isPrivate(s) && (set == nil || inSet(set, s)) {
			return entrance{dst: s}, true
		}
	}
	if set != nil && !set.Not {
		if len(set.Ranges) == 0 {
			return entrance{}, false
		}
		return entrance{dst: set.Ranges[0].From()}, true
	}
	for _, stand := range []string{"198.51.100.25", "203.0.113.25", "192.0.2.25", "2001:db8::25"} {
		s := netip.MustParseAddr(stand)
		if s.Is4() == a.Is4() && (set == nil || inSet(set, s)) {
			return entrance{dst: s, any: true}, true
		}
	}
	return entrance{}, false
}

func inSet(a *ir.Addrs, x netip.Addr) bool {
	in := slices.ContainsFunc(a.Ranges, func(r netipx.IPRange) bool { return r.Contains(x) })
	return in != a.Not
}

// way is one way to an address: where its packets go first, and the rule that
// translates the address to the server's, if any does.
type way struct {
	dir   ir.Dir
	local netip.Addr
	door  *ir.Rule
	any   bool // local stands for any address of the firewall
}

// ways lists how the internet and a server reach each other: by the address
// itself, or by those that are translated to it. Either says that the file
// leaves open which of the two ways of the address itself is taken.
func (c *checker) ways(n check.PortNeed, server netip.Addr) (ways []way, either bool) {
	doors := c.entrances(server, n.Port)
	if n.In {
		for _, d := range doors {
			ways = append(ways, way{ir.In, d.dst, d.rule, d.any})
		}
	}
	if to, ok := c.scene.translated(server, n.Port); ok && !n.In {
		ways = append(ways, way{ir.Forward, to.Addr(), nil, false}) // as its packets look before the source is hidden
	} else if len(doors) == 0 || n.In && !isPrivate(server) {
		var direct []way
		for _, d := range c.scene.paths(server, n.Port) {
			direct = append(direct, way{d, server, nil, false})
		}
		if len(doors) == 0 && len(direct) > 1 {
			return direct, true
		}
		ways = append(ways, direct...)
	} else if !n.In {
		ways = append(ways, way{ir.Forward, server, nil, false})
	}
	return ways, false
}

// needAt answers a need for one address: by the address itself, or by the best
// of the public addresses that are translated to it.
func (c *checker) needAt(n check.PortNeed, server netip.Addr, ranges []Range) ([]Requirement, error) {
	ways, either := c.ways(n, server)
	if either {
		return c.everyPath(n, server, ranges)
	}
	if n.In && !isPrivate(server) { // asked as it was given, where that does
		slices.SortStableFunc(ways, func(a, b way) int {
			if given := a.local == server; given == (b.local == server) {
				return 0
			} else if given {
				return -1
			}
			return 1
		})
	}
	var best []Requirement
	var by way
	for _, w := range ways {
		reqs, err := c.along(n, server, w.local, w.door, []ir.Dir{w.dir}, ranges)
		if err != nil {
			return nil, err
		}
		if best == nil || better(reqs, best) {
			best, by = reqs, w
		}
	}
	switch {
	case !n.In || by.door == nil || by.local == server:
	case by.any:
		c.scene.assume("%s is reached from the internet at any address of the firewall, by the translation in line %d.", server, by.door.At.Line)
	default:
		c.scene.assume("%s is reached from the internet as %s, by the translation in line %d.", server, by.local, by.door.At.Line)
	}
	return best, nil
}

// everyPath answers where the file does not tell whether the server lies
// behind the firewall: only what holds either way is proven.
func (c *checker) everyPath(n check.PortNeed, server netip.Addr, ranges []Range) ([]Requirement, error) {
	return c.along(n, server, server, nil, []ir.Dir{ir.In, ir.Forward}, ranges)
}

// better reports that one set of requirements fares better than another.
func better(a, b []Requirement) bool {
	score := func(reqs []Requirement) (n int) {
		for _, r := range reqs {
			switch {
			case r.Verdict == Proven:
				n += 4
			case r.Half:
				n += 2
			case r.Verdict == CannotTell:
				n++
			}
		}
		return n
	}
	return score(a) > score(b)
}

// along answers a need on given paths, to an address that door translates to
// the server's, if any does.
func (c *checker) along(n check.PortNeed, server, local netip.Addr, door *ir.Rule, dirs []ir.Dir, ranges []Range) ([]Requirement, error) {
	var remote []netipx.IPRange
	for _, r := range ranges {
		remote = append(remote, netipx.RangeOfPrefix(r.CIDR))
	}
	cases, err := c.cases(n, server, local, door, dirs, remote)
	if err != nil {
		return nil, err
	}
	var out []Requirement
	for _, r := range ranges {
		out = append(out, c.requirement(n, server, r, cases))
	}
	return out, nil
}

// cases covers each possibility that the file leaves for connections between
// remote addresses and the server.
func (c *checker) cases(n check.PortNeed, server, local netip.Addr, door *ir.Rule, dirs []ir.Dir, remote []netipx.IPRange) ([]legCase, error) {
	l := leg{in: n.In, local: local, proto: protoNumber(n), port: n.Port, remote: remote}
	var cases []legCase
	for _, d := range dirs {
		l.dir = d
		if !n.In && d == ir.In {
			l.dir = ir.Out
		}
		l.own = nil
		if d == ir.In {
			l.own = []netip.Addr{local}
		}
		l.door, l.end = nil, netip.Addr{}
		if n.In && d == ir.In {
			l.door, l.end = c.doorOf(door, server, local, n.Port)
		}
		covs, err := c.cover(l)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.Label, err)
		}
		for _, cov := range covs {
			cases = append(cases, legCase{l, cov})
		}
	}
	return cases, nil
}

// doorOf is the translation that packets to an address must take, and where to:
// to the server that is asked about, or from its public address to any.
func (c *checker) doorOf(door *ir.Rule, server, local netip.Addr, port uint16) (*ir.Rule, netip.Addr) {
	if door != nil && server != local {
		return door, server
	}
	if to, by := c.scene.translation(local, port); by != nil && to.Addr() != local {
		return by, netip.Addr{}
	}
	return nil, netip.Addr{}
}

// judge answers for one range in one case. Holes that one rule makes at one
// step are one gap.
func (c *checker) judge(q *Requirement, r Range, k legCase) {
	rangeSet := setOf(r.CIDR)
	type group struct {
		hole *hole
		set  netipx.IPSetBuilder
	}
	var groups []*group
	var rest netipx.IPSetBuilder
	rest.AddSet(rangeSet)
	for i := range k.cov.holes {
		h := &k.cov.holes[i]
		part := meet(h.set, rangeSet)
		if part == nil {
			continue
		}
		rest.RemoveSet(part)
		g := slices.IndexFunc(groups, func(g *group) bool { return sameGap(g.hole, h) })
		if g < 0 {
			g = len(groups)
			groups = append(groups, &group{hole: h})
		}
		groups[g].set.AddSet(part)
	}
	q.Verdict = Proven
	for _, g := range groups {
		set, err := g.set.IPSet()
		if err != nil {
			continue // parts of checked sets are valid
		}
		gap := c.gap(q, r, k, g.hole, set)
		q.Verdict = worse(q.Verdict, gap.Verdict)
		q.Gaps = append(q.Gaps, gap)
	}
	slices.SortStableFunc(q.Gaps, func(a, b Gap) int { return order(a.Verdict) - order(b.Verdict) })
	if left, err := rest.IPSet(); err == nil {
		if q.Half = len(groups) > 0 && len(left.Ranges()) > 0; q.Half {
			q.Addresses, q.Open = size(rangeSet).String(), size(left).String()
		}
	}
	for _, g := range k.cov.good {
		if meet(g.set, rangeSet) == nil {
			continue
		}
		if d := decision(g.hit); !slices.ContainsFunc(q.By, func(x Decision) bool { return x.Line == d.Line && x.Text == d.Text }) {
			q.By = append(q.By, d)
		}
	}
	if len(q.Gaps) > 0 {
		q.Why = q.Gaps[0].By.Why
	}
}

func sameGap(a, b *hole) bool {
	if a.outcome != b.outcome || a.step != b.step || a.missed != b.missed {
		return false
	}
	if a.hit == nil || b.hit == nil {
		return a.hit == b.hit
	}
	return a.hit.Rule == b.hit.Rule
}

func order(a Answer) int {
	if a == Disproven {
		return 0
	}
	return 1
}

func decision(h *engine.Hit) Decision {
	if h == nil {
		return Decision{Text: "(no chain of the file stands in the way)"}
	}
	return Decision{Line: h.Rule.At.Line, Text: source.Redact(h.Rule.At.Text), Chain: chainName(h)}
}
