package engine

import (
	"sort"

	"mxodus/steps/check/firewall/ir"
)

// walk passes the packets in may through a chain. It takes may over and
// returns those that may come back to the caller.
func (r *run) walk(f *frame, index int, may set) set {
	l := r.pl.live[r.phase][index]
	if l == nil {
		return may
	}
	back := may.like()
	c := &r.e.chains[index]
	for i := range l.rules {
		if may.empty() || r.err != nil {
			break
		}
		lr := &l.rules[i]
		sure, perhaps, reasons := r.meet(f, lr, may)
		if !sure.none() || !perhaps.none() {
			r.apply(f, step{c, lr.rule, may, back, sure, perhaps, reasons})
		}
	}
	back.or(may)
	return back
}

// step is one rule about to act: sure and perhaps are disjoint subsets of may,
// the packets that meet it; back gathers those that return to the caller.
type step struct {
	chain         *chain
	rule          *rule
	may, back     set
	sure, perhaps set
	reasons       []string
}

func (r *run) hit(s *step, effect Effect) {
	h := Hit{Rule: s.rule.Rule, Chain: s.chain.Chain, Gate: r.gate, Effect: effect}
	if !s.sure.none() {
		r.events = append(r.events, event{h, s.sure.list()})
	}
	if !s.perhaps.none() {
		h.Maybe, h.Reasons = true, s.reasons
		r.events = append(r.events, event{h, s.perhaps.list()})
	}
}

func (r *run) apply(f *frame, s step) {
	all := union(s.sure, s.perhaps)
	if s.rule.Action == ir.NoTrack {
		f.untrack(all, s.perhaps, r.size())
		return
	}
	f.tainted.or(s.perhaps)
	if s.rule.Action != ir.Undecided {
		s.may.andNot(s.sure)
	}
	switch s.rule.Action {
	case ir.Accept:
		r.hit(&s, Accepted)
		r.accept.or(all)
	case ir.Deny:
		r.hit(&s, Denied)
		r.deny.or(all)
	case ir.Return, ir.Jump, ir.Goto:
		r.call(f, &s, all)
	case ir.Translate:
		r.hit(&s, Translated)
		if r.gate == nil || !r.gate.NAT {
			r.accept.or(all)
			return
		}
		r.send = append(r.send, transfer{s.rule, Hit{
			Rule: s.rule.Rule, Chain: s.chain.Chain, Gate: r.gate, Effect: Translated,
			Maybe: !s.perhaps.none(), Reasons: s.reasons,
		}, all})
	case ir.Undecided:
		f.tainted.or(all)
		r.events = append(r.events, event{Hit{
			Rule: s.rule.Rule, Chain: s.chain.Chain, Gate: r.gate, Effect: Left, Maybe: true,
			Reasons: append([]string{s.rule.Why}, s.reasons...),
		}, all.list()})
		r.accept.or(all)
		r.deny.or(all)
		if r.gate != nil && r.gate.Diverts {
			r.permit.or(all) // on its way past whatever follows, perhaps
		}
	}
}

// call enters or leaves a chain.
func (r *run) call(f *frame, s *step, all set) {
	if !s.perhaps.none() {
		p := *s
		p.sure = set{}
		r.hit(&p, Called)
	}
	switch s.rule.Action {
	case ir.Jump:
		s.may.or(r.walk(f, s.rule.Target, all))
	case ir.Goto:
		s.back.or(r.walk(f, s.rule.Target, all))
	default:
		s.back.or(all)
	}
}

func (f *frame) untrack(all, perhaps set, size int) {
	if f.untracked.none() {
		f.untracked, f.unsure = newSet(size), newSet(size)
	}
	sure := all.clone()
	sure.andNot(perhaps)
	sure.andNot(f.tainted)
	f.untracked.or(sure)
	f.unsure.or(all)
	f.unsure.andNot(f.untracked)
}

// meet splits the packets in may by whether they meet a rule.
func (r *run) meet(f *frame, lr *liveRule, may set) (sure, perhaps set, reasons []string) {
	for _, b := range lr.boxes {
		if r.left--; r.left < 0 {
			r.err = ErrTooLarge
			return set{}, set{}, nil
		}
		t := r.narrow(f, b)
		if t == no {
			continue
		}
		segs := r.wide(f, b, may, &t)
		r.left -= len(segs.words) / 8 // a step over many segments weighs more
		if segs.none() {
			continue
		}
		if len(b.raw.State) > 0 && !f.untracked.none() {
			r.byTracking(f, b, segs, t, &sure, &perhaps)
		} else if t = t.and(r.state(f, b, false)); t != no {
			put(&sure, &perhaps, segs, t)
		}
		reasons = append(reasons, b.raw.Maybe...)
		if t == maybe && len(b.raw.Maybe) == 0 {
			reasons = append(reasons, "the exact address, port or state after translation")
		}
	}
	if !sure.none() {
		perhaps.andNot(sure)
	}
	if perhaps.empty() {
		perhaps = set{}
	}
	if sure.empty() {
		sure = set{}
	}
	return sure, perhaps, reasons
}

func put(sure, perhaps *set, segs set, t tri) {
	to := perhaps
	if t == yes {
		to = sure
	}
	if to.none() {
		*to = segs
	} else {
		*to = union(*to, segs)
	}
}

// byTracking applies a state condition where packets differ in whether they
// are tracked.
func (r *run) byTracking(f *frame, b *box, segs set, t tri, sure, perhaps *set) {
	tracked, untracked := r.state(f, b, false), r.state(f, b, true)
	part := func(keep func(set), st tri) {
		if st = st.and(t); st != no {
			s := segs.clone()
			keep(s)
			put(sure, perhaps, s, st)
		}
	}
	part(func(s set) { s.andNot(f.untracked); s.andNot(f.unsure) }, tracked)
	part(func(s set) { s.and(f.untracked) }, untracked)
	either := maybe
	if tracked == untracked {
		either = tracked
	}
	part(func(s set) { s.and(f.unsure) }, either)
}

// wide returns the packets of may whose wide address meets the box, nil for
// none. A box that asks for the destination after the wide dimension was
// translated is decided by narrow instead.
func (r *run) wide(f *frame, b *box, may set, t *tri) set {
	cond := b.src
	if r.q.WideDst {
		cond = nil
		if !f.dstKnown && !f.dstOwn {
			cond = b.dst
		}
		if b.odst != nil && r.q.State == ir.New {
			segs := r.segments(may, b.odst, t)
			if segs.none() || cond == nil {
				return segs
			}
			may = segs
		}
	}
	if cond == nil {
		return may.clone()
	}
	return r.segments(may, cond, t)
}

// segments picks the segments within a set of addresses. Every segment lies
// in or out of it wholly, unless borders were left out to save work; such a
// segment makes the answer perhaps.
func (r *run) segments(may set, cond spans, t *tri) set {
	var p picked
	if len(cond) < longSet {
		p = r.pick(cond)
	} else if known, ok := r.long[&cond[0]]; ok {
		p = known
		r.left -= len(p.segs.words) / 64
	} else {
		p = r.pick(cond)
		r.long[&cond[0]] = p
	}
	if p.segs.none() {
		return set{}
	}
	if p.coarse {
		*t = min(*t, maybe)
	}
	out := p.segs
	if len(cond) >= longSet {
		out = out.clone()
	}
	out.and(may)
	if out.empty() {
		return set{}
	}
	return out
}

// longSet is from how many ranges on the segments of a set are kept: rules
// share such sets.
const longSet = 64

// picked is the segments within a set of addresses. Coarse says that some of
// them lie in it in part only.
type picked struct {
	segs   set
	coarse bool
}

func (r *run) pick(cond spans) picked {
	var p picked
	lo0, hi0 := len(r.segs), 0
	type piece struct{ lo, hi int }
	var pieces []piece
	first := sort.Search(len(cond), func(i int) bool { return !cond[i].hi.less(r.segs[0].lo) })
	for _, x := range cond[first:] {
		lo := sort.Search(len(r.segs), func(i int) bool { return !r.segs[i].hi.less(x.lo) })
		if lo == len(r.segs) {
			break
		}
		hi := sort.Search(len(r.segs), func(i int) bool { return x.hi.less(r.segs[i].lo) })
		if hi <= lo {
			continue
		}
		p.coarse = p.coarse || r.segs[lo].lo.less(x.lo) || x.hi.less(r.segs[hi-1].hi)
		pieces = append(pieces, piece{lo, hi})
		r.left -= len(pieces) & 1
		lo0, hi0 = min(lo0, lo), max(hi0, hi)
	}
	if pieces == nil {
		return p
	}
	p.segs = window(lo0, hi0)
	for _, x := range pieces {
		p.segs.fill(x.lo, x.hi)
	}
	return p
}
