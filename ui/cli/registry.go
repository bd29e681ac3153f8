package cli

import (
	"slices"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall"
	"mxodus/steps/checks"
)

// allChecks are the checks that moves are checked with, over one world: those
// that look at the network, and those that read a ruleset.
func allChecks(w *check.World) []check.Check {
	all := checks.All(w)
	for _, c := range []check.Check{firewall.OpenCheck(), firewall.LockCheck()} {
		if !slices.ContainsFunc(all, func(o check.Check) bool { return o.ID() == c.ID() }) {
			all = append(all, c)
		}
	}
	return all
}
