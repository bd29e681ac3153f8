package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/store"
)

func TestStepsAreComparedAndSet(t *testing.T) {
	ctx := context.Background()
	db := fresh(t)
	id := newMove(t, db)
	st := steps.StepState{Step: "s", Status: steps.InProgress, Started: time.Date(2026, 1, 2, 3, 4, 5, 999999999, time.FixedZone("", -7200))}
	one, err := db.SetStep(ctx, id, st, nil, "ann")
	if err != nil || one.Revision != 1 || one.By != "ann" || one != load(t, db, id).Steps["s"] {
		t.Fatalf("%+v %v", one, err)
	}
	again, err := db.SetStep(ctx, id, one, nil, "bob")
	if err != nil || again != one {
		t.Errorf("the same state again: %+v %v", again, err)
	}
	two := one
	two.Status, two.Reason = steps.Overridden, "known to work"
	two, err = db.SetStep(ctx, id, two, []steps.Override{{Step: "s", Gate: "a", Reason: "x"}, {Step: "s", Gate: "b", Reason: "y"}}, "bob")
	if err != nil || two.Revision != 2 {
		t.Fatalf("%+v %v", two, err)
	}
	stale := one
	stale.Status = steps.Waiting
	_, err = db.SetStep(ctx, id, stale, []steps.Override{{Step: "s", Gate: "c", Reason: "z"}}, "ann")
	var c *steps.ConflictError
	if !errors.As(err, &c) || c.Theirs != "done_with_override" || c.Yours != "waiting" || c.By != "bob" || c.Now != 2 || c.What != "step s" {
		t.Errorf("conflict: %+v %v", c, err)
	}
	if got := load(t, db, id).Overrides; len(got) != 2 || got[0].Gate != "a" || got[1].By != "bob" || got[1].At.IsZero() {
		t.Errorf("overrides: %+v", got)
	}
	for _, bad := range []steps.StepState{{Status: steps.Done}, {Step: "s", Status: steps.Blocked}, {Step: "s", Status: steps.Waiting, WaitingOn: "godot"}} {
		if _, err := db.SetStep(ctx, id, bad, nil, ""); err == nil {
			t.Errorf("accepted %+v", bad)
		}
	}
	mustVerify(t, db, id)
}

func TestTasksAreComparedAndSet(t *testing.T) {
	ctx := context.Background()
	db := fresh(t)
	id := newMove(t, db)
	off, err := db.SetTask(ctx, id, steps.TaskState{Step: "s", Task: "t"}, "ann")
	if err != nil || off.Revision != 0 {
		t.Errorf("not ticking an unticked task: %+v %v", off, err)
	}
	on, err := db.SetTask(ctx, id, steps.TaskState{Step: "s", Task: "t", Done: true}, "ann")
	if err != nil || on.Revision != 1 || !on.Done || on.At.IsZero() {
		t.Fatalf("%+v %v", on, err)
	}
	if again, err := db.SetTask(ctx, id, steps.TaskState{Step: "s", Task: "t", Done: true, Revision: 1}, "bob"); err != nil || again != on {
		t.Errorf("ticked again: %+v %v", again, err)
	}
	if _, err := db.SetTask(ctx, id, steps.TaskState{Step: "s", Task: "t", Revision: 1}, "ann"); err != nil {
		t.Fatal(err)
	}
	var c *steps.ConflictError
	if _, err := db.SetTask(ctx, id, steps.TaskState{Step: "s", Task: "t", Done: true, Revision: 1}, "bob"); !errors.As(err, &c) || c.Theirs != "not done" || c.Now != 2 {
		t.Errorf("%v", err)
	}
	mustVerify(t, db, id)
}

func TestRunsAreListedNewestFirst(t *testing.T) {
	ctx := context.Background()
	db := fresh(t)
	id := newMove(t, db)
	for _, r := range []steps.Run{run("a", "X", check.Fail), run("a", "Y", check.Pass), run("b", "X", check.Warn), run("a", "X", check.Pass)} {
		if err := db.AppendRuns(ctx, id, []steps.Run{r}, "ann"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		step, check string
		limit       int
		want        []check.Outcome
	}{
		{"", "", 0, []check.Outcome{check.Pass, check.Warn, check.Pass, check.Fail}},
		{"a", "X", 0, []check.Outcome{check.Pass, check.Fail}},
		{"", "X", 2, []check.Outcome{check.Pass, check.Warn}},
		{"a", "", 1, []check.Outcome{check.Pass}},
		{"z", "", 0, nil},
	} {
		got, err := db.Runs(ctx, id, c.step, c.check, c.limit)
		var outcomes []check.Outcome
		for _, r := range got {
			outcomes = append(outcomes, r.Result.Outcome)
		}
		if err != nil || !reflect.DeepEqual(outcomes, c.want) {
			t.Errorf("%+v: %v %v", c, outcomes, err)
		}
	}
	got, _ := db.Runs(ctx, id, "b", "X", 1)
	if got[0].By != "ann" || got[0].ID == 0 || !reflect.DeepEqual(got[0].Result, run("b", "X", check.Warn).Result) {
		t.Errorf("%+v", got[0])
	}
	if err := db.AppendRuns(ctx, id, []steps.Run{{Step: "a"}}, ""); err == nil {
		t.Error("a run of no check was stored")
	}
}

func TestEveryLoadOfAFileIsARecordOfItsOwn(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	db := open(t, path, store.Options{})
	id := newMove(t, db)
	one, two := []byte("one"), []byte("two")
	for i, load := range []struct {
		content []byte
		by      string
	}{{one, "ann"}, {two, "ann"}, {one, "bob"}, {one, "bob"}} {
		got, err := db.Attach(ctx, id, steps.Attachment{Step: "s", Kind: "ruleset", Name: "fw.rules"}, load.content, load.by)
		if err != nil {
			t.Fatal(err)
		}
		all := must(db.Load(ctx, id)).Attachments
		if len(all) != i+1 || all[i] != got || got.By != load.by {
			t.Fatalf("after load %d: %+v, returned %+v", i+1, all, got)
		}
		if content, err := db.AttachmentContent(ctx, id, got.ID); err != nil || !bytes.Equal(content, load.content) {
			t.Errorf("load %d holds %q (%v)", i+1, content, err)
		}
	}
	var blobs int
	if err := rawDB(t, path).QueryRow("SELECT count(*) FROM blobs").Scan(&blobs); err != nil || blobs != 2 {
		t.Errorf("%d contents stored, want 2 (%v)", blobs, err)
	}
	if err := db.Verify(ctx); err != nil {
		t.Error(err)
	}
}

func TestAttachmentContentIsStoredOnceAndVerified(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	db := open(t, path, store.Options{})
	id, other := newMove(t, db), newMove(t, db)
	content := bytes.Repeat([]byte("rule\x00\xff\n"), 1000)
	a, err := db.Attach(ctx, id, steps.Attachment{Step: "s", Kind: "ruleset", Name: "fw"}, content, "ann")
	if err != nil || a.Size != int64(len(content)) || len(a.SHA256) != 64 || a.ID == 0 {
		t.Fatalf("%+v %v", a, err)
	}
	b, err := db.Attach(ctx, id, steps.Attachment{Step: "s", Kind: "ruleset", Name: "copy of fw", SHA256: a.SHA256}, content, "bob")
	if err != nil || b.ID == a.ID || b.By != "bob" || b.SHA256 != a.SHA256 {
		t.Errorf("again: %+v %v", b, err)
	}
	c, err := db.Attach(ctx, id, steps.Attachment{Step: "s2", Kind: "ruleset", Name: "fw"}, content, "ann")
	if err != nil || c.ID == a.ID {
		t.Errorf("another step: %+v %v", c, err)
	}
	for _, want := range []steps.Attachment{a, c} {
		got, err := db.AttachmentContent(ctx, id, want.ID)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d: %v", want.ID, err)
		}
	}
	if _, err := db.AttachmentContent(ctx, other, a.ID); !errors.Is(err, steps.ErrNotFound) {
		t.Errorf("another move's file: %v", err)
	}
	if _, err := db.Attach(ctx, other, steps.Attachment{Kind: "other", Name: "empty"}, nil, "ann"); err != nil {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := db.Attach(ctx, id, steps.Attachment{Kind: "ruleset", SHA256: "00"}, content, ""); err == nil {
		t.Error("a wrong SHA-256 was accepted")
	}
	if _, err := db.Attach(ctx, id, steps.Attachment{Kind: "virus"}, content, ""); err == nil {
		t.Error("an unknown kind was accepted")
	}
	raw := rawDB(t, path)
	var blobs int
	if err := raw.QueryRow("SELECT count(*) FROM blobs").Scan(&blobs); err != nil || blobs != 2 {
		t.Errorf("%d contents stored, want 2 (%v)", blobs, err)
	}
	if _, err := raw.Exec("UPDATE blobs SET content = zeroblob(size) WHERE sha256 = ?", a.SHA256); err != nil {
		t.Fatal(err)
	}
	if got, err := db.AttachmentContent(ctx, id, a.ID); !errors.Is(err, steps.ErrCorrupt) || got != nil {
		t.Errorf("changed content was returned: %v", err)
	}
	if seq, why, err := db.VerifyJournal(ctx, id); seq != a.ID || err != nil {
		t.Errorf("changed content: %d %s %v", seq, why, err)
	}
}

func TestMovesMostRecentlyChangedFirst(t *testing.T) {
	ctx := context.Background()
	db := fresh(t)
	a := newMove(t, db, edit(steps.QOrg, "a", 0), edit(steps.QJourney, "migrate", 0), edit(steps.QTrack, "express", 0), edit(steps.QSource, "eu", 0))
	b := newMove(t, db, edit(steps.QOrg, "b", 0), edit(steps.QPrimaryDomain, "b.com", 0))
	if ok, _ := regexp.MatchString("^[0-9a-f]{8}$", a); !ok || a == b {
		t.Errorf("ids %q %q", a, b)
	}
	if _, err := db.AddNote(ctx, a, steps.Note{Text: "x"}, "ann"); err != nil {
		t.Fatal(err)
	}
	moves, err := db.Moves(ctx)
	if err != nil || len(moves) != 2 || moves[0].ID != a || moves[1].ID != b {
		t.Fatalf("%+v %v", moves, err)
	}
	if moves[0].Profile != (steps.Profile{Journey: steps.Migrate, Track: steps.Express, Source: "eu"}) || moves[1].Domain != "b.com" {
		t.Errorf("%+v", moves)
	}
	for _, m := range moves {
		if m != load(t, db, m.ID).Move {
			t.Errorf("Moves and Load differ about %+v", m)
		}
	}
}

func TestVersionChangesWithEveryonesWrites(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	a, b := open(t, path, store.Options{}), open(t, path, store.Options{})
	id := newMove(t, a)
	version := func(db *store.DB) int64 {
		v, err := db.Version(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	va, vb := version(a), version(b)
	if version(a) != va || version(b) != vb {
		t.Error("changes by itself")
	}
	if _, err := a.AddNote(ctx, id, steps.Note{Text: "x"}, ""); err != nil {
		t.Fatal(err)
	}
	if version(a) == va || version(b) == vb {
		t.Error("does not notice a write")
	}
}

func TestClockGoingBackDoesNotChangeOrder(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	db := open(t, filepath.Join(t.TempDir(), "mxodus.db"), store.Options{Now: func() time.Time { return now }})
	id := newMove(t, db)
	for _, o := range []check.Outcome{check.Fail, check.Warn, check.Pass} {
		if err := db.AppendRuns(ctx, id, []steps.Run{run("s", "X", o)}, ""); err != nil {
			t.Fatal(err)
		}
		now = now.Add(-time.Hour)
	}
	if got := load(t, db, id).Latest["s/X"].Result.Outcome; got != check.Pass {
		t.Errorf("newest run is %s", got)
	}
	mustVerify(t, db, id)
}

// rawDB opens the file as any SQLite program would.
func rawDB(t *testing.T, path string) *sql.DB {
	t.Helper()
	raw, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	raw.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = raw.Close() })
	return raw
}
