package widget

import (
	"strconv"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/ui/keys"
	"mxodus/ui/theme"
)

func itoa(n int) string { return strconv.Itoa(n) }

// List is a cursor over rows and a window that follows it. Rows may have
// several lines.
type List struct {
	Cursor int
	Len    int
	Extra  int // rows at the end that are none of those counted: one that leads on
	offset int // first line shown
	page   int // rows a page key moves by
}

// SetLen tells how many rows there are and keeps the cursor among them.
func (l *List) SetLen(n int) {
	l.Len = n
	l.Move(0)
}

// Move moves the cursor by d rows, to the ends at most.
func (l *List) Move(d int) { l.Cursor = max(0, min(l.Cursor+d, l.Len-1)) }

// Key moves the cursor and reports whether the key was one of movement. With
// typing set, only keys that type nothing count.
func (l *List) Key(msg tea.KeyMsg, typing bool) bool {
	up, down, pageUp, pageDown := keys.Up, keys.Down, keys.PageUp, keys.PageDown
	if typing {
		up, down, pageUp, pageDown = keys.LineUp, keys.LineDown, keys.LinesUp, keys.LinesDown
	}
	switch {
	case key.Matches(msg, up):
		l.Move(-1)
	case key.Matches(msg, down):
		l.Move(1)
	case key.Matches(msg, pageUp):
		l.Move(-max(1, l.page))
	case key.Matches(msg, pageDown):
		l.Move(max(1, l.page))
	case !typing && key.Matches(msg, keys.Top):
		l.Move(-l.Len)
	case !typing && key.Matches(msg, keys.Bottom):
		l.Move(l.Len)
	default:
		return false
	}
	return true
}

// Render returns at most h lines of the rows with the cursor's row among them.
// Where rows are hidden, the edge line says how many.
func (l *List) Render(st *theme.Styles, rows [][]string, h int) []string {
	var flat []string
	var owner []int
	start, end := 0, 0
	for i, r := range rows {
		if i == l.Cursor {
			start, end = len(flat), len(flat)+len(r)
		}
		for range r {
			owner = append(owner, i)
		}
		flat = append(flat, r...)
	}
	l.page = max(1, h-2)
	if len(rows) > 0 && len(flat) > len(rows) {
		l.page = max(1, h*len(rows)/len(flat)-1)
	}
	if len(flat) <= h || h < 3 {
		l.offset = 0
		if len(flat) > h {
			l.offset = max(0, min(start, len(flat)-h))
			return flat[l.offset : l.offset+max(0, h)]
		}
		return flat
	}
	top := l.offset
	if end > top+h-1 {
		top = end - h + 1
	}
	if start < top+1 {
		top = start - 1
	}
	top = max(0, min(top, len(flat)-h))
	l.offset = top
	out := append([]string(nil), flat[top:top+h]...)
	if top > 0 {
		out[0] = "  " + st.Muted.Render(st.Glyphs.Up+" "+itoa(owner[top]+1)+" more")
	}
	if rest := max(1, len(rows)-owner[top+h-1]-l.Extra); top+h < len(flat) {
		out[h-1] = "  " + st.Muted.Render(st.Glyphs.Down+" "+itoa(rest)+" more")
	}
	return out
}
