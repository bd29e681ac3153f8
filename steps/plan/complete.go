package plan

import (
	"fmt"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/require"
	"mxodus/steps/rfi"
)

// Left is one thing that keeps a move from being complete.
type Left struct {
	Step int    // number in the plan; 0 for the move as a whole
	ID   string // of the step
	Kind string // "step", "changed", or one of the kinds of obstacles
	Text string // one line, without the step's number
}

// Incomplete lists what keeps a move from being complete; none is left when
// every step is closed and stands as it was confirmed, and every task is ticked
// and every check has a present result that is neither wrong nor unknown, or was
// set aside with a reason. It is the one answer to "is this move complete".
func Incomplete(v steps.View) []Left {
	if len(v.Plan.Steps) == 0 {
		return []Left{{Kind: "step", Text: "the kind of move is not chosen yet"}}
	}
	var out []Left
	for _, st := range v.Plan.Steps {
		add := func(kind, text string) { out = append(out, Left{st.Number, st.ID, kind, text}) }
		if !v.Closed(st.ID) {
			add("step", fmt.Sprintf("%s: %s", st.Title, openWord(Status(v, st.ID))))
			continue
		}
		for _, c := range v.ChangedSince(st.ID) {
			add("changed", ChangeText(v, st, c))
		}
		if names := Untold(v, st.ID); len(names) > 0 {
			add(string(ObstacleUntold), TellText(names))
		}
		for _, o := range openTasks(v, st) {
			if !v.Overridden(st.ID, o.ID) {
				add(string(o.Kind), o.Text)
			}
		}
		for _, id := range st.Checks {
			for _, l := range uncheckedIn(v, st, id) {
				add(l.Kind, l.Text)
			}
		}
	}
	return out
}

func openWord(s steps.Status) string {
	switch s {
	case steps.NotStarted:
		return "to do"
	case steps.Waiting:
		return "waiting"
	case steps.Blocked:
		return "blocked"
	}
	return "in progress"
}

// uncheckedIn lists what a check of a closed step leaves open.
func uncheckedIn(v steps.View, st steps.Step, id string) []Left {
	r, standing := v.Result(st.ID, id)
	aside := func(what string) bool {
		return v.Overridden(st.ID, what) || r.Step != "" && v.Overridden(r.Step, what)
	}
	// the record of the MX cannot be made again once they have changed
	if aside("check "+id) || id == steps.CheckMXPlan && r.Result.Phase == check.Before {
		return nil
	}
	switch {
	case standing == steps.NotRun:
		return []Left{{Kind: string(ObstacleNotRun), Text: id + " was not run"}}
	case standing != steps.Counts:
		return []Left{{Kind: string(ObstacleNotRun), Text: id + " " + outOfDate(v, st.ID, id, standing)}}
	case r.Result.Outcome == check.Waiting:
		return []Left{{Kind: string(ObstacleWaiting), Text: fmt.Sprintf("%s waits%s: %s", id, until(v, r), r.Result.Summary)}}
	}
	var out []Left
	for _, o := range require.OpenIn(v, st) {
		if o.Run.Result.Check != id || aside(o.ID) {
			continue
		}
		kind := ObstacleUnknown
		if o.Finding != nil {
			kind = ObstacleBlocker
		}
		out = append(out, Left{Kind: string(kind), Text: o.Says()})
	}
	return out
}

// outOfDate says why a result does not count any more.
func outOfDate(v steps.View, step, id string, standing steps.Standing) string {
	if standing == steps.InputGone {
		return "was run on " + steps.InputOf(id) + " that have changed since"
	}
	at, task, _ := v.ChangeTask(step)
	if def, ok := v.Plan.Step(at); ok && def.Tasks != nil {
		for _, t := range def.Tasks(v.Facts) {
			if t.ID == task {
				return "was not run since the change was ticked: " + t.Title
			}
		}
	}
	return "was not run since the change"
}

// OutOfDate names the checks of a closed step that are to be run again, as
// require.OutOfDate decides it.
func OutOfDate(v steps.View, step string) []string {
	st, ok := v.Plan.Step(step)
	if !ok {
		return nil
	}
	return require.OutOfDate(v, st)
}

// ChangeText says in one line what was changed after its step was confirmed.
func ChangeText(v steps.View, st steps.Step, c steps.Change) string {
	what := c.Question
	if q, ok := rfi.Find(c.Question); ok {
		what = q.Label
	}
	if c.Task != "" {
		what = c.Task
		for _, t := range st.Tasks(v.Facts) {
			if t.ID == c.Task {
				what = t.Title
			}
		}
		if _, done := v.TaskDone(st.ID, c.Task); !done {
			return fmt.Sprintf("the tick was taken off after the step was confirmed: %s", what)
		}
		return fmt.Sprintf("ticked anew after the step was confirmed: %s", what)
	}
	return fmt.Sprintf("changed since the step was confirmed: %s", what)
}
