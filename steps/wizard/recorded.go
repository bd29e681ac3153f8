package wizard

import (
	"fmt"
	"slices"

	"mxodus/steps/rfi"
)

// RecordError says that a task that is there to note something cannot be ticked
// before the question is answered.
type RecordError struct {
	Step     string
	Question rfi.Question
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("this is done once it is noted here: answer %q first", e.Question.Label)
}

// unrecorded finds the first question that a task is there to answer and that
// has no answer which can be used in full: a code of another region is none.
func (s *Session) unrecorded(step, task string) (rfi.Question, bool) {
	v := s.View()
	st, _ := v.Plan.Step(step)
	if st.Tasks == nil {
		return rfi.Question{}, false
	}
	for _, t := range st.Tasks(v.Facts) {
		if t.ID != task {
			continue
		}
		for _, id := range t.Records {
			q, ok := rfi.Find(id)
			if ok && (v.Facts.Answers.Value(id) == "" || s.Unfit(id)) {
				return q, true
			}
		}
	}
	return rfi.Question{}, false
}

// Unfit reports an answer that is kept though it was not read in full or cannot
// be right.
func (s *Session) Unfit(question string) bool {
	f := s.Facts()
	q, ok := rfi.Find(question)
	a := f.Answers[question]
	return ok && a.Text != "" && !q.Parse(a.Text, f).OK()
}

// Lacks reports a task that is there to note something which is not answered.
func (s *Session) Lacks(step, task string) bool {
	_, open := s.unrecorded(step, task)
	return open
}

// NeededFor is the title of the task of a step that cannot be ticked without an
// answer to a question; empty where there is none. It is no obstacle to going
// on, and yet not optional.
func (s *Session) NeededFor(step, question string) string {
	v := s.View()
	st, _ := v.Plan.Step(step)
	if st.Tasks == nil {
		return ""
	}
	for _, t := range st.Tasks(v.Facts) {
		if !t.Optional && slices.Contains(t.Records, question) {
			return t.Title
		}
	}
	return ""
}
