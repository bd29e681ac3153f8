package plan

import (
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
)

// TestWhatARegionPublishesIsNotOfTheFirewall: letting the ranges through makes
// the check of the firewall due again, and not the one of the table of ranges.
func TestWhatARegionPublishesIsNotOfTheFirewall(t *testing.T) {
	w := newWorld(onPremBoth)
	before := check.Result{Outcome: check.Pass, Phase: check.Before}
	w.run(steps.ConnectAccount, "RANGES", now, before)
	w.run(steps.ConnectAccount, "FW-OPEN", now, before)
	w.tick(steps.ConnectAccount, steps.TaskOpenRanges, now.Add(hour))
	for id, want := range map[string]steps.Standing{"RANGES": steps.Counts, "FW-OPEN": steps.BeforeChange} {
		if _, got := w.view().Result(steps.ConnectAccount, id); got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}
