package step

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

// answer is the stage Answer: what the step needs to know, and what is known.
type answer struct {
	s    *Screen
	list cursorList
	sent rfi.Status // the question that Enter has led to
}

func (a *answer) load() {
	a.back()
	first := -1
	for i, q := range a.s.page.Questions {
		if q.Missing || len(wrong(q)) > 0 {
			first = i
			break
		}
		if first < 0 && a.holds(q.Question.ID) {
			first = i
		}
	}
	a.list.settle(len(a.s.page.Questions), first)
}

// holds reports that the answer to a question is what keeps the step back.
func (a *answer) holds(question string) bool {
	return slices.ContainsFunc(a.s.page.Gates, func(g wizard.GateLine) bool {
		return g.Gate.Kind == steps.GateStart && g.Gate.Question == question && !g.State.Open && !g.Overridden && g.State.Until.IsZero()
	})
}

// back sets the cursor free after the question that Enter led to was answered:
// the next one that is missing follows. Without an answer it stays.
func (a *answer) back() {
	for _, q := range a.s.page.Questions {
		if q.Question.ID == a.sent.Question.ID && q.Answer.Revision != a.sent.Answer.Revision {
			a.list.moved, a.sent = false, rfi.Status{}
			return
		}
	}
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

// doubtful is the first thing to look at in an answer that was read.
func doubtful(q rfi.Status) string {
	for _, p := range q.Problems {
		if p.Warning {
			return p.Message
		}
	}
	return ""
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
		a.list.moved = true
		a.sent = a.s.page.Questions[a.list.Cursor]
		q := a.sent.Question.ID
		if q == wizard.QRuleset && !a.s.page.Status.Closed() {
			return a.s.askRuleset(), true
		}
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
	labels, values := 0, 0
	for _, q := range a.s.page.Questions {
		_, _, value := a.value(q)
		labels = max(labels, ansi.StringWidth(q.Question.Label))
		values = max(values, ansi.StringWidth(value))
	}
	labels = min(labels, w-9-4-min(values, w/3))
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
		if q.Answer.Value != "" && len(wrong(q)) == 0 {
			answered++
		}
	}
	text := fmt.Sprintf("%d of %d answered", answered, len(a.s.page.Questions))
	if n := a.s.open(steps.StageAnswer); n > 0 {
		return st.Strong.Render(text) + st.Warn.Render(fmt.Sprintf("   %d of the required are missing", n))
	}
	return st.Strong.Render(text)
}

// value says what stands in a question, with its mark.
func (a *answer) value(q rfi.Status) (mark string, style theme.Style, value string) {
	st := a.s.env.Styles
	bad := wrong(q)
	switch {
	case len(bad) == 1:
		return st.Glyphs.Problem, st.Danger, st.Danger.Render("not understood: " + string(clean.Line(bad[0].Message)))
	case len(bad) > 1:
		return st.Glyphs.Problem, st.Danger, st.Danger.Render(itoa(len(bad)) + " entries not understood")
	case q.Missing:
		return st.Glyphs.Pending, st.Warn, st.Warn.Render("required")
	case q.Answer.Value != "":
		shown := q.Understood.Shown
		if shown == "" {
			shown = strings.ReplaceAll(q.Answer.Value, "\n", ", ")
		}
		if odd := doubtful(q); odd != "" {
			return st.Glyphs.Problem, st.Warn, string(clean.Line(shown)) + "   " + st.Warn.Render("look at: "+string(clean.Line(odd)))
		}
		return st.Glyphs.Done, st.Good, string(clean.Line(shown))
	}
	if task := a.s.env.Session.NeededFor(a.s.id, q.Question.ID); task != "" {
		return st.Glyphs.Pending, st.Muted, "needed for: " + string(clean.Line(task))
	}
	return st.Glyphs.Pending, st.Muted, st.Muted.Render("not answered")
}

// row is one question; the one under the cursor is read whole.
func (a *answer) row(q rfi.Status, pointed bool, labels, w int) []string {
	st := a.s.env.Styles
	mark, style, value := a.value(q)
	head := lead(st, pointed) + style.Render(mark) + " "
	column := ansi.StringWidth(head)
	if !pointed {
		line := head + widget.Pad(q.Question.Label, labels) + "   "
		return []string{line + widget.Cut(value, max(4, w-ansi.StringWidth(line)-2))}
	}
	var out []string
	for i, l := range widget.Wrap(q.Question.Label, labels) {
		if i == 0 {
			line := head + st.Strong.Render(widget.Pad(l, labels)) + "   "
			out = append(out, line+widget.Cut(value, max(4, w-ansi.StringWidth(line)-2)))
			continue
		}
		out = append(out, strings.Repeat(" ", column)+st.Strong.Render(l))
	}
	return out
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
