package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

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
	w   io.Writer
	err error
}

// line prints one line of our own words; args from outside must be clean.
func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
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
