package export

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
)

// TestACaseKeepsItsDate: a run made after a step was closed does not take the
// place of the one it was closed on, unless it is worse; then both are said.
func TestACaseKeepsItsDate(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(steps.Profile{Journey: steps.Connect, Service: steps.Archiving, Platform: steps.OnPrem, Target: "au"})
	if err != nil {
		t.Fatal(err)
	}
	const id, end = steps.ConnectRecipients, steps.ConnectCompletion
	run := func(step string, when time.Time, o check.Outcome) steps.Run {
		return steps.Run{Step: step, By: "Ann", Result: check.Result{Check: "GW-JRN", Phase: check.Before, Outcome: o, Started: when, Summary: "seen"}}
	}
	for _, c := range []struct {
		what   string
		first  check.Outcome
		later  check.Outcome
		result CaseResult
		date   time.Time
		remark string
	}{
		{"passed again", check.Pass, check.Pass, CasePass, at, "seen"},
		{"waited, and passes since", check.Waiting, check.Pass, CasePass, at.Add(2 * time.Hour), "When the step was closed: waiting, 2026-11-21 12:00"},
		{"fails since", check.Pass, check.Fail, CaseFail, at.Add(2 * time.Hour), "When the step was closed: passed, 2026-11-21 12:00"},
	} {
		first, second := run(id, at, c.first), run(end, at.Add(2*time.Hour), c.later)
		snap := steps.Snapshot{
			Answers: steps.Answers{}, Tasks: map[string]steps.TaskState{},
			Steps:  map[string]steps.StepState{id: {Step: id, Status: steps.Done, Started: at.Add(-time.Hour), Closed: at.Add(time.Hour), By: "Ann"}},
			Latest: map[string]steps.Run{steps.RunKey(id, "GW-JRN"): first, steps.RunKey(end, "GW-JRN"): second},
		}
		s := Build(snap, p, History{Runs: []steps.Run{second, first}}, at.Add(3*time.Hour))
		found := false
		for _, k := range s.TestPlan.Mandatory {
			if k.StepID != id || k.Ref != "GW-JRN" {
				continue
			}
			found = true
			if k.Result != c.result || !k.Date.Equal(c.date) || !strings.Contains(string(k.Remark), c.remark) {
				t.Errorf("%s: %s on %s, %q", c.what, k.Result, k.Date, k.Remark)
			}
		}
		if !found {
			t.Errorf("%s: no case", c.what)
		}
	}
}
