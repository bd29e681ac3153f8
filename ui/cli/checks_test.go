package cli

import (
	"slices"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/checks"
	"mxodus/steps/plan"
)

// TestEveryPlannedCheckExists: a step that names a check nobody can run could
// never be confirmed.
func TestEveryPlannedCheckExists(t *testing.T) {
	have := checks.All(&check.World{})
	for i, c := range have {
		if slices.ContainsFunc(have[:i], func(o check.Check) bool { return o.ID() == c.ID() }) {
			t.Errorf("%s stands there twice", c.ID())
		}
	}
	var profiles []steps.Profile
	for _, f := range steps.Platforms {
		for _, s := range steps.Services {
			profiles = append(profiles, steps.Profile{Journey: steps.Connect, Service: s, Platform: f})
		}
		for _, k := range steps.Tracks {
			profiles = append(profiles, steps.Profile{Journey: steps.Migrate, Track: k, Platform: f})
		}
	}
	for _, p := range profiles {
		built, err := plan.Build(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range built.Steps {
			for _, id := range st.Checks {
				if !slices.ContainsFunc(have, func(c check.Check) bool { return c.ID() == id }) {
					t.Errorf("%+v: step %s names %s, which does not exist", p, st.ID, id)
				}
			}
		}
	}
}
