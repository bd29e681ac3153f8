package plan

import (
	"strings"

	"mxodus/steps"
)

// Lapsed reports a reason that nothing hangs on any more: the task that was set
// aside was ticked since, or the question answered.
func Lapsed(v steps.View, o steps.Override) bool {
	if id, ok := strings.CutPrefix(o.Gate, "task "); ok {
		at, done := v.TaskDone(o.Step, id)
		return done && at.After(o.At)
	}
	if id, ok := strings.CutPrefix(o.Gate, "answer "); ok {
		a := v.Snap.Answers[id]
		return a.Value != "" && a.At.After(o.At)
	}
	return false
}
