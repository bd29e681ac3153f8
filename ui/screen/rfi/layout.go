package rfi

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	question "mxodus/steps/rfi"
	"mxodus/ui/widget"
)

const (
	margin     = 2   // cells left and right of everything
	labelWidth = 13  // where the text beside a label begins
	wideFrom   = 110 // width from which help stands in a column of its own
	helpWidth  = 42
)

// layout is the page cut to size, made after every change; View only joins it.
type layout struct {
	width  int // of the left column
	head   []string
	status []string
	below  []string
	side   []string // right column when wide
}

// space hands out the rows of the page.
type space struct{ left int }

func (s *space) take(n int) bool {
	if n > s.left || n <= 0 {
		return false
	}
	s.left -= n
	return true
}

// upTo hands out as many of n rows as there are.
func (s *space) upTo(n int) int {
	n = max(0, min(n, s.left))
	s.left -= n
	return n
}

// arrange divides the room. The question, the field, what was understood and
// the first entry that could not be read are always there; then come what else
// is said of the entries and what Enter would do, then air and help as far as
// they fit.
func (p *Page) arrange() {
	p.layout = layout{width: p.width}
	if p.field == nil {
		return
	}
	l := &p.layout
	var help []block
	if p.width >= wideFrom {
		l.width = p.width - helpWidth - margin
		l.side = p.sideColumn()
	} else {
		help = p.help(l.width)
	}
	l.head = p.head(l.width)
	groups := p.status(l.width)
	must := min(p.mustShow(), len(groups))
	l.status = flat(groups[:must])
	rest := groups[must:]

	full := max(p.field.Lines(), p.smallest())
	rows := min(p.smallest(), full)
	s := &space{p.height - len(l.head) - len(l.status)}
	rows = max(1, s.upTo(rows))

	l.status = append(l.status, p.moreStatus(rest, s)...)
	found := p.foundLines(l.width)
	gotFound := s.take(len(found))
	if s.take(1) {
		l.head = append(l.head, "")
	}
	rows += s.upTo(min(full, 6) - rows)
	gap := len(help) > 0 || gotFound
	gap = gap && s.take(1)
	shown := map[int]bool{}
	fill := func(from, to int) {
		for i := from; i < min(to, len(help)); i++ {
			shown[i] = s.take(len(help[i]))
		}
	}
	fill(0, len(help))
	rows += s.upTo(min(full, p.height/2) - rows)
	rows += s.upTo(full - rows)
	if gap {
		l.below = append(l.below, "")
	}
	if gotFound {
		l.below = append(l.below, found...)
	}
	for i, b := range help {
		if shown[i] {
			l.below = append(l.below, b...)
		}
	}
	p.field.SetSize(l.width-2*margin, rows)
	// what the field hides is known only now; the rows taken stay the same
	if again := flat(p.status(l.width)[:must]); len(again) <= len(l.status) {
		copy(l.status, again)
	}
}

// block is a part of the page that is shown whole or not at all.
type block []string

func flat(groups []block) []string {
	var out []string
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

// moreStatus lists further entries that could not be read, and counts those
// for which there is no room.
func (p *Page) moreStatus(rest []block, s *space) []string {
	var out []string
	for i, g := range rest {
		last := i == len(rest)-1
		if (s.left > len(g) || last) && s.take(len(g)) {
			out = append(out, g...)
			continue
		}
		if s.take(1) {
			out = append(out, p.labelled("", p.env.Styles.Muted.Render(fmt.Sprintf("and %d more; f1 lists them all", len(rest)-i)), p.layout.width)...)
		}
		break
	}
	return out
}

// smallest is the least height at which the field can be worked with.
func (p *Page) smallest() int {
	switch {
	case p.field.Multiline():
		return 3
	case p.field.CapturesText():
		return 1
	}
	return min(4, p.field.Lines())
}

// View draws the page, exactly as large as SetSize said.
func (p *Page) View() string {
	if p.field == nil {
		return strings.Join(widget.Box("\n  There is no question to answer here. esc goes back.", p.width, p.height), "\n")
	}
	l := p.layout
	left := append([]string(nil), l.head...)
	left = append(left, widget.Indent(strings.Split(p.field.View(), "\n"), margin)...)
	left = append(left, l.status...)
	left = append(left, l.below...)
	if l.side == nil {
		return strings.Join(widget.Box(strings.Join(left, "\n"), p.width, p.height), "\n")
	}
	left = widget.Box(strings.Join(left, "\n"), l.width, p.height)
	rows := make([]string, p.height)
	for i := range rows {
		side := ""
		if i < len(l.side) {
			side = l.side[i]
		}
		row := left[i] + strings.Repeat(" ", max(0, l.width-ansi.StringWidth(left[i]))) + side
		rows[i] = ansi.Truncate(row, p.width, "")
	}
	return strings.Join(rows, "\n")
}

// labelled is text beside a label, wrapped.
func (p *Page) labelled(label, text string, w int) block {
	st := p.env.Styles
	out := widget.Hang(st.Muted.Render(label), labelWidth, text, w-2*margin)
	return widget.Indent(out, margin)
}

// isList reports answers of any number of items.
func isList(t question.Type) bool { return t.Multiline() && t != question.LongText }
