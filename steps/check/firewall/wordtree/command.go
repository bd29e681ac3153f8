package wordtree

import (
	"slices"
	"strings"

	"mxodus/steps/check/firewall/source"
)

// command reads one command, which may run on while a quotation or a list is
// open, and returns the index of its last line.
func (r *reader) command(lines []source.Line, i int, text string) int {
	line := lines[i].Number
	lex := &lexer{}
	lex.line(text)
	for n := 1; (lex.quote != 0 || listOpen(lex.out)) && n < maxJoin && i+1 < len(lines); n++ {
		next := strip(lines[i+1].Text)
		if word, _, _ := strings.Cut(next, " "); commands[word] && lex.quote == 0 {
			break
		}
		i++
		text += " " + next
		lex.line(next)
	}
	if lex.quote != 0 || listOpen(lex.out) {
		r.stray(line, text)
		return i
	}
	r.note(line, text, true)
	r.began = true
	if !r.do(line, lex.out) {
		r.t.Statements[len(r.t.Statements)-1].Known = false
		if len(r.t.Strays) < maxStrays {
			r.t.Strays = append(r.t.Strays, Stray{line, text, false})
		}
	}
	return i
}

func listOpen(tokens []token) bool {
	open := false
	for _, t := range tokens {
		open = t.mark == '[' || open && t.mark != ']'
	}
	return open
}

// do carries a command out and reports whether it could be.
func (r *reader) do(line int, tokens []token) bool {
	var path []string
	for _, t := range tokens[1:] {
		if t.mark == 0 {
			path = append(path, t.text)
		}
	}
	if len(path) == 0 {
		return true
	}
	root := r.t.Root
	switch tokens[0].text {
	case "set":
		r.put(root, tokens[1:], line)
	case "delete":
		root.Remove(path...) // what is not there may be on the device
	case "move":
		return move(root, path)
	case "insert":
		return insert(root, path)
	case "deactivate", "activate":
		if n := root.Lookup(path...); n != nil {
			n.Off = tokens[0].text == "deactivate"
		}
	case "annotate", "protect", "unprotect":
	default:
		return false
	}
	return true
}

// move is that of PAN-OS: "move PATH NAME top", "... before OTHER".
func move(root *Node, path []string) bool {
	n := len(path)
	if n >= 3 && (path[n-1] == "top" || path[n-1] == "bottom") {
		return root.Lookup(path[:n-2]...).move(path[n-2], path[n-1], "")
	}
	if n >= 4 && (path[n-2] == "before" || path[n-2] == "after") {
		return root.Lookup(path[:n-3]...).move(path[n-3], path[n-2], path[n-1])
	}
	return false
}

// insert is that of Junos: "insert PATH KIND NAME before KIND OTHER".
func insert(root *Node, path []string) bool {
	for _, where := range []string{"before", "after"} {
		i := slices.Index(path, where)
		if i < 2 || i+1 >= len(path) {
			continue
		}
		return root.Lookup(path[:i-1]...).move(path[i-1], where, path[len(path)-1])
	}
	return false
}

func (n *Node) move(name, where, other string) bool {
	return n != nil && n.Move(name, where, other)
}
