package steps_test

import (
	"testing"
	"time"

	"mxodus/steps"
	_ "mxodus/steps/rfi" // brings the zone database
)

func TestZoneIsNamedWhereANameWasTyped(t *testing.T) {
	for _, c := range []struct {
		text, value string
		inMarch     string // offset of the zone on 1 May 2027
	}{
		{"2026-12-03 20:00 Australia/Sydney", "2026-12-03T20:00:00+11:00", "+10:00"},
		{"2026-12-03 20:00 +11:00", "2026-12-03T20:00:00+11:00", "+11:00"},
		{"2026-12-03 20:00 Europe/Berlin", "2026-12-03T20:00:00+11:00", "+11:00"}, // the value outweighs the text
		{"2026-12-03 20:00 UTC", "2026-12-03T20:00:00Z", "+00:00"},
	} {
		a := steps.Answers{steps.QInboundDate: {Text: c.text, Value: c.value}}
		at := time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC).In(a.Zone(time.Local))
		if got := at.Format("-07:00"); got != c.inMarch {
			t.Errorf("%s: %s, want %s", c.text, got, c.inMarch)
		}
	}
}

func TestDaysAroundMidnight(t *testing.T) {
	sydney := time.FixedZone("", 11*3600)
	late := time.Date(2026, 11, 20, 13, 30, 0, 0, time.UTC) // 00:30 of the 21st at +11
	if got := steps.Day(late, sydney).Format(time.DateOnly); got != "2026-11-21" {
		t.Errorf("day in the zone: %s", got)
	}
	if got := steps.Day(late, time.UTC).Format(time.DateOnly); got != "2026-11-20" {
		t.Errorf("day in UTC: %s", got)
	}
	for _, c := range []struct {
		to   time.Time
		zone *time.Location
		want int
	}{
		{late.Add(time.Hour), sydney, 0},
		{late.Add(23*time.Hour + 30*time.Minute), sydney, 1},
		{late.Add(11 * time.Hour), time.UTC, 1},
		{late.Add(-time.Hour), sydney, -1},
	} {
		if got := steps.DaysBetween(late, c.to, c.zone); got != c.want {
			t.Errorf("to %s in %s: %d, want %d", c.to, c.zone, got, c.want)
		}
	}
}
