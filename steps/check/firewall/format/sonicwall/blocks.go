package sonicwall

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// node is a line with the lines that belong to it, up to its exit.
type node struct {
	words []string
	text  string
	line  int
	kids  []*node
}

var prompt = pattern.New(`^([\w.-]+@[\w.-]+>|config\([\w.-]*\)#|\([\w. :"-]+\)#)\s*`)

var escape = pattern.New("\x1b\\[[0-9;?]*[A-Za-z]")

// bare is a line without blanks, prompts and pager at its ends.
func bare(text string) string {
	if strings.IndexByte(text, 0x1b) >= 0 {
		text = escape.ReplaceAllString(text, "")
	}
	text = strings.TrimSpace(text)
	for {
		rest, ok := strings.CutPrefix(text, "--MORE--")
		if !ok {
			break
		}
		text = strings.TrimSpace(rest)
	}
	if m := prompt.FindString(text); m != "" {
		text = text[len(m):]
	}
	return text
}

func indent(text string) int { return len(text) - len(strings.TrimLeft(text, " \t")) }

// maxDepth is how many blocks may stand within each other.
const maxDepth = 16

// blocks reads lines into a tree: lines that are set in further belong to the
// one before them. Text without any indentation is told by the words that open
// a block.
func blocks(doc *source.Doc, set *ir.Ruleset) []*node {
	type open struct {
		n    *node
		deep int
	}
	var lines []source.Line
	flat := true
	for _, l := range doc.Lines() {
		if t := bare(l.Text); t != "" && t[0] != '!' && t[0] != '#' {
			lines = append(lines, source.Line{Number: l.Number, Text: l.Text})
			flat = flat && (indent(l.Text) == 0 || strings.Contains(l.Text, "--MORE--"))
		}
	}
	root := &node{}
	stack := []open{{root, -1}}
	for i, l := range lines {
		t := bare(l.Text)
		set.Statements = append(set.Statements, ir.Statement{Line: l.Number, Text: t, Known: true})
		if t == "exit" || t == "end" {
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
			continue
		}
		deep := indent(l.Text)
		for !flat && len(stack) > 1 && deep <= stack[len(stack)-1].deep {
			stack = stack[:len(stack)-1] // a block without its exit
		}
		words, err := source.Words(t)
		if err != nil {
			set.Statements[len(set.Statements)-1].Known = false
			set.Problems = append(set.Problems, problem(l.Number, "a quotation is not closed"))
		}
		n := &node{words: words, text: t, line: l.Number}
		top := stack[len(stack)-1].n
		top.kids = append(top.kids, n)
		inner := flat && (len(stack) == 1 && opens(words) || words[0] == "ip-assignment") || !flat && i+1 < len(lines) && indent(lines[i+1].Text) > deep
		if inner && len(stack) < maxDepth {
			stack = append(stack, open{n, deep})
		}
	}
	return root.kids
}

func problem(line int, what string) ir.Problem {
	return ir.Problem{Line: line, Text: fmt.Sprintf("line %d: %s. What it says is not known here; print the configuration again.", line, what)}
}

// opens reports words that begin a block in text without indentation.
func opens(w []string) bool {
	switch w[0] {
	case "access-rule", "nat-policy", "address-group", "service-group", "route-policy":
		return len(w) > 2 || w[0] == "service-group"
	case "address-object":
		return len(w) == 3
	case "service-object", "zone", "schedule":
		return len(w) == 2
	case "interface":
		return len(w) >= 2
	}
	return false
}

// find is the first line below that begins with words; nil for none.
func (n *node) find(words ...string) *node {
	for _, k := range n.kids {
		if begins(k.words, words...) {
			return k
		}
	}
	return nil
}

func begins(list []string, words ...string) bool {
	if len(list) < len(words) {
		return false
	}
	for i, w := range words {
		if list[i] != w {
			return false
		}
	}
	return true
}

// shorten cuts text for a sentence.
func shorten(s string) string { return source.Clip(s, 60) }
