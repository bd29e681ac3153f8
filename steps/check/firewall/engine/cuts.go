package engine

import (
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// OtherIface stands for an interface that no rule names.
// No interface name holds its character, so only a complement or + fits it.
const OtherIface = "\u2026"

// hull is what a query, or a query after translation, allows for at most.
type hull struct {
	src, dst     spans // nil: any
	sport, dport []ir.PortRange
	met          map[border]bool // whether long sets meet src or, wide, dst
}

// live is the rules of one chain that some packet of the query can meet.
type live struct {
	rules []liveRule
}

type liveRule struct {
	*rule
	boxes []*box
}

// plan is a query made ready: which rules matter and where to cut.
type plan struct {
	q      *Query
	entry  hull             // before translation
	far    hull             // also after
	live   [2]map[int]*live // by chain: before and after translation
	wide   []num            // borders in the wide dimension
	narrow []num
	sport  []uint32
	dport  []uint32
	protos map[uint8]bool
	types  map[uint8]bool
	ins    map[string]bool
	outs   map[string]bool
	drawn  map[border]bool
}

// border is a set whose borders are in a list: rules share long sets.
type border struct {
	set  *span
	wide bool
}

// arriving lists the gates before it is decided where a packet goes.
func (e *Engine) arriving(q *Query) []ir.Gate {
	if q.Dir == ir.Out {
		return e.prog.Leave
	}
	return e.prog.Arrive
}

// split lists the gates that packets meet as they came, up to the last one
// that translates, and those that they may meet translated: all after the
// first one.
func split(g []ir.Gate) (before, after []ir.Gate) {
	first, last := -1, len(g)
	for i := range g {
		if g[i].NAT {
			if last = i + 1; first < 0 {
				first = last
			}
		}
	}
	if first < 0 {
		return g, nil
	}
	return g[:last], g[first:]
}

func (e *Engine) plan(q *Query) *plan {
	pl := &plan{
		q: q, live: [2]map[int]*live{{}, {}}, protos: map[uint8]bool{}, types: map[uint8]bool{},
		ins: map[string]bool{}, outs: map[string]bool{}, drawn: map[border]bool{},
	}
	pl.entry = hull{src: queried(q.Src), dst: queried(q.Dst), sport: q.SPorts, dport: q.DPorts, met: map[border]bool{}}
	pl.far = pl.entry
	pl.far.met = map[border]bool{}
	if q.List != "" {
		if i, ok := e.prog.Find(q.List); ok {
			e.reach(pl, 0, i, true)
		}
		pl.finish()
		return pl
	}
	before, after := split(e.arriving(q))
	for _, g := range before {
		e.reach(pl, 0, g.Chain, true)
	}
	moved := pl.widen()
	if q.Dir == ir.In || moved && q.Dir == ir.Forward {
		after = slices.Concat(after, e.prog.Local)
	}
	if q.Dir == ir.Forward || moved && q.Dir == ir.In {
		after = slices.Concat(after, e.prog.Through)
	}
	for _, g := range after {
		e.reach(pl, 1, g.Chain, !q.EntryOnly)
	}
	pl.finish()
	return pl
}

func queried(ranges []netipx.IPRange) spans {
	if len(ranges) == 0 {
		return nil
	}
	return toSpans(ranges)
}

// widen lets destinations after translation be what live rules translate to,
// and reports whether there are any.
func (pl *plan) widen() (moved bool) {
	add := func(t ir.Translation) {
		switch {
		case t.Local:
			pl.far.dst = nil
		case t.HasAddr() && pl.far.dst != nil:
			pl.far.dst = append(slices.Clone(pl.far.dst), span{toNum(t.Addr.From()), toNum(t.Addr.To())}).merge()
		}
		if t.HasPort() && pl.far.dport != nil {
			pl.far.dport = append(slices.Clone(pl.far.dport), t.Port)
		}
	}
	for _, l := range pl.live[0] {
		for _, r := range l.rules {
			if r.Action == ir.Translate {
				moved = true
				add(r.To)
			}
		}
	}
	if pl.q.Sent != nil {
		pl.far.dst, pl.far.dport = nil, nil
		moved = true
	}
	return moved
}

// reach visits a chain and all it calls, in phase 0 (before translation) or 1.
func (e *Engine) reach(pl *plan, phase, index int, cutDst bool) {
	if _, seen := pl.live[phase][index]; seen {
		return
	}
	h := &pl.entry
	if phase == 1 {
		h = &pl.far
	}
	l := &live{}
	pl.live[phase][index] = l
	c := &e.chains[index]
	for i := range c.rules {
		r := &c.rules[i]
		if r.Action == ir.Continue {
			continue
		}
		var boxes []*box
		for k := range r.boxes {
			if b := &r.boxes[k]; h.allows(b) {
				boxes = append(boxes, b)
				pl.cut(b, cutDst)
			}
		}
		if len(boxes) == 0 {
			continue
		}
		l.rules = append(l.rules, liveRule{r, boxes})
		if r.Action == ir.Translate && r.To.HasAddr() {
			pl.cutTarget(spans{{toNum(r.To.Addr.From()), toNum(r.To.Addr.To())}})
		}
		if r.Action == ir.Jump || r.Action == ir.Goto {
			e.reach(pl, phase, r.Target, cutDst)
		}
	}
}

func (h *hull) allows(b *box) bool {
	if b.src != nil && !h.meets(b.src, h.src, false) || b.dst != nil && !h.meets(b.dst, h.dst, true) {
		return false
	}
	return portsMeet(b.sport, h.sport) && portsMeet(b.dport, h.dport)
}

// meets reports whether a set of a box meets what is asked about, nil being all.
func (h *hull) meets(set, asked spans, wide bool) bool {
	switch {
	case len(set) == 0 || asked == nil:
		return len(set) > 0
	case len(set) < manyRanges:
		return set.intersects(asked)
	}
	k := border{&set[0], wide}
	met, known := h.met[k]
	if !known {
		met = set.intersects(asked)
		h.met[k] = met
	}
	return met
}

func portsMeet(set, hull []ir.PortRange) bool {
	if set == nil || len(hull) == 0 {
		return true
	}
	for _, r := range hull {
		if portsCover(set, r) != no {
			return true
		}
	}
	return false
}

// cut notes the borders that a box draws.
func (pl *plan) cut(b *box, dst bool) {
	pl.draw(b.src, pl.entry.src, !pl.q.WideDst) // nothing translates it
	if dst {
		pl.draw(b.dst, nil, pl.q.WideDst)
	}
	pl.draw(b.odst, nil, pl.q.WideDst)
	pl.sport = portBorders(pl.sport, b.sport)
	if dst {
		pl.dport = portBorders(pl.dport, b.dport)
	}
	pl.dport = portBorders(pl.dport, b.oport)
	if b.raw.Proto != nil {
		for _, p := range b.raw.Proto.List {
			pl.protos[p] = true
		}
	}
	if b.raw.ICMP != nil {
		for _, t := range b.raw.ICMP.List {
			pl.types[t.Type] = true
		}
	}
	if b.raw.In != nil {
		for _, n := range b.raw.In.Patterns {
			pl.ins[n] = true
		}
	}
	if b.raw.Out != nil {
		for _, n := range b.raw.Out.Patterns {
			pl.outs[n] = true
		}
	}
}

// draw notes the borders of a set, once; of a long one those alone that lie in what
// is asked about, where that is little; nil is all.
func (pl *plan) draw(s, asked spans, wide bool) {
	if len(s) >= manyRanges {
		k := border{&s[0], wide}
		if pl.drawn[k] {
			return
		}
		pl.drawn[k] = true
	}
	to := &pl.narrow
	if wide {
		to = &pl.wide
	}
	if asked == nil || len(s) < manyRanges*len(asked) {
		*to = borders(*to, s)
		return
	}
	for _, x := range asked {
		*to = borders(*to, s.overlapping(x))
	}
}

// cutTarget tells apart packets that go already where a rule translates to.
func (pl *plan) cutTarget(s spans) {
	if pl.q.WideDst {
		pl.wide = borders(pl.wide, s)
	} else {
		pl.narrow = borders(pl.narrow, s)
	}
}

func borders(to []num, s spans) []num {
	for _, x := range s {
		to = append(to, x.lo)
		if x.hi != lastNum {
			to = append(to, x.hi.next())
		}
	}
	return to
}

func portBorders(to []uint32, set []ir.PortRange) []uint32 {
	for _, r := range set {
		to = append(to, uint32(r.Lo), uint32(r.Hi)+1)
	}
	return to
}

func (pl *plan) finish() {
	slices.SortFunc(pl.wide, num.cmp)
	pl.wide = slices.Compact(pl.wide)
	slices.SortFunc(pl.narrow, num.cmp)
	pl.narrow = slices.Compact(pl.narrow)
	slices.Sort(pl.sport)
	pl.sport = slices.Compact(pl.sport)
	slices.Sort(pl.dport)
	pl.dport = slices.Compact(pl.dport)
}

// cutSpans cuts a set (nil: everything) at the borders.
func cutSpans(set spans, at []num) []span {
	if set == nil {
		set = everything
	}
	var out []span
	for _, x := range set {
		i, _ := slices.BinarySearchFunc(at, x.lo, num.cmp)
		lo := x.lo
		for ; i < len(at) && !x.hi.less(at[i]); i++ {
			if lo.less(at[i]) {
				out = append(out, span{lo, at[i].prev()})
				lo = at[i]
			}
		}
		out = append(out, span{lo, x.hi})
	}
	return out
}

func cutPorts(set []ir.PortRange, at []uint32) []ir.PortRange {
	if len(set) == 0 {
		set = []ir.PortRange{{Lo: 0, Hi: 65535}}
	}
	var out []ir.PortRange
	for _, r := range set {
		lo := uint32(r.Lo)
		for _, b := range at {
			if lo < b && b <= uint32(r.Hi) {
				out = append(out, ir.PortRange{Lo: uint16(lo), Hi: uint16(b - 1)})
				lo = b
			}
		}
		out = append(out, ir.PortRange{Lo: uint16(lo), Hi: r.Hi})
	}
	return out
}

// ifaceAtoms lists one name for every class of interfaces that the patterns
// tell apart. lo is left out: what comes from or goes to another host never
// passes it.
func ifaceAtoms(patterns map[string]bool) []string {
	names := []string{OtherIface}
	for p := range patterns {
		switch {
		case p == "lo" || p == "+" || p == "":
		case strings.HasSuffix(p, "+"):
			names = append(names, strings.TrimSuffix(p, "+")+OtherIface)
		default:
			names = append(names, p)
		}
	}
	slices.Sort(names)
	return names
}
