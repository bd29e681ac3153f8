package rfi

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

var emailShape = listShape{
	looks:    func(w string) bool { return strings.Contains(w, "@") },
	prefixes: []string{"smtp:", "mailto:"},
	// kim@[203.0.113.25] is refused for what it is
	keepBrackets: true,
}

func readEmail(r *reading, text string) {
	e := entry{text: strings.TrimSpace(text), raw: strings.TrimSpace(text)}
	if inner, ok := angle(e.text); ok {
		r.notes.add(noteTaken, 0, fmt.Sprintf("took %s out of %s", clip(inner), clip(e.raw)))
		e.text = inner
	}
	e.text = strings.Trim(e.text, ",; ")
	if len(strings.FieldsFunc(e.text, separator)) > 1 {
		r.problem(0, text, "one e-mail address is asked for here, and it holds no spaces or commas")
		return
	}
	e.text = r.unframe(e.text, 0, emailShape)
	if a, ok := r.email(e); ok {
		r.u.Value, r.u.Shown = a, clip(a)
	}
}

// angle takes the address out of "Name <address>".
func angle(s string) (string, bool) {
	i, j := strings.IndexByte(s, '<'), strings.LastIndexByte(s, '>')
	if i < 0 || j < i || strings.TrimSpace(s[:i]) == "" {
		return s, false
	}
	return strings.TrimSpace(s[i+1 : j]), true
}

func readEmailList(r *reading, text string) {
	for _, row := range r.rows(r.unname(text), emailShape) {
		for _, e := range row.entries {
			if a, ok := r.email(e); ok {
				r.add(e.line, a)
			}
		}
	}
}

// unname replaces "Name <address>" by the address, in every part of every line.
func (r *reading) unname(text string) string {
	if !strings.Contains(text, "<") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		quoted := false
		parts := strings.FieldsFunc(line, func(c rune) bool {
			if c == '"' {
				quoted = !quoted // "Tran, Kim" <kim@acme.com>
			}
			return !quoted && (c == ',' || c == ';' || c == '\t')
		})
		changed := false
		for j, p := range parts {
			if inner, ok := angle(stripBullets(p)); ok && strings.Contains(inner, "@") {
				r.notes.add(noteTaken, i+1, fmt.Sprintf("took %s out of %s", clip(inner), clip(p)))
				parts[j], changed = inner, true
			}
		}
		if changed {
			lines[i] = strings.Join(parts, ", ")
		}
	}
	return strings.Join(lines, "\n")
}

// email reads one mailbox address (RFC 5321 part 4.1.2, without quoted names
// and address literals, which no mail service gives to people).
func (r *reading) email(e entry) (string, bool) {
	why := ""
	local, domain, at := cutLast(e.text, "@")
	switch {
	case !at:
		why = "an e-mail address has an @ in it, such as name@acme.com"
	case local == "":
		why = "there is nothing before the @"
	case domain == "":
		why = "there is no domain after the @"
	case strings.HasPrefix(local, `"`) || strings.HasSuffix(local, `"`):
		why = "addresses with quotes before the @ are not read here; give a plain one"
	case strings.Contains(local, "@"):
		why = "there is more than one @ in this"
	case strings.HasPrefix(domain, "["):
		why = "an address in brackets after the @ cannot be used; give a domain"
	default:
		why = localPart(local)
	}
	if why != "" {
		r.problem(e.line, e.raw, why)
		return "", false
	}
	d, ok := r.domain(entry{text: domain, raw: e.raw, line: e.line})
	if !ok {
		return "", false
	}
	if len(local)+1+len(d) > 254 {
		r.problem(e.line, e.raw, "an e-mail address has at most 254 characters (RFC 5321)")
		return "", false
	}
	if len(local) != utf8.RuneCountInString(local) {
		r.warn(e.line, e.raw, "there are letters other than a to z before the @; whether Mimecast takes them is unknown, ask Mimecast")
	}
	return local + "@" + d, true
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// localPart checks what stands before the @ (dot-atom of RFC 5322 part 3.2.3).
func localPart(s string) string {
	if len(s) > 64 {
		return "there are more than 64 characters before the @ (RFC 5321)"
	}
	if strings.HasPrefix(s, "#") {
		return "a # at the start marks a comment here; an address that begins with it cannot be given"
	}
	if strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..") {
		return "before the @ no dot stands first, last or beside another"
	}
	for _, c := range s {
		if c < 0x80 && !isAtom(c) {
			return fmt.Sprintf("%q cannot stand before the @", string(c))
		}
	}
	return ""
}

func isAtom(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", c)
}
