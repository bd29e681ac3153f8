package guide

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

var item = regexp.MustCompile(`^(\s*)([-*]|\d+\.) +`)

// wrap breaks paragraphs and list items at a width in columns and leaves
// headings, tables and fenced code alone. Runs of blank lines become one.
func wrap(text string, width int) string {
	var out, para []string
	first, rest := "", ""
	flush := func() {
		if len(para) > 0 {
			out = append(out, fill(strings.Join(para, " "), first, rest, width)...)
		}
		para, first, rest = nil, "", ""
	}
	fenced := false
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " ")
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence || fenced:
			flush()
			out = append(out, line)
			fenced = fenced != fence
		case line == "":
			flush()
			if len(out) > 0 && out[len(out)-1] != "" {
				out = append(out, "")
			}
		case strings.HasPrefix(line, "#"), strings.HasPrefix(line, "|"):
			flush()
			out = append(out, line)
		case item.MatchString(line):
			flush()
			first = item.FindString(line)
			rest = strings.Repeat(" ", len(first))
			para = []string{line[len(first):]}
		default:
			para = append(para, strings.TrimSpace(line))
		}
	}
	flush()
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}

// fill breaks text into lines; a word that is wider than a line stands alone.
func fill(text, first, rest string, width int) []string {
	var out []string
	line, at, empty := first, ansi.StringWidth(first), true
	for _, word := range strings.Fields(text) {
		w := ansi.StringWidth(word)
		if !empty && at+1+w > width {
			out = append(out, line)
			line, at, empty = rest, ansi.StringWidth(rest), true
		}
		if !empty {
			line += " "
			at++
		}
		line += word
		at += w
		empty = false
	}
	return append(out, line)
}
