package widget

import (
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/ui/theme"
)

// labelColumn is where the text of a finding's parts begins.
const labelColumn = 12

// FindingTitle is the one line of a finding: title, severity at the right.
func FindingTitle(st *theme.Styles, f check.Finding, pointed bool, w int) string {
	word, style := st.Severity(f.Severity)
	title := oneLine(f.Title)
	lead := "  "
	if pointed {
		lead = st.Accent.Render(st.Glyphs.Pointer) + " "
		title = st.Strong.Render(Cut(title, max(8, w-5-len(word))))
	}
	return Spread(lead+title, style.Render(word), w)
}

// Finding is a finding opened: what we saw, what it should be, what happens if
// it is left, what to do and who, how to see it oneself.
func Finding(st *theme.Styles, f check.Finding, w int) []string {
	var out []string
	part := func(label, text string) {
		if text = string(clean.Text(text)); strings.TrimSpace(text) == "" {
			return
		}
		for i, l := range Wrap(text, max(12, w-labelColumn-2)) {
			head := strings.Repeat(" ", labelColumn)
			if i == 0 {
				head = "  " + st.Muted.Render(Pad(label, labelColumn-2))
			}
			out = append(out, "  "+head+l)
		}
	}
	code := func(label, text string) {
		if text = string(clean.Text(text)); strings.TrimSpace(text) == "" {
			return
		}
		first := true
		for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
			for _, l := range Wrap(line, max(12, w-labelColumn-2)) {
				head := strings.Repeat(" ", labelColumn)
				if first {
					head, first = "  "+st.Muted.Render(Pad(label, labelColumn-2)), false
				}
				out = append(out, "  "+head+st.Code.Render(l))
			}
		}
	}
	part("Saw", string(f.Saw))
	part("Should", string(f.Should))
	part("If left", string(f.IfLeft))
	part("Do", string(f.Do))
	code("Put there", string(f.Copy))
	if f.Who != "" && f.Who != check.WhoNobody {
		part("Who", string(f.Who))
	}
	code("Confirm", string(f.Confirm))
	part("Source", f.Rule)
	return out
}
