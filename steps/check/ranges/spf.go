package ranges

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// Limits of RFC 7208 section 4.6.4, and one of ours on the number of ranges.
const (
	maxLookups = 10
	maxRanges  = 2000
)

// walk expands an SPF record to the ranges it allows.
type walk struct {
	ctx     context.Context
	c       *resolve.Client
	lookups int
	seen    map[string]bool
	ranges  []found
	notes   []clean.Shown // terms that cannot be compared
	answers []resolve.Answer
	fail    *failure
}

// found is one ip4 or ip6 term and the record it stands in.
type found struct {
	prefix netip.Prefix
	record string
}

// failure is why the expansion is not complete.
type failure struct {
	code string // for the finding
	text clean.Shown
	at   resolve.Answer
}

// saw is the failure as a sentence, with the server and time of the answer that
// shows it.
func (f *failure) saw(in check.Input, answers []resolve.Answer) clean.Shown {
	text := f.text
	if len(text) > 0 && text[0] >= 'a' && text[0] <= 'z' && strings.HasPrefix(string(text), "the ") {
		text = "The " + text[len("the "):]
	}
	a := f.at
	if a.Name == "" && len(answers) > 0 {
		a = answers[len(answers)-1]
	}
	if a.Name == "" {
		return text
	}
	return text + clean.Sprintf(" (asked %s at %s)", a.At.In(in.Now.Location()).Format("15:04:05"), a.ServerName())
}

// expand reads the record of name and all it includes.
func (w *walk) expand(name string) {
	if w.fail != nil {
		return
	}
	if w.seen[name] {
		w.stop("loop", clean.Sprintf("the records include each other in a circle at %s", name), resolve.Answer{})
		return
	}
	w.seen[name] = true
	defer delete(w.seen, name) // the same record by two ways is no circle
	if !w.spend() {
		return
	}
	text, ok := w.record(name)
	if !ok {
		return
	}
	redirect, all := "", false
	for _, term := range strings.Fields(text)[1:] {
		key, value, sep := cut(term)
		switch {
		case key == "redirect" && sep == '=':
			redirect = value
		case key == "all":
			all = true
		default:
			w.term(name, term, key, value, sep)
		}
	}
	if redirect != "" && !all {
		w.follow(redirect)
	}
}

func (w *walk) term(record, term, key, value string, sep byte) {
	if sep == '=' { // exp and unknown modifiers allow nothing
		return
	}
	if strings.HasPrefix(term, "-") || strings.HasPrefix(term, "~") || strings.HasPrefix(term, "?") {
		w.note(record, term)
		return
	}
	switch key {
	case "include":
		w.follow(value)
	case "ip4", "ip6":
		p, err := prefix(value, key == "ip6")
		if err != nil {
			w.note(record, term)
			return
		}
		if len(w.ranges) >= maxRanges {
			w.stop("many", clean.Sprintf("the records list more than %d ranges", maxRanges), resolve.Answer{})
			return
		}
		w.ranges = append(w.ranges, found{p, record})
	case "a", "mx", "ptr", "exists":
		if w.spend() { // it costs a receiver one, though nothing is compared
			w.note(record, term)
		}
	default:
		w.note(record, term)
	}
}

// spend counts a look-up, and ends the walk where a receiver would give up.
func (w *walk) spend() bool {
	if w.lookups++; w.lookups > maxLookups {
		w.stop("lookups", clean.Sprintf("the records need more than %d look-ups, which RFC 7208 forbids", maxLookups), resolve.Answer{})
		return false
	}
	return true
}

func (w *walk) note(record, term string) {
	if len(w.notes) < 20 {
		w.notes = append(w.notes, clean.Sprintf("%s in %s", term, record))
	}
}

func (w *walk) follow(target string) {
	name, err := resolve.Name(target)
	if err != nil { // a macro, or rubbish
		w.stop("target", clean.Sprintf("%q cannot be followed", target), resolve.Answer{})
		return
	}
	w.expand(name)
}

func (w *walk) stop(code string, text clean.Shown, at resolve.Answer) {
	if w.fail == nil {
		w.fail = &failure{code, text, at}
	}
}

// record looks the SPF record of a name up, and has a second resolver agree
// where there is one: rules for a firewall are made from it.
func (w *walk) record(name string) (string, bool) {
	a := w.c.Lookup(w.ctx, name, resolve.TypeTXT)
	w.answers = append(w.answers, a)
	text, ok := w.pick(name, a)
	if !ok {
		return "", false
	}
	if b := w.c.Recheck(w.ctx, a); b.Outcome.Conclusive() {
		w.answers = append(w.answers, b)
		if other := spfRecords(b); len(other) != 1 || other[0] != text {
			w.stop("disagree", clean.Sprintf("%s and %s give different records for %s", a.ServerName(), b.ServerName(), name), b)
			return "", false
		}
	}
	return text, true
}

func (w *walk) pick(name string, a resolve.Answer) (string, bool) {
	if !a.Outcome.Conclusive() {
		w.stop("dns", clean.Sprintf("%s %s", a.ServerName(), a.Words()), a)
		return "", false
	}
	switch rs := spfRecords(a); len(rs) {
	case 1:
		return rs[0], true
	case 0:
		w.stop("none", clean.Sprintf("%s has no SPF record", name), a)
	default:
		w.stop("several", clean.Sprintf("%s has %d SPF records, which makes all of them void (RFC 7208 section 4.5)", name, len(rs)), a)
	}
	return "", false
}

// spfRecords are the TXT records that are SPF records (RFC 7208 section 4.5).
func spfRecords(a resolve.Answer) []string {
	var out []string
	for _, r := range a.Records {
		low := strings.ToLower(r.Text)
		if r.Type == resolve.TypeTXT && (low == "v=spf1" || strings.HasPrefix(low, "v=spf1 ")) {
			out = append(out, r.Text)
		}
	}
	return out
}

// cut splits a term into its name, value and separator, without qualifier.
func cut(term string) (key, value string, sep byte) {
	term = strings.TrimLeft(term, "+-~?")
	i := strings.IndexAny(term, ":=/")
	if i < 0 {
		return strings.ToLower(term), "", 0
	}
	return strings.ToLower(term[:i]), term[i+1:], term[i]
}

// prefix reads the value of ip4 or ip6; without a length it is one address.
func prefix(s string, six bool) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		a, aerr := netip.ParseAddr(s)
		if aerr != nil {
			return netip.Prefix{}, aerr
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	if p.Addr().Is4() == six || p.Addr().Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%s is not of that family", s)
	}
	return p.Masked(), nil
}
