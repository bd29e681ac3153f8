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
