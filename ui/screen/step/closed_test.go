package step

import (
	"testing"
	"time"
)

func TestClosedAtATimeOnADay(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	if got := closedWhen(now.Add(-4*time.Hour), now); got != "at 05:00" {
		t.Errorf("today: %q", got)
	}
	if got := closedWhen(now.AddDate(0, 0, -3), now); got[:3] != "on " {
		t.Errorf("three days ago: %q", got)
	}
}
