package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"

	"mxodus/steps"
)

func TestErrorsOfSQLiteBecomeSentences(t *testing.T) {
	cases := []struct {
		err  sqlite3.Error
		kind error
		says string
	}{
		{sqlite3.Error{Code: sqlite3.ErrBusy}, steps.ErrBusy, "another mxodus"},
		{sqlite3.Error{Code: sqlite3.ErrLocked}, steps.ErrBusy, "try again"},
		{sqlite3.Error{Code: sqlite3.ErrCorrupt}, steps.ErrCorrupt, "mxodus restore"},
		{sqlite3.Error{Code: sqlite3.ErrNotADB}, steps.ErrCorrupt, "not a database"},
		{sqlite3.Error{Code: sqlite3.ErrReadonly}, steps.ErrReadOnly, "nothing was saved"},
		{sqlite3.Error{Code: sqlite3.ErrFull}, steps.ErrFull, "Free some space"},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, steps.ErrFull, "full"},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EFBIG}, steps.ErrFull, "full"},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.EROFS}, steps.ErrReadOnly, "read-only file system"},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.EACCES}, steps.ErrReadOnly, "permission denied"},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrRead, SystemErrno: syscall.EIO}, errNone, "input/output error"},
	}
	for _, c := range cases {
		db := &DB{path: "/data/mxodus.db"}
		err := db.explain("save the answer", c.err)
		var cause sqlite3.Error
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), db.path) || !errors.As(err, &cause) {
			t.Errorf("%v: %v", c.err, err)
		}
		if again := db.explain("load", err); again != err {
			t.Errorf("explained twice: %v", again)
		}
	}
	conflict := &steps.ConflictError{What: "x"}
	if got := (&DB{}).explain("save", conflict); got != error(conflict) {
		t.Errorf("a conflict became %v", got)
	}
}

// After a failed sync the system may have thrown the pages away; writing on
// would acknowledge what is not on the disk.
func TestFailedSyncIsFinal(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "mxodus.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	id, err := db.CreateMove(ctx, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	told := db.explain("save", sqlite3.Error{Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrFsync, SystemErrno: syscall.EIO})
	if told == nil || !strings.Contains(told.Error(), "did not confirm") {
		t.Fatalf("%v", told)
	}
	if err := db.Record(ctx, id, steps.NewEntry{Kind: "export"}, ""); err != told {
		t.Errorf("written after a failed sync: %v", err)
	}
	if _, err := db.Load(ctx, id); err != nil {
		t.Errorf("reading: %v", err)
	}
}
