package format

import (
	"strings"
	"testing"

	"mxodus/steps/pattern"
)

func TestFind(t *testing.T) {
	first := Mark{Re: pattern.New(`(?m)^\s*(?:\$ )?(show[ \t]+\S+)\b`), Score: 90}
	second := Mark{Re: pattern.New(`(password \S+)`), Score: 70, Say: "it says %s"}
	for _, c := range []struct {
		text string
		want Guess
	}{
		{"nothing of it", Guess{}},
		{"a\r\n\r\n  $ show \t rules\r\n", Guess{90, "it has show rules (line 3)"}},
		{"a\r\r\n\n  show rules\n", Guess{90, "it has show rules (line 4)"}},
		{"password verysecret1\nshow rules", Guess{90, "it has show rules (line 2)"}},
		{"# password verysecret1\n", Guess{70, "it says password (hidden) (line 1)"}},
		{"show " + strings.Repeat("é", 80) + "e", Guess{90, "it has show " + strings.Repeat("é", 55) + "... (line 1)"}},
	} {
		if got := Find(c.text, first, second); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.text, got, c.want)
		}
	}
}

func TestHas(t *testing.T) {
	if got := Has(95, "rules of it", 7); got != (Guess{95, "it has rules of it (line 7)"}) {
		t.Errorf("%+v", got)
	}
}
