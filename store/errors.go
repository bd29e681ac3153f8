package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/mattn/go-sqlite3"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// ErrForeign says that the file is not a store of ours: another program's
// database, a folder, a link, someone else's file. It was left alone.
var ErrForeign = errors.New("not a store of this user's mxodus")

// errNone is the kind of a fault that has no error of its own to test for.
var errNone = errors.New("store")

// fault is a failure told in a sentence. It is one of the errors of package
// steps (or ErrForeign), and keeps its cause.
type fault struct {
	text  string
	kind  error
	cause error
}

func (f *fault) Error() string { return f.text }

func (f *fault) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

// fault makes one; arguments are made safe to show.
func (db *DB) fault(kind, cause error, format string, args ...any) *fault {
	return newFault(kind, cause, format, args...)
}

func newFault(kind, cause error, format string, args ...any) *fault {
	return &fault{text: string(clean.Sprintf(format, args...)), kind: kind, cause: cause}
}

func (db *DB) damaged(what string) *fault { return db.corrupt(nil, what) }

func (db *DB) corrupt(cause error, what string) *fault {
	if db.opts.copying { // a backup: whoever opened it says which
		return newFault(steps.ErrCorrupt, cause, "it is damaged (%s)", what)
	}
	return newFault(steps.ErrCorrupt, cause, "%s is damaged and nothing more is written to it (%s); restore the newest good backup with mxodus restore", db.path, what)
}

func (db *DB) tooNew(version int64) *fault {
	return newFault(steps.ErrTooNew, nil, "%s was written by a newer mxodus (schema %d; this one knows up to %d); use the newer mxodus, nothing was changed", db.path, version, latest())
}

func (db *DB) noMove(id string) *fault {
	return newFault(steps.ErrNotFound, nil, "there is no move %q in %s", id, db.path)
}

// explain turns an error of SQLite into a sentence about this store. Errors
// that are sentences already, and cancellations, stay what they are.
func (db *DB) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	var f *fault
	var conflict *steps.ConflictError
	if errors.As(err, &f) || errors.As(err, &conflict) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if errors.Is(err, errUnreadable) {
		return db.damaged(err.Error())
	}
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%s %s: %w", doing, db.path, err)
	}
	return db.explainSQLite(doing, e)
}

func (db *DB) explainSQLite(doing string, e sqlite3.Error) error {
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return db.fault(steps.ErrBusy, e, "%s: another mxodus has been writing to %s for more than %s; nothing was saved, try again when it is done", doing, db.path, db.opts.BusyTimeout)
	case sqlite3.ErrNotADB:
		if db.opts.copying {
			return db.fault(steps.ErrCorrupt, e, "it is not a database, or its first bytes are damaged")
		}
		return db.fault(steps.ErrCorrupt, e, "%s is not a database, or its first bytes are damaged; it is left as it is. Name another file with --db, or restore a backup with mxodus restore", db.path)
	case sqlite3.ErrCorrupt, sqlite3.ErrFormat:
		return db.corrupt(e, e.Error())
	case sqlite3.ErrReadonly, sqlite3.ErrPerm:
		return db.fault(steps.ErrReadOnly, e, "%s: %s can only be read (%s); nothing was saved", doing, db.path, e.Error())
	case sqlite3.ErrFull:
		return db.diskFull(doing, e)
	case sqlite3.ErrTooBig:
		return db.fault(errNone, e, "%s: a single value of more than 1 GB cannot be kept in %s; nothing was saved", doing, db.path)
	}
	switch {
	case isFull(e.SystemErrno):
		return db.diskFull(doing, e)
	case errors.Is(e.SystemErrno, fs.ErrPermission), isReadOnlyFS(e.SystemErrno):
		return db.fault(steps.ErrReadOnly, e, "%s: %s cannot be used (%s); nothing was saved", doing, db.path, e.SystemErrno)
	}
	switch e.ExtendedCode {
	case sqlite3.ErrIoErrFsync, sqlite3.ErrIoErrDirFsync:
		return db.syncFailed(doing, e)
	}
	return db.fault(errNone, e, "%s %s failed: %s", doing, db.path, detail(e))
}

func (db *DB) diskFull(doing string, e error) error {
	return db.fault(steps.ErrFull, e, "%s: the disk that holds %s is full, or its quota is used up; nothing was saved. Free some space and try again", doing, db.path)
}

// syncFailed makes the failure final: after a failed sync the system may have
// dropped the pages, so a second try that succeeds would prove nothing.
func (db *DB) syncFailed(doing string, e sqlite3.Error) error {
	f := db.fault(errNone, e, "%s: the disk did not confirm that %s was written (%s); leave mxodus, look at the disk, then start again", doing, db.path, detail(e))
	db.broken.Store(f)
	return f
}

func detail(e sqlite3.Error) string {
	if e.SystemErrno != 0 {
		return fmt.Sprintf("%s: %s", e.Error(), e.SystemErrno.Error())
	}
	return e.Error()
}
