package wizard_test

import (
	"context"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

// TestTheRecordOfTheMXStays: run again after the change, MX-PLAN has nothing to
// record, and what it recorded before stays the result of the step.
func TestTheRecordOfTheMXStays(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	for i, k := range s.Wizard().Checks {
		if k.ID() != steps.CheckMXPlan {
			continue
		}
		s.Wizard().Checks[i] = scripted{k.ID(), func(in check.Input) check.Result {
			if in.Phase != check.Before {
				return check.Result{Outcome: check.Skipped, Summary: "changed already"}
			}
			return passes(steps.CheckMXPlan).run(in)
		}}
	}
	run := func() {
		t.Helper()
		c.t = c.t.Add(time.Minute)
		if _, err := s.Check(ctx, steps.ConnectInbound, []string{steps.CheckMXPlan}, nil); err != nil {
			t.Fatal(err)
		}
	}
	run()
	if err := s.Tick(ctx, steps.ConnectInbound, steps.TaskChangeMX, true); err != nil {
		t.Fatal(err)
	}
	run()
	page, err := s.Step(steps.ConnectInbound)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range page.Checks {
		if k.ID == steps.CheckMXPlan && (k.Run == nil || k.Run.Result.Outcome != check.Pass || k.Stale) {
			t.Errorf("the record: %+v, %+v", k, k.Run)
		}
		if k.ID == steps.CheckMXPlan && (!k.Kept || k.Title != "MX records before the change") {
			t.Errorf("what was recorded then reads as what is now: %+v", k)
		}
	}
}
