package widget

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// asciiFor are single-cell stand-ins for the marks of our own texts.
var asciiFor = map[rune]byte{
	'─': '-', '━': '-', '│': '|', '┃': '|', '┬': '+', '├': '+', '·': '-', '…': '.', '→': '>', '←': '<',
	'↑': '^', '↓': 'v', '↵': '<', '✓': '+', '✗': 'x', '●': '*', '○': 'o', '◔': '~', '◐': '/', '▸': '>',
	'•': '*', '–': '-', '—': '-', '‘': '\'', '’': '\'', '“': '"', '”': '"', '×': 'x', '█': '#', '░': '.',
	'▌': '[', '▐': ']', '\u00a0': ' ', '§': 'S', '≤': '<', '≥': '>',
}

// ASCII replaces everything that is not ASCII by stand-ins as wide, for
// terminals that can show nothing else.
func ASCII(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < utf8.RuneSelf
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch c, known := asciiFor[r]; {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case known:
			b.WriteByte(c)
		default:
			b.WriteString(strings.Repeat("?", ansi.StringWidth(string(r))))
		}
	}
	return b.String()
}
