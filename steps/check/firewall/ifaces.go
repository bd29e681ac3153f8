package firewall

import (
	"net/netip"
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
	device := s.set.Stands == ir.Forward
	switch {
	case s.zoned() && (!device || l.dir != ir.Forward):
		return all, all // a row says where packets come from and where they go
	case l.dir == ir.Out:
		return none, all
	case l.dir == ir.In && !translates:
		return all, none
	default:
		ins, outs = all, all
	}
	if len(all)*len(all) > maxPairs {
		asked := netip.Addr{}
		if l.in {
			asked = l.local
		}
		x := s.sides(l.local, asked, l.port)
		ins, outs = among(all, x.outside), among(all, x.inside)
		if !l.in {
			ins, outs = outs, ins
		}
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

// sides are the interfaces towards the internet and towards a server, as far
// as the file shows. Where it shows the server's side alone, the internet is
// on none of those.
type sides struct{ outside, inside, notOutside []string }

// sides finds them for connections to an address that is asked for, which may
// be translated to the server's; the zero Addr for those that the server opens.
func (s *scene) sides(server, asked netip.Addr, port uint16) sides {
	if to, ok := s.translated(server, port); ok {
		server = to.Addr()
	}
	x := sides{outside: s.outside()}
	if own := s.toldFor(asked); own != nil && s.opt.Interface == "" {
		x.outside = own
	}
	x.inside = s.toward(server, x.outside)
	if len(x.outside) == 0 && len(x.inside) > 0 {
		x.notOutside = x.inside
		s.assume("The internet is taken not to lie behind %s, where %s is.", shownIface(x.inside[0]), server)
	}
	return x
}

// filter keeps the pairs by which packets towards (in) or from the server pass.
func (x sides) filter(pairs []combo, in bool) func(combo) bool {
	var other []string
	for _, p := range pairs {
		n := p.in
		if !in {
			n = p.out
		}
		other = append(other, n)
	}
	out := x.outside
	if len(x.notOutside) > 0 {
		for _, n := range other {
			if !slices.ContainsFunc(x.notOutside, func(w string) bool { return atomOf(w, other) == n }) && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	inside := x.inside
	if len(inside) == 0 && len(x.outside) > 0 {
		inside = notOf(x.outside, pairs, in)
	}
	if in {
		return ifaceFilter(pairs, out, inside)
	}
	return ifaceFilter(pairs, inside, out)
}

// notOf are the interfaces on the server's side of pairs but those towards the
// internet: where the file does not show which it is, it is none of these. Nil
// where there are no others.
func notOf(outside []string, pairs []combo, in bool) []string {
	var ends, out []string
	for _, p := range pairs {
		if in {
			ends = append(ends, p.out)
		} else {
			ends = append(ends, p.in)
		}
	}
	for _, n := range ends {
		if !slices.ContainsFunc(outside, func(w string) bool { return atomOf(w, ends) == n }) && !slices.Contains(out, n) {
			out = append(out, n)
		}
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
