package wordtree

import "strings"

// token is a word, or with mark one of { } ; [ ].
type token struct {
	text string
	mark byte
}

// lexer splits lines into tokens. Quotations and /* remarks */ may run over
// several lines.
type lexer struct {
	braces bool // { } ; are marks too
	quote  byte
	remark bool
	word   strings.Builder // of an open quotation
	out    []token
}

// line adds the tokens of one line.
func (x *lexer) line(s string) {
	i := 0
	if x.quote != 0 {
		x.word.WriteByte(' ')
		i = x.quoted(s, 0)
	}
	for i < len(s) {
		if x.remark {
			end := strings.Index(s[i:], "*/")
			if end < 0 {
				return
			}
			x.remark = false
			i += end + 2
			continue
		}
		switch c := s[i]; {
		case c == ' ' || c == '\t':
			i++
		case x.braces && c == '#':
			return
		case x.braces && strings.HasPrefix(s[i:], "/*"):
			x.remark = true
			i += 2
		case c == '[' || c == ']' || x.braces && (c == '{' || c == '}' || c == ';'):
			x.out = append(x.out, token{mark: c})
			i++
		case c == '"':
			x.quote = c
			i = x.quoted(s, i+1)
		default:
			i = x.plain(s, i)
		}
	}
}

// plain reads a word without quotation marks at its start. Brackets within it
// belong to it, except one that closes a list at its end.
func (x *lexer) plain(s string, i int) int {
	start := i
	for i < len(s) && s[i] != ' ' && s[i] != '\t' && (!x.braces || s[i] != '{' && s[i] != ';') {
		i++
	}
	w := s[start:i]
	if n := len(w) - 1; n > 0 && w[n] == ']' && !strings.Contains(w, "[") {
		w, i = w[:n], i-1
	}
	x.out = append(x.out, token{text: w})
	return i
}

// quoted reads on in a quotation from i; a backslash takes the next character
// as it is.
func (x *lexer) quoted(s string, i int) int {
	for ; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			x.word.WriteByte(s[i])
		case s[i] == x.quote:
			x.quote = 0
			x.out = append(x.out, token{text: x.word.String()})
			x.word.Reset()
			return i + 1
		default:
			x.word.WriteByte(s[i])
		}
	}
	return i
}
