package firewall

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Statements shown before and after a line, and the longest that is shown.
const (
	aroundLines = 2
	aroundWidth = 120
)

// around lists the statements of the file about a line; nil where the line is
// none of the file's.
func (c *checker) around(line int) []Statement {
	all := c.set.Statements
	if line == 0 || len(all) < 2 || !slices.IsSortedFunc(all[:min(len(all), 64)], byLine) {
		return nil
	}
	i := sort.Search(len(all), func(i int) bool { return all[i].Line >= line })
	if i == len(all) || all[i].Line != line {
		return nil
	}
	var out []Statement
	for _, s := range all[max(0, i-aroundLines):min(len(all), i+aroundLines+1)] {
		out = append(out, Statement{s.Line, c.shown(s)})
	}
	return out
}

// longLine is from which length on, in bytes, a line of the file that is shown
// for one rule is remembered for others: a whole ruleset may stand in one.
const longLine = 4 << 10

// shown is a statement as it is shown among others.
func (c *checker) shown(s ir.Statement) string {
	long := len(s.Text) >= longLine
	if long && c.lines[s.Text] != "" {
		return c.lines[s.Text]
	}
	text := source.Redact(strings.Join(strings.Fields(s.Text), " "))
	if len([]rune(text)) > aroundWidth {
		text = string([]rune(text)[:aroundWidth]) + "..."
	}
	if long {
		c.lines[s.Text] = text
	}
	return text
}

func byLine(a, b ir.Statement) int { return a.Line - b.Line }

// aroundText shows statements with their numbers; the one that decides is
// pointed at.
func aroundText(list []Statement, line int) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\nThe rules there:")
	for _, s := range list {
		mark := "|"
		if s.Line == line {
			mark = ">"
		}
		fmt.Fprintf(&b, "\n%d %s %s", s.Line, mark, s.Text)
	}
	return b.String()
}
