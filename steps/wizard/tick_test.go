package wizard_test

import (
	"context"
	"errors"
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
