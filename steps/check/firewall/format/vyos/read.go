package vyos

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
	"mxodus/steps/pattern"
)

// Bounds of what is read.
const (
	maxDepth    = 60
	maxProblems = 200
	maxDoubts   = 20
)

var prompt = pattern.New(`^\s*[\w.-]+@[\w.-]+[:~\w/-]*[#$]\s*`)

// reader makes a tree of words of set commands and of the braces form, in
// which a line is one setting.
type reader struct {
	set    *ir.Ruleset
	root   *wordtree.Node
	doubts []doubt
}

// doubt is a line of the firewall that could not be read.
type doubt struct {
	line int
	text string
}

func (r *reader) problem(line int, format string, args ...any) {
	if len(r.set.Problems) < maxProblems {
		r.set.Problems = append(r.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
	}
}

func (r *reader) unread(line int, text, what string) {
	r.problem(line, "line %d %s. What it was to do is not known; export the configuration again.", line, what)
	if len(r.doubts) < maxDoubts {
		r.doubts = append(r.doubts, doubt{line, text})
	}
}

func (r *reader) read(doc *source.Doc) {
	stack := []*wordtree.Node{}
	open := 0
	for _, l := range doc.Lines() {
		text := strings.TrimSpace(strings.TrimPrefix(l.Text, "\ufeff"))
		if m := prompt.FindString(text); m != "" {
			text = strings.TrimSpace(text[len(m):])
		}
		known := true
		switch {
		case text == "", strings.HasPrefix(text, "#"), strings.HasPrefix(text, "//"), strings.HasPrefix(text, "/*"), strings.HasPrefix(text, "*"):
		case open == 0 && isCommand(text):
			known = r.command(l.Number, text)
		case text == "}":
			if open > 0 {
				open--
				stack = stack[:min(len(stack), open)]
			}
		case strings.HasSuffix(text, "{"):
			open++
			if open > maxDepth {
				known = false
				break
			}
			words, _ := source.Words(strings.TrimSuffix(text, "{"))
			stack = append(stack, r.at(stack).Add(l.Number, words...))
		case open > 0:
			words, err := source.Words(text)
			if err != nil {
				r.unread(l.Number, text, "has a quotation that is not closed")
				known = false
			}
			r.at(stack).Add(l.Number, words...)
		default:
			known = r.other(l.Number, text)
		}
		r.set.Statements = append(r.set.Statements, ir.Statement{Line: l.Number, Text: l.Text, Known: known})
	}
	if open > 0 && r.root.Has("firewall") {
		r.unread(len(doc.Lines()), "", "is the last, with a brace still open: the file breaks off")
	}
}

func (r *reader) at(stack []*wordtree.Node) *wordtree.Node {
	if len(stack) == 0 {
		return r.root
	}
	return stack[len(stack)-1]
}

func isCommand(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	switch word {
	case "set", "delete", "rename", "copy", "deactivate", "activate", "comment":
		return true
	}
	return false
}

// command reads a set or delete command.
func (r *reader) command(line int, text string) bool {
	words, err := source.Words(text)
	if err != nil || len(words) < 2 {
		if concerns(words) {
			r.unread(line, text, "could not be read")
		}
		return false
	}
	for _, w := range words {
		if strings.HasPrefix(w, "${") && concerns(words) {
			r.unread(line, text, "holds a variable")
			return false
		}
	}
	switch words[0] {
	case "set":
		r.root.Add(line, words[1:]...)
	case "delete":
		r.root.Remove(words[1:]...)
	case "comment":
	default:
		if concerns(words) {
			r.unread(line, text, "is a command that is not followed")
		}
		return false
	}
	return true
}

// concerns reports words about packets that are let through.
func concerns(words []string) bool {
	if len(words) < 2 {
		return false
	}
	switch words[1] {
	case "firewall", "nat", "nat66", "zone-policy", "port-forward":
		return true
	}
	return false
}

// other reads lines outside everything: what the shell says and is told.
func (r *reader) other(_ int, text string) bool {
	word, _, _ := strings.Cut(text, " ")
	switch word {
	case "configure", "commit", "save", "exit", "show", "run", "cat", "[edit]", "Saving", "Done", "top", "edit", "sg":
		return true
	}
	return false
}
