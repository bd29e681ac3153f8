package demo_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/checks"
	"mxodus/steps/demo"
	"mxodus/steps/wizard"
	"mxodus/store"
)

// TestLockDownKnowsTheTTLThatWasRecorded: "no TTL was recorded" is said only when
// it is true, however often the checks are run again after the change.
func TestLockDownKnowsTheTTLThatWasRecorded(t *testing.T) {
	const noTTL = "no TTL was recorded"
	ctx := context.Background()
	t.Run("recorded in the first step, then checked again and again", func(t *testing.T) {
		v := openMove(t)
		v.check(steps.ConnectRFI)
		v.tickOne(steps.ConnectInbound, steps.TaskChangeMX)
		v.check(steps.ConnectInbound)
		var runs []steps.Run
		for range 60 {
			runs = append(runs, steps.Run{Step: steps.ConnectInbound, Result: check.Result{Check: steps.CheckMXPlan, Phase: check.During, Outcome: check.Skipped, Started: v.world.Now()}})
		}
		if err := v.s.Wizard().Repo.AppendRuns(ctx, v.s.ID(), runs, "Ann"); err != nil {
			t.Fatal(err)
		}
		if _, err := v.s.Reload(ctx); err != nil {
			t.Fatal(err)
		}
		if g := v.gate("connect.lockdown.ttl"); g.Open || strings.Contains(g.Unmet, noTTL) || g.Until.IsZero() {
			t.Errorf("just after the change: %+v", g)
		}
		if saw := v.check(steps.ConnectInbound)["MX-AUTH"]; saw.Outcome != check.Fail {
			t.Errorf("the second name server lags, yet %s %q", saw.Outcome, saw.Summary)
		}
		seen := v.world.Now()
		v.world.Skip(31 * time.Second) // the TTL counted from the tick is over
		if g := v.gate("connect.lockdown.ttl"); !g.Open && g.Until.After(seen.Add(31*time.Second)) {
			t.Errorf("waits for longer than the old TTL: %+v", g)
		}
		v.world.Skip(10 * time.Minute)
		if g := v.gate("connect.lockdown.ttl"); !g.Open {
			t.Errorf("after the old TTL: %+v", g)
		}
	})
	t.Run("one that only sends needs no record", func(t *testing.T) {
		v := openMove(t)
		v.say("domains.direction", "harbourvine-wines.example send_only")
		v.check(steps.ConnectInbound)
		v.tickOne(steps.ConnectInbound, steps.TaskChangeMX)
		v.world.Skip(time.Hour)
		if g := v.gate("connect.lockdown.ttl"); !g.Open {
			t.Errorf("%+v", g)
		}
	})
	t.Run("changed before anything was looked at", func(t *testing.T) {
		v := openMove(t)
		v.tickOne(steps.ConnectInbound, steps.TaskChangeMX)
		v.check(steps.ConnectInbound)
		if g := v.gate("connect.lockdown.ttl"); g.Open || !strings.Contains(g.Unmet, noTTL) {
			t.Errorf("%+v", g)
		}
	})
}

// TestResolversThatAMoveNamesReachTheChecks: the stored answer is what a check
// is given.
func TestResolversThatAMoveNamesReachTheChecks(t *testing.T) {
	v := openMove(t)
	v.say(steps.QResolvers, "192.0.2.3\n192.0.2.1:5353")
	in, err := v.s.Input(steps.ConnectInbound)
	if err != nil || len(in.Resolvers) != 2 || in.Resolvers[0].Addr != "192.0.2.3:53" || in.Resolvers[1].Addr != "192.0.2.1:5353" {
		t.Errorf("%+v, %v", in.Resolvers, err)
	}
	// the demonstration has resolvers of its own, which no answer replaces
	if r := v.check(steps.ConnectInbound)["MX-PLAN"]; r.Outcome != check.Pass {
		t.Errorf("%s %q", r.Outcome, r.Summary)
	}
}

// openMove opens the first made-up move with its domains answered.
func openMove(t *testing.T) *visitor {
	ctx := context.Background()
	t.Helper()
	world, err := demo.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.Close)
	world.SetSlowness(20 * time.Millisecond)
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "demo.db"), store.Options{Now: world.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ids, err := demo.Moves(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	w := &wizard.Wizard{
		Repo: demo.Repository{Repository: db, World: world}, World: world.Check,
		Checks: checks.All(world.Check), Who: "Ann", Now: world.Now,
	}
	s, err := w.Open(ctx, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, world: world, s: s}
	v.say(steps.QDomains, "harbourvine.example\nharbourvine-wines.example")
	return v
}

// say answers one question.
func (v *visitor) say(question, text string) {
	v.t.Helper()
	a := v.s.Snapshot().Answers[question]
	saved, err := v.s.Answer(context.Background(), question, text, steps.Typed, "", a.Revision)
	if err != nil || !saved.Understood.OK() {
		v.t.Fatalf("%s: %v, %v", question, err, saved.Understood.Problems)
	}
}

func (v *visitor) tickOne(step, task string) {
	v.t.Helper()
	if err := v.s.Tick(context.Background(), step, task, true); err != nil {
		v.t.Fatal(err)
	}
}

// gate is the state of one gate of the plan now.
func (v *visitor) gate(id string) steps.GateState {
	v.t.Helper()
	for _, st := range v.s.Plan().Steps {
		for _, g := range st.Gates {
			if g.ID == id {
				return g.Holds(v.s.View())
			}
		}
	}
	v.t.Fatalf("no gate %s", id)
	return steps.GateState{}
}
