package cisco

import (
	"strings"
	"testing"
	"time"
)

func TestTimeRange(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		name  string
		lines []string
		now   time.Time
		want  Fate
	}{
		{"ended", []string{"absolute end 17:00 31 January 2024"}, day("2024-03-01"), Over},
		{"ended, month first", []string{"absolute end 17:00 January 31 2024"}, day("2024-03-01"), Over},
		{"ends today somewhere", []string{"absolute end 17:00 31 January 2024"}, day("2024-02-01"), Open},
		{"not yet", []string{"absolute start 08:00 1 June 2024"}, day("2024-03-01"), Over},
		{"begins today somewhere", []string{"absolute start 08:00 1 June 2024"}, day("2024-06-02"), Open},
		{"begun", []string{"absolute start 08:00 1 June 2024"}, day("2024-07-02"), Valid},
		{"between", []string{"absolute start 08:00 1 January 2024 end 17:00 31 December 2024"}, day("2024-07-02"), Valid},
		{"no bound", nil, day("2024-07-02"), Valid},
		{"periodic", []string{"periodic weekdays 08:00 to 18:00"}, day("2024-07-02"), Open},
		{"periodic, and ended", []string{"absolute end 17:00 31 January 2024", "periodic daily 08:00 to 18:00"}, day("2024-07-02"), Over},
		{"the day is not known", []string{"absolute end 17:00 31 January 2024"}, time.Time{}, Open},
		{"no such month", []string{"absolute end 17:00 31 Brumaire 2024"}, day("2024-07-02"), Open},
		{"a month of two letters", []string{"absolute end 17:00 31 Ja 2024"}, day("2024-07-02"), Open},
		{"cut short", []string{"absolute end 17:00 31"}, day("2024-07-02"), Open},
		{"neither start nor end", []string{"absolute until 17:00 31 January 2024"}, day("2024-07-02"), Open},
	} {
		r := &Range{}
		for _, l := range c.lines {
			if !r.Add(strings.Fields(l)) {
				t.Errorf("%s: %q is not taken", c.name, l)
			}
		}
		if got := r.At(c.now); got != c.want {
			t.Errorf("%s: fate %d, want %d (%+v)", c.name, got, c.want, r)
		}
	}
	for _, l := range []string{"", "description the holidays", "exit"} {
		r := &Range{}
		if r.Add(strings.Fields(l)) || *r != (Range{}) {
			t.Errorf("%q is taken for a time: %+v", l, r)
		}
	}
}
