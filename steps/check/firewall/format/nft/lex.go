package nft

import (
	"net/netip"
	"strconv"
	"strings"

	"mxodus/steps/pattern"
)

type tokenKind uint8

const (
	tEnd tokenKind = iota
	tLine
	tWord
	tQuoted
	tMark // { } ( ) , ; = == != ! < > <= >= << >> & | ^ :
)

type token struct {
	kind     tokenKind
	text     string
	line     int
	from, to int // offsets in the text
}

func (t token) is(mark string) bool { return t.kind == tMark && t.text == mark }

func (t token) word(w string) bool { return t.kind == tWord && t.text == w }

// end reports the end of a statement.
func (t token) end() bool {
	return t.kind == tEnd || t.kind == tLine || t.kind == tMark && (t.text == ";" || t.text == "}")
}

// lexer splits text as nft does (src/scanner.l): words, quoted strings and
// marks; # starts a comment, a backslash at the end of a line joins it to the
// next.
type lexer struct {
	text   string
	pos    int
	line   int
	ahead  []token     // put back, or split off a word
	handle map[int]int // the handle that a comment gives, by line
}

func newLexer(text string) *lexer { return &lexer{text: text, line: 1, handle: map[int]int{}} }

func (l *lexer) back(t ...token) { l.ahead = append(l.ahead, reversed(t)...) }

func reversed(t []token) []token {
	out := make([]token, len(t))
	for i := range t {
		out[len(t)-1-i] = t[i]
	}
	return out
}

func (l *lexer) next() token {
	if n := len(l.ahead); n > 0 {
		t := l.ahead[n-1]
		l.ahead = l.ahead[:n-1]
		return t
	}
	l.blank()
	t := token{line: l.line, from: l.pos}
	if l.pos >= len(l.text) {
		t.to = l.pos
		return t
	}
	c := l.text[l.pos]
	switch {
	case c == '\n':
		l.pos++
		l.line++
		t.kind, t.text = tLine, "\n"
	case c == '"':
		t.kind, t.text = tQuoted, l.quoted()
	case strings.IndexByte("{}(),;^", c) >= 0:
		l.pos++
		t.kind, t.text = tMark, l.text[l.pos-1:l.pos]
	case strings.IndexByte("=!<>&|", c) >= 0:
		t.kind, t.text = tMark, l.operator()
	default:
		return l.word(t)
	}
	t.to = l.pos
	return t
}

// blank passes over blanks, comments and joined line ends.
func (l *lexer) blank() {
	for l.pos < len(l.text) {
		switch c := l.text[l.pos]; {
		case c == ' ' || c == '\t' || c == '\r':
			l.pos++
		case c == '\\' && l.pos+1 < len(l.text) && l.text[l.pos+1] == '\n':
			l.pos += 2
			l.line++
		case c == '#':
			end := strings.IndexByte(l.text[l.pos:], '\n')
			if end < 0 {
				end = len(l.text) - l.pos
			}
			l.comment(l.text[l.pos : l.pos+end])
			l.pos += end
		default:
			return
		}
	}
}

var handleComment = pattern.New(`^# handle (\d{1,9})\s*$`)

func (l *lexer) comment(s string) {
	if m := handleComment.FindStringSubmatch(s); m != nil {
		l.handle[l.line], _ = strconv.Atoi(m[1])
	}
}

func (l *lexer) quoted() string {
	start := l.pos + 1
	for i := start; i < len(l.text); i++ {
		switch l.text[i] {
		case '"':
			l.pos = i + 1
			return l.text[start:i]
		case '\n':
			l.pos = i
			return l.text[start:i]
		}
	}
	l.pos = len(l.text)
	return l.text[start:]
}

func (l *lexer) operator() string {
	start := l.pos
	l.pos++
	if l.pos < len(l.text) {
		two := l.text[start : l.pos+1]
		switch two {
		case "==", "!=", "<=", ">=", "<<", ">>":
			l.pos++
			return two
		}
	}
	return l.text[start:l.pos]
}

// word reads a word; one with colons in it that is no address is split there.
func (l *lexer) word(t token) token {
	start := l.pos
	for l.pos < len(l.text) && strings.IndexByte(" \t\r\n\"{}(),;^=!<>&|#", l.text[l.pos]) < 0 {
		if l.text[l.pos] == '\\' && l.pos+1 < len(l.text) && l.text[l.pos+1] == '\n' {
			break
		}
		l.pos++
	}
	if l.pos == start {
		l.pos++ // a byte of no meaning
	}
	t.kind, t.text, t.to = tWord, l.text[start:l.pos], l.pos
	if strings.IndexByte(t.text, ':') < 0 {
		return t
	}
	var parts []token
	for _, s := range splitColons(t.text) {
		p := t
		p.text = s
		if s == ":" {
			p.kind = tMark
		}
		parts = append(parts, p)
	}
	l.back(parts[1:]...)
	return parts[0]
}

// maxColons is the longest word that is looked through for addresses.
const maxColons = 120

var hardware = pattern.New(`^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}$`)

// splitColons splits a word such as 10.0.0.5:25 or 25:accept, and takes the
// brackets off an address.
func splitColons(w string) []string {
	if w == ":" || len(w) > maxColons || isV6(w) || hardware.MatchString(w) {
		return []string{w}
	}
	if w[0] == '[' {
		if end := strings.IndexByte(w, ']'); end > 1 {
			out := []string{w[1:end]}
			if rest := w[end+1:]; rest != "" {
				out = append(out, splitColons(rest)...)
			}
			return out
		}
	}
	for i := len(w) - 1; i >= 0; i-- {
		if w[i] != ':' {
			continue
		}
		left := w[:i]
		if left != "" && strings.IndexByte(left, ':') >= 0 && !isV6(left) {
			continue
		}
		var out []string
		if left != "" {
			out = append(out, left)
		}
		out = append(out, ":")
		if right := w[i+1:]; right != "" {
			out = append(out, splitColons(right)...)
		}
		return out
	}
	return []string{w}
}

// isV6 reports an IPv6 address, network or range.
func isV6(s string) bool {
	if from, to, ok := strings.Cut(s, "-"); ok {
		return isV6(from) && isV6(to)
	}
	if strings.IndexByte(s, '/') >= 0 {
		p, err := netip.ParsePrefix(s)
		return err == nil && p.Addr().Is6()
	}
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6()
}
