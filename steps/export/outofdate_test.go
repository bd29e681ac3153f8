package export

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
)

// TestAnOutdatedRecordOfMXHasNotPassed: before the MX records change, the record
// of them is no more than another result, and goes out of date with the answers.
func TestAnOutdatedRecordOfMXHasNotPassed(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(steps.Profile{Journey: steps.Migrate, Track: steps.Express, Platform: steps.M365, Source: "eu", Target: "au"})
	if err != nil {
		t.Fatal(err)
	}
	run := steps.Run{ID: 1, Step: steps.MigrateDates, By: "Ann", Result: check.Result{
		Check: steps.CheckMXPlan, Phase: check.Before, Outcome: check.Pass, Started: at, Summary: "1 domain recorded",
	}}
	snap := steps.Snapshot{
		Answers: steps.Answers{}, Tasks: map[string]steps.TaskState{},
		Steps:  map[string]steps.StepState{steps.MigrateDates: {Step: steps.MigrateDates, Status: steps.InProgress, Started: at.Add(-time.Hour)}},
		Latest: map[string]steps.Run{steps.RunKey(steps.MigrateDates, steps.CheckMXPlan): run},
	}
	stale := func(steps.Run) bool { return true }
	for _, closed := range []bool{false, true} {
		if closed {
			snap.Steps[steps.MigrateDates] = steps.StepState{Step: steps.MigrateDates, Status: steps.Done, Started: at.Add(-time.Hour), Closed: at.Add(time.Hour)}
		}
		s := Build(snap, p, History{Runs: []steps.Run{run}, Stale: stale}, at.Add(2*time.Hour))
		for _, c := range s.TestPlan.Mandatory {
			if c.Ref != steps.CheckMXPlan {
				continue
			}
			if c.Result != CaseNotRun || c.StepID == steps.MigrateDates && !strings.HasPrefix(string(c.Remark), "Out of date, to be run again: the answers have changed since") {
				t.Errorf("closed %v, %s: %s, %q", closed, c.StepID, c.Word(), c.Remark)
			}
		}
		for _, st := range s.Steps {
			for _, k := range st.Checks {
				if k.ID == steps.CheckMXPlan && k.State == Fresh {
					t.Errorf("closed %v: fresh in %s", closed, st.ID)
				}
			}
		}
		if s.Complete {
			t.Error("complete")
		}
	}
}

// TestEarlierRunsTellHowTheyEnded: what passed at last is not read as what was
// right at the first try.
func TestEarlierRunsTellHowTheyEnded(t *testing.T) {
	for want, outcomes := range map[string][]check.Outcome{
		"1 earlier run":                               {check.Pass},
		"1 earlier run: failed":                       {check.Fail},
		"2 earlier runs, 1 failed":                    {check.Fail, check.Warn},
		"4 earlier runs, 2 failed, 1 could not check": {check.Fail, check.Unknown, check.Pass, check.Fail},
		"2 earlier runs":                              {check.Waiting, check.Pass},
	} {
		var runs []Earlier
		for _, o := range outcomes {
			runs = append(runs, Earlier{Outcome: o})
		}
		if got := ran(runs); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestOneActionIsAskedForOnce: findings about several ranges may end in the same
// words.
func TestOneActionIsAskedForOnce(t *testing.T) {
	f := check.Finding{Severity: check.Risk, Do: "open the range", Who: check.WhoNetwork}
	other := f
	other.Do = "close the port"
	if got := corrective(Check{Findings: []check.Finding{f, f, other}}); got != "open the range (your network team)\nclose the port (your network team)" {
		t.Errorf("%q", got)
	}
}
