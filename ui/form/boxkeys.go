package form

import (
	"unicode"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/ui/typed"
)

func keysOf(k ...string) key.Binding { return key.NewBinding(key.WithKeys(k...)) }

// Keys of the box, as editors and shells have them.
var (
	boxNewLine   = keysOf("alt+enter", "ctrl+j")
	boxLeft      = keysOf("left", "ctrl+b")
	boxRight     = keysOf("right")
	boxUp        = keysOf("up", "ctrl+p")
	boxDown      = keysOf("down")
	boxPageUp    = keysOf("pgup")
	boxPageDown  = keysOf("pgdown")
	boxHome      = keysOf("home")
	boxEnd       = keysOf("end", "ctrl+e")
	boxTop       = keysOf("ctrl+home", "alt+<")
	boxBottom    = keysOf("ctrl+end", "alt+>")
	boxWordLeft  = keysOf("ctrl+left", "alt+left", "alt+b")
	boxWordRight = keysOf("ctrl+right", "alt+right", "alt+f")
	boxBack      = keysOf("backspace", "ctrl+h")
	boxDelete    = keysOf("delete", "ctrl+d")
	boxBackWord  = keysOf("ctrl+w", "alt+backspace")
	boxKill      = keysOf("ctrl+k")
	boxKillHead  = keysOf("ctrl+u")
)

func (b *box) key(msg tea.KeyMsg) {
	if b.move(msg) || b.edit(msg) {
		return
	}
	if (msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace) && !msg.Alt {
		b.insert(typed.Clean(string(msg.Runes), true).Text)
	}
}

func (b *box) move(msg tea.KeyMsg) bool {
	goal := -1
	switch {
	case key.Matches(msg, boxLeft):
		b.left()
	case key.Matches(msg, boxRight):
		b.right()
	case key.Matches(msg, boxUp):
		goal = b.vertical(-1)
	case key.Matches(msg, boxDown):
		goal = b.vertical(1)
	case key.Matches(msg, boxPageUp):
		goal = b.vertical(-b.height)
	case key.Matches(msg, boxPageDown):
		goal = b.vertical(b.height)
	case key.Matches(msg, boxHome):
		b.col = 0
	case key.Matches(msg, boxEnd):
		b.col = len(b.text[b.row])
	case key.Matches(msg, boxTop):
		b.row, b.col = 0, 0
	case key.Matches(msg, boxBottom):
		b.row = len(b.text) - 1
		b.col = len(b.text[b.row])
	case key.Matches(msg, boxWordLeft):
		b.wordLeft()
	case key.Matches(msg, boxWordRight):
		b.wordRight()
	default:
		return false
	}
	b.goal = goal
	b.follow()
	return true
}

func (b *box) edit(msg tea.KeyMsg) bool {
	r, c := b.row, b.col
	switch {
	case key.Matches(msg, boxNewLine):
		b.insert("\n")
		return true
	case key.Matches(msg, boxBack):
		b.left()
	case key.Matches(msg, boxDelete):
		b.right()
	case key.Matches(msg, boxBackWord):
		b.wordLeft()
	case key.Matches(msg, boxKill):
		if b.col = len(b.text[r]); b.col == c {
			b.right()
		}
	case key.Matches(msg, boxKillHead):
		if b.col = 0; c == 0 {
			b.left()
		}
	default:
		return false
	}
	if r != b.row || c != b.col {
		b.remove(r, c, b.row, b.col)
	}
	return true
}

func (b *box) left() {
	if b.col == 0 {
		if b.row > 0 {
			b.row--
			b.col = len(b.text[b.row])
		}
		return
	}
	b.col--
	for b.col > 0 && unicode.Is(unicode.M, b.text[b.row][b.col]) {
		b.col-- // not between a letter and its accent
	}
}

func (b *box) right() {
	line := b.text[b.row]
	if b.col == len(line) {
		if b.row < len(b.text)-1 {
			b.row, b.col = b.row+1, 0
		}
		return
	}
	b.col++
	for b.col < len(line) && unicode.Is(unicode.M, line[b.col]) {
		b.col++
	}
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

func (b *box) wordLeft() {
	if b.col == 0 {
		b.left()
		return
	}
	line := b.text[b.row]
	for b.col > 0 && !wordRune(line[b.col-1]) {
		b.col--
	}
	for b.col > 0 && wordRune(line[b.col-1]) {
		b.col--
	}
}

func (b *box) wordRight() {
	line := b.text[b.row]
	if b.col == len(line) {
		b.right()
		return
	}
	for b.col < len(line) && !wordRune(line[b.col]) {
		b.col++
	}
	for b.col < len(line) && wordRune(line[b.col]) {
		b.col++
	}
}
