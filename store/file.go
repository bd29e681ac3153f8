package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mxodus/steps"
)

// prepareFile makes the file when it is missing, or decides whether the one
// that is there may be used. It reports whether the file is new (or empty).
// The file is never opened here: closing it again would drop SQLite's locks
// of this process on it (POSIX advisory locks).
func (db *DB) prepareFile(path string) (fresh bool, err error) {
	if path == "" {
		return false, newFault(errNone, nil, "no database file was named; give one with --db")
	}
	if db.path, err = filepath.Abs(path); err != nil {
		return false, fmt.Errorf("find %q: %w", path, err)
	}
	for range 3 { // again when another process makes or removes it meanwhile
		db.file, err = os.Lstat(db.path)
		switch {
		case err == nil:
			return db.file.Size() == 0, db.judge()
		case !errors.Is(err, fs.ErrNotExist):
			return false, db.fault(errNone, err, "%s cannot be reached: %v", db.path, err)
		case db.readOnly:
			return false, db.fault(steps.ErrNotFound, err, "there is no database at %s yet; start mxodus to make one, or name another with --db", db.path)
		}
		if err = db.create(); err == nil {
			db.file, err = os.Lstat(db.path)
			return true, err
		}
		if !errors.Is(err, fs.ErrExist) {
			return false, err
		}
	}
	return false, err
}

// create makes folder (0700) and file (0600), refusing to follow a link.
func (db *DB) create() error {
	dir := filepath.Dir(db.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return db.cannotCreate("the folder "+dir, err)
	}
	// A log whose database is gone must not become the new one's.
	if err := db.setAside(sibling(db.path, "left-over", db.now())); err != nil {
		return err
	}
	f, err := os.OpenFile(db.path, os.O_RDWR|os.O_CREATE|os.O_EXCL|noFollow, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if err != nil {
		return db.cannotCreate(db.path, err)
	}
	// The umask can only have taken bits away; owner read and write must stay.
	err = errors.Join(f.Chmod(0o600), f.Close(), syncDir(dir))
	if err != nil {
		return db.cannotCreate(db.path, err)
	}
	return nil
}

func (db *DB) cannotCreate(what string, err error) error {
	kind := errNone
	switch {
	case isFull(err):
		kind = steps.ErrFull
	case errors.Is(err, fs.ErrPermission), isReadOnlyFS(err):
		kind = steps.ErrReadOnly
	}
	return db.fault(kind, err, "%s cannot be made: %v; name a file in a folder of yours with --db", what, err)
}

// judgeBackup is judge for a file that is only read: --db names the store and
// not the backup, so no word of it, and its owner may be anybody.
func (db *DB) judgeBackup() error {
	switch mode, size := db.file.Mode(), db.file.Size(); {
	case mode.IsDir():
		return db.fault(ErrForeign, nil, "it is a folder")
	case !mode.IsRegular():
		return db.fault(ErrForeign, nil, "it is not a file")
	case size > 0 && size < 100:
		return db.fault(steps.ErrCorrupt, nil, "it is not a database, as it has only %d bytes", size)
	}
	return nil
}

// judge decides about an existing file.
func (db *DB) judge() error {
	fi := db.file
	if db.opts.copying {
		return db.judgeBackup()
	}
	switch mode := fi.Mode(); {
	case mode&fs.ModeSymlink != 0:
		return db.fault(ErrForeign, nil, "%s is a symbolic link, which is not followed; name the file it points to with --db", db.path)
	case mode.IsDir():
		return db.fault(ErrForeign, nil, "%s is a folder; name a file in it with --db", db.path)
	case mode.IsRegular() && fi.Size() > 0 && fi.Size() < 100:
		// SQLite takes a file of one byte for an empty one and writes to it.
		return db.fault(steps.ErrCorrupt, nil, "%s is not a database: it has only %d bytes; it is left as it is. Name another file with --db", db.path, fi.Size())
	case !mode.IsRegular():
		return db.fault(ErrForeign, nil, "%s is not a file; name another with --db", db.path)
	}
	if owner, mine := ownedByUs(fi); !mine {
		return db.fault(ErrForeign, nil, "%s belongs to another user (%s), so it is left alone; name a file of yours with --db", db.path, owner)
	}
	if n := links(fi); n > 1 {
		db.notice("%s has %d names (hard links); use only this one, or changes made under the other can be lost", db.path, n)
	}
	if !db.readOnly {
		if why := unwritable(db.path); why != nil {
			db.readOnly = true
			db.notice("%s can only be read (%v): nothing can be saved", db.path, why)
		}
	}
	db.tighten()
	return nil
}

// tighten takes the rights of others away from the file, and says so.
func (db *DB) tighten() {
	dir := filepath.Dir(db.path)
	if fi, err := os.Stat(dir); err == nil && openToAll(fi) {
		db.notice("anyone on this computer can put files into %s; make it yours with: chmod 700 %s", dir, shellQuote(dir))
	}
	perm := db.file.Mode().Perm()
	if perm&0o077 == 0 {
		return
	}
	if !db.readOnly {
		if err := chmodNoFollow(db.path, db.file, perm&0o700); err == nil {
			db.notice("%s could be used by others on this computer (mode %04o); now only you can (%04o)", db.path, perm, perm&0o700)
			return
		}
	}
	db.notice("%s can be used by others on this computer (mode %04o); close it to them with: chmod 600 %s", db.path, perm, shellQuote(db.path))
}

// inPlace reports that the file is still the one that was opened: not removed
// and not replaced by a restore, in which case a commit would go nowhere.
func (db *DB) inPlace() error {
	fi, err := os.Lstat(db.path)
	if err == nil && os.SameFile(fi, db.file) {
		return nil
	}
	return db.fault(errNone, err, "%s was removed or replaced since mxodus opened it; nothing was saved. Leave mxodus and start it again", db.path)
}

// sibling names a dated file beside path that does not exist yet:
// mxodus.db becomes mxodus.TAG.20060102T150405Z.db.
func sibling(path, tag string, now time.Time) string {
	ext := filepath.Ext(path)
	stem := strings.TrimSuffix(path, ext) + "." + tag + "." + now.UTC().Format("20060102T150405Z")
	name := stem + ext
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) || n > 999 {
			return name
		}
		name = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
}

// syncFile makes the content of a closed file durable.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
