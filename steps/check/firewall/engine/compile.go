package engine

import (
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// box is an ir.Box with its sets sorted, complements resolved.
type box struct {
	src, dst, odst      spans // nil: any
	sport, dport, oport []ir.PortRange
	protos              *[4]uint64
	raw                 *ir.Box
}

type rule struct {
	*ir.Rule
	boxes []box
}

type chain struct {
	*ir.Chain
	index int
	rules []rule
}

// Engine answers questions about one program. It may be used by several
// goroutines at once.
type Engine struct {
	prog   *ir.Program
	chains []chain
}

// New prepares a program.
func New(p *ir.Program) *Engine {
	e := &Engine{prog: p, chains: make([]chain, len(p.Chains))}
	known := sets{addrs: map[*ir.Addrs]spans{}, ports: map[*ir.Ports][]ir.PortRange{}}
	for i := range p.Chains {
		c := &p.Chains[i]
		rules := make([]rule, len(c.Rules))
		for j := range c.Rules {
			rules[j] = rule{Rule: &c.Rules[j], boxes: known.boxes(c.Rules[j].Boxes)}
		}
		e.chains[i] = chain{Chain: c, index: i, rules: rules}
	}
	return e
}

// Program returns what the engine was made from.
func (e *Engine) Program() *ir.Program { return e.prog }

// sets are the sets of addresses and ports made ready so far: formats let rules
// share those of named groups and services, which may be long.
type sets struct {
	addrs map[*ir.Addrs]spans
	ports map[*ir.Ports][]ir.PortRange
}

func (known sets) boxes(in []ir.Box) []box {
	out := make([]box, len(in))
	for i := range in {
		b := &in[i]
		out[i] = box{
			src: known.addresses(b.Src), dst: known.addresses(b.Dst), odst: known.addresses(b.OrigDst),
			sport: known.portSet(b.SPort), dport: known.portSet(b.DPort), oport: known.portSet(b.OrigDPort),
			raw: b,
		}
		if b.Proto != nil {
			out[i].protos = new([4]uint64)
			for _, p := range b.Proto.List {
				out[i].protos[p>>6] |= 1 << (p & 63)
			}
			if b.Proto.Not {
				for k := range out[i].protos {
					out[i].protos[k] = ^out[i].protos[k]
				}
			}
		}
	}
	return out
}

// manyRanges is from how many ranges on a set is worth remembering.
const manyRanges = 4

func (known sets) addresses(a *ir.Addrs) spans {
	return once(known.addrs, a, a != nil && len(a.Ranges) >= manyRanges, addrSet)
}

func (known sets) portSet(p *ir.Ports) []ir.PortRange {
	return once(known.ports, p, p != nil && len(p.Ranges) >= manyRanges, portSet)
}

// once makes a set ready, one of many ranges but once.
func once[S, T any](known map[*S]T, set *S, many bool, ready func(*S) T) T {
	if !many {
		return ready(set)
	}
	t, ok := known[set]
	if !ok {
		t = ready(set)
		known[set] = t
	}
	return t
}

func addrSet(a *ir.Addrs) spans {
	if a == nil {
		return nil
	}
	s := toSpans(a.Ranges)
	if a.Not {
		s = s.complement()
	}
	if s == nil {
		s = spans{} // not nil: nil means any
	}
	return s
}

func portSet(p *ir.Ports) []ir.PortRange {
	if p == nil {
		return nil
	}
	in := slices.Clone(p.Ranges)
	slices.SortFunc(in, func(a, b ir.PortRange) int { return int(a.Lo) - int(b.Lo) })
	out := []ir.PortRange{}
	for _, r := range in {
		if n := len(out); n > 0 && int(r.Lo) <= int(out[n-1].Hi)+1 {
			out[n-1].Hi = max(out[n-1].Hi, r.Hi)
		} else if r.Lo <= r.Hi {
			out = append(out, r)
		}
	}
	if !p.Not {
		return out
	}
	rest, at := []ir.PortRange{}, 0
	for _, r := range out {
		if at < int(r.Lo) {
			rest = append(rest, ir.PortRange{Lo: uint16(at), Hi: r.Lo - 1})
		}
		at = int(r.Hi) + 1
	}
	if at <= 65535 {
		rest = append(rest, ir.PortRange{Lo: uint16(at), Hi: 65535})
	}
	return rest
}

// portsCover answers whether an unknown port in r lies in set.
func portsCover(set []ir.PortRange, r ir.PortRange) tri {
	hit := false
	for _, s := range set {
		if s.Lo <= r.Lo && r.Hi <= s.Hi {
			return yes
		}
		hit = hit || s.Lo <= r.Hi && r.Lo <= s.Hi
	}
	if hit {
		return maybe
	}
	return no
}

// ifaceMatches reports whether one of the patterns fits a name.
func ifaceMatches(i *ir.Ifaces, name string) bool {
	for _, p := range i.Patterns {
		if prefix, wild := strings.CutSuffix(p, "+"); wild && strings.HasPrefix(name, prefix) || p == name {
			return !i.Not
		}
	}
	return i.Not
}
