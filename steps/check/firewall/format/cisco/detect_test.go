package cisco

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

func TestSurest(t *testing.T) {
	marks := []Mark{
		{Line: pattern.New(`^list \S+`), Score: 80, What: "a list", But: pattern.New(` any$`)},
		{Line: pattern.New(`^\s+member \S+`), Score: 60, What: "a member"},
		{Line: pattern.New(`^Version \d`), Score: 100, What: "the version line"},
	}
	for _, c := range []struct {
		text string
		want format.Guess
	}{
		{"", format.Guess{}},
		{"lists\nmember x", format.Guess{}},
		{" member x\n member y", format.Guess{Score: 60, Why: "it has a member (line 1)"}},
		{" member x\nlist a\nlist b\n member y", format.Guess{Score: 80, Why: "it has a list (line 2)"}},
		{"list any\nlist a any\nlist b  \t", format.Guess{Score: 80, Why: "it has a list (line 3)"}},
		{"list a any\n", format.Guess{}},
		{"fw01/act#list a\n", format.Guess{Score: 80, Why: "it has a list (line 1)"}},
		{"fw01/act> list a\nVersion 9\nlist b", format.Guess{Score: 100, Why: "it has the version line (line 2)"}},
		{"two words# list a\n", format.Guess{}},
		{"list " + strings.Repeat("a", longestMark), format.Guess{}},
	} {
		if got := Surest(source.NewDoc("", c.text, time.Time{}), marks); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.text, got, c.want)
		}
	}
}
