package rfi

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"unicode/utf8"
)

// mailWidth is the longest line of the plain text, so that mail programs do
// not wrap it (RFC 5322 part 2.1.1).
const mailWidth = 76

func (s sheet) markdown() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Request for Information: %s\n\n", escapeMarkdown(s.name()))
	if s.Demo != "" {
		fmt.Fprintf(&b, "**%s**\n\n", s.Demo)
	}
	for _, p := range s.head() {
		fmt.Fprintf(&b, "- %s: %s\n", p[0], escapeMarkdown(p[1]))
	}
	if missing := s.StillMissing; len(missing) > 0 {
		b.WriteString("\n## Still missing\n\n")
		for _, m := range missing {
			fmt.Fprintf(&b, "- %s\n", escapeMarkdown(m))
		}
	}
	for _, sec := range s.Sections {
		fmt.Fprintf(&b, "\n## %s\n", escapeMarkdown(sec.Title))
		for _, l := range sec.Lines {
			fmt.Fprintf(&b, "\n**%s**\n\n", escapeMarkdown(l.Label))
			l.markdown(&b)
		}
	}
	return []byte(b.String())
}

func (l sheetLine) markdown(b *strings.Builder) {
	switch {
	case len(l.Answer) == 0:
		fmt.Fprintf(b, "_%s_\n", l.state())
	case len(l.Items) > 0:
		for _, a := range l.Answer {
			fmt.Fprintf(b, "- %s\n", escapeMarkdown(a))
		}
	default:
		for i, a := range l.Answer {
			if i > 0 {
				b.WriteString("\n") // a line break would need trailing blanks
			}
			fmt.Fprintf(b, "%s\n", escapeMarkdown(a))
		}
	}
	if o := l.origin(); o != "" {
		fmt.Fprintf(b, "\n(%s)\n", escapeMarkdown(o))
	}
	if bad := l.unread(); len(bad) > 0 {
		b.WriteString("\nCould not be read:\n\n")
		for _, p := range bad {
			fmt.Fprintf(b, "- %s\n", escapeMarkdown(p))
		}
	}
}

// escapeMarkdown makes text from outside plain text in Markdown, including at
// the start of a line.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for i, c := range s {
		if strings.ContainsRune("\\`*_[]<>|#~&", c) || i == 0 && strings.ContainsRune("-+=", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	out := b.String()
	// "1. " at the start would open a numbered list.
	if n := len(out) - len(strings.TrimLeft(out, "0123456789")); n > 0 && n < len(out) && (out[n] == '.' || out[n] == ')') && (n+1 == len(out) || out[n+1] == ' ') {
		out = out[:n] + `\` + out[n:]
	}
	return out
}

func (s sheet) text() []byte {
	var b strings.Builder
	title := "Request for Information: " + s.name()
	if s.Domain != "" && s.Domain != s.Organisation {
		title += " (" + s.Domain + ")"
	}
	fmt.Fprintf(&b, "Subject: %s\n\n", title)
	if s.Demo != "" {
		wrap(&b, "", s.Demo)
		b.WriteString("\n")
	}
	for _, p := range s.head() {
		wrap(&b, "", p[0]+": "+p[1])
	}
	if missing := s.StillMissing; len(missing) > 0 {
		b.WriteString("\nStill missing:\n")
		for _, m := range missing {
			wrap(&b, "  - ", m)
		}
	}
	for _, sec := range s.Sections {
		fmt.Fprintf(&b, "\n%s\n%s\n", strings.ToUpper(sec.Title), strings.Repeat("-", len(sec.Title)))
		for _, l := range sec.Lines {
			b.WriteString("\n")
			wrap(&b, "", l.Label)
			if len(l.Answer) == 0 {
				wrap(&b, "    ", "("+l.state()+")")
			}
			for _, a := range l.Answer {
				wrap(&b, "    ", a)
			}
			if o := l.origin(); o != "" {
				wrap(&b, "    ", "("+o+")")
			}
			for _, p := range l.unread() {
				wrap(&b, "    ! ", "could not be read: "+p)
			}
		}
	}
	return []byte(b.String())
}

// wrap writes a paragraph after a prefix; further lines are indented as far. A
// word that is longer than a line stays whole, so that it can be copied.
func wrap(b *strings.Builder, prefix, s string) {
	indent := strings.Repeat(" ", len(prefix))
	at := 0 // width of the line so far, 0 before its first word
	for _, w := range strings.Fields(s) {
		n := utf8.RuneCountInString(w)
		switch {
		case at == 0:
			b.WriteString(prefix + w)
			at = len(prefix) + n
		case at+1+n > mailWidth:
			b.WriteString("\n" + indent + w)
			at = len(indent) + n
		default:
			b.WriteString(" " + w)
			at += 1 + n
		}
	}
	b.WriteString("\n")
}

func (s sheet) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"Section", "Question", "Required", "Answer", "State", "Id"}}
	for _, l := range s.lines {
		required, state := "no", "answered"
		if l.Required {
			required = "yes"
		}
		if len(l.Answer) == 0 {
			state = l.state()
		} else if len(l.unread()) > 0 {
			state = "in part: " + strings.Join(l.unread(), "; ")
		}
		rows = append(rows, []string{l.section, l.Label, required, strings.Join(l.Answer, "\n"), state, l.ID})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = DefuseCell(row[i])
		}
		if err := w.Write(row); err != nil {
			return nil, fmt.Errorf("write the RFI as CSV: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// DefuseCell puts an apostrophe before a cell that a spreadsheet would take
// for a formula (CWE-1236; OWASP ASVS 5, 1.2.10). Full-width forms and cells
// that begin with blanks or quotes before the sign count as well.
func DefuseCell(s string) string {
	t := strings.TrimLeft(s, " \"'\u00a0\u3000")
	if t == "" {
		return s
	}
	if strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(t)[0]) {
		return "'" + s
	}
	return s
}

// ArmCell gives back what DefuseCell was given.
func ArmCell(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && DefuseCell(rest) == s {
		return rest
	}
	return s
}
