package hub

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/plan"
	"mxodus/ui/theme"
)

func TestTimeline(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	all := []plan.Milestone{
		{Label: "authorized", At: day(-9), Done: true},
		{Label: "TTL down", At: day(7)},
		{Label: "connectors", At: day(10)},
		{Label: "MX", At: day(12)},
		{Label: "old account off", At: day(102)},
		{Label: "sign-off"},
	}
	for _, ascii := range []bool{false, true} {
		st := theme.New(theme.Options{NoColor: true, ASCII: ascii})
		for w := 60; w <= 200; w += 7 {
			lines := timeline(st, all, now, w)
			if len(lines) != 3 {
				t.Fatalf("at width %d: %q", w, lines)
			}
			for _, l := range lines {
				if ansi.StringWidth(l) > w {
					t.Errorf("at width %d: %q", w, l)
				}
			}
			words := strings.Fields(lines[1])
			if today, mx := indexOf(words, "today"), indexOf(words, "MX"); today < 0 || mx < today {
				t.Errorf("at width %d, today and MX stand as %q", w, words)
			}
			if strings.Contains(lines[1], "sign-off") {
				t.Errorf("a milestone without a date is drawn: %q", lines[1])
			}
			if w >= 100 && (!strings.Contains(lines[1], "authorized") || !strings.Contains(lines[2], "3 Mar 2027")) {
				t.Errorf("at width %d:\n%s", w, strings.Join(lines, "\n"))
			}
		}
	}
}

func indexOf(words []string, w string) int {
	for i, x := range words {
		if x == w {
			return i
		}
	}
	return -1
}

func TestTimelineWithoutDatesIsNotDrawn(t *testing.T) {
	st := theme.New(theme.Options{NoColor: true})
	if got := timeline(st, []plan.Milestone{{Label: "MX"}}, time.Now(), 100); got != nil {
		t.Errorf("drawn: %q", got)
	}
}

// TestAPlannedDayThatPassedIsNotDrawnAsDone: the summary says that it was not
// marked as done, and so does the line.
func TestAPlannedDayThatPassedIsNotDrawnAsDone(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	lines := timeline(theme.New(theme.Options{NoColor: true}), []plan.Milestone{
		{Label: "TTL down", At: now.AddDate(0, 0, -14), Done: true},
		{Label: "MX", At: now.AddDate(0, 0, -12)},
		{Label: "lock-down", At: now.AddDate(0, 0, 3)},
	}, now, 100)
	if len(lines) != 3 || !strings.Contains(lines[2], "10 Nov, not done") || strings.Count(lines[2], "not done") != 1 {
		t.Errorf("the line is\n%s", strings.Join(lines, "\n"))
	}
}
