// Package widget holds the parts screens are drawn from. Widths are terminal
// cells throughout, measured and cut with package ansi, never with len.
package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells s takes. Most lines are plain ASCII with colours, and
// are counted here; everything else is measured by package ansi, which knows
// what letters join to one.
func Width(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case ' ' <= c && c <= '~':
			n++
		case c == '\x1b':
			size := colour(s[i:])
			if size == 0 {
				return ansi.StringWidth(s)
			}
			i += size - 1
		default:
			return ansi.StringWidth(s)
		}
	}
	return n
}

// colour is the length of the sequence that sets colours at the beginning of
// s, 0 when there is none: ESC [ numbers m.
func colour(s string) int {
	if len(s) < 2 || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}

// Cut shortens s to w cells, between words where there is a blank in the second
// half; what was cut is said by an ellipsis.
func Cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if Width(s) <= w {
		return s
	}
	plain := ansi.Strip(s)
	head := ansi.Truncate(plain, w-1, "")
	if rest := plain[len(head):]; !strings.HasPrefix(rest, " ") {
		if i := strings.LastIndexByte(head, ' '); i > 0 && Width(head[:i]) >= w/2 {
			head = head[:i]
		}
	}
	head = strings.TrimRight(head, " ,;:·-")
	return ansi.Truncate(s, Width(head)+1, "…")
}

// Pad cuts or fills s to exactly w cells.
func Pad(s string, w int) string {
	s = Cut(s, w)
	return s + strings.Repeat(" ", max(0, w-Width(s)))
}

// PadLeft cuts s or moves it right, to exactly w cells.
func PadLeft(s string, w int) string {
	s = Cut(s, w)
	return strings.Repeat(" ", max(0, w-Width(s))) + s
}

// Spread is one line of w cells with left and right at its ends. The left side
// is cut when both do not fit; the right side goes when less than a third of
// the line were left for the left one.
func Spread(left, right string, w int) string {
	rw := Width(right)
	if rw == 0 {
		return Cut(left, w)
	}
	if room := w - rw - 2; Width(left) > room && room < w/3 {
		return Cut(left, w)
	}
	left = Cut(left, max(0, w-rw-2))
	return left + strings.Repeat(" ", max(0, w-rw-Width(left))) + right
}

// Wrap breaks plain text into lines of at most w cells, at blanks and, in words
// longer than a line, where it must. It does not break at hyphens: names of
// hosts have them. Line breaks of its own are kept.
func Wrap(s string, w int) []string {
	w = max(1, w)
	var out []string
	for _, line := range strings.Split(s, "\n") {
		for Width(line) > w {
			head := ansi.Truncate(line, w, "")
			if head == "" { // a character wider than the line
				break
			}
			if rest := line[len(head):]; !strings.HasPrefix(rest, " ") {
				if i := strings.LastIndexByte(head, ' '); strings.TrimSpace(head[:max(0, i)]) != "" {
					head = head[:i]
				}
			}
			out = append(out, strings.TrimRight(head, " "))
			line = strings.TrimLeft(line[len(head):], " ")
		}
		out = append(out, line)
	}
	return out
}

// Hang wraps text after a label: the label stands in the first line, all lines
// of text begin at the same column.
func Hang(label string, column int, text string, w int) []string {
	lines := Wrap(text, max(8, w-column))
	for i, l := range lines {
		if i == 0 {
			lines[i] = Pad(label, column) + l
		} else {
			lines[i] = strings.Repeat(" ", column) + l
		}
	}
	return lines
}

// Box fits a view into w cells and h lines: longer lines are cut, missing
// lines are added, lines too many are left out at the end.
func Box(view string, w, h int) []string {
	lines := strings.Split(view, "\n")
	if len(lines) > h {
		lines = lines[:max(0, h)]
	}
	for i, l := range lines {
		if len(l) > w { // bytes are never fewer than cells
			lines[i] = ansi.Truncate(l, w, "")
		}
	}
	for len(lines) < h {
		lines = append(lines, "")
	}
	return lines
}

// Indent puts n blanks before every line that holds something.
func Indent(lines []string, n int) []string {
	pad := strings.Repeat(" ", n)
	out := make([]string, len(lines))
	for i, l := range lines {
		if l != "" {
			l = pad + l
		}
		out[i] = l
	}
	return out
}

// Count says a number of things: "1 task", "3 tasks".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}
