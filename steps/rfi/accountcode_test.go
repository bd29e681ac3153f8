package rfi

import (
	"strings"
	"testing"

	"mxodus/steps"
)

// TestAnAccountCodeIsExplainedWithTheMovesOwnRegion, not with another one's.
func TestAnAccountCodeIsExplainedWithTheMovesOwnRegion(t *testing.T) {
	for target, example := range map[string]string{"eu": "such as CUK12A34", "au": "such as CAU12A34", "": ""} {
		u := find(t, steps.QAccountCode).Parse("C-1", facts(steps.QJourney, "connect", steps.QTarget, target))
		if len(u.Problems) != 1 || !strings.HasSuffix(u.Problems[0].Message, "letters and digits only"+strings.TrimRight(", "+example, ", ")) {
			t.Errorf("%q: %v", target, u.Problems)
		}
	}
}
