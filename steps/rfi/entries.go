package rfi

import (
	"fmt"
	"strings"
	"unicode"

	"mxodus/steps/pattern"
)

// entry is one word of a list, with the line it stood on.
type entry struct {
	text string // without brackets, quotes and trailing punctuation
	raw  string // as it stood there
	line int
}

// row is one line of a list, ready to be read.
type row struct {
	entries []entry
	line    int
}

// listShape says how the entries of a list look.
type listShape struct {
	// looks reports a word that is meant as an entry, right or wrong. In a row
	// of tab-separated cells the others are other columns.
	looks func(string) bool
	// prefixes are taken off the front of an entry: "smtp:", "ip4:".
	prefixes []string
	// keepBrackets leaves [..] alone where it is part of the notation.
	keepBrackets bool
}

var (
	bullet  = pattern.New(`^\s*(?:[-*+•·–—‣▪●○◦]|\(?\d{1,3}[.)]|[a-zA-Z]\))\s+`)
	comment = pattern.New(`(?:^|\s)#.*$`)
	// headings are the words that column headings are made of.
	headings = map[string]bool{}
)

func init() {
	for _, w := range strings.Fields(`ip ips ipv4 ipv6 address addresses range ranges network networks subnet
		subnets mask masks netmask cidr block blocks host hosts hostname hostnames name names domain domains email
		e-mail mail emails mailbox description comment comments note notes public external internal outbound
		inbound server servers list type status record value no nr number the of and forwarding to from service
		services sender senders smarthost smart port spf include includes`) {
		headings[w] = true
	}
}

// heading reports a line made of heading words alone.
func heading(line string) bool {
	words := strings.FieldsFunc(strings.ToLower(line), func(c rune) bool {
		return strings.ContainsRune(" \t,;:/()_|\"'", c)
	})
	for _, w := range words {
		if !headings[w] {
			return false
		}
	}
	return len(words) > 0
}

// rows splits a pasted list. Every word ends up in a row or in a note.
func (r *reading) rows(text string, shape listShape) []row {
	var out []row
	count, first := 0, true
	lines := strings.Split(strings.TrimRight(text, "\n "), "\n")
	for i, line := range lines {
		n := i + 1
		line = stripBullets(r.uncomment(line, n))
		if strings.TrimSpace(line) == "" {
			continue
		}
		table := strings.Contains(strings.TrimSpace(line), "\t") && i+1 < len(lines)
		if first && (heading(line) || table) && !anyLooks(line, shape) {
			r.notes.add(noteHeading, n, "left out a heading: "+clip(line))
			continue
		}
		first = false
		entries := r.words(line, n, shape)
		if count += len(entries); count > maxEntries {
			r.problem(n, "", fmt.Sprintf("at most %d entries are read; this line and those after it were not, so split the list", maxEntries))
			break
		}
		out = append(out, row{entries, n})
	}
	return out
}

// uncomment takes off what stands after a # and says so.
func (r *reading) uncomment(line string, n int) string {
	if !strings.Contains(line, "#") {
		return line
	}
	if loc := comment.FindStringIndex(line); loc != nil {
		r.notes.add(noteComment, n, "left out a comment: "+clip(line[loc[0]:]))
		line = line[:loc[0]]
	}
	return line
}

func stripBullets(line string) string {
	for {
		if t := strings.TrimLeft(line, " \t"); t == "" || !strings.ContainsAny(t, " \t") {
			return line // a bullet has something after it
		}
		loc := bullet.FindStringIndex(line)
		if loc == nil {
			return line
		}
		line = line[loc[1]:]
	}
}

func anyLooks(line string, shape listShape) bool {
	for _, w := range strings.Fields(line) {
		if shape.looks(w) {
			return true
		}
	}
	return false
}

// words splits a line; in a row of cells, words that are not meant as entries
// are noted and left out.
func (r *reading) words(line string, n int, shape listShape) []entry {
	var all []entry
	meant := false
	for _, w := range strings.FieldsFunc(line, separator) {
		e := entry{text: w, raw: w, line: n}
		e.text = r.unframe(w, n, shape)
		if e.text == "" { // brackets or quotes alone, or a prefix before nothing
			if strings.ContainsFunc(w, unicode.IsLetter) {
				r.problem(n, w, "there is nothing after this prefix")
			}
			continue
		}
		meant = meant || shape.looks(e.text)
		all = append(all, e)
	}
	if !meant || !strings.Contains(strings.TrimSpace(line), "\t") {
		return all
	}
	var kept []entry
	for _, e := range all {
		if shape.looks(e.text) || glue[strings.ToLower(e.text)] {
			kept = append(kept, e)
			continue
		}
		r.notes.add(noteColumn, n, "left out another column: "+clip(e.raw))
	}
	return kept
}

// glue joins two addresses to a range.
var glue = map[string]bool{"-": true, "–": true, "—": true, "to": true}

func separator(c rune) bool {
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '|' || c == '，' || c == '；' || c == '、'
}

const (
	openers = "<({\"'`“‘«„‚"
	closers = ">)}\"'`”’»“‘"
)

// unframe takes off brackets, quotes, prefixes and final punctuation.
func (r *reading) unframe(w string, line int, shape listShape) string {
	s, framed := w, false
	for changed := true; changed; {
		changed = false
		t := strings.TrimLeft(s, openers)
		t = strings.TrimRight(t, closers)
		if !shape.keepBrackets || balanced(t) {
			t = strings.TrimSuffix(strings.TrimPrefix(t, "["), "]")
		}
		for _, p := range shape.prefixes {
			if len(t) > len(p) && strings.EqualFold(t[:len(p)], p) {
				t = strings.TrimPrefix(t[len(p):], "//")
			}
		}
		if t != s {
			s, changed, framed = t, true, true
		}
	}
	if framed && s != "" {
		r.notes.add(noteFraming, line, fmt.Sprintf("took %s out of %s", clip(s), clip(w)))
	}
	return s
}

// balanced reports [..] round the whole word, as opposed to "[::1]:25".
func balanced(s string) bool {
	return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") || strings.Count(s, "[") != strings.Count(s, "]")
}
