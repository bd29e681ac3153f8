package rfi

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// TestADoneDateCountsBeforeThePlannedOne: what a date is measured by is when
// the other change was made, once it is ticked; the date of a change that was
// made is history.
func TestADoneDateCountsBeforeThePlannedOne(t *testing.T) {
	planned := []string{steps.QOutboundDate, "2026-12-01T20:00:00Z", steps.QInboundDate, "2026-12-05T20:00:00Z"}
	day := func(d int) time.Time { return time.Date(2026, 11, d, 9, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name, id, text string
		f              steps.Facts
		out, in        time.Time
		said           string
	}{
		{"planned later", steps.QInboundDate, "2026-11-28 20:00 UTC", acme(planned...), time.Time{}, time.Time{}, "is answered with 2026-12-01"},
		{"switched before", steps.QInboundDate, "2026-11-28 20:00 UTC", acme(planned...), day(23), time.Time{}, ""},
		{"switched after", steps.QInboundDate, "2026-11-28 20:00 UTC", acme(planned...), day(29), time.Time{}, "the connectors were changed on 2026-11-29 09:00"},
		{"MX changed", steps.QInboundDate, "2026-11-28 20:00 UTC", acme(planned...), time.Time{}, day(29), ""},
		{"outgoing after the MX changed", steps.QOutboundDate, "2026-12-02 20:00 UTC", acme(planned...), time.Time{}, day(29), "the MX records were changed on 2026-11-29"},
		{"outgoing done", steps.QOutboundDate, "2026-12-09 20:00 UTC", acme(planned...), day(23), time.Time{}, ""},
		{"freeze after the planned changes", "dates.freeze", "2026-12-04 20:00 UTC", globex("express", planned...), time.Time{}, time.Time{}, "is answered with 2026-12-01"},
		{"freeze after the change that was made", "dates.freeze", "2026-11-30 20:00 UTC", globex("express", planned...), day(29), time.Time{}, "the connectors were changed on 2026-11-29"},
	} {
		c.f.OutboundAt, c.f.InboundAt = c.out, c.in
		var said []string
		for _, p := range find(t, c.id).Parse(c.text, c.f).Problems {
			said = append(said, p.Message)
		}
		if got := strings.Join(said, "; "); (got == "") != (c.said == "") || !strings.Contains(got, c.said) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
