package keys

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps/clean"
)

// Section is a group of bindings that are on offer together.
type Section struct {
	Title    string
	Bindings []key.Binding
}

// Table lists every binding, grouped by where it works. Help shows it whole,
// and within one group no key means two things.
func Table() []Section {
	return []Section{
		{"Everywhere", []key.Binding{Help, Leave, Quit}},
		{"In a move", []key.Binding{Back, BackAlt, Hub, Find, Review, Export, Journal}},
		{"While typing", []key.Binding{HelpAlt, FindAlt, HubAlt, Back, Quit}},
		{"Moving", []key.Binding{UpDown, Up, Down, PageUp, PageDown, ReadOn, Top, Bottom, Open}},
		{"List of moves", []key.Binding{NewMove}},
		{"List of steps", []key.Binding{Go, Digits, As(Run, "run the checks of every begun step"), Cancel}},
		{"A step", []key.Binding{
			Stages, Left, Right, As(Wait, "hand over to Mimecast, or take back"),
			As(Note, "write a note"), As(Reopen, "reopen a closed step"),
		}},
		{"Tasks", []key.Binding{Toggle, Copy, Save}},
		{"Checks", []key.Binding{
			Run, Cancel, Copy, Save, As(Import, "load an exported ruleset"), History, Evidence, Cells,
			As(Consent, "take over the published ranges"),
		}},
		{"Confirming", []key.Binding{As(Override, "set an obstacle aside, with a reason")}},
		{"Journal", []key.Binding{As(Verify, "verify the chain")}},
		{"When two people changed the same thing", []key.Binding{Theirs, Yours}},
		{"Questions", []key.Binding{Next, Submit, Previous, Accept, ReviewAlt, UndoAlt, Complete}},
		{"Review of answers", []key.Binding{Undo}},
		{"Lists under a text field", []key.Binding{LineUp, LineDown, LinesUp, LinesDown}},
	}
}

// Digit returns the number of a digit key.
func Digit(msg tea.KeyMsg) (int, bool) {
	if msg.Type != tea.KeyRunes || msg.Paste || msg.Alt || len(msg.Runes) != 1 {
		return 0, false
	}
	r := msg.Runes[0]
	return int(r - '0'), r >= '0' && r <= '9'
}

// AsBack is esc for the letter that goes back where nothing is typed, and every
// other key as it is.
func AsBack(msg tea.KeyMsg) tea.KeyMsg {
	if key.Matches(msg, BackAlt) {
		return tea.KeyMsg{Type: tea.KeyEsc}
	}
	return msg
}

// Pasted reports a bracketed paste, which never is a command.
func Pasted(msg tea.KeyMsg) bool { return msg.Paste }

// Printable reports a key that types text.
func Printable(msg tea.KeyMsg) bool {
	return (msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace) && !msg.Alt
}

// Split takes apart what a slow line delivered as one message: a key held down
// arrives as "jjj". Different letters in one message may be a paste of a
// terminal that does not bracket pastes, so they stay together and match
// nothing.
func Split(msg tea.KeyMsg) []tea.KeyMsg {
	if msg.Type != tea.KeyRunes || msg.Paste || len(msg.Runes) < 2 || msg.Runes[0] == utf8.RuneError {
		return []tea.KeyMsg{msg}
	}
	for _, r := range msg.Runes {
		if r != msg.Runes[0] {
			return []tea.KeyMsg{msg}
		}
	}
	return Letters(msg)
}

// Letters takes several letters in one message apart, whatever they are; a
// paste stays whole. In a text field the letters of "up", "home" or "enter",
// typed fast, must not be taken for the keys of these names.
func Letters(msg tea.KeyMsg) []tea.KeyMsg {
	if msg.Type != tea.KeyRunes || msg.Paste || len(msg.Runes) < 2 {
		return []tea.KeyMsg{msg}
	}
	out := make([]tea.KeyMsg, len(msg.Runes))
	for i, r := range msg.Runes {
		out[i] = tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}
	}
	return out
}

// CleanPaste makes pasted text fit for a field of one line: line breaks and
// tabs become blanks, other control characters are made visible.
func CleanPaste(msg tea.KeyMsg) tea.KeyMsg {
	text := strings.TrimSpace(string(msg.Runes))
	text = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(text)
	msg.Runes = []rune(string(clean.Line(text)))
	return msg
}
