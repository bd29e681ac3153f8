package export

import (
	"strings"
	"testing"

	"mxodus/steps"
)

// TestChoicesAndRegionsByName: ids stay in the data; people read labels.
func TestChoicesAndRegionsByName(t *testing.T) {
	snap, p, hist := fixture()
	snap.Answers["rv.check"] = steps.Answer{Question: "rv.check", Text: "known", Value: "acme.example known_recipients", Revision: 1}
	text := Markdown(Build(snap, p, hist, fixtureNow))
	for want, is := range map[string]bool{
		"acme.example: Known recipients": true, "known\\_recipients": false,
		"| From region | Europe (excluding Germany) |": true, "(eu)": false,
	} {
		if strings.Contains(text, want) != is {
			t.Errorf("%q is in the summary: %t, want %t", want, !is, is)
		}
	}
}
