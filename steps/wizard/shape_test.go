package wizard_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

// TestAnAnswerDoesNotTakeThePlanAway: neither an answer nor an import leaves a
// move without its plan or without its region.
func TestAnAnswerDoesNotTakeThePlanAway(t *testing.T) {
	ctx := context.Background()
	s := connectSession(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	total := s.Hub().Total
	for _, c := range []struct{ question, text string }{
		{steps.QJourney, "migrate"}, {steps.QService, "platinum"}, {steps.QTarget, ""},
	} {
		var shape *wizard.ShapeError
		_, err := s.Answer(ctx, c.question, c.text, steps.Typed, "", s.Snapshot().Answers[c.question].Revision)
		if !errors.As(err, &shape) {
			t.Errorf("%s = %q: %v", c.question, c.text, err)
		}
	}
	var shape *wizard.ShapeError
	if _, err := s.Import(ctx, []steps.AnswerEdit{{Question: steps.QJourney, Text: "migrate", Value: "migrate"}}); !errors.As(err, &shape) {
		t.Errorf("import: %v", err)
	}
	if n := s.Hub().Total; n != total || s.Facts().Target.ID != "eu" {
		t.Errorf("%d of %d steps are left, target %q", n, total, s.Facts().Target.ID)
	}
	set(t, s, steps.QService, "archiving")
	if n := s.Hub().Total; n == 0 || n == total {
		t.Errorf("another service gives %d steps", n)
	}
	n, err := s.Import(ctx, []steps.AnswerEdit{{Question: steps.QOrg, Text: "Acme 2", Value: "Acme 2"}, {Question: "contact.tpoc.phone", Text: "soon"}})
	if err != nil || n != 1 {
		t.Errorf("%d count as stored, %v; what cannot be used does not count", n, err)
	}
}
