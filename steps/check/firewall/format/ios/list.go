package ios

import (
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/pattern"
)

// list is an access list as written.
type list struct {
	name     string
	line     int
	six      bool
	standard bool
	entries  []*entry
	last     int // the highest sequence number
	work     cisco.Work
}

// entry is one line of a list. Remarks are not kept.
type entry struct {
	seq   int
	line  int
	text  string
	words []string // from permit, deny or evaluate on
}

func (r *reader) list(name string, line int, six bool) *list {
	a := r.lists[name]
	if a == nil {
		a = &list{name: name, line: line, six: six}
		r.lists[name] = a
		r.listNames = append(r.listNames, name)
	}
	return a
}

// named reads ip access-list {standard | extended} NAME, and resequence.
func (r *reader) named(l *cisco.Line) bool {
	w := l.Words[2:]
	if len(w) == 0 {
		return false
	}
	standard := false
	switch w[0] {
	case "standard", "extended":
		standard, w = w[0] == "standard", w[1:]
	case "resequence":
		r.resequence(w[1:], l.Number)
		return true
	case "log-update", "logging", "match-local-traffic", "role-based", "persistent", "helper", "fqdn":
		r.Skip()
		return true
	}
	if len(w) == 0 {
		return false
	}
	a := r.list(w[0], l.Number, false)
	a.standard = standard
	r.Block = func(l *cisco.Line) bool { return r.entry(a, l, l.Words) }
	return true
}

// resequence gives the entries of a list new numbers.
func (r *reader) resequence(w []string, line int) {
	if len(w) < 1 || r.lists[w[0]] == nil {
		return
	}
	start, step := 10, 10
	if len(w) > 1 {
		if n, err := strconv.Atoi(w[1]); err == nil && n > 0 {
			start = n
		}
	}
	if len(w) > 2 {
		if n, err := strconv.Atoi(w[2]); err == nil && n > 0 {
			step = n
		}
	}
	a := r.lists[w[0]]
	if !a.work.May(len(a.entries), line) {
		return
	}
	for i, e := range a.entries {
		e.seq = start + i*step
		a.last = e.seq
	}
}

// numbered reads access-list NUMBER {permit | deny | remark} ...
func (r *reader) numbered(l *cisco.Line) bool {
	w := l.Words
	if len(w) < 3 {
		return false
	}
	n, err := strconv.Atoi(w[1])
	if err == nil && n >= 200 && n < 1300 {
		return true // other protocols than IP
	}
	a := r.list(w[1], l.Number, false)
	a.standard = err == nil && (n < 100 || n >= 1300 && n < 2000)
	rest := w[2:]
	if rest[0] == "extended" {
		rest = rest[1:]
	}
	return r.entry(a, l, rest)
}

// matches is how often an entry was met, in a listing.
var matches = pattern.New(`\(\d+ (estimate )?match(es)?[^)]*\)`)

// entry reads [NUMBER] {permit | deny | remark | evaluate} ..., in its place.
func (r *reader) entry(a *list, l *cisco.Line, w []string) bool {
	e := &entry{line: l.Number, text: l.Text}
	if strings.ContainsRune(l.Text, '(') {
		w = strings.Fields(matches.ReplaceAllString(strings.Join(w, " "), ""))
	}
	if len(w) > 3 && w[len(w)-2] == "sequence" { // as IPv6 lists are shown
		if n, err := strconv.Atoi(w[len(w)-1]); err == nil {
			e.seq, w = n, w[:len(w)-2]
		}
	}
	if len(w) > 1 && w[0] == "sequence" {
		w = w[1:]
	}
	if len(w) == 0 {
		return true
	}
	remove := false
	if w[0] == "no" {
		if remove, w = true, w[1:]; len(w) > 1 && w[0] == "sequence" {
			w = w[1:]
		}
	}
	if len(w) > 0 {
		if n, err := strconv.Atoi(w[0]); err == nil && n > 0 {
			e.seq, w = n, w[1:]
		}
	}
	if remove {
		if a.work.May(len(a.entries), e.line) {
			a.remove(e.seq, w)
		}
		return true
	}
	if len(w) == 0 {
		return false
	}
	switch w[0] {
	case "permit", "deny", "evaluate", "dynamic":
	case "remark", "exit", "description", "statistics":
		return true
	default:
		return false
	}
	e.words = w
	a.place(e)
	return true
}

// remove takes an entry away, by number or by what it says.
func (a *list) remove(seq int, w []string) {
	a.entries = slices.DeleteFunc(a.entries, func(e *entry) bool {
		return len(w) == 0 && e.seq == seq || len(w) > 0 && slices.Equal(e.words, w)
	})
}

// place puts an entry at its number: at the end where it has none, in place of
// the one that has the number.
func (a *list) place(e *entry) {
	if e.seq == 0 {
		e.seq = a.last + 10
	}
	if e.seq > a.last {
		a.last = e.seq
		a.entries = append(a.entries, e)
		return
	}
	i, found := slices.BinarySearchFunc(a.entries, e.seq, func(x *entry, seq int) int { return x.seq - seq })
	if found {
		a.entries[i] = e
		return
	}
	if a.work.May(len(a.entries), e.line) {
		a.entries = slices.Insert(a.entries, i, e)
	}
}

func (r *reader) rules() int {
	n := 0
	for _, name := range r.listNames {
		n += len(r.lists[name].entries)
	}
	return n
}
