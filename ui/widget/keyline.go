package widget

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/x/ansi"

	"mxodus/ui/theme"
)

// KeyName says a key in the marks of the theme.
func KeyName(st *theme.Styles, help string) string {
	if st.Glyphs.Enter == "↵" {
		return help
	}
	return asciiKeys.Replace(help)
}

var asciiKeys = strings.NewReplacer(
	"↑↓", "up/down", "←→", "left/right", "↑", "up", "↓", "down", "←", "left", "→", "right", "↵", "enter",
)

// KeyHint is one key and what it does.
func KeyHint(st *theme.Styles, b key.Binding) string {
	h := b.Help()
	return st.Key.Render(KeyName(st, h.Key)) + " " + st.Muted.Render(h.Desc)
}

// KeyLine lists bindings in w cells, in their order; last is always shown.
// Disabled bindings, and those without help, are passed over.
func KeyLine(st *theme.Styles, bindings []key.Binding, last key.Binding, w int) string {
	const gap = "   "
	end := KeyHint(st, last)
	room := w - Width(end)
	var b strings.Builder
	for _, k := range bindings {
		if !k.Enabled() || k.Help().Key == "" {
			continue
		}
		hint := KeyHint(st, k) + gap
		if room -= Width(hint); room < 0 {
			break
		}
		b.WriteString(hint)
	}
	return Cut(b.String()+end, w)
}

// Shown lists the bindings that KeyLine shows in w cells, last among them.
func Shown(st *theme.Styles, bindings []key.Binding, last key.Binding, w int) []key.Binding {
	line := ansi.Strip(KeyLine(st, bindings, last, w))
	var out []key.Binding
	for _, k := range append(append([]key.Binding(nil), bindings...), last) {
		if k.Enabled() && k.Help().Key != "" && strings.Contains(line, ansi.Strip(KeyHint(st, k))) {
			out = append(out, k)
		}
	}
	return out
}
