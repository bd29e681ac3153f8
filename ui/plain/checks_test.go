package plain

import (
	"testing"

	"mxodus/steps/check"
)

// TestOneCheckThatEndsDoesNotHideWhatAnotherWaitsFor: checks run side by side.
func TestOneCheckThatEndsDoesNotHideWhatAnotherWaitsFor(t *testing.T) {
	r := running{total: 2}
	r.take(check.Event{Progress: &check.Progress{Check: "A", Waiting: "192.0.2.1"}})
	r.take(check.Event{Progress: &check.Progress{Check: "B", Waiting: "192.0.2.2"}})
	r.take(check.Event{Progress: &check.Progress{Check: "B", Waiting: "192.0.2.3"}})
	if got := r.line(); got != "Still checking, 0 of 2, waiting for 192.0.2.3." {
		t.Errorf("%q", got)
	}
	r.take(check.Event{Result: &check.Result{Check: "B"}})
	if got := r.line(); got != "Still checking, 1 of 2, waiting for 192.0.2.1." {
		t.Errorf("%q", got)
	}
	r.take(check.Event{Result: &check.Result{Check: "A"}})
	if got := r.line(); got != "Still checking, 2 of 2." {
		t.Errorf("%q", got)
	}
}

// TestTheOldSetIsNotCalledPassedAlone: before the change nothing is proven of it.
func TestTheOldSetIsNotCalledPassedAlone(t *testing.T) {
	r := check.Result{Check: "MX-AUTH", Outcome: check.Pass, Phase: check.Before}
	if got := resultWord(r); got != "passed, still the old set" {
		t.Errorf("%q", got)
	}
	r.Phase = check.After
	if got := resultWord(r); got != "passed" {
		t.Errorf("%q", got)
	}
}
