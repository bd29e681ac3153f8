package cisco

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Range is a time-range: an absolute span, periods of the week, or both.
type Range struct {
	Line       int
	Start, End time.Time // zero: none
	Periodic   bool
	Unread     bool // something in it could not be read
}

// Fate says what becomes of a rule with a time range.
type Fate uint8

// Fates. Open is not told by the file; Over and Valid hold at the time asked.
const (
	Open Fate = iota
	Over
	Valid
)

// slack covers the time zone of the device, which the file need not tell.
const slack = 26 * time.Hour

// At is the fate of a rule at a time; a zero time is not known.
func (r *Range) At(now time.Time) Fate {
	switch {
	case now.IsZero() || r.Unread:
		return Open
	case !r.End.IsZero() && now.After(r.End.Add(slack)), !r.Start.IsZero() && now.Before(r.Start.Add(-slack)):
		return Over
	case r.Periodic, !r.End.IsZero() && now.After(r.End.Add(-slack)), !r.Start.IsZero() && now.Before(r.Start.Add(slack)):
		return Open
	}
	return Valid
}

// Add reads a line of a time-range: absolute start 08:00 1 January 2024 end
// 17:00 31 January 2024, or periodic; false for a line that is neither.
func (r *Range) Add(words []string) bool {
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case "periodic":
		r.Periodic = true
	case "absolute":
		for i := 1; i < len(words); {
			if i+4 >= len(words) {
				r.Unread = true
				return true
			}
			t, err := moment(words[i+1 : i+5])
			switch {
			case err != nil:
				r.Unread = true
			case words[i] == "start":
				r.Start = t
			case words[i] == "end":
				r.End = t
			default:
				r.Unread = true
			}
			i += 5
		}
	default:
		return false
	}
	return true
}

// moment reads "17:00 31 December 2023"; the day may stand after the month.
func moment(w []string) (time.Time, error) {
	day, month := w[1], w[2]
	if _, err := strconv.Atoi(day); err != nil {
		day, month = month, day
	}
	if len(month) < 3 {
		return time.Time{}, fmt.Errorf("no month: %q", month)
	}
	month = strings.ToUpper(month[:1]) + strings.ToLower(month[1:3])
	t, err := time.Parse("15:04 2 Jan 2006", strings.Join([]string{w[0], day, month, w[3]}, " "))
	if err != nil {
		return time.Time{}, fmt.Errorf("read a time: %w", err)
	}
	return t, nil
}
