package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/store"
)

func TestBackupIsOneWholeFile(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, dest := filepath.Join(dir, "mxodus.db"), filepath.Join(dir, "b?ackup", "copy.db")
	db := open(t, path, store.Options{})
	id := fill(t, db)
	if err := db.Backup(ctx, dest, false); !errors.Is(err, steps.ErrNotFound) {
		t.Errorf("into a folder that does not exist: %v", err)
	}
	if err := os.Mkdir(filepath.Dir(dest), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(ctx, dest, false); err != nil {
		t.Fatal(err)
	}
	if mode(t, dest) != 0o600 {
		t.Errorf("mode %04o", mode(t, dest))
	}
	if got, want := render(t, open(t, dest, store.Options{ReadOnly: true})), render(t, db); got != want {
		t.Error("the backup differs")
	}
	if _, err := db.AddNote(ctx, id, steps.Note{Text: "later"}, ""); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(dest)
	if err := db.Backup(ctx, dest, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if after, _ := os.ReadFile(dest); string(before) != string(after) {
		t.Error("overwritten")
	}
	if err := db.Backup(ctx, dest, true); err != nil {
		t.Fatal(err)
	}
	if got, want := render(t, open(t, dest, store.Options{ReadOnly: true})), render(t, db); got != want {
		t.Error("the new backup differs")
	}
	for _, own := range []string{path, filepath.Dir(dest)} {
		if err := db.Backup(ctx, own, true); err == nil {
			t.Errorf("a backup over %s was made", own)
		}
	}
	for _, d := range []string{dir, filepath.Dir(dest)} {
		if left, _ := filepath.Glob(filepath.Join(d, ".mxodus-*")); len(left) != 0 {
			t.Errorf("left behind: %q", left)
		}
	}
}

func TestRestorePutsABackupInPlaceAndKeepsTheOld(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "mxodus.db"), filepath.Join(dir, "copy.db")
	db := open(t, path, store.Options{})
	id := fill(t, db)
	if err := db.Backup(ctx, copied, false); err != nil {
		t.Fatal(err)
	}
	want := render(t, db)
	if _, err := db.AddNote(ctx, id, steps.Note{Text: "later"}, ""); err != nil {
		t.Fatal(err)
	}
	later := render(t, db)
	if _, err := store.Restore(ctx, copied, path, store.Options{}); !errors.Is(err, steps.ErrBusy) || !strings.Contains(err.Error(), "close it there first") {
		t.Fatalf("while it is open: %v", err)
	}
	if got := render(t, db); got != later {
		t.Error("a refused restore changed something")
	}
	if _, err := db.AddNote(ctx, id, steps.Note{Text: "still works"}, ""); err != nil {
		t.Error(err)
	}
	later = render(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := store.Restore(ctx, copied, path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := render(t, open(t, path, store.Options{})); got != want {
		t.Error("the restored store differs from the backup")
	}
	if got := render(t, open(t, kept, store.Options{})); got != later || mode(t, kept) != 0o600 {
		t.Errorf("the replaced store was not kept as it was (mode %04o)", mode(t, kept))
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".mxodus-*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestRestoreFromAnOlderSchemaAndToANewPlace(t *testing.T) {
	src := fixture(t, 1)
	before, _ := os.ReadFile(src)
	path := filepath.Join(t.TempDir(), "new", "mxodus.db")
	kept, err := store.Restore(context.Background(), src, path, store.Options{})
	if err != nil || kept != "" {
		t.Fatalf("%q %v", kept, err)
	}
	db := open(t, path, store.Options{})
	if want, _ := os.ReadFile("testdata/schema-1.golden"); render(t, db) != string(want) {
		t.Error("content differs")
	}
	if after, _ := os.ReadFile(src); string(before) != string(after) {
		t.Error("the backup itself was changed")
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 3 { // db, wal, shm
		t.Errorf("%v", entries)
	}
}

func TestRestoreRefusesWhatIsNoGoodBackup(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "mxodus.db")
	db := open(t, path, store.Options{})
	fill(t, db)
	want := render(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	tampered := write("tampered.db", whole)
	if _, err := rawDB(t, tampered).Exec("UPDATE answers SET value = 'evil' WHERE question = 'company.name'"); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign.db")
	if _, err := rawDB(t, foreign).Exec("PRAGMA application_id = 5; CREATE TABLE a (b)"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		src string
		is  error
	}{
		{write("text.db", []byte(strings.Repeat("hello ", 2000))), steps.ErrCorrupt},
		{write("half.db", whole[:len(whole)/2]), steps.ErrCorrupt},
		{tampered, steps.ErrCorrupt},
		{write("empty.db", nil), nil},
		{write("short.db", []byte("hello")), steps.ErrCorrupt},
		{dir, store.ErrForeign},
		{foreign, store.ErrForeign},
		{filepath.Join(dir, "none.db"), steps.ErrNotFound},
		{path, nil},
	} {
		_, err := store.Restore(ctx, c.src, path, store.Options{})
		if err == nil || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v", c.src, err)
		}
		if err != nil && strings.Contains(err.Error(), "--db") {
			t.Errorf("--db names the store and not the backup: %v", err)
		}
		if after, _ := os.ReadFile(path); string(after) != string(whole) {
			t.Fatalf("%s changed the store", c.src)
		}
	}
	if render(t, open(t, path, store.Options{})) != want {
		t.Error("content differs")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".mxodus-*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

// SQLite takes a log that lies beside a file for that file's own.
func TestRestoreOverADamagedStoreTakesItsLogAway(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "mxodus.db"), filepath.Join(dir, "copy.db")
	db := open(t, path, store.Options{})
	id := fill(t, db)
	if err := db.Backup(ctx, copied, false); err != nil {
		t.Fatal(err)
	}
	want := render(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, path, store.Options{})
	if _, err := db.AddNote(ctx, id, steps.Note{Text: "in the log only"}, ""); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		main []byte // nil: missing
	}{{"rubbish", []byte(strings.Repeat("rubbish ", 4096))}, {"missing", nil}, {"empty", []byte{}}} {
		_ = os.Remove(path)
		files := map[string][]byte{path + "-wal": log, path + "-shm": make([]byte, 32768)}
		if c.main != nil {
			files[path] = c.main
		}
		for p, b := range files {
			if err := os.WriteFile(p, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := store.Restore(ctx, copied, path, store.Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		db := open(t, path, store.Options{})
		if got := render(t, db); got != want {
			t.Errorf("%s: the restored store differs from the backup: the old log was applied to it", c.name)
		}
		if err := db.Verify(ctx); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if _, err := os.Stat(kept); c.main != nil && err != nil {
			t.Errorf("%s: the replaced file was not kept: %v", c.name, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
