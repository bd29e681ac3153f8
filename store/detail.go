package store

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"mxodus/steps"
	"mxodus/steps/check"
)

// briefRunes is how much of a free text the journal's line quotes.
const briefRunes = 160

// brief is free text for one line: line breaks become commas, the end is cut.
func brief(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), ", ")
	if utf8.RuneCountInString(s) <= briefRunes {
		return s
	}
	return string([]rune(s)[:briefRunes]) + "…"
}

// answerDetail says what an answer became and, where it was another, what it was.
func answerDetail(a, was steps.Answer) string {
	s := "answer " + a.Question
	switch {
	case a.Value != "":
		s += " = " + briefValue(a.Value)
	case a.Text != "":
		s += " = " + briefValue(a.Text) + " (not understood)"
	default:
		s += " cleared"
	}
	if old := shown(was.Value, was.Text); old != "" && old != shown(a.Value, a.Text) {
		s += "; was " + briefValue(old)
	}
	switch {
	case a.Source != "":
		s += fmt.Sprintf(" (%s: %s)", a.Provenance, brief(a.Source))
	case a.Provenance != steps.Typed:
		s += fmt.Sprintf(" (%s)", a.Provenance)
	}
	return s
}

// briefValue is brief, with the number of entries of a long list.
func briefValue(s string) string {
	out := brief(s)
	if n := strings.Count(strings.TrimRight(s, "\n"), "\n") + 1; n > 1 && strings.HasSuffix(out, "…") {
		out += fmt.Sprintf(" (%d entries)", n)
	}
	return out
}

func stepDetail(s steps.StepState) string {
	text := "step " + s.Step + ": " + strings.ReplaceAll(string(s.Status), "_", " ")
	if s.Status == steps.Waiting && s.WaitingOn != "" {
		text += " on " + s.WaitingOn
		if !s.Until.IsZero() {
			text += " until " + s.Until.UTC().Format("2006-01-02 15:04 UTC")
		}
	}
	if s.Overseen != "" {
		text += ", overseen by " + brief(s.Overseen)
	}
	if s.Reason != "" {
		text += "; reason: " + brief(s.Reason)
	}
	return text
}

func doneWord(done bool) string {
	if done {
		return "done"
	}
	return "not done"
}

func runDetail(r check.Result) string {
	s := "check " + r.Check + ": " + string(r.Outcome)
	if r.Summary != "" {
		s += "; " + brief(string(r.Summary))
	}
	return s
}
