package rfi

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"mxodus/steps/clean"
	"mxodus/steps/pattern"
)

const (
	maxText = 300    // characters of a line of text
	maxLong = 20_000 // characters of a long text
)

func readText(r *reading, text string) {
	s := strings.Join(strings.Fields(text), " ")
	if strings.Contains(strings.TrimSpace(text), "\n") {
		r.notes.add(noteOther, 0, "wrote several lines as one")
	}
	if n := len([]rune(s)); n > maxText {
		r.problem(0, s, fmt.Sprintf("this is %d characters long; at most %d fit here", n, maxText))
		return
	}
	r.u.Value = settle(s)
}

// settle limits what no reader can see, such as piles of accents, so that the
// value can be shown as it is.
func settle(s string) string { return string(clean.Text(s)) }

func readLongText(r *reading, text string) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(strings.ReplaceAll(l, "\t", " "), " ")
	}
	s := strings.Join(lines, "\n")
	if n := len([]rune(s)); n > maxLong {
		r.problem(0, s, fmt.Sprintf("this is %d characters long; at most %d fit here", n, maxLong))
		return
	}
	r.u.Value = settle(s)
}

var ticked = pattern.New(`^\[[ xX✓~!-]?\]\s+`)

func readChecklist(r *reading, text string) {
	for i, line := range strings.Split(text, "\n") {
		for _, part := range strings.Split(line, ";") { // commas belong to sentences
			r.checklistItem(i+1, part)
		}
	}
}

func (r *reading) checklistItem(line int, text string) {
	item := strings.Join(strings.Fields(text), " ")
	for was := ""; was != item; {
		was = item
		item = ticked.ReplaceAllString(stripBullets(item), "")
	}
	if item = strings.TrimRight(item, " ,"); item == "" {
		return
	}
	if n := len([]rune(item)); n > maxText {
		r.problem(line, item, fmt.Sprintf("this item is %d characters long; at most %d fit", n, maxText))
		return
	}
	r.add(line, settle(item))
}

func readYesNo(r *reading, text string) {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(text), ".!\"'")) {
	case "y", "yes", "true":
		r.u.Value, r.u.Shown = "yes", "Yes"
	case "n", "no", "false":
		r.u.Value, r.u.Shown = "no", "No"
	default:
		r.problem(0, text, "this question takes yes or no (y or n)")
	}
}

func readPhone(r *reading, text string) {
	s := strings.TrimSpace(text)
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(s, "tel:"), "Tel:"))
	if t := strings.Replace(s, "(0)", "", 1); t != s {
		r.notes.add(noteOther, 0, "left out (0), which is dialled inside the country only")
		s = t
	}
	var digits strings.Builder
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits.WriteRune(c)
		case c == '+' && i == 0, strings.ContainsRune(" -.()/–‑\t\n", c):
		default:
			r.problem(0, text, "a phone number holds digits, blanks, dots, hyphens and brackets, with + before the country code; leave out extensions and words")
			return
		}
	}
	n := digits.String()
	switch {
	case strings.HasPrefix(s, "+"):
	case strings.HasPrefix(n, "00"):
		n = n[2:]
	default:
		r.problem(0, text, "add the country code with a + before it, such as +61 2 5550 1234, and leave out the 0 before the area code")
		return
	}
	switch {
	case strings.HasPrefix(n, "0"):
		r.problem(0, text, "no country code starts with 0; write it as in +61 2 5550 1234")
	case len(n) < 8 || len(n) > 15:
		r.problem(0, text, fmt.Sprintf("with its country code a number has 8 to 15 digits (E.164); this has %d", len(n)))
	default:
		r.u.Value = "+" + n
	}
}

var (
	amount = pattern.New(`^(\d{1,3}(?:[ ,_']\d{3})+|\d+)(?:\.(\d+))?\s*([a-zA-Z]*)\.?$`)
	units  = map[string]float64{
		"": 1, "b": 1, "byte": 1, "bytes": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40, "pib": 1 << 50,
	}
)

func readNumber(r *reading, text string) {
	s := strings.TrimSpace(text)
	m := amount.FindStringSubmatch(s)
	if m == nil {
		if strings.Count(s, ",") == 1 {
			r.problem(0, text, "a comma here may mean a decimal or thousands; write 1.5 with a dot, or the whole number without marks")
			return
		}
		r.problem(0, text, "a whole number is needed, such as "+r.q.Example)
		return
	}
	whole := strings.NewReplacer(" ", "", ",", "", "_", "", "'", "").Replace(m[1])
	factor, known := units[strings.ToLower(m[3])]
	switch {
	case m[3] != "" && (!known || !r.q.rules.bytes):
		r.problem(0, text, fmt.Sprintf("%q is not a unit that fits here; write the number alone", m[3]))
		return
	case m[2] != "" && factor == 1:
		r.problem(0, text, "a whole number is needed, without a decimal part")
		return
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err == nil && factor > 1 {
		f, ferr := strconv.ParseFloat(whole+"."+m[2]+"0", 64)
		if ferr != nil || f*factor > 9e18 {
			err = strconv.ErrRange
		}
		n = int64(f*factor + 0.5)
		r.warn(0, "", fmt.Sprintf("read as %s bytes; if you can, give the exact number that the file system shows", grouped(strconv.FormatInt(n, 10))))
	}
	if err != nil {
		r.problem(0, text, "this number is too large to be meant")
		return
	}
	if lo, hi := r.q.rules.min, r.q.rules.max; (lo != 0 || hi != 0) && (n < lo || n > hi) {
		r.problem(0, text, fmt.Sprintf("the number lies between %d and %d", lo, hi))
		return
	}
	r.u.Value = strconv.FormatInt(n, 10)
	if r.q.rules.bytes {
		r.u.Shown = grouped(r.u.Value) + " bytes"
		if factor > 1 { // whoever reads the form must know that it is not the exact number
			r.u.Shown += ", rounded: given as " + clip(s)
		}
	}
}

// grouped puts commas between thousands.
func grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func readFile(r *reading, text string) {
	s := strings.TrimSpace(text)
	if strings.Contains(s, "\n") {
		r.problem(0, text, "one file is asked for here; give one path, and add further files one by one")
		return
	}
	for was := ""; was != s; {
		was = s
		for _, q := range []string{`"`, "'", "“”", "‘’"} {
			open, end := firstLast(q)
			if len(s) >= len(open)+len(end) && strings.HasPrefix(s, open) && strings.HasSuffix(s, end) {
				s = strings.TrimSpace(s[len(open) : len(s)-len(end)])
			}
		}
		if rest, cut := strings.CutPrefix(s, "file://"); cut {
			if p, err := url.PathUnescape(strings.TrimPrefix(rest, "localhost")); err == nil {
				s = strings.TrimSpace(r.scrub(p))
			}
		}
		s = strings.TrimSpace(strings.ReplaceAll(s, `\ `, " "))
	}
	if s == "" || strings.Contains(s, "\n") {
		r.problem(0, text, "there is no path in this; one looks like "+r.q.Example)
		return
	}
	if !strings.Contains(s, `\`) {
		s = strings.TrimSpace(filepath.Clean(s))
	}
	if settle(s) != s || strings.Contains(s, "\t") {
		r.problem(0, text, "the path holds characters that cannot be shown; rename the file, or copy it to a plainer name")
		return
	}
	r.u.Value = s
}

func firstLast(q string) (open, end string) {
	rs := []rune(q)
	return string(rs[0]), string(rs[len(rs)-1])
}
