package cisco

import (
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Mark is a line by which configurations of a kind are known.
type Mark struct {
	Line  *pattern.Pattern
	Score int
	What  string           // completes "it has ..."
	But   *pattern.Pattern // a line that matches it too is no mark; nil for none
}

// longestMark is the longest line that is looked at for a mark.
const longestMark = 400

// Surest guesses by the surest of marks that stand in the lines of a document,
// the first of those as sure. A prompt before a line is passed over.
func Surest(doc *source.Doc, marks []Mark) format.Guess {
	var best format.Guess
	top := 0
	for _, m := range marks {
		top = max(top, m.Score)
	}
	for _, l := range doc.Lines() {
		text := strings.TrimRight(l.Text, " \t")
		if i := strings.IndexAny(text, "#>"); i > 0 && i < 64 && !strings.Contains(text[:i], " ") {
			text = strings.TrimSpace(text[i+1:])
		}
		if text == "" || len(text) > longestMark {
			continue
		}
		for _, m := range marks {
			if m.Score > best.Score && m.Line.MatchString(text) && (m.But == nil || !m.But.MatchString(text)) {
				best = format.Has(m.Score, m.What, l.Number)
			}
		}
		if best.Score == top {
			break
		}
	}
	return best
}
