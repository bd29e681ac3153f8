// Package help is the page of keys, made from the same table that screens
// match, with what the screen itself has to say above it.
package help

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

// Content is what help is asked about.
type Content struct {
	Of   string        // title of the screen
	Keys []key.Binding // its keys now
	Text string        // Markdown: help of the question or step; may be empty
}

// Screen is the page.
type Screen struct {
	env     *screen.Env
	content Content
	w, h    int
	pane    widget.Pane
}

// New makes the page.
func New(env *screen.Env, c Content) *Screen {
	return &Screen{env: env, content: c, pane: widget.NewPane()}
}

// Init has nothing to do.
func (s *Screen) Init() tea.Cmd { return nil }

// Update scrolls, or goes back.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	if !ok || s.pane.Key(k) {
		return nil
	}
	if key.Matches(k, keys.Back) || key.Matches(k, keys.Open) {
		return func() tea.Msg { return screen.BackMsg{} }
	}
	return nil
}

// SetSize lays the page out.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	s.pane.Set(s.lines(), w, h)
}

func (s *Screen) lines() []string {
	st := s.env.Styles
	var out []string
	if s.content.Text != "" {
		out = append(out, widget.Indent(widget.Markdown(st, s.content.Text, s.w-4), 2)...)
		out = append(out, "")
	}
	if len(s.content.Keys) > 0 {
		out = append(out, "  "+st.Heading.Render("Here"))
		out = append(out, bindings(st, s.content.Keys, s.w)...)
	}
	for _, section := range keys.Table() {
		if s.env.Session == nil && section.Title != "Everywhere" && section.Title != "Moving" && section.Title != "List of moves" {
			continue // what works in an open move says nothing here
		}
		if len(out) > 0 {
			out = append(out, "")
		}
		out = append(out, "  "+st.Heading.Render(section.Title))
		out = append(out, bindings(st, section.Bindings, s.w)...)
	}
	return append(out, marks(st)...)
}

// marks explains the glyphs beside steps and checks.
func marks(st *theme.Styles) []string {
	out := []string{"", "  " + st.Heading.Render("Marks of steps")}
	for _, status := range []steps.Status{
		steps.NotStarted, steps.InProgress, steps.Waiting, steps.Blocked, steps.Done, steps.Overridden,
	} {
		mark, style := st.Status(status)
		out = append(out, "    "+style.Render(widget.Pad(mark, 12)+wizard.StatusWord(status)))
	}
	out = append(out, "", "  "+st.Heading.Render("Marks of checks"))
	for _, o := range []check.Outcome{check.Pass, check.Warn, check.Fail, check.Waiting, check.Unknown, check.Skipped} {
		mark, word, style := st.Outcome(o)
		out = append(out, "    "+style.Render(widget.Pad(mark, 12)+word))
	}
	return out
}

// bindings lists keys in one or two columns.
func bindings(st *theme.Styles, all []key.Binding, w int) []string {
	var items []string
	for _, b := range all {
		if b.Help().Key == "" || !b.Enabled() {
			continue
		}
		name := widget.KeyName(st, b.Help().Key)
		items = append(items, st.Key.Render(widget.Pad(name, max(11, len([]rune(name))+1)))+" "+b.Help().Desc)
	}
	columns, width := 1, w-4
	if w >= 100 {
		columns, width = 2, (w-4)/2
	}
	var out []string
	for i := 0; i < len(items); i += columns {
		var b strings.Builder
		b.WriteString("    ")
		for j := i; j < min(i+columns, len(items)); j++ {
			b.WriteString(widget.Pad(items[j], width-2))
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}

// View draws the page.
func (s *Screen) View() string { return strings.Join(s.pane.Marked(s.env.Styles), "\n") }

// Keys on offer.
func (s *Screen) Keys() []key.Binding {
	return []key.Binding{keys.As(keys.UpDown, "scroll"), keys.PageDown}
}

// Title of the page.
func (s *Screen) Title() string {
	if s.content.Of == "" {
		return "Help"
	}
	return "Help: " + s.content.Of
}

// Aside is empty.
func (s *Screen) Aside() string { return "" }

// Position is not kept.
func (s *Screen) Position() steps.Position { return steps.Position{Screen: screen.Help} }
