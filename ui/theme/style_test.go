package theme

import (
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// TestStyleIsThatOfLipgloss: what is set from the stored sequences reads as
// lipgloss itself would have set it, in every depth of colours.
func TestStyleIsThatOfLipgloss(t *testing.T) {
	was := lipgloss.ColorProfile()
	defer lipgloss.SetColorProfile(was)
	texts := []string{"", " ", "x", "max", "Your turn", "a\tb", "two\nlines, the second longer", "end\r\n", "世界 ✓", "\x1b[1mbold\x1b[0m"}
	for _, p := range []termenv.Profile{termenv.Ascii, termenv.ANSI, termenv.ANSI256, termenv.TrueColor} {
		lipgloss.SetColorProfile(p)
		for _, o := range []Options{{}, {Dark: true}, {NoColor: true}} {
			s := New(o)
			for name, style := range map[string]Style{
				"text": s.Text, "strong": s.Strong, "muted": s.Muted, "accent": s.Accent, "good": s.Good, "warn": s.Warn, "danger": s.Danger,
				"rule": s.Rule, "code": s.Code, "heading": s.Heading, "key": s.Key, "field": s.Field, "cursor": s.Cursor, "none": {},
			} {
				for _, text := range texts {
					if got, want := style.Render(text), style.Lipgloss().Render(text); got != want {
						t.Errorf("profile %v, %+v, %s of %q: %q, lipgloss %q", p, o, name, text, got, want)
					}
				}
			}
		}
	}
}
