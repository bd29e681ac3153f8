package wordtree

import (
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Limits of what is read.
const (
	maxDepth  = 100
	maxPath   = 400
	maxWords  = 8_000_000
	maxStrays = 200
	maxJoin   = 60 // lines that one command may run over
)

// Stray is a line that is part of nothing that is understood. Before says that
// it stands before all that is, as a greeting does.
type Stray struct {
	Line   int
	Text   string
	Before bool
}

// Tree is a configuration, read.
type Tree struct {
	Root       *Node
	Statements []ir.Statement
	// Strays are lines that could not be read. What they would have done is
	// not known.
	Strays []Stray
}

type reader struct {
	t       *Tree
	stack   []*Node
	depth   int // braces that are open, also beyond what is kept
	lex     *lexer
	pending []token
	first   int // line of the first of pending
	words   int
	full    bool
	began   bool  // something was understood
	parent  *Node // above the last word of the last path, where that is in the path too
}

var (
	prompt  = pattern.New(`^(?:\{[\w:. -]+\}\s*)?[\w.\-]+@[\w.\-/()]+(?:\([\w-]+\))?\s*[>#%$]\s*`)
	more    = pattern.New(`^(?:-{2,3}\s?\(?(?i:more)[^)\-]*\)?\s?-{2,3}|lines \d+-\d+.*?)[\x08\s]*`)
	chatter = pattern.New(`^(?:\{[\w:. -]+\}\s*(?:\[edit.*\])?|\[edit.*\]|Entering configuration mode|Exiting configuration mode|` +
		`(?:show|configure|exit|quit|top|commit|edit|run|up|cli|end)\b[^{;]*|\s*)$`)
)

// commands change the tree; the rest of a line that begins so is a path.
var commands = map[string]bool{
	"set": true, "delete": true, "move": true, "insert": true, "deactivate": true, "activate": true, "rename": true,
	"annotate": true, "copy": true, "protect": true, "unprotect": true, "override": true,
}

// Parse reads lines of set commands, of braces, or of both one after the other.
func Parse(lines []source.Line) *Tree { return ParseInto(&Node{}, lines) }

// ParseInto reads lines as Parse does, as changes of a tree that is there.
func ParseInto(root *Node, lines []source.Line) *Tree {
	t := &Tree{Root: root}
	r := &reader{t: t, stack: []*Node{t.Root}, lex: &lexer{braces: true}}
	for i := 0; i < len(lines); i++ {
		text := strip(lines[i].Text)
		if r.idle() {
			word, _, _ := strings.Cut(text, " ")
			switch {
			case commands[word]:
				i = r.command(lines, i, text)
				continue
			case chatter.MatchString(text), strings.HasPrefix(text, "#"), strings.HasPrefix(text, "!"), strings.HasPrefix(text, "//"):
				continue
			case !strings.ContainsAny(text, "{};") && !strings.HasPrefix(text, "/*"):
				r.stray(lines[i].Number, text)
				continue
			}
		}
		r.brace(lines[i].Number, text)
	}
	r.end(lines)
	return t
}

// strip takes prompts and what pagers leave off a line.
func strip(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || s[0] == 's' && strings.HasPrefix(s, "set ") {
		return s
	}
	if s[0] == '-' || strings.HasPrefix(s, "lines ") {
		s = strings.TrimSpace(more.ReplaceAllString(s, ""))
	}
	if !strings.Contains(s, "@") {
		return s
	}
	return s[len(prompt.FindString(s)):]
}

func (r *reader) idle() bool {
	return r.depth == 0 && len(r.pending) == 0 && r.lex.quote == 0 && !r.lex.remark
}

func (r *reader) stray(line int, text string) {
	if len(r.t.Strays) < maxStrays {
		r.t.Strays = append(r.t.Strays, Stray{line, text, !r.began})
	}
	r.note(line, text, false)
}

func (r *reader) note(line int, text string, known bool) {
	r.t.Statements = append(r.t.Statements, ir.Statement{Line: line, Text: text, Known: known})
}

// count bounds the words that are kept.
func (r *reader) count(n, line int) bool {
	if r.words += n; r.words > maxWords {
		if !r.full {
			r.full = true
			r.stray(line, "more words than are read")
		}
		return false
	}
	return true
}

// brace reads one line of a tree in braces.
func (r *reader) brace(line int, text string) {
	r.lex.out = r.lex.out[:0]
	r.lex.line(text)
	if len(r.lex.out) > 0 {
		r.began = true
		r.note(line, text, true)
	}
	for _, tk := range r.lex.out {
		switch tk.mark {
		case '{':
			r.open(line)
		case '}':
			if len(r.pending) > 0 {
				r.statement(line)
			}
			if r.depth == 0 {
				r.stray(line, text)
				continue
			}
			if r.depth--; r.depth < len(r.stack)-1 {
				r.stack = r.stack[:len(r.stack)-1]
			}
		case ';':
			r.statement(line)
		default:
			if len(r.pending) == 0 {
				r.first = line
			}
			r.pending = append(r.pending, tk)
		}
	}
}

func (r *reader) open(line int) {
	n := r.add(line)
	r.depth++
	if len(r.stack) > maxDepth {
		r.stray(line, "braces deeper than are read")
		return
	}
	r.stack = append(r.stack, n)
}

func (r *reader) statement(line int) {
	if len(r.pending) > 0 {
		r.add(line)
	}
}

// add puts the pending words into the tree and returns where they end.
func (r *reader) add(line int) *Node {
	tokens := r.pending
	r.pending = r.pending[:0:0]
	at := r.stack[len(r.stack)-1]
	r.parent = nil
	off := false
	for len(tokens) > 0 && tokens[0].mark == 0 && strings.HasSuffix(tokens[0].text, ":") {
		switch tokens[0].text {
		case "inactive:":
			off = true
		case "replace:", "protect:", "active:":
		default:
			goto words
		}
		tokens = tokens[1:]
	}
words:
	if r.first == 0 {
		r.first = line
	}
	n, ok := r.put(at, tokens, r.first)
	if !ok {
		return at
	}
	if off {
		n.Off = true
		if p := r.parent; p != nil && !slices.ContainsFunc(p.Kids, func(k *Node) bool { return !k.Off }) {
			p.Off, p.dry = true, true
		}
	}
	return n
}

// put adds a path of words, whose end may be a list in brackets.
func (r *reader) put(at *Node, tokens []token, line int) (*Node, bool) {
	if !r.count(len(tokens), line) || len(tokens) > maxPath && !hasList(tokens) {
		return at, false
	}
	for i := 0; i < len(tokens); i++ {
		tk := tokens[i]
		if tk.mark == '[' {
			for i++; i < len(tokens) && tokens[i].mark != ']'; i++ {
				if tokens[i].mark == 0 {
					at.Child(tokens[i].text, line)
				}
			}
			continue
		}
		if tk.mark == 0 {
			if i > 0 {
				r.parent = at
			}
			if at = at.Child(tk.text, line); at.dry {
				at.Off, at.dry = false, false
			}
		}
	}
	return at, true
}

func hasList(tokens []token) bool {
	for _, t := range tokens {
		if t.mark == '[' {
			return true
		}
	}
	return false
}

// end reports what is still open after the last line.
func (r *reader) end(lines []source.Line) {
	if r.idle() || len(lines) == 0 {
		return
	}
	last := lines[len(lines)-1].Number
	text := "the end of the file, before what is open is closed"
	if len(r.pending) > 0 && r.depth == 0 {
		last, text = r.first, "a line that neither is a command nor belongs to one"
	}
	r.stray(last, text)
}
