package rfi_test

import (
	"slices"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/connect"
	"mxodus/steps/migrate"
	"mxodus/steps/rfi"
)

// Every question that a step asks for must exist, and some profile that has
// the step must be asked it.
func TestStepsAskKnownQuestions(t *testing.T) {
	n := 0
	ask := func(all []steps.Step) {
		for _, s := range all {
			for _, id := range s.Questions {
				n++
				if _, ok := rfi.Find(id); !ok {
					t.Errorf("step %s asks for %s, which is no question", s.ID, id)
				}
			}
		}
	}
	for _, p := range steps.Platforms {
		for _, s := range steps.Services {
			all, _ := connect.Steps(steps.Profile{Journey: steps.Connect, Service: s, Platform: p})
			ask(all)
		}
		for _, tr := range steps.Tracks {
			all, _ := migrate.Steps(steps.Profile{Journey: steps.Migrate, Track: tr, Platform: p})
			ask(all)
		}
	}
	if n == 0 {
		t.Fatal("no step asks for anything")
	}
}

// TestTheFormAndItsStepCountTheSame: what the list of steps counts of the form
// is what the step asks.
func TestTheFormAndItsStepCountTheSame(t *testing.T) {
	for _, p := range steps.Platforms {
		for _, s := range steps.Services {
			f := steps.NewFacts(steps.Answers{
				steps.QJourney: {Value: "connect"}, steps.QService: {Value: string(s)}, steps.QPlatform: {Value: string(p)}, steps.QTarget: {Value: "eu"},
			}, time.Now())
			all, _ := connect.Steps(f.Profile)
			var form, step []string
			for _, q := range rfi.Review(f, nil) {
				form = append(form, q.Question.ID)
			}
			for _, q := range rfi.Review(f, all[0].Questions) {
				step = append(step, q.Question.ID)
			}
			slices.Sort(form)
			slices.Sort(step)
			if !slices.Equal(form, step) {
				t.Errorf("%s, %s: the form asks %d questions, its step %d", s, p, len(form), len(step))
			}
		}
	}
}
