package form

import (
	"reflect"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/lipgloss"

	"mxodus/ui/theme"
	"mxodus/ui/typed"
)

// line is a field of one line: huh's Input.
type line struct {
	text  string
	input *huh.Input
	s     *theme.Styles
}

func newLine(o Options) *line {
	l := &line{s: o.Styles, text: typed.Clean(o.Text, false).Text}
	l.input = huh.NewInput().
		Prompt(o.Styles.Glyphs.FieldBar + " ").
		Placeholder(typed.Clean(o.Placeholder, false).Text).
		Value(&l.text)
	l.input.WithTheme(fieldTheme(o.Styles))
	l.input.WithKeyMap(noKeys())
	l.input.Focus()
	return l
}

func (l *line) key(msg tea.KeyMsg) { l.input.Update(msg) }

func (l *line) insert(text string) {
	l.input.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
}

func (l *line) value() string { return l.text }

func (l *line) setValue(text string) {
	l.text = text
	l.input.Value(&l.text)
	l.input.Update(tea.KeyMsg{Type: tea.KeyEnd})
}

// cursor reads the position out of huh's Input, which does not tell it. Reading
// an unexported number is allowed; a test fails should it ever move.
func (l *line) cursor() int {
	v := reflect.ValueOf(l.input).Elem().FieldByName("textinput").FieldByName("pos")
	if !v.IsValid() || !v.CanInt() {
		return len([]rune(l.text))
	}
	return int(v.Int())
}

// maxSteps bounds how far the cursor is walked: huh's Input knows no other way
// to put it somewhere, and each step costs the length of the text. Answers of
// one line are at most 300 characters long.
const maxSteps = 400

func (l *line) setCursor(at int) {
	n := len([]rune(l.text))
	at = min(max(at, 0), n)
	from, step, steps := tea.KeyHome, tea.KeyRight, at
	if n-at < at {
		from, step, steps = tea.KeyEnd, tea.KeyLeft, n-at
	}
	if steps > maxSteps {
		from, steps = tea.KeyEnd, 0
	}
	l.input.Update(tea.KeyMsg{Type: from})
	for range steps {
		l.input.Update(tea.KeyMsg{Type: step})
	}
}

// setSize lets the visible part follow the new width: huh moves it with the
// cursor alone, so the cursor goes one step and back.
func (l *line) setSize(width, _ int) {
	l.input.WithWidth(width)
	there, back := tea.KeyLeft, tea.KeyRight
	if l.cursor() == 0 {
		there, back = back, there
	}
	if l.text != "" {
		l.input.Update(tea.KeyMsg{Type: there})
		l.input.Update(tea.KeyMsg{Type: back})
	}
}

func (l *line) lines() int { return 1 }

func (l *line) view() string { return l.input.View() }

// noKeys is a key map in which nothing is bound: the page acts on Enter and
// its like, and letters must not filter or leave.
func noKeys() *huh.KeyMap { return &huh.KeyMap{} }

// fieldTheme gives huh our styles and takes its frame away.
func fieldTheme(s *theme.Styles) *huh.Theme {
	t := huh.ThemeBase()
	plain := lipgloss.NewStyle()
	f := &t.Focused
	f.Base, f.Card, f.Title, f.Description = plain, plain, plain, plain
	f.ErrorIndicator, f.ErrorMessage = plain, plain
	pointer := s.Glyphs.Pointer + " "
	f.SelectSelector = s.Cursor.Lipgloss().SetString(pointer)
	f.MultiSelectSelector = s.Cursor.Lipgloss().SetString(pointer)
	f.Option, f.UnselectedOption = s.Text.Lipgloss(), s.Text.Lipgloss()
	f.SelectedOption = s.Text.Lipgloss()
	f.SelectedPrefix = s.Good.Lipgloss().SetString("[x] ")
	f.UnselectedPrefix = s.Text.Lipgloss().SetString("[ ] ")
	f.TextInput.Text, f.TextInput.CursorText = s.Field.Lipgloss(), s.Field.Lipgloss()
	f.TextInput.Placeholder, f.TextInput.Prompt = s.Muted.Lipgloss(), s.Accent.Lipgloss()
	f.TextInput.Cursor = plain
	t.Blurred = t.Focused
	return t
}
