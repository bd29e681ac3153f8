package firewall

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
)

// Merge joins what several fixes put in place into one text that can be pasted
// at once. Fixes of a format's writer are written anew as one; of all others a
// line that an earlier fix holds already is left out.
func Merge(fixes ...Fix) string {
	var all []string
	var jobs []Fix
	for _, f := range fixes {
		if f.Copy == "" {
			continue
		}
		if f.job != nil {
			jobs = append(jobs, f)
			continue
		}
		before := all
		for _, line := range strings.Split(f.Copy, "\n") {
			if line != "" && !slices.Contains(before, line) {
				all = append(all, line)
			}
		}
	}
	return strings.Join(append(all, writeJobs(jobs)...), "\n")
}

// writeJobs writes fixes that stand before the same rule as one.
func writeJobs(fixes []Fix) []string {
	var out []string
	for len(fixes) > 0 {
		first, rest := fixes[0], []Fix(nil)
		one := *first.job
		one.Flows = slices.Clone(one.Flows)
		for _, f := range fixes[1:] {
			if f.writer != first.writer || !samePlace(f.job, first.job) {
				rest = append(rest, f)
				continue
			}
			for _, w := range f.job.Flows {
				one.Flows = joined(one.Flows, w)
			}
		}
		if x, ok := FormatByID(first.writer); ok {
			if s, err := x.Write(one); err == nil {
				out = append(out, strings.TrimRight(s.Text, "\n"))
			}
		}
		fixes = rest
	}
	return out
}

func samePlace(a, b *format.Job) bool {
	return a.Above == b.Above && a.Chain == b.Chain && a.Outside == b.Outside && a.Inside == b.Inside && a.Host == b.Host &&
		reflect.DeepEqual(a.Translate, b.Translate)
}

// joined adds a flow to a list: its addresses to one that differs by them
// alone, else at the end, but before what is kept out.
func joined(list []format.Flow, f format.Flow) []format.Flow {
	for i := range list {
		x, y := list[i], f
		side, add := &list[i].Src, f.Src
		if f.In {
			x.Src, y.Src = nil, nil
		} else {
			x.Dst, y.Dst, side, add = nil, nil, &list[i].Dst, f.Dst
		}
		if reflect.DeepEqual(x, y) {
			both := slices.Concat(*side, slices.DeleteFunc(slices.Clone(add), func(p netip.Prefix) bool { return slices.Contains(*side, p) }))
			*side = both
			return list
		}
	}
	at := len(list)
	if !f.Deny {
		if i := slices.IndexFunc(list, func(x format.Flow) bool { return x.Deny }); i >= 0 {
			at = i
		}
	}
	return slices.Insert(list, at, f)
}
