package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mxodus/steps"
)

// Restore puts the store at src in the place of the one at path, which is kept
// beside it under a dated name; that name is returned, "" when there was none.
// src is looked through first: whether it is ours, SQLite's integrity check,
// the journal of every move; a backup of an older schema is brought up to
// date. Nothing changes unless all is well, and nobody else may have the store
// open (steps.ErrBusy). src itself is only read.
func Restore(ctx context.Context, src, path string, opts Options) (kept string, err error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return "", err
	}
	old := &DB{path: path, opts: opts}
	old.opts.ReadOnly, old.opts.BusyTimeout = false, 500*time.Millisecond
	if err := old.mayBeReplaced(src); err != nil {
		return "", err
	}
	temp, err := verifiedCopy(ctx, src, path, opts)
	if err != nil {
		return "", err
	}
	defer os.Remove(temp) // gone already when all went well
	return old.replaceBy(ctx, temp)
}

// mayBeReplaced makes the folder where it is missing and judges what is there.
func (db *DB) mayBeReplaced(src string) error {
	if err := os.MkdirAll(filepath.Dir(db.path), 0o700); err != nil {
		return db.cannotCreate("the folder "+filepath.Dir(db.path), err)
	}
	fi, err := os.Lstat(db.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return db.fault(errNone, err, "%s cannot be reached: %v", db.path, err)
	}
	if from, err := os.Stat(src); err == nil && os.SameFile(from, fi) {
		return db.fault(errNone, nil, "%s is the database itself, not a backup of it", src)
	}
	db.file = fi
	if err := db.judge(); err != nil {
		return err
	}
	if db.readOnly {
		return db.fault(steps.ErrReadOnly, nil, "%s can only be read, so it cannot be replaced", db.path)
	}
	return nil
}

// verifiedCopy brings src into the folder of path under a temporary name.
func verifiedCopy(ctx context.Context, src, path string, opts Options) (temp string, err error) {
	real, err := filepath.EvalSymlinks(src)
	if err != nil {
		return "", newFault(steps.ErrNotFound, err, "the backup cannot be read: %v", err)
	}
	if temp, err = tempBeside(path); err != nil {
		return "", err
	}
	opts.copying = true
	if err = copyOf(ctx, real, temp, opts); err == nil {
		err = verifyCopy(ctx, temp, opts)
	}
	if err != nil {
		removeAll(temp)
		return "", newFault(kindOf(err), err, "the backup %s cannot be used: %v; nothing was changed. Name another backup", src, err)
	}
	return temp, nil
}

// copyOf writes the store at src to the new file temp.
func copyOf(ctx context.Context, src, temp string, opts Options) error {
	opts.ReadOnly = true
	from, err := Open(ctx, src, opts)
	if err != nil {
		return err
	}
	defer from.Close()
	conn, err := from.sql.Conn(ctx)
	if err != nil {
		return from.explain("read", err)
	}
	defer conn.Close()
	if v, err := schemaVersion(ctx, conn); err != nil || v == 0 {
		return errors.Join(err, newFault(errNone, nil, "it is empty"))
	}
	return from.copyInto(ctx, conn, temp)
}

// verifyCopy brings the copy to the newest schema and looks through all of it.
func verifyCopy(ctx context.Context, temp string, opts Options) error {
	opts.ReadOnly = false
	c, err := Open(ctx, temp, opts)
	if err != nil {
		return err
	}
	if err := errors.Join(c.Verify(ctx), c.Close()); err != nil {
		return err
	}
	return syncFile(temp)
}

// replaceBy swaps the files while it holds the old one alone.
func (db *DB) replaceBy(ctx context.Context, temp string) (kept string, err error) {
	release, err := db.alone(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	if db.file == nil {
		left := sibling(db.path, "left-over", db.opts.Now())
		if err := db.setAside(left); err != nil {
			return "", err
		}
		return "", db.publish(temp, db.path, false)
	}
	kept = sibling(db.path, "before-restore", db.opts.Now())
	if err := db.setAside(kept); err != nil {
		return "", err
	}
	// Two names for the old file, then one of them becomes the new file: at
	// every moment there is a whole database under the name.
	if err := os.Link(db.path, kept); err != nil {
		if err := os.Rename(db.path, kept); err != nil { // no links on this file system
			return "", db.cannotCreate(kept, err)
		}
	}
	if err := db.publish(temp, db.path, true); err != nil {
		return "", err
	}
	return kept, nil
}

// alone takes hold of the old file so that nobody works on it. Leaving the
// write-ahead mode succeeds only for the sole user of a file, and brings all
// of the log into it. A damaged file cannot be held; it is replaced all the
// same, that being what backups are for.
func (db *DB) alone(ctx context.Context) (release func(), err error) {
	nothing := func() {}
	if db.file == nil || db.file.Size() == 0 {
		return nothing, nil
	}
	if err := db.connect(ctx); err != nil {
		if isCorrupt(err) {
			return nothing, nil
		}
		return nil, err
	}
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return nil, db.explain("restore", err)
	}
	release = func() {
		_ = abandon(conn)
		_ = conn.Close()
		_ = db.sql.Close()
	}
	err = holdAlone(ctx, conn)
	switch err = db.explain("restore", err); {
	case err == nil:
		return release, nil
	case isCorrupt(err):
		release()
		return nothing, nil
	case errors.Is(err, steps.ErrBusy):
		err = db.fault(steps.ErrBusy, err, "%s is open in another mxodus; close it there first, nothing was changed", db.path)
	}
	release()
	return nil, err
}

func holdAlone(ctx context.Context, conn *sql.Conn) error {
	var mode string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode=DELETE").Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("the journal mode stays %s", mode)
	}
	_, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
	return err
}

// setAside takes away logs of the old file. SQLite would read a log that lies
// beside a file as its own. They exist only beside a file that could not be
// opened, and are kept with it.
func (db *DB) setAside(kept string) error {
	for _, suffix := range []string{"-wal", "-journal", "-shm"} {
		name := db.path + suffix
		if _, err := os.Lstat(name); err != nil {
			continue
		}
		var err error
		if suffix == "-shm" {
			err = os.Remove(name) // an index of the log, made anew when needed
		} else {
			err = os.Rename(name, kept+suffix)
		}
		if err != nil {
			return db.fault(errNone, err, "%s cannot be moved away: %v; nothing was replaced", name, err)
		}
	}
	return nil
}

func removeAll(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(path + suffix)
	}
}

// kindOf is the error of package steps that err is, or errNone.
func kindOf(err error) error {
	for _, kind := range []error{
		steps.ErrNotFound, steps.ErrBusy, steps.ErrTooNew, steps.ErrCorrupt, steps.ErrReadOnly, steps.ErrFull, ErrForeign,
	} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return errNone
}
