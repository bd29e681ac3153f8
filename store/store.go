// Package store keeps moves in one SQLite file. It is the adapter of
// steps.Repository: nothing else in mxodus speaks SQL.
//
// Rules it follows. A public method is one transaction, journal entry
// included, and returns nil only after COMMIT. What a transaction needs to
// know is read before it begins; the transaction itself is a list of plain
// statements, guarded by a compare-and-set on the head of the move's journal
// and on the revision of each value, so the same schema can live on a
// replicated SQLite service. Every record is sealed with a SHA-256 that is
// checked when it is read: damage is an error, never a wrong answer.
package store

import (
	"context"
	"database/sql"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// Options of Open. The zero value is right for normal use.
type Options struct {
	// ReadOnly opens for reading; every writing method then returns
	// steps.ErrReadOnly. The file must exist and have the newest schema.
	ReadOnly bool
	// Now is the clock of all stored times; time.Now when nil. It may be asked
	// by several goroutines at once.
	Now func() time.Time
	// BusyTimeout is how long a method waits for another process's
	// transaction before it returns steps.ErrBusy; 5 s when zero.
	BusyTimeout time.Duration

	copying bool // only to be copied or verified: any owner, and no copy before an upgrade

	vfs string // SQLite's file layer; tests choose one without shared memory
}

// DB is an open store. It is safe for use by several goroutines; they take
// turns on the one connection.
type DB struct {
	path     string
	opts     Options
	readOnly bool
	// queryOnly is set where a file that could be written is open for reading.
	queryOnly bool
	sql       *sql.DB
	file      fs.FileInfo // the file as opened, to notice that it was replaced
	mode      string      // journal mode in force: "wal", "delete", ...

	broken atomic.Pointer[fault] // set when the disk failed to sync: final

	mu      sync.Mutex
	notices []string
}

var _ steps.Repository = (*DB)(nil)

// Open opens the store at path, makes it when it does not exist, and brings an
// older one to the newest schema after putting a copy beside it. A file that
// may only be read is opened for reading, with a notice. Errors are sentences;
// test them with errors.Is against the errors of package steps and ErrForeign.
func Open(ctx context.Context, path string, opts Options) (*DB, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.BusyTimeout <= 0 {
		opts.BusyTimeout = 5 * time.Second
	}
	db := &DB{opts: opts, readOnly: opts.ReadOnly}
	fresh, err := db.prepareFile(path)
	if err != nil {
		return nil, err
	}
	if err := db.connect(ctx); err != nil {
		return nil, err
	}
	if err := db.ready(ctx, fresh); err != nil {
		_ = db.sql.Close()
		return nil, err
	}
	return db, nil
}

// ready migrates, verifies the pragmas in force and looks for damage.
func (db *DB) ready(ctx context.Context, fresh bool) error {
	if !fresh {
		if err := db.quickCheck(ctx); err != nil {
			return err
		}
	}
	if err := db.migrate(ctx); err != nil {
		return err
	}
	if err := db.readBackPragmas(ctx); err != nil {
		return err
	}
	return db.inPlace() // it may have been swapped while we waited for it
}

// Close brings what the write-ahead log holds into the one file, so that it
// can be copied, and closes it.
func (db *DB) Close() error {
	if !db.readOnly && db.mode == "wal" {
		// Others may be reading: then the log stays, which is harmless, and
		// nobody should wait for them at the exit.
		_, _ = db.sql.Exec("PRAGMA busy_timeout=100")
		_, _ = db.sql.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return db.explain("close", db.sql.Close())
}

// Path is the absolute path of the file.
func (db *DB) Path() string { return db.path }

// ReadOnly reports that nothing can be written, as asked or because the file
// or its folder does not allow it.
func (db *DB) ReadOnly() bool { return db.readOnly }

// JournalMode is SQLite's journal mode in force: "wal", or "delete" where the
// file system has no shared memory, as on network drives.
func (db *DB) JournalMode() string { return db.mode }

// Notices are sentences about what Open found and did: permissions made
// tighter, a copy made before an upgrade, a fallback taken.
func (db *DB) Notices() []string {
	db.mu.Lock()
	defer db.mu.Unlock()
	return append([]string(nil), db.notices...)
}

func (db *DB) notice(format string, args ...any) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.notices = append(db.notices, string(clean.Sprintf(format, args...)))
}

func (db *DB) now() time.Time { return db.opts.Now().UTC().Truncate(time.Millisecond) }

// Version implements steps.Repository. It joins SQLite's data_version, which
// changes when another connection commits, with the number of rows this
// connection has changed. Positions count too. Only equality means anything.
func (db *DB) Version(ctx context.Context) (int64, error) {
	var other, own int64
	err := db.sql.QueryRowContext(ctx, "SELECT data_version, total_changes() FROM pragma_data_version").Scan(&other, &own)
	if err != nil {
		return 0, db.explain("look for changes", err)
	}
	return other<<31 | own&(1<<31-1), nil
}
