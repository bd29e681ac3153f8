package rfi

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// TestClockOfTheMove: a date in another zone sets the clock by which the whole
// move is shown, and that is said before it happens.
func TestClockOfTheMove(t *testing.T) {
	for _, c := range []struct {
		id, text string
		answers  []string
		said     string
	}{
		{steps.QInboundDate, "2026-12-03 20:00 Australia/Sydney", nil, "UTC+11:00"},
		{steps.QInboundDate, "2026-12-03 20:00 UTC", nil, ""},
		{steps.QInboundDate, "2026-12-03 20:00 UTC", []string{steps.QInboundDate, "2026-12-03T20:00:00+11:00"}, "UTC+00:00"},
		{steps.QInboundDate, "2026-12-04 20:00 +11:00", []string{steps.QInboundDate, "2026-12-03T20:00:00+11:00"}, ""},
		{steps.QOutboundDate, "2026-12-01 20:00 +02:00", nil, "UTC+02:00"},
		{steps.QOutboundDate, "2026-12-01 20:00 +02:00", []string{steps.QInboundDate, "2026-12-03T20:00:00+11:00"}, ""},
		{steps.QOutboundDate, "no date", nil, ""},
	} {
		f := acme(c.answers...)
		f.Now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
		notes := strings.Join(find(t, c.id).Parse(c.text, f).Notes, "; ")
		if got := strings.Contains(notes, "all times of this move"); got != (c.said != "") || !strings.Contains(notes, c.said) {
			t.Errorf("%s %q with %v: %q", c.id, c.text, c.answers, notes)
		}
	}
}
