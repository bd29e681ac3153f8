package plan

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

// TestTheNewestResultCountsWhicheverStepRanIt: hub, obstacles and gates read
// one result, and a result of another phase is none.
func TestTheNewestResultCountsWhicheverStepRanIt(t *testing.T) {
	const mx, end = steps.ConnectInbound, steps.ConnectCompletion
	changed := func() *world {
		w := newWorld(onPremBoth)
		w.snap.Steps[mx] = steps.StepState{Step: mx, Status: steps.InProgress, Started: now.Add(-5 * hour)}
		w.record(mx, now.Add(-4*hour), 300, "acme.com", "acme.net")
		w.tick(mx, steps.TaskChangeMX, now.Add(-3*hour))
		return w
	}
	for _, c := range []struct {
		what     string
		set      func(*world)
		step     string
		standing steps.Standing
		outcome  check.Outcome
	}{
		{"not run at all", func(*world) {}, mx, steps.NotRun, ""},
		{"a fail, then a pass in another step", func(w *world) {
			w.run(mx, "MX-AUTH", now.Add(-2*hour), blocked("MX-AUTH.old"))
			w.run(end, "MX-AUTH", now.Add(-hour), pass)
		}, mx, steps.Counts, check.Pass},
		{"a pass, then a fail in another step", func(w *world) {
			w.run(mx, "MX-AUTH", now.Add(-2*hour), pass)
			w.run(end, "MX-AUTH", now.Add(-hour), blocked("MX-AUTH.old"))
		}, mx, steps.Counts, check.Fail},
		{"an older pass elsewhere changes nothing", func(w *world) {
			w.run(mx, "MX-AUTH", now.Add(-hour), blocked("MX-AUTH.old"))
			w.run(end, "MX-AUTH", now.Add(-2*hour), pass)
		}, mx, steps.Counts, check.Fail},
		{"a pass from before the change is none after it", func(w *world) {
			w.run(mx, "MX-AUTH", now.Add(-210*60e9), before)
		}, mx, steps.BeforeChange, check.Pass},
		{"nor does one of another step replace a newer fail", func(w *world) {
			w.run(mx, "MX-AUTH", now.Add(-2*hour), blocked("MX-AUTH.old"))
			w.run(end, "MX-AUTH", now.Add(-hour), before)
		}, mx, steps.Counts, check.Fail},
		{"a step not begun looks for itself", func(w *world) {
			w.run(mx, "MX-AUTH", now.Add(-2*hour), pass)
		}, end, steps.NotRun, ""},
		{"a step that was begun takes what is newer", func(w *world) {
			w.snap.Steps[end] = steps.StepState{Step: end, Status: steps.InProgress, Started: now.Add(-2 * hour)}
			w.run(mx, "MX-AUTH", now.Add(-hour), pass)
		}, end, steps.Counts, check.Pass},
	} {
		w := changed()
		c.set(w)
		r, standing := w.view().Result(c.step, "MX-AUTH")
		if standing != c.standing || r.Result.Outcome != c.outcome {
			t.Errorf("%s: %s %s, want %s %s", c.what, standing, r.Result.Outcome, c.standing, c.outcome)
		}
	}
}

func TestTheHubNamesNothingThatHasPassedSince(t *testing.T) {
	const mx, end = steps.ConnectInbound, steps.ConnectCompletion
	w := newWorld(onPremBoth)
	w.record(mx, now.Add(-50*hour), 300, "acme.com", "acme.net")
	w.tick(mx, steps.TaskChangeMX, now.Add(-48*hour))
	w.snap.Steps[mx] = steps.StepState{Step: mx, Status: steps.InProgress, Started: now.Add(-72 * hour)}
	w.run(mx, "MX-AUTH", now.Add(-2*hour), blocked("MX-AUTH.old"))
	if find(Obstacles(w.view(), mx, nil), "MX-AUTH.old") == nil {
		t.Fatal("the blocker is no obstacle")
	}
	w.run(end, "MX-AUTH", now.Add(-hour), pass)
	if o := find(Obstacles(w.view(), mx, nil), "MX-AUTH.old"); o != nil {
		t.Errorf("still in the way: %+v", o)
	}
	if turn := WhoseTurn(w.view(), mx); strings.Contains(turn.Text, "MX-AUTH") {
		t.Errorf("the hub says %q", turn.Text)
	}
	w.run(mx, "MX-LEFT", now.Add(-hour), pass)
	if g := gate(t, w, "connect.lockdown.mx"); !g.Open {
		t.Errorf("the gate says %q", g.Unmet)
	}
}

// TestFirewallBeforeTheOpeningIsNoDisproofAfterIt tells apart what is shut and
// what was not looked at since.
func TestFirewallBeforeTheOpeningIsNoDisproofAfterIt(t *testing.T) {
	w := newWorld(onPremBoth)
	shut := blocked("FW-OPEN.shut")
	shut.Phase = check.Before
	w.run(steps.ConnectAccount, "FW-OPEN", now.Add(-2*hour), shut)
	w.tick(steps.ConnectAccount, steps.TaskOpenRanges, now.Add(-hour))
	g := gate(t, w, "connect.outbound.firewall")
	if g.Open || !strings.Contains(g.Unmet, "not run since") {
		t.Errorf("gate: %+v", g)
	}
	w.run(steps.ConnectCompletion, "FW-OPEN", now, check.Result{Outcome: check.Pass, Phase: check.During})
	if g := gate(t, w, "connect.outbound.firewall"); !g.Open {
		t.Errorf("proven open by a later step: %+v", g)
	}
}

// TestNextNamesTheQuestionThatHoldsItsOwnStep: an answer of the step's own is
// the TPOC's turn, and no reason to say that there is nothing to do.
func TestNextNamesTheQuestionThatHoldsItsOwnStep(t *testing.T) {
	const step = steps.ConnectLockdown
	w := newWorld(onPremBoth)
	w.record(steps.ConnectInbound, now.Add(-50*hour), 300, "acme.com", "acme.net")
	w.tick(steps.ConnectInbound, steps.TaskChangeMX, now.Add(-40*hour))
	w.close(now, steps.ConnectRFI, steps.ConnectAccount, steps.ConnectOutbound, steps.ConnectRecipients, steps.ConnectInbound)
	w.run(steps.ConnectInbound, "MX-LEFT", now, pass)
	w.run(steps.ConnectInbound, "MX-AUTH", now, pass)
	expect := func(what, want string) {
		t.Helper()
		id, stage, why := Next(w.view())
		if id != step || stage != steps.StageAnswer || !strings.Contains(why, want) || !strings.Contains(why, "previous provider") {
			t.Errorf("%s: %s %s %q, want %q", what, id, stage, why, want)
		}
	}
	expect("not answered", "Answer for step 6")
	if turn := WhoseTurn(w.view(), step); turn.Who != TurnYou || !strings.Contains(turn.Text, "previous provider") {
		t.Errorf("turn: %+v", turn)
	}
	w.answer("lockdown.contract_ended", "no")
	expect("answered no", "change the answer")
	delete(w.snap.Answers, "lockdown.contract_ended")
	w.tick(steps.ConnectInbound, steps.TaskChangeMX, now.Add(-time.Minute)) // the caches hold it as well
	expect("with time missing, too", "Answer for step 6")
	w.answer("lockdown.contract_ended", "yes")
	if id, _, why := Next(w.view()); id != "" {
		t.Errorf("only time is missing, and yet %s: %q", id, why)
	}
}

// TestNextSendsBackToAClosedStep: a step that was closed over a failed check
// holds the one behind it, and next says what to run again.
func TestNextSendsBackToAClosedStep(t *testing.T) {
	w := newWorld(onPremBoth)
	w.record(steps.ConnectInbound, now.Add(-50*hour), 300, "acme.com", "acme.net")
	w.tick(steps.ConnectInbound, steps.TaskChangeMX, now.Add(-40*hour))
	w.close(now, steps.ConnectRFI, steps.ConnectAccount, steps.ConnectOutbound, steps.ConnectRecipients, steps.ConnectInbound)
	w.run(steps.ConnectInbound, "MX-LEFT", now, pass)
	w.run(steps.ConnectInbound, "MX-AUTH", now, blocked("MX-AUTH.old"))
	w.setAside(steps.ConnectInbound, "MX-AUTH.old")
	w.answer("lockdown.contract_ended", "yes")
	id, stage, why := Next(w.view())
	if id != steps.ConnectInbound || stage != steps.StageCheck || !strings.Contains(why, "checks of step 5 again, as step 6 waits") {
		t.Errorf("%s %s %q", id, stage, why)
	}
}

// TestAQuestionIsInTheWayOnce: as the gate that hangs on it, where there is one.
func TestAQuestionIsInTheWayOnce(t *testing.T) {
	const q = "lockdown.contract_ended"
	w := newWorld(onPremBoth)
	list := Obstacles(w.view(), steps.ConnectLockdown, []string{q})
	o := find(list, "connect.lockdown.contract")
	if o == nil || o.Stage != steps.StageAnswer || find(list, "answer "+q) != nil {
		t.Errorf("%+v", list)
	}
	w.setAside(steps.ConnectLockdown, "connect.lockdown.contract")
	if find(Obstacles(w.view(), steps.ConnectLockdown, []string{q}), "answer "+q) != nil {
		t.Error("set aside, and asked for once more")
	}
}

// TestTheRecordOfTheMXIsOneForAllSteps: made before the change, in any step.
func TestTheRecordOfTheMXIsOneForAllSteps(t *testing.T) {
	w := newWorld(onPremMove)
	w.record(steps.MigrateDates, now.Add(-3*hour), 300, "acme.com", "acme.net")
	w.tick(steps.MigrateMX, steps.TaskChangeMX, now.Add(-2*hour))
	w.run(steps.MigrateMX, steps.CheckMXPlan, now.Add(-hour), check.Result{Outcome: check.Skipped, Phase: check.During})
	r, standing := w.view().Result(steps.MigrateMX, steps.CheckMXPlan)
	if standing != steps.Counts || r.Step != steps.MigrateDates || r.Result.Outcome != check.Pass {
		t.Errorf("%s of %s: %s", r.Result.Outcome, r.Step, standing)
	}
}
