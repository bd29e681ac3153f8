package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/rfi"
)

// Next returns the next useful thing for the TPOC: the first step in order
// that can go on now, the stage to open and what to do there, in the
// imperative. Steps that wait, and steps held back by a gate, are passed over,
// unless it is an answer of the step's own that opens the gate; a step in which
// only a check waits for a time comes after those that can go on, and a step
// that waits for a time and has such a question comes last. All are empty
// when nothing can be done now.
func Next(v steps.View) (stepID string, stage steps.Stage, why string) {
	var later struct {
		step, text string
		stage      steps.Stage
	}
	for _, st := range v.Plan.Steps {
		if changed := v.ChangedSince(st.ID); len(changed) > 0 {
			return st.ID, steps.StageConfirm, fmt.Sprintf("Open step %d again and confirm it anew: %s", st.Number, ChangeText(v, st, changed[0]))
		}
		if names := Untold(v, st.ID); len(names) > 0 && v.Closed(st.ID) {
			return st.ID, steps.StageConfirm, TellText(names)
		}
		switch Status(v, st.ID) {
		case steps.NotStarted, steps.InProgress:
		case steps.Blocked:
			if unmet := UnmetGates(v, st, steps.GateStart); len(unmet) > 0 {
				text, alone, timed := gateQuestion(v, st, unmet)
				if alone {
					return st.ID, steps.StageAnswer, text
				}
				if timed && later.text == "" {
					later.step, later.stage, later.text = st.ID, steps.StageAnswer, text
				} else if id, text := recheck(v, st, unmet); text != "" && later.text == "" {
					later.step, later.stage, later.text = id, steps.StageCheck, text
				}
				continue
			}
		default:
			continue
		}
		at, text, waits := stageOf(v, st)
		if !waits {
			return st.ID, at, text
		}
		if stepID == "" {
			stepID, stage, why = st.ID, at, text
		}
	}
	if stepID == "" && later.step != "" {
		return later.step, later.stage, later.text
	}
	if stepID == "" {
		return again(v)
	}
	return stepID, stage, why
}

// again leads to the first closed step with a check that is to be run once
// more, as its result does not count any more.
func again(v steps.View) (stepID string, stage steps.Stage, why string) {
	for _, st := range v.Plan.Steps {
		if ids := OutOfDate(v, st.ID); len(ids) > 0 {
			_, standing := v.Result(st.ID, ids[0])
			return st.ID, steps.StageCheck, fmt.Sprintf("Run %s of step %d again: it %s", ids[0], st.Number, outOfDate(v, st.ID, ids[0], standing))
		}
	}
	return "", "", ""
}

// recheck names the closed step whose checks, run again, may free a step that
// nothing but their results and time hold back.
func recheck(v steps.View, st steps.Step, unmet []Unmet) (id, text string) {
	for _, u := range unmet {
		at, ok := v.Plan.Step(u.Gate.Recheck)
		switch {
		case ok && v.Closed(at.ID):
			if text == "" {
				id = at.ID
				text = fmt.Sprintf("Run the checks of step %d again, as step %d waits for them: %s", at.Number, st.Number, u.State.Unmet)
			}
		case u.State.Until.IsZero() && u.Gate.Question == "":
			return "", ""
		}
	}
	return id, text
}

// gateQuestion names the question of the step's own whose answer opens one of
// the gates that hold it back. alone says that nothing else does, timed that
// everything else is a matter of time.
func gateQuestion(v steps.View, st steps.Step, unmet []Unmet) (text string, alone, timed bool) {
	alone, timed = true, true
	for _, u := range unmet {
		if u.Gate.Question == "" || !slices.Contains(st.Questions, u.Gate.Question) || !u.State.Until.IsZero() {
			alone, timed = false, timed && !u.State.Until.IsZero()
			continue
		}
		q, ok := rfi.Find(u.Gate.Question)
		if !ok || text != "" {
			continue
		}
		if v.Facts.Answers.Value(q.ID) == "" {
			text = fmt.Sprintf("Answer for step %d: %s", st.Number, q.Label)
		} else {
			text = fmt.Sprintf("When it is so, change the answer for step %d: %s", st.Number, q.Label)
		}
	}
	return text, alone && text != "", timed && text != ""
}

// stageOf finds the stage of a step that needs the TPOC next, and whether
// nothing is to be done there but to wait for a check's time.
func stageOf(v steps.View, st steps.Step) (stage steps.Stage, why string, waits bool) {
	if Status(v, st.ID) == steps.NotStarted {
		return steps.StageRead, fmt.Sprintf("Begin step %d: %s", st.Number, st.Title), false
	}
	if n := len(Missing(v.Facts, st)); n > 0 {
		return steps.StageAnswer, fmt.Sprintf("Answer %s for step %d: %s", count(n, "question"), st.Number, st.Title), false
	}
	if st.Tasks != nil {
		for _, t := range st.Tasks(v.Facts) {
			if _, done := v.TaskDone(st.ID, t.ID); !done && !t.Optional && !Held(v, st, t) {
				return steps.StageDo, t.Title, false
			}
		}
	}
	if names := Untold(v, st.ID); len(names) > 0 {
		return steps.StageDo, TellText(names), false
	}
	if b := blockers(v, st); len(b) > 0 {
		return steps.StageCheck, fmt.Sprintf("Put right what %s found: %s", b[0].Run.Result.Check, b[0].Says()), false
	}
	if n, id := unproven(v, st); n > 0 {
		if n == 1 {
			return steps.StageCheck, fmt.Sprintf("Run %s for step %d: %s", id, st.Number, st.Title), false
		}
		return steps.StageCheck, fmt.Sprintf("Run %s for step %d: %s", count(n, "check"), st.Number, st.Title), false
	}
	for _, id := range st.Checks {
		if r, ok := v.Run(st.ID, id); ok && r.Result.Outcome == check.Waiting && !v.Overridden(st.ID, "check "+id) {
			return steps.StageCheck, fmt.Sprintf("Wait for %s%s", id, until(v, r)), true
		}
	}
	return steps.StageConfirm, fmt.Sprintf("Confirm step %d: %s", st.Number, st.Title), false
}

// until says when a check wants to look again, in the reader's zone.
func until(v steps.View, r steps.Run) string {
	if r.Result.Until.IsZero() {
		return ""
	}
	return r.Result.Until.In(v.Now.Location()).Format(" until 2 Jan 15:04")
}

// unproven counts the checks of a step that have no fresh result, or one that
// said to look again later and that time has come.
func unproven(v steps.View, st steps.Step) (n int, first string) {
	for _, id := range st.Checks {
		r, ok := v.Run(st.ID, id)
		again := ok && r.Result.Outcome == check.Waiting && !v.Now.Before(r.Result.Until)
		if (!ok || again) && !v.Overridden(st.ID, "check "+id) {
			if n++; n == 1 {
				first = id
			}
		}
	}
	return n, first
}

// Missing lists the ids of the step's required questions without a usable answer.
func Missing(f steps.Facts, st steps.Step) []string {
	var out []string
	for _, q := range rfi.Review(f, st.Questions) {
		if q.Missing {
			out = append(out, q.Question.ID)
		}
	}
	return out
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Who may be waited for.
const (
	TurnYou      = "you"
	TurnMimecast = "mimecast"
	TurnTime     = "time"
	TurnNobody   = "nobody"
)

// Turn says whose move a step is.
type Turn struct {
	Step  string
	Who   string    // one of the Turn constants
	Text  string    // what is to be done or waited for
	Since time.Time // since when Mimecast has it; zero otherwise
	Until time.Time // what time is waited for; zero otherwise
}

// WhoseTurn says who moves next in a step.
func WhoseTurn(v steps.View, step string) Turn {
	t := Turn{Step: step, Who: TurnNobody}
	st, ok := v.Plan.Step(step)
	if !ok {
		return t
	}
	state := v.Snap.Steps[step]
	switch Status(v, step) {
	case steps.Waiting:
		t.Who, t.Text, t.Since = TurnMimecast, st.WaitsFor, state.Since
		if t.Text == "" {
			t.Text = "Mimecast: " + st.Title
		}
		if state.WaitingOn == WaitTime {
			t.Who, t.Text, t.Since, t.Until = TurnTime, st.Title, time.Time{}, state.Until
		}
	case steps.Blocked:
		if unmet := UnmetGates(v, st, steps.GateStart); len(unmet) > 0 {
			if text, alone, _ := gateQuestion(v, st, unmet); alone {
				t.Who, t.Text = TurnYou, text
				return t
			}
			return heldBack(t, unmet)
		}
		t.Who = TurnYou
		_, t.Text, _ = stageOf(v, st)
	case steps.NotStarted, steps.InProgress:
		t.Who = TurnYou
		_, t.Text, _ = stageOf(v, st)
	}
	return t
}

// heldBack is the turn of a step behind gates: time's when only time is
// missing, the latest of the moments counting; else nobody's.
func heldBack(t Turn, unmet []Unmet) Turn {
	var texts []string
	t.Who = TurnTime
	for _, u := range unmet {
		texts = append(texts, u.State.Unmet)
		if u.State.Until.IsZero() {
			t.Who = TurnNobody
		}
		if u.State.Until.After(t.Until) {
			t.Until = u.State.Until
		}
	}
	if t.Who == TurnNobody {
		t.Until = time.Time{}
	}
	t.Text = strings.Join(texts, "; ")
	return t
}
