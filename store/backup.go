package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"mxodus/steps"
)

// Backup writes the whole store, as of one moment, to one file at dest (mode
// 0600). Others may go on working meanwhile. The copy is looked through before
// it gets its name. A file that is there is replaced only when overwrite is
// set; otherwise errors.Is(err, fs.ErrExist).
func (db *DB) Backup(ctx context.Context, dest string, overwrite bool) error {
	dest, err := filepath.Abs(dest)
	if err != nil {
		return db.fault(errNone, err, "the backup %s cannot be reached: %v", dest, err)
	}
	if err := db.mayBecomeBackup(dest, overwrite); err != nil {
		return err
	}
	temp, err := tempBeside(dest)
	if err != nil {
		return err
	}
	defer os.Remove(temp) // gone already when all went well
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return db.explain("back up", err)
	}
	err = db.copyInto(ctx, conn, temp)
	if err = errors.Join(err, conn.Close()); err != nil {
		return err
	}
	if err := db.lookThrough(ctx, temp); err != nil {
		return err
	}
	return db.publish(temp, dest, overwrite)
}

func (db *DB) mayBecomeBackup(dest string, overwrite bool) error {
	if fi, err := os.Stat(filepath.Dir(dest)); err != nil || !fi.IsDir() {
		return db.fault(steps.ErrNotFound, err, "the folder %s for the backup does not exist; make it or choose another", filepath.Dir(dest))
	}
	fi, err := os.Lstat(dest)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return db.fault(errNone, err, "the backup %s cannot be reached: %v", dest, err)
	case os.SameFile(fi, db.file):
		return db.fault(errNone, fs.ErrExist, "%s is the database itself; a backup needs another name", dest)
	case fi.IsDir():
		return db.fault(errNone, fs.ErrExist, "%s is a folder; name a file in it for the backup", dest)
	case !overwrite:
		return db.exists(dest)
	}
	return nil
}

func (db *DB) exists(dest string) error {
	return db.fault(errNone, fs.ErrExist, "%s exists already and was left as it is; choose another name, or ask to overwrite it", dest)
}

// lookThrough opens a finished copy and checks it.
func (db *DB) lookThrough(ctx context.Context, path string) error {
	c, err := Open(ctx, path, Options{ReadOnly: true, Now: db.opts.Now, copying: true})
	if err != nil {
		return err
	}
	if err := errors.Join(c.integrity(ctx, "PRAGMA integrity_check(1)"), c.Close()); err != nil {
		return db.fault(kindOf(err), err, "the backup was made but %v, so it was thrown away; look at the disk, then try again", err)
	}
	return nil
}

// publish gives a finished file its name: all of it, or nothing.
func (db *DB) publish(temp, dest string, overwrite bool) error {
	if !overwrite {
		// A link fails where a name exists, a rename would replace it.
		err := os.Link(temp, dest)
		switch {
		case err == nil:
			return db.durable(dest)
		case errors.Is(err, fs.ErrExist):
			return db.exists(dest)
		}
		if _, err := os.Lstat(dest); err == nil { // no links on this file system
			return db.exists(dest)
		}
	}
	if err := os.Rename(temp, dest); err != nil {
		return db.cannotCreate(dest, err)
	}
	return db.durable(dest)
}

func (db *DB) durable(dest string) error {
	if err := syncDir(filepath.Dir(dest)); err != nil {
		return db.fault(errNone, err, "%s was written, but its folder was not confirmed by the disk: %v", dest, err)
	}
	return nil
}

// tempBeside names a file that does not exist, in the folder of path, so that
// it can be renamed to path.
func tempBeside(path string) (string, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return filepath.Join(filepath.Dir(path), ".mxodus-"+hex.EncodeToString(b[:])+".tmp"), nil
}
