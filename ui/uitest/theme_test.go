package uitest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/wizard"
	"mxodus/ui/app"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
)

// TestStatusesDifferWithoutColour: marks and words alone tell all statuses and
// outcomes apart, in both sets of marks.
func TestStatusesDifferWithoutColour(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		st := theme.New(theme.Options{NoColor: true, ASCII: ascii})
		seen := map[string]bool{}
		for _, s := range []steps.Status{
			steps.NotStarted, steps.InProgress, steps.Waiting, steps.Blocked, steps.Done, steps.Overridden, steps.NotApplicable,
		} {
			mark, style := st.Status(s)
			text := style.Render(mark + " " + wizard.StatusWord(s))
			if seen[text] || ansi.Strip(text) != text {
				t.Errorf("the status %s shows as %q", s, text)
			}
			seen[text] = true
		}
		outcomes := map[string]bool{}
		for _, o := range []check.Outcome{check.Pass, check.Warn, check.Fail, check.Waiting, check.Unknown, check.Skipped, ""} {
			mark, word, _ := st.Outcome(o)
			if outcomes[mark+word] || word == "" {
				t.Errorf("the outcome %q shows as %s %s", o, mark, word)
			}
			outcomes[mark+word] = true
		}
		marks := map[string]bool{}
		for _, m := range []check.Mark{check.MarkGood, check.MarkBad, check.MarkWait, check.MarkPart, check.MarkUnknown} {
			mark, _ := st.Mark(m)
			if marks[mark] || mark == "" {
				t.Errorf("the mark %q shows as %q", m, mark)
			}
			marks[mark] = true
		}
	}
}

// TestNoColourMeansNone draws every screen with a terminal that could show
// colours and a theme without: no colour is set.
func TestNoColourMeansNone(t *testing.T) {
	was := lipgloss.ColorProfile()
	lipgloss.SetColorProfile(termenv.TrueColor)
	defer lipgloss.SetColorProfile(was)
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	for _, p := range places() {
		for _, plain := range []bool{true, false} {
			d := w.start(func(o *app.Options) { o.Position, o.Theme = &p, theme.Options{NoColor: plain, Dark: true} })
			coloured := strings.Contains(d.Model.View(), "\x1b[38;") || strings.Contains(d.Model.View(), ";38;")
			if coloured == plain {
				t.Errorf("%s %s: NoColor %v, coloured %v", p.Screen, p.Stage, plain, coloured)
			}
			if err := d.Model.Finish(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestASCIIThemeIsASCII draws every screen for a terminal without Unicode.
func TestASCIIThemeIsASCII(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Société Générale 世界", "acme.com.au")
	for _, p := range places() {
		d := w.start(func(o *app.Options) { o.Position, o.Theme = &p, theme.Options{NoColor: true, ASCII: true} })
		for _, r := range d.Model.View() {
			if r > 126 {
				t.Errorf("%s %s holds %q:\n%s", p.Screen, p.Stage, r, d.Model.View())
				break
			}
		}
		if p.Screen == screen.Hub {
			d.Expect("[ ] to do", "enter continue", "your turn"[5:])
		}
	}
}

// TestLostRaceShowsBothValues lets another person change an answer while it is
// being typed.
func TestLostRaceShowsBothValues(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(func(o *app.Options) {
		o.Position = &steps.Position{Screen: screen.RFI, Field: steps.QOrg}
	})
	d.Type(" Pty Ltd")
	other := w.openStore()
	if _, err := other.SaveAnswers(context.Background(), id, []steps.AnswerEdit{
		{Question: steps.QOrg, Text: "Acme Holdings", Value: "Acme Holdings", Provenance: steps.Typed, Revision: 1},
	}, "robin"); err != nil {
		t.Fatal(err)
	}
	d.Press("enter")
	d.Expect("robin", "Acme Holdings", "Acme Pty Ltd", "keep theirs", "keep yours")
	if got := w.session(id).Snapshot().Answers.Value(steps.QOrg); got != "Acme Holdings" {
		t.Fatalf("before the choice the store holds %q", got)
	}
	d.Press("enter", "q") // nothing is chosen by accident
	d.Expect("keep theirs")
	d.Press("y")
	if got := w.session(id).Snapshot().Answers.Value(steps.QOrg); got != "Acme Pty Ltd" {
		t.Errorf("after keeping ours the store holds %q", got)
	}
}

// TestLostRaceWithoutAChoice: a task that someone else ticked meanwhile, and
// took the tick off again; before that, both want the same.
func TestLostRaceWithoutAChoice(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateFirewall, steps.StageDo))
	page, err := d.Model.Session().Step(steps.MigrateFirewall)
	if err != nil {
		t.Fatal(err)
	}
	other := w.openStore()
	set := func(done bool, seen int64) {
		t.Helper()
		state := steps.TaskState{Step: steps.MigrateFirewall, Task: page.Tasks[0].ID, Done: done, Revision: seen}
		if _, err := other.SetTask(context.Background(), id, state, "robin"); err != nil {
			t.Fatal(err)
		}
	}
	set(true, 0)
	d.Press("home", "space")
	d.Refute("Changed by robin")
	d.Expect("1 of 3 tasks done", "robin")
	set(false, 1)
	set(true, 2)
	d.Press("home", "space")
	d.Expect("Changed by robin", "go on")
	d.Press("t")
	d.Expect("1 of 3 tasks done", "robin")
}

// TestIdleIsQuiet: at rest, only the look for other people's changes is left.
func TestIdleIsQuiet(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	d.Advance(time.Minute)
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.timers) != 1 {
		t.Errorf("%d timers run at rest, want 1", len(d.timers))
	}
}
