package plan

import (
	"slices"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
)

// TestAProofThatAnswersHaveOutgrownHoldsWhatRestsOnIt: the tick by hand does not
// stand in for a proof that does not count any more, a proof made anew does.
func TestAProofThatAnswersHaveOutgrownHoldsWhatRestsOnIt(t *testing.T) {
	const at, next = steps.MigrateFirewall, "migrate.recipients.firewall"
	during := check.Result{Outcome: check.Pass, Phase: check.During}
	for _, c := range []struct {
		what string
		set  func(*world)
		open bool
		left []string
	}{
		{"outgrown", func(*world) {}, false, []string{"FW-OPEN"}},
		{"proven anew", func(w *world) { w.run(at, "FW-OPEN", now, during) }, true, nil},
		{"proven anew where all ports are asked about, before the MX change", func(w *world) {
			w.snap.Steps[at] = steps.StepState{Step: at, Status: steps.Done, Started: now.Add(-4 * hour), Closed: now.Add(-2 * hour)}
			w.run(steps.MigrateReview, "FW-OPEN", now, before)
		}, true, nil},
		{"proven by a step that asks about fewer ports", func(w *world) {
			w.snap.Steps[at] = steps.StepState{Step: at, Status: steps.Done, Started: now.Add(-4 * hour), Closed: now.Add(-2 * hour)}
			w.run(steps.MigrateMX, "FW-OPEN", now, before)
		}, false, []string{"FW-OPEN"}},
		{"no ruleset decided it", func(w *world) {
			w.run(at, "FW-OPEN", now.Add(-3*hour), check.Result{Outcome: check.Unknown, Phase: check.During})
		}, true, []string{"FW-OPEN"}},
		{"set aside with a reason", func(w *world) { w.setAside(at, "check FW-OPEN") }, true, nil},
	} {
		w := newWorld(onPremMove)
		w.close(now.Add(-2*hour), at)
		w.tick(at, steps.TaskOpenRanges, now.Add(-4*hour))
		for _, id := range []string{"RANGES", "GW-OUT"} {
			w.run(at, id, now, during)
		}
		w.run(at, "FW-OPEN", now.Add(-3*hour), during)
		c.set(w)
		v := w.view()
		v.Stale = func(r steps.Run) bool { return r.Result.Check == "FW-OPEN" && r.Result.Started.Before(now) }
		var g steps.GateState
		recipients, _ := w.plan.Step(steps.MigrateRecipients)
		for _, gate := range recipients.Gates {
			if gate.ID == next {
				g = gate.Holds(v)
			}
		}
		if g.Open != c.open || !g.Open && !strings.Contains(g.Unmet, "check of step 3 was run on rules or answers that have changed") {
			t.Errorf("%s: %+v", c.what, g)
		}
		var left []string // what the closed step itself says is left to do
		for _, o := range Leftovers(v, at) {
			if o.Kind != ObstacleNotRun || o.Stage != steps.StageCheck || o.Overridable || !strings.Contains(o.Text, "again: it was run on rules or answers") {
				t.Errorf("%s: left is %+v", c.what, o)
			}
			left = append(left, strings.TrimPrefix(o.ID, "check "))
		}
		if !slices.Equal(left, c.left) {
			t.Errorf("%s: left in the step are %v, want %v", c.what, left, c.left)
		}
		if got := OutOfDate(v, at); !slices.Equal(got, c.left) {
			t.Errorf("%s: out of date are %v, want %v", c.what, got, c.left)
		}
	}
}

// TestSignOffCountsWhatIsOutOfDate in closed steps, as the list does; what is
// not closed yet holds the sign-off by itself.
func TestSignOffCountsWhatIsOutOfDate(t *testing.T) {
	const at = steps.MigrateFirewall
	w := newWorld(onPremMove)
	w.run(at, "FW-OPEN", now.Add(-3*hour), check.Result{Outcome: check.Pass})
	clean := func() steps.GateState {
		v := w.view()
		v.Stale = func(r steps.Run) bool { return r.Result.Check == "FW-OPEN" && r.Result.Started.Before(now) }
		st, _ := w.plan.Step(steps.MigrateSignOff)
		g := st.Gates[slices.IndexFunc(st.Gates, func(g steps.Gate) bool { return g.ID == "migrate.signoff.clean" })].Holds(v)
		if list := len(OutOfDate(v, at)) == 0; list != g.Open {
			t.Errorf("the list says %v, the sign-off %+v", list, g)
		}
		return g
	}
	if g := clean(); !g.Open {
		t.Errorf("a step that is open: %+v", g)
	}
	w.close(now.Add(-2*hour), at)
	if g := clean(); g.Open || g.Unmet != "FW-OPEN in step 3 is to be run again" {
		t.Errorf("closed and outgrown: %+v", g)
	}
	w.run(at, "FW-OPEN", now.Add(hour), check.Result{Outcome: check.Pass})
	if g := clean(); !g.Open {
		t.Errorf("run again: %+v", g)
	}
	w.run(at, "FW-OPEN", now.Add(-hour), check.Result{Outcome: check.Pass})
	w.setAside(at, "check FW-OPEN")
	if g := clean(); !g.Open {
		t.Errorf("set aside: %+v", g)
	}
}

// TestWhatIsOutOfDateIsNextAtLast: when every step is closed, the list does not
// say that all is done.
func TestWhatIsOutOfDateIsNextAtLast(t *testing.T) {
	w := newWorld(onPremBoth)
	for _, st := range w.plan.Steps {
		w.close(now, st.ID)
	}
	w.run(steps.ConnectAccount, "RANGES", now, pass)
	v := w.view()
	v.Stale = func(steps.Run) bool { return true }
	id, stage, why := Next(v)
	if id != steps.ConnectAccount || stage != steps.StageCheck || why != "Run RANGES of step 2 again: it was run on answers that have changed since" {
		t.Errorf("%s %s %q", id, stage, why)
	}
	v.Stale = nil
	if id, _, why := Next(v); id != "" {
		t.Errorf("%s %q", id, why)
	}
}

// TestATickIsNoChangedAnswer: the reason why a check is due again is the true one.
func TestATickIsNoChangedAnswer(t *testing.T) {
	w := newWorld(onPremBoth)
	w.run(steps.ConnectAccount, "FW-OPEN", now.Add(-hour), before)
	w.tick(steps.ConnectAccount, steps.TaskOpenRanges, now)
	v := w.view()
	v.Stale = func(r steps.Run) bool { return r.Result.Check == "FW-OPEN" } // the tick is among what it is asked with
	o := find(Obstacles(v, steps.ConnectAccount, nil), "check FW-OPEN")
	if o == nil || !strings.HasPrefix(o.Text, "FW-OPEN was not run since the change was ticked: ") || strings.Contains(o.Text, "answers") {
		t.Errorf("%+v", o)
	}
}
