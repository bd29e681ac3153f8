package form

import (
	"strconv"
	"strings"

	"mxodus/ui/theme"
)

// window cuts a long list to the rows around the cursor. huh would begin at
// the cursor and leave the rest of the room empty.
type window struct {
	top, total, height int
}

// marksFrom is the height from which on the rows at the edges say how many more
// there are.
const marksFrom = 3

// follow moves the window so that the cursor's row is in it, and not under one
// of the marks at its edges.
func (w *window) follow(cursor int) {
	h := max(w.height, 1)
	mark := 0
	if h >= marksFrom && w.total > h {
		mark = 1
	}
	w.top = min(w.top, max(cursor-mark, 0))
	w.top = max(w.top, cursor-h+1+mark)
	w.top = max(0, min(w.top, w.total-h))
}

// cut leaves the rows in view; the edges say what is out of it.
func (w *window) cut(drawn string, s *theme.Styles) string {
	rows := strings.Split(drawn, "\n")
	h := max(w.height, 1)
	from := min(w.top, len(rows))
	out := append([]string(nil), rows[from:min(from+h, len(rows))]...)
	if h < marksFrom || len(out) < h {
		return strings.Join(out, "\n")
	}
	mark := func(glyph string, n int) string {
		return "  " + s.Muted.Render(glyph+" "+strconv.Itoa(n)+" more")
	}
	if from > 0 {
		out[0] = mark(s.Glyphs.Up, from+1)
	}
	if rest := w.total - from - h; rest > 0 {
		out[h-1] = mark(s.Glyphs.Down, rest+1)
	}
	return strings.Join(out, "\n")
}

// shown says which rows are in view, from 1, and how many there are.
func (w *window) shown() (first, last, total int) {
	if w.total == 0 {
		return 0, 0, 0
	}
	return w.top + 1, min(w.top+max(w.height, 1), w.total), w.total
}
