package plain

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/wizard"
)

// outcome says the newest result of a check in words.
func outcome(c wizard.CheckLine) string {
	switch {
	case c.Run == nil:
		return "not run yet"
	case c.Stale:
		return "does not count, " + c.Why + "; run it again"
	case c.Kept:
		return "kept as it was recorded"
	}
	return resultWord(c.Run.Result)
}

// resultWord is outcomeWord for a result: one whose time has not come says so.
func resultWord(r check.Result) string {
	if r.NotYet() {
		return "not yet"
	}
	if r.StillOld() {
		return "passed, still the old set"
	}
	return outcomeWord(r.Outcome)
}

func outcomeWord(o check.Outcome) string {
	switch o {
	case check.Pass:
		return "passed"
	case check.Warn:
		return "passed, with something to look at"
	case check.Fail:
		return "not right yet"
	case check.Waiting:
		return "waiting"
	case check.Unknown:
		return "could not check"
	case check.Skipped:
		return "does not apply"
	}
	return string(o)
}

// resultLines says a result in words: summary, tables row by row, findings in
// their parts.
func resultLines(r check.Result) []string {
	out := []string{fmt.Sprintf("%s: %s. %s", r.Title, resultWord(r), r.Summary)}
	for _, t := range r.Tables {
		out = append(out, tableLines(t)...)
	}
	total := map[check.Severity]int{}
	for _, f := range r.Findings {
		total[f.Severity]++
	}
	seen := map[check.Severity]int{}
	for _, f := range r.Findings {
		seen[f.Severity]++
		out = append(out, findingLines(f, seen[f.Severity], total[f.Severity])...)
	}
	return out
}

func findingLines(f check.Finding, n, of int) []string {
	word := capital(string(f.Severity))
	if f.Severity == check.OK {
		word = "Good"
	}
	out := []string{fmt.Sprintf("%s, %d of %d: %s.", word, n, of, trimStop(string(f.Title)))}
	part := func(label, text string) {
		if strings.TrimSpace(text) != "" {
			out = append(out, "  "+label+": "+strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    "))
		}
	}
	part("What we saw", string(f.Saw))
	part("What it should be", string(f.Should))
	part("If left", string(f.IfLeft))
	part("What to do", string(f.Do))
	part("Put there", string(f.Copy))
	if f.Who != "" && f.Who != check.WhoNobody {
		part("Who can do it", string(f.Who))
	}
	part("See it yourself", string(f.Confirm))
	part("Source", f.Rule)
	if !f.RetestAt.IsZero() {
		part("Look again", f.RetestAt.Format("2 Jan 15:04 MST"))
	}
	return out
}

func tableLines(t check.Table) []string {
	var out []string
	if t.Title != "" {
		out = append(out, string(t.Title)+":")
	}
	for _, row := range t.Rows {
		var cells []string
		for i, c := range row {
			text := string(c.Text)
			if word := markWord(c.Mark); word != "" && !strings.Contains(text, word) {
				text = strings.TrimSpace(word + " " + text)
			}
			if i > 0 && i < len(t.Header) && t.Header[i] != "" && text != "" {
				text = string(t.Header[i]) + " " + text
			}
			if text != "" {
				cells = append(cells, text)
			}
		}
		out = append(out, "  "+strings.Join(cells, ", ")+".")
	}
	if t.Note != "" {
		out = append(out, "  "+string(t.Note))
	}
	return out
}

func markWord(m check.Mark) string {
	switch m {
	case check.MarkGood:
		return "good:"
	case check.MarkBad:
		return "bad:"
	case check.MarkWait:
		return "waiting:"
	case check.MarkPart:
		return "in part:"
	case check.MarkUnknown:
		return "not known:"
	}
	return ""
}

// proofLines is the proof of a result, with times in a zone.
func proofLines(r check.Result, zone *time.Location) []string {
	out := []string{"Checked at " + r.Started.In(zone).Format("2006-01-02 15:04:05 MST") + ", " + strconv.Itoa(len(r.Evidence)) + " observations."}
	for i, e := range r.Evidence {
		out = append(out, fmt.Sprintf("Observation %d, %s: asked %s, %s, at %s.", i+1, e.Kind, e.Server, e.Asked, e.At.In(zone).Format("15:04:05 MST")), string(e.Raw))
	}
	return out
}
