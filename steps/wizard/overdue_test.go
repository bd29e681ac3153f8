package wizard_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// TestAnAgreedTimeThatHasPassedIsSaid until the change is ticked.
func TestAnAgreedTimeThatHasPassedIsSaid(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	s := begin(t, w, euToAU)
	set(t, s, steps.QInboundDate, "2026-11-21 20:00 +00:00")
	set(t, s, steps.QOutboundDate, "2026-11-23 20:00 +00:00")
	said := func(question string) string {
		page, err := s.Step(steps.MigrateDates)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, q := range page.Questions {
			for _, p := range q.Problems {
				if q.Question.ID == question && p.Warning {
					all = append(all, p.Message)
				}
			}
		}
		return strings.Join(all, "; ")
	}
	if got := said(steps.QInboundDate); !strings.Contains(got, "outgoing mail goes first") || strings.Contains(got, "passed") {
		t.Errorf("before: %q", got)
	}
	c.t = time.Date(2026, 11, 21, 20, 1, 0, 0, time.UTC)
	if got := said(steps.QInboundDate); strings.Contains(got, "passed") {
		t.Errorf("on the day, when it is being made: %q", got)
	}
	c.t = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	if got := said(steps.QInboundDate); !strings.Contains(got, "this time has passed") {
		t.Errorf("after: %q", got)
	}
	if got := said(steps.QOutboundDate); strings.Contains(got, "passed") {
		t.Errorf("still to come: %q", got)
	}
	if err := s.Tick(ctx, steps.MigrateMX, steps.TaskChangeMX, true); err != nil {
		t.Fatal(err)
	}
	if got := said(steps.QInboundDate); strings.Contains(got, "passed") {
		t.Errorf("ticked: %q", got)
	}
}
