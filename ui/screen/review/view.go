package review

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/rfi"
	"mxodus/ui/widget"
)

// twoLinesUnder is the width under which an answer stands below its question.
const twoLinesUnder = 78

// View draws the page, exactly as large as SetSize said.
func (p *Page) View() string {
	rows := make([][]string, len(p.rows))
	for i := range p.rows {
		rows[i] = p.row(i)
	}
	lines := p.list.Render(p.env.Styles, rows, p.height)
	return strings.Join(widget.Box(strings.Join(lines, "\n"), p.width, p.height), "\n")
}

func (p *Page) row(i int) []string {
	st, r := p.env.Styles, p.rows[i]
	var out []string
	if r.heading != "" {
		if i > 0 {
			out = append(out, "")
		}
		heading := st.Heading.Render(r.heading)
		if r.heading == wrongHeading {
			heading = st.Danger.Render(r.heading)
		}
		aside := ""
		if i == 0 {
			aside = st.Muted.Render(p.counts())
		}
		out = append(out, "  "+widget.Spread(heading, aside, p.width-4))
	}
	lead, label := "    ", st.Text
	if i == p.list.Cursor {
		lead, label = "  "+st.Cursor.Render(widget.Pad(st.Glyphs.Pointer, 2)), st.Strong
	}
	if r.to != nil {
		return append(out, lead+label.Render(r.does))
	}
	value := p.value(r)
	left := min(60, (p.width-6)*11/20)
	if i == p.list.Cursor && (ansi.StringWidth(r.status.Question.Label) > left || ansi.StringWidth(value) > p.width-left-7) {
		return append(out, p.whole(r, lead, value)...)
	}
	if p.width < twoLinesUnder {
		return append(out,
			lead+label.Render(widget.Cut(r.status.Question.Label, p.width-6)),
			"      "+widget.Cut(value, p.width-8))
	}
	return append(out, lead+label.Render(widget.Pad(r.status.Question.Label, left))+" "+widget.Cut(value, p.width-left-7))
}

// wholeLines is the most that the value of the row under the cursor takes.
const wholeLines = 3

// whole is the row under the cursor with nothing of the question cut off.
func (p *Page) whole(r row, lead, value string) []string {
	var out []string
	for i, l := range widget.Wrap(r.status.Question.Label, p.width-6) {
		if i > 0 {
			lead = "    "
		}
		out = append(out, lead+p.env.Styles.Strong.Render(l))
	}
	lines := widget.Wrap(value, p.width-8)
	if len(lines) > wholeLines {
		lines = append(lines[:wholeLines-1], widget.Cut(strings.Join(lines[wholeLines-1:], " "), p.width-8))
	}
	return append(out, widget.Indent(lines, 6)...)
}

// value is what stands in a question, in one line, with a word and a mark for
// its state.
func (p *Page) value(r row) string {
	st := p.env.Styles
	u := r.status.Understood
	empty := r.status.Answer.Text == ""
	switch {
	case r.problem != "" && empty:
		return st.Warn.Render(st.Glyphs.Pending+" ") + r.problem
	case r.problem != "":
		return st.Danger.Render(st.Glyphs.Problem+" ") + r.problem
	case r.status.Missing && empty:
		return st.Warn.Render(st.Glyphs.Pending + " required, not answered")
	case r.status.Answer.Text == "" && u.Value == "":
		return st.Muted.Render("not answered")
	case !u.OK():
		return st.Warn.Render(st.Glyphs.Problem+" not read in full: ") + p.shown(r.status)
	}
	if odd := doubtful(r.status.Problems); odd != "" {
		return st.Warn.Render(st.Glyphs.Problem+" ") + p.shown(r.status) + "   " + st.Warn.Render("look at: "+odd)
	}
	return st.Good.Render(st.Glyphs.Done+" ") + p.shown(r.status)
}

// doubtful is the first thing to look at in an answer that was read.
func doubtful(all []rfi.Problem) string {
	for _, one := range all {
		if one.Warning {
			return string(clean.Line(one.Message))
		}
	}
	return ""
}

// shown is an answer in one line, by the names that its choices have on screen.
func (p *Page) shown(st rfi.Status) string {
	u, a := st.Understood, st.Answer
	text := u.Shown
	if len(u.Items) > 0 && len(u.Items) <= 4 {
		var names []string
		for _, item := range u.Items {
			names = append(names, st.Question.ItemLabel(p.env.Session.Facts(), item))
		}
		text = strings.Join(names, ", ")
	}
	if text == "" {
		text = strings.ReplaceAll(a.Text, "\n", ", ")
	}
	switch a.Provenance {
	case steps.Detected:
		text += "  (found in DNS)"
	case steps.Imported:
		text += "  (imported)"
	case steps.Default:
		text += "  (usual value)"
	}
	return string(clean.Line(text))
}
