package plain

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/clean"
)

// printer appends text and nothing else: every character that reaches the
// output is printable, or a line break. The first failure to write is kept.
type printer struct {
	w     io.Writer
	width func() int // columns there are; nil when lines are not folded
	err   error
}

func (p *printer) put(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, s)
	}
}

func (p *printer) newline() { p.put("\n") }

// prompt prints without a line break, so that the answer stands beside it.
func (p *printer) prompt(s string) { p.put(string(clean.Line(spoken(s)))) }

// print prints lines. Each is made safe by itself, so that nothing is cut off
// at the end of a long text, and ends between words where the terminal does.
func (p *printer) print(s string) {
	width := 0
	if p.width != nil {
		width = p.width()
	}
	for _, line := range strings.Split(strings.TrimRight(s, "\n"), "\n") {
		for _, part := range folded(string(clean.Line(line)), width) {
			p.put(part + "\n")
		}
	}
}

// folded breaks a line between words so that no part is wider than so many
// columns, as far as words allow; what was indented stays so.
func folded(line string, width int) []string {
	if width < 20 || ansi.StringWidth(line) <= width {
		return []string{line}
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var out []string
	part := ""
	for _, word := range strings.Fields(line) {
		switch {
		case part == "":
			part = indent + word
		case ansi.StringWidth(part)+1+ansi.StringWidth(word) > width:
			out = append(out, part)
			part = indent + word
		default:
			part += " " + word
		}
	}
	return append(out, part)
}

// whole prints lines as they are: they are there to be copied.
func (p *printer) whole(s string) {
	for _, line := range strings.Split(strings.TrimRight(s, "\n"), "\n") {
		p.put(string(clean.Line(line)) + "\n")
	}
}

// spoken replaces marks that a voice stumbles over.
func spoken(s string) string { return marks.Replace(s) }

var marks = strings.NewReplacer(" → ", " to ", "→", " to ", " · ", ", ", "…", "...", "↵", "Enter", "–", "-", "✓", "done")

// say prints a sentence; arguments may come from outside.
func (f *face) say(format string, args ...any) {
	if len(args) == 0 {
		f.out.print(spoken(format))
		return
	}
	f.out.print(spoken(string(clean.Sprintf(format, args...))))
}

// text prints a text of ours or from outside, keeping its lines.
func (f *face) text(s string) { f.out.print(spoken(strings.ReplaceAll(s, "\r\n", "\n"))) }

// exact prints what is to be copied, letter by letter as it is.
func (f *face) exact(s string) { f.out.whole(s) }

// markdown prints Markdown as sentences: no marks, tables row by row with the
// name of each column.
func (f *face) markdown(md string) { f.out.print(spoken(readable(md))) }

var (
	link     = regexp.MustCompile(`\[([^\]]+)\]\(([^)\s]+)\)`)
	emphasis = regexp.MustCompile(`\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*`)
	code     = regexp.MustCompile("`([^`]+)`")
	listItem = regexp.MustCompile(`^\s*([-*+]|\d+[.)])\s`)
	divider  = regexp.MustCompile(`^\s*\|?[\s:|-]+\|[\s:|-]*$`)
)

// readable turns Markdown into plain lines.
func readable(md string) string {
	var out []string
	var header []string
	fenced := false
	raw := "" // of the last line, as it stood: marks may open on one line and close on the next
	all := strings.Split(md, "\n")
	for i, line := range all {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			fenced = !fenced
			out = append(out, "")
		case fenced:
			out = append(out, line)
		case strings.HasPrefix(trimmed, "|"):
			if header == nil && i+1 < len(all) && divider.MatchString(all[i+1]) {
				header = cellsOf(trimmed)
			} else if !divider.MatchString(trimmed) {
				out = append(out, tableRow(header, cellsOf(trimmed)))
			}
			if i+1 < len(all) && !strings.HasPrefix(strings.TrimSpace(all[i+1]), "|") {
				header, out = nil, append(out, "")
			}
			continue
		case strings.HasPrefix(trimmed, "#"):
			line = strings.TrimSpace(strings.TrimLeft(trimmed, "#")) + ":"
			out = append(out, "", inline(strings.Replace(line, "?:", "?", 1)), "")
		case trimmed != "" && !listItem.MatchString(line) && flowing(out):
			raw += " " + trimmed
			out[len(out)-1] = inline(raw) // a paragraph is one line, for a voice
		default:
			raw = line
			out = append(out, inline(line))
		}
		header = nil
	}
	return strings.Join(squeeze(out), "\n")
}

// flowing reports that the last line is text that the next one may continue.
func flowing(out []string) bool {
	return len(out) > 0 && strings.TrimSpace(out[len(out)-1]) != ""
}

func inline(s string) string {
	s = link.ReplaceAllStringFunc(s, func(m string) string {
		p := link.FindStringSubmatch(m)
		if p[1] == p[2] {
			return p[1]
		}
		return p[1] + " (" + p[2] + ")"
	})
	s = emphasis.ReplaceAllString(s, "$1$2")
	return code.ReplaceAllString(s, "$1")
}

func cellsOf(row string) []string {
	var out []string
	for _, c := range strings.Split(strings.Trim(row, "|"), "|") {
		out = append(out, inline(strings.TrimSpace(c)))
	}
	return out
}

func tableRow(header, row []string) string {
	var parts []string
	for i, c := range row {
		if i < len(header) && header[i] != "" && c != "" {
			c = header[i] + ": " + c
		}
		if c != "" {
			parts = append(parts, c)
		}
	}
	return strings.Join(parts, "; ") + "."
}

// squeeze leaves one empty line where there are several.
func squeeze(in []string) []string {
	var out []string
	for _, l := range in {
		if strings.TrimSpace(l) == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, strings.TrimRight(l, " "))
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// count says a number of things: "1 step", "3 steps".
func count(n int, noun string) string {
	return counted(n, noun, noun+"s")
}

// counted says a number of things whose plural is not made with an s.
func counted(n int, one, some string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, some)
}

// trimStop takes the full stop from the end of a sentence, to put it into one.
func trimStop(s string) string { return strings.TrimRight(strings.TrimSpace(s), ".") }

// capital begins a sentence.
func capital(s string) string {
	if s == "" {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[n:]
}
