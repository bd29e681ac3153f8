package form

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/rfi"
	"mxodus/ui/theme"
)

var styles = theme.New(theme.Options{NoColor: true})

func press(f *Field, keys ...string) {
	for _, k := range keys {
		f.Update(keyMsg(k))
	}
}

func keyMsg(k string) tea.KeyMsg {
	alt := strings.HasPrefix(k, "alt+")
	k = strings.TrimPrefix(k, "alt+")
	for t := tea.KeyType(-200); t < 200; t++ {
		if t != tea.KeyRunes && (tea.Key{Type: t}).String() == k {
			return tea.KeyMsg{Type: t, Alt: alt}
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k), Alt: alt}
}

func paste(f *Field, text string) {
	f.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
}

func typeIn(f *Field, text string) {
	for _, r := range text {
		if r == ' ' {
			f.Update(tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}})
			continue
		}
		f.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
}

func options(n int) []rfi.Option {
	var out []rfi.Option
	for i := range n {
		out = append(out, rfi.Option{Value: fmt.Sprintf("v%d", i), Label: fmt.Sprintf("Row %d", i), Help: "h"})
	}
	return out
}

func newField(t rfi.Type, text string) *Field {
	return New(Options{Type: t, Text: text, Value: text, Choices: options(12), Styles: styles, Width: 40, Height: 4})
}

var allTypes = []rfi.Type{
	rfi.Text, rfi.LongText, rfi.Email, rfi.EmailList, rfi.IPList, rfi.Choice, rfi.MultiChoice,
	rfi.YesNo, rfi.Date, rfi.Number, rfi.File, rfi.Checklist,
}

// The height is exact whatever stands in the field: huh's form is a line too
// tall, and with a long message far more.
func TestViewIsExactlyAsLargeAsSaid(t *testing.T) {
	texts := []string{"", "x", strings.Repeat("long word ", 60), strings.Repeat("w", 900), strings.Repeat("line\n", 80), "日本語テキスト" + strings.Repeat("字", 80)}
	for _, typ := range allTypes {
		for _, text := range texts {
			f := newField(typ, text)
			for _, size := range [][2]int{{58, 1}, {58, 3}, {78, 9}, {116, 30}, {8, 1}} {
				f.SetSize(size[0], size[1])
				for _, k := range []string{"", "end", "down", "pgdown", "x", "home"} {
					if k != "" {
						press(f, k)
					}
					rows := strings.Split(f.View(), "\n")
					if len(rows) != size[1] {
						t.Fatalf("%s %v after %q: %d rows", typ, size, k, len(rows))
					}
					for _, r := range rows {
						if w := ansi.StringWidth(r); w > size[0] {
							t.Fatalf("%s %v after %q: row of %d cells: %q", typ, size, k, w, r)
						}
					}
				}
			}
		}
	}
}

// No validator holds the focus: after the keys that leave a field, typing still
// goes into it should the page stay.
func TestKeysThatLeaveNeverReachTheField(t *testing.T) {
	for _, typ := range allTypes {
		f := newField(typ, "")
		before := f.Value()
		press(f, "shift+tab", "ctrl+c", "enter", "tab", "esc", "ctrl+z", "shift+tab")
		if f.Value() != before {
			t.Errorf("%s: value became %q", typ, f.Value())
		}
		if !f.CapturesText() {
			continue
		}
		typeIn(f, "not an address")
		if f.Value() != "not an address" {
			t.Errorf("%s: typing after shift+tab and ctrl+c gave %q", typ, f.Value())
		}
	}
}

func TestSizeMessagesDoNotReachHuh(t *testing.T) {
	for _, typ := range allTypes {
		f := newField(typ, "v1")
		before := f.View()
		f.Update(tea.WindowSizeMsg{Width: 5, Height: 1})
		if f.View() != before {
			t.Errorf("%s: a window size changed the field", typ)
		}
	}
}

// ctrl+v pastes once; in a huh form it does twice.
func TestClipboardGoesInOnce(t *testing.T) {
	for _, typ := range []rfi.Type{rfi.Text, rfi.IPList} {
		f := New(Options{Type: typ, Styles: styles, Width: 40, Height: 3, Clipboard: func() (string, error) { return "a\r\nb\r\n", nil }})
		cmd := f.Update(keyMsg("ctrl+v"))
		if cmd == nil {
			t.Fatalf("%s: no command to read the clipboard", typ)
		}
		msg := cmd()
		f.Update(msg)
		want := "a b"
		if typ == rfi.IPList {
			want = "a\nb\n"
		}
		if f.Value() != want {
			t.Errorf("%s: got %q, want %q", typ, f.Value(), want)
		}
		other := New(Options{Type: typ, Styles: styles, Width: 40, Height: 3})
		other.Update(msg)
		if !other.Empty() {
			t.Errorf("%s: a paste meant for another field went in: %q", typ, other.Value())
		}
	}
	f := New(Options{Type: rfi.Text, Text: "keep", Styles: styles, Width: 40, Height: 1, Clipboard: func() (string, error) { return "", errors.New("no clipboard") }})
	f.Update(f.Update(keyMsg("ctrl+v"))())
	if f.Value() != "keep" {
		t.Errorf("a failed paste changed the text to %q", f.Value())
	}
}

func TestPasteIsCleaned(t *testing.T) {
	cases := []struct {
		name, in, line, lines string
		removed               int
	}{
		{"crlf", "a\r\nb", "a b", "a\nb", 0},
		{"lone cr", "a\rb", "a b", "a\nb", 0},
		{"ends", "\n a \n", "a", "\n a \n", 0},
		{"tab", "name\t1.2.3.4", "name 1.2.3.4", "name\t1.2.3.4", 0},
		{"no-break blank", "a\u00a0b", "a b", "a b", 0},
		{"zero width", "a\u200bb\ufeff", "ab", "ab", 2},
		{"bidi", "\u202eevil\u202c", "evil", "evil", 2},
		{"escape", "\x1b]52;c;aGk=\x07x\x1b[2J", "]52;c;aGk=x[2J", "]52;c;aGk=x[2J", 3},
		{"c1", "a\u009bb\x9bc", "abc", "abc", 2},
		{"nul, del, backspace", "a\x00b\x7fc\bd", "abcd", "abcd", 3},
		{"line separator", "a\u2028b", "a b", "a\nb", 0},
		{"zalgo", "a" + strings.Repeat("\u0301", 9), "a" + strings.Repeat("\u0301", 4), "a" + strings.Repeat("\u0301", 4), 5},
		{"letters of the world", "münchen 東京 موقع", "münchen 東京 موقع", "münchen 東京 موقع", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			one, many := newField(rfi.Text, ""), newField(rfi.IPList, "")
			paste(one, c.in)
			paste(many, c.in)
			if one.Value() != c.line || one.Removed() != c.removed {
				t.Errorf("one line: %q, %d removed; want %q, %d", one.Value(), one.Removed(), c.line, c.removed)
			}
			if many.Value() != c.lines || many.Removed() != c.removed {
				t.Errorf("lines: %q, %d removed; want %q, %d", many.Value(), many.Removed(), c.lines, c.removed)
			}
		})
	}
}

// A paste is text, never a key: letters that are keys elsewhere and key names
// do nothing but stand there.
func TestPasteNeverActsAsKey(t *testing.T) {
	for _, text := range []string{"q", "enter", "ctrl+c", "tab", "?", "/", "esc"} {
		for _, typ := range []rfi.Type{rfi.Text, rfi.IPList} {
			f := newField(typ, "")
			paste(f, text)
			if f.Value() != text {
				t.Errorf("%s: pasting %q gave %q", typ, text, f.Value())
			}
		}
		f := newField(rfi.Choice, "v3")
		paste(f, text)
		if f.Value() != "v3" || f.Cursor() != 3 {
			t.Errorf("pasting %q into a choice moved it to %q, row %d", text, f.Value(), f.Cursor())
		}
	}
}

// Text from the store is made safe too, and a field that only shows it is not
// dirty for that.
func TestStoredTextIsCleanedAndNotDirty(t *testing.T) {
	for _, typ := range []rfi.Type{rfi.Text, rfi.IPList, rfi.Choice, rfi.MultiChoice} {
		f := New(Options{Type: typ, Text: "a\x1b[2Jb\r\n", Choices: options(2), Styles: styles, Width: 40, Height: 4})
		if strings.ContainsAny(f.View(), "\x1b\r") {
			t.Errorf("%s: a control character in the view %q", typ, f.View())
		}
		if f.Dirty() {
			t.Errorf("%s: dirty before any key", typ)
		}
	}
}

func TestOptionLabelsAreSafeAndOneRow(t *testing.T) {
	f := New(Options{Type: rfi.Choice, Styles: styles, Width: 30, Height: 4, Choices: []rfi.Option{
		{Value: "a", Label: "bad \x1b]0;x\x07 " + strings.Repeat("long ", 20)}, {Value: "b", Label: "two\nrows"},
	}})
	if v := f.View(); strings.Contains(v, "\x1b]") || strings.Count(v, "\n") != 3 || !strings.Contains(v, `two\nrows`) {
		t.Errorf("view is %q", v)
	}
}

func TestCursorIsKept(t *testing.T) {
	for _, typ := range []rfi.Type{rfi.Text, rfi.IPList} {
		f := newField(typ, "203.0.113.25")
		if f.Cursor() != 12 {
			t.Fatalf("%s: cursor begins at %d, want the end, 12", typ, f.Cursor())
		}
		f.SetCursor(4)
		f.SetSize(60, 2)
		if f.Cursor() != 4 {
			t.Errorf("%s: resize moved the cursor to %d", typ, f.Cursor())
		}
		again := newField(typ, f.Value()) // as on coming back
		again.SetCursor(f.Cursor())
		typeIn(again, "X")
		if again.Value() != "203.X0.113.25" {
			t.Errorf("%s: typed at the wrong place: %q", typ, again.Value())
		}
		again.SetCursor(999)
		if again.Cursor() != 13 {
			t.Errorf("%s: cursor beyond the end at %d", typ, again.Cursor())
		}
	}
	for _, typ := range []rfi.Type{rfi.Choice, rfi.MultiChoice} {
		f := newField(typ, "")
		f.SetCursor(7)
		f.SetSize(20, 3)
		if f.Cursor() != 7 || !strings.Contains(f.View(), "Row 7") {
			t.Errorf("%s: cursor at %d in\n%s", typ, f.Cursor(), f.View())
		}
	}
}

func TestResizeWhileTypingLosesNothing(t *testing.T) {
	text := "one two three four five six seven eight nine ten eleven"
	for _, typ := range []rfi.Type{rfi.Text, rfi.LongText} {
		f := newField(typ, "")
		for i, r := range text {
			typeIn(f, string(r))
			f.SetSize(8+(i*37)%150, 1+(i*7)%20)
			f.View()
		}
		if f.Value() != text {
			t.Errorf("%s: got %q", typ, f.Value())
		}
	}
}

// Looking at other rows answers nothing: only taking one does.
func TestMovingOverAChoiceAnswersNothing(t *testing.T) {
	f := newField(rfi.Choice, "v2")
	press(f, "down", "down")
	if f.Dirty() || f.Value() != "v2" {
		t.Fatalf("moving changed the value to %q", f.Value())
	}
	if o, ok := f.Hovered(); !ok || o.Value != "v4" {
		t.Fatalf("on row %+v, want v4", o)
	}
	f.Take()
	if f.Value() != "v4" || !f.Dirty() {
		t.Errorf("taken %q", f.Value())
	}
	if !strings.Contains(f.View(), "(x) Row 4") {
		t.Errorf("the row taken is not marked:\n%s", f.View())
	}
}

func TestChoiceRows(t *testing.T) {
	f := New(Options{Type: rfi.YesNo, Optional: true, Styles: styles, Width: 40, Height: 3})
	press(f, "n")
	f.Take()
	if f.Value() != "no" {
		t.Errorf("n gave %q", f.Value())
	}
	press(f, "y")
	f.Take()
	if f.Value() != "yes" {
		t.Errorf("y gave %q", f.Value())
	}
	press(f, "end")
	f.Take()
	if f.Value() != "" {
		t.Errorf("leaving open gave %q", f.Value())
	}
	required := New(Options{Type: rfi.YesNo, Styles: styles, Width: 40, Height: 3})
	if strings.Contains(required.View(), "Leave open") {
		t.Error("a required question offers to leave it open")
	}
	hover := New(Options{Type: rfi.Choice, Choices: options(5), Hover: "v3", Styles: styles, Width: 40, Height: 3})
	if hover.Cursor() != 3 || hover.Value() != "" {
		t.Errorf("begins on row %d with %q", hover.Cursor(), hover.Value())
	}
}

func TestMultiChoice(t *testing.T) {
	f := newField(rfi.MultiChoice, "v1\nv3")
	press(f, "down", "x", "down", "down", " ")
	if f.Value() != "" {
		t.Errorf("after unticking both: %q", f.Value())
	}
	press(f, "end", "x", "home", " ")
	if f.Value() != "v0\nv11" {
		t.Errorf("got %q", f.Value())
	}
	if _, last, total := f.Shown(); last != 4 || total != 12 {
		t.Errorf("shown up to %d of %d", last, total)
	}
	empty := New(Options{Type: rfi.MultiChoice, Styles: styles, Width: 40, Height: 3})
	press(empty, "down", "x", "end")
	empty.View()
	if empty.Value() != "" {
		t.Errorf("no options, value %q", empty.Value())
	}
}

// A quarter of a megabyte in a field of one line is nonsense, and must not make it hang.
func TestHugeTextInOneLine(t *testing.T) {
	f := newField(rfi.Text, "")
	text := strings.Repeat("x", 1<<18)
	start := time.Now()
	paste(f, text)
	for i := range 20 {
		f.SetSize(40+i, 1)
		f.View()
	}
	f.SetCursor(1 << 17)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if f.Value() != text {
		t.Errorf("%d characters are left", len(f.Value()))
	}
}

// TestAChoiceBeginsWithNothing: without a suggestion no row of a required choice
// is pointed at, so that Enter answers nothing unseen.
func TestAChoiceBeginsWithNothing(t *testing.T) {
	options := []rfi.Option{{Value: "a", Label: "First"}, {Value: "b", Label: "Second"}}
	for _, o := range []Options{
		{Type: rfi.Choice, Choices: options}, {Type: rfi.YesNo}, {Type: rfi.Choice, Choices: options, Text: "no such choice"},
	} {
		o.Styles, o.Width, o.Height = theme.New(theme.Options{Dark: true}), 40, 4
		f := New(o)
		f.Take()
		if !f.Undecided() || f.Cursor() != -1 || f.Dirty() || strings.Contains(f.View(), "▸") {
			t.Fatalf("%q: Enter answers %q, the cursor is at %d:\n%s", o.Text, f.Value(), f.Cursor(), f.View())
		}
		f.Update(tea.KeyMsg{Type: tea.KeyDown})
		if f.Undecided() || f.Cursor() != 0 || !strings.Contains(f.View(), "▸") {
			t.Fatalf("down leads to %d:\n%s", f.Cursor(), f.View())
		}
		f.Take()
		if f.Value() == "" {
			t.Error("nothing was taken")
		}
	}
	o := Options{Type: rfi.Choice, Choices: options, Hover: "b", Styles: theme.New(theme.Options{}), Width: 40, Height: 4}
	if f := New(o); f.Undecided() || f.Cursor() != 1 {
		t.Error("what was found is not pointed at")
	}
	o.Hover, o.Optional = "", true
	if f := New(o); f.Undecided() || f.Cursor() != 2 {
		t.Error("an optional choice does not begin on leaving it open")
	}
}
