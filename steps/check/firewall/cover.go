package firewall

import (
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

// ephemeral are the ports that connections come from.
var ephemeral = []ir.PortRange{{Lo: 1024, Hi: 65535}}

// combo is the pair of interfaces that a packet comes in and goes out by.
type combo struct{ in, out string }

// hole is a set of provider addresses whose connections fail at one step.
type hole struct {
	set     *netipx.IPSet
	outcome engine.Outcome
	hit     *engine.Hit
	query   engine.Query // the question it was found by
	point   engine.Point
	step    string   // opens, answers, continues, strays
	missed  *ir.Rule // translates others to the server, not these; nil when that is no matter
}

// coverage is how one kind of connection fares between the provider and one
// local address, for one pair of interfaces.
type coverage struct {
	combo combo
	holes []hole
	good  []goodPart
}

type goodPart struct {
	set *netipx.IPSet
	hit *engine.Hit
}

// leg is one kind of connection to be covered.
type leg struct {
	dir    ir.Dir // of the first packet
	in     bool   // towards the local address
	local  netip.Addr
	remote []netipx.IPRange
	proto  uint8
	port   uint16
	own    []netip.Addr
	sports []ir.PortRange   // that connections come from; nil: the ephemeral ones
	combos func(combo) bool // which pairs of interfaces to look at; nil: all
	door   *ir.Rule         // translates the local address to the server's; nil where none does
	end    netip.Addr       // where it must translate to; zero: to wherever it does
	sure   bool             // it does so for some of the remote addresses
}

// cover asks how a leg fares: its first packet, the answer and what follows.
func (c *checker) cover(l leg) ([]coverage, error) {
	q := engine.Query{Dir: l.dir, Protos: []uint8{l.proto}, SPorts: ephemeral, DPorts: []ir.PortRange{{Lo: l.port, Hi: l.port}}, Own: l.own}
	if l.sports != nil {
		q.SPorts = l.sports
	}
	local := []netipx.IPRange{netipx.IPRangeFrom(l.local, l.local)}
	if l.in {
		q.Src, q.Dst = l.remote, local
	} else {
		q.Src, q.Dst, q.WideDst = local, l.remote, true
	}
	q.InIfs, q.OutIfs = c.scene.interfaces(l)
	parts, err := c.scene.e.Ask(q)
	if err != nil {
		return nil, err
	}
	var order []combo
	byCombo := map[combo][]engine.Part{}
	for _, p := range parts {
		k := combo{p.In, p.Out}
		if l.combos != nil && !l.combos(k) {
			continue
		}
		if _, ok := byCombo[k]; !ok {
			order = append(order, k)
		}
		byCombo[k] = append(byCombo[k], p)
	}
	l.sure = slices.ContainsFunc(parts, l.moved)
	var out []coverage
	for _, k := range order {
		cov := coverage{combo: k}
		if err := c.follow(l, q, byCombo[k], &cov); err != nil {
			return nil, err
		}
		out = append(out, cov)
	}
	return out, nil
}

// follow adds the parts of the first packet and asks about later ones.
func (c *checker) follow(l leg, q engine.Query, parts []engine.Part, cov *coverage) error {
	type later struct {
		to        engine.Target
		moved     bool
		untracked bool
		sport     ir.PortRange
	}
	var order []later
	pass := map[later]*netipx.IPSetBuilder{}
	for _, p := range parts {
		q1 := q
		q1.InIfs, q1.OutIfs = []string{p.In}, []string{p.Out}
		c.sample(q1, p)
		if p.Outcome != engine.Permit || l.strays(p) {
			h := l.hole(p, q1)
			if h.outcome == engine.Deny && c.untranslated(h.hit) {
				h.missed = nil
			}
			cov.holes = append(cov.holes, h)
			continue
		}
		cov.good = append(cov.good, goodPart{p.Set, deciding(p)})
		if c.scene.e.Program().Stateful {
			continue
		}
		key := later{untracked: p.Untracked, sport: p.SPort}
		if len(p.Sent) == 1 && !p.Plain {
			key.to, key.moved = p.Sent[0].To, true
			if key.to.Port == 0 {
				continue // one of several ports: what follows takes the same way
			}
		} else if len(p.Sent) > 0 {
			continue
		}
		if pass[key] == nil {
			pass[key] = &netipx.IPSetBuilder{}
			order = append(order, key)
		}
		pass[key].AddSet(p.Set)
	}
	for _, k := range order {
		set, err := pass[k].IPSet()
		if err != nil {
			return err
		}
		var sent *engine.Target
		if k.moved {
			to := k.to
			sent = &to
		}
		if err := c.rest(l, q, cov, set, sent, k.untracked, k.sport); err != nil {
			return err
		}
	}
	return nil
}

// strays reports that packets of a part are not, or perhaps not, translated
// to the server as they must be to arrive.
func (l leg) strays(p engine.Part) bool {
	return l.door != nil && (!l.moved(p) || p.Plain && p.Outcome == engine.Permit)
}

// moved reports that packets of a part are translated to the server, whatever
// becomes of them.
func (l leg) moved(p engine.Part) bool {
	return slices.ContainsFunc(p.Hits, func(h engine.Hit) bool {
		return h.Effect == engine.Translated && (!l.end.IsValid() || h.Rule.To.HasAddr() && h.Rule.To.Addr.Contains(l.end))
	})
}

// hole is a part of the first packets that does not arrive. What passes
// untranslated reaches the firewall itself; where nothing at all is translated,
// the server may be that host.
func (l leg) hole(p engine.Part, q engine.Query) hole {
	h := hole{set: p.Set, outcome: p.Outcome, hit: deciding(p), query: q, point: p.Point, step: "opens"}
	if !l.strays(p) {
		return h
	}
	h.missed = l.door
	if p.Outcome == engine.Permit {
		h.step, h.outcome = "strays", engine.Deny
		if !l.sure || l.moved(p) {
			h.outcome = engine.Unknown
		}
	}
	return h
}

// untranslated reports that a rule refuses packets before any is translated:
// whether they would be is then no matter.
func (c *checker) untranslated(h *engine.Hit) bool {
	gates := c.scene.e.Program().Arrive
	for i := range gates {
		if gates[i].NAT {
			return false
		}
		if h != nil && h.Gate == &gates[i] {
			return true
		}
	}
	return false
}

// rest asks about the answer to a first packet and the packet after it.
func (c *checker) rest(l leg, q engine.Query, cov *coverage, set *netipx.IPSet, sent *engine.Target, untracked bool, sport ir.PortRange) error {
	state := ir.Established
	if untracked {
		state = ir.Invalid // an answer to a connection that was never noted
	}
	on := q
	on.State, on.Sent = state, sent
	on.InIfs, on.OutIfs = []string{cov.combo.in}, []string{cov.combo.out}
	on.SPorts = []ir.PortRange{sport}
	on.OrigDst, on.OrigDPort = l.local, l.port
	if !l.in {
		on.OrigDst = netip.Addr{}
	}
	back := on
	back.Reply = true
	back.Src, back.Dst, back.SPorts, back.DPorts = on.Dst, on.Src, on.DPorts, on.SPorts
	back.InIfs, back.OutIfs = on.OutIfs, on.InIfs
	back.WideDst = !on.WideDst
	back.Dir = opposite(l.dir)
	if sent != nil {
		if !sent.Addr.IsValid() && !sent.Own { // the port alone is changed
			sent.Addr, sent.Own = l.local, l.dir == ir.In
		}
		if l.in {
			back.Dir = ir.Forward
			if sent.Own {
				back.Dir = ir.Out
			}
		}
		if l.in && sent.Addr.IsValid() {
			back.Src = []netipx.IPRange{netipx.IPRangeFrom(sent.Addr, sent.Addr)}
		}
		back.SPorts = []ir.PortRange{{Lo: sent.Port, Hi: sent.Port}}
	}
	wide := set.Ranges()
	if l.in {
		on.Src, back.Dst = wide, wide
	} else {
		on.Dst, back.Src = wide, wide
	}
	for _, step := range []struct {
		name string
		q    engine.Query
	}{{"answers", back}, {"continues", on}} {
		parts, err := c.scene.e.Ask(step.q)
		if err != nil {
			return err
		}
		for _, p := range parts {
			c.sample(step.q, p)
			if p.Outcome != engine.Permit {
				cov.holes = append(cov.holes, hole{set: p.Set, outcome: p.Outcome, hit: deciding(p), query: step.q, point: p.Point, step: step.name})
			}
		}
		if err := c.flagged(step.q, step.name, cov); err != nil {
			return err
		}
	}
	return nil
}

func opposite(d ir.Dir) ir.Dir {
	switch d {
	case ir.In:
		return ir.Out
	case ir.Out:
		return ir.In
	}
	return d
}

// packet is the lowest packet of a block of a part.
func packet(q engine.Query, pt engine.Point, wide netip.Addr) interp.Packet {
	p := interp.Packet{
		Dir: q.Dir, List: q.List, In: pt.In, Out: pt.Out, Proto: pt.Proto, ICMPType: pt.ICMPType, Own: q.Own,
		SPort: pt.SPort.Lo, DPort: pt.DPort.Lo, State: q.State, Reply: q.Reply, OrigDst: q.OrigDst, OrigDPort: q.OrigDPort, Flags: q.Flags,
	}
	if q.Sent != nil {
		p.Moved, p.MovedTo, p.MovedPort, p.MovedOwn = true, q.Sent.Addr, q.Sent.Port, q.Sent.Own
	}
	if q.WideDst {
		p.Src, p.Dst = pt.Other.From(), wide
	} else {
		p.Src, p.Dst = wide, pt.Other.From()
	}
	return p
}

// sample re-runs packets at the ends of a part's largest block through the
// interpreter and notes where it disagrees.
func (c *checker) sample(q engine.Query, p engine.Part) {
	if p.Outcome == engine.Unknown || p.Set == nil {
		return
	}
	r := largest(p.Set)
	if !r.IsValid() {
		return
	}
	for _, a := range []netip.Addr{r.From(), r.To()} {
		pkt := packet(q, p.Point, a)
		if c.reads++; c.reads > c.samples() {
			return
		}
		v := interp.Walk(c.scene.e.Program(), pkt)
		c.report.SelfCheck.Samples++
		if p.Outcome == engine.Permit && v.Deny || p.Outcome == engine.Deny && v.Permit {
			c.disagree(pkt, p.Outcome)
		}
	}
}

// The self-check of one report takes at most maxSamples packets, fewer of long
// rulesets: each walks past sampleWork/samples rules.
const (
	maxSamples = 2000
	minSamples = 32
	sampleWork = 2_000_000
)

// samples is how many packets the self-check of the report takes.
func (c *checker) samples() int {
	return max(minSamples, min(maxSamples, sampleWork/(c.set.Rules+1)))
}

// largest is the largest range of a set, the lowest of equals.
func largest(s *netipx.IPSet) netipx.IPRange {
	prefixes := s.Prefixes()
	if len(prefixes) == 0 {
		return netipx.IPRange{}
	}
	return netipx.RangeOfPrefix(biggest(prefixes)[0])
}

// biggest orders prefixes by size, then address.
func biggest(in []netip.Prefix) []netip.Prefix {
	out := slices.Clone(in)
	slices.SortStableFunc(out, func(a, b netip.Prefix) int {
		if x, y := a.Addr().BitLen()-a.Bits(), b.Addr().BitLen()-b.Bits(); x != y {
			return y - x
		}
		return a.Addr().Compare(b.Addr())
	})
	return out
}
