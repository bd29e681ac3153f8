package step

import (
	"slices"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// TestALetterIsWrappedOnce: lines made for a wider column are put together
// before they are cut for this one; rules and records stay line by line.
func TestALetterIsWrappedOnce(t *testing.T) {
	text := "Subject: Our incoming mail takes a new route\n\n" +
		"Mail from outside will reach us by a new route in the next days. You need not do\n" +
		"anything. The first message of somebody who has never written to us may\n" +
		"come later than usual.\n\nRegion: Australia\nKim"
	got := snippetLines(steps.Snippet{Text: clean.Text(text), Language: "text"}, 50)
	want := []string{
		"Subject: Our incoming mail takes a new route", "",
		"Mail from outside will reach us by a new route in the next days. You need not do anything. The first message of somebody who has never written to us may come later than usual.",
		"", "Region: Australia", "Kim",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, sn := range []steps.Snippet{{Text: clean.Text(text), Language: "powershell"}, {Text: clean.Text(text), Language: "text"}} {
		w := 50
		if sn.Language == "text" {
			w = 100 // nothing is too wide
		}
		if got := strings.Join(snippetLines(sn, w), "\n"); got != text {
			t.Errorf("%s: %q", sn.Language, got)
		}
	}
}
