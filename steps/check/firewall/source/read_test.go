package source

import (
	"strings"
	"testing"
)

// TestLineAt compares with Lines: every line is found by where it begins.
func TestLineAt(t *testing.T) {
	for _, text := range []string{"l1\nl2\nl3", "l1\r\nl2\r\nl3\r\n", "l1\rl2\rl3", "l1\n\r\nl3\r\rl5\n", "l1"} {
		for _, l := range Lines(text) {
			if l.Text == "" {
				continue
			}
			if got := LineAt(text, strings.Index(text, l.Text)); got != l.Number {
				t.Errorf("%q, %s: line %d, want %d", text, l.Text, got, l.Number)
			}
		}
		if got, want := LineAt(text, 0), 1; got != want {
			t.Errorf("%q: it begins in line %d", text, got)
		}
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"", 3, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "abc..."},
		{"äöü", 3, "äöü"},
		{"äöüß", 3, "äöü..."},
		{"a\xffbc", 3, "ab..."},
	} {
		if got := Clip(c.text, c.n); got != c.want {
			t.Errorf("%q to %d: %q, want %q", c.text, c.n, got, c.want)
		}
	}
}
