package widget

import (
	"strings"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/clean"
	"mxodus/ui/keys"
	"mxodus/ui/theme"
)

// Prompt asks for one line of text: a reason, a note, a path, a domain.
type Prompt struct {
	Label   string // what is asked
	Why     string // what it is for
	Problem string // what is wrong with the text, shown until the next key
	input   textinput.Model
}

// NewPrompt makes a prompt that has the keyboard.
func NewPrompt(st *theme.Styles, label, why, placeholder string) *Prompt {
	in := textinput.New()
	in.Prompt = ""
	in.Placeholder = placeholder
	in.PlaceholderStyle = st.Muted.Lipgloss()
	in.TextStyle = st.Field.Lipgloss()
	in.Cursor.Style = st.Field.Lipgloss()
	in.Cursor.SetMode(cursor.CursorStatic) // a blinking one wakes an idle program
	in.Focus()
	return &Prompt{Label: label, Why: why, input: in}
}

// Text is what was typed, without blanks at its ends.
func (p *Prompt) Text() string { return strings.TrimSpace(p.input.Value()) }

// SetText replaces what was typed.
func (p *Prompt) SetText(s string) {
	p.input.SetValue(string(clean.Line(s)))
	p.input.CursorEnd()
}

// Update takes a key or a paste. Line breaks of a paste become blanks.
func (p *Prompt) Update(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyMsg); ok {
		p.Problem = ""
		if keys.Pasted(k) {
			msg = keys.CleanPaste(k)
		}
	}
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	return cmd
}

// Input draws the text with its cursor alone, in w cells.
func (p *Prompt) Input(st *theme.Styles, w int) string {
	p.input.Width = max(4, w-4)
	return st.Accent.Render(st.Glyphs.FieldBar) + " " + strings.TrimRight(p.input.View(), " ")
}

// Lines draws the prompt in w cells.
func (p *Prompt) Lines(st *theme.Styles, w int) []string {
	lines := []string{st.Strong.Render(Cut(p.Label, w))}
	if p.Why != "" {
		for _, l := range Wrap(p.Why, w) {
			lines = append(lines, st.Muted.Render(l))
		}
	}
	lines = append(lines, p.Input(st, w))
	if p.Problem != "" {
		for _, l := range Hang(st.Glyphs.Problem, ansi.StringWidth(st.Glyphs.Problem)+1, p.Problem, w) {
			lines = append(lines, st.Danger.Render(l))
		}
	}
	return lines
}
