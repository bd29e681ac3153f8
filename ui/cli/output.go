package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"mxodus/steps/clean"
)

// writeJSON prints one document, indented, with a line break at the end.
func (r *run) writeJSON(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err := r.Out.Write(jsonSafe(b.Bytes()))
	return wrote(err)
}

func wrote(err error) error {
	if err != nil {
		return fmt.Errorf("write the output: %w", err)
	}
	return nil
}

// say prints talk: one line to standard error, made safe.
func (r *run) say(format string, args ...any) {
	fmt.Fprintln(r.Err, clean.Sprintf(format, args...))
}

// page collects text output, so that a failure to write is noticed once.
type page struct {
	w     io.Writer
	width int // columns of the terminal, for lines to be broken at; 0 breaks none
	err   error
}

// page is standard output. Lines are broken for people at a terminal alone: what
// goes into a pipe keeps its shape.
func (r *run) page() page { return page{w: r.Out, width: r.width()} }

// width is that of the terminal in columns, 0 where there is none.
func (r *run) width() int {
	if !r.OutTerminal() {
		return 0
	}
	if f, ok := r.Out.(interface{ Fd() uintptr }); ok {
		if w, _, err := term.GetSize(f.Fd()); err == nil {
			return w
		}
	}
	return 0
}

// line prints one line of our own words; args from outside must be clean.
func (p *page) line(format string, args ...any) {
	if p.err != nil {
		return
	}
	text := fmt.Sprintf(format, args...)
	if p.width > 0 {
		text = broken(text, p.width)
	}
	_, p.err = fmt.Fprintln(p.w, text)
}

// broken breaks lines that are wider than the terminal; what goes on stands
// under the last column that begins in the left half.
func broken(text string, width int) string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if ansi.StringWidth(line) <= width {
			out = append(out, line)
			continue
		}
		hang := hangOf(ansi.Strip(line), width/2)
		head, rest := ansi.Cut(line, 0, hang), ansi.Cut(line, hang, ansi.StringWidth(line))
		for i, part := range filled(rest, width-hang) {
			if i > 0 {
				head = strings.Repeat(" ", hang)
			}
			out = append(out, strings.TrimRight(head+part, " "))
		}
	}
	return strings.Join(out, "\n")
}

// filled breaks a line between columns where it has some, else between words.
// A word that is wider than the line stays whole: it may be there to be copied.
func filled(text string, width int) []string {
	sep := " "
	if strings.Contains(ansi.Strip(text), "  ") {
		sep = "  "
	}
	var out []string
	line := ""
	for _, piece := range strings.SplitAfter(text, sep) {
		switch {
		case line == "" || ansi.StringWidth(strings.TrimRight(line+piece, " ")) <= width:
			line += piece
			continue
		case strings.TrimSpace(piece) == "":
			continue
		}
		out = append(out, strings.TrimRight(line, " "))
		line = strings.TrimLeft(piece, " ")
	}
	out = append(out, strings.TrimRight(line, " "))
	if sep == " " {
		return out
	}
	var cells []string
	for _, cell := range out { // a column may itself be too wide
		if ansi.StringWidth(cell) > width && !strings.Contains(cell, "  ") {
			cells = append(cells, filled(cell, width)...)
			continue
		}
		cells = append(cells, cell)
	}
	return cells
}

// hangOf is the column of the last word within the limit that has two blanks or
// more before it, or of the first word.
func hangOf(line string, limit int) int {
	hang := len(line) - len(strings.TrimLeft(line, " "))
	col := 0
	blanks := 0
	for _, r := range line {
		if r != ' ' && blanks >= 2 && col <= limit {
			hang = col
		}
		if r == ' ' {
			blanks++
		} else {
			blanks = 0
		}
		col += ansi.StringWidth(string(r))
	}
	return min(hang, limit)
}

func (p *page) done() error { return wrote(p.err) }

// painter colours words for people. Every word says the same without it.
type painter struct{ on bool }

func (p painter) sgr(code, s string) string {
	if !p.on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p painter) strong(s string) string { return p.sgr("1", s) }
func (p painter) muted(s string) string  { return p.sgr("2", s) }
func (p painter) good(s string) string   { return p.sgr("32", s) }
func (p painter) warn(s string) string   { return p.sgr("33", s) }
func (p painter) danger(s string) string { return p.sgr("1;31", s) }

// columns lays out rows so that columns line up on the screen; the last one is
// not padded. Cells may hold colour.
func columns(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	out := make([]string, len(rows))
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-ansi.StringWidth(cell)+2))
			}
		}
		out[n] = strings.TrimRight(b.String(), " ")
	}
	return out
}

// safe makes outside text fit for one line of output.
func safe(s string) string { return string(clean.Line(s)) }

// indent puts blanks before every line of a text.
func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by)
}
