package wizard_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

// TestAskingForWhatIsSoAlreadyIsNoConflict: only two people who want different
// things get in each other's way.
func TestAskingForWhatIsSoAlreadyIsNoConflict(t *testing.T) {
	ctx := context.Background()
	w := open(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	one := begin(t, w, steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu"})
	two, _ := w.Open(ctx, one.ID())
	task := steps.TaskOpenRanges
	for _, s := range []*wizard.Session{one, two} { // the second has not seen what the first did
		if err := s.Tick(ctx, steps.ConnectAccount, task, true); err != nil {
			t.Fatalf("ticking what is ticked: %v", err)
		}
	}
	if err := two.Tick(ctx, steps.ConnectAccount, task, false); err != nil {
		t.Fatalf("unticking after that: %v", err)
	}
	var lost *steps.ConflictError
	if err := one.Tick(ctx, steps.ConnectAccount, task, false); err != nil {
		t.Errorf("unticking what is unticked: %v", err)
	}
	if err := two.Tick(ctx, steps.ConnectAccount, task, true); err != nil {
		t.Fatal(err)
	}
	if err := two.Tick(ctx, steps.ConnectAccount, task, false); err != nil {
		t.Fatal(err)
	}
	if err := one.Tick(ctx, steps.ConnectAccount, task, true); !errors.As(err, &lost) {
		t.Fatalf("two people want different things: %v", err)
	}
	if got := one.Called(lost.What); got == lost.What || got == "" {
		t.Errorf("the task is called %q", got)
	}
	seen := one.Snapshot().Answers[steps.QOrg].Revision
	if _, err := one.Answer(ctx, steps.QOrg, "Acme Two", steps.Typed, "", seen); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Answer(ctx, steps.QOrg, "Acme Two", steps.Typed, "", seen); err != nil {
		t.Errorf("the same answer from both: %v", err)
	}
	if _, err := two.Answer(ctx, steps.QOrg, "Acme Three", steps.Typed, "", seen); !errors.As(err, &lost) || two.Called(lost.What) == lost.What {
		t.Errorf("another answer: %v", err)
	}
}

// TestManyTicksAtOnceFollowEachOther, of one person in one program.
func TestManyTicksAtOnceFollowEachOther(t *testing.T) {
	ctx := context.Background()
	s := connectSession(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	var all sync.WaitGroup
	for i := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			if err := s.Tick(ctx, steps.ConnectAccount, steps.TaskOpenRanges, i%2 == 0); err != nil {
				t.Errorf("tick %d: %v", i, err)
			}
		}()
	}
	all.Wait()
}

// TestACodeOfAnotherRegionProvesNothing: the task of proving the region stays
// open with it.
func TestACodeOfAnotherRegionProvesNothing(t *testing.T) {
	ctx := context.Background()
	w := open(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	s := begin(t, w, steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au"})
	for code, want := range map[string]bool{"": false, "CUK12A34": false, "CAU12A34": true} {
		if _, err := s.Answer(ctx, steps.QAccountCode, code, steps.Typed, "", s.Snapshot().Answers[steps.QAccountCode].Revision); err != nil {
			t.Fatal(err)
		}
		var open *wizard.RecordError
		err := s.Tick(ctx, steps.MigrateAccount, "check_code", true)
		if errors.As(err, &open) == want || s.Lacks(steps.MigrateAccount, "check_code") == want {
			t.Errorf("%q: %v", code, err)
		}
	}
}

// TestWhatIsDoneAfterAllIsNotSetAside: a task that was set aside, and ticked when
// the step was opened again, leaves the step done without reasons.
func TestWhatIsDoneAfterAllIsNotSetAside(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	const step, task = steps.ConnectRFI, "send_form"
	work(t, s, c, step)
	if err := s.Tick(ctx, step, task, false); err != nil {
		t.Fatal(err)
	}
	if err := s.Confirm(ctx, step, wizard.Confirmation{Reasons: map[string]string{"task " + task: "by post"}}); err != nil {
		t.Fatal(err)
	}
	state := func() steps.StepState { return s.Snapshot().Steps[step] }
	if state().Status != steps.Overridden || state().Reason != "by post" {
		t.Fatalf("set aside: %+v", state())
	}
	c.t = c.t.Add(time.Hour)
	if err := s.Reopen(ctx, step, "it was sent"); err != nil {
		t.Fatal(err)
	}
	if err := s.Tick(ctx, step, task, true); err != nil {
		t.Fatal(err)
	}
	if err := s.Confirm(ctx, step, wizard.Confirmation{}); err != nil {
		t.Fatal(err)
	}
	page, err := s.Step(step)
	if err != nil || state().Status != steps.Done || strings.Contains(state().Reason, "by post") {
		t.Errorf("done after all: %+v, %v", state(), err)
	}
	if said := s.Aside(page.Overrides[0]); !strings.HasSuffix(said, "(done since)") {
		t.Errorf("the record says %q", said)
	}
}
