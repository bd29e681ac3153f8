package wizard_test

import (
	"testing"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

// TestAStepThatIsOnlyEarlyIsNotBlocked: one word for all faces.
func TestAStepThatIsOnlyEarlyIsNotBlocked(t *testing.T) {
	for _, c := range []struct {
		row  wizard.HubRow
		want string
	}{
		{wizard.HubRow{Status: steps.Blocked, Held: true}, "later"},
		{wizard.HubRow{Status: steps.Blocked}, "blocked"},
		{wizard.HubRow{Status: steps.NotStarted}, "to do"},
		{wizard.HubRow{Status: steps.Overridden}, "done, with reasons"},
	} {
		if got := c.row.Word(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.row, got, c.want)
		}
	}
}
