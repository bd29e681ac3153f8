package plan

import (
	"fmt"
	"slices"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/require"
)

// ObstacleKind is what kind of thing stands in the way.
type ObstacleKind string

// Kinds of obstacles.
const (
	ObstacleAnswer  ObstacleKind = "answer"  // a required answer is missing
	ObstacleTask    ObstacleKind = "task"    // a task is not ticked
	ObstacleNotRun  ObstacleKind = "not_run" // a check has no fresh result of this phase
	ObstacleBlocker ObstacleKind = "blocker" // a fresh result holds a blocker
	ObstacleUnknown ObstacleKind = "unknown" // a check could not tell
	ObstacleWaiting ObstacleKind = "waiting" // a check wants to look again later
	ObstacleGate    ObstacleKind = "gate"    // a gate does not hold
	ObstacleUntold  ObstacleKind = "sent"    // Mimecast has some answers otherwise
)

// Obstacle stands in the way of confirming a step. ID is what an Override
// names in its field Gate; once it is set aside it is no obstacle any more.
type Obstacle struct {
	ID          string
	Kind        ObstacleKind
	Text        string // what is missing, one line
	Why         string // what happens if it is set aside
	Overridable bool
	Stage       steps.Stage // where it is put right
}

// Obstacles lists what stands in the way of confirming a step, in the order in
// which the TPOC would put it right. missing are the ids of required questions
// of the step that have no usable answer.
func Obstacles(v steps.View, step string, missing []string) []Obstacle {
	st, ok := v.Plan.Step(step)
	if !ok || v.Snap.Steps[step].Status.Closed() {
		return nil
	}
	var all []Obstacle
	for _, u := range UnmetGates(v, st, steps.GateStart) {
		stage := steps.StageRead
		if slices.Contains(st.Questions, u.Gate.Question) && u.State.Until.IsZero() {
			stage = steps.StageAnswer
		}
		all = append(all, gateObstacle(u, stage))
	}
	for _, q := range missing {
		if asksAlready(st, q) {
			continue // the gate that hangs on it is listed, or was set aside
		}
		all = append(all, Obstacle{
			ID: "answer " + q, Kind: ObstacleAnswer, Text: "not answered: " + q, Stage: steps.StageAnswer,
			Why: "The record of the move stays incomplete, and texts that need the value say unknown",
		})
	}
	first, last := inOrder(v, st, openTasks(v, st))
	all = append(all, first...)
	if names := Untold(v, step); len(names) > 0 {
		all = append(all, tellObstacle(names))
	}
	all = append(all, openChecks(v, st)...)
	all = append(all, last...)
	// what is listed by itself is not listed again by a gate that counts it
	for _, u := range UnmetGates(settled(v, step, all), st, steps.GateConfirm) {
		all = append(all, gateObstacle(u, steps.StageConfirm))
	}
	var out []Obstacle
	for _, o := range all {
		if !v.Overridden(step, o.ID) {
			o.Overridable = true
			out = append(out, o)
		}
	}
	return out
}

// Held reports a task that comes after the checks of its step, while one of
// them leaves something open that was not set aside.
func Held(v steps.View, st steps.Step, t steps.Task) bool {
	return t.AfterChecks && !v.Closed(st.ID) && slices.ContainsFunc(openChecks(v, st), func(o Obstacle) bool {
		return !v.Overridden(st.ID, o.ID)
	})
}

// inOrder tells the tasks that come before the checks of a step from those that
// come after them.
func inOrder(v steps.View, st steps.Step, tasks []Obstacle) (first, last []Obstacle) {
	after := map[string]bool{}
	if st.Tasks != nil {
		for _, t := range st.Tasks(v.Facts) {
			after["task "+t.ID] = t.AfterChecks
		}
	}
	for _, o := range tasks {
		if after[o.ID] {
			last = append(last, o)
		} else {
			first = append(first, o)
		}
	}
	return first, last
}

// asksAlready reports that a start gate of the step hangs on the question.
func asksAlready(st steps.Step, question string) bool {
	return slices.ContainsFunc(st.Gates, func(g steps.Gate) bool {
		return g.Kind == steps.GateStart && g.Question == question
	})
}

// settled is the view with the obstacles of a step taken as set aside.
func settled(v steps.View, step string, obstacles []Obstacle) steps.View {
	v.Snap.Overrides = slices.Clone(v.Snap.Overrides)
	for _, o := range obstacles {
		v.Snap.Overrides = append(v.Snap.Overrides, steps.Override{Step: step, Gate: o.ID})
	}
	return v
}

func gateObstacle(u Unmet, stage steps.Stage) Obstacle {
	return Obstacle{
		ID: u.Gate.ID, Kind: ObstacleGate, Stage: stage,
		Text: fmt.Sprintf("%s: %s", u.Gate.Text, u.State.Unmet), Why: u.Gate.Why,
	}
}

func waitingObstacle(v steps.View, r steps.Run) Obstacle {
	return Obstacle{
		ID: "check " + r.Result.Check, Kind: ObstacleWaiting, Stage: steps.StageCheck,
		Text: fmt.Sprintf("%s waits%s: %s", r.Result.Check, until(v, r), r.Result.Summary),
		Why:  "What is still on its way may yet turn out wrong",
	}
}

func openTasks(v steps.View, st steps.Step) []Obstacle {
	if st.Tasks == nil {
		return nil
	}
	var out []Obstacle
	for _, t := range st.Tasks(v.Facts) {
		if _, done := v.TaskDone(st.ID, t.ID); done || t.Optional {
			continue
		}
		out = append(out, Obstacle{
			ID: "task " + t.ID, Kind: ObstacleTask, Text: "not ticked: " + t.Title, Stage: steps.StageDo,
			Why: "Later steps take this for done",
		})
	}
	return out
}

func openChecks(v steps.View, st steps.Step) []Obstacle {
	var out []Obstacle
	found := require.OpenIn(v, st)
	for _, id := range st.Checks {
		if slices.ContainsFunc(found, func(o require.Open) bool { return o.Run.Result.Check == id }) {
			continue // what it found is named below
		}
		text := id + " was not run"
		switch r, standing := v.Result(st.ID, id); standing {
		case steps.NotRun:
		case steps.Counts:
			if r.Result.Outcome == check.Waiting {
				out = append(out, waitingObstacle(v, r))
			}
			continue
		default:
			text = id + " " + outOfDate(v, st.ID, id, standing)
		}
		out = append(out, Obstacle{
			ID: "check " + id, Kind: ObstacleNotRun, Text: text, Stage: steps.StageCheck,
			Why: "Nothing proves that the change is right",
		})
	}
	for _, o := range found {
		kind, why := ObstacleUnknown, "What could not be checked may be right or wrong; say why you go on"
		if o.Finding != nil {
			kind, why = ObstacleBlocker, string(o.Finding.IfLeft)
		}
		out = append(out, Obstacle{ID: o.ID, Kind: kind, Text: o.Says(), Why: why, Stage: steps.StageCheck})
	}
	return out
}
