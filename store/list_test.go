package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"mxodus/steps"
	"mxodus/store"
)

// TestADamagedMoveDoesNotHideTheOthers damages one move in several ways.
func TestADamagedMoveDoesNotHideTheOthers(t *testing.T) {
	ctx := context.Background()
	for what, damage := range map[string]string{
		"an answer":  "UPDATE answers SET value = 'Evil' WHERE move_id = ? AND question = 'company.name'",
		"the head":   "UPDATE moves SET head = printf('%064d', 0) WHERE id = ?",
		"the length": "UPDATE moves SET entries = entries + 1 WHERE id = ?",
		"a task":     "UPDATE task_states SET who = 'nobody' WHERE move_id = ?",
	} {
		t.Run(what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mxodus.db")
			db := open(t, path, store.Options{})
			good := newMove(t, db, edit(steps.QOrg, "Good", 0))
			bad := newMove(t, db, edit(steps.QOrg, "Bad", 0))
			if _, err := db.SetTask(ctx, bad, steps.TaskState{Step: "s", Task: "t", Done: true}, "ann"); err != nil {
				t.Fatal(err)
			}
			if _, err := rawDB(t, path).Exec(damage, bad); err != nil {
				t.Fatal(err)
			}
			moves, err := db.Moves(ctx)
			if err != nil || len(moves) != 2 {
				t.Fatalf("%+v, %v", moves, err)
			}
			if what == "a task" { // not part of what the list reads
				return
			}
			if moves[0].ID != good || moves[0].Org != "good" || moves[0].Damaged != "" {
				t.Errorf("the good one: %+v", moves[0])
			}
			if moves[1].ID != bad || moves[1].Damaged == "" || moves[1].Org != "" {
				t.Errorf("the damaged one: %+v", moves[1])
			}
			if err := db.Verify(ctx); !errors.Is(err, steps.ErrCorrupt) {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

// TestReadingLeavesNoFilesBehind opens for reading and closes.
func TestReadingLeavesNoFilesBehind(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	db := open(t, path, store.Options{})
	id := newMove(t, db, edit(steps.QOrg, "Acme", 0))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before := must(os.ReadFile(path))
	for range 2 {
		r, err := store.Open(ctx, path, store.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Load(ctx, id); err != nil || !r.ReadOnly() {
			t.Errorf("read only %v: %v", r.ReadOnly(), err)
		}
		if _, err := r.AddNote(ctx, id, steps.Note{Text: "x"}, "ann"); !errors.Is(err, steps.ErrReadOnly) {
			t.Errorf("written: %v", err)
		}
		backup := filepath.Join(t.TempDir(), "backup.db")
		if err := r.Backup(ctx, backup, false); err != nil {
			t.Errorf("a backup of a store opened for reading: %v", err)
		}
		if _, err := r.AddNote(ctx, id, steps.Note{Text: "x"}, "ann"); !errors.Is(err, steps.ErrReadOnly) {
			t.Errorf("written after the backup: %v", err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
			t.Errorf("left behind: %v", left)
		}
	}
	if after := must(os.ReadFile(path)); string(after) != string(before) {
		t.Error("reading changed the file")
	}
}
