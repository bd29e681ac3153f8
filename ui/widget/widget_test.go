package widget

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/ui/keys"
	"mxodus/ui/theme"
)

var styles = theme.New(theme.Options{NoColor: true})

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"one two three", 7, "one two|three"},
		{"one two", 3, "one|two"},
		{"au-smtp-inbound-1.mimecast.com is it", 31, "au-smtp-inbound-1.mimecast.com|is it"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"a abcdefghij", 4, "a|abcd|efgh|ij"},
		{"  indented text", 10, "  indented|text"},
		{"a\n\nb", 5, "a||b"},
		{"世界世界", 5, "世界|世界"},
		{"界", 1, "界"},
		{"", 5, ""},
	} {
		if got := strings.Join(Wrap(c.in, c.w), "|"); got != c.want {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		left, right string
		w           int
		want        string
	}{
		{"left", "right", 14, "left     right"},
		{"a long left side", "right", 14, "a long…  right"},
		{"left", "a very long right side", 14, "left"},
		{"left", "", 14, "left"},
	} {
		if got := Spread(c.left, c.right, c.w); got != c.want {
			t.Errorf("Spread(%q, %q, %d) = %q, want %q", c.left, c.right, c.w, got, c.want)
		}
	}
}

const guidance = "# Title\n\nWhy it **matters**, with `code here` and a [page](https://example.com/x).\n\n" +
	"- first item that is long enough to be wrapped on a narrow screen, surely\n- second *item*\n  - inner\n\n1. one\n2. two\n\n" +
	"| Network | Netmask | Note |\n|---|---|---|\n| 103.13.69.0/24 | 255.255.255.0 | a note that is rather long and must wrap |\n| a \\| b | `x` | |\n\n" +
	"> quoted words\n\n```\nacl permit tcp 103.13.69.0 255.255.255.0 host 203.0.113.25 eq smtp\n\n  indented\n```\n\nunclosed **bold and `code\n"

func TestMarkdownFitsEveryWidth(t *testing.T) {
	for w := 10; w < 140; w++ {
		for i, l := range Markdown(styles, guidance, w) {
			if n := ansi.StringWidth(l); n > w {
				t.Fatalf("at width %d, line %d has %d cells: %q", w, i, n, l)
			}
		}
	}
}

func TestMarkdownLosesNothing(t *testing.T) {
	for _, w := range []int{20, 40, 80, 120} {
		text := strings.Join(strings.Fields(ansi.Strip(strings.Join(Markdown(styles, guidance, w), " "))), "")
		for _, want := range []string{
			"Title", "matters", "codehere", "page(https://example.com/x)", "wrappedonanarrowscreen", "inner", "1.one", "2.two",
			"103.13.69.0/24", "255.255.255.0", "ratherlong", "a|b", "quotedwords", "eqsmtp", "indented", "unclosed**boldand`code",
		} {
			if !strings.Contains(text, want) && w > 20 {
				t.Errorf("at width %d, %q is gone:\n%s", w, want, strings.Join(Markdown(styles, guidance, w), "\n"))
			}
		}
	}
}

func TestMarkdownTableIsAligned(t *testing.T) {
	got := Markdown(styles, "| Network | Mask |\n|---|---|\n| 103.13.69.0/24 | 255.255.255.0 |\n| 10.0.0.0/8 | 255.0.0.0 |", 60)
	want := []string{"Network          Mask", "103.13.69.0/24   255.255.255.0", "10.0.0.0/8       255.0.0.0"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add(guidance, 40)
	f.Add("| a |\n|-|\n```\n*", 1)
	f.Add("\\*`[](\x1b]52;", 9)
	f.Fuzz(func(t *testing.T, text string, w int) {
		w = 8 + abs(w)%120
		for _, l := range Markdown(styles, text, w) {
			if n := ansi.StringWidth(l); n > w+1 { // a wide character may not fit a line of one cell
				t.Fatalf("%d cells in %d: %q", n, w, l)
			}
			if strings.ContainsAny(l, "\x1b\x07\r") {
				t.Fatalf("a control character gets through: %q", l)
			}
		}
	})
}

func abs(n int) int {
	if n < 0 {
		n = -n
	}
	return max(0, n)
}

func TestTableShowsEveryCellAtEveryWidth(t *testing.T) {
	table := check.Table{
		Header: []clean.Shown{"range", "mail in 25", "mail out 25", "directory in 636", "https out 443"},
		Rows: [][]check.Cell{{
			{Text: "103.13.69.0/24"},
			{Mark: check.MarkGood, Text: "open"},
			{Mark: check.MarkBad, Text: "shut"},
			{Mark: check.MarkPart, Text: "half"},
			{Mark: check.MarkUnknown, Text: "no answer"},
		}},
		Note: "a note",
	}
	for w := 24; w <= 120; w++ {
		text := strings.Join(Table(styles, table, w), "\n")
		for _, want := range []string{"103.13.69.0/24", "✓ open", "✗ shut", "◐ half", "? no answer", "a note"} {
			if !strings.Contains(text, want) {
				t.Fatalf("at width %d, %q is gone:\n%s", w, want, text)
			}
		}
		for _, l := range strings.Split(text, "\n") {
			if ansi.StringWidth(l) > w {
				t.Fatalf("at width %d: %q", w, l)
			}
		}
	}
	ragged := check.Table{Header: []clean.Shown{"a"}, Rows: [][]check.Cell{{{Text: "1"}, {Text: "2"}}, {}}}
	if text := strings.Join(Table(styles, ragged, 40), "\n"); !strings.Contains(text, "2") {
		t.Errorf("a row longer than the header: %s", text)
	}
}

func TestListKeepsTheCursorInSight(t *testing.T) {
	for _, h := range []int{3, 4, 7, 12} {
		var l List
		l.SetLen(40)
		rows := make([][]string, 40)
		for i := range rows {
			rows[i] = []string{fmt.Sprintf("row %d.", i)}
			if i%5 == 0 {
				rows[i] = append(rows[i], "  more of it")
			}
		}
		for _, d := range []int{1, 1, 1, 1, 1, 1, 1, 1, 10, 10, -3, 15, -1, -1, -20, -40, 60} {
			l.Move(d)
			got := l.Render(styles, rows, h)
			if len(got) > h {
				t.Fatalf("%d lines in %d", len(got), h)
			}
			if want := fmt.Sprintf("row %d.", l.Cursor); !strings.Contains(strings.Join(got, "\n"), want) {
				t.Fatalf("height %d: the cursor's %q is out of sight:\n%s", h, want, strings.Join(got, "\n"))
			}
		}
	}
}

func TestKeyLineAlwaysShowsHelp(t *testing.T) {
	all := []key.Binding{keys.UpDown, keys.Open, keys.Run, keys.Export, keys.Find, keys.Back}
	for w := 8; w < 100; w++ {
		line := ansi.Strip(KeyLine(styles, all, keys.Help, w))
		if !strings.HasSuffix(line, "? help") && w >= 8 {
			t.Fatalf("in %d cells: %q", w, line)
		}
		if ansi.StringWidth(line) > w {
			t.Fatalf("in %d cells: %q", w, line)
		}
	}
	ascii := theme.New(theme.Options{NoColor: true, ASCII: true})
	if line := KeyLine(ascii, all, keys.Help, 120); ASCII(line) != line {
		t.Errorf("not ASCII: %q", line)
	}
}

func TestASCIIKeepsWidth(t *testing.T) {
	for _, s := range []string{"a ✓ b → c … “d”", "世界 é ●─┬", "plain", "a\u0301"} {
		got := ASCII(s)
		if ansi.StringWidth(got) != ansi.StringWidth(s) {
			t.Errorf("ASCII(%q) = %q: %d cells became %d", s, got, ansi.StringWidth(s), ansi.StringWidth(got))
		}
		for _, r := range got {
			if r > 126 {
				t.Errorf("ASCII(%q) = %q", s, got)
			}
		}
	}
}

func TestCutEndsBetweenWords(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"Recipient Validation and Dual Journaling", 36, "Recipient Validation and Dual…"},
		{"after steps 3, 4, 5", 15, "after steps 3…"},
		{"after steps 3, 4, 5", 19, "after steps 3, 4, 5"},
		{"one two", 4, "one…"},
		{"averyveryverylongname.example", 10, "averyvery…"},
		{"to averyveryverylongname.example", 12, "to averyver…"},
		{"", 3, ""},
		{"abc", 0, ""},
		{"\x1b[1mbold words here\x1b[0m", 12, "bold words…"},
	} {
		if got := ansi.Strip(Cut(c.in, c.w)); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

// FuzzWidth: the width counted here is that of package ansi.
func FuzzWidth(f *testing.F) {
	for _, s := range []string{
		"", "plain", "\x1b[1;38;2;11;95;165mYour turn\x1b[0m now", "↑↓ move", "世界", "e\u0301", "a\tb", "\x1b[", "\x1b[1", "\x1b[;m", "\x1b[m",
		"\x1b[2J", "\x1b]0;title\x07x", "\x1b[38:2m", "\x7f", "\x1b\x1b[1m", "\u0301x", "\x1b[1\x1b[1mx", "\xff\xfe",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := Width(s), ansi.StringWidth(s); got != want {
			t.Errorf("%q takes %d cells, ansi says %d", s, got, want)
		}
	})
}
