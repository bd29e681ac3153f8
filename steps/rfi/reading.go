package rfi

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"mxodus/steps"
	"mxodus/steps/clean"
)

const (
	// maxBytes is the longest text that is read; more is refused whole, since
	// a list cut in the middle would look complete.
	maxBytes = 4 << 20
	// maxEntries is how many entries of one list are read.
	maxEntries = 100_000
	// entryRunes is the length at which an entry is cut inside a message.
	entryRunes = 80
)

// reading is one text on its way to an Understood.
type reading struct {
	q     Question
	f     steps.Facts
	u     Understood
	notes notebook
	many  bool // the text has several lines, so messages name them
	seen  map[string]bool
}

// Parse reads text as an answer to q. Empty text gives an empty value; whether
// that is allowed is the business of Missing.
func (q Question) Parse(text string, f steps.Facts) Understood {
	r := &reading{q: q, f: f, seen: map[string]bool{}}
	if len(text) > maxBytes {
		r.problem(0, "", fmt.Sprintf("the text is %d bytes long and at most %d are read; nothing of it was used, so split it", len(text), maxBytes))
		return r.u
	}
	text = r.scrub(text)
	r.many = strings.Contains(strings.TrimSpace(text), "\n")
	if strings.TrimSpace(text) == "" {
		r.u.Notes = r.notes.lines(false)
		return r.u
	}
	if read, ok := readers[q.Type]; ok {
		read(r, text)
	}
	if len(r.u.Items) > 0 {
		r.u.Value = strings.Join(r.u.Items, "\n")
	}
	if r.u.Shown == "" && r.u.Value != "" {
		r.u.Shown = r.shown()
	}
	if q.Check != nil && r.u.Value != "" {
		q.Check(f, &r.u)
	}
	r.u.Notes = append(r.notes.lines(r.many), r.u.Notes...)
	return r.u
}

// readers by type. A list reader fills Items, all others Value.
var readers map[Type]func(*reading, string)

func init() { // not a literal: readers call back into the table through Parse
	readers = map[Type]func(*reading, string){
		Text: readText, LongText: readLongText, Email: readEmail, EmailList: readEmailList,
		Phone: readPhone, Domain: readDomain, DomainList: readDomainList,
		Host: readHost, HostList: readHostList, IPList: readIPList, CIDRList: readCIDRList,
		Choice: readChoice, MultiChoice: readMultiChoice, YesNo: readYesNo,
		Date: readDate, DateTime: readDateTime, Number: readNumber,
		Checklist: readChecklist, SenderList: readSenderList, PerDomain: readPerDomain, File: readFile,
	}
}

// scrub normalises line ends and blanks and takes out characters that cannot
// be seen, saying how many.
func (r *reading) scrub(s string) string {
	s = strings.TrimPrefix(s, "\ufeff") // byte order mark of a pasted file
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] >= 0x20 && s[i] < 0x7f || s[i] == '\n' || s[i] == '\t'
	}
	if ascii {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, c := range s {
		switch {
		case c == '\n' || c == '\t':
			b.WriteRune(c)
		case c == '\v' || c == '\f' || c == '\u2028' || c == '\u2029' || c == '\u0085':
			b.WriteByte('\n')
		case unicode.Is(unicode.Zs, c):
			b.WriteByte(' ')
		case c == utf8.RuneError:
			r.notes.add(noteHidden, 0, "left out 1 character that could not be read")
		case c >= 0x7f && string(clean.Line(string(c))) != string(c), c < 0x20:
			r.notes.add(noteHidden, 0, "left out 1 invisible character")
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

func (r *reading) problem(line int, entry, message string) {
	r.report(line, entry, message, false)
}

func (r *reading) warn(line int, entry, message string) {
	r.report(line, entry, message, true)
}

func (r *reading) report(line int, entry, message string, warning bool) {
	one := Problem{Line: line, Entry: clip(entry), Message: string(clean.Text(message)), Warning: warning}
	if n := len(r.u.Problems); warning && n > 0 && r.u.Problems[n-1] == one {
		return // each address of a range says the same
	}
	r.u.Problems = append(r.u.Problems, one)
}

// add takes an item unless it is there already.
func (r *reading) add(line int, item string) {
	if r.seen[item] {
		r.notes.add(noteDuplicate, line, "left out a duplicate of "+clip(item))
		return
	}
	r.seen[item] = true
	r.u.Items = append(r.u.Items, item)
}

// clip makes an entry safe to show and short enough for a message.
func clip(s string) string { return cut(string(clean.Line(strings.TrimSpace(s))), entryRunes) }

// cut ends a text that is longer than a number of characters with a mark.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n++; n == most {
			return s[:i] + "…"
		}
	}
	return s
}
