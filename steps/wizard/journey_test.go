package wizard_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/store"
)

// clock is a clock that the test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

// scripted is a check that answers as told.
type scripted struct {
	id  string
	run func(check.Input) check.Result
}

func (s scripted) ID() string    { return s.id }
func (s scripted) Title() string { return "scripted " + s.id }
func (s scripted) Run(_ context.Context, in check.Input, _ func(check.Progress)) check.Result {
	return s.run(in)
}

func passes(id string) scripted {
	return scripted{id, func(in check.Input) check.Result {
		r := check.Result{Outcome: check.Pass, Summary: "as it should be"}
		if id == "MX-PLAN" && in.Phase == check.Before {
			set := map[string][]check.MX{}
			for _, d := range in.Domains {
				set[d] = []check.MX{{Host: "mail." + d, Pref: 10, TTL: 300}}
			}
			r.Data, _ = json.Marshal(set)
		}
		return r
	}}
}

func open(t *testing.T, c *clock) *wizard.Wizard {
	t.Helper()
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "m.db"), store.Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &wizard.Wizard{Repo: db, Who: "Ann", Now: c.now}
	for _, id := range []string{"MX-PLAN", "MX-AUTH", "MX-PROP", "MX-LEFT", "MX-FORM", "RANGES", "GW-SMTP", "GW-OUT", "GW-JRN", "FW-OPEN", "FW-LOCK"} {
		w.Checks = append(w.Checks, passes(id))
	}
	return w
}

// Moves that the tests begin.
var (
	toEurope = steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}
	euToAU   = steps.Profile{Journey: steps.Migrate, Track: steps.Express, Source: "eu", Target: "au", Platform: steps.M365}
)

// begin opens a new move of Acme.
func begin(t *testing.T, w *wizard.Wizard, p steps.Profile) *wizard.Session {
	t.Helper()
	id, err := w.New(context.Background(), wizard.NewMove{Profile: p, Org: "Acme", Domain: "acme.com"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Open(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sample is a value that a question accepts.
func sample(q rfi.Question, f steps.Facts) string {
	if q.Default != nil {
		if v := q.Default(f); v != "" {
			return v
		}
	}
	switch q.ID {
	case "account.code_old":
		return f.Source.AccountPrefix + "12A34"
	case steps.QAccountCode:
		return f.Target.AccountPrefix + "12A34"
	}
	if q.Options != nil {
		if o := q.Options(f); len(o) > 0 {
			return o[0].Value
		}
	}
	return q.Example
}

// answerAll answers what is required; answers may bring up further questions.
func answerAll(t *testing.T, s *wizard.Session, id string) {
	t.Helper()
	for range 10 {
		page, err := s.Step(id)
		if err != nil {
			t.Fatal(err)
		}
		missing := 0
		for _, st := range page.Questions {
			if !st.Missing {
				continue
			}
			missing++
			saved, err := s.Answer(context.Background(), st.Question.ID, sample(st.Question, s.Facts()), steps.Typed, "", st.Answer.Revision)
			if err != nil {
				t.Fatalf("%s: %v", st.Question.ID, err)
			}
			if !saved.Understood.OK() {
				t.Fatalf("%s: example %q is not understood: %v", st.Question.ID, saved.Answer.Text, saved.Understood.Problems)
			}
		}
		if missing == 0 {
			return
		}
	}
	t.Fatalf("%s never runs out of required questions", id)
}

// work does everything a step asks for.
func work(t *testing.T, s *wizard.Session, c *clock, id string) {
	t.Helper()
	ctx := context.Background()
	page, err := s.Step(id)
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(page.Guide) == "" {
		t.Errorf("%s has no guidance", id)
	}
	answerAll(t, s, id)
	check := func() {
		if _, err := s.Check(ctx, id, nil, nil); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
	}
	check() // the record of how it was before
	for _, task := range page.Tasks {
		for _, noted := range task.Records {
			if q, ok := rfi.Find(noted); ok && s.Snapshot().Answers.Value(noted) == "" {
				set(t, s, noted, sample(q, s.Facts()))
			}
		}
		if err := s.Tick(ctx, id, task.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	c.t = c.t.Add(time.Hour) // longer than any TTL here
	check()
	proveAgain(t, s, id)
}

// proveAgain runs the firewall check once more where answers have outgrown what
// it has proven for a step, as Enter on what stands in the way leads there.
func proveAgain(t *testing.T, s *wizard.Session, id string) {
	t.Helper()
	for _, o := range s.Obstacles(id) {
		if !strings.Contains(o.Text, "rules or answers that have changed since") {
			continue
		}
		at := s.Where(id, o)
		if at.Step != steps.FirewallStep(s.Plan().Profile.Journey) || at.Stage != steps.StageCheck || at.Field != "FW-OPEN" {
			t.Errorf("%s: %q leads to %+v", id, o.Text, at)
		}
		if _, err := s.Check(context.Background(), at.Step, []string{at.Field}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBothJourneysReachTheEndInOrder(t *testing.T) {
	profiles := []steps.Profile{
		{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem},
		{Journey: steps.Connect, Service: steps.Archiving, Target: "us", Platform: steps.M365},
		{Journey: steps.Connect, Service: steps.EmailSecurity, Target: "de", Platform: steps.Google},
		{Journey: steps.Migrate, Track: steps.Security, Source: "us", Target: "au", Platform: steps.HybridM365},
		{Journey: steps.Migrate, Track: steps.Express, Source: "eu", Target: "au", Platform: steps.Other},
		{Journey: steps.Migrate, Track: steps.Archive, Source: "eu", Target: "us", Platform: steps.OnPrem},
		{Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au", Platform: steps.OnPrem},
	}
	for _, p := range profiles {
		t.Run(string(p.Journey)+"/"+string(p.Service)+string(p.Track), func(t *testing.T) { walk(t, p) })
	}
}

func walk(t *testing.T, p steps.Profile) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	id, err := w.New(ctx, wizard.NewMove{Profile: p, Org: "Acme Pty Ltd", Domain: "acme.com.au"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Open(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range s.Plan().Steps {
		work(t, s, c, st.ID)
		if left := s.Obstacles(st.ID); len(left) > 0 {
			t.Fatalf("step %d %s still has obstacles: %+v", st.Number, st.ID, left)
		}
		if err := s.Confirm(ctx, st.ID, wizard.Confirmation{Told: "Kim, 3 Dec, case 0123"}); err != nil {
			t.Fatal(err)
		}
		c.t = c.t.AddDate(0, 0, 4) // longer than the waiting time after outbound
	}
	h := s.Hub()
	if h.Done != h.Total || h.Total == 0 {
		t.Errorf("%d of %d steps done", h.Done, h.Total)
	}
	if p.Journey == steps.Migrate && h.OldOff.IsZero() {
		t.Error("no date on which the old account is disabled")
	}
	if seq, why, err := w.Repo.VerifyJournal(ctx, id); seq != 0 || err != nil {
		t.Errorf("journal broken at %d: %s, %v", seq, why, err)
	}
	again, err := w.Open(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Hub(); got.Done != h.Done || got.Turn != h.Turn {
		t.Errorf("after reopening: %+v", got)
	}
}

func TestInboundIsHeldUntilOutboundHasRunForDays(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	s := begin(t, w, toEurope)
	for _, step := range []string{steps.ConnectRFI, steps.ConnectAccount, steps.ConnectOutbound, steps.ConnectRecipients} {
		work(t, s, c, step)
		if err := s.Confirm(ctx, step, wizard.Confirmation{Told: "Kim, 3 Dec, case 0123"}); err != nil {
			t.Fatal(err)
		}
	}
	work(t, s, c, steps.ConnectInbound)
	err := s.Confirm(ctx, steps.ConnectInbound, wizard.Confirmation{Told: "Kim, 3 Dec, case 0123"})
	var held *wizard.ObstacleError
	if !errors.As(err, &held) || len(held.Obstacles) != 1 || held.Obstacles[0].ID != "connect.inbound.learned" {
		t.Fatalf("inbound right after outbound: %v", err)
	}
	if err := s.Confirm(ctx, steps.ConnectInbound, wizard.Confirmation{
		Reasons: map[string]string{held.Obstacles[0].ID: "agreed with the Connect team"},
	}); err != nil {
		t.Fatal(err)
	}
	page, err := s.Step(steps.ConnectInbound)
	if err != nil {
		t.Fatal(err)
	}
	if page.Status != steps.Overridden || len(page.Overrides) != 1 || page.Overrides[0].Reason == "" {
		t.Errorf("status %s, overrides %+v", page.Status, page.Overrides)
	}
	if err := s.Reopen(ctx, steps.ConnectInbound, "mail was lost"); err != nil {
		t.Fatal(err)
	}
	if got := s.Hub().Rows[4].Status; got.Closed() {
		t.Errorf("reopened step is %s", got)
	}
}

func TestAChangedAnswerMakesResultsStaleAndReplansWithoutLosing(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	s := begin(t, w, toEurope)
	work(t, s, c, steps.ConnectOutbound)
	page, _ := s.Step(steps.ConnectOutbound)
	if len(page.Checks) == 0 || page.Checks[0].Run == nil || page.Checks[0].Stale {
		t.Fatalf("checks just run: %+v", page.Checks)
	}
	set := func(q, text string) {
		t.Helper()
		if _, err := s.Answer(ctx, q, text, steps.Typed, "", s.Snapshot().Answers[q].Revision); err != nil {
			t.Fatal(err)
		}
	}
	set(steps.QTarget, "us")
	if page, _ = s.Step(steps.ConnectOutbound); !page.Checks[0].Stale {
		t.Error("results of another region still count")
	}
	set(steps.QService, "archiving")
	if _, ok := s.Plan().Step(steps.ConnectOutbound); ok {
		t.Error("the step did not fall away")
	}
	set(steps.QService, "both")
	set(steps.QTarget, "eu")
	page, err := s.Step(steps.ConnectOutbound)
	if err != nil {
		t.Fatal(err)
	}
	if page.Checks[0].Run == nil || page.Checks[0].Stale || !page.Tasks[0].State.Done {
		t.Errorf("tasks and results did not come back: %+v %+v", page.Checks[0], page.Tasks[0].State)
	}
}

func TestALostRaceShowsBothValues(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	one := begin(t, w, steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu"})
	two, _ := w.Open(ctx, one.ID())
	if _, err := one.Answer(ctx, steps.QOrg, "Acme One", steps.Typed, "", 1); err != nil {
		t.Fatal(err)
	}
	_, err := two.Answer(ctx, steps.QOrg, "Acme Two", steps.Typed, "", 1)
	var lost *steps.ConflictError
	if !errors.As(err, &lost) || lost.Theirs != "Acme One" || lost.Yours != "Acme Two" {
		t.Fatalf("the second write: %v", err)
	}
	if changed, err := two.Reload(ctx); err != nil || !changed {
		t.Fatalf("reload: %v, %v", changed, err)
	}
	if got := two.Snapshot().Answers.Value(steps.QOrg); got != "Acme One" {
		t.Errorf("after reload %q", got)
	}
}
