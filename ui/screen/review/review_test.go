package review

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/store"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
)

var epoch = time.Date(2026, 11, 21, 14, 2, 11, 0, time.UTC)

func newPage(t *testing.T, at steps.Position) (*Page, *wizard.Session) {
	t.Helper()
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "m.db"), store.Options{Now: func() time.Time { return epoch }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &wizard.Wizard{Repo: db, Who: "ann", Now: func() time.Time { return epoch }}
	id, err := w.New(context.Background(), wizard.NewMove{
		Profile: steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "au", Platform: steps.OnPrem},
		Org:     "Acme Pty Ltd", Domain: "acme.com.au",
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Open(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	env := &screen.Env{Ctx: context.Background(), Wizard: w, Session: s, Styles: theme.New(theme.Options{NoColor: true})}
	return New(env, at).(*Page), s
}

func answer(t *testing.T, s *wizard.Session, q, text string) {
	t.Helper()
	if _, err := s.Answer(context.Background(), q, text, steps.Typed, "", s.Snapshot().Answers[q].Revision); err != nil {
		t.Fatal(err)
	}
}

func press(p *Page, k tea.KeyType) tea.Msg {
	cmd := p.Update(tea.KeyMsg{Type: k})
	if cmd == nil {
		return nil
	}
	return cmd()
}

func view(p *Page) string { return ansi.Strip(p.View()) }

func TestProblemsComeFirstAndLeadToTheirField(t *testing.T) {
	p, s := newPage(t, steps.Position{})
	answer(t, s, steps.QOutboundIPs, "203.0.113.25\n203.0.113.300\n203.0.113.301")
	p.Refresh()
	p.SetSize(100, 60)
	v := view(p)
	if i := strings.Index(v, "There is a problem"); i < 0 || i > 40 {
		t.Fatalf("the summary does not come first:\n%s", v)
	}
	u := rfi.Review(s.Facts(), []string{steps.QOutboundIPs})[0]
	i := slices.IndexFunc(p.rows, func(r row) bool { return r.problem != "" && r.status.Question.ID == steps.QOutboundIPs })
	if i < 0 || p.rows[i].problem != u.Problems[1].String()+" (and 1 more)" && p.rows[i].problem != u.Problems[0].String()+" (and 1 more)" {
		t.Fatalf("summary says %q, the field says %v", p.rows[i].problem, u.Problems)
	}
	p.list.Move(i - p.list.Cursor)
	m, ok := press(p, tea.KeyEnter).(screen.NavigateMsg)
	if !ok || m.To.Screen != screen.RFI || m.To.Field != steps.QOutboundIPs {
		t.Fatalf("Enter leads to %+v", m.To)
	}
	// the question comes back with ctrl+r, which names its field
	answer(t, s, steps.QOutboundIPs, "8.8.8.8")
	p.Go(steps.Position{Screen: screen.Review, Field: steps.QOutboundIPs})
	r := p.rows[p.list.Cursor]
	if r.status.Question.ID != steps.QOutboundIPs || r.problem != "" {
		t.Errorf("back on %+v", r)
	}
	if !strings.Contains(view(p), "✓ 8.8.8.8") {
		t.Errorf("the new value is not shown:\n%s", view(p))
	}
}

func TestEveryApplicableQuestionIsThere(t *testing.T) {
	p, s := newPage(t, steps.Position{})
	want := map[string]bool{}
	for _, q := range rfi.Applicable(s.Facts()) {
		want[q.ID] = true
	}
	headings := map[string]int{}
	for _, r := range p.rows {
		if r.problem == "" {
			delete(want, r.status.Question.ID)
			headings[r.heading]++
		}
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
	for h, n := range headings {
		if h != "" && n > 1 {
			t.Errorf("section %q stands there %d times", h, n)
		}
	}
	c := rfi.Complete(s.Facts())
	if p.answered != c.Answered || p.total != c.Applicable || p.required != c.RequiredMissing {
		t.Errorf("counted %d of %d, %d missing; the form counts %+v", p.answered, p.total, p.required, c)
	}
}

func TestNothingMissingLeadsToTheExport(t *testing.T) {
	p, s := newPage(t, steps.Position{})
	for range 3 { // answers bring up further questions
		for _, st := range rfi.Review(s.Facts(), nil) {
			if st.Missing {
				text := st.Question.Example
				if st.Question.Options != nil {
					text = st.Question.Options(s.Facts())[0].Value
				}
				answer(t, s, st.Question.ID, text)
			}
		}
	}
	p.Refresh()
	p.list.Move(-len(p.rows))
	if p.rows[0].to == nil {
		t.Fatalf("still missing: %s", view(p))
	}
	if m, ok := press(p, tea.KeyEnter).(screen.NavigateMsg); !ok || m.To.Screen != screen.Export {
		t.Errorf("Enter leads to %+v", m.To)
	}
	if m, ok := press(p, tea.KeyEnter).(screen.NavigateMsg); !ok || m.To.Step != steps.ConnectRFI || m.To.Stage != steps.StageDo {
		t.Errorf("back from the form, Enter leads to %+v", m.To)
	}
}

// TestChoicesByName: what was chosen stands in its row by the name it was chosen
// by, and not by the word that answers are kept under.
func TestChoicesByName(t *testing.T) {
	p, s := newPage(t, steps.Position{})
	answer(t, s, steps.QDomains, "acme.com.au")
	answer(t, s, "rv.check", "Directory users only")
	answer(t, s, "services.extra", "1, 4")
	p.SetSize(120, 120)
	p.Refresh()
	v := view(p)
	for _, want := range []string{"acme.com.au: Directory users only", "Import of historic mail, Apps for end users"} {
		if !strings.Contains(v, want) {
			t.Errorf("no %q in\n%s", want, v)
		}
	}
	for _, raw := range []string{"directory_only", "legacy_ingestion", "end_user_apps"} {
		if strings.Contains(v, raw) {
			t.Errorf("%s stands there as it is kept", raw)
		}
	}
}

// TestUnfinishedIsNoProblem: what is merely not answered is still to do; the
// cursor goes to it when it is asked for.
func TestUnfinishedIsNoProblem(t *testing.T) {
	p, s := newPage(t, steps.Position{Field: "services.extra"})
	p.SetSize(100, 90)
	if v := view(p); !strings.Contains(v, "Still to do") || strings.Contains(v, "There is a problem") {
		t.Fatalf("nothing is wrong, but:\n%s", v)
	}
	if p.list.Cursor == 0 {
		t.Fatal("the cursor is not on the question that was named")
	}
	p.Go(steps.Position{Step: steps.ConnectRFI, Field: screen.Unfinished})
	if r := p.rows[p.list.Cursor]; p.list.Cursor != 0 || !r.status.Missing {
		t.Errorf("the cursor stands on row %d, %s", p.list.Cursor, r.status.Question.ID)
	}
	answer(t, s, steps.QOutboundIPs, "203.0.113.300")
	p.Refresh()
	if v := view(p); !strings.Contains(v, "There is a problem") {
		t.Errorf("an address that cannot be read is not called a problem:\n%s", v)
	}
}

func TestStepsOwnQuestionsComeFirst(t *testing.T) {
	p, s := newPage(t, steps.Position{})
	for _, st := range s.Plan().Steps {
		if st.ID == steps.ConnectRFI || len(rfi.Review(s.Facts(), st.Questions)) == 0 {
			continue
		}
		p.Go(steps.Position{Step: st.ID})
		i := slices.IndexFunc(p.rows, func(r row) bool { return r.problem == "" && r.to == nil })
		if !strings.HasSuffix(p.rows[i].heading, st.Title) || p.rows[i].step != st.ID {
			t.Errorf("%s: first comes %+v", st.ID, p.rows[i].heading)
		}
		p.list.Move(i - p.list.Cursor)
		if m := press(p, tea.KeyEnter).(screen.NavigateMsg); m.To.Step != st.ID {
			t.Errorf("%s: leads to %+v", st.ID, m.To)
		}
	}
}

func TestUndoHere(t *testing.T) {
	p, s := newPage(t, steps.Position{Field: steps.QOrg})
	answer(t, s, steps.QOrg, "Other")
	p.Refresh()
	cmd := p.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("z")})
	p.Update(cmd())
	if got := s.Snapshot().Answers.Value(steps.QOrg); got != "Acme Pty Ltd" {
		t.Errorf("undone to %q", got)
	}
	if !strings.Contains(view(p), "Acme Pty Ltd") {
		t.Errorf("not shown:\n%s", view(p))
	}
}

func TestFitsEverySize(t *testing.T) {
	p, s := newPage(t, steps.Position{})
	answer(t, s, steps.QOutboundIPs, strings.Repeat("203.0.113.25\x1b[2J\u202e ", 900))
	answer(t, s, steps.QOrg, strings.Repeat("長い名前", 90))
	p.Refresh()
	for _, size := range [][2]int{{60, 10}, {60, 12}, {80, 20}, {120, 36}, {200, 56}} {
		p.SetSize(size[0], size[1])
		for i := range p.rows {
			p.list.Move(i - p.list.Cursor)
			rows := strings.Split(p.View(), "\n")
			if len(rows) != size[1] {
				t.Fatalf("%v: %d rows", size, len(rows))
			}
			for _, r := range rows {
				if ansi.StringWidth(r) > size[0] || strings.ContainsAny(ansi.Strip(r), "\x1b\u202e") {
					t.Fatalf("%v: row %q", size, r)
				}
			}
			if !strings.Contains(view(p), "▸") {
				t.Fatalf("%v: the cursor is out of view", size)
			}
		}
	}
}

func TestSectionsAndPosition(t *testing.T) {
	p, _ := newPage(t, steps.Position{})
	seen := map[string]bool{}
	for range 40 {
		press(p, tea.KeyRight)
		seen[p.rows[p.list.Cursor].heading] = true
	}
	if len(seen) < 4 || seen[""] {
		t.Errorf("sections passed: %v", seen)
	}
	at := p.Position()
	q, _ := newPage(t, at)
	if q.Position() != at {
		t.Errorf("came back at %+v, left at %+v", q.Position(), at)
	}
	press(p, tea.KeyLeft)
	if fmt.Sprint(p.Position()) == fmt.Sprint(at) {
		t.Error("left does not move")
	}
	if _, ok := press(p, tea.KeyEsc).(screen.BackMsg); !ok {
		t.Error("esc does not go back")
	}
}

// TestAnAnswerToLookAtIsNotMarkedAsGood: what was kept though it is odd is seen
// by whoever looks through the answers.
func TestAnAnswerToLookAtIsNotMarkedAsGood(t *testing.T) {
	p, s := newPage(t, steps.Position{})
	answer(t, s, "contact.emergency.email", "robin@acme.com.au")
	p.Refresh()
	for _, size := range [][2]int{{120, 90}, {80, 90}, {60, 120}} {
		p.SetSize(size[0], size[1])
		v := view(p)
		if strings.Contains(v, "✓ robin@acme.com.au") || !strings.Contains(v, "! robin@acme.com.au") || size[0] > 100 && !strings.Contains(v, "look at: this") {
			t.Errorf("at %v:\n%s", size, v)
		}
	}
}

// TestAfterAProblemComesTheNextOne: back from a question of the summary, the
// cursor is on the problem that follows, and at the end on what leads on.
func TestAfterAProblemComesTheNextOne(t *testing.T) {
	p, s := newPage(t, steps.Position{})
	p.SetSize(100, 60)
	p.list.Move(2)
	asked := p.rows[2].status.Question.ID
	next := p.rows[3].status.Question.ID
	m, ok := press(p, tea.KeyEnter).(screen.NavigateMsg)
	if !ok || m.To.Field != asked || m.To.Stage != screen.ForReview {
		t.Fatalf("Enter leads to %+v", m.To)
	}
	answer(t, s, asked, "+61 2 5550 1234")
	p.Refresh()
	if r := p.rows[p.list.Cursor]; r.problem == "" || r.status.Question.ID != next {
		t.Errorf("the cursor is on %q, want %q:\n%s", r.status.Question.ID, next, view(p))
	}
	at := slices.IndexFunc(p.rows, func(r row) bool { return r.problem == "" })
	p.list.Move(at + 3 - p.list.Cursor) // an answer of the list, not of the summary
	was := p.rows[p.list.Cursor].status.Question.ID
	p.Refresh()
	if r := p.rows[p.list.Cursor]; r.status.Question.ID != was {
		t.Errorf("the cursor has left %q for %q", was, r.status.Question.ID)
	}
}
