// Package cloud holds what the formats of cloud platforms have in common:
// files of several JSON documents with the platform's own commands before,
// between and after them, and rulesets of which several may apply to the mail
// server, of which a file does not always tell which.
package cloud

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Command is one command line, joined where it goes over several.
type Command struct {
	Line  int
	Text  string
	Words []string // from the name of the tool on
	Fault string   // why the words are not certain; "" when they are
}

// Text is a file, taken apart.
type Text struct {
	Values   []*jsontree.Node
	Commands []Command
	// Fault says where the JSON breaks off or is damaged, and FaultLine its
	// line; "" when it is whole.
	Fault     string
	FaultLine int
	Odd       map[int]bool // lines that are neither JSON nor a command nor a comment
}

// Walk hands a value, and all that lies within it down to a depth, to visit,
// with the name that it has as a member of an object. What lies within one is
// passed over where visit returns true.
func Walk(n *jsontree.Node, depth int, visit func(name string, n *jsontree.Node) bool) {
	walk("", n, depth, visit)
}

func walk(name string, n *jsontree.Node, depth int, visit func(string, *jsontree.Node) bool) {
	if n == nil || depth < 0 || visit(name, n) {
		return
	}
	for i, k := range n.Kids {
		name := ""
		if n.Kind == jsontree.Object {
			name = n.Keys[i]
		}
		walk(name, k, depth-1, visit)
	}
}

// LineOf is the line of a member of an object; that of the object without it.
func LineOf(n *jsontree.Node, name string) int {
	if v := n.Get(name); v != nil {
		return v.Line
	}
	return n.Line
}

// maxJoined bounds the lines of one command.
const maxJoined = 400

// Split takes a file apart: lines that begin with the name of the tool, after
// a prompt perhaps, are commands; those that can be no part of JSON are passed
// over; the rest is JSON, one document or several.
func Split(doc *source.Doc, tool string) Text {
	t := Text{Odd: map[int]bool{}}
	isCommand := pattern.New(`^\s*(?:\[[^\]]{1,60}\][$#]\s+|\S{1,80}[$#>%]\s+|[$>%]\s+)?(` + tool + `\s.*)$`)
	lines := doc.Lines()
	var b strings.Builder
	b.Grow(len(doc.Text))
	any := false
	for i := 0; i < len(lines); i++ {
		text := strings.TrimPrefix(lines[i].Text, "\ufeff")
		trimmed := strings.TrimSpace(text)
		if m := command(isCommand, trimmed); m != "" {
			c, last := join(lines, i, m)
			t.Commands = append(t.Commands, c)
			b.WriteString(strings.Repeat("\n", last-i+1))
			i = last
			continue
		}
		switch {
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		case mayBeJSON(trimmed):
			b.WriteString(text)
			any = true
		default:
			t.Odd[lines[i].Number] = true
		}
		b.WriteByte('\n')
	}
	if !any {
		return t
	}
	values, err := jsontree.Parse(b.String())
	t.Values = values
	if err != nil {
		t.Fault, t.FaultLine = err.Error(), faultLine(err.Error(), len(lines))
	}
	return t
}

func command(re *pattern.Pattern, line string) string {
	if line == "" || strings.ContainsRune(`{}]",#`, rune(line[0])) {
		return ""
	}
	if m := re.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return ""
}

var word = pattern.New(`^(true|false|null)\s*[,\]}]*$|^-?\d[\d.eE+-]*\s*[,\]}]*$`)

// mayBeJSON reports a line that JSON as platforms print it can have.
func mayBeJSON(line string) bool {
	return strings.ContainsRune(`{}[]",:`, rune(line[0])) || word.MatchString(line)
}

var lineNumber = pattern.New(`line (\d+)`)

func faultLine(text string, last int) int {
	n := 0
	if m := lineNumber.FindStringSubmatch(text); m != nil {
		fmt.Sscan(m[1], &n)
	}
	return max(1, min(n, last))
}

// join reads a command that begins in line i, and returns the index of its
// last line. A line goes on where it ends in a backslash, a backtick or a
// caret, or in the midst of a quotation.
func join(lines []source.Line, i int, first string) (Command, int) {
	c := Command{Line: lines[i].Number, Text: strings.TrimSpace(lines[i].Text)}
	var b strings.Builder
	quote, last, text := byte(0), i, first
	for {
		more := false
		if quoteAfter(quote, text) == 0 {
			text, more = goesOn(text)
		}
		quote = quoteAfter(quote, text)
		b.WriteString(text)
		if !more && quote == 0 || last+1 >= len(lines) || last-i >= maxJoined || b.Len() > maxCommand {
			break
		}
		b.WriteByte(' ')
		last++
		text = lines[last].Text
	}
	var err error
	if c.Words, err = source.Words(b.String()); err != nil {
		c.Fault = err.Error()
	} else if b.Len() > maxCommand || last-i >= maxJoined {
		c.Fault = "the command is longer than is read"
	}
	return c, last
}

// maxCommand bounds the bytes of one command.
const maxCommand = 1 << 20

// quoteAfter is the quotation that is open after a text, when quote was before
// it; 0 for none (source.Words).
func quoteAfter(quote byte, text string) byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote == '"' && c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		}
	}
	return quote
}

func goesOn(text string) (string, bool) {
	trimmed := strings.TrimRight(text, " \t")
	for _, end := range []string{" \\", " `", " ^"} {
		if s, ok := strings.CutSuffix(trimmed, end); ok {
			return s, true
		}
	}
	return text, false
}
