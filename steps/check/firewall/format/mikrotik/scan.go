package mikrotik

import (
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// prompt is what the console shows before a command.
var prompt = pattern.New(`^\s*\[[^\]\s]+@[^\]]*\]\s*([^>]*)>\s*`)

// logical is one command: a line with those that continue it.
type logical struct {
	line int // of its beginning
	text string
}

// logicals joins continued lines: a backslash at the end joins the next line,
// whose indentation is dropped, within quotes as well. An indented line that
// begins with a property belongs to the command before it too: some terminals
// lose the backslash.
func logicals(doc *source.Doc) []logical {
	var out []logical
	var open strings.Builder
	start := 0
	for _, l := range doc.Lines() {
		text := strings.TrimRight(l.Text, " \t")
		if l.Number == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if start == 0 {
			if len(out) > 0 && len(out[len(out)-1].text) < maxJoined && looseProperty.MatchString(text) {
				last := &out[len(out)-1]
				last.text += " " + strings.TrimSpace(text)
				continue
			}
			start = l.Number
			text = cutPrompt(text)
		} else {
			text = strings.TrimLeft(text, " \t")
		}
		if continues(text) {
			open.WriteString(text[:len(text)-1])
			continue
		}
		if open.Len() > 0 {
			open.WriteString(text)
			text = open.String()
			open.Reset()
		}
		out, start = append(out, logical{start, text}), 0
	}
	if start != 0 {
		out = append(out, logical{start, open.String()})
	}
	return out
}

// maxJoined bounds what lines without a backslash are joined to, in bytes.
const maxJoined = 8 << 10

var looseProperty = pattern.New(`^[ \t]+!?[a-z][a-z0-9-]*=[^=]`)

// cutPrompt takes the prompt of the console off a line. The menu that it names
// stays as the path of the command.
func cutPrompt(text string) string {
	m := prompt.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	rest := text[len(m[0]):]
	if menu := strings.TrimSpace(m[1]); strings.HasPrefix(menu, "/") && !strings.HasPrefix(rest, "/") && rest != "" {
		return menu + " " + rest
	}
	return rest
}

// continues reports a line that ends in a backslash which is not itself
// written with one.
func continues(text string) bool {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// word is one word of a command: key=value, or text alone with key "".
type word struct {
	key, text string
	eq        string // "=", "~" or "" between them
	quoted    bool
}

// words splits a command at blanks. Quotes and brackets hold blanks together;
// what stands in brackets is kept as it is. ok is false when a quote or
// bracket is not closed. Commands end at a semicolon: rest is what follows.
func words(text string) (list []word, rest string, ok bool) {
	i := 0
	for {
		for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
			i++
		}
		if i >= len(text) {
			return list, "", true
		}
		if text[i] == ';' {
			return list, text[i+1:], true
		}
		if text[i] == '{' || text[i] == '}' {
			list = append(list, word{text: text[i : i+1]})
			i++
			continue
		}
		w, next, closed := oneWord(text, i)
		list = append(list, w)
		if !closed {
			return list, "", false
		}
		i = next
	}
}

func oneWord(text string, i int) (w word, next int, closed bool) {
	var b strings.Builder
	for i < len(text) {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == ';':
			w.text = b.String()
			return w, i, true
		case c == '"':
			end := quoted(text, i+1, &b)
			w.quoted = true
			if end < 0 {
				w.text = b.String()
				return w, len(text), false
			}
			i = end
		case c == '[' || c == '(':
			end := bracket(text, i)
			if end < 0 {
				b.WriteString(text[i:])
				w.text = b.String()
				return w, len(text), false
			}
			b.WriteString(text[i:end])
			i = end
		case (c == '=' || c == '~') && w.eq == "" && b.Len() > 0 && !w.quoted:
			w.key, w.eq = b.String(), string(c)
			b.Reset()
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
	w.text = b.String()
	return w, i, true
}

// quoted reads up to the closing quote and returns the index after it; -1 when
// there is none. Escapes are those of the console: \" \\ \$ \? \_ (blank), \n,
// \r, \t and two hexadecimal digits.
func quoted(text string, i int, b *strings.Builder) int {
	for i < len(text) {
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c == '\\' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			b.WriteByte(unhex(text[i+1])<<4 | unhex(text[i+2]))
			i += 3
		case c == '\\' && i+1 < len(text):
			b.WriteByte(escaped(text[i+1]))
			i += 2
		default:
			b.WriteByte(c)
			i++
		}
	}
	return -1
}

func escaped(c byte) byte {
	switch c {
	case 'n', 'r', 't', '_', 'a', 'b', 'f', 'v':
		return ' '
	}
	return c
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c - 'A' + 10
}

// bracket returns the index after the bracket that closes the one at i.
func bracket(text string, i int) int {
	depth, in := 0, false
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			in = !in
		case in:
		case c == '[' || c == '(':
			depth++
		case c == ']' || c == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
