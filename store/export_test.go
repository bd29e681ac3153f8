package store

import "context"

// Latest is the newest schema version.
func Latest() int { return latest() }

// WithoutSharedMemory chooses a SQLite file layer that cannot do write-ahead
// logging, as on a network file system.
func WithoutSharedMemory(o Options) Options {
	o.vfs = "unix-dotfile"
	return o
}

// BusyTimeout asks SQLite for the time-out in force.
func (db *DB) BusyTimeout(ctx context.Context) (ms int64, err error) {
	err = db.sql.QueryRowContext(ctx, "PRAGMA busy_timeout").Scan(&ms)
	return ms, err
}

// Integrity runs SQLite's own full check.
func (db *DB) Integrity(ctx context.Context) error {
	return db.integrity(ctx, "PRAGMA integrity_check(1)")
}
