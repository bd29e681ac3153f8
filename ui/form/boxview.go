package form

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// span is one row of a wrapped line: runes from, to, and the cells they take.
type span struct{ from, to int }

// tabWidth is how wide a tab is drawn; columns need not line up.
const tabWidth = 2

func cells(r rune) int {
	switch {
	case r == '\t':
		return tabWidth
	case r < 0x7f:
		return 1
	}
	return ansi.StringWidth(string(r))
}

// textWidth is the room for text in a row; the last cell is the cursor's.
func (b *box) textWidth() int { return max(b.width-b.gutter()-1, 4) }

// gutter is the room left of the text: the bar, and line numbers once there
// is more than one line.
func (b *box) gutter() int {
	if len(b.text) == 1 {
		return 2
	}
	return 3 + max(2, len(strconv.Itoa(len(b.text))))
}

// wrap divides a line into rows, at a blank where there is one.
func (b *box) wrap(line int) []span {
	text, width := b.text[line], b.textWidth()
	if len(text)*tabWidth <= width {
		return []span{{0, len(text)}}
	}
	var out []span
	from, used, blank := 0, 0, -1
	for i, r := range text {
		w := cells(r)
		if used+w > width {
			at := i
			if blank > from {
				at = blank
			}
			out = append(out, span{from, at})
			used = 0
			for _, r := range text[at:i] {
				used += cells(r)
			}
			from, blank = at, -1
		}
		used += w
		if r == ' ' || r == '\t' {
			blank = i + 1
		}
	}
	return append(out, span{from, len(text)})
}

// sub is the wrapped row of the cursor's line that the cursor is in.
func (b *box) sub() (int, []span) {
	rows := b.wrap(b.row)
	for i, s := range rows {
		if b.col < s.to {
			return i, rows
		}
	}
	return len(rows) - 1, rows
}

// follow moves the view so that the cursor is in it.
func (b *box) follow() {
	sub, _ := b.sub()
	at := place{b.row, sub}
	b.top.line = min(b.top.line, len(b.text)-1)
	b.fill()
	if at.line < b.top.line || (at.line == b.top.line && at.sub < b.top.sub) {
		b.top = at
		return
	}
	// the lowest place from which the cursor is still the last row
	low := b.above(at, b.height-1)
	if b.top.line < low.line || (b.top.line == low.line && b.top.sub < low.sub) {
		b.top = low
	}
}

// fill moves the view up as long as rows below the end of the text are empty,
// so that what is opened is seen from its first line when it fits.
func (b *box) fill() {
	end := place{len(b.text) - 1, len(b.wrap(len(b.text)-1)) - 1}
	low := b.above(end, b.height-1)
	if b.top.line > low.line || b.top.line == low.line && b.top.sub > low.sub {
		b.top = low
	}
}

// above is the place a number of rows before another, the first one at most.
func (b *box) above(at place, rows int) place {
	for rows > 0 && (at.line > 0 || at.sub > 0) {
		if at.sub > 0 {
			step := min(at.sub, rows)
			at.sub -= step
			rows -= step
			continue
		}
		at.line--
		at.sub = len(b.wrap(at.line)) - 1
		rows--
	}
	return at
}

// vertical moves the cursor by rows as drawn and returns the column aimed for.
func (b *box) vertical(by int) int {
	sub, rows := b.sub()
	goal := b.goal
	if goal < 0 {
		goal = 0
		for _, r := range b.text[b.row][rows[sub].from:b.col] {
			goal += cells(r)
		}
	}
	for ; by < 0; by++ {
		switch {
		case sub > 0:
			sub--
		case b.row > 0:
			b.row--
			rows = b.wrap(b.row)
			sub = len(rows) - 1
		default:
			b.col = 0
			return goal
		}
	}
	for ; by > 0; by-- {
		switch {
		case sub < len(rows)-1:
			sub++
		case b.row < len(b.text)-1:
			b.row++
			rows, sub = b.wrap(b.row), 0
		default:
			b.col = len(b.text[b.row])
			return goal
		}
	}
	b.col = b.at(rows[sub], goal, sub == len(rows)-1)
	return goal
}

// at is the rune of a row that stands at a column.
func (b *box) at(s span, column int, last bool) int {
	used := 0
	for i := s.from; i < s.to; i++ {
		if used += cells(b.text[b.row][i]); used > column {
			return i
		}
	}
	if !last && s.to > s.from {
		return s.to - 1
	}
	return s.to
}

func (b *box) view() string {
	var rows []string
	cursorSub, _ := b.sub()
	for p := b.top; p.line < len(b.text) && len(rows) < b.height; p = (place{p.line + 1, 0}) {
		spans := b.wrap(p.line)
		for ; p.sub < len(spans) && len(rows) < b.height; p.sub++ {
			cursor := p.line == b.row && p.sub == cursorSub
			rows = append(rows, b.margin(p)+b.drawRow(p.line, spans[p.sub], cursor))
		}
	}
	for len(rows) < b.height {
		rows = append(rows, b.s.Accent.Render(b.s.Glyphs.FieldBar))
	}
	return strings.Join(rows, "\n")
}

// margin draws the bar and the line number; a line that could not be read has
// a mark as well as a colour.
func (b *box) margin(p place) string {
	bar := b.s.Accent.Render(b.s.Glyphs.FieldBar)
	if len(b.text) == 1 {
		return bar + " "
	}
	number := strings.Repeat(" ", b.gutter()-3)
	if p.sub == 0 {
		n := strconv.Itoa(p.line + 1)
		number = number[:max(len(number)-len(n), 0)] + n
	}
	if b.bad[p.line+1] {
		return bar + b.s.Danger.Render("!"+number) + " "
	}
	return bar + " " + b.s.Muted.Render(number) + " "
}

func (b *box) drawRow(line int, s span, cursor bool) string {
	text := b.text[line]
	if !cursor {
		return b.s.Field.Render(plain(text[s.from:s.to]))
	}
	under, rest := " ", ""
	col := min(max(b.col, s.from), s.to)
	if col < s.to {
		end := col + 1
		for end < s.to && unicode.Is(unicode.M, text[end]) {
			end++ // an accent stays on its letter
		}
		under = plain(text[col:end])
		rest = plain(text[end:s.to])
	}
	return b.s.Field.Render(plain(text[s.from:col])) + reverse.Render(under) + b.s.Field.Render(rest)
}

// reverse is the cursor, as the terminal's own block cursor looks.
var reverse = lipgloss.NewStyle().Reverse(true)

func plain(r []rune) string {
	return strings.ReplaceAll(string(r), "\t", strings.Repeat(" ", tabWidth))
}
