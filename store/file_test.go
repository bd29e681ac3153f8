package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/store"
)

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return fi.Mode().Perm()
}

func TestFilesAreOursAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "deep", "mxodus.db")
	db := open(t, path, store.Options{})
	newMove(t, db)
	want := map[string]fs.FileMode{
		path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600,
		filepath.Dir(path): 0o700, filepath.Dir(filepath.Dir(path)): 0o700,
	}
	for p, m := range want {
		if got := mode(t, p); got != m {
			t.Errorf("%s has mode %04o, want %04o", p, got, m)
		}
	}
	if n := db.Notices(); len(n) != 0 || db.JournalMode() != "wal" || db.ReadOnly() || db.Path() != path {
		t.Errorf("notices %q, mode %s, read-only %t, path %s", n, db.JournalMode(), db.ReadOnly(), db.Path())
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + "-*"); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestReadableFileIsTightenedAndSaid(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "mxodus.db")
	if err := open(t, path, store.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		path string
		mode fs.FileMode
	}{{path, 0o644}, {dir, 0o777}} {
		if err := os.Chmod(p.path, p.mode); err != nil {
			t.Fatal(err)
		}
	}
	ro := open(t, path, store.Options{ReadOnly: true})
	if n := strings.Join(ro.Notices(), "\n"); !strings.Contains(n, "chmod 600") || mode(t, path) != 0o644 {
		t.Errorf("reading only changed or did not tell: %q", n)
	}
	if err := ro.Close(); err != nil {
		t.Fatal(err)
	}
	db := open(t, path, store.Options{})
	newMove(t, db)
	n := strings.Join(db.Notices(), "\n")
	if mode(t, path) != 0o600 || mode(t, path+"-wal") != 0o600 || !strings.Contains(n, "0644") || !strings.Contains(n, "chmod 700") {
		t.Errorf("mode %04o, notices %q", mode(t, path), n)
	}
}

type foreign struct {
	path string
	is   error
	says string
}

// foreignFiles makes what a store must never be taken for.
func foreignFiles(t *testing.T, dir string) []foreign {
	t.Helper()
	write := func(name, content string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	text := write("notes.txt", strings.Repeat("dear diary\n", 500))
	tiny := write("tiny.txt", "x")
	other := filepath.Join(dir, "other.db")
	if _, err := rawDB(t, other).Exec("PRAGMA application_id = 42; CREATE TABLE t (x); INSERT INTO t VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(dir, "plain.db") // another program that sets no id
	if _, err := rawDB(t, plain).Exec("CREATE TABLE t (x); INSERT INTO t VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	target := write("target.db", "")
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	dangling := filepath.Join(dir, "dangling.db")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), dangling); err != nil {
		t.Fatal(err)
	}
	return []foreign{
		{text, steps.ErrCorrupt, "not a database"},
		{tiny, steps.ErrCorrupt, "not a database"},
		{other, store.ErrForeign, "another program (application id 0x2a)"},
		{plain, store.ErrForeign, "another program"},
		{link, store.ErrForeign, "symbolic link"},
		{dangling, store.ErrForeign, "symbolic link"},
		{dir, store.ErrForeign, "folder"},
		{filepath.Join(text, "x.db"), nil, "not a directory"},
		{"", nil, "--db"},
	}
}

// What is not ours is refused with a sentence and stays as it is, byte by byte.
func TestForeignFilesAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	for _, c := range foreignFiles(t, dir) {
		for _, o := range []store.Options{{}, {ReadOnly: true}} {
			before, _ := os.ReadFile(c.path)
			db, err := store.Open(context.Background(), c.path, o)
			if err == nil {
				t.Errorf("%s was opened", c.path)
				_ = db.Close()
				continue
			}
			if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.path, err)
			}
			if after, _ := os.ReadFile(c.path); string(before) != string(after) {
				t.Errorf("%s was changed", c.path)
			}
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a dangling link was followed")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*-*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestFileOfAnotherUserIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	path := filepath.Join(t.TempDir(), "mxodus.db")
	if err := open(t, path, store.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(context.Background(), path, store.Options{}); !errors.Is(err, store.ErrForeign) || !strings.Contains(err.Error(), "another user") {
		t.Errorf("%v", err)
	}
}

func TestEmptyFileBecomesAStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mxodus.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db := open(t, path, store.Options{})
	newMove(t, db)
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 3 { // db, wal, shm: no copy of nothing
		t.Errorf("%v", entries)
	}
}

// TestEmptyFileHoldsNothing: who only reads is told so, and no older version is
// blamed; the file stays as it is.
func TestEmptyFileHoldsNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "mxodus.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(context.Background(), path, store.Options{ReadOnly: true})
	if !errors.Is(err, steps.ErrNotFound) || !strings.Contains(err.Error(), path+" is empty") || strings.Contains(err.Error(), "schema") {
		t.Errorf("%v", err)
	}
	if fi, err := os.Stat(path); err != nil || fi.Size() != 0 {
		t.Errorf("the empty file became %v, %v", fi, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := open(t, path, store.Options{}).Close(); err != nil { // made by who writes
		t.Fatal(err)
	}
	if err := open(t, path, store.Options{ReadOnly: true}).Close(); err != nil {
		t.Errorf("the store made of it: %v", err)
	}
}

func TestMissingFileIsNotMadeForReading(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mxodus.db")
	if _, err := store.Open(context.Background(), path, store.Options{ReadOnly: true}); !errors.Is(err, steps.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("made")
	}
}

func TestReadOnlyReadsAndRefusesToWrite(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	rw := open(t, path, store.Options{})
	id := fill(t, rw)
	ro := open(t, path, store.Options{ReadOnly: true}) // beside a writer
	want := load(t, rw, id)
	if got := load(t, ro, id); got.JournalHead != want.JournalHead || !ro.ReadOnly() {
		t.Errorf("%+v", got)
	}
	_, e1 := ro.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", "x", 0)}, "")
	_, e2 := ro.CreateMove(ctx, nil, "")
	e3 := ro.SetPosition(ctx, id, steps.Position{})
	e4 := ro.Record(ctx, id, steps.NewEntry{Kind: "export"}, "")
	_, e5 := ro.SetTask(ctx, id, steps.TaskState{Step: "s", Task: "t", Done: true}, "")
	for i, err := range []error{e1, e2, e3, e4, e5} {
		if !errors.Is(err, steps.ErrReadOnly) || !strings.Contains(err.Error(), "nothing was saved") {
			t.Errorf("%d: %v", i+1, err)
		}
	}
	mustVerify(t, ro, id)
}

func TestRemovedOrReplacedFileIsNoticedBeforeSaving(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	db := open(t, path, store.Options{})
	id := newMove(t, db)
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", "x", 0)}, ""); err == nil || !strings.Contains(err.Error(), "removed or replaced") {
			t.Errorf("saved into a file that has no name: %v", err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWithoutSharedMemoryItFallsBackAndSaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mxodus.db")
	db := open(t, path, store.WithoutSharedMemory(store.Options{}))
	id := fill(t, db)
	if n := db.Notices(); db.JournalMode() != "delete" || len(n) != 1 || !strings.Contains(n[0], "shared memory") {
		t.Errorf("mode %s, notices %q", db.JournalMode(), n)
	}
	mustVerify(t, db, id)
	if left, _ := filepath.Glob(path + "-*"); len(left) != 0 {
		t.Errorf("%q", left)
	}
}

func TestBusyStoreIsSaidAfterTheTimeoutAndCanBeCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mxodus.db")
	db := open(t, path, store.Options{BusyTimeout: 250 * time.Millisecond})
	id := newMove(t, db)
	raw := rawDB(t, path)
	if _, err := raw.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err := db.SaveAnswers(context.Background(), id, []steps.AnswerEdit{edit("q", "x", 0)}, "ann")
	if took := time.Since(start); !errors.Is(err, steps.ErrBusy) || took < 200*time.Millisecond || took > 3*time.Second {
		t.Errorf("after %s: %v", took, err)
	}
	load(t, db, id) // reading goes on
	if ms, err := db.BusyTimeout(context.Background()); ms != 250 || err != nil {
		t.Errorf("time-out left at %d ms (%v)", ms, err)
	}
	if _, err := raw.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveAnswers(context.Background(), id, []steps.AnswerEdit{edit("q", "x", 0)}, "ann"); err != nil {
		t.Errorf("once it is free: %v", err)
	}

	patient := open(t, path, store.Options{BusyTimeout: time.Minute})
	if _, err := raw.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 150*time.Millisecond)
	defer cancel()
	start = time.Now()
	_, err = patient.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", "y", 1)}, "ann")
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
		t.Errorf("after %s: %v", took, err)
	}
}
