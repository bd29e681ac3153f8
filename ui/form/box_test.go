package form

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/bubbles/textarea"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps/rfi"
	"mxodus/ui/theme"
)

func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "203.0.%d.%d\n", i/256%256, i%256)
	}
	return b.String()
}

func TestTenThousandPastedLinesAppearAtOnce(t *testing.T) {
	text := manyLines(10_000) + "198.51.100.9"
	f := newField(rfi.IPList, "")
	f.SetSize(78, 12)
	start := time.Now()
	paste(f, text)
	view := f.View()
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("paste to frame took %v", took)
	}
	if f.Value() != text {
		t.Error("a line was lost")
	}
	if !strings.Contains(view, "198.51.100.9") {
		t.Errorf("the end of the paste is not in view:\n%s", view)
	}
	if first, last, total := f.Shown(); total != 10_001 || last != 10_001 || first != 9_990 {
		t.Errorf("shown %d to %d of %d", first, last, total)
	}
	f.GoToLine(5000)
	if f.Line() != 5000 || !strings.Contains(f.View(), " 5000 203.0.19.135") {
		t.Errorf("line %d in view:\n%s", f.Line(), f.View())
	}
}

func TestBoxEditing(t *testing.T) {
	cases := []struct {
		name, text string
		at         int
		keys       []string
		want       string
	}{
		{"new line", "ab", 1, []string{"alt+enter"}, "a\nb"},
		{"new line by ctrl+j", "ab", 2, []string{"ctrl+j", "c"}, "ab\nc"},
		{"backspace joins", "a\nb", 2, []string{"backspace"}, "ab"},
		{"backspace at the start", "a", 0, []string{"backspace"}, "a"},
		{"delete joins", "a\nb", 1, []string{"delete"}, "ab"},
		{"delete at the end", "a", 1, []string{"delete"}, "a"},
		{"word back", "one two", 7, []string{"ctrl+w"}, "one "},
		{"kill the rest", "one two\nx", 3, []string{"ctrl+k"}, "one\nx"},
		{"kill joins at the end", "one\nx", 3, []string{"ctrl+k"}, "onex"},
		{"kill the head", "one two", 4, []string{"ctrl+u"}, "two"},
		{"up keeps the column", "abc\nabc", 6, []string{"up", "X"}, "abXc\nabc"},
		{"up over a short line keeps the aim", "abcd\na\nabcd", 10, []string{"up", "up", "X"}, "abcXd\na\nabcd"},
		{"down past the end", "ab", 0, []string{"down", "X"}, "abX"},
		{"home and end", "ab\ncd", 4, []string{"home", "X", "end", "Y"}, "ab\nXcdY"},
		{"top and bottom", "ab\ncd", 4, []string{"ctrl+home", "X", "ctrl+end", "Y"}, "Xab\ncdY"},
		{"words", "a.b c", 5, []string{"ctrl+left", "ctrl+left", "X"}, "a.Xb c"},
		{"word right", "ab cd", 0, []string{"ctrl+right", "X"}, "abX cd"},
		{"not between letter and accent", "e\u0301a", 3, []string{"left", "left", "X"}, "Xe\u0301a"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newField(rfi.LongText, c.text)
			f.SetCursor(c.at)
			press(f, c.keys...)
			if f.Value() != c.want {
				t.Errorf("got %q, want %q", f.Value(), c.want)
			}
		})
	}
}

func TestLongLinesWrapAtBlanks(t *testing.T) {
	f := newField(rfi.LongText, "alpha beta gamma delta")
	f.SetSize(14, 4)
	want := "┃ alpha beta \n┃ gamma delta"
	if got := f.View(); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	f.SetCursor(0)
	press(f, "down", "X")
	if f.Value() != "alpha beta Xgamma delta" {
		t.Errorf("down goes by rows as drawn: %q", f.Value())
	}
}

func TestBadLinesAreMarked(t *testing.T) {
	f := newField(rfi.IPList, "ok\nbad\nok")
	f.MarkLines(map[int]bool{2: true})
	if rows := strings.Split(f.View(), "\n"); !strings.Contains(rows[1], "! 2 bad") || strings.Contains(rows[0], "!") {
		t.Errorf("view:\n%s", f.View())
	}
}

// A model of plain strings does the same as the box under random keys, the
// cursor stays in view, and nothing panics at any size.
func TestBoxAgainstPlainText(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		f := newField(rfi.LongText, "")
		text, at := []rune{}, 0
		for range 200 {
			switch n := rnd.IntN(10); {
			case n < 5:
				s := []string{"a", "wörd ", "x\ny\n", "漢字", "1.2.3.4"}[rnd.IntN(5)]
				f.w.insert(s)
				r := []rune(s)
				text = append(text[:at:at], append(r, text[at:]...)...)
				at += len(r)
			case n == 5 && at > 0:
				press(f, "backspace")
				text = append(text[:at-1:at-1], text[at:]...)
				at--
			case n == 6 && at > 0:
				press(f, "left")
				at--
			case n == 7 && at < len(text):
				press(f, "right")
				at++
			case n == 8:
				at = rnd.IntN(len(text) + 1)
				f.SetCursor(at)
			case n == 9:
				f.SetSize(8+rnd.IntN(80), 1+rnd.IntN(12))
			}
			if f.Value() != string(text) || f.Cursor() != at {
				t.Fatalf("round %d: %q at %d, want %q at %d", round, f.Value(), f.Cursor(), string(text), at)
			}
			if first, last, _ := f.Shown(); f.Line() < first || f.Line() > last {
				t.Fatalf("line %d out of view %d to %d", f.Line(), first, last)
			}
			f.View()
		}
	}
}

func FuzzField(f *testing.F) {
	f.Add("a\r\nb\x1b[2J", 10, 3)
	f.Add(strings.Repeat("漢", 99), 9, 1)
	f.Fuzz(func(t *testing.T, text string, w, h int) {
		w, h = 8+abs(w)%200, 1+abs(h)%60
		for _, typ := range []rfi.Type{rfi.Text, rfi.LongText} {
			field := New(Options{Type: typ, Text: text, Styles: styles, Width: w, Height: h})
			paste(field, text)
			press(field, "up", "left", "backspace", "down", "end")
			if rows := strings.Count(field.View(), "\n") + 1; rows != h {
				t.Fatalf("%d rows, want %d", rows, h)
			}
			if strings.ContainsAny(field.View(), "\x1b\x07\r\x00\u009b\u202e") {
				t.Fatalf("a control character in %q", field.View())
			}
		}
	})
}

func abs(n int) int { return max(n, -(n + 1)) }

func BenchmarkPasteTenThousandLines(b *testing.B) {
	text := manyLines(10_000)
	for b.Loop() {
		f := newField(rfi.IPList, "")
		f.SetSize(78, 12)
		paste(f, text)
		_ = f.View()
	}
}

func BenchmarkKeyInTenThousandLines(b *testing.B) {
	f := newField(rfi.IPList, manyLines(10_000))
	f.SetSize(78, 12)
	for b.Loop() {
		press(f, "1")
		_ = f.View()
	}
}

// BenchmarkTextareaFrame is the reason for the box: one key and one frame of
// the textarea of bubbles with 9,000 lines in it.
func BenchmarkTextareaFrame(b *testing.B) {
	ta := textarea.New()
	ta.MaxHeight = 0
	ta.SetWidth(78)
	ta.SetHeight(12)
	ta.SetValue(manyLines(9_000))
	ta.Focus()
	for b.Loop() {
		ta, _ = ta.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("1")})
		_ = ta.View()
	}
}

// TestABoxOpensFromItsFirstLine: made small and then given its room, it shows
// the text from the first line when it fits, and no empty rows when it does not.
func TestABoxOpensFromItsFirstLine(t *testing.T) {
	for _, c := range []struct{ lines, height, first int }{{4, 6, 1}, {6, 6, 1}, {9, 6, 4}} {
		var text []string
		for i := range c.lines {
			text = append(text, strings.Repeat("x", i+1))
		}
		f := New(Options{Type: rfi.DomainList, Text: strings.Join(text, "\n"), Styles: theme.New(theme.Options{}), Width: 40, Height: 1})
		f.SetSize(40, 3)
		f.SetSize(40, c.height)
		if first, last, _ := f.Shown(); first != c.first || last != c.lines {
			t.Errorf("%d lines in %d rows: shows %d to %d\n%s", c.lines, c.height, first, last, f.View())
		}
	}
}
