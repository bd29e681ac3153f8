package pf

import (
	"strings"

	"mxodus/steps/check/firewall/source"
)

// tokenKind tells words from what stands in quotes.
type tokenKind uint8

const (
	word tokenKind = iota
	quoted
	table // <name>
	macro // $name
	mark  // an operator or bracket
)

type token struct {
	kind tokenKind
	text string
}

// is reports a plain word or mark.
func (t token) is(s string) bool { return t.text == s && (t.kind == word || t.kind == mark) }

// marks are operators of more than one character.
var marks = []string{"!=", "<=", ">=", "<>", "><", "->", "=>"}

// scan cuts a line into tokens. A comment ends it; open says that a quotation
// is not closed.
func scan(line string) (out []token, open bool) {
	for i := 0; i < len(line); {
		c := line[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == '#':
			return out, false
		case c == '"' || c == '\'':
			end := strings.IndexByte(line[i+1:], c)
			if end < 0 {
				return append(out, token{quoted, line[i+1:]}), true
			}
			out = append(out, token{quoted, line[i+1 : i+1+end]})
			i += end + 2
		case c == '<':
			n := tableName(line[i:])
			if n > 0 {
				out = append(out, token{table, line[i+1 : i+n-1]})
				i += n
				continue
			}
			i += op(line[i:], &out)
		case c == '$':
			n := 1
			for i+n < len(line) && nameByte(line[i+n]) {
				n++
			}
			out = append(out, token{macro, line[i+1 : i+n]})
			i += n
		case strings.IndexByte("{}(),=!>", c) >= 0, c == '-' && strings.HasPrefix(line[i:], "->"):
			i += op(line[i:], &out)
		default:
			n := i
			for n < len(line) && strings.IndexByte(" \t\r{}(),=!<>\"#$", line[n]) < 0 && !strings.HasPrefix(line[n:], "->") {
				n++
			}
			if n == i {
				n++
			}
			out = append(out, token{word, line[i:n]})
			i = n
		}
	}
	return out, false
}

func op(s string, out *[]token) int {
	for _, m := range marks {
		if strings.HasPrefix(s, m) {
			*out = append(*out, token{mark, m})
			return len(m)
		}
	}
	*out = append(*out, token{mark, s[:1]})
	return 1
}

func nameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// tableName is the length of <name> at the beginning of s; 0 when it is none.
func tableName(s string) int {
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '>' && i > 1:
			return i + 1
		case !nameByte(c) && c != '-' && c != '.' && c != '/' && c != ':':
			return 0
		}
	}
	return 0
}

// statement is one logical line: lines joined by a backslash or within braces.
type statement struct {
	line   int
	text   string // of its first line
	tokens []token
	opens  bool // ends with the brace of an anchor
	broken bool // a quotation or brace is not closed
}

// maxJoin bounds the lines that one statement may run over.
const maxJoin = 200_000

// statements cuts a file into logical lines. A brace that is never closed
// makes its line a broken one and joins nothing after it.
func statements(lines []source.Line) []statement {
	var out []statement
	join := true
	for i := 0; i < len(lines); {
		s, n := gather(lines, i, join)
		if s.broken && n > 1 {
			join = false // to the end of the file: not looked for again
			s, n = gather(lines, i, false)
			s.broken = true
		}
		i += n
		if len(s.tokens) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// gather reads the statement that begins at line i, and how many lines it has.
func gather(lines []source.Line, i int, join bool) (statement, int) {
	s := statement{line: lines[i].Number, text: strings.TrimSpace(lines[i].Text)}
	depth, n := 0, 0
	for i+n < len(lines) && n < maxJoin {
		text := clean(lines[i+n].Text)
		n++
		more := strings.HasSuffix(strings.TrimRight(text, " \t"), "\\")
		if more {
			text = strings.TrimSuffix(strings.TrimRight(text, " \t"), "\\")
		}
		tokens, open := scan(text)
		s.broken = s.broken || open
		for _, t := range tokens {
			if t.is("{") {
				depth++
			} else if t.is("}") {
				depth--
			}
		}
		s.tokens = append(s.tokens, tokens...)
		if depth == 1 && block(s.tokens) && !more {
			s.opens = true
			return s, n
		}
		if depth <= 0 && !more {
			return s, n
		}
		if depth > 0 && !join {
			s.broken = true
			return s, n
		}
	}
	s.broken = s.broken || depth > 0
	return s, n
}

// block reports the head of an anchor with its rules in braces.
func block(t []token) bool {
	if !t[len(t)-1].is("{") {
		return false
	}
	return prompt(t)[0].is("anchor")
}

// clean takes away what a terminal adds to a line: a pager's prompt.
func clean(s string) string {
	if i := strings.Index(s, "--More--"); i >= 0 {
		s = s[:i] + strings.TrimLeft(s[i+len("--More--"):], " \b")
	}
	return s
}
