package plain

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"mxodus/steps"
)

// A refused answer is asked for again as often as it is refused, and never
// becomes the answer; Enter alone skips or keeps.
func TestRefusedAnswersAreNeverStored(t *testing.T) {
	for _, c := range []struct {
		question string
		refused  []string
		says     string
	}{
		{"contact.tpoc.email", []string{"kim.acme.com", "kim@@acme.com", "kim"}, "an e-mail address has an @ in it"},
		{"contact.tpoc.phone", []string{"02 5550 1234", "soon"}, "add the country code"},
		{"infra.exchange_version", []string{"2025", "Exchange"}, "this is not one of the choices"},
		{"ip.outbound_dynamic", []string{"perhaps", "7"}, "this is not one of the choices: Yes, No"},
		{"services.extra", []string{"1, 9", "everything"}, "this is not one of the choices"},
		{steps.QDomains, []string{"acme", ".", "not a domain", "."}, "at least two parts"},
		{"firewall.ruleset", []string{"/no/such/file", "/no/such/file"}, "there is no file /no/such/file"},
		{"journal.address", []string{"3"}, "an e-mail address has an @ in it"},
		{"journal.method", []string{"9"}, "not one of the choices"},
		{"dates.outbound", []string{"tomorrow", "2026-12-01"}, "a date, a time and a zone are needed"},
	} {
		for _, had := range []string{"", "kept"} {
			b := newBench(t)
			s := b.move(t, question(c.question))
			before := s.Snapshot().Answers[c.question]
			if had != "" && c.question == "contact.tpoc.email" {
				if _, err := s.Answer(context.Background(), c.question, "ann@acme.com", steps.Typed, "", before.Revision); err != nil {
					t.Fatal(err)
				}
				before = s.Snapshot().Answers[c.question]
			}
			p := script(append(append([]string{}, c.refused...), "", "q")...)
			out := b.run(t, p, "")
			expect(t, out, c.says)
			if got := b.session(t).Snapshot().Answers[c.question]; got.Revision != before.Revision || got.Text != before.Text {
				t.Errorf("%s: %v was stored as %+v", c.question, c.refused, got)
			}
		}
	}
}

// What was refused is still there after leaving.
func TestRefusedTextIsKeptAsADraft(t *testing.T) {
	b := newBench(t)
	b.move(t, question("contact.tpoc.email"))
	b.run(t, script("kim.acme.com", "q"), "")
	expect(t, b.run(t, script("q"), ""), "You were typing, and it is not saved yet:\nkim.acme.com")

	b = newBench(t)
	b.move(t, question(steps.QOutboundIPs))
	b.run(t, script("10.1.2.3", "q"), "")
	expect(t, b.run(t, script("q"), ""), "You were typing, and it is not saved yet:\n10.1.2.3")
	if a := b.session(t).Snapshot().Answers[steps.QOutboundIPs]; a.Revision != 0 {
		t.Errorf("stored %+v", a)
	}
}

func TestContradictionsAreKeptOnRequestOnly(t *testing.T) {
	for answer, want := range map[string]string{"": "", "y": "CUK12A34"} {
		b := newBench(t)
		b.move(t, question(steps.QAccountCode))
		out := b.run(t, script("CUK12A34", answer, "", "q"), "")
		expect(t, out, "This does not fit: codes of Australia begin with", "Save it all the same? y or n [n]: ")
		if got := b.session(t).Snapshot().Answers.Value(steps.QAccountCode); got != want {
			t.Errorf("after %q: stored %q", answer, got)
		}
	}
}

func TestChoicesByName(t *testing.T) {
	for _, c := range []struct {
		question string
		lines    []string
		want     string
	}{
		{"rv.method", []string{"SPREAD"}, "spreadsheet"},
		{"rv.method", []string{"import of a spreadsheet"}, "spreadsheet"},
		{"infra.exchange_version", []string{"2016"}, "2016"},
		{"ip.outbound_dynamic", []string{"YES"}, "yes"},
		{"services.extra", []string{"apps for end users, best"}, "best_practice_policies\nend_user_apps"},
		{"rv.check", []string{"Known recipients", "."}, "acme.com.au known_recipients"},
		{"rv.check", []string{"acme.com.au 2", "."}, "acme.com.au known_recipients"},
	} {
		b := newBench(t)
		b.move(t, question(c.question))
		out := b.run(t, script(append(c.lines, "", "q")...), "")
		if got := b.session(t).Snapshot().Answers.Value(c.question); got != c.want {
			t.Errorf("%s %q: stored %q\n%s", c.question, c.lines, got, tail(out))
		}
	}
	b := newBench(t)
	b.move(t, question("rv.check"))
	expect(t, b.run(t, script("acme.com.au 2", ".", "q"), ""), "2 Known recipients. Any address", "6 Backup MX", "Example: acme.com Known recipients",
		"Understood: 1 domain: acme.com.au: Known recipients.")
}

const ruleset = "*filter\n:INPUT DROP [0:0]\n\nn\ny\n-A INPUT -s 103.13.69.0/24 -j ACCEPT\nCOMMIT"

// A paste at a prompt for one line answers nothing, there or later.
func TestPasteAtAPromptForOneLine(t *testing.T) {
	for _, at := range []string{steps.QOrg, "ip.outbound_dynamic", "rv.method", "services.extra", "contact.tpoc.name"} {
		b := newBench(t)
		s := b.move(t, question(at))
		before := s.Snapshot().Answers
		out := b.run(t, script("?", ruleset, "q"), "")
		expect(t, out, " lines came at once", "*filter", "the last one: COMMIT")
		after := b.session(t).Snapshot().Answers
		for id, a := range after {
			if a.Revision != before[id].Revision {
				t.Errorf("at %s: the paste became the answer %s = %q", at, id, a.Text)
			}
		}
	}
}

func TestPasteOfLinesMayBeUsedOnRequest(t *testing.T) {
	for choice, want := range map[string]string{"1": "Acme Pty Ltd", "2": "Acme", "3": "Acme Holding"} {
		b := newBench(t)
		b.move(t, question(steps.QOrg))
		b.run(t, script("?", "Acme\nHolding\n", choice, "", "q"), "")
		if got := b.session(t).Snapshot().Answers.Value(steps.QOrg); got != want {
			t.Errorf("choice %s: stored %q, want %q", choice, got, want)
		}
	}
}

// A paste whose first line is empty is no Enter at a prompt that closes a step.
func TestPasteDoesNotConfirm(t *testing.T) {
	b := newBench(t)
	s := b.move(t, steps.Position{})
	f := &face{ctx: context.Background(), w: b.w, s: s, in: newLines(nil, false), out: &printer{w: io.Discard}, o: Options{Now: b.clock.Now}}
	p := script("?", "\n"+ruleset, "n")
	f.in, f.out.w = newLines(p, false), p
	if _, err := f.in.next(f.ctx); err != nil {
		t.Fatal(err)
	}
	sure, err := f.yes("Confirm this step?", true, "")
	if sure || err != nil {
		t.Errorf("confirmed: %v, %v\n%s", sure, err, p.transcript())
	}
}

// A list takes a paste whole, an empty first line included.
func TestPasteIntoAList(t *testing.T) {
	b := newBench(t)
	b.move(t, question(steps.QDomains))
	b.run(t, script("?", "\nacme.com.au\nacme.com\n\nacme.org", ".", "q"), "")
	if got := b.session(t).Snapshot().Answers.Value(steps.QDomains); got != "acme.com.au\nacme.com\nacme.org" {
		t.Errorf("stored %q", got)
	}
}

// feed is a terminal: it hands over one line at a time, as they are typed.
type feed struct{ lines chan string }

func (f feed) Read(b []byte) (int, error) {
	line, ok := <-f.lines
	if !ok {
		return 0, io.EOF
	}
	return copy(b, line+"\n"), nil
}

func TestTerminalsAreReadAhead(t *testing.T) {
	in := feed{make(chan string, 100)}
	l := newLines(in, true)
	in.lines <- "?"
	if text, err := l.next(context.Background()); text != "?" || err != nil || l.script {
		t.Fatalf("%q, %v, script %v", text, err, l.script)
	}
	for _, line := range strings.Split(ruleset, "\n") {
		in.lines <- line
	}
	text, err := l.next(context.Background())
	if rest := l.together(); text != "*filter" || err != nil || len(rest) != 6 || rest[5] != "COMMIT" {
		t.Errorf("%q, %v, together %q", text, err, rest)
	}
	l.drop()
	in.lines <- "yes"
	close(in.lines)
	if text, err := l.next(context.Background()); text != "yes" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	for range 2 {
		if _, err := l.next(context.Background()); err != io.EOF {
			t.Errorf("after the end: %v", err)
		}
	}
}

// Whole journeys may be fed at once: their lines are answers one by one.
func TestScriptsAreNoPastes(t *testing.T) {
	b := newBench(t)
	b.move(t, question(steps.QOrg))
	var out bytes.Buffer
	if err := Run(context.Background(), Options{Wizard: b.w, In: strings.NewReader("Acme Holding\nacme.org\nq\n"), Out: &out, Dir: b.dir}); err != nil {
		t.Fatal(err)
	}
	a := b.session(t).Snapshot().Answers
	if a.Value(steps.QOrg) != "Acme Holding" || a.Value(steps.QPrimaryDomain) != "acme.org" {
		t.Errorf("stored %q, %q\n%s", a.Value(steps.QOrg), a.Value(steps.QPrimaryDomain), out.String())
	}
}

func TestLongAnswersAreCutAndListed(t *testing.T) {
	b := newBench(t)
	s := b.move(t, question(steps.QDomains))
	var all []string
	for i := range 20 {
		all = append(all, fmt.Sprintf("d%d.acme.com.au", i+1))
	}
	if _, err := s.Answer(context.Background(), steps.QDomains, strings.Join(all, "\n"), steps.Typed, "", 0); err != nil {
		t.Fatal(err)
	}
	out := b.run(t, script("q"), s.ID())
	expect(t, out, "And 14 more (type l to list).")
	if strings.Contains(out, "d7.acme.com.au") {
		t.Error("the seventh line is said unasked")
	}
	expect(t, b.run(t, script("l", "q"), s.ID()), "d7.acme.com.au", "d20.acme.com.au")
}

// Review says what needs the person, and everything else on request only.
func TestReviewSaysProblemsFirst(t *testing.T) {
	b := newBench(t)
	s := b.move(t, steps.Position{})
	if _, err := s.Answer(context.Background(), steps.QOutboundIPs, "8.8.8.8\n8.8.8.300", steps.Typed, "", 0); err != nil {
		t.Fatal(err)
	}
	out := b.run(t, script("a", "q"), s.ID())
	expect(t, out, `8.8.8.300`, "Required, not answered yet", "more (type l to list)")
	if strings.Contains(out, "Not answered, optional") {
		t.Error("answers that need nothing are read out")
	}
	if at, open := strings.Index(out, "8.8.8.300"), strings.Index(out, "Required, not answered yet"); at > open {
		t.Error("what is wrong is not said before what is missing")
	}
	out = b.run(t, script("a", "l", "s", "1", "q"), s.ID())
	expect(t, out, "Not answered, optional", "Organisation:", "What is your main e-mail domain? acme.com.au.")
	if n := strings.Count(out, "There is a problem with"); n != 3 {
		t.Errorf("the problems are said %d times", n)
	}
}

// b leads exactly one level up, h to the list of steps from everywhere.
func TestOneLevelBack(t *testing.T) {
	b := newBench(t)
	s := b.move(t, stage(steps.ConnectAccount, steps.StageConfirm))
	out := b.run(t, script("", "1", "b", "b", "b", "q"), s.ID())
	if n := strings.Count(out, "in the way:"); n != 2 {
		t.Errorf("the list of what stands in the way was said %d times\n%s", n, tail(out))
	}
	out = b.run(t, script("2", "3", "1", "h", "4", "4", "h", "a", "s", "h", "e", "h", "f", "h", "q"), s.ID())
	if n := strings.Count(out, "m List of moves"); n < 6 {
		t.Errorf("the list of steps was reached %d times\n%s", n, tail(out))
	}
}

func TestNewMoveAsksAboutOddDomains(t *testing.T) {
	for _, c := range []struct{ lines, want string }{{"acme.con||q", "acme.con"}, {"acme.con|acme.com|q", "acme.com"}} {
		b := newBench(t)
		lines := append([]string{"n", "", "Connect", "both", "not", "exchange on", "Acme"}, strings.Split(c.lines, "|")...)
		out := b.run(t, script(lines...), "")
		expect(t, out, "nothing is taken by itself", "Look at this", "Press Enter to go on with this answer")
		if got := b.session(t).Facts().Domain; got != c.want {
			t.Errorf("%q: domain %q, want %q\n%s", c.lines, got, c.want, tail(out))
		}
	}
}

// The demonstration's own names are no typing errors there.
func TestDemoTakesItsOwnNames(t *testing.T) {
	for _, demo := range []bool{true, false} {
		b := newBench(t)
		b.w.Demo = demo
		out := b.run(t, script("n", "connect", "both", "not", "exchange on", "Acme", "acme.example", "", "q"), "")
		if odd := strings.Contains(out, "reserved for examples"); odd == demo {
			t.Errorf("demonstration %v: warned %v", demo, odd)
		}
	}
}
