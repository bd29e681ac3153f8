package formattest

import (
	"runtime"
	"strings"
	"testing"
)

// recorder notes that a test of its own failed, and goes on.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Logf(string, ...any)   {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Error(...any)          { r.failed = true }
func (r *recorder) Failed() bool          { return r.failed }
func (r *recorder) Fatal(...any)          { r.failed = true; runtime.Goexit() }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; runtime.Goexit() }

func fails(t *testing.T, f func(testing.TB)) bool {
	r, done := &recorder{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r.failed
}

const (
	biteMail = "-A INPUT -s 103.13.69.0/24 -p tcp -m tcp --dport 25 -j ACCEPT\n"
	biteWeb  = "-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT\n"
	biteEnd  = "-A INPUT -j DROP\n"
	bite     = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" + biteMail + biteWeb + biteEnd + "COMMIT\n"
)

// TestSameBites: what the formats' tests of meaning rest on passes for a text
// that means the same, and fails for every other.
func TestSameBites(t *testing.T) {
	for name, c := range map[string]struct {
		edit Edit
		want bool
	}{
		"a comment":               {Before(biteMail, "# mail\n"), false},
		"halves":                  {Replace(biteMail, strings.Replace(biteMail, ".0/24", ".0/25", 1)+strings.Replace(biteMail, ".0/24", ".128/25", 1)), false},
		"nothing changed":         {Append(""), true},
		"nothing to change":       {Replace("no such rule", ""), true},
		"half of it":              {Replace(".0/24", ".0/25"), true},
		"one address more":        {Before(biteEnd, "-A INPUT -s 103.13.70.0/32 -p tcp -m tcp --dport 25 -j ACCEPT\n"), true},
		"another port":            {Replace("--dport 443", "--dport 444"), true},
		"a rule before all":       {Before(biteMail, biteEnd), true},
		"another line decides":    {Before(biteMail, "-A INPUT -s 103.13.69.0/25 -p tcp -m tcp --dport 25 -m comment --comment other -j ACCEPT\n"), true},
		"a line that is not read": {Before(biteMail, "-A INPUT -m nosuch --what -j DROP\n"), true},
	} {
		got := fails(t, func(tb testing.TB) { Same(tb, "iptables", bite, c.edit(tb, bite)) })
		if got != c.want {
			t.Errorf("%s: fails %v, want %v", name, got, c.want)
		}
	}
}

// TestBlameBites: taking rules out and turning them is found wrong where the
// edit does something else, or nothing.
func TestBlameBites(t *testing.T) {
	keep := func(text string, _ int) string { return text }
	other := func(text string, line int) string {
		return OnLine(text, line, func(l string) string { return strings.Replace(l, "-j ACCEPT", "-j DROP", 1) + " " })
	}
	wider := func(text string, line int) string {
		return OnLine(text, line, func(l string) string { return strings.Replace(l, "/24", "/23", 1) + " " })
	}
	for name, c := range map[string]struct {
		f    func(testing.TB)
		want bool
	}{
		"taken out":               {func(t testing.TB) { Blame(t, "iptables", bite, 3, Blank("")) }, false},
		"fewer than asked":        {func(t testing.TB) { Blame(t, "iptables", bite, 4, Blank("")) }, true},
		"none tried":              {func(t testing.TB) { Blame(t, "iptables", bite, 1, OnlyIf("no such", Blank(""))) }, true},
		"nothing taken out":       {func(t testing.TB) { Blame(t, "iptables", bite, 1, keep) }, true},
		"turned, not taken out":   {func(t testing.TB) { Blame(t, "iptables", bite, 1, other) }, true},
		"turned":                  {func(t testing.TB) { Turned(t, "iptables", bite, 3, Words("-j ACCEPT", "-j DROP")) }, false},
		"taken out, not turned":   {func(t testing.TB) { Turned(t, "iptables", bite, 1, OnlyIf("dport 25", Blank(""))) }, true},
		"widened, not turned":     {func(t testing.TB) { Turned(t, "iptables", bite, 1, wider) }, true},
		"widened, not refused":    {func(t testing.TB) { Refused(t, "iptables", bite, 1, wider) }, true},
		"table that asks nothing": {func(t testing.TB) { AskShort(t, "iptables", bite, "", nil) }, true},
		"wrong line": {func(t testing.TB) {
			AskShort(t, "iptables", bite, "", [][2]string{{"in eth0> 103.13.69.9 203.0.113.25 tcp 25 4000", "permit 6"}})
		}, true},
		"right line": {func(t testing.TB) {
			AskShort(t, "iptables", bite, "", [][2]string{{"in eth0> 103.13.69.9 203.0.113.25 tcp 25 4000", "permit 5"}})
		}, false},
		"unknown that is not": {func(t testing.TB) {
			AskShort(t, "iptables", bite, "", [][2]string{{"in eth0> 103.13.69.9 203.0.113.25 tcp 25 4000", "unknown x"}})
		}, true},
	} {
		if got := fails(t, c.f); got != c.want {
			t.Errorf("%s: fails %v, want %v", name, got, c.want)
		}
	}
}
