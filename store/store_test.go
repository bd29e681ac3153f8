package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/store"
)

// clock moves on by a second at each look, from a fixed time.
func clock() func() time.Time {
	var mu sync.Mutex
	t := time.Date(2026, 3, 1, 9, 0, 0, 123456789, time.FixedZone("CET", 3600))
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		t = t.Add(time.Second)
		return t
	}
}

func open(t *testing.T, path string, o store.Options) *store.DB {
	t.Helper()
	if o.Now == nil {
		o.Now = clock()
	}
	db, err := store.Open(context.Background(), path, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

func fresh(t *testing.T) *store.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "mxodus.db"), store.Options{})
}

func edit(q, text string, rev int64) steps.AnswerEdit {
	return steps.AnswerEdit{Question: q, Text: text, Value: strings.ToLower(text), Provenance: steps.Typed, Revision: rev}
}

func newMove(t *testing.T, db *store.DB, first ...steps.AnswerEdit) string {
	t.Helper()
	id, err := db.CreateMove(context.Background(), first, "ann")
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	return id
}

func load(t *testing.T, db *store.DB, id string) steps.Snapshot {
	t.Helper()
	s, err := db.Load(context.Background(), id)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return s
}

func mustVerify(t *testing.T, db *store.DB, id string) {
	t.Helper()
	if seq, why, err := db.VerifyJournal(context.Background(), id); seq != 0 || err != nil {
		t.Fatalf("journal of %s broken at %d: %s (%v)", id, seq, why, err)
	}
}

func run(step, id string, o check.Outcome) steps.Run {
	return steps.Run{Step: step, Result: check.Result{
		Check: id, Title: "MX", Outcome: o, Phase: check.Before, Summary: "two servers",
		Findings: []check.Finding{{Code: "MX.old", Severity: check.Risk, Title: "old <server> & more", RetestAt: time.Date(2026, 3, 2, 0, 0, 0, 5, time.UTC)}},
		Started:  time.Date(2026, 3, 1, 10, 0, 0, 987654321, time.UTC), Took: time.Second,
		Data: json.RawMessage(`{"a":[1,2]}`),
	}}
}

// fill makes a move with one of everything.
func fill(t *testing.T, db *store.DB) string {
	t.Helper()
	ctx := context.Background()
	id := newMove(t, db,
		edit(steps.QOrg, "Acme", 0), edit(steps.QJourney, "connect", 0), edit(steps.QService, "both", 0),
		edit(steps.QPrimaryDomain, "Acme.com", 0))
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	_, err := db.SaveAnswers(ctx, id, []steps.AnswerEdit{
		edit(steps.QOrg, "Acme Ltd", 1),
		{Question: steps.QDomains, Text: "acme.com\nacme.org\n\x00odd\xff", Value: "acme.com\nacme.org", Provenance: steps.Detected, Source: "SPF of acme.com"},
	}, "bob")
	must("save", err)
	_, err = db.SetTask(ctx, id, steps.TaskState{Step: "connect.outbound", Task: "connector", Done: true}, "ann")
	must("task", err)
	_, err = db.SetStep(ctx, id, steps.StepState{
		Step: "connect.outbound", Status: steps.Waiting, WaitingOn: "time",
		Since: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Until: time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC),
		Started: time.Date(2026, 2, 28, 9, 0, 0, 0, time.UTC), Overseen: "cy", Reason: "lunch",
	}, []steps.Override{{Step: "connect.outbound", Gate: "firewall", Reason: "proved by hand"}}, "ann")
	must("step", err)
	must("runs", db.AppendRuns(ctx, id, []steps.Run{run("connect.inbound", "MX-AUTH", check.Fail), run("connect.inbound", "MX-PLAN", check.Pass)}, "ann"))
	must("runs", db.AppendRuns(ctx, id, []steps.Run{run("connect.inbound", "MX-AUTH", check.Pass)}, "ann"))
	_, err = db.AddNote(ctx, id, steps.Note{Step: "connect.outbound", Text: "called\nthem"}, "ann")
	must("note", err)
	_, err = db.Attach(ctx, id, steps.Attachment{Step: "connect.firewall", Kind: "ruleset", Name: "fw.txt"}, []byte("*filter\nCOMMIT\n"), "ann")
	must("attach", err)
	must("position", db.SetPosition(ctx, id, steps.Position{Screen: "step", Step: "connect.outbound", Stage: steps.StageDo, Field: "x", Scroll: 3, Cursor: 4, Draft: "half"}))
	must("record", db.Record(ctx, id, steps.NewEntry{Kind: "export", Detail: "summary written", Data: `{"format":"md"}`}, "ann"))
	return id
}

func TestEverythingStoredIsReadBackAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%", "mxodus.db")
	db := open(t, path, store.Options{})
	id := fill(t, db)
	before := load(t, db, id)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, path, store.Options{})
	after := load(t, db, id)
	if !reflect.DeepEqual(before, after) {
		t.Fatalf("changed by reopening:\n%+v\n%+v", before, after)
	}
	if a := after.Answers[steps.QDomains]; a.Text != "acme.com\nacme.org\n\x00odd\xff" || a.Source == "" || a.Provenance != steps.Detected || a.By != "bob" || a.Revision != 1 {
		t.Errorf("domains: %+v", a)
	}
	if a := after.Answers[steps.QOrg]; a.Value != "acme ltd" || a.Revision != 2 {
		t.Errorf("org: %+v", a)
	}
	st := after.Steps["connect.outbound"]
	if st.Status != steps.Waiting || st.Overseen != "cy" || st.Until.Day() != 4 || !st.Closed.IsZero() || st.Revision != 1 || st.By != "ann" {
		t.Errorf("step: %+v", st)
	}
	if tk := after.Tasks[steps.TaskKey("connect.outbound", "connector")]; !tk.Done || tk.By != "ann" || tk.Revision != 1 || tk.At.IsZero() {
		t.Errorf("task: %+v", tk)
	}
	if len(after.Overrides) != 1 || after.Overrides[0].Reason != "proved by hand" || after.Overrides[0].By != "ann" {
		t.Errorf("overrides: %+v", after.Overrides)
	}
	latest := after.Latest[steps.RunKey("connect.inbound", "MX-AUTH")]
	if len(after.Latest) != 2 || latest.Result.Outcome != check.Pass || !reflect.DeepEqual(latest.Result, run("", "MX-AUTH", check.Pass).Result) {
		t.Errorf("latest: %+v", after.Latest)
	}
	if len(after.Notes) != 1 || after.Notes[0].Text != "called\nthem" || len(after.Attachments) != 1 || after.Attachments[0].Size != 15 {
		t.Errorf("notes %+v attachments %+v", after.Notes, after.Attachments)
	}
	want := steps.Position{Screen: "step", Step: "connect.outbound", Stage: steps.StageDo, Field: "x", Scroll: 3, Cursor: 4, Draft: "half"}
	if after.Position != want {
		t.Errorf("position: %+v", after.Position)
	}
	m := after.Move
	if m.ID != id || m.Org != "acme ltd" || m.Domain != "acme.com" || m.Profile.Service != steps.Both || m.Created.After(m.Changed) || m.Created.Location() != time.UTC {
		t.Errorf("move: %+v", m)
	}
	mustVerify(t, db, id)
}

func TestUnknownMoveIsNotFound(t *testing.T) {
	db := fresh(t)
	ctx := context.Background()
	_, e1 := db.Load(ctx, "00000000")
	_, e2 := db.SaveAnswers(ctx, "00000000", []steps.AnswerEdit{edit("q", "x", 0)}, "")
	e3 := db.SetPosition(ctx, "00000000", steps.Position{})
	_, e4 := db.Journal(ctx, "00000000")
	_, e5 := db.AttachmentContent(ctx, "00000000", 1)
	_, e6 := db.AnswerHistory(ctx, "00000000", "q")
	_, e7 := db.Runs(ctx, "00000000", "", "", 0)
	for i, err := range []error{e1, e2, e3, e4, e5, e6, e7} {
		if !errors.Is(err, steps.ErrNotFound) {
			t.Errorf("%d: %v", i+1, err)
		}
	}
}
