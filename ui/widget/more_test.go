package widget

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"mxodus/ui/theme"
)

// TestARowThatLeadsOnIsNotCounted among those that are hidden.
func TestARowThatLeadsOnIsNotCounted(t *testing.T) {
	var rows [][]string
	for i := range 34 {
		rows = append(rows, []string{fmt.Sprintf("question %d", i+1)})
	}
	rows = append(rows, []string{"", "On to Do"})
	l := List{Extra: 1}
	l.SetLen(len(rows))
	got := l.Render(theme.New(theme.Options{NoColor: true}), rows, 16)
	if last := strings.TrimSpace(got[15]); last != "↓ 19 more" { // 15 of 34 are shown
		t.Errorf("%q", last)
	}
	l.Move(33)
	if got = l.Render(theme.New(theme.Options{NoColor: true}), rows, 16); strings.Contains(got[15], "↓ 0") {
		t.Errorf("%q", got)
	}
}

// TestATextThatGoesOnSaysSo, and no line of it is out of sight in every place.
func TestATextThatGoesOnSaysSo(t *testing.T) {
	st := theme.New(theme.Options{NoColor: true})
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("line %02d", i))
	}
	p := NewPane()
	p.Set(lines, 40, 10)
	seen := map[string]bool{}
	for range 20 {
		got := p.Marked(st)
		for _, l := range got {
			seen[ansi.Strip(l)] = true
		}
		if last := ansi.Strip(got[len(got)-1]); strings.Contains(last, "more line") == p.AtEnd() {
			t.Fatalf("at line %d the last one is %q", p.Scroll(), last)
		}
		if p.AtEnd() {
			break
		}
		p.PageDown()
	}
	for _, l := range lines {
		if !seen[l] {
			t.Errorf("%s is never shown", l)
		}
	}
	p.ScrollTo(0)
	p.Reveal(15, 20)
	if got := strings.Join(p.Marked(st), "\n"); !strings.Contains(got, "line 19") || !strings.Contains(got, "line 15") {
		t.Errorf("what was to be shown is hidden:\n%s", got)
	}
	p.ScrollTo(0)
	if got := p.Marked(st)[9]; !strings.Contains(got, "31 more lines") {
		t.Errorf("%q", got)
	}
}
