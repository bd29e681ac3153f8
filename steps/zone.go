package steps

import (
	"strings"
	"time"
)

// Zone is the zone of a move, in which calendar days are counted and times are
// shown: the one in which the TPOC gave the agreed dates, by its name where one
// was typed, so that the change of clocks is known; local when no date is
// agreed yet.
func (a Answers) Zone(local *time.Location) *time.Location {
	for _, q := range []string{QInboundDate, QOutboundDate} {
		t, err := time.Parse(time.RFC3339, a.Value(q))
		if err != nil {
			continue
		}
		if named := zoneNamed(a[q].Text, t); named != nil {
			return named
		}
		if _, offset := t.Zone(); offset == 0 {
			return time.UTC
		}
		return t.Location()
	}
	return local
}

// zoneNamed finds the zone that a text names, as Australia/Sydney, if it has
// the offset of t at that time.
func zoneNamed(text string, t time.Time) *time.Location {
	_, want := t.Zone()
	for _, word := range strings.Fields(text) {
		if !strings.Contains(word, "/") {
			continue
		}
		zone, err := time.LoadLocation(strings.Trim(word, "()[],.;"))
		if err != nil {
			continue
		}
		if _, offset := t.In(zone).Zone(); offset == want {
			return zone
		}
	}
	return nil
}

// Zone is the zone of the move; that of Now when no date is agreed yet.
func (f Facts) Zone() *time.Location { return f.Answers.Zone(f.Now.Location()) }

// Zone is the zone of the move; that of Now when no date is agreed yet.
func (v View) Zone() *time.Location { return v.Snap.Answers.Zone(v.Now.Location()) }

// Day is the start of the calendar day of a moment in a zone. All code that
// counts or names days goes through it.
func Day(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// DaysBetween counts the calendar days from one moment to another, as a
// calendar of the zone shows them, whatever the clocks do in between.
func DaysBetween(from, to time.Time, zone *time.Location) int {
	utc := func(t time.Time) time.Time {
		y, m, d := t.In(zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(utc(to).Sub(utc(from)) / (24 * time.Hour))
}
