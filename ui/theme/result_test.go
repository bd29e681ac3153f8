package theme

import (
	"testing"

	"mxodus/steps/check"
)

// TestNotYetIsNotNever: before the change, a check of what the change leaves
// behind is not due yet; it is not one that does not apply.
func TestNotYetIsNotNever(t *testing.T) {
	st := New(Options{Dark: true})
	for _, c := range []struct {
		r    check.Result
		want string
	}{
		{check.Result{Check: "MX-PROP", Outcome: check.Skipped, Phase: check.Before}, "not yet"},
		{check.Result{Check: "MX-LEFT", Outcome: check.Skipped, Phase: check.Before}, "not yet"},
		{check.Result{Check: "MX-LEFT", Outcome: check.Skipped, Phase: check.After}, "does not apply"},
		{check.Result{Check: "FW-OPEN", Outcome: check.Skipped, Phase: check.Before}, "does not apply"},
		{check.Result{Check: "MX-PROP", Outcome: check.Pass, Phase: check.Before}, "passed"},
		{check.Result{Check: "MX-AUTH", Outcome: check.Pass, Phase: check.Before}, "still old set"},
		{check.Result{Check: "MX-AUTH", Outcome: check.Pass, Phase: check.Before, Findings: []check.Finding{{Code: "MX-AUTH.early", Severity: check.Advice}}}, "passed"},
		{check.Result{Check: "MX-AUTH", Outcome: check.Pass, Phase: check.After}, "passed"},
	} {
		if _, got, _ := st.Result(c.r); got != c.want {
			t.Errorf("%s, %s, %s: %q, want %q", c.r.Check, c.r.Outcome, c.r.Phase, got, c.want)
		}
	}
}
