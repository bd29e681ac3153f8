// Package typed makes what people type and paste fit for a field, for all faces
// alike, so that the same text leaves the same answer.
package typed

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mxodus/steps/clean"
)

// Cleaned is a text as it may stand in a field.
type Cleaned struct {
	Text    string
	Removed int // characters that cannot be seen and were left out
}

// Clean makes a paste fit for a field: line ends of every kind become line
// feeds, odd blanks become blanks, control, zero-width and other invisible
// characters go. With lines the line breaks and tabs stay; without them they
// become blanks and the ends are trimmed.
func Clean(s string, lines bool) Cleaned {
	var b strings.Builder
	b.Grow(len(s))
	var c Cleaned
	marks := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		at := i
		i += size
		if r == '\r' && i < len(s) && s[i] == '\n' {
			continue // the line feed follows
		}
		if unicode.Is(unicode.M, r) {
			marks++
		}
		switch {
		case lineEnd(r):
			marks = 0
			b.WriteString(pick(lines, "\n", " "))
		case r == '\t':
			b.WriteString(pick(lines, "\t", " "))
		case unicode.Is(unicode.Zs, r):
			marks = 0
			b.WriteByte(' ')
		case r == utf8.RuneError || !visible(r) || marks > maxMarks:
			c.Removed++
		default:
			b.WriteString(s[at:i])
			if !unicode.Is(unicode.M, r) {
				marks = 0
			}
		}
	}
	c.Text = b.String()
	if !lines {
		c.Text = strings.TrimSpace(c.Text)
	}
	return c
}

// maxMarks is how many combining marks may stand on one character.
const maxMarks = 4

func lineEnd(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// visible asks the one sanitiser of the program whether it would let r pass.
func visible(r rune) bool {
	if r >= 0x20 && r < 0x7f {
		return true
	}
	s := string(r)
	return string(clean.Line(s)) == s
}

func pick(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}
