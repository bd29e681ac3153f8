package step

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
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

// TestAnInstructionAboveATextIsWhole: it says what to do with the text, so it is
// wrapped and not cut.
func TestAnInstructionAboveATextIsWhole(t *testing.T) {
	label := "Add only this to the SPF record you have, before its end; a second record makes both void"
	s := &Screen{env: &screen.Env{Styles: theme.New(theme.Options{NoColor: true})}}
	d := &do{s: s, opened: "spf"}
	for _, w := range []int{120, 80, 60} {
		lines, at := d.detailBody(wizard.TaskLine{Task: steps.Task{ID: "spf", Snippets: []steps.Snippet{
			{Label: "First", Text: "a"}, {Label: label, Text: "include:eu._netblocks.mimecast.com", Language: "dns"},
		}}}, w)
		d.snip = 1
		said := strings.Join(strings.Fields(ansi.Strip(strings.Join(lines[at[1][0]:at[1][1]], " "))), " ")
		said = strings.Replace(said, " c copies s saves", "", 1)
		if !strings.Contains(said, label) {
			t.Errorf("at %d: %q", w, said)
		}
		for _, l := range lines {
			if ansi.StringWidth(l) > w {
				t.Errorf("at %d: %q is too wide", w, ansi.Strip(l))
			}
		}
	}
}
