package export

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
	"mxodus/steps/require"
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

// TestACaseKeepsItsReason: what a later step found on another ruleset, and why
// it was set aside there, is that step's; each case keeps what held when its
// own step was closed.
func TestACaseKeepsItsReason(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise, Platform: steps.OnPrem, Source: "eu", Target: "au"})
	if err != nil {
		t.Fatal(err)
	}
	const id = "FW-OPEN"
	run := func(step string, hours int, o check.Outcome, input string) steps.Run {
		return steps.Run{Step: step, By: "Ann", ID: int64(hours + 1), Result: check.Result{
			Check: id, Phase: check.During, Outcome: o, Started: at.Add(time.Duration(hours) * time.Hour), Summary: "seen", Input: input,
		}}
	}
	closed := func(step string, hours int) steps.StepState {
		when := at.Add(time.Duration(hours) * time.Hour)
		return steps.StepState{Step: step, Status: steps.Done, Started: when.Add(-time.Minute), Closed: when.Add(30 * time.Minute), By: "Ann"}
	}
	aside := func(step, gate, reason string, hours int) steps.Override {
		return steps.Override{Step: step, Gate: gate, Reason: reason, By: "Ann", At: at.Add(time.Duration(hours) * time.Hour)}
	}
	runs := []steps.Run{
		run(steps.MigrateFirewall, 0, check.Pass, "first file"),
		run(steps.MigrateReview, 10, check.Unknown, "first file"),
		run(steps.MigratePost, 20, check.Unknown, "last file"),
	}
	unknown := require.UnknownID(id)
	snap := steps.Snapshot{
		Answers: steps.Answers{}, Tasks: map[string]steps.TaskState{}, Latest: map[string]steps.Run{},
		Steps: map[string]steps.StepState{
			steps.MigrateFirewall: closed(steps.MigrateFirewall, 0), steps.MigrateReview: closed(steps.MigrateReview, 10), steps.MigratePost: closed(steps.MigratePost, 20),
		},
		Overrides: []steps.Override{
			aside(steps.MigrateReview, unknown, "tested by hand", 10),
			aside(steps.MigratePost, unknown, "the VPN stays", 20), aside(steps.MigratePost, "check "+id, "the VPN stays", 20),
		},
	}
	for _, r := range runs {
		snap.Latest[steps.RunKey(r.Step, id)] = r
	}
	want := map[string]Case{
		steps.MigrateFirewall: {Result: CasePass, Date: at},
		steps.MigrateReview:   {Result: CaseWithReasons, Date: at.Add(10 * time.Hour), Corrective: "set aside: tested by hand"},
		steps.MigratePost:     {Result: CaseWithReasons, Date: at.Add(20 * time.Hour), Corrective: "set aside: the VPN stays"},
	}
	for what, stale := range map[string]func(steps.Run) bool{
		"a last file":              func(r steps.Run) bool { return r.Result.Input != "last file" },
		"a file loaded afterwards": func(steps.Run) bool { return true },
	} {
		s := Build(snap, p, History{Runs: runs, Stale: stale}, at.Add(30*time.Hour))
		for _, k := range s.TestPlan.Mandatory {
			if w, ok := want[k.StepID]; ok && k.Ref == id && (k.Result != w.Result || !k.Date.Equal(w.Date) || !strings.HasPrefix(string(k.Corrective), string(w.Corrective)) || w.Corrective == "" && k.Corrective != "") {
				t.Errorf("%s: %s: %s on %s, %q, %q", what, k.StepID, k.Result, k.Date, k.Remark, k.Corrective)
			}
		}
	}
}

// TestACaseRestsOnTheRunThatWasAskedFor: a check of a closed step that was run
// again there, as answers had changed, is what its case rests on.
func TestACaseRestsOnTheRunThatWasAskedFor(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise, Platform: steps.OnPrem, Source: "eu", Target: "au"})
	if err != nil {
		t.Fatal(err)
	}
	const step, id = steps.MigrateFirewall, "FW-OPEN"
	run := func(n int, input string) steps.Run {
		return steps.Run{Step: step, By: "Ann", ID: int64(n), Result: check.Result{
			Check: id, Phase: check.During, Outcome: check.Pass, Started: at.Add(time.Duration(n) * time.Hour), Summary: "seen", Input: input,
		}}
	}
	for _, c := range []struct {
		what, second string
		date         time.Time
		remark       string
	}{
		{"other answers", "now", at.Add(3 * time.Hour), "Run again, as rules or answers had changed since the result of 2026-11-21 13:00 UTC (passed). seen (1 earlier run)"},
		{"the same answers", "old", at.Add(time.Hour), "seen"},
	} {
		first, second := run(1, "old"), run(3, c.second)
		snap := steps.Snapshot{
			Answers: steps.Answers{}, Tasks: map[string]steps.TaskState{}, Latest: map[string]steps.Run{steps.RunKey(step, id): second},
			Steps: map[string]steps.StepState{step: {Step: step, Status: steps.Done, Started: at, Closed: at.Add(2 * time.Hour), By: "Ann"}},
		}
		stale := func(r steps.Run) bool { return r.Result.Input != c.second }
		s := Build(snap, p, History{Runs: []steps.Run{second, first}, Stale: stale}, at.Add(4*time.Hour))
		for _, k := range s.TestPlan.Mandatory {
			if k.StepID == step && k.Ref == id && (k.Result != CasePass || !k.Date.Equal(c.date) || string(k.Remark) != c.remark) {
				t.Errorf("%s: %s on %s, %q", c.what, k.Result, k.Date, k.Remark)
			}
		}
	}
}

// TestOnlyEarlierRunsAreEarlier: the record of the MX from before the change is
// shown though it was looked at again since.
func TestOnlyEarlierRunsAreEarlier(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	run := func(id int64) steps.Run {
		return steps.Run{Step: steps.MigrateDates, ID: id, Result: check.Result{Check: steps.CheckMXPlan, Started: at.Add(time.Duration(id) * time.Hour)}}
	}
	b := &builder{hist: History{Runs: []steps.Run{run(4), run(3), run(2), run(1)}}}
	if got := b.earlier(steps.MigrateDates, steps.CheckMXPlan, run(2)); len(got) != 1 || !got[0].At.Equal(at.Add(time.Hour)) {
		t.Errorf("earlier than the second: %+v", got)
	}
}
