// Package clean is the one gate through which text from outside (DNS, SMTP,
// files, pastes) passes before it may reach a terminal, a sheet or HTML.
//
// Control and formatting characters are made visible, not dropped, so that the
// reader sees what was there: ESC becomes the four characters \x1b.
package clean

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shown is text that is safe to show: it holds no control characters but line
// feed, no bidirectional or zero-width formatting, and is valid UTF-8. Values
// are made by Text, Line and Sprintf, or are constants of our own.
type Shown string

// MaxRunes is the length at which Text cuts, in code points; what was cut is
// said at the end. Longer evidence is kept raw elsewhere.
const MaxRunes = 64 * 1024

// maxMarks is how many combining marks may follow one base character; more
// of them ("zalgo" text) spill over neighbouring lines of a terminal.
const maxMarks = 4

// Text makes s safe and keeps its line breaks (CRLF and CR become LF when they
// end a line; a CR inside a line is shown as \r). Tabs become single blanks.
func Text(s string) Shown {
	return Shown(escape(strings.ReplaceAll(s, "\r\n", "\n"), true))
}

// Line makes s safe and keeps it on one line: line breaks are shown as \n.
func Line(s string) Shown {
	return Shown(escape(s, false))
}

// Sprintf formats like fmt.Sprintf and makes the whole result safe, so a value
// from outside may be an argument. The format keeps its own line breaks.
func Sprintf(format string, args ...any) Shown {
	safe := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case string:
			safe[i] = string(Line(v))
		case error:
			safe[i] = string(Line(v.Error()))
		default:
			safe[i] = a
		}
	}
	return Text(fmt.Sprintf(format, safe...))
}

func escape(s string, keepLF bool) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	marks, n := 0, 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if n++; n > MaxRunes {
			fmt.Fprintf(&b, " [%d more bytes not shown]", len(s)-i)
			break
		}
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' && keepLF:
			b.WriteByte('\n')
		case r == '\t':
			b.WriteByte(' ')
		case hidden(r):
			b.WriteString(visible(r))
		case unicode.Is(unicode.M, r):
			if marks++; marks <= maxMarks {
				b.WriteRune(r)
			}
		default:
			marks = 0
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// plain reports the common case: short printable ASCII, which needs no work.
func plain(s string) bool {
	if len(s) > MaxRunes {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// hidden reports characters that steer a terminal or hide text: C0, DEL, C1,
// every format character (bidi, zero width), line and paragraph separators,
// private use and unassigned code points.
func hidden(r rune) bool {
	if r < 0x20 || r == 0x7f || (r >= 0x80 && r <= 0x9f) {
		return true
	}
	if r < 0x300 {
		return r == 0xad // soft hyphen is a format character
	}
	if r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef || r == 0x34f {
		return true // variation selectors and the grapheme joiner: invisible
	}
	if unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) {
		return true
	}
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs)
}

func visible(r rune) string {
	switch {
	case r == '\r':
		return `\r`
	case r == '\n':
		return `\n`
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return `\u` + pad(r, 4)
	}
	return `\U` + pad(r, 8)
}

func pad(r rune, n int) string {
	h := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", max(0, n-len(h))) + h
}
