package wizard_test

import (
	"context"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/export"
	"mxodus/steps/plan"
	"mxodus/steps/wizard"
)

// TestTheOldAccountHasOneLastDay signs off shortly after midnight of the move's
// zone, which is the day before in UTC: hub, plan and summary name one day.
func TestTheOldAccountHasOneLastDay(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	s := begin(t, w, euToAU)
	set(t, s, steps.QInboundDate, "2026-11-10 20:00 +11:00")
	c.t = time.Date(2026, 11, 20, 13, 30, 0, 0, time.UTC)
	reasons := map[string]string{}
	for _, o := range s.Obstacles(steps.MigrateSignOff) {
		reasons[o.ID] = "a test of days"
	}
	if err := s.Confirm(ctx, steps.MigrateSignOff, wizard.Confirmation{Reasons: reasons, Told: "Kim, 3 Dec"}); err != nil {
		t.Fatal(err)
	}
	const want = "2027-02-19"
	h := s.Hub()
	if got := h.OldOff.Format(time.DateOnly); got != want || wizard.Day(h.OldOff, h.Clock) != "19 Feb 2027" || h.DaysLeft != 90 {
		t.Errorf("hub: %s, shown %s, %d days", got, wizard.Day(h.OldOff, h.Clock), h.DaysLeft)
	}
	off, _, _ := plan.OldAccountOff(s.View())
	if got := off.Format(time.DateOnly); got != want {
		t.Errorf("plan: %s", got)
	}
	sum, err := export.Of(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range sum.Dates {
		if d.Kind == plan.MilestoneOldAccount && (d.At.In(s.Now().Location()).Format(time.DateOnly) != want || d.DaysLeft == nil || *d.DaysLeft != 90) {
			t.Errorf("summary: %+v", d)
		}
	}
	if sum.AsOf != "2026-11-21" {
		t.Errorf("summary as of %s", sum.AsOf)
	}
}
