package firewall

import (
	"slices"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// noFilter completes "depends on ..." where a file lacks the table that lets
// packets through; exportAll says what to do.
const (
	noFilter  = "the filter table, which the file does not hold"
	exportAll = "Export all tables: iptables-save without -t. Then check again."
)

// unfiltered reports that the present rules lack the filter table. What other
// tables refuse is refused; what they let through is not told.
func (c *checker) unfiltered() bool {
	return c.set.Format == source.IPTables &&
		!slices.ContainsFunc(c.scene.e.Program().Chains, func(x ir.Chain) bool { return x.Group == "filter" })
}

// filtered leaves open what rules without a filter table would let through.
func (c *checker) filtered(reqs []Requirement) []Requirement {
	if !c.unfiltered() {
		return reqs
	}
	for i := range reqs {
		if q := &reqs[i]; q.Verdict == Proven {
			q.Verdict, q.By = CannotTell, nil
			q.Why = "it depends on " + noFilter + ". " + exportAll
		}
	}
	return reqs
}

// filteredLeaks does the same for who gets in.
func (c *checker) filteredLeaks(parts []*leakPart) {
	if !c.unfiltered() {
		return
	}
	for _, p := range parts {
		if p.outcome == engine.Permit {
			p.outcome, p.why = engine.Unknown, noFilter
		}
	}
}
