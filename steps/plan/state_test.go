package plan

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/rfi"
)

func TestStatus(t *testing.T) {
	const step = steps.ConnectRFI
	state := func(s steps.StepState) func(*world) {
		return func(w *world) { w.snap.Steps[step] = s }
	}
	for _, c := range []struct {
		what string
		set  func(*world)
		want steps.Status
	}{
		{"untouched", func(*world) {}, steps.NotStarted},
		{"a tick without a stored state", func(w *world) { w.tick(step, "send_form", now) }, steps.InProgress},
		{"a run begins nothing", func(w *world) { w.run(step, "MX-FORM", now, pass) }, steps.NotStarted},
		{"a run in a step begun", func(w *world) {
			w.tick(step, "send_form", now)
			w.run(step, "MX-FORM", now, pass)
		}, steps.InProgress},
		{"started", state(steps.StepState{Status: steps.InProgress}), steps.InProgress},
		{"waits on Mimecast", state(steps.StepState{Status: steps.Waiting, WaitingOn: WaitMimecast}), steps.Waiting},
		{"waits for a time", state(steps.StepState{Status: steps.Waiting, WaitingOn: WaitTime, Until: now.Add(1)}), steps.Waiting},
		{"the time has come", state(steps.StepState{Status: steps.Waiting, WaitingOn: WaitTime, Until: now}), steps.InProgress},
		{"done", state(steps.StepState{Status: steps.Done}), steps.Done},
		{"done with reasons", state(steps.StepState{Status: steps.Overridden}), steps.Overridden},
		{"a blocker", func(w *world) { w.run(step, "MX-FORM", now, blocked("MX-FORM.cname")) }, steps.Blocked},
		{"a blocker set aside", func(w *world) {
			w.run(step, "MX-FORM", now, blocked("MX-FORM.cname"))
			w.setAside(step, "MX-FORM.cname")
		}, steps.InProgress},
		{"an unknown does not block", func(w *world) {
			w.snap.Steps[step] = steps.StepState{Status: steps.InProgress}
			w.run(step, "MX-FORM", now, check.Result{Outcome: check.Unknown})
		}, steps.InProgress},
		{"closed with a blocker since", func(w *world) {
			w.close(now, step)
			w.run(step, "MX-FORM", now, blocked("MX-FORM.cname"))
		}, steps.Done},
	} {
		w := newWorld(onPremBoth)
		c.set(w)
		if got := Status(w.view(), step); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	w := newWorld(onPremBoth)
	if got := Status(w.view(), steps.MigrateMX); got != steps.NotApplicable {
		t.Errorf("a step of the other journey is %s", got)
	}
	if got := Status(w.view(), steps.ConnectAccount); got != steps.Blocked {
		t.Errorf("behind a gate: %s", got)
	}
	w.setAside(steps.ConnectAccount, "connect.account.after_rfi")
	if got := Status(w.view(), steps.ConnectAccount); got != steps.NotStarted {
		t.Errorf("gate set aside: %s", got)
	}
}

func TestStaleResultsNeverCount(t *testing.T) {
	w := newWorld(onPremBoth)
	w.snap.Steps[steps.ConnectRFI] = steps.StepState{Status: steps.InProgress}
	w.run(steps.ConnectRFI, "MX-FORM", now, blocked("MX-FORM.cname"))
	v := w.view()
	v.Stale = func(steps.Run) bool { return true }
	if got := Status(v, steps.ConnectRFI); got != steps.InProgress {
		t.Errorf("stale blocker: %s", got)
	}
	if o := find(Obstacles(v, steps.ConnectRFI, nil), "check MX-FORM"); o == nil || !strings.Contains(o.Text, "changed since") {
		t.Errorf("a stale result is not said to be stale: %+v", o)
	}
}

func find(os []Obstacle, id string) *Obstacle {
	for i := range os {
		if os[i].ID == id {
			return &os[i]
		}
	}
	return nil
}

func TestTransition(t *testing.T) {
	at, later := now, now.Add(hour)
	start := Event{Kind: EventStart, At: at, By: "Ann"}
	open := steps.StepState{Step: "s", Status: steps.InProgress, Started: at.Add(-hour)}
	closed := steps.StepState{Step: "s", Status: steps.Done, Started: at.Add(-hour), Closed: at}
	waiting := steps.StepState{Step: "s", Status: steps.Waiting, WaitingOn: WaitMimecast, Since: at.Add(-hour), Started: at.Add(-hour)}
	for _, c := range []struct {
		what string
		from steps.StepState
		e    Event
		want steps.StepState
		err  string
	}{
		{"start", steps.StepState{Step: "s"}, start, steps.StepState{Step: "s", Status: steps.InProgress, Started: at, By: "Ann"}, ""},
		{"start again changes nothing", open, start, steps.StepState{Step: "s", Status: steps.InProgress, Started: open.Started, By: "Ann"}, ""},
		{"resume", waiting, start, steps.StepState{Step: "s", Status: steps.InProgress, Started: open.Started, By: "Ann"}, ""},
		{"start closed", closed, start, closed, "reopen"},
		{"wait on Mimecast", open, Event{Kind: EventWait, At: at}, steps.StepState{Step: "s", Status: steps.Waiting, WaitingOn: WaitMimecast, Since: at, Started: open.Started}, ""},
		{"wait on keeps its beginning", waiting, Event{Kind: EventWait, At: at}, waiting, ""},
		{"wait until", open, Event{Kind: EventWait, At: at, Until: later}, steps.StepState{Step: "s", Status: steps.Waiting, WaitingOn: WaitTime, Since: at, Until: later, Started: open.Started}, ""},
		{"wait for the past", open, Event{Kind: EventWait, At: later, Until: at}, open, "passed"},
		{"wait when closed", closed, Event{Kind: EventWait, At: at}, closed, "waits for nothing"},
		{"confirm", waiting, Event{Kind: EventConfirm, At: later, By: "Ann", Overseen: "Bob"}, steps.StepState{Step: "s", Status: steps.Done, Started: open.Started, Closed: later, By: "Ann", Overseen: "Bob"}, ""},
		{"confirm at once", steps.StepState{Step: "s"}, Event{Kind: EventConfirm, At: at}, steps.StepState{Step: "s", Status: steps.Done, Started: at, Closed: at}, ""},
		{"confirm twice", closed, Event{Kind: EventConfirm, At: at}, closed, "closed already"},
		{"override", open, Event{Kind: EventOverride, At: at, Reason: " provider says no "}, steps.StepState{Step: "s", Status: steps.Overridden, Started: open.Started, Closed: at, Reason: "provider says no"}, ""},
		{"override without a reason", open, Event{Kind: EventOverride, At: at, Reason: " "}, open, "reason is needed"},
		{"reopen", closed, Event{Kind: EventReopen, At: later, Reason: "new domain"}, steps.StepState{Step: "s", Status: steps.InProgress, Started: open.Started, Reason: "new domain"}, ""},
		{"reopen without a reason", closed, Event{Kind: EventReopen}, closed, "reason is needed"},
		{"reopen what is open", open, Event{Kind: EventReopen, Reason: "x"}, open, "not closed"},
		{"no such event", open, Event{Kind: "fly"}, open, `"fly"`},
	} {
		got, err := Transition(c.from, c.e)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) || got != c.from {
				t.Errorf("%s: %+v, %v; want it refused with %q", c.what, got, err, c.err)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v\nwant %+v", c.what, got, err, c.want)
		}
	}
}

func TestObstacles(t *testing.T) {
	w := newWorld(onPremBoth)
	w.run(steps.ConnectRFI, "MX-PLAN", now, pass)
	w.tick(steps.ConnectRFI, "check_lists", now)
	kinds := func(os []Obstacle) (out []string) {
		for _, o := range os {
			if o.Text == "" || o.Why == "" || o.Stage == "" || !o.Overridable {
				t.Errorf("%+v is not complete", o)
			}
			out = append(out, string(o.Kind)+":"+o.ID)
		}
		return out
	}
	got := kinds(Obstacles(w.view(), steps.ConnectRFI, []string{"company.name"}))
	want := "answer:answer company.name task:task send_form not_run:check MX-FORM"
	if strings.Join(got, " ") != want {
		t.Errorf("obstacles %q, want %q", got, want)
	}
	w.run(steps.ConnectRFI, "MX-FORM", now, blocked("MX-FORM.cname"))
	w.setAside(steps.ConnectRFI, "task send_form")
	got = kinds(Obstacles(w.view(), steps.ConnectRFI, nil))
	if strings.Join(got, " ") != "blocker:MX-FORM.cname" {
		t.Errorf("obstacles %q", got)
	}
	w.setAside(steps.ConnectRFI, "MX-FORM.cname")
	if got = kinds(Obstacles(w.view(), steps.ConnectRFI, nil)); len(got) != 0 {
		t.Errorf("all set aside, still %q", got)
	}
	if got := kinds(Obstacles(w.view(), steps.ConnectAccount, nil)); got[0] != "gate:connect.account.after_rfi" {
		t.Errorf("the gate is not first: %q", got)
	}
	w.close(now, steps.ConnectRFI)
	if got := Obstacles(w.view(), steps.ConnectRFI, []string{"x"}); got != nil {
		t.Errorf("a closed step has obstacles: %v", got)
	}
}

// TestOutdated: what a check saw before the change proves nothing after it.
func TestOutdated(t *testing.T) {
	const step = steps.ConnectLockdown
	w := newWorld(onPremBoth)
	w.run(step, "FW-LOCK", now, before)
	w.run(step, "RANGES", now, pass)
	if o := find(Obstacles(w.view(), step, nil), "check FW-LOCK"); o != nil {
		t.Errorf("before the change: %+v", o)
	}
	w.tick(step, steps.TaskClosePort, now.Add(hour))
	o := find(Obstacles(w.view(), step, nil), "check FW-LOCK")
	if o == nil || o.Kind != ObstacleNotRun || !strings.Contains(o.Text, "since the change") {
		t.Errorf("after the change: %+v", o)
	}
	w.run(step, "FW-LOCK", now.Add(2*hour), pass)
	if o := find(Obstacles(w.view(), step, nil), "check FW-LOCK"); o != nil {
		t.Errorf("run again: %+v", o)
	}
	w.run(steps.ConnectInbound, "MX-PLAN", now, before)
	w.tick(steps.ConnectInbound, steps.TaskChangeMX, now.Add(hour))
	if o := find(Obstacles(w.view(), steps.ConnectInbound, nil), "check MX-PLAN"); o != nil {
		t.Errorf("the record from before the change is to stay: %+v", o)
	}
	w.run(steps.ConnectInbound, "MX-PROP", now, check.Result{Outcome: check.Waiting, Phase: check.During, Until: now.Add(hour), Summary: "3 of 6"})
	o = find(Obstacles(w.view(), steps.ConnectInbound, nil), "check MX-PROP")
	if o == nil || o.Kind != ObstacleWaiting || !strings.Contains(o.Text, "until 21 Nov 13:00") {
		t.Errorf("a check that waits: %+v", o)
	}
}

// TestObstaclesNameThingsOnce: a blocker of the last step itself is listed as
// such and not once more by the gate that wants everything clean.
func TestObstaclesNameThingsOnce(t *testing.T) {
	w := newWorld(onPremMove)
	w.run(steps.MigrateSignOff, "MX-LEFT", now, blocked("MX-LEFT.old"))
	os := Obstacles(w.view(), steps.MigrateSignOff, nil)
	if find(os, "MX-LEFT.old") == nil || find(os, "migrate.signoff.clean") != nil {
		t.Errorf("own blocker: %+v", os)
	}
	w.run(steps.MigrateFirewall, "FW-OPEN", now, blocked("FW-OPEN.shut"))
	if o := find(Obstacles(w.view(), steps.MigrateSignOff, nil), "migrate.signoff.clean"); o == nil || !strings.Contains(o.Text, "FW-OPEN.shut") {
		t.Errorf("blocker of another step: %+v", o)
	}
}

// answerAll answers the required questions of a step with something.
func answerAll(w *world, step string) {
	for range 20 { // answers open further questions
		st, _ := w.plan.Step(step)
		missing := Missing(w.view().Facts, st)
		if len(missing) == 0 {
			return
		}
		for _, id := range missing {
			q, _ := rfi.Find(id)
			v := q.Example
			if q.Options != nil {
				v = q.Options(w.view().Facts)[0].Value
			}
			w.answer(id, q.Parse(v, w.view().Facts).Value)
		}
	}
}

func TestNext(t *testing.T) {
	w := newWorld(onPremBoth)
	const step = steps.ConnectRFI
	expect := func(what, id string, stage steps.Stage, why string) {
		t.Helper()
		gotID, gotStage, gotWhy := Next(w.view())
		if gotID != id || gotStage != stage || !strings.Contains(gotWhy, why) || (why == "") != (gotWhy == "") {
			t.Errorf("%s: %q %q %q, want %q %q %q", what, gotID, gotStage, gotWhy, id, stage, why)
		}
	}
	expect("a new move", step, steps.StageRead, "Begin step 1: Request")
	w.snap.Steps[step] = steps.StepState{Status: steps.InProgress}
	expect("begun", step, steps.StageAnswer, "for step 1")
	answerAll(w, step)
	expect("answered", step, steps.StageDo, "Look through addresses")
	w.tick(step, "check_lists", now)
	w.tick(step, "send_form", now)
	expect("done", step, steps.StageCheck, "Run 2 checks")
	w.run(step, "MX-PLAN", now, pass)
	expect("one check left", step, steps.StageCheck, "Run MX-FORM")
	w.run(step, "MX-FORM", now, blocked("MX-FORM.cname"))
	expect("a blocker", step, steps.StageCheck, "Put right what MX-FORM found")
	w.run(step, "MX-FORM", now, check.Result{Outcome: check.Waiting, Until: now.Add(hour)})
	expect("a check that waits", step, steps.StageCheck, "Wait for MX-FORM until 21 Nov 13:00")
	w.now = now.Add(hour)
	expect("its time has come", step, steps.StageCheck, "Run MX-FORM")
	w.run(step, "MX-FORM", w.now, pass)
	expect("all green", step, steps.StageConfirm, "Confirm step 1")
	w.close(now, step)
	expect("closed", steps.ConnectAccount, steps.StageRead, "step 2")
	w.snap.Steps[steps.ConnectAccount] = steps.StepState{Status: steps.Waiting, WaitingOn: WaitMimecast, Since: now}
	expect("Mimecast has it", "", "", "")
	w.close(now, steps.ConnectAccount)
	expect("outbound waits for the firewall", steps.ConnectRecipients, steps.StageRead, "step 4")
	w.tick(steps.ConnectAccount, steps.TaskOpenRanges, now)
	expect("firewall open", steps.ConnectOutbound, steps.StageRead, "step 3")
	for _, s := range w.plan.Steps {
		w.close(now, s.ID)
	}
	expect("everything done", "", "", "")
}

func TestWhoseTurn(t *testing.T) {
	w := newWorld(onPremBoth)
	w.close(now, steps.ConnectRFI)
	w.snap.Steps[steps.ConnectAccount] = steps.StepState{Status: steps.Waiting, WaitingOn: WaitMimecast, Since: now.Add(-hour)}
	w.tick(steps.ConnectAccount, steps.TaskOpenRanges, now)
	w.tick(steps.ConnectOutbound, steps.TaskSwitchConnector, now.Add(-hour))
	w.close(now, steps.ConnectOutbound, steps.ConnectRecipients)
	w.snap.Steps[steps.ConnectLockdown] = steps.StepState{Status: steps.Waiting, WaitingOn: WaitTime, Until: now.Add(hour)}
	for _, c := range []struct {
		step, who, text string
		since, until    time.Time
	}{
		{steps.ConnectRFI, TurnNobody, "", time.Time{}, time.Time{}},
		{steps.ConnectAccount, TurnMimecast, "Mimecast builds your account", now.Add(-hour), time.Time{}},
		{steps.ConnectInbound, TurnTime, "several days", time.Time{}, now.Add(71 * hour)},
		{steps.ConnectLockdown, TurnTime, "Firewall Lockdown", time.Time{}, now.Add(hour)},
		{steps.ConnectCompletion, TurnNobody, "after steps 2, 5, 6", time.Time{}, time.Time{}},
		{"connect.none", TurnNobody, "", time.Time{}, time.Time{}},
	} {
		got := WhoseTurn(w.view(), c.step)
		if got.Step != c.step || got.Who != c.who || !strings.Contains(got.Text, c.text) || !got.Since.Equal(c.since) || !got.Until.Equal(c.until) {
			t.Errorf("%s: %+v, want %+v", c.step, got, c)
		}
	}
	w.snap.Steps[steps.ConnectAccount] = steps.StepState{Status: steps.InProgress}
	if got := WhoseTurn(w.view(), steps.ConnectAccount); got.Who != TurnYou || got.Text == "" {
		t.Errorf("your turn: %+v", got)
	}
}
