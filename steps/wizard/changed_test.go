package wizard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

func connectSession(t *testing.T, c *clock) *wizard.Session {
	t.Helper()
	return begin(t, open(t, c), toEurope)
}

func confirm(t *testing.T, s *wizard.Session, c *clock, step string) {
	t.Helper()
	work(t, s, c, step)
	if err := s.Confirm(context.Background(), step, wizard.Confirmation{Told: "Kim, 3 Dec, case 0123"}); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(time.Hour)
}

func set(t *testing.T, s *wizard.Session, q, text string) wizard.Saved {
	t.Helper()
	saved, err := s.Answer(context.Background(), q, text, steps.Typed, "", s.Snapshot().Answers[q].Revision)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func TestAChangeInAClosedStepSaysSo(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	confirm(t, s, c, steps.ConnectRFI)
	row := func() wizard.HubRow { return s.Hub().Rows[0] }
	if row().Changed || s.Hub().Done != 1 {
		t.Fatalf("just confirmed: %+v", row())
	}
	if saved := set(t, s, "domains", "acme.com\nacme.net"); len(saved.Unsettled) != 0 || row().Changed {
		t.Errorf("an answer that a later open step asks for: %v, %+v", saved.Unsettled, row())
	}
	saved := set(t, s, "contact.tpoc.name", "Somebody Else")
	if len(saved.Unsettled) != 1 || saved.Unsettled[0] != 1 {
		t.Errorf("unsettled steps %v", saved.Unsettled)
	}
	h := s.Hub()
	if !row().Changed || h.Done != 0 || h.Next.Step != steps.ConnectRFI || !strings.Contains(h.Next.Text, "anew") {
		t.Errorf("hub: %+v, %d done, next %+v", row(), h.Done, h.Next)
	}
	page, err := s.Step(steps.ConnectAccount)
	if err != nil {
		t.Fatal(err)
	}
	if page.Status != steps.Blocked || !strings.Contains(page.Gates[0].State.Unmet, "step 1 was changed") {
		t.Errorf("the step behind it: %s, %+v", page.Status, page.Gates[0].State)
	}
	if err := s.Reopen(ctx, steps.ConnectRFI, "another contact"); err != nil {
		t.Fatal(err)
	}
	confirm(t, s, c, steps.ConnectRFI)
	if row().Changed || s.Hub().Done != 1 {
		t.Errorf("confirmed anew: %+v", row())
	}
	c.t = c.t.Add(time.Minute)
	if err := s.Tick(ctx, steps.ConnectRFI, "send_form", false); err != nil {
		t.Fatal(err)
	}
	page, _ = s.Step(steps.ConnectRFI)
	if !row().Changed || len(page.Changed) != 1 || !strings.Contains(page.Changed[0], "tick was taken off") {
		t.Errorf("a task unticked: %+v, %q", row(), page.Changed)
	}
}

func TestAStepOfMimecastsNeedsWhoSaidSo(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	confirm(t, s, c, steps.ConnectRFI)
	work(t, s, c, steps.ConnectAccount)
	page, err := s.Step(steps.ConnectAccount)
	if err != nil || !page.Asks.Told {
		t.Fatalf("asks %+v, %v", page.Asks, err)
	}
	for _, told := range []string{"", "  ", "x", "Jordan", "Jordan Lee", "Jordan, ", "case 0123,"} {
		if err := s.Confirm(ctx, steps.ConnectAccount, wizard.Confirmation{Told: told}); !errors.Is(err, wizard.ErrTold) {
			t.Errorf("told %q: %v", told, err)
		}
	}
	if s.Snapshot().Steps[steps.ConnectAccount].Status.Closed() {
		t.Fatal("closed without a name")
	}
	if err := s.Confirm(ctx, steps.ConnectAccount, wizard.Confirmation{Told: "Kim Tran, case 0123"}); err != nil {
		t.Fatal(err)
	}
	page, _ = s.Step(steps.ConnectAccount)
	if len(page.Notes) != 1 || !strings.Contains(page.Notes[0].Text, "Kim Tran, case 0123") || page.Asks.Told {
		t.Errorf("kept: %+v, asks %+v", page.Notes, page.Asks)
	}
	if page, _ := s.Step(steps.ConnectRFI); page.Asks.Told {
		t.Error("a step of the TPOC's asks for Mimecast's word")
	}
	if page, _ := s.Step(steps.ConnectCompletion); !page.Asks.Overseen {
		t.Error("the test plan asks for no second person")
	}
	set(t, s, "signoff.overseen_by", "Robin Okafor")
	if page, _ := s.Step(steps.ConnectCompletion); page.Asks.Overseen {
		t.Error("the second person is asked for twice")
	}
}

// TestConnectEndsWithMimecastsWord: only Mimecast closes the Connect process, so
// the last step is not confirmed on the TPOC's word alone.
func TestConnectEndsWithMimecastsWord(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	page, err := s.Step(steps.ConnectCompletion)
	if err != nil || !page.Asks.Told {
		t.Fatalf("asks %+v, %v", page.Asks, err)
	}
	at := map[string]int{}
	for i, task := range page.Tasks {
		at[task.ID] = i
		if after := task.ID != "services"; task.AfterChecks != after {
			t.Errorf("%s after the checks: %v", task.ID, task.AfterChecks)
		}
	}
	if closed := page.Tasks[at["connect_closed"]]; closed.Who != check.WhoMimecast || at["ask_close"] > at["connect_closed"] || at["connect_closed"] > at["keep_report"] {
		t.Errorf("the closing is for %s, in the order %v", closed.Who, at)
	}
	reasons := map[string]string{}
	for _, o := range s.Obstacles(steps.ConnectCompletion) {
		reasons[o.ID] = "tried here"
	}
	if err := s.Confirm(ctx, steps.ConnectCompletion, wizard.Confirmation{Reasons: reasons}); !errors.Is(err, wizard.ErrTold) {
		t.Fatalf("without Mimecast's word: %v", err)
	}
	if err := s.Confirm(ctx, steps.ConnectCompletion, wizard.Confirmation{Reasons: reasons, Told: "Kim Tran, 23 Nov 2026"}); err != nil {
		t.Fatal(err)
	}
	page, _ = s.Step(steps.ConnectCompletion)
	if !page.Status.Closed() || len(page.Notes) != 1 || !strings.Contains(page.Notes[0].Text, "Kim Tran, 23 Nov 2026") {
		t.Errorf("%s, notes %+v", page.Status, page.Notes)
	}
}

func TestImportingWhatStandsThereChangesNothing(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	a := s.Snapshot().Answers[steps.QOrg]
	n, err := s.Import(context.Background(), []steps.AnswerEdit{{Question: a.Question, Text: a.Text, Value: a.Value}})
	if err != nil || n != 0 || s.Snapshot().Answers[steps.QOrg] != a {
		t.Errorf("%d stored, %v", n, err)
	}
}

// TestANewDomainUnsettlesWhatIsBuiltOnTheList: it must be proven and get its
// SPF record although another step asks for it.
func TestANewDomainUnsettlesWhatIsBuiltOnTheList(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	confirm(t, s, c, steps.ConnectRFI)
	set(t, s, "domains", "acme.com\nacme.net")
	confirm(t, s, c, steps.ConnectAccount)
	if s.Hub().Rows[1].Changed {
		t.Fatal("changed as it was confirmed")
	}
	saved := set(t, s, "domains", "acme.com\nacme.net\nacme.org")
	page, err := s.Step(steps.ConnectAccount)
	if err != nil || len(saved.Unsettled) != 1 || saved.Unsettled[0] != 2 || !s.Hub().Rows[1].Changed || len(page.Changed) != 1 {
		t.Errorf("unsettled %v, row %+v, page %q, %v", saved.Unsettled, s.Hub().Rows[1], page.Changed, err)
	}
}

// TestAnAnswerPutBackSettlesItsStep: what was confirmed stands again, at once
// and after reading the move anew; another value, or a path, does not.
func TestAnAnswerPutBackSettlesItsStep(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	set(t, s, "contact.tpoc.name", "Before The Close")
	set(t, s, "contact.tpoc.name", "Kim Tran")
	confirm(t, s, c, steps.ConnectRFI)
	changed := func() bool {
		t.Helper()
		again, err := s.Wizard().Open(ctx, s.ID())
		if err != nil {
			t.Fatal(err)
		}
		now, read := s.Hub().Rows[0].Changed, again.Hub().Rows[0].Changed
		if now != read {
			t.Errorf("changed: %v as it was worked on, %v as it is read", now, read)
		}
		return now
	}
	for _, a := range []struct {
		name    string
		changed bool
	}{
		{"Somebody Else", true}, {"Kim Tran", false}, {"Before The Close", true}, {"Somebody Else", true}, {"", true}, {"Kim Tran", false},
	} {
		c.t = c.t.Add(time.Minute)
		set(t, s, "contact.tpoc.name", a.name)
		if changed() != a.changed {
			t.Errorf("answered %q: changed is %v", a.name, !a.changed)
		}
	}
	c.t = c.t.Add(time.Minute)
	set(t, s, "contact.tpoc.name", "Somebody Else")
	if _, err := s.Undo(ctx, "contact.tpoc.name"); err != nil || changed() {
		t.Errorf("after undo: changed %v, %v", changed(), err)
	}
}

// TestAStepConfirmedInBetweenKeepsItsOwnValue: each step is compared with what
// stood there when it was confirmed itself.
func TestAStepConfirmedInBetweenKeepsItsOwnValue(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	confirm(t, s, c, steps.ConnectRFI)
	first := s.Snapshot().Answers.Value(steps.QDomains)
	set(t, s, steps.QDomains, "acme.com\nacme.net")
	confirm(t, s, c, steps.ConnectAccount)
	set(t, s, steps.QDomains, first)
	if s.Hub().Rows[0].Changed || !s.Hub().Rows[1].Changed {
		t.Errorf("put back to what step 1 was confirmed with: %+v, %+v", s.Hub().Rows[0], s.Hub().Rows[1])
	}
	c.t = c.t.Add(time.Minute)
	set(t, s, steps.QDomains, "acme.com\nacme.net")
	if s.Hub().Rows[1].Changed {
		t.Errorf("put back to what step 2 was confirmed with: %+v", s.Hub().Rows[1])
	}
}

// TestFilesAreAnsweredWithPaths: steps.View takes a path that was put back for
// a change, and knows of one question that is answered with a path.
func TestFilesAreAnsweredWithPaths(t *testing.T) {
	for _, q := range rfi.All() {
		if (q.Type == rfi.File) != (q.ID == steps.QRuleset) {
			t.Errorf("%s: answered with a file is %v", q.ID, q.Type == rfi.File)
		}
	}
}
