package plan

import (
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
)

// TestIncomplete: closing every step is not enough; each check must have a
// present result, or a reason.
func TestIncomplete(t *testing.T) {
	finished := func() *world {
		w := newWorld(onPremBoth)
		w.record(steps.ConnectInbound, now.Add(-50*hour), 300, "acme.com", "acme.net")
		for _, s := range w.plan.Steps {
			w.close(now, s.ID)
			for _, id := range s.Checks {
				if id != steps.CheckMXPlan {
					w.run(s.ID, id, now, pass)
				}
			}
			for _, task := range s.Tasks(w.view().Facts) {
				w.tick(s.ID, task.ID, now.Add(-40*hour))
			}
		}
		w.run(steps.ConnectRFI, steps.CheckMXPlan, now, before)
		return w
	}
	if left := Incomplete(finished().view()); len(left) != 0 {
		t.Fatalf("a finished move has something left: %+v", left)
	}
	for _, c := range []struct {
		what string
		set  func(*world)
		want string
	}{
		{"an open step", func(w *world) { delete(w.snap.Steps, steps.ConnectAccount) }, "Mimecast Account configuration: in progress"},
		{"a check never run", func(w *world) { delete(w.snap.Latest, steps.RunKey(steps.ConnectCompletion, "GW-OUT")) }, "GW-OUT was not run"},
		{"a check from before the change", func(w *world) {
			w.run(steps.ConnectLockdown, "FW-LOCK", now, before)
			delete(w.snap.Latest, steps.RunKey(steps.ConnectCompletion, "FW-LOCK"))
			w.setAside(steps.ConnectCompletion, "check FW-LOCK")
		}, "FW-LOCK was not run since the change"},
		{"a failed check", func(w *world) { w.run(steps.ConnectCompletion, "MX-LEFT", now, blocked("MX-LEFT.old")) }, "not as it should be"},
		{"could not tell", func(w *world) {
			w.run(steps.ConnectCompletion, "MX-PROP", now.Add(hour), check.Result{Outcome: check.Unknown, Phase: check.After})
		}, "MX-PROP could not tell"},
		{"a task", func(w *world) { delete(w.snap.Tasks, steps.TaskKey(steps.ConnectRFI, "send_form")) }, "not ticked"},
		{"a changed answer", func(w *world) {
			w.snap.Answers["case.number"] = steps.Answer{Revision: 2, Value: "1", At: now.Add(hour)}
		}, "changed since the step was confirmed"},
	} {
		w := finished()
		c.set(w)
		left := Incomplete(w.view())
		if len(left) == 0 || !strings.Contains(left[0].Text, c.want) || left[0].Step == 0 {
			t.Errorf("%s: %+v, want %q", c.what, left, c.want)
		}
	}
	w := finished()
	w.run(steps.ConnectCompletion, "MX-LEFT", now.Add(hour), blocked("MX-LEFT.old"))
	w.setAside(steps.ConnectCompletion, "MX-LEFT.old")
	if left := Incomplete(w.view()); len(left) != 0 {
		t.Errorf("set aside with a reason: %+v", left)
	}
	v := finished().view()
	v.Plan.Steps = nil
	if left := Incomplete(v); len(left) != 1 {
		t.Errorf("no plan: %+v", left)
	}
}
