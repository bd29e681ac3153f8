package rfi

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mxodus/steps"
)

// sound fails when a reading breaks one of the promises of all readers: the
// value reads as itself, and nothing for people holds control characters.
func sound(t testing.TB, q Question, text string, f steps.Facts) Understood {
	t.Helper()
	u := q.Parse(text, f)
	again := q.Parse(u.Value, f)
	if again.Value != u.Value {
		t.Errorf("%s: %q reads as %q, and that as %q", q.ID, text, u.Value, again.Value)
	}
	shownSafe(t, "value of "+q.ID, u.Value)
	shownSafe(t, "line of "+q.ID, u.Shown)
	for _, p := range u.Problems {
		shownSafe(t, "problem of "+q.ID, p.String())
		if p.Message == "" {
			t.Errorf("%s: a problem without words for %q", q.ID, text)
		}
	}
	for _, n := range u.Notes {
		shownSafe(t, "note of "+q.ID, n)
	}
	if len(u.Items) > 0 && strings.Join(u.Items, "\n") != u.Value {
		t.Errorf("%s: items %q and value %q differ", q.ID, u.Items, u.Value)
	}
	if u.Value == "" && len(u.Problems) == 0 && len(u.Notes) == 0 && strings.TrimSpace(text) != "" && !onlyPunctuation(text) {
		t.Errorf("%s: %q was dropped without a word", q.ID, text)
	}
	return u
}

// onlyPunctuation reports texts that hold no entry at all: separators,
// brackets, bullets.
func onlyPunctuation(s string) bool {
	var rest strings.Builder
	for l := range strings.Lines(s) {
		rest.WriteString(stripBullets(l) + "\n")
	}
	s = rest.String()
	return strings.Trim(s, " \t\n\r\v\f,;|，；、<>({})\"'`“”‘’«»„‚[]-*+•·–—‣▪●○◦\u00a0\u0085\u2028\u2029\u3000xX✓~!") == ""
}

func fuzzQuestion(f *testing.F, id string) {
	for _, m := range messy {
		f.Add(m.text)
	}
	q := find(f, id)
	fa := acme()
	f.Fuzz(func(t *testing.T, text string) { sound(t, q, text, fa) })
}

func FuzzIPList(f *testing.F)     { fuzzQuestion(f, "ip.outbound") }
func FuzzCIDRList(f *testing.F)   { fuzzQuestion(f, "lockdown.exceptions") }
func FuzzDomainList(f *testing.F) { fuzzQuestion(f, "domains") }
func FuzzHostList(f *testing.F)   { fuzzQuestion(f, "smart_hosts") }
func FuzzEmailList(f *testing.F)  { fuzzQuestion(f, "forwarding") }
func FuzzSenderList(f *testing.F) { fuzzQuestion(f, "third_party_senders") }
func FuzzPerDomain(f *testing.F)  { fuzzQuestion(f, "rv.check") }
func FuzzChecklist(f *testing.F)  { fuzzQuestion(f, "policies.inventory") }
func FuzzDateTime(f *testing.F)   { fuzzQuestion(f, "dates.outbound") }

// FuzzAll reads any text as an answer to any question.
func FuzzAll(f *testing.F) {
	for i, m := range messy {
		f.Add(i, m.text)
	}
	qs := All()
	fa := acme()
	f.Fuzz(func(t *testing.T, n int, text string) {
		sound(t, qs[max(n, -n, 0)%len(qs)], text, fa)
	})
}

func TestEveryReaderIsStable(t *testing.T) {
	for _, q := range All() {
		for _, m := range messy {
			sound(t, q, m.text, acme())
		}
	}
}

// Whatever order, separator and dress they come in, good entries are all taken,
// once and in order, and each bad one is named with its line.
func TestListsLoseNothing(t *testing.T) {
	good := []string{"8.8.8.8", "8.8.4.4", "1.1.1.1", "9.9.9.9", "149.112.112.112", "2001:4860:4860::8888", "64.6.64.6"}
	bad := []string{"8.8.8.300", "8.8.8", "ten", "10.0.0.1", "8.8.8.0/24", "mail.acme.com"}
	dress := []string{"%s", "[%s]", "<%s>", "\"%s\"", "smtp:%s", "'%s',", "%s;"}
	q := find(t, steps.QOutboundIPs)
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		var want []string
		type miss struct {
			line  int
			entry string
		}
		var wrong []miss
		line := 1
		for range rapid.IntRange(0, 30).Draw(rt, "entries") {
			e := rapid.SampledFrom(good).Draw(rt, "good")
			if rapid.IntRange(0, 3).Draw(rt, "kind") == 0 {
				e = rapid.SampledFrom(bad).Draw(rt, "bad")
				wrong = append(wrong, miss{line, e})
				text.WriteString(e)
			} else {
				fmt.Fprintf(&text, rapid.SampledFrom(dress).Draw(rt, "dress"), e)
				if !slices.Contains(want, e) {
					want = append(want, e)
				}
			}
			sep := rapid.SampledFrom([]string{" ", ",", "; ", "\n", "\r\n", "  ", "|", "\n\n"}).Draw(rt, "separator")
			line += strings.Count(sep, "\n")
			text.WriteString(sep)
		}
		u := q.Parse(text.String(), acme())
		if !slices.Equal(u.Items, want) {
			rt.Fatalf("%q\n got %q\nwant %q", text.String(), u.Items, want)
		}
		var named []miss
		for _, p := range u.Problems {
			if !p.Warning {
				named = append(named, miss{p.Line, p.Entry})
			}
		}
		if !slices.Equal(named, wrong) {
			rt.Fatalf("%q\n named %v\n wrong %v", text.String(), named, wrong)
		}
	})
}

func long(n int) map[string]string {
	var ips, domains, mails, ranges strings.Builder
	for i := range n {
		a, b := i/250, i%250
		fmt.Fprintf(&ips, "  - 52.%d.%d.7 # host %d\r\n", a, b, i)
		fmt.Fprintf(&ranges, "53.%d.%d.0 255.255.255.0\n", a, b)
		fmt.Fprintf(&domains, "Shop-%d.Acme.com.\tshop %d\n", i, i)
		fmt.Fprintf(&mails, "Person %d <person.%d@partner.com>;\n", i, i)
	}
	return map[string]string{
		"ip.outbound": ips.String(), "domains": domains.String(), "forwarding": mails.String(),
		"ranges.consented_add": ranges.String(),
	}
}

func TestTenThousandLinesAreRead(t *testing.T) {
	for id, text := range long(10_000) {
		began := time.Now()
		u := find(t, id).Parse(text, acme())
		took := time.Since(began)
		if len(u.Items) != 10_000 || !u.OK() {
			t.Errorf("%s: %d items, first problem %v", id, len(u.Items), u.Problems[:min(1, len(u.Problems))])
		}
		if took > slower*500*time.Millisecond {
			t.Errorf("%s: 10,000 lines took %s", id, took)
		}
	}
}

func BenchmarkTenThousandLines(b *testing.B) {
	for id, text := range long(10_000) {
		q := find(b, id)
		b.Run(id, func(b *testing.B) {
			for b.Loop() {
				q.Parse(text, acme())
			}
		})
	}
}

// Complete is asked whenever the list of steps is drawn.
func BenchmarkComplete(b *testing.B) {
	f := acme("domains", strings.TrimSpace(strings.Repeat("acme.com\n", 10)), "ip.outbound", "8.8.8.8\n8.8.4.4")
	for b.Loop() {
		Complete(f)
	}
}
