package formattest

import (
	"strings"
	"testing"
)

// Edit changes a text, and fails the test where there is nothing to change.
type Edit func(t testing.TB, text string) string

// Replace puts one text in the place of another, once.
func Replace(old, new string) Edit { return replace(old, new, 1) }

// All puts one text in the place of another, wherever it stands.
func All(old, new string) Edit { return replace(old, new, -1) }

func replace(old, new string, n int) Edit {
	return func(t testing.TB, text string) string {
		t.Helper()
		if old == new || !strings.Contains(text, old) {
			t.Fatalf("no %q to change in\n%s", old, text)
		}
		return strings.Replace(text, old, new, n)
	}
}

// Before and After put a text at the first place where a mark stands.
func Before(mark, more string) Edit { return Replace(mark, more+mark) }

// After is Before behind the mark.
func After(mark, more string) Edit { return Replace(mark, mark+more) }

// Append puts a text at the end.
func Append(more string) Edit {
	return func(_ testing.TB, text string) string { return text + more }
}

// Both makes several changes, in order.
func Both(list ...Edit) Edit {
	return func(t testing.TB, text string) string {
		t.Helper()
		for _, e := range list {
			text = e(t, text)
		}
		return text
	}
}

// Lines changes each line on its own: "" as the mark stands for every line, else
// those that hold it alone are changed.
func Lines(mark string, f func(line string) string) Edit {
	return func(t testing.TB, text string) string {
		t.Helper()
		lines, n := strings.Split(text, "\n"), 0
		for i, l := range lines {
			if strings.Contains(l, mark) {
				lines[i] = f(l)
				n++
			}
		}
		if n == 0 {
			t.Fatalf("no line with %q", mark)
		}
		return strings.Join(lines, "\n")
	}
}

// Swap exchanges two parts of a text, of which a stands first.
func Swap(a, b string) Edit {
	return func(t testing.TB, text string) string {
		t.Helper()
		i := strings.Index(text, a)
		if i < 0 {
			t.Fatalf("no %q to exchange", a)
		}
		j := strings.Index(text[i+len(a):], b)
		if j < 0 {
			t.Fatalf("no %q to exchange behind %q", b, a)
		}
		j += i + len(a)
		return text[:i] + b + text[i+len(a):j] + a + text[j+len(b):]
	}
}

// OnLine changes one line, the nth of the text.
func OnLine(text string, line int, f func(line string) string) string {
	lines := strings.Split(text, "\n")
	lines[line-1] = f(lines[line-1])
	return strings.Join(lines, "\n")
}

// Blank takes a line away and leaves an empty one, with those that it goes on
// in after an ending such as a backslash; "" goes on in none.
func Blank(more string) RuleEdit {
	return func(text string, line int) string {
		lines := strings.Split(text, "\n")
		for i := line - 1; i < len(lines); i++ {
			goesOn := more != "" && strings.HasSuffix(strings.TrimSpace(lines[i]), more)
			if lines[i] = ""; !goesOn {
				break
			}
		}
		return strings.Join(lines, "\n")
	}
}

// OnlyIf makes a change to rules whose line holds a mark.
func OnlyIf(mark string, f RuleEdit) RuleEdit {
	return func(text string, line int) string {
		if !strings.Contains(strings.Split(text, "\n")[line-1], mark) {
			return ""
		}
		return f(text, line)
	}
}

// Words exchanges two words on the line of a rule, whichever stands there.
func Words(a, b string) RuleEdit {
	return func(text string, line int) string {
		l := strings.Split(text, "\n")[line-1]
		switch {
		case strings.Contains(l, a):
			l = strings.Replace(l, a, b, 1)
		case strings.Contains(l, b):
			l = strings.Replace(l, b, a, 1)
		default:
			return ""
		}
		return OnLine(text, line, func(string) string { return l })
	}
}

// Next exchanges two texts in a rule of several lines, whichever stands first
// from its line on.
func Next(a, b string) RuleEdit {
	return func(text string, line int) string {
		at := 0
		for range line - 1 {
			at += strings.Index(text[at:], "\n") + 1
		}
		i, j := strings.Index(text[at:], a), strings.Index(text[at:], b)
		if i < 0 || j >= 0 && j < i {
			a, b, i = b, a, j
		}
		if i < 0 {
			return ""
		}
		return text[:at+i] + b + text[at+i+len(a):]
	}
}

// Object takes the JSON object of a line out of the list that it is in, and
// leaves its lines empty.
func Object(text string, line int) string {
	start, end := object(text, line)
	if start < 0 {
		return ""
	}
	if more := strings.TrimLeft(text[end:], " \n"); strings.HasPrefix(more, ",") {
		end = len(text) - len(more) + 1
	} else if before := strings.TrimRight(text[:start], " \n"); strings.HasSuffix(before, ",") {
		start = len(before) - 1
	}
	return text[:start] + strings.Repeat("\n", strings.Count(text[start:end], "\n")) + text[end:]
}

// InObject exchanges two texts in the JSON object of a line, whichever stands
// first in it.
func InObject(a, b string) RuleEdit {
	return func(text string, line int) string {
		start, end := object(text, line)
		if start < 0 {
			return ""
		}
		is := Next(a, b)(text[start:end], 1)
		if is == "" {
			return ""
		}
		return text[:start] + is + text[end:]
	}
}

// object is where the JSON object begins and ends that begins on a line, or
// else that the line is in; -1 where there is none.
func object(text string, line int) (start, end int) {
	for range line - 1 {
		start += strings.Index(text[start:], "\n") + 1
	}
	if rest := text[start:]; strings.HasPrefix(strings.TrimSpace(rest), "{") {
		start += strings.Index(rest, "{")
	} else {
		for depth := 0; depth <= 0; {
			if start = strings.LastIndexAny(text[:start], "{}"); start < 0 {
				return -1, -1
			}
			depth += braces[text[start]]
		}
	}
	depth := 0
	for end = start; end < len(text) && (depth > 0 || end == start); end++ {
		depth += braces[text[end]]
	}
	return start, end
}

var braces = map[byte]int{'{': 1, '}': -1}
