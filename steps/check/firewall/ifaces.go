package firewall

import (
	"slices"
	"strings"

	"mxodus/steps/check/firewall/engine"
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
