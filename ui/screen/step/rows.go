package step

import (
	"strings"

	"mxodus/steps"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

// cursorList is a list whose last row leads on to the next stage. Until the
// cursor is moved by hand it stands on the first row that needs something, and
// on the last one when none does.
type cursorList struct {
	widget.List
	moved bool
}

// settle places the cursor; first is the first row that needs something, -1
// for none. rows counts the rows without the one that leads on.
func (l *cursorList) settle(rows, first int) {
	l.Extra = 1
	l.SetLen(rows + 1)
	if l.moved {
		return
	}
	l.Cursor = rows
	if first >= 0 {
		l.Cursor = first
	}
}

// onLast reports the row that leads on.
func (l *cursorList) onLast() bool { return l.Cursor == l.Len-1 }

// lead is what stands before a row.
func lead(st *theme.Styles, pointed bool) string {
	if pointed {
		return "  " + st.Cursor.Render(widget.Pad(st.Glyphs.Pointer, 2))
	}
	return "    "
}

// lastRow draws the row that leads on.
func (s *Screen) lastRow(pointed bool, from steps.Stage) []string {
	st := s.env.Styles
	style := st.Muted
	if pointed {
		style = st.Strong
	}
	return []string{"", lead(st, pointed) + style.Render(capital(s.onwardWord(from)))}
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
