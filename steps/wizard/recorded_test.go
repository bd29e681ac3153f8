package wizard_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

// TestATaskThatNotesNeedsItsAnswer goes through every plan: each question that
// a task is there to note is asked in that step, and without its answer the
// task cannot be ticked.
func TestATaskThatNotesNeedsItsAnswer(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	noted := 0
	for _, p := range []steps.Profile{
		{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem},
		{Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au", Platform: steps.M365},
	} {
		w := open(t, c)
		s := begin(t, w, p)
		for _, st := range s.Plan().Steps {
			for _, task := range st.Tasks(s.Facts()) {
				if len(task.Records) == 0 {
					continue
				}
				for _, q := range task.Records {
					var open *wizard.RecordError
					if err := s.Tick(ctx, st.ID, task.ID, true); !errors.As(err, &open) || open.Question.ID != q || open.Step != st.ID {
						t.Errorf("%s, %s without %s: %v", st.ID, task.ID, q, err)
					}
					asked := false
					for _, line := range rfi.Review(s.Facts(), st.Questions) {
						asked = asked || line.Question.ID == q
					}
					if !asked {
						t.Errorf("%s does not ask for %s", st.ID, q)
					}
					found, _ := rfi.Find(q)
					set(t, s, q, sample(found, s.Facts()))
				}
				if err := s.Tick(ctx, st.ID, task.ID, true); err != nil {
					t.Errorf("%s, %s with all its answers: %v", st.ID, task.ID, err)
				}
				noted++
			}
		}
	}
	if noted != 4 {
		t.Errorf("%d tasks note something", noted)
	}
}
