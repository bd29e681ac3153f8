package cli

import (
	"fmt"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/clean"
)

func outcomeWord(o check.Outcome) string {
	switch o {
	case check.Pass:
		return "passed"
	case check.Warn:
		return "passed, with remarks"
	case check.Fail:
		return "failed"
	case check.Waiting:
		return "waiting"
	case check.Unknown:
		return "could not be checked"
	case check.Skipped:
		return "does not apply"
	}
	return string(o)
}

// resultWord is outcomeWord for a result: one whose time has not come says so.
func resultWord(res check.Result) string {
	switch {
	case res.NotYet():
		return "not yet"
	case res.StillOld():
		return "still the old set"
	}
	return outcomeWord(res.Outcome)
}

func (r *run) outcomePaint(o check.Outcome) string {
	word := outcomeWord(o)
	switch o {
	case check.Pass:
		return r.paint.good(word)
	case check.Warn, check.Waiting:
		return r.paint.warn(word)
	case check.Fail:
		return r.paint.danger(word)
	}
	return r.paint.muted(word)
}

// resultPaint is resultWord in colour.
func (r *run) resultPaint(res check.Result) string {
	if res.NotYet() || res.StillOld() {
		return r.paint.muted(resultWord(res))
	}
	return r.outcomePaint(res.Outcome)
}

// printResult prints a result: outcome and summary, its tables, and every
// finding that asks for attention in its four parts.
func (r *run) printResult(p *page, res check.Result) {
	p.line("")
	p.line("%s  %s", r.paint.strong(safe(res.Check)), r.resultPaint(res))
	p.line("%s", indent(string(clean.Text(string(res.Summary))), "  "))
	if !res.Until.IsZero() {
		p.line("  look again at %s", res.Until.Format("2006-01-02 15:04:05 -07:00"))
	}
	for _, t := range res.Tables {
		r.printTable(p, t)
	}
	for _, f := range res.Findings {
		if f.Severity != check.OK {
			r.printFinding(p, f)
		}
	}
}

func (r *run) printTable(p *page, t check.Table) {
	if len(t.Rows) == 0 {
		return
	}
	p.line("")
	if t.Title != "" {
		p.line("  %s", safe(string(t.Title)))
	}
	var rows [][]string
	if len(t.Header) > 0 {
		var head []string
		for _, h := range t.Header {
			head = append(head, r.paint.muted(safe(string(h))))
		}
		rows = append(rows, head)
	}
	for _, row := range t.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, r.cell(c))
		}
		rows = append(rows, cells)
	}
	for _, l := range columns(rows) {
		p.line("    %s", l)
	}
	if t.Note != "" {
		p.line("%s", indent(string(clean.Text(string(t.Note))), "  "))
	}
}

// cell says the mark as a word where the text alone does not.
func (r *run) cell(c check.Cell) string {
	text := safe(string(c.Text))
	switch c.Mark {
	case check.MarkGood:
		return r.paint.good(orUnknown(text, "ok"))
	case check.MarkBad:
		return r.paint.danger("! " + orUnknown(text, "not ok"))
	case check.MarkWait:
		return r.paint.warn("~ " + orUnknown(text, "waiting"))
	case check.MarkPart:
		return r.paint.warn("! " + orUnknown(text, "partly"))
	case check.MarkUnknown:
		return r.paint.muted("? " + orUnknown(text, "unknown"))
	}
	return text
}

func (r *run) printFinding(p *page, f check.Finding) {
	title := safe(string(f.Title))
	if f.Subject != "" && !strings.Contains(string(f.Title), string(f.Subject)) {
		title = safe(string(f.Subject)) + ": " + title
	}
	word := string(f.Severity)
	switch f.Severity {
	case check.Blocker:
		word = r.paint.danger(word)
	case check.Risk:
		word = r.paint.warn(word)
	}
	p.line("")
	p.line("  %s  %s", word, r.paint.strong(title))
	part := func(name string, text clean.Shown) {
		if text != "" {
			p.line("    %s  %s", r.paint.muted(fmt.Sprintf("%-7s", name)), hanging(string(clean.Text(string(text)))))
		}
	}
	part("saw", f.Saw)
	part("should", f.Should)
	part("if left", f.IfLeft)
	part("do", f.Do)
	part("who", clean.Line(string(f.Who)))
	part("copy", f.Copy)
	part("confirm", f.Confirm)
	if !f.RetestAt.IsZero() {
		part("again", clean.Line(f.RetestAt.Format("2006-01-02 15:04:05 -07:00")))
	}
}

// hanging keeps further lines of a text under its first one.
func hanging(text string) string {
	return indent(text, "             ")[13:]
}
