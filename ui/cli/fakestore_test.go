package cli

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/plan"
)

// fakeStore is one move in memory that can only be read.
type fakeStore struct {
	steps.Repository // nil: writing would panic
	snap             steps.Snapshot
	journal          []steps.JournalEntry
	notices          []string
	broken           int64
	room             bool // for a backup
	closed           bool
}

func (f *fakeStore) Close() error      { f.closed = true; return nil }
func (f *fakeStore) Path() string      { return "/data/mxodus.db" }
func (f *fakeStore) ReadOnly() bool    { return true }
func (f *fakeStore) Notices() []string { return f.notices }

func (f *fakeStore) Backup(context.Context, string, bool) error {
	if f.room {
		return nil
	}
	return steps.ErrFull
}

func (f *fakeStore) Moves(context.Context) ([]steps.Move, error) {
	return []steps.Move{f.snap.Move}, nil
}
func (f *fakeStore) Load(context.Context, string) (steps.Snapshot, error) { return f.snap, nil }
func (f *fakeStore) Version(context.Context) (int64, error)               { return 1, nil }
func (f *fakeStore) Journal(context.Context, string) ([]steps.JournalEntry, error) {
	return f.journal, nil
}

func (f *fakeStore) Runs(context.Context, string, string, string, int) ([]steps.Run, error) {
	var runs []steps.Run
	for _, r := range f.snap.Latest {
		runs = append(runs, r)
	}
	slices.SortFunc(runs, func(a, b steps.Run) int { return int(a.ID - b.ID) })
	return runs, nil
}

func (f *fakeStore) VerifyJournal(context.Context, string) (int64, string, error) {
	if f.broken > 0 {
		return f.broken, evil, nil
	}
	return 0, "", nil
}

func (f *fakeStore) run(t *testing.T, args ...string) reply {
	t.Helper()
	var out, errs bytes.Buffer
	code := Run(t.Context(), Env{
		Args: args, In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: func(string) string { return "" },
		InTerminal: func() bool { return false }, OutTerminal: func() bool { return false },
		StorePath: func(string) (string, error) { return f.Path(), nil },
		OpenStore: func(_ context.Context, _ string, readOnly bool) (Store, error) {
			if !readOnly {
				t.Errorf("%v opens the store for writing", args)
			}
			return f, nil
		},
		Version: "1.2.3", Now: func() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) },
	})
	if !f.closed {
		t.Errorf("%v left the store open", args)
	}
	f.closed = false
	return reply{code, out.String(), errs.String()}
}

// evil is outside text at its worst.
const evil = "E\x1b]52;c;eA==\a\x1b[2J\u009b31m\u202e\r\b\x00vil"

func signedOff() *fakeStore {
	answer := func(v string) steps.Answer {
		return steps.Answer{Text: v, Value: v, Revision: 1, Provenance: steps.Typed}
	}
	a := steps.Answers{
		steps.QJourney: answer("migrate"), steps.QTrack: answer("security"), steps.QSource: answer("eu"),
		steps.QTarget: answer("au"), steps.QOrg: answer("Acme"), steps.QPrimaryDomain: answer("acme.example"),
	}
	f := &fakeStore{snap: steps.Snapshot{
		Move:    steps.Move{ID: "m1", Org: "Acme", Domain: "acme.example", Profile: a.Profile()},
		Answers: a, Steps: map[string]steps.StepState{}, Tasks: map[string]steps.TaskState{}, Latest: map[string]steps.Run{},
	}}
	day := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	for _, id := range []string{
		steps.MigrateAuthorization, steps.MigrateAccount, steps.MigrateFirewall, steps.MigrateRecipients, steps.MigratePolicies,
		steps.MigrateReview, steps.MigrateDates, steps.MigrateOutbound, steps.MigrateMX, steps.MigrateSignOff,
	} {
		f.snap.Steps[id] = steps.StepState{Step: id, Status: steps.Done, Closed: day, By: "Ann"}
	}
	return f
}

func TestStatusCountsDownToTheEndOfTheOldAccount(t *testing.T) {
	f := signedOff()
	got := f.run(t, "status")
	if got.code != 0 || !strings.Contains(got.out, "The old account is disabled on 30 January 2027, in 60 days.") {
		t.Errorf("%s%s", got.out, got.err)
	}
	doc := document(t, f.run(t, "status", "--json").out, "mxodus.status/1")
	old, _ := doc["old_account"].(map[string]any)
	if old["off"] != "2027-01-30" || old["days_left"] != 60.0 {
		t.Errorf("%v", doc["old_account"])
	}
	if code := f.run(t, "status", "--complete").code; code != ExitIncomplete {
		t.Errorf("--complete with one step open gives %d", code)
	}
	f.snap.Steps[steps.MigratePost] = steps.StepState{Status: steps.Done}
	if got := f.run(t, "status", "--complete"); got.code != ExitIncomplete || !strings.Contains(got.out, "MX-AUTH was not run") {
		t.Errorf("--complete with all closed and nothing checked gives %d:\n%s", got.code, got.out)
	}
	if got := f.run(t, "export", "--complete"); got.code != ExitIncomplete || !strings.Contains(got.err, "MX-AUTH was not run") {
		t.Errorf("export --complete gives %d: %s", got.code, got.err)
	}
	p, err := plan.Build(f.snap.Answers.Profile())
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range p.Steps {
		aside := func(what string) {
			f.snap.Overrides = append(f.snap.Overrides, steps.Override{Step: st.ID, Gate: what, Reason: "proven by hand"})
		}
		for _, id := range st.Checks {
			aside("check " + id)
		}
		for _, task := range st.Tasks(f.snap.Facts(time.Now())) {
			aside("task " + task.ID)
		}
	}
	if got := f.run(t, "status", "--complete"); got.code != 0 || !strings.Contains(got.out, "all steps are done") {
		t.Errorf("--complete with none open gives %d:\n%s", got.code, got.out)
	}
	if got := f.run(t, "export", "--complete"); got.code != 0 || !strings.Contains(got.out, "All 11 steps are closed") {
		t.Errorf("export --complete gives %d: %s", got.code, got.err)
	}
}

func TestOldAccountLine(t *testing.T) {
	day := time.Date(2027, 1, 30, 0, 0, 0, 0, time.UTC)
	for left, want := range map[int]string{
		60: "in 60 days", 1: "in 1 day.", 0: "disabled today", -3: "was disabled on 30 January 2027",
	} {
		if got := oldAccountLine(day, left); !strings.Contains(got, want) {
			t.Errorf("%d: %s", left, got)
		}
	}
}

func TestJournalVerifyBroken(t *testing.T) {
	f := signedOff()
	f.broken = 7
	got := f.run(t, "journal", "verify")
	if got.code != ExitNotSafe || !strings.Contains(got.out, "broken  entry 7") {
		t.Errorf("code %d: %s", got.code, got.out)
	}
	got = f.run(t, "journal", "verify", "all", "--json")
	if doc := document(t, got.out, "mxodus.verify/1"); got.code != ExitNotSafe || doc["whole"] != false {
		t.Errorf("code %d: %v", got.code, doc)
	}
	if r, bad := controls(got.out); bad {
		t.Errorf("the output holds %U", r)
	}
}

// TestHostileNames: nothing that came from outside steers the terminal,
// whichever command shows it.
func TestHostileNames(t *testing.T) {
	f := signedOff()
	f.notices = []string{evil}
	a := steps.Answer{Text: evil, Value: evil, Revision: 1, By: evil, Source: evil, Provenance: steps.Imported}
	f.snap.Move.Org, f.snap.Move.Domain = evil, evil
	f.snap.Answers[steps.QOrg], f.snap.Answers[steps.QPrimaryDomain], f.snap.Answers["old.question"] = a, a, a
	f.snap.Steps[steps.MigratePost] = steps.StepState{Status: steps.Waiting, WaitingOn: "mimecast", By: evil, Reason: evil}
	f.snap.Overrides = []steps.Override{{Step: steps.MigrateMX, Gate: evil, Reason: evil, By: evil}}
	f.snap.Notes = []steps.Note{{Text: evil, By: evil}}
	f.snap.Attachments = []steps.Attachment{{Kind: "other", Name: evil, By: evil}}
	dirty := clean.Shown(evil)
	f.snap.Latest[steps.RunKey(steps.MigrateMX, "MX-AUTH")] = steps.Run{ID: 1, Step: steps.MigrateMX, By: evil, Result: check.Result{
		Check: "MX-AUTH", Title: dirty, Outcome: check.Fail, Summary: dirty,
		Findings: []check.Finding{{Code: "x", Severity: check.Blocker, Subject: dirty, Title: dirty, Saw: dirty}},
		Evidence: []check.Evidence{{Kind: "dns", Raw: dirty, Server: dirty, Asked: dirty}},
	}}
	f.journal = []steps.JournalEntry{{Seq: 1, By: evil, Kind: evil, Step: evil, Detail: evil, Data: evil}}
	for _, args := range []string{
		"list", "list --json", "status", "status --json", "journal", "journal --json", "journal verify", "plan", "plan --json",
		"export", "export --format html", "export --format json", "export --format rfi-md", "export --format rfi-json",
		"export --format rfi-text", "export --complete", "answers export -", "status " + "nobody",
	} {
		got := f.run(t, strings.Fields(args)...)
		text := got.out + got.err
		if text == "" {
			t.Errorf("%s says nothing", args)
		}
		if r, bad := controls(text); bad {
			t.Errorf("%s: the output holds %U:\n%.300q", args, r, text)
		}
		if strings.ContainsRune(text, '\u202e') {
			t.Errorf("%s: the output turns the writing round", args)
		}
	}
}

// TestPlannedDatesAreToldFromPastOnes: a day to come is never read as one on
// which it happened.
func TestPlannedDatesAreToldFromPastOnes(t *testing.T) {
	f := signedOff()
	f.snap.Steps = map[string]steps.StepState{}
	f.snap.Answers[steps.QOutboundDate] = steps.Answer{Value: "2026-12-10T20:00:00Z", Revision: 1}
	got := f.run(t, "status")
	if !strings.Contains(got.out, "2026-12-10 20:00 +00:00  Outgoing mail switched  planned, in 9 days") {
		t.Errorf("%s", got.out)
	}
	f.snap.Answers[steps.QOutboundDate] = steps.Answer{Value: "2026-11-29T20:00:00Z", Revision: 2}
	if got := f.run(t, "status"); !strings.Contains(got.out, "Outgoing mail switched  2 days ago, not marked as done") {
		t.Errorf("%s", got.out)
	}
}
