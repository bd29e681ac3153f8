package checks_test

import (
	"strings"
	"testing"

	"mxodus/steps/check"
	"mxodus/steps/checks"
)

func TestEveryCheckIsListedOnceAndDescribed(t *testing.T) {
	w := &check.World{}
	seen := map[string]bool{}
	for _, c := range checks.All(w) {
		id := c.ID()
		if seen[id] {
			t.Errorf("%s stands there twice", id)
		}
		seen[id] = true
		if c.Title() == "" || !strings.HasSuffix(checks.About(id), ".") {
			t.Errorf("%s: title %q, about %q", id, c.Title(), checks.About(id))
		}
		if f, ok := checks.Find(w, id); !ok || f.ID() != id {
			t.Errorf("Find(%s) gives %v, %v", id, f, ok)
		}
	}
	for _, id := range []string{"MX-PLAN", "MX-AUTH", "MX-PROP", "MX-LEFT", "MX-FORM", "RANGES", "GW-SMTP", "GW-OUT", "GW-JRN", "FW-OPEN", "FW-LOCK"} {
		if !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
	if _, ok := checks.Find(w, "NO-SUCH"); ok || checks.About("NO-SUCH") != "" {
		t.Error("a check that does not exist is found")
	}
}

// Without anything to ask about, no check may claim a result.
func TestEmptyInputProvesNothing(t *testing.T) {
	w := &check.World{}
	for _, phase := range []check.Phase{check.Before, check.During, check.After} {
		for _, r := range (check.Runner{}).Run(t.Context(), checks.All(w), check.Input{Phase: phase}, nil) {
			if r.Outcome == check.Pass || r.Outcome == check.Fail || r.Summary == "" {
				t.Errorf("%s in phase %s: %s %q", r.Check, phase, r.Outcome, r.Summary)
			}
		}
	}
}
