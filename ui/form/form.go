// Package form is the field of a question page and the only importer of huh.
//
// One huh field stands alone, without huh's Form and Group around it: those
// draw one line too many, hand other messages than keys to a field twice, ask
// for the terminal's size, treat ctrl+c as the end for good, and lose the focus
// when one goes back from a value they find invalid. Left alone the fields of
// huh do none of that, as long as five rules hold, which Field keeps:
//
//   - no validator is given to huh: what was typed is judged by package rfi and
//     shown beside the field, so nothing can hold the focus back;
//   - Enter, tab, shift+tab and ctrl+c never reach huh: the page acts on them;
//   - only keys reach huh, never a size or a paste message of its own;
//   - a paste is read and cleaned here and goes in once, as typed runes;
//   - commands of huh are dropped (all of them blink the cursor).
//
// Text of several lines is edited in a box of our own: huh's Text stands on the
// textarea of bubbles, which draws every line at every key (measured in
// BenchmarkTextareaFrame) and silently drops what is beyond 10,000 lines.
package form

import (
	"strings"

	"github.com/atotto/clipboard"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps/rfi"
	"mxodus/ui/theme"
	"mxodus/ui/typed"
)

// Options describe a field to make.
type Options struct {
	Type    rfi.Type
	Choices []rfi.Option // of Choice and MultiChoice; yes/no makes its own
	// Optional adds a row "leave open" to a choice, so that Enter can pass it.
	Optional bool
	// Text is what was typed before; Value what was understood of it, which
	// decides the row of a choice.
	Text, Value string
	// Hover is the row a choice without an answer begins on, e.g. what was
	// detected.
	Hover string
	// Placeholder is shown, quiet, in an empty line.
	Placeholder string
	Styles      *theme.Styles
	// Width and Height are known from the start: nobody tells a new field.
	Width, Height int
	// Clipboard reads the clipboard; nil is the system's.
	Clipboard func() (string, error)
}

// widget is what the kinds of fields have in common.
type widget interface {
	key(tea.KeyMsg)
	insert(text string)
	value() string
	setValue(text string)
	cursor() int
	setCursor(int)
	setSize(width, height int)
	lines() int
	view() string
}

// Field is the field of one question.
type Field struct {
	o       Options
	w       widget
	start   string // value as it was when the field was made or last settled
	removed int
}

// PastedMsg carries what was read from the clipboard to the field.
type PastedMsg struct {
	Text string
	Err  error
	to   *Field
}

// New makes a field, with the focus and with the cursor at the end.
func New(o Options) *Field {
	if o.Clipboard == nil {
		o.Clipboard = clipboard.ReadAll
	}
	f := &Field{o: o}
	switch {
	case o.Type == rfi.YesNo:
		f.w = newChoice(o, []rfi.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}})
	case o.Type == rfi.Choice:
		f.w = newChoice(o, o.Choices)
	case o.Type == rfi.MultiChoice:
		f.w = newChoices(o)
	case o.Type.Multiline():
		f.w = newBox(o.Styles)
		f.w.setValue(typed.Clean(o.Text, true).Text)
	default:
		f.w = newLine(o)
	}
	f.SetSize(o.Width, o.Height)
	f.start = f.Value()
	return f
}

var pasteKey = key.NewBinding(key.WithKeys("ctrl+v", "shift+insert"))

// reserved are the keys that a field never sees; the page acts on them.
var reserved = key.NewBinding(key.WithKeys("ctrl+c", "enter", "tab", "shift+tab", "esc", "ctrl+z"))

// Update takes a key or a paste; every other message is not for fields.
func (f *Field) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case PastedMsg:
		if msg.to == f && msg.Err == nil {
			f.Paste(msg.Text)
		}
	case tea.KeyMsg:
		switch {
		case msg.Paste:
			f.Paste(string(msg.Runes))
		case key.Matches(msg, pasteKey):
			return f.readClipboard()
		case !key.Matches(msg, reserved):
			f.w.key(msg)
		}
	}
	return nil
}

func (f *Field) readClipboard() tea.Cmd {
	read := f.o.Clipboard
	return func() tea.Msg {
		text, err := read()
		return PastedMsg{Text: text, Err: err, to: f}
	}
}

// Paste puts text in at the cursor, cleaned. A choice takes no paste.
func (f *Field) Paste(text string) {
	c := typed.Clean(text, f.o.Type.Multiline())
	f.removed = c.Removed
	f.w.insert(c.Text)
}

// Removed counts the invisible and control characters that the last paste lost.
func (f *Field) Removed() int { return f.removed }

// Value is the text to store: what was typed, or the values chosen.
func (f *Field) Value() string { return f.w.value() }

// SetValue replaces the text; the cursor goes to its end.
func (f *Field) SetValue(text string) {
	f.w.setValue(typed.Clean(text, f.o.Type.Multiline()).Text)
}

// Dirty reports a value that differs from the one the field was made with.
func (f *Field) Dirty() bool { return f.Value() != f.start }

// Settle takes the present value as the stored one.
func (f *Field) Settle() { f.start = f.Value() }

// Stored says what the stored text is, when the present one is a draft.
func (f *Field) Stored(text, value string) {
	if f.choosing() {
		f.start = value
		return
	}
	f.start = typed.Clean(text, f.o.Type.Multiline()).Text
}

func (f *Field) choosing() bool {
	switch f.o.Type {
	case rfi.YesNo, rfi.Choice, rfi.MultiChoice:
		return true
	}
	return false
}

// Empty reports that nothing is typed or chosen.
func (f *Field) Empty() bool { return strings.TrimSpace(f.Value()) == "" }

// Cursor is the place of the cursor: in runes from the start of the text, or
// the row of a choice.
func (f *Field) Cursor() int { return f.w.cursor() }

// SetCursor puts the cursor there, or as near as the value allows.
func (f *Field) SetCursor(at int) { f.w.setCursor(at) }

// SetSize sets the exact size of View, in cells.
func (f *Field) SetSize(width, height int) {
	f.o.Width, f.o.Height = max(width, 8), max(height, 1)
	f.w.setSize(f.o.Width, f.o.Height)
}

// Lines is the height at which nothing of the field would be hidden.
func (f *Field) Lines() int { return f.w.lines() }

// View draws the field, exactly as large as SetSize said.
func (f *Field) View() string {
	return fit(f.w.view(), f.o.Width, f.o.Height)
}

// CapturesText reports that letters belong to the field.
func (f *Field) CapturesText() bool { return !f.choosing() }

// Finds reports a list whose rows are found by typing their names: letters
// belong to it, though it holds no text.
func (f *Field) Finds() bool {
	c, ok := f.w.(*choice)
	return ok && c.named
}

// Multiline reports a box of several lines.
func (f *Field) Multiline() bool { return f.o.Type.Multiline() }

// Picks reports a choice of one: its value is a row that was taken, never text.
func (f *Field) Picks() bool {
	_, ok := f.w.(*choice)
	return ok
}

// Undecided reports a choice in which no row is pointed at: Enter would answer
// nothing.
func (f *Field) Undecided() bool {
	c, ok := f.w.(*choice)
	return ok && c.none
}

// Take chooses the row under the cursor of a single choice, as Enter does.
func (f *Field) Take() {
	if c, ok := f.w.(*choice); ok {
		c.take()
	}
}

// Hovered is the option under the cursor of a choice.
func (f *Field) Hovered() (rfi.Option, bool) {
	switch w := f.w.(type) {
	case *choice:
		return w.hovered()
	case *choices:
		return w.hovered()
	}
	return rfi.Option{}, false
}

// MarkLines shows which lines of a box could not be read, from 1.
func (f *Field) MarkLines(bad map[int]bool) {
	if b, ok := f.w.(*box); ok {
		b.bad = bad
	}
}

// GoToLine puts the cursor on a line of a box, from 1.
func (f *Field) GoToLine(line int) {
	if b, ok := f.w.(*box); ok {
		b.goTo(line - 1)
	}
}

// Line is the line of a box the cursor is on, from 1.
func (f *Field) Line() int {
	if b, ok := f.w.(*box); ok {
		return b.row + 1
	}
	return 1
}

// Shown says which lines or rows are in view, from 1, and how many there are.
func (f *Field) Shown() (first, last, total int) {
	switch w := f.w.(type) {
	case *box:
		return w.shown()
	case *choice:
		return w.window.shown()
	case *choices:
		return w.window.shown()
	}
	return 1, 1, 1
}
