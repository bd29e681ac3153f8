package wizard

import (
	"encoding/json"
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
)

// JournalLine says what an entry of the journal records in the words of the
// screens: questions, tasks, steps and gates by their labels, with the id
// behind them. The entry itself stays as it was written.
func (s *Session) JournalLine(e steps.JournalEntry) string {
	v := s.View()
	st, _ := v.Plan.Step(e.Step)
	var aside steps.Override
	if e.Kind == "override" && json.Unmarshal([]byte(e.Data), &aside) == nil && aside.Gate != "" {
		if what := AsideText(v, aside); what != aside.Gate {
			return fmt.Sprintf("set aside: %s (%s): %s", what, aside.Gate, aside.Reason)
		}
	}
	kind, rest, ok := strings.Cut(e.Detail, " ")
	if !ok {
		return e.Detail
	}
	switch kind {
	case "answer":
		id, value, _ := strings.Cut(rest, " ")
		if q, known := rfi.Find(id); known {
			return strings.TrimRight(q.Label, "?") + ": " + strings.TrimPrefix(value, "= ") + " (" + id + ")"
		}
	case "task":
		id, state, ok := strings.Cut(rest, ": ")
		if title := taskTitle(v, st, id); ok && title != "" {
			return fmt.Sprintf("%s: %s (%s)", title, state, id)
		}
	case "step":
		id, state, ok := strings.Cut(rest, ": ")
		if of, known := v.Plan.Step(id); ok && known {
			return fmt.Sprintf("step %d, %s: %s", of.Number, of.Title, state)
		}
	}
	return e.Detail
}

func taskTitle(v steps.View, st steps.Step, id string) string {
	if st.Tasks == nil {
		return ""
	}
	for _, t := range st.Tasks(v.Facts) {
		if t.ID == id {
			return t.Title
		}
	}
	return ""
}

// AsideText says in words what an override names.
func AsideText(v steps.View, o steps.Override) string {
	st, _ := v.Plan.Step(o.Step)
	for _, g := range st.Gates {
		if g.ID == o.Gate {
			return g.Text
		}
	}
	if o.Gate == plan.UntoldID {
		return plan.UntoldAside
	}
	if id, ok := strings.CutPrefix(o.Gate, "task "); ok {
		if title := taskTitle(v, st, id); title != "" {
			return "not ticked: " + title
		}
	}
	if id, ok := strings.CutPrefix(o.Gate, "answer "); ok {
		if q, known := rfi.Find(id); known {
			return "not answered: " + q.Label
		}
	}
	if id, ok := strings.CutPrefix(o.Gate, "check "); ok {
		return id + " had no result that counts"
	}
	if id, ok := strings.CutSuffix(o.Gate, ".unknown"); ok {
		return id + " could not tell"
	}
	return o.Gate
}

// Aside says in words what an override of this move names.
func (s *Session) Aside(o steps.Override) string {
	v := s.View()
	text := AsideText(v, o)
	if plan.Lapsed(v, o) {
		text += " (done since)"
	}
	return text
}

// OwnerWord says an owner from the TPOC's point of view.
func OwnerWord(o steps.Owner) string {
	switch o {
	case steps.OwnerMimecast:
		return "Mimecast"
	case steps.OwnerBoth:
		return "you and Mimecast"
	}
	return "you (TPOC)"
}

// OwnerColumn is OwnerWord for a narrow column.
func OwnerColumn(o steps.Owner) string {
	switch o {
	case steps.OwnerMimecast:
		return "Mimecast"
	case steps.OwnerBoth:
		return "both"
	}
	return "you"
}

// TaskCount counts the tasks of the step: how many are ticked, and how many
// there are, the optional ones with them. It is the one count of tasks.
func (p StepPage) TaskCount() (done, total int) {
	for _, t := range p.Tasks {
		if total++; t.State.Done {
			done++
		}
	}
	return done, total
}

// taskCount is StepPage.TaskCount without the page.
func taskCount(v steps.View, st steps.Step) (done, total int) {
	if st.Tasks == nil {
		return 0, 0
	}
	var p StepPage
	for _, t := range st.Tasks(v.Facts) {
		p.Tasks = append(p.Tasks, TaskLine{Task: t, State: v.Snap.Tasks[steps.TaskKey(st.ID, t.ID)]})
	}
	return p.TaskCount()
}

// Called names what a lost race was about as people know it: a question by its
// label, a task and a step by their titles. What is the name that a
// steps.ConflictError gives it.
func (s *Session) Called(what string) string {
	kind, id, _ := strings.Cut(what, " ")
	switch kind {
	case "answer":
		if q, known := rfi.Find(id); known {
			return q.Label
		}
	case "task":
		step, task, _ := strings.Cut(id, "/")
		v := s.View()
		st, _ := v.Plan.Step(step)
		if title := taskTitle(v, st, task); title != "" {
			return title
		}
	case "step":
		if st, known := s.Plan().Step(id); known {
			return fmt.Sprintf("step %d, %s", st.Number, st.Title)
		}
	}
	return what
}
