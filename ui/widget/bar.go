package widget

import (
	"strings"

	"mxodus/ui/theme"
)

// Bar is a progress bar of w cells for done of total.
func Bar(st *theme.Styles, done, total, w int) string {
	if total <= 0 || w < 1 {
		return ""
	}
	full := max(0, min(w, done*w/total))
	return st.Accent.Render(strings.Repeat(st.Glyphs.Bar, full)) +
		st.Muted.Render(strings.Repeat(st.Glyphs.BarEmpty, w-full))
}
