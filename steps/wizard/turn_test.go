package wizard_test

import (
	"context"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/wizard"
)

// TestATurnIsTheTPOCsWhileSomethingIsOpen: a step of Mimecast's begins with
// what the TPOC asks for, and every face says so.
func TestATurnIsTheTPOCsWhileSomethingIsOpen(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	s := begin(t, w, steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au", Platform: steps.M365})
	page := func(step string) wizard.StepPage {
		p, err := s.Step(step)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := steps.MigrateAuthorization
	if p := page(first); p.Turn.Who != plan.TurnYou || p.TurnWord() != "Your turn" || s.Hub().Turn != "your turn" {
		t.Errorf("%+v, %q, hub %q", p.Turn, p.TurnWord(), s.Hub().Turn)
	}
	if err := s.WaitForMimecast(ctx, first); err != nil {
		t.Fatal(err)
	}
	if p := page(first); p.TurnWord() != "Mimecast's turn" {
		t.Errorf("handed over: %+v, %q", p.Turn, p.TurnWord())
	}
	if p := page(steps.MigrateMX); p.TurnWord() != "Nobody's turn yet" {
		t.Errorf("held back: %+v, %q", p.Turn, p.TurnWord())
	}
}
