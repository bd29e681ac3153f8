package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"

	"mxodus/steps"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one numbered change of the schema.
type migration struct {
	version int
	name    string
	sql     string
}

// migrations lists the embedded files in order: 0001_name.sql is version 1.
var migrations = sync.OnceValue(func() []migration {
	entries, err := fs.ReadDir(migrationFiles, "migrations")
	if err != nil {
		panic("store: embedded migrations: " + err.Error())
	}
	var out []migration
	for i, e := range entries { // sorted by name
		number, name, _ := strings.Cut(strings.TrimSuffix(e.Name(), ".sql"), "_")
		version, err := strconv.Atoi(number)
		text, err2 := fs.ReadFile(migrationFiles, "migrations/"+e.Name())
		if err = errors.Join(err, err2); err != nil || version != i+1 {
			panic(fmt.Sprintf("store: migration %s is not number %d: %v", e.Name(), i+1, err))
		}
		out = append(out, migration{version, name, string(text)})
	}
	return out
})

// latest is the schema version this program writes.
func latest() int { return len(migrations()) }

// migrate brings the file to the newest schema.
func (db *DB) migrate(ctx context.Context) error {
	return db.migrateTo(ctx, latest())
}

func (db *DB) migrateTo(ctx context.Context, target int) error {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return db.explain("open", err)
	}
	defer conn.Close()
	from, err := schemaVersion(ctx, conn)
	if err != nil {
		return db.explain("open", err)
	}
	if from >= target {
		return nil
	}
	if db.readOnly && db.opts.copying {
		return nil
	}
	if db.readOnly && from == 0 {
		return db.holdsNothing()
	}
	if db.readOnly {
		return db.fault(steps.ErrReadOnly, nil, "%s was written by an older mxodus (schema %d; this one needs %d) and must be brought up to date first: open it once where it can be written", db.path, from, target)
	}
	if from > 0 && !db.opts.copying {
		kept, err := db.keepCopy(ctx, conn, fmt.Sprintf("before-schema-%d", target))
		if err != nil {
			return err
		}
		db.notice("%s was brought from schema %d to %d; a copy as it was lies at %s", db.path, from, target, kept)
	}
	for _, m := range migrations()[from:target] {
		if err := db.apply(ctx, conn, m); err != nil {
			return db.explain(fmt.Sprintf("bring to schema %d", m.version), err)
		}
	}
	return nil
}

// holdsNothing is what a reader is told of an empty file: SQLite takes one for
// a new database, which is made of it as soon as somebody writes.
func (db *DB) holdsNothing() error {
	if db.opts.ReadOnly {
		return db.fault(steps.ErrNotFound, nil, "%s is empty: it holds no moves yet; start mxodus to begin one, or name another with --db", db.path)
	}
	return db.fault(steps.ErrReadOnly, nil, "%s is empty and can only be read, so no move can be kept in it; name another with --db", db.path)
}

// apply runs one migration in one transaction together with its record.
func (db *DB) apply(ctx context.Context, conn *sql.Conn, m migration) error {
	return db.within(ctx, conn, "BEGIN IMMEDIATE", func() error {
		// Another process may have been quicker.
		if v, err := schemaVersion(ctx, conn); err != nil || v >= m.version {
			return err
		}
		for _, q := range []string{
			`CREATE TABLE IF NOT EXISTS schema_migrations (
  version INTEGER NOT NULL PRIMARY KEY,
  name    TEXT    NOT NULL,
  at      TEXT    NOT NULL
) STRICT`,
			m.sql,
			fmt.Sprintf("PRAGMA application_id = %d", applicationID),
			fmt.Sprintf("PRAGMA user_version = %d", m.version),
		} {
			if _, err := conn.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		_, err := conn.ExecContext(ctx, "INSERT INTO schema_migrations (version, name, at) VALUES (?, ?, ?)",
			m.version, m.name, stamp(db.now()))
		return err
	})
}

func schemaVersion(ctx context.Context, conn *sql.Conn) (v int, err error) {
	err = conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v)
	return v, err
}

// keepCopy puts a dated copy beside the file and returns its path.
func (db *DB) keepCopy(ctx context.Context, conn *sql.Conn, tag string) (string, error) {
	to := sibling(db.path, tag, db.now())
	if err := db.copyInto(ctx, conn, to); err != nil {
		return "", err
	}
	return to, nil
}

// copyInto writes the whole store as one new file with mode 0600 and syncs it.
func (db *DB) copyInto(ctx context.Context, conn *sql.Conn, to string) error {
	// VACUUM INTO accepts an empty file, so the mode is ours from the start.
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL|noFollow, 0o600)
	if err != nil {
		return db.cannotCreate(to, err)
	}
	err = f.Close()
	if err == nil {
		err = db.vacuumInto(ctx, conn, to)
	}
	if err == nil {
		err = syncFile(to)
	}
	if err != nil {
		_ = os.Remove(to)
		if isFull(err) {
			return db.cannotCreate(to, err)
		}
		return db.explain("copy", err)
	}
	return nil
}

// vacuumInto copies the store. It writes to the copy alone, which a connection
// that is to take no writes has to be allowed for.
func (db *DB) vacuumInto(ctx context.Context, conn *sql.Conn, to string) error {
	if !db.queryOnly {
		_, err := conn.ExecContext(ctx, "VACUUM INTO ?", to)
		return err
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only=OFF"); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, "VACUUM INTO ?", to)
	_, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only=ON")
	return errors.Join(err, back)
}
