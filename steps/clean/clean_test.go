package clean_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"mxodus/steps/clean"
)

func TestTextMakesHiddenCharactersVisible(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"plain", "eu-smtp-inbound-1.mimecast.com", "eu-smtp-inbound-1.mimecast.com"},
		{"escape", "a\x1b[2Jb", `a\x1b[2Jb`},
		{"osc 52", "\x1b]52;c;aGk=\x07", `\x1b]52;c;aGk=\x07`},
		{"carriage return forges a line", "bad\rOK", `bad\rOK`},
		{"crlf is a line break", "a\r\nb", "a\nb"},
		{"backspace", "a\bb", `a\x08b`},
		{"nul", "a\x00b", `a\x00b`},
		{"delete", "a\x7fb", `a\x7fb`},
		{"c1 code point", "a\u009b31mb", `a\x9b31mb`},
		{"c1 raw byte", "a\x9b31mb", `a\x9b31mb`},
		{"bidi override", "a\u202eb", `a\u202eb`},
		{"zero width", "a\u200bb", `a\u200bb`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"private use", "a\ue000b", `a\ue000b`},
		{"tag character", "a\U000e0041b", `a\U000e0041b`},
		{"invalid utf-8", "a\xffb", `a\xffb`},
		{"accents stay", "Zürich 東京", "Zürich 東京"},
		{"tab", "a\tb", "a b"},
	}
	for _, c := range cases {
		if got := string(clean.Text(c.in)); got != c.want {
			t.Errorf("%s: Text(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
	if got := clean.Line("a\nb"); got != `a\nb` {
		t.Errorf("Line keeps a break: %q", got)
	}
	if got := clean.Sprintf("saw %s", "x\x1b[0m\ny"); got != `saw x\x1b[0m\ny` {
		t.Errorf("Sprintf: %q", got)
	}
}

func TestTextCapsLengthAndMarks(t *testing.T) {
	long := clean.Text(strings.Repeat("é", clean.MaxRunes+10))
	if !strings.HasSuffix(string(long), "[20 more bytes not shown]") {
		t.Errorf("cut is not said: …%q", string(long)[len(long)-40:])
	}
	zalgo := clean.Text("a" + strings.Repeat("\u0301", 50))
	if n := utf8.RuneCountInString(string(zalgo)); n != 5 {
		t.Errorf("combining marks: %d runes, want 5", n)
	}
}

func FuzzText(f *testing.F) {
	f.Add("a\x1b]8;;http://x\x07b\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := string(clean.Text(s))
		if !utf8.ValidString(got) {
			t.Fatalf("not UTF-8: %q", got)
		}
		for _, r := range got {
			if r != '\n' && (r < 0x20 || r >= 0x7f && r <= 0x9f || r == 0x202e || r == 0x200b) {
				t.Fatalf("%U got through in %q", r, got)
			}
		}
		if again := string(clean.Text(got)); again != got && len(got) < clean.MaxRunes {
			t.Fatalf("not stable: %q then %q", got, again)
		}
	})
}
