package firewall

import (
	"slices"
	"strings"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// atomOf is the one among the engine's interface names that stands for an
// interface: itself, else the longest beginning that rules name, else the one
// for all that no rule names.
func atomOf(name string, atoms []string) string {
	if slices.Contains(atoms, name) {
		return name
	}
	best := ""
	plain := strings.TrimSuffix(name, engine.OtherIface)
	for _, a := range atoms {
		if prefix, ok := strings.CutSuffix(a, engine.OtherIface); ok && strings.HasPrefix(plain, prefix) && len(a) > len(best) {
			best = a
		}
	}
	return best
}

// maxPairs bounds the pairs of interfaces that are told apart without knowing
// which of them face the internet.
const maxPairs = 256

// interfaces lists the interfaces to tell apart for a leg: all that any rule
// names, in whichever direction, as what leaves by one is answered by it.
func (s *scene) interfaces(l leg) (ins, outs []string) {
	named := map[string]bool{}
	translates := false
	p := s.e.Program()
	for c := range p.Chains {
		for k := range p.Chains[c].Rules {
			r := &p.Chains[c].Rules[k]
			translates = translates || r.Action == ir.Translate
			if r.Action == ir.Continue || r.SNAT {
				continue
			}
			for i := range r.Boxes {
				for _, set := range []*ir.Ifaces{r.Boxes[i].In, r.Boxes[i].Out} {
					if set != nil {
						for _, n := range set.Patterns {
							named[ifaceName(n)] = true
						}
					}
				}
			}
		}
	}
	all := []string{engine.OtherIface}
	for n := range named {
		if n != "lo" && n != engine.OtherIface && n != "" {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	none := []string{engine.OtherIface}
	switch {
	case l.dir == ir.Out:
		return none, all
	case l.dir == ir.In && !translates:
		return all, none
	}
	ins, outs = all, all
	if len(all)*len(all) > maxPairs {
		out := s.outside()
		in := s.toward(l.local, out)
		if !l.in {
			out, in = in, out
		}
		ins, outs = among(all, out), among(all, in)
	}
	return ins, outs
}

// among keeps those of all that stand for the wanted ones; all when none do.
func among(all, wanted []string) []string {
	var out []string
	for _, w := range wanted {
		if a := atomOf(w, all); a != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	if out == nil {
		return all
	}
	return out
}

// ifaceFilter keeps pairs of interfaces whose ends are among those wanted; an
// empty list wants any. A filter that would keep none of the pairs keeps all:
// what the file shows then does not bear on them.
func ifaceFilter(pairs []combo, from, to []string) func(combo) bool {
	var ins, outs []string
	for _, p := range pairs {
		ins, outs = append(ins, p.in), append(outs, p.out)
	}
	pick := func(wanted, atoms []string) map[string]bool {
		if len(wanted) == 0 {
			return nil
		}
		m := map[string]bool{}
		for _, w := range wanted {
			m[atomOf(w, atoms)] = true
		}
		return m
	}
	wantIn, wantOut := pick(from, ins), pick(to, outs)
	keep := func(k combo) bool {
		return (wantIn == nil || wantIn[k.in]) && (wantOut == nil || wantOut[k.out])
	}
	if !slices.ContainsFunc(pairs, keep) {
		return func(combo) bool { return true }
	}
	return keep
}
