package typed

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in, line, lines string
		removed         int
	}{
		{"a\r\nb\rc", "a b c", "a\nb\nc", 0},
		{" a ", "a", " a ", 0},
		{"a\tb", "a b", "a\tb", 0},
		{"a\u00a0b\u2003c", "a b c", "a b c", 0},
		{"a\x1b[2J\u200b\x9b", "a[2J", "a[2J", 3},
		{"", "", "", 0},
	} {
		if got := Clean(c.in, false); got.Text != c.line || got.Removed != c.removed {
			t.Errorf("%q on one line: %+v", c.in, got)
		}
		if got := Clean(c.in, true); got.Text != c.lines || got.Removed != c.removed {
			t.Errorf("%q on lines: %+v", c.in, got)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\r\n\x1b[2J\u202e\u0301\u0301\u0301\u0301\u0301\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		for _, lines := range []bool{false, true} {
			c := Clean(s, lines)
			for _, r := range c.Text {
				if r != '\n' && r != '\t' && !unicode.IsPrint(r) || !lines && (r == '\n' || r == '\t') {
					t.Fatalf("%q left %U", s, r)
				}
			}
			if !utf8.ValidString(c.Text) || strings.Count(c.Text, "\n") > strings.Count(s, "\n")+len(s) {
				t.Fatalf("%q became %q", s, c.Text)
			}
			if again := Clean(c.Text, lines); again.Text != c.Text || again.Removed != 0 {
				t.Fatalf("cleaning %q again changed it: %q to %q", s, c.Text, again.Text)
			}
		}
	})
}
