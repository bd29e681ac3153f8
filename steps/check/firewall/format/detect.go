package format

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Mark is something by which files of a format are known. What the first group
// of the expression matches is quoted to the reader.
type Mark struct {
	Re    *pattern.Pattern
	Score int
	Say   string // of the quotation, such as "it says %s"; "" is "it has %s"
}

// quoted is how many characters of a mark are quoted at most.
const quoted = 60

// Find guesses by the first of marks, in their order, that a text has anywhere.
func Find(text string, marks ...Mark) Guess {
	for _, m := range marks {
		at := m.Re.FindStringSubmatchIndex(text)
		if at == nil {
			continue
		}
		say := m.Say
		if say == "" {
			say = "it has %s"
		}
		words := strings.Join(strings.Fields(source.Redact(text[at[2]:at[3]])), " ")
		return Guess{Score: m.Score, Why: fmt.Sprintf(say+" (line %d)", source.Clip(words, quoted), source.LineAt(text, at[2]))}
	}
	return Guess{}
}

// Has is the guess at a file that has something in a line.
func Has(score int, what string, line int) Guess {
	return Guess{Score: score, Why: fmt.Sprintf("it has %s (line %d)", what, line)}
}
