package engine

import "mxodus/steps/check/firewall/ir"

// frame is a set of packets on their way: what they have in common beyond the
// point, and which segments of the wide dimension may be among them.
//
// Only "may be here" is carried. A rule that is met for certain takes packets
// out; one met perhaps leaves them in. A segment whose packets can only end
// accepted is permitted for certain, and likewise denied; both ends possible
// is unknown. That is sound however the undecided conditions turn out.
type frame struct {
	may        set
	dst        span // when dstKnown
	dstKnown   bool // false: the wide dimension, or (own) not known at all
	dstOwn     bool // an own address, not known which
	dstApart   bool // not known, but not what it is about to be translated to
	dstLocal   bool
	dport      ir.PortRange
	translated tri
	sent       *Sent
	untracked  set
	unsure     set // untracked perhaps
	tainted    set // met some rule perhaps, so not certain to be here
}

// event is one decision over segments.
type event struct {
	hit  Hit
	segs []int32
}

// run answers a plan at one point of all dimensions but the wide one.
type run struct {
	e      *Engine
	pl     *plan
	q      *Query
	pt     Point
	other  span
	segs   []span
	phase  int
	gate   *ir.Gate
	accept set // of the present gate and frame
	send   []transfer
	events []event
	permit set
	deny   set
	plain  set
	loose  set // untracked, perhaps
	sents  []sentSet
	left   int              // budget
	long   map[*span]picked // by the first of a long set
	err    error
}

type transfer struct {
	rule *rule
	hit  Hit
	segs set
}

type sentSet struct {
	sent Sent
	segs set
}

func (r *run) size() int { return len(r.segs) }

func (r *run) start() *frame {
	f := &frame{may: newSet(r.size()), tainted: newSet(r.size()), dport: r.pt.DPort}
	f.may.fill(0, r.size())
	if !r.q.WideDst {
		f.dst, f.dstKnown = r.other, true
	}
	f.dstLocal = r.q.Dir == ir.In
	if r.q.Sent != nil && r.q.Reply {
		f.translated = yes
	}
	return f
}

// through sends a frame through the gates of its direction.
func (r *run) through(f *frame) {
	p := r.e.prog
	switch r.q.Dir {
	case ir.Out:
		r.gates(f, p.Leave, nil)
	case ir.In, ir.Forward:
		r.gates(f, p.Arrive, func(f *frame) []ir.Gate {
			local := r.q.Dir == ir.In
			if f.sent != nil && (f.sent.To.Own || f.sent.To.Addr.IsValid() || f.sent.Addr.IsValid()) {
				local = f.sent.To.Own
			}
			if local {
				return p.Local
			}
			return p.Through
		})
	}
}

// gates passes a frame through gates; then decides which gates follow.
func (r *run) gates(f *frame, gates []ir.Gate, then func(*frame) []ir.Gate) {
	for i := range gates {
		if f.may.empty() || r.err != nil {
			return
		}
		g := &gates[i]
		if g.NAT {
			r.nat(f, g, gates[i+1:], then)
			return
		}
		r.gate = g
		r.pass(f)
	}
	if then != nil {
		r.phase = 1
		r.gates(f, then(f), nil)
		return
	}
	r.permit.or(f.may)
	if !f.untracked.none() {
		u := union(f.untracked, f.unsure)
		u.and(f.may)
		r.loose.or(u)
	}
	if f.sent != nil {
		r.sents = append(r.sents, sentSet{*f.sent, f.may.clone()})
	} else {
		r.plain.or(f.may)
	}
}

// pass runs one gate; what may be accepted stays in the frame.
func (r *run) pass(f *frame) {
	g := r.gate
	c := &r.e.chains[g.Chain]
	r.accept, r.send = newSet(r.size()), nil
	may := f.may
	f.may = set{}
	rest := r.walk(f, g.Chain, may)
	r.finish(f, c, rest)
	f.may = r.accept
}

// finish applies the policy of a chain to what reached its end.
func (r *run) finish(f *frame, c *chain, rest set) {
	if rest.empty() {
		return
	}
	h := Hit{Rule: &c.Policy, Chain: c.Chain, Gate: r.gate, Policy: true}
	switch c.Policy.Action {
	case ir.Deny:
		h.Effect = Denied
		r.deny.or(rest)
	case ir.Accept:
		h.Effect = Accepted
		r.accept.or(rest)
	default:
		h.Effect = Left
		h.Maybe = true
		h.Reasons = []string{c.Policy.Why}
		r.accept.or(rest)
		r.deny.or(rest)
	}
	r.events = append(r.events, event{h, rest.list()})
}

// nat runs a translating gate and continues with one frame per translation.
// Packets that an earlier one translated do not meet it.
func (r *run) nat(f *frame, g *ir.Gate, rest []ir.Gate, then func(*frame) []ir.Gate) {
	if r.q.State != ir.New {
		if r.q.Sent != nil && !r.q.Reply {
			f.move(r.q.Sent)
		}
		r.phase = 1
		r.gates(f, rest, then)
		return
	}
	if f.sent != nil {
		r.gates(f, rest, then)
		return
	}
	bypass := newSet(r.size()) // untracked packets never meet the gate
	if !f.untracked.none() {
		bypass.or(f.may)
		both := f.untracked.clone()
		both.or(f.unsure)
		bypass.and(both)
		f.may.andNot(f.untracked)
	}
	r.gate = g
	r.pass(f)
	f.may.or(bypass)
	moved := r.send
	for _, t := range moved {
		for _, old := range r.bySameness(f, &t) {
			for _, g := range r.settle(old, old.translate(t, old.may), t.rule.To) {
				r.phase = 1
				r.gates(g, rest, then)
			}
		}
	}
	r.phase = 1
	r.gates(f, rest, then)
}

func (f *frame) move(t *Target) {
	f.translated = yes
	f.dstKnown, f.dstOwn, f.dstLocal = t.Addr.IsValid(), !t.Addr.IsValid(), t.Own
	s := Sent{To: *t, Port: ir.PortRange{Lo: t.Port, Hi: t.Port}}
	if f.dstKnown {
		n := toNum(t.Addr)
		f.dst = span{n, n}
	}
	if t.Port != 0 {
		f.dport = s.Port
	}
	f.sent = &s
}

// bySameness splits the packets of a transfer, where destinations are the wide
// dimension, into those that go to the new destination already and the others.
func (r *run) bySameness(f *frame, t *transfer) []*frame {
	all := *f
	all.may = t.segs
	to := t.rule.To
	if !r.q.WideDst || f.dstKnown || f.dstOwn || to.Local || !to.HasAddr() {
		return []*frame{&all}
	}
	x := span{toNum(to.Addr.From()), toNum(to.Addr.To())}
	exact := yes
	same := r.segments(t.segs, spans{x}, &exact)
	if same.none() {
		all.dstApart = true
		return []*frame{&all}
	}
	in, out := all, all
	in.may, in.dst, in.dstKnown = same, x, true
	out.may, out.dstApart = t.segs.clone(), exact == yes
	out.may.andNot(same)
	return []*frame{&in, &out}
}

// translate is the frame of packets that one rule sends elsewhere.
func (f *frame) translate(t transfer, segs set) *frame {
	g := *f
	g.may = segs
	g.tainted = f.tainted.clone()
	g.untracked, g.unsure = set{}, set{}
	to := t.rule.To
	s := Sent{Hit: t.hit}
	same := yes
	if to.HasPort() {
		port := to.PortFor(f.dport)
		if port != f.dport {
			same = maybe
			if port.Hi < f.dport.Lo || f.dport.Hi < port.Lo {
				same = no
			}
		} else if port.Lo != port.Hi {
			same = maybe
		}
		g.dport = port
	}
	switch {
	case to.Local:
		g.dstKnown, g.dstOwn, g.dstLocal = false, true, true
		s.To.Own = true
		same = min(same, maybe)
	case to.HasAddr():
		x := span{toNum(to.Addr.From()), toNum(to.Addr.To())}
		switch {
		case f.dstApart, f.dstKnown && (x.hi.less(f.dst.lo) || f.dst.hi.less(x.lo)):
			same = no
		case !f.dstKnown || x != f.dst || x.lo != x.hi:
			same = min(same, maybe)
		}
		g.dst, g.dstKnown, g.dstOwn = x, true, false
		s.Addr = to.Addr
		if x.lo == x.hi {
			s.To.Addr = to.Addr.From()
		}
	}
	s.Port = g.dport
	if s.Port.Lo == s.Port.Hi {
		s.To.Port = s.Port.Lo
	}
	g.translated = same.not()
	g.sent = &s
	return &g
}

// settle marks translated destinations that are the firewall's own. An address
// that is not known to be is taken for another host: that is what destinations
// are translated for. One that is somewhere in a range may be either.
func (r *run) settle(old, f *frame, to ir.Translation) []*frame {
	f.dstApart = false
	if to.Local || !to.HasAddr() {
		return []*frame{f}
	}
	x := span{toNum(to.Addr.From()), toNum(to.Addr.To())}
	own := no
	note := func(y span) {
		switch {
		case x.hi.less(y.lo) || y.hi.less(x.lo):
		case x.lo == x.hi && y.lo == y.hi:
			own = yes
		default:
			own = max(own, maybe)
		}
	}
	if to.Addr.From().IsLoopback() {
		own = yes
	}
	for _, a := range r.q.Own {
		note(span{toNum(a), toNum(a)})
	}
	if old.dstKnown && old.dstLocal {
		note(old.dst) // sent to where it was going anyway
	}
	set := func(g *frame, is bool) {
		s := *g.sent
		s.To.Own = is
		g.dstLocal, g.sent = is, &s
	}
	if own != maybe {
		set(f, own == yes)
		return []*frame{f}
	}
	g := *f
	g.may = f.may.clone()
	g.tainted = f.tainted.clone()
	set(f, true)
	set(&g, false)
	return []*frame{f, &g}
}
