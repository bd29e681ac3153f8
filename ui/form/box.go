package form

import (
	"strings"

	"mxodus/ui/theme"
)

// box edits text of many lines. It wraps and draws only what is in view, so a
// key costs the same in ten lines and in a hundred thousand.
type box struct {
	s        *theme.Styles
	text     [][]rune // one entry a line, never empty
	row, col int      // cursor: line and rune in it
	goal     int      // column that up and down aim for; -1 when not set
	top      place    // first row in view
	width    int
	height   int
	bad      map[int]bool // lines that could not be read, from 1
	joined   *string      // value, while nothing changed
}

// place is a row as drawn: a line and which of its wrapped rows.
type place struct{ line, sub int }

func newBox(s *theme.Styles) *box {
	return &box{s: s, text: [][]rune{{}}, goal: -1, width: 40, height: 3}
}

func (b *box) changed() {
	b.joined = nil
	b.goal = -1
	b.follow()
}

func (b *box) value() string {
	if b.joined == nil {
		n := len(b.text)
		for _, l := range b.text {
			n += len(l)
		}
		var s strings.Builder
		s.Grow(n)
		for i, l := range b.text {
			if i > 0 {
				s.WriteByte('\n')
			}
			for _, r := range l {
				s.WriteRune(r)
			}
		}
		v := s.String()
		b.joined = &v
	}
	return *b.joined
}

func (b *box) setValue(text string) {
	b.text = split(text)
	b.row = len(b.text) - 1
	b.col = len(b.text[b.row])
	b.top = place{}
	b.changed()
}

func split(text string) [][]rune {
	lines := strings.Split(text, "\n")
	out := make([][]rune, len(lines))
	for i, l := range lines {
		out[i] = []rune(l)
	}
	return out
}

// insert puts text in at the cursor; the cursor goes behind it.
func (b *box) insert(text string) {
	if text == "" {
		return
	}
	added := split(text)
	head, tail := b.text[b.row][:b.col], b.text[b.row][b.col:]
	lastLen := len(added[len(added)-1])
	if len(added) == 1 {
		line := make([]rune, 0, len(head)+lastLen+len(tail))
		line = append(append(append(line, head...), added[0]...), tail...)
		b.text[b.row] = line
		b.col += lastLen
		b.changed()
		return
	}
	end := len(added) - 1
	added[0] = append(append(make([]rune, 0, len(head)+len(added[0])), head...), added[0]...)
	added[end] = append(added[end], tail...)
	all := make([][]rune, 0, len(b.text)+len(added))
	all = append(append(append(all, b.text[:b.row]...), added...), b.text[b.row+1:]...)
	b.text = all
	b.row += end
	b.col = lastLen
	b.changed()
}

// remove takes out everything between two places, in either order; the cursor
// goes there.
func (b *box) remove(r1, c1, r2, c2 int) {
	if r1 > r2 || (r1 == r2 && c1 > c2) {
		r1, c1, r2, c2 = r2, c2, r1, c1
	}
	line := make([]rune, 0, c1+len(b.text[r2])-c2)
	line = append(append(line, b.text[r1][:c1]...), b.text[r2][c2:]...)
	if r1 != r2 {
		b.text = append(b.text[:r1+1], b.text[r2+1:]...)
	}
	b.text[r1] = line
	b.row, b.col = r1, c1
	b.changed()
}

// cursor counts runes from the start of the text, line breaks included.
func (b *box) cursor() int {
	n := b.col
	for _, l := range b.text[:b.row] {
		n += len(l) + 1
	}
	return n
}

func (b *box) setCursor(at int) {
	b.row, b.col = 0, max(at, 0)
	for b.row < len(b.text)-1 && b.col > len(b.text[b.row]) {
		b.col -= len(b.text[b.row]) + 1
		b.row++
	}
	b.col = min(b.col, len(b.text[b.row]))
	b.goal = -1
	b.follow()
}

func (b *box) goTo(line int) {
	b.row = min(max(line, 0), len(b.text)-1)
	b.col, b.goal = 0, -1
	b.follow()
}

func (b *box) setSize(width, height int) {
	b.width, b.height = width, max(height, 1)
	b.top.sub = 0
	b.follow()
}

func (b *box) lines() int {
	n := 0
	for i := range b.text {
		n += len(b.wrap(i))
		if n > 200 { // more than any terminal shows
			break
		}
	}
	return n
}

func (b *box) shown() (int, int, int) {
	last := b.top.line
	rows := len(b.wrap(b.top.line)) - b.top.sub
	for last < len(b.text)-1 && rows < b.height {
		last++
		rows += len(b.wrap(last))
	}
	return b.top.line + 1, last + 1, len(b.text)
}
