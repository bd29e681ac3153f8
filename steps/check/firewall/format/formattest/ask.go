// Package formattest holds what the tests of the formats have in common: it
// asks files about packets, reads examples and corpus, and holds every format
// to the same rules: a file that is written another way means the same, and
// one rule taken out of it changes what that rule decided and nothing else.
//
// Tests alone import it.
package formattest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
)

// Ask asks a text of a format about one packet.
func Ask(t testing.TB, id, text string, p firewall.Probe) firewall.Verdict {
	t.Helper()
	return AskAll(t, id, text, []firewall.Probe{p})[0]
}

// AskAll asks a text of a format about packets, in order.
func AskAll(t testing.TB, id, text string, list []firewall.Probe) []firewall.Verdict {
	t.Helper()
	lines := make([]string, len(list))
	for i, p := range list {
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = string(b)
	}
	return AskList(t, id, text, "", lines...)
}

// AskList asks the list acl of a text, or with "" all of it, about packets that
// are given as lines of JSON.
func AskList(t testing.TB, id, text, acl string, lines ...string) []firewall.Verdict {
	t.Helper()
	var out bytes.Buffer
	if _, err := firewall.Eval([]byte(text), id, acl, strings.NewReader(strings.Join(lines, "\n")), &out); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var list []firewall.Verdict
	for dec := json.NewDecoder(&out); dec.More(); {
		var v firewall.Verdict
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	if len(list) != len(lines) {
		t.Fatalf("%d verdicts of %d packets\n%s", len(list), len(lines), text)
	}
	return list
}

// Change changes a packet.
type Change func(*firewall.Probe)

// Mail is a packet from the provider to the mail server, with changes.
func Mail(change ...Change) firewall.Probe {
	p := firewall.Probe{Dir: "in", Src: "103.13.69.7", Dst: "10.0.0.25", Proto: "tcp", SPort: Port(40000), DPort: Port(25)}
	for _, f := range change {
		f(&p)
	}
	return p
}

// Port is a port as a packet has it.
func Port(n int) *int { return &n }

// From, To, SPort, DPort, Proto, Dir, Via and List change one thing each.
func From(a string) Change      { return func(p *firewall.Probe) { p.Src = a } }
func To(a string) Change        { return func(p *firewall.Probe) { p.Dst = a } }
func SPort(n int) Change        { return func(p *firewall.Probe) { p.SPort = Port(n) } }
func DPort(n int) Change        { return func(p *firewall.Probe) { p.DPort = Port(n) } }
func Proto(s string) Change     { return func(p *firewall.Probe) { p.Proto = s } }
func Dir(s string) Change       { return func(p *firewall.Probe) { p.Dir = s } }
func Via(in, out string) Change { return func(p *firewall.Probe) { p.InIf, p.OutIf = in, out } }
func List(s string) Change      { return func(p *firewall.Probe) { p.Dir, p.ACL = "", s } }

// Out turns the packet around: from the mail server to the provider.
func Out(p *firewall.Probe) { p.Dir, p.Src, p.Dst = "out", "10.0.0.25", "103.13.69.7" }

// Case is one question of a table. Line 0 and Why "" ask nothing.
type Case struct {
	Name, Text string
	P          firewall.Probe
	Want       string
	Line       int
	Why        string
}

// Is is a question of a table.
func Is(name, text string, p firewall.Probe, want string, line int, why string) Case {
	return Case{name, text, p, want, line, why}
}

// Run asks all questions of a table.
func Run(t *testing.T, id string, cases []Case) {
	t.Helper()
	if len(cases) == 0 {
		t.Fatal("nothing is asked")
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Helper()
			Expect(t, Ask(t, id, c.Text, c.P), c.Want, c.Line, c.Why)
		})
	}
}

// Expect asks that a verdict is the one wanted, at a line, for a reason. Line 0
// and why "" ask nothing.
func Expect(t testing.TB, got firewall.Verdict, want string, line int, why string) {
	t.Helper()
	if got.Verdict != want || line != 0 && got.Line != line || !strings.Contains(got.Why, why) {
		t.Errorf("got %+v, want %s at line %d because %q", got, want, line, why)
	}
}

// Decides asks that a verdict is the one wanted, at a line: 0 asks nothing, -1
// is a rule that stands in no line. A verdict left open says why.
func Decides(t testing.TB, got firewall.Verdict, want string, line int, packet any) {
	t.Helper()
	if got.Verdict != want || line > 0 && got.Line != line || line < 0 && got.Line != 0 || strings.Contains(got.Why, "internal error") {
		t.Errorf("%+v: %+v, want %s at line %d", packet, got, want, line)
	}
	if got.Verdict == "unknown" && got.Why == "" {
		t.Errorf("%+v: unknown without a reason", packet)
	}
}

// Swift asks about mail in a text of many rules that lets it in by its line
// last: that is told in eight seconds.
func Swift(t testing.TB, id, text string, line int) {
	t.Helper()
	began := time.Now()
	if v := Ask(t, id, text, Mail()); v.Verdict != "permit" || v.Line != line {
		t.Errorf("%+v", v)
	}
	if spent := time.Since(began); spent > 8*time.Second {
		t.Errorf("it took %s", spent)
	}
}
