package step

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/x/ansi"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/rfi"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// answer is the stage Answer: what the step needs to know, and what is known.
type answer struct {
	s    *Screen
	list cursorList
}

func (a *answer) load() {
	first := -1
	for i, q := range a.s.page.Questions {
		if q.Missing || len(wrong(q)) > 0 {
			first = i
			break
		}
	}
	a.list.settle(len(a.s.page.Questions), first)
}

func (a *answer) layout() {}

// wrong lists the problems of an answer that are more than a warning.
func wrong(q rfi.Status) []rfi.Problem {
	var out []rfi.Problem
	for _, p := range q.Problems {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}

func (a *answer) key(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case a.list.Key(k, false):
		a.list.moved = true
		return nil, true
	case key.Matches(k, keys.Open):
		if a.list.onLast() {
			return a.s.goOn(), true
		}
		a.list.moved = false // after the answer, the next one that is missing
		q := a.s.page.Questions[a.list.Cursor].Question.ID
		return screen.Navigate(steps.Position{Screen: screen.RFI, Step: a.s.id, Field: q}), true
	}
	return nil, false
}

func (a *answer) lines(w, h int) []string {
	st := a.s.env.Styles
	if len(a.s.page.Questions) == 0 {
		lines := []string{"", "  " + st.Muted.Render("This step needs no answers of its own.")}
		return append(lines, a.s.lastRow(true, steps.StageAnswer)...)
	}
	head := []string{"", "  " + a.summary(), ""}
	labels := 0
	for _, q := range a.s.page.Questions {
		labels = max(labels, ansi.StringWidth(q.Question.Label))
	}
	labels = min(labels, max(24, (w-10)*3/5))
	var rows [][]string
	for i, q := range a.s.page.Questions {
		rows = append(rows, a.row(q, i == a.list.Cursor, labels, w))
	}
	rows = append(rows, a.s.lastRow(a.list.onLast(), steps.StageAnswer))
	return append(head, a.list.Render(st, rows, h-len(head))...)
}

func (a *answer) summary() string {
	st := a.s.env.Styles
	answered := 0
	for _, q := range a.s.page.Questions {
		if q.Answer.Value != "" {
			answered++
		}
	}
	text := fmt.Sprintf("%d of %d answered", answered, len(a.s.page.Questions))
	if n := a.s.open(steps.StageAnswer); n > 0 {
		return st.Strong.Render(text) + st.Warn.Render(fmt.Sprintf("   %d of the required are missing", n))
	}
	return st.Strong.Render(text)
}

func (a *answer) row(q rfi.Status, pointed bool, labels, w int) []string {
	st := a.s.env.Styles
	mark, style, value := st.Glyphs.Todo, st.Muted, st.Muted.Render("not answered")
	bad := wrong(q)
	switch {
	case len(bad) > 0:
		mark, style = st.Glyphs.Problem, st.Danger
		value = st.Danger.Render(widget.Count(len(bad), "entry") + " not understood")
		if len(bad) == 1 {
			value = st.Danger.Render("not understood: " + string(clean.Line(bad[0].Message)))
		}
	case q.Missing:
		mark, style, value = st.Glyphs.Todo, st.Warn, st.Warn.Render("required")
	case q.Answer.Value != "":
		mark, style = st.Glyphs.Done, st.Good
		shown := q.Understood.Shown
		if shown == "" {
			shown = strings.ReplaceAll(q.Answer.Value, "\n", ", ")
		}
		value = string(clean.Line(shown))
	}
	label := st.Text
	if pointed {
		label = st.Strong
	}
	line := lead(st, pointed) + style.Render(mark) + " " + label.Render(widget.Pad(q.Question.Label, labels)) + "   "
	return []string{line + widget.Cut(value, max(4, w-ansi.StringWidth(line)-2))}
}

func (a *answer) keys() []key.Binding {
	if a.list.onLast() {
		return []key.Binding{keys.As(keys.Go, a.s.onwardWord(steps.StageAnswer)), keys.UpDown}
	}
	does := "change"
	if q := a.s.page.Questions[a.list.Cursor]; q.Answer.Value == "" {
		does = "answer"
	}
	return []key.Binding{keys.As(keys.Open, does), keys.UpDown, keys.As(keys.Review, "all answers")}
}

func (a *answer) place() (int, int) {
	if a.list.moved {
		return a.list.Cursor + 1, 0
	}
	return 0, 0
}

func (a *answer) setPlace(cursor, _ int) { a.list.restore(cursor) }

// restore puts the cursor on a remembered row; rows count from 1.
func (l *cursorList) restore(cursor int) {
	if cursor > 0 && cursor <= l.Len {
		l.Cursor, l.moved = cursor-1, true
	}
}
