package form

import (
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
)

// find moves to the row whose name is being typed, and reports that the key
// was a letter of it. A letter that does not go on with the name begins a new
// one, behind the cursor: the same letter again leads to the next such row.
func (c *choice) find(msg tea.KeyMsg) bool {
	if !c.named || msg.Alt {
		return false
	}
	switch msg.Type {
	case tea.KeyBackspace:
		if c.typed != "" {
			r := []rune(c.typed)
			c.typed = string(r[:len(r)-1])
			c.jump(c.match(c.typed, 0))
		}
		return true
	case tea.KeySpace:
		if c.typed == "" || c.match(c.typed+" ", 0) < 0 {
			return false // it ticks
		}
		c.typed += " "
		return true
	case tea.KeyRunes:
	default:
		return false
	}
	for _, r := range msg.Runes {
		if !c.letter(r) {
			return false
		}
	}
	return true
}

// letter goes on with the name; false where no row has such a letter and it is
// a digit, which may mean the number of a row.
func (c *choice) letter(r rune) bool {
	longer := c.typed + string(r)
	if i := c.match(longer, 0); i >= 0 {
		c.typed = longer
		c.jump(i)
		return true
	}
	if i := c.match(string(r), c.cursor()+1); i >= 0 {
		c.typed = string(r)
		c.jump(i)
		return true
	}
	return !unicode.IsDigit(r)
}

func (c *choice) jump(i int) {
	if i >= 0 && c.typed != "" {
		c.setCursor(i)
	}
}

// match is the first row at or behind start, going round, that is named so:
// its name begins with the text, else a word of it, else it holds the text.
func (c *choice) match(text string, start int) int {
	text = strings.ToLower(text)
	for _, fits := range []func(name string) bool{
		func(name string) bool { return strings.HasPrefix(name, text) },
		func(name string) bool {
			return strings.Contains(strings.NewReplacer("(", " ", "-", " ", "/", " ").Replace(name), " "+text)
		},
		func(name string) bool { return len(text) > 1 && strings.Contains(name, text) },
	} {
		for i := range c.options {
			at := (start + i) % len(c.options)
			if o := c.options[at]; o.Value != leaveOpen && fits(strings.ToLower(o.Label)) {
				return at
			}
		}
	}
	return -1
}
