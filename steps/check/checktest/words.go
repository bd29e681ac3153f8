package checktest

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/clean"
)

var (
	word    = regexp.MustCompile(`[\pL\pN-]+`)
	oneMany = regexp.MustCompile(`(?:^|[ (])1 ((?:[a-z-]+ )?[a-z-]+s)\b`)
	oddEnds = regexp.MustCompile(`\.\.|,,|;;|:[.;]| [.,;]|  |\. \.|%!|\(\)|^\s|\s$`)
	phrases = []string{"belongs into", "Taken to be so", "serial serial", "TODO", "nil", "<nil>", "0001-01-01"}
)

// fine are words that end in s and may follow "1".
var fine = map[string]bool{
	"is": true, "was": true, "has": true, "does": true, "this": true, "address": true, "gives": true, "its": true,
}

// Proofread fails the test for what no reader should meet in a result: a
// finding without its four parts, a word twice in a row, "1 ranges", a full
// stop at the end of a title. With MXODUS_FINDINGS set to a file it also
// appends the findings to it, to be read through by a person.
func Proofread(tb interface {
	TB
	Errorf(format string, args ...any)
	Name() string
}, r check.Result,
) {
	tb.Helper()
	dump(tb.Name(), r)
	say := func(where string, text clean.Shown) {
		for _, fault := range faults(string(text)) {
			tb.Errorf("%s, %s: %s in %q", r.Check, where, fault, text)
		}
	}
	say("summary", r.Summary)
	for _, f := range r.Findings {
		for part, text := range map[string]clean.Shown{"title": f.Title, "saw": f.Saw, "should": f.Should, "if left": f.IfLeft, "do": f.Do} {
			say(f.Code+" "+part, text)
			if text == "" && (part == "title" || f.Severity != check.OK) {
				tb.Errorf("%s has no %s", f.Code, part)
			}
		}
		if f.Severity != check.OK && f.Who == "" {
			tb.Errorf("%s names nobody who can act", f.Code)
		}
		if strings.HasSuffix(string(f.Title), ".") && !strings.HasSuffix(string(f.Title), "...") {
			tb.Errorf("%s: the title ends in a full stop: %q", f.Code, f.Title)
		}
	}
	for _, t := range r.Tables {
		say("note", t.Note)
		for _, row := range t.Rows {
			for _, c := range row {
				say("cell", c.Text)
			}
		}
	}
}

func faults(text string) []string {
	var out []string
	if m := oddEnds.FindString(text); m != "" {
		out = append(out, fmt.Sprintf("%q", m))
	}
	for _, m := range oneMany.FindAllStringSubmatch(text, -1) {
		words := strings.Fields(m[1])
		if !fine[words[len(words)-1]] && !fine[words[0]] {
			out = append(out, "1 "+m[1])
		}
	}
	for _, p := range phrases {
		if strings.Contains(text, p) {
			out = append(out, p)
		}
	}
	spans := word.FindAllStringIndex(text, -1)
	for i := 1; i < len(spans); i++ {
		a, b := text[spans[i-1][0]:spans[i-1][1]], text[spans[i][0]:spans[i][1]]
		if strings.EqualFold(a, b) && text[spans[i-1][1]:spans[i][0]] == " " && strings.ContainsAny(a, "abcdefghijklmnopqrstuvwxyz") {
			out = append(out, a+" "+b)
		}
	}
	return out
}

func dump(name string, r check.Result) {
	path := os.Getenv("MXODUS_FINDINGS")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	fmt.Fprintf(f, "=== %s  [%s, %s]\n%s: %s\n", name, r.Check, r.Phase, r.Outcome, r.Summary)
	for _, t := range r.Tables {
		if t.Title != "" {
			fmt.Fprintf(f, "  | %s\n", t.Title)
		}
		for i, row := range t.Rows {
			if i > 6 {
				break
			}
			var cells []string
			for _, c := range row {
				cells = append(cells, string(c.Mark)+":"+string(c.Text))
			}
			fmt.Fprintf(f, "  | %s\n", strings.Join(cells, " | "))
		}
		if t.Note != "" {
			fmt.Fprintf(f, "  | note: %s\n", t.Note)
		}
	}
	for _, d := range r.Findings {
		fmt.Fprintf(f, "  %s %s (%s)\n    T %s\n    S %s\n    E %s\n    I %s\n    D %s\n    C %s\n", d.Code, d.Severity, d.Who, d.Title, d.Saw, d.Should, d.IfLeft, d.Do, strings.ReplaceAll(string(d.Copy), "\n", " / "))
	}
}
