package rfi

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// toASCII maps a name as UTS 46 says for look-ups, without the transitional
// rules, and allows hyphens where registries do not: DNS has such names.
var toASCII = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(),
	idna.StrictDomainName(true), idna.CheckHyphens(false), idna.ValidateLabels(true))

// toShown turns A-labels back for people.
var toShown = idna.New(idna.Transitional(false), idna.CheckHyphens(false))

var domainShape = listShape{
	looks:    func(w string) bool { return strings.Contains(w, ".") || strings.Contains(w, "@") },
	prefixes: []string{"smtp:", "mailto:", "dns:", "domain:"},
}

// insideOnly are top-level names that never work on the internet, and
// exampleOnly those reserved for examples and tests (RFC 6761, RFC 2606).
var (
	insideOnly = map[string]bool{
		"local": true, "localdomain": true, "localhost": true, "internal": true, "intranet": true, "lan": true,
		"home": true, "corp": true, "private": true, "workgroup": true, "arpa": true, "onion": true, "alt": true,
	}
	exampleOnly = map[string]bool{"example": true, "test": true, "invalid": true}
)

func readDomain(r *reading, text string) {
	text = strings.TrimSpace(text)
	parts := strings.FieldsFunc(text, separator)
	switch dots := strings.Count(text, "."); {
	case len(parts) > 1 && dots > 1 && domainShape.looks(parts[0]) && domainShape.looks(parts[1]):
		r.problem(0, text, "one domain is asked for here; all others belong to the question on domains")
		return
	case len(strings.Fields(text)) > 1:
		r.problem(0, text, "one domain is asked for here, and a domain holds no spaces")
		return
	case len(parts) > 1:
		r.problem(0, text, "one domain is asked for here; write a dot where a comma slipped in")
		return
	}
	e := entry{text: text, raw: text}
	e.text = r.unframe(strings.Trim(text, ",;"), 0, domainShape)
	if d, ok := r.domain(e); ok {
		r.u.Value, r.u.Shown = d, showDomain(d)
	}
}

func readDomainList(r *reading, text string) {
	for _, row := range r.rows(text, domainShape) {
		for _, e := range row.entries {
			if d, ok := r.domain(e); ok {
				r.add(e.line, d)
			}
		}
	}
}

// showDomain is a name for people: both forms when they differ.
func showDomain(d string) string {
	if u, err := toShown.ToUnicode(d); err == nil && u != d {
		return fmt.Sprintf("%s (%s)", d, clip(u))
	}
	return clip(d)
}

// domain reads one domain that mail can have: public, and registrable or below.
func (r *reading) domain(e entry) (string, bool) {
	name := r.bareName(e)
	if name == "" {
		r.problem(e.line, e.raw, "there is no domain in this; one looks like acme.com")
		return "", false
	}
	d, why := readName(name)
	if why != "" {
		r.problem(e.line, e.raw, why)
		return "", false
	}
	if why = r.suffix(d, e); why != "" {
		r.problem(e.line, e.raw, why)
		return "", false
	}
	r.noteForm(name, d, e)
	return d, true
}

// noteForm says when the canonical form differs by case or by encoding.
func (r *reading) noteForm(typed, canonical string, e entry) {
	switch {
	case typed == canonical:
	case strings.EqualFold(typed, canonical):
		r.notes.add(noteCase, e.line, fmt.Sprintf("wrote %s in lower case", clip(typed)))
	case strings.Contains(canonical, "xn--"):
		r.notes.add(noteIDN, e.line, fmt.Sprintf("wrote %s as %s, its form in DNS", clip(typed), canonical))
	default:
		r.notes.add(noteMapped, e.line, fmt.Sprintf("wrote %s as %s", clip(typed), canonical))
	}
}

// bareName takes the host out of a URL or an address, and dots off the end.
func (r *reading) bareName(e entry) string {
	s := e.text
	if _, after, cut := strings.Cut(s, "://"); cut {
		s = after
	}
	s = strings.TrimPrefix(s, "//")
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndex(s, "@"); i >= 0 {
		s = s[i+1:]
	}
	if host, port, cut := strings.Cut(s, ":"); cut && strings.Trim(port, "0123456789") == "" {
		s = host
	}
	s = strings.TrimPrefix(s, "*.")
	if s != e.text && s != "" {
		r.notes.add(noteTaken, e.line, fmt.Sprintf("took %s out of %s", clip(s), clip(e.text)))
	}
	if t := strings.TrimRight(s, ".。"); t != s {
		r.notes.add(noteDot, e.line, "dropped the trailing dot of "+clip(s))
		s = t
	}
	return s
}

// readName checks a host or domain name of at least two labels and returns its
// A-label form in lower case (RFC 1123 part 2.1, RFC 5890).
func readName(s string) (name, why string) {
	if _, err := netip.ParseAddr(s); err == nil {
		return "", "this is an address; a name is needed, such as acme.com"
	}
	if strings.ContainsRune(s, '_') {
		return "", "an underscore cannot stand in the name of a domain or host; letters, digits and hyphens can"
	}
	if why := labels(s); why != "" {
		return "", why
	}
	a, err := toASCII.ToASCII(s)
	if err != nil {
		if c := strange(s); c != "" {
			return "", fmt.Sprintf("%s cannot stand in a domain name; letters, digits, hyphens and dots can", c)
		}
		return "", "this is not a valid name; letters, digits, hyphens and dots can stand in one, and no part mixes writing directions"
	}
	if a = strings.ToLower(strings.TrimRight(a, ".")); a == "" {
		return "", "there is no name in this; one looks like acme.com"
	}
	if why := labels(a); why != "" {
		return "", why
	}
	if again, err := toASCII.ToASCII(a); err != nil || again != a {
		return "", "this name has no single form in DNS; write it as your registrar shows it"
	}
	last := a[strings.LastIndexByte(a, '.')+1:]
	if strings.Trim(last, "0123456789") == "" {
		return "", "a name does not end in a number; if this is meant as an address, check its parts"
	}
	return a, ""
}

// labels checks the shape of a name: number and length of its parts.
func labels(s string) string {
	if len(s) > 4*253 {
		return "a name has at most 253 characters"
	}
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == '.' || c == '。' || c == '．' || c == '｡' })
	if n := strings.Count(s, "."); n > 0 && n != len(parts)-1 {
		return "there are two dots in a row, or one at the start"
	}
	if len(parts) < 2 {
		return "a full name has at least two parts with a dot between, such as acme.com"
	}
	ascii := true
	for _, p := range parts {
		if strings.HasPrefix(p, "-") || strings.HasSuffix(p, "-") {
			return "a part of a name does not start or end with a hyphen"
		}
		for _, c := range p {
			ascii = ascii && c < 0x80
		}
		if ascii && len(p) > 63 {
			return "a part of a name has at most 63 characters"
		}
	}
	if ascii && len(s) > 253 {
		return "a name has at most 253 characters"
	}
	return ""
}

// strange returns the first character that no name can hold, quoted.
func strange(s string) string {
	for _, c := range s {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.Is(unicode.M, c) && c != '-' && c != '.' {
			return clip(fmt.Sprintf("%q", string(c)))
		}
	}
	return ""
}

// meantEnding is the common ending that an unknown one is a slip of: the same
// letters in another order, or one letter wrong, missing or too many.
func meantEnding(tld string) string {
	for _, known := range []string{"com", "net", "org", "info", "edu", "gov", "biz"} {
		a, b := []byte(tld), []byte(known)
		slices.Sort(a)
		slices.Sort(b)
		if bytes.Equal(a, b) || oneOff(tld, known) {
			return known
		}
	}
	return ""
}

// oneOff reports words that differ by one letter.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

// suffix checks the end of a name against the public suffix list.
func (r *reading) suffix(d string, e entry) string {
	tld := d[strings.LastIndexByte(d, '.')+1:]
	if insideOnly[tld] {
		return fmt.Sprintf("names under .%s work inside a network only; give the domain that mail comes to from outside", tld)
	}
	if exampleOnly[tld] && r.f.Demo {
		return ""
	}
	if exampleOnly[tld] {
		r.warn(e.line, e.raw, fmt.Sprintf(".%s is reserved for examples and tests; no mail reaches it from the internet", tld))
		return ""
	}
	s, listed := publicsuffix.PublicSuffix(d)
	switch {
	case listed && s == d:
		return fmt.Sprintf("%s is an ending under which names are registered; put your own name before it, such as acme.%s", d, d)
	case !listed && !strings.Contains(s, "."):
		message := fmt.Sprintf("no such top-level domain is known: .%s; is it a typing error?", clip(tld))
		if meant := meantEnding(tld); meant != "" {
			message += fmt.Sprintf(" There is .%s", meant)
		}
		r.warn(e.line, e.raw, message)
	}
	return ""
}
