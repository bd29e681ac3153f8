package plain

import (
	"testing"

	"mxodus/steps"
	"mxodus/steps/plan"
)

func planOf(t *testing.T, p steps.Profile) steps.Plan {
	t.Helper()
	built, err := plan.Build(p)
	if err != nil {
		t.Fatal(err)
	}
	return built
}
