package engine

import (
	"encoding/binary"
	"fmt"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

const defaultBudget = 20_000_000

// Ask returns parts that together make up the packets of the query.
func (e *Engine) Ask(q Query) ([]Part, error) {
	var all []Part
	err := e.Each(q, func(p Part) bool {
		all = append(all, p)
		return true
	})
	return all, err
}

// Each calls f for every part until it returns false.
func (e *Engine) Each(q Query, f func(Part) bool) error {
	if q.State == 0 {
		q.State = ir.New
	}
	if q.Dir == 0 && q.List == "" {
		return fmt.Errorf("a query needs a direction or a list")
	}
	if q.List != "" {
		if _, ok := e.prog.Find(q.List); !ok {
			return fmt.Errorf("no list named %q", q.List)
		}
	}
	pl := e.plan(&q)
	wideSet, narrowSet := pl.entry.src, pl.entry.dst
	if q.WideDst {
		wideSet, narrowSet = narrowSet, wideSet
	}
	segs := cutSpans(e.family(wideSet), pl.wide)
	left := q.Budget
	if left == 0 {
		left = defaultBudget
	}
	points := e.points(pl, &q)
	long := map[*span]picked{}
	for _, other := range cutSpans(e.family(narrowSet), pl.narrow) {
		for _, pt := range points {
			pt.Other = span{other.lo, other.hi}.rng()
			r := &run{e: e, pl: pl, q: &q, pt: pt, other: other, segs: segs, left: left, long: long}
			r.permit, r.deny, r.plain, r.loose = newSet(len(segs)), newSet(len(segs)), newSet(len(segs)), newSet(len(segs))
			r.answer()
			if r.err != nil {
				return r.err
			}
			if left = r.left - 1; left < 0 {
				return ErrTooLarge
			}
			for _, p := range r.parts() {
				if !f(p) {
					return nil
				}
			}
		}
	}
	return nil
}

func (r *run) answer() {
	f := r.start()
	if r.q.List == "" {
		r.through(f)
		return
	}
	i, _ := r.e.prog.Find(r.q.List)
	r.accept = newSet(r.size())
	rest := r.walk(f, i, f.may)
	r.finish(f, &r.e.chains[i], rest)
	r.permit.or(r.accept)
	r.plain.or(r.accept)
}

// family restricts a free set to the addresses of the program.
func (e *Engine) family(s spans) spans {
	if s != nil {
		return s
	}
	switch e.prog.Family {
	case ir.V4:
		return spans{mapped}
	case ir.V6:
		return spans{mapped}.complement()
	}
	return everything
}

func (x span) rng() netipx.IPRange { return netipx.IPRangeFrom(x.lo.addr(), x.hi.addr()) }

// points lists one point for every combination of values that some rule can
// tell apart.
func (e *Engine) points(pl *plan, q *Query) []Point {
	ins, outs := q.InIfs, q.OutIfs
	if len(ins) == 0 {
		ins = ifaceAtoms(pl.ins)
	}
	if len(outs) == 0 {
		outs = ifaceAtoms(pl.outs)
	}
	sports, dports := cutPorts(q.SPorts, pl.sport), cutPorts(q.DPorts, pl.dport)
	var out []Point
	for _, proto := range e.protos(pl, q) {
		ps := []Point{{Proto: proto}}
		switch {
		case ir.HasPorts(proto):
			ps = ps[:0]
			for _, s := range sports {
				for _, d := range dports {
					ps = append(ps, Point{Proto: proto, SPort: s, DPort: d})
				}
			}
		case proto == ir.ICMP || proto == ir.ICMPv6:
			ps = ps[:0]
			for _, t := range icmpTypes(q, proto) {
				ps = append(ps, Point{Proto: proto, ICMPType: t})
			}
		}
		for _, p := range ps {
			for _, in := range ins {
				for _, o := range outs {
					p.In, p.Out = in, o
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// icmpTypes are the types asked about: free stands for those that open.
func icmpTypes(q *Query, proto uint8) []uint8 {
	if len(q.ICMPTypes) > 0 {
		return q.ICMPTypes
	}
	if proto == ir.ICMPv6 {
		return []uint8{128, 139}
	}
	return []uint8{8, 13, 15, 17}
}

// protos lists the protocols that rules tell apart and one that none names.
func (e *Engine) protos(pl *plan, q *Query) []uint8 {
	if len(q.Protos) > 0 {
		return q.Protos
	}
	named := map[uint8]bool{ir.TCP: true, ir.UDP: true, ir.DCCP: true, ir.SCTP: true, ir.UDPLite: true}
	switch e.prog.Family {
	case ir.V4:
		named[ir.ICMP] = true
	case ir.V6:
		named[ir.ICMPv6] = true
	default:
		named[ir.ICMP], named[ir.ICMPv6] = true, true
	}
	for p := range pl.protos {
		named[p] = true
	}
	for p := 253; p > 0; p-- {
		if !named[uint8(p)] {
			named[uint8(p)] = true
			break
		}
	}
	var out []uint8
	for p := range named {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// parts groups the segments that met the same rules with the same end.
func (r *run) parts() []Part {
	hits := perSegment(len(r.segs), len(r.events), func(i int, f func(int)) {
		for _, s := range r.events[i].segs {
			f(int(s))
		}
	})
	sents := perSegment(len(r.segs), len(r.sents), func(i int, f func(int)) { r.sents[i].segs.each(f) })
	index := map[string]int{}
	var sets []spans
	var parts []Part
	var key []byte
	for s := range r.segs {
		p, d, plain := r.permit.has(s), r.deny.has(s), r.plain.has(s)
		loose := r.loose.has(s)
		key = append(key[:0], byte(outcome(p, d)), flag(plain), flag(loose))
		for _, h := range hits.of(s) {
			key = binary.BigEndian.AppendUint32(key, uint32(h))
		}
		key = append(key, '/')
		for _, t := range sents.of(s) {
			key = binary.BigEndian.AppendUint32(key, uint32(t))
		}
		i, ok := index[string(key)]
		if !ok {
			i = len(parts)
			index[string(key)] = i
			part := Part{Point: r.pt, Plain: plain, Untracked: loose, Outcome: outcome(p, d)}
			for _, h := range hits.of(s) {
				part.Hits = append(part.Hits, r.events[h].hit)
			}
			for _, t := range sents.of(s) {
				part.Sent = append(part.Sent, r.sents[t].sent)
			}
			parts = append(parts, part)
			sets = append(sets, nil)
		}
		sets[i] = sets[i].with(r.segs[s])
	}
	for i := range parts {
		var b netipx.IPSetBuilder
		sets[i].each(b.AddRange)
		parts[i].Set, _ = b.IPSet() // ranges of ours are valid
	}
	return parts
}

// listing holds, for each segment, the numbers of those that name it, in order:
// one list for all, and where each segment's begins in it.
type listing struct{ list, from []int32 }

func (l listing) of(seg int) []int32 { return l.list[l.from[seg]:l.from[seg+1]] }

func perSegment(segs, n int, each func(int, func(int))) listing {
	at := make([]int32, segs+1)
	for i := range n {
		each(i, func(s int) { at[s+1]++ })
	}
	for s := range segs {
		at[s+1] += at[s]
	}
	l := listing{make([]int32, at[segs]), slices.Clone(at)}
	for i := range n {
		each(i, func(s int) {
			l.list[at[s]] = int32(i)
			at[s]++
		})
	}
	return l
}

// with adds a span that lies after all others.
func (s spans) with(x span) spans {
	if n := len(s); n > 0 && s[n-1].hi != lastNum && s[n-1].hi.next() == x.lo {
		s[n-1].hi = x.hi
		return s
	}
	return append(s, x)
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func outcome(permit, deny bool) Outcome {
	switch {
	case permit && !deny:
		return Permit
	case deny && !permit:
		return Deny
	}
	return Unknown
}
