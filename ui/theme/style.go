package theme

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Style colours text. The sequences of lipgloss around a text are the same for
// every text of one line, so they are asked for once: a frame renders some
// hundred pieces, and working them out anew each time was most of its cost.
type Style struct {
	lip        lipgloss.Style
	begin, end string
}

func newStyle(lip lipgloss.Style) Style {
	const text = "x" // no sequence of colours holds this letter
	begin, end, _ := strings.Cut(lip.Render(text), text)
	return Style{lip, begin, end}
}

// Render colours text. Text with tabs or of several lines is set as lipgloss
// sets it.
func (s Style) Render(text string) string {
	if strings.ContainsAny(text, "\t\r\n") {
		return s.lip.Render(text)
	}
	return s.begin + text + s.end
}

// Lipgloss is the style for what takes styles of lipgloss.
func (s Style) Lipgloss() lipgloss.Style { return s.lip }
