package export

import (
	"fmt"
	"strings"

	"mxodus/steps/clean"
	"mxodus/steps/plan"
)

// verdict says whether the move is complete, by the one rule for it, and when
// it is not, how much is missing.
func (b *builder) verdict(s Summary) (bool, clean.Shown) {
	left := plan.Incomplete(b.v)
	if s.Total == 0 {
		return false, "Not complete. The kind of move is not chosen yet."
	}
	count := map[CaseResult]int{}
	var open []string
	for _, c := range s.TestPlan.Mandatory {
		count[c.Result]++
		if c.Result == CaseFail || c.Result == CaseNotRun {
			open = append(open, c.ID)
		}
	}
	cases := counted(len(s.TestPlan.Mandatory), "mandatory case", "mandatory cases")
	if len(left) == 0 {
		text := fmt.Sprintf("Complete. All %s are closed, and none of the %s is open.", counted(s.Total, "step", "steps"), cases)
		if n := count[CaseWithReasons]; n > 0 {
			text += fmt.Sprintf(" Set aside with reasons: %d.", n)
		}
		return true, clean.Line(text)
	}
	text := fmt.Sprintf("Not complete. %d of %s are closed and stand as they were confirmed", s.Done, counted(s.Total, "step", "steps"))
	if s.Done == s.Total {
		text = fmt.Sprintf("Not complete. All %s are closed, but not every result counts", counted(s.Total, "step", "steps"))
	}
	if len(open) > 0 {
		text += "; of the " + cases + ", " + openCases(count, open)
	}
	return false, clean.Line(text + ".")
}

// openCases says how many cases failed or have no result, and names a few.
func openCases(count map[CaseResult]int, ids []string) string {
	var parts []string
	if n := count[CaseFail]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n))
	}
	switch n := count[CaseNotRun]; {
	case n == 1:
		parts = append(parts, "1 has no result that counts")
	case n > 1:
		parts = append(parts, fmt.Sprintf("%d have no result that counts", n))
	}
	text := strings.Join(parts, " and ")
	if len(ids) <= 6 {
		text += " (" + strings.Join(ids, ", ") + ")"
	}
	return text
}
