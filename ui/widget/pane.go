package widget

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/viewport"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/ui/keys"
	"mxodus/ui/theme"
)

// Pane scrolls a text. Its place survives resizing and a change of the text.
type Pane struct {
	view  viewport.Model
	lines int
}

// NewPane makes a pane.
func NewPane() Pane {
	p := Pane{view: viewport.New(0, 0)}
	p.view.MouseWheelEnabled = false
	return p
}

// Set fills the pane for a size. The scroll is kept, as far as the text goes.
func (p *Pane) Set(lines []string, w, h int) {
	at := p.view.YOffset
	p.view.Width, p.view.Height = max(1, w), max(1, h)
	p.lines = len(lines)
	p.view.SetContent(strings.Join(lines, "\n"))
	p.view.SetYOffset(at)
}

// Key scrolls and reports whether the key was one of movement.
func (p *Pane) Key(msg tea.KeyMsg) bool {
	switch {
	case key.Matches(msg, keys.Up):
		p.view.ScrollUp(1)
	case key.Matches(msg, keys.Down):
		p.view.ScrollDown(1)
	case key.Matches(msg, keys.PageUp):
		p.view.PageUp()
	case key.Matches(msg, keys.PageDown, keys.ReadOn):
		p.PageDown()
	case key.Matches(msg, keys.Top):
		p.view.GotoTop()
	case key.Matches(msg, keys.Bottom):
		p.view.GotoBottom()
	default:
		return false
	}
	return true
}

// PageDown scrolls on, leaving two lines of what was read in sight.
func (p *Pane) PageDown() { p.view.ScrollDown(max(1, p.view.Height-2)) }

// AtEnd reports that the last line is in sight.
func (p *Pane) AtEnd() bool { return p.view.AtBottom() }

// Scroll is the first line in sight.
func (p *Pane) Scroll() int { return p.view.YOffset }

// ScrollTo moves the first line in sight.
func (p *Pane) ScrollTo(line int) { p.view.SetYOffset(line) }

// Reveal scrolls as little as needed to bring lines from to before to into
// sight; the beginning counts more than the end.
func (p *Pane) Reveal(from, to int) {
	if to < p.lines {
		to++ // the last line in sight may be the mark
	}
	if to > p.view.YOffset+p.view.Height {
		p.view.SetYOffset(to - p.view.Height)
	}
	if from < p.view.YOffset {
		p.view.SetYOffset(from)
	}
}

// Lines returns what is in sight, at most as many lines as the pane is high.
func (p *Pane) Lines() []string {
	lines := strings.Split(p.view.View(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return lines
}

// Marked is Lines with the last one saying how much follows. What it hides is
// in sight after the next key.
func (p *Pane) Marked(st *theme.Styles) []string {
	lines := p.Lines()
	if n := len(lines); !p.AtEnd() && n > 3 {
		lines[n-1] = "  " + p.More(st)
	}
	return lines
}

// More says how much lies below, "" at the end.
func (p *Pane) More(st *theme.Styles) string {
	rest := p.lines - p.view.YOffset - p.view.Height
	switch {
	case rest > 0 && p.view.Height > 3: // the line itself hides one
		return st.Muted.Render(st.Glyphs.Down + " " + Count(rest+1, "more line"))
	case rest > 0:
		return st.Muted.Render(st.Glyphs.Down + " " + Count(rest, "more line"))
	case p.view.YOffset > 0:
		return st.Muted.Render("end")
	}
	return ""
}
