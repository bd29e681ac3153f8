package plain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/wizard"
	"mxodus/store"
)

// move makes a Connect move without prompts and leaves the TPOC at a place.
func (b *bench) move(t *testing.T, at steps.Position) *wizard.Session {
	t.Helper()
	id, err := b.w.New(context.Background(), wizard.NewMove{
		Profile: steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "au", Platform: steps.OnPrem},
		Org:     "Acme Pty Ltd", Domain: "acme.com.au",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.repo.SetPosition(context.Background(), id, at); err != nil {
		t.Fatal(err)
	}
	return b.session(t)
}

func expect(t *testing.T, out string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("%q is not said in\n%s", w, tail(out))
		}
	}
}

func TestListEndsWithAFullStop(t *testing.T) {
	b := newBench(t)
	b.move(t, question(steps.QOutboundIPs))
	out := b.run(t, script("203.0.113.25", "203.0.113.300", ".", "", "q"), "")
	expect(t, out, "Why: Mimecast takes outgoing mail", "Example:", "Line 1 [leave open]: ",
		"Understood: 1 address: 203.0.113.25.", `Not read: line 2, "203.0.113.300"`, "Saved 14:02:11 UTC.", "Press Enter to go on with this answer")
	a := b.session(t).Snapshot().Answers[steps.QOutboundIPs]
	if a.Text != "203.0.113.25\n203.0.113.300" || a.Value != "203.0.113.25" || a.Revision != 1 {
		t.Errorf("stored %+v", a)
	}
}

func TestWhateverEndsAListKeepsIt(t *testing.T) {
	for _, end := range [][]string{{}, {"q"}, {"b", "q"}} {
		b := newBench(t)
		b.move(t, question(steps.QOutboundIPs))
		b.run(t, script(append([]string{"203.0.113.25", "203.0.113.26"}, end...)...), "")
		if a := b.session(t).Snapshot().Answers[steps.QOutboundIPs]; a.Value != "203.0.113.25\n203.0.113.26" {
			t.Errorf("ended by %v: stored %+v", end, a)
		}
	}
}

func TestEndOfInputSavesAndLeaves(t *testing.T) {
	b := newBench(t)
	b.move(t, question(steps.QOrg))
	var out bytes.Buffer
	if err := Run(context.Background(), Options{Wizard: b.w, In: strings.NewReader("Acme Holding"), Out: &out, Dir: b.dir}); err != nil {
		t.Fatal(err) // the last line has no line break and counts all the same
	}
	expect(t, out.String(), "Everything is saved.")
	out.Reset()
	if err := Run(context.Background(), Options{Wizard: b.w, In: strings.NewReader(""), Out: &out}); err != nil {
		t.Fatal(err)
	}
	expect(t, out.String(), "Everything is saved.")
}

func TestNewsOfTheWorldIsTold(t *testing.T) {
	b := newBench(t)
	b.move(t, question(steps.QOrg))
	news := []string{"", "The demonstration's clock was moved on by 1 day."}
	b.w.News = func() string {
		if len(news) == 0 {
			return ""
		}
		s := news[len(news)-1]
		news = news[:len(news)-1]
		return s
	}
	var out bytes.Buffer
	if err := Run(context.Background(), Options{Wizard: b.w, In: strings.NewReader("Acme Holding\n"), Out: &out, Dir: b.dir}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "clock was moved on by 1 day."); n != 1 {
		t.Errorf("told %d times:\n%s", n, out.String())
	}
}

func TestCommandLettersAsAnswers(t *testing.T) {
	b := newBench(t)
	b.move(t, question(steps.QOrg))
	b.run(t, script(`\q`, "q"), "")
	if got := b.session(t).Snapshot().Answers[steps.QOrg].Text; got != "q" {
		t.Errorf("stored %q", got)
	}
	b = newBench(t)
	b.move(t, question("contact.consultant"))
	b.run(t, script(`\b`, "q"), "")
	if got := b.session(t).Snapshot().Answers["contact.consultant"].Text; got != "b" {
		t.Errorf("stored %q", got)
	}
}

func TestEveryPromptTakesBackHelpAndLeave(t *testing.T) {
	places := []steps.Position{
		question(steps.QOrg), question(steps.QOutboundIPs), question(steps.QTarget), question("services.extra"), question("ip.outbound_dynamic"),
		stage(steps.ConnectAccount, steps.StageDo), stage(steps.ConnectAccount, steps.StageCheck), stage(steps.ConnectAccount, steps.StageConfirm),
		{Screen: "hub"},
	}
	for _, at := range places {
		for _, deeper := range []bool{false, true} {
			if deeper && at.Screen != "step" {
				continue
			}
			begin := []string{}
			if deeper {
				begin = append(begin, "")
			}
			b := newBench(t)
			b.move(t, at)
			out := b.run(t, script(append(begin, "?", "q")...), "")
			expect(t, out, "b goes back, q saves and leaves", "Everything is saved.")
			b = newBench(t)
			b.move(t, at)
			way := append(begin, "b", "b", "b", "b", "q")
			if at.Screen == "rfi" {
				way = []string{"h", "b", "q"}
			}
			p := script(way...)
			b.run(t, p, "")
			expect(t, p.transcript(), "n New move")
		}
	}
}

func TestLongLineIsRefusedWhole(t *testing.T) {
	b := newBench(t)
	b.move(t, question(steps.QDomains))
	fits := strings.Repeat("acme.com ", 20_000) + "acme.org"
	out := b.run(t, script(strings.Repeat("y", maxLine+10), fits, ".", "", "q"), "")
	expect(t, out, "longer than 1 MiB")
	if got := b.session(t).Snapshot().Answers[steps.QDomains].Text; got != fits {
		t.Errorf("stored %d bytes", len(got))
	}
}

func TestLinesAreReadOneByOne(t *testing.T) {
	l := newLines(io.MultiReader(strings.NewReader("a\r\nb\n"), strings.NewReader("\nlast")), false)
	for _, want := range []string{"a", "b", "", "last"} {
		if got, err := l.next(context.Background()); got != want || err != nil {
			t.Fatalf("got %q, %v, want %q", got, err, want)
		}
	}
	if _, err := l.next(context.Background()); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

// stuck is an input that never comes.
type stuck struct{ read chan struct{} }

func (s stuck) Read([]byte) (int, error) {
	close(s.read)
	select {}
}

func TestInterruptLeavesAtOnce(t *testing.T) {
	b := newBench(t)
	b.move(t, steps.Position{})
	ctx, cancel := context.WithCancel(context.Background())
	in := stuck{make(chan struct{})}
	done := make(chan error, 1)
	go func() { done <- Run(ctx, Options{Wizard: b.w, In: in, Out: io.Discard}) }()
	<-in.read
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestBrokenOutputEndsTheRun(t *testing.T) {
	b := newBench(t)
	err := Run(context.Background(), Options{Wizard: b.w, In: strings.NewReader(strings.Repeat("x\n", 50)), Out: closedPipe{}})
	if err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("ended with %v", err)
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, os.ErrClosed }

const hostile = "\x1b]52;c;aGk=\x07\x1b[2J\x1b[31mred\u202eevil\u202c\u200b\r\bOK\x00\u009b31m\x9bx\ttab"

// hostileCheck tells everything in the worst way.
type hostileCheck struct{ passing }

func (h hostileCheck) Run(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result {
	r := h.passing.Run(ctx, in, progress)
	bad := hostile + "\n" + hostile
	r.Outcome, r.Summary = check.Fail, "\x1b[2J"
	r.Findings = []check.Finding{{Severity: check.Blocker, Title: "\x1b[2J", Saw: "\x1b[2J\nx\x1b[1m", Do: "\x1b[2J", Copy: "a\x1b[2J\nb"}}
	r.Tables = []check.Table{{Title: "\x1b[2J", Rows: [][]check.Cell{{{Text: "\x1b[2J"}}}}}
	r.Evidence = []check.Evidence{{Kind: bad, Raw: "\x1b[2J"}}
	return r
}

func TestOnlyPrintableTextLeaves(t *testing.T) {
	b := newBench(t)
	for i, c := range b.w.Checks {
		b.w.Checks[i] = hostileCheck{c.(passing)}
	}
	b.w.Who = "an\x1b[2Jn"
	s := b.move(t, steps.Position{})
	for _, q := range []string{steps.QOrg, steps.QOutboundIPs, "contact.consultant", "third_party_senders", "policies.inventory"} {
		if _, err := s.Answer(context.Background(), q, hostile+"\n"+hostile, steps.Typed, hostile, s.Snapshot().Answers[q].Revision); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Note(context.Background(), steps.ConnectAccount, hostile); err != nil {
		t.Fatal(err)
	}
	p := script(
		"", "a", "c", "j", "y", "f", hostile, "f", "outbound", "1", "b", "n", hostile,
		"2", "1", "3", "1", "n", "c", "4", "r", "1", "v", "s", "c", "5", "b", "b", "e", "6",
		"f", "addresses send", "", "h", "q",
	)
	out := b.run(t, p, s.ID())
	// what the person types is echoed by the terminal, not printed by us
	onlyPrintable(t, strings.ReplaceAll(out, hostile, ""))
	expect(t, out, `\x1b`, "Blocker, 1 of 1")
}

func TestMenusSayWhatIsAccepted(t *testing.T) {
	b := newBench(t)
	b.move(t, steps.Position{})
	out := b.run(t, script("99", "x", "q"), "")
	expect(t, out, `"99" is not a choice here. Choose 1 to 7, r, a, e, j, f, n, m, b, ? or q.`)
}

func TestNewMoveRefusesAndGoesBack(t *testing.T) {
	b := newBench(t)
	// migrate, enterprise, from the first region to the same one, then to another
	out := b.run(t, script("n", "2", "4", "1", "1", "2", "b", "3", "1", "", "Acme", "acme com", "acme.com.au", "q"), "")
	expect(t, out, "would end in the region where it begins", "This is needed from the start.", "This cannot be used yet")
	p := b.session(t).Plan().Profile
	if p.Journey != steps.Migrate || p.Track != steps.Enterprise || p.Source == "" || p.Source == p.Target {
		t.Errorf("made %+v", p)
	}
}

func TestResumeShowsTheDraft(t *testing.T) {
	b := newBench(t)
	at := question(steps.QOrg)
	at.Draft = "Acme half ty"
	b.move(t, at)
	out := b.run(t, script("q"), "")
	expect(t, out, "You were typing, and it is not saved yet:\nAcme half ty", "Everything is saved but this answer")
	again := b.run(t, script("q"), "")
	expect(t, again, "You were typing, and it is not saved yet:\nAcme half ty")
	answered := b.run(t, script("Acme whole", "q"), "")
	expect(t, answered, "Everything is saved.")
	if out := b.run(t, script("q"), ""); strings.Contains(out, "You were typing") {
		t.Errorf("an answer that was given is still a draft:\n%s", out)
	}
}

// TestHInTheListOfStepsStaysThere: the numbers typed after it are those of steps
// of the same move.
func TestHInTheListOfStepsStaysThere(t *testing.T) {
	b := newBench(t)
	s := b.move(t, steps.Position{Screen: "hub"})
	b.run(t, script("1", "h", "h", "2", "q"), "")
	second := s.Plan().Steps[1].ID
	if at := b.session(t).Snapshot().Position; at.Screen != "step" || at.Step != second {
		t.Errorf("h, h and 2 lead to %+v", at)
	}
}

// TestARefusedAnswerIsKeptAsItWasTyped and not said to be saved.
func TestARefusedAnswerIsKeptAsItWasTyped(t *testing.T) {
	b := newBench(t)
	b.move(t, question("contact.tpoc.email"))
	out := b.run(t, script("nonsense", "q"), "")
	expect(t, out, "It is not saved.", "Everything is saved but this answer")
	expect(t, b.run(t, script("q"), ""), "You were typing, and it is not saved yet:\nnonsense")
}

// slow is a check that says how far it is and waits until it may go on.
type slow struct {
	passing
	told, proceed chan struct{}
}

func (s slow) Run(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result {
	progress(check.Progress{Check: s.id, Done: 7, Total: 12, Waiting: "203.0.113.9 port 25"})
	close(s.told)
	select {
	case <-s.proceed:
	case <-ctx.Done():
	}
	return s.passing.Run(ctx, in, func(check.Progress) {})
}

func TestStillCheckingLines(t *testing.T) {
	b := newBench(t)
	s := b.move(t, stage(steps.ConnectAccount, steps.StageCheck))
	def, _ := s.Plan().Step(steps.ConnectAccount)
	told, proceed := make(chan struct{}), make(chan struct{})
	for i, c := range b.w.Checks {
		if c.ID() == def.Checks[0] {
			b.w.Checks[i] = slow{c.(passing), told, proceed}
		}
	}
	ticks := make(chan time.Time)
	asked := 0
	p := script("", "r", "q")
	done := make(chan error, 1)
	go func() {
		done <- Run(context.Background(), Options{Wizard: b.w, Open: s.ID(), In: p, Out: p, After: func(d time.Duration) <-chan time.Time {
			if d != 5*time.Second {
				t.Errorf("waits %v between lines", d)
			}
			asked++
			return ticks
		}})
	}()
	<-told
	ticks <- epoch
	ticks <- epoch // the second tick is taken only after the first line was printed
	close(proceed)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	expect(t, p.transcript(), "Still checking, ", fmt.Sprintf(" of %d", len(def.Checks)), "203.0.113.9 port 25", "Done in")
	if asked < 2 {
		t.Errorf("asked for %d ticks", asked)
	}
}

func TestConflictShowsBoth(t *testing.T) {
	for _, keep := range []string{"1", "2"} {
		b := newBench(t)
		s := b.move(t, question(steps.QOrg))
		other := &wizard.Wizard{Repo: b.repo, Who: "bob", Now: b.clock.Now}
		theirs, err := other.Open(context.Background(), s.ID())
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		p := &person{decide: func(prompt, _ string) (string, bool) {
			n++
			switch {
			case strings.HasPrefix(prompt, "Answer") && n < 3:
				if _, err := theirs.Answer(context.Background(), steps.QOrg, "Bob's", steps.Typed, "", 1); err != nil {
					t.Error(err)
				}
				return "Mine", true
			case strings.HasPrefix(prompt, "Choose [1]") && n > 1 && n < 4:
				return keep, true
			}
			return "q", true
		}}
		out := b.run(t, p, s.ID())
		expect(t, out, "Bob changed this at the same time.", "1 Keep theirs: Bob's", "2 Keep yours: Mine")
		want := map[string]string{"1": "Bob's", "2": "Mine"}[keep]
		if got := b.session(t).Snapshot().Answers.Value(steps.QOrg); got != want {
			t.Errorf("kept %q, want %q", got, want)
		}
	}
}

// firstTask finds a task of the step that prepares the account.
func firstTask(t *testing.T, s *wizard.Session, is func(wizard.TaskLine) bool) (wizard.StepPage, int) {
	t.Helper()
	page, err := s.Step(steps.ConnectAccount)
	if err != nil {
		t.Fatal(err)
	}
	for i, task := range page.Tasks {
		if is(task) {
			return page, i
		}
	}
	t.Fatal("the step has no such task")
	return page, 0
}

func TestSnippetsAreWholeAndSaved(t *testing.T) {
	b := newBench(t)
	s := b.move(t, stage(steps.ConnectAccount, steps.StageDo))
	page, n := firstTask(t, s, func(task wizard.TaskLine) bool { return len(task.Snippets) > 0 })
	out := b.run(t, script("", fmt.Sprint(n+1), "s", "s", "y", "q"), s.ID())
	sn := page.Tasks[n].Snippets[0]
	expect(t, out, string(sn.Text), "End of text.", "Written: ")
	name := snippetFile(page.Tasks[n], sn)
	raw, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil || strings.TrimSpace(string(raw)) != strings.TrimSpace(string(sn.Text)) {
		t.Errorf("file %s: %v", name, err)
	}
	ext := filepath.Ext(name)
	if _, err := os.Stat(filepath.Join(b.dir, strings.TrimSuffix(name, ext)+"-2"+ext)); err != nil {
		t.Errorf("the second file was not kept beside the first: %v", err)
	}
	if !b.session(t).Snapshot().Tasks[steps.TaskKey(steps.ConnectAccount, page.Tasks[n].ID)].Done {
		t.Error("not ticked")
	}
}

func TestRulesetIsLoaded(t *testing.T) {
	b := newBench(t)
	s := b.move(t, stage(steps.ConnectAccount, steps.StageCheck))
	path := filepath.Join(b.dir, "edge.rules")
	if err := os.WriteFile(path, []byte("*filter\nCOMMIT\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := b.run(t, script("", "i", path+".no", b.dir, `"`+path+`"`, "q"), s.ID())
	expect(t, out, "there is no file", "this is a folder", "edge.rules is kept with the move, 15 bytes")
	if files := b.session(t).Snapshot().Attachments; len(files) != 1 || files[0].Kind != "ruleset" {
		t.Errorf("kept %+v", files)
	}
}

func TestJournalFindAndReview(t *testing.T) {
	b := newBench(t)
	s := b.move(t, steps.Position{})
	out := b.run(t, script("j", "y", "f", "lockdown", "1", "b", "a", "1", "", "c", "n", "a note", "q"), s.ID())
	expect(t, out, "The journal is whole.", "Firewall Lockdown", "There is a problem with ", "required missing", "(type l to list)", "Note: ")
	if notes := b.session(t).Snapshot().Notes; len(notes) != 1 || notes[0].Text != "a note" {
		t.Errorf("notes %+v", notes)
	}
}

func TestReadOnlyStoreIsSaid(t *testing.T) {
	b := newBench(t)
	s := b.move(t, question(steps.QOrg))
	ro, err := store.Open(context.Background(), filepath.Join(b.dir, "m.db"), store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ro.Close() })
	b.w.Repo = ro
	out := b.run(t, script("New name", "q"), s.ID())
	expect(t, out, "This did not work", "What you typed is not saved:\nNew name")
}

func TestMarkdownReadsAsSentences(t *testing.T) {
	md := "# Why\n\nA **bold** word, **bold\nover lines** and `*.exe`, `code`\nand [a link](https://x.example/).\n\n- one\n  more of one\n- two\n\n| Network | Mask |\n|---|---|\n| 10.0.0.0/8 | 255.0.0.0 |\n\n```\ndig +short\n  MX\n```\nEnd"
	want := "Why:\n\nA bold word, bold over lines and *.exe, code and a link (https://x.example/).\n\n- one more of one\n- two\n\nNetwork: 10.0.0.0/8; Mask: 255.0.0.0.\n\ndig +short\n  MX\n\nEnd"
	if got := readable(md); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
