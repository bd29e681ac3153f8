package objects

import (
	"cmp"
	"slices"

	"go4.org/netipx"
)

// Entry is a network that a list holds or, with Not, leaves out. A range that is
// no network counts as those that it is made of.
type Entry struct {
	Range netipx.IPRange
	Not   bool
}

// Longest is what a list with exceptions holds, where the longest network that
// an address lies in decides about it: tables of pf, sets of the Linux kernel
// and addresses of Junos are such lists. What is named both ways is left out.
func Longest(list []Entry) []netipx.IPRange {
	var s netipx.IPSetBuilder
	add := func(e Entry) {
		switch {
		case !e.Range.IsValid():
		case e.Not:
			s.RemoveRange(e.Range)
		default:
			s.AddRange(e.Range)
		}
	}
	if !slices.ContainsFunc(list, func(e Entry) bool { return e.Not }) {
		for _, e := range list {
			add(e)
		}
	} else {
		for _, e := range byLength(list) {
			add(e)
		}
	}
	set, _ := s.IPSet() // it fails for ranges alone that are none
	return set.Ranges()
}

// byLength are the networks of a list, short ones first and of those as long
// the exceptions last.
func byLength(list []Entry) []Entry {
	type network struct {
		Entry
		bits int
	}
	var nets []network
	for _, e := range list {
		if p, ok := e.Range.Prefix(); ok {
			nets = append(nets, network{e, p.Bits()})
			continue
		}
		for _, p := range e.Range.Prefixes() {
			nets = append(nets, network{Entry{netipx.RangeOfPrefix(p), e.Not}, p.Bits()})
		}
	}
	slices.SortFunc(nets, func(a, b network) int {
		switch {
		case a.bits != b.bits || a.Not == b.Not:
			return cmp.Compare(a.bits, b.bits)
		case a.Not:
			return 1
		}
		return -1
	})
	out := make([]Entry, len(nets))
	for i, n := range nets {
		out[i] = n.Entry
	}
	return out
}
