package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
)

// applicationID marks our files in SQLite's header: "mxod".
const applicationID = 0x6d786f64

// quickCheckLimit is the size in bytes up to which Open looks through the
// whole file for damage: measured at 4 ms a MiB, so at most some 8 ms of a start.
// In larger files the seals still find damage, when a record is read.
const quickCheckLimit = 2 << 20

// dsn names the file for the driver. The path goes through net/url: in a
// hand-made string a "?" in it would open another file.
func dsn(path string, readOnly, immutable bool, busy time.Duration, vfs string) string {
	q := url.Values{
		"mode":             {"rw"},
		"_busy_timeout":    {millis(busy)},
		"_foreign_keys":    {"on"},
		"_txlock":          {"immediate"},
		"_stmt_cache_size": {"64"},
	}
	if readOnly {
		q.Set("mode", "ro")
	}
	if immutable {
		q.Set("immutable", "1")
	}
	if vfs != "" {
		q.Set("vfs", vfs)
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return u.String()
}

// connector opens connections and sets each up before anyone uses it. The
// journal mode is not part of the DSN: it would be written into the header of
// a file that may turn out to be another program's.
type connector struct {
	db  *DB
	dsn string
}

func (c connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	d := &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		if err := c.db.identify(conn); err != nil {
			return err
		}
		return c.db.setPragmas(conn)
	}}
	return d.Open(c.dsn)
}

// connect opens the one connection.
func (db *DB) connect(ctx context.Context) error {
	// A connection of SQLite's that may only read leaves log and shared memory
	// behind; one that could write takes them away when it closes. So a file
	// that could be written is opened like that, and told to take no writes.
	db.queryOnly = db.readOnly && !db.opts.copying && unwritable(db.path) == nil
	err := db.try(ctx, false)
	if err != nil && db.queryOnly && !refused(err) {
		db.queryOnly = false
		err = db.try(ctx, false)
	}
	if err != nil && db.readOnly && db.settled() {
		// Where the folder cannot be written SQLite cannot make its shared
		// memory. With no log beside the file it is complete as it stands.
		err = db.try(ctx, true)
	}
	if err != nil {
		return db.explain("open", err)
	}
	return nil
}

func (db *DB) try(ctx context.Context, immutable bool) error {
	name := dsn(db.path, db.readOnly && !db.queryOnly, immutable, db.opts.BusyTimeout, db.opts.vfs)
	pool := sql.OpenDB(connector{db, name})
	pool.SetMaxOpenConns(1)
	pool.SetMaxIdleConns(1)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return err
	}
	db.sql = pool
	return nil
}

// refused reports that the file was opened and found to be no store of ours:
// opening it in another way finds the same.
func refused(err error) bool {
	var f *fault
	return errors.As(err, &f)
}

// settled reports that no write-ahead log or journal lies beside the file.
func (db *DB) settled() bool {
	for _, suffix := range []string{"-wal", "-journal"} {
		if fi, err := os.Lstat(db.path + suffix); err == nil && fi.Size() > 0 {
			return false
		}
	}
	return true
}

// identify refuses files of other programs and of newer versions before
// anything is written to them.
func (db *DB) identify(conn *sqlite3.SQLiteConn) error {
	var id, version, tables int64
	for _, q := range []struct {
		sql string
		to  *int64
	}{
		{"PRAGMA application_id", &id},
		{"PRAGMA user_version", &version},
		{"SELECT count(*) FROM sqlite_schema", &tables},
	} {
		v, err := single(conn, q.sql)
		if err != nil {
			return err
		}
		n, ok := v.(int64)
		if !ok {
			return db.fault(errNone, nil, "%s answers %s with %v", db.path, q.sql, v)
		}
		*q.to = n
	}
	empty := id == 0 && version == 0 && tables == 0
	switch {
	case id != applicationID && !empty && db.opts.copying:
		return db.fault(ErrForeign, nil, "it is the database of another program (application id %#x)", uint32(id))
	case id != applicationID && !empty:
		return db.fault(ErrForeign, nil, "%s is the database of another program (application id %#x), so it is left alone; name another file with --db", db.path, uint32(id))
	case version > int64(latest()):
		return db.tooNew(version)
	case version < 1 && !empty: // written in one transaction with the first table
		return db.damaged(fmt.Sprintf("its schema version is %d", version))
	}
	return nil
}

// setPragmas sets what SQLite keeps per connection.
func (db *DB) setPragmas(conn *sqlite3.SQLiteConn) error {
	pragmas := []string{"trusted_schema=OFF", "cell_size_check=ON", "temp_store=MEMORY"}
	if !db.readOnly {
		pragmas = append(pragmas, "synchronous=FULL")
	}
	if db.queryOnly {
		pragmas = append(pragmas, "query_only=ON")
	}
	for _, p := range pragmas {
		if _, err := conn.Exec("PRAGMA "+p, nil); err != nil {
			return err
		}
	}
	if db.readOnly { // the mode stays as it is
		return nil
	}
	// The answer is the mode in force: unchanged where shared memory is missing.
	mode, err := single(conn, "PRAGMA journal_mode=WAL")
	if err != nil {
		return err
	}
	if mode != "wal" {
		if _, err := conn.Exec("PRAGMA journal_mode=DELETE", nil); err != nil {
			return err
		}
	}
	return nil
}

// readBackPragmas verifies once that the settings on which the promises rest
// are in force.
func (db *DB) readBackPragmas(ctx context.Context) error {
	if err := db.sql.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&db.mode); err != nil {
		return db.explain("open", err)
	}
	if db.mode != "wal" && !db.readOnly {
		db.notice("%s lies on a file system without shared memory, as network drives are; it works, but only one mxodus at a time can use it well", db.path)
	}
	want := map[string]int64{"foreign_keys": 1, "busy_timeout": db.opts.BusyTimeout.Milliseconds()}
	if !db.readOnly {
		want["synchronous"] = 2
		want["application_id"] = applicationID
	}
	for name, w := range want {
		var got int64
		if err := db.sql.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
			return db.explain("open", err)
		}
		if got != w {
			return db.fault(errNone, nil, "open %s: SQLite's setting %s is %d and must be %d; this build of SQLite cannot keep the store safe", db.path, name, got, w)
		}
	}
	return nil
}

// quickCheck looks for structural damage in files small enough.
func (db *DB) quickCheck(ctx context.Context) error {
	if db.file.Size() > quickCheckLimit {
		return nil
	}
	return db.integrity(ctx, "PRAGMA quick_check(1)")
}

func (db *DB) integrity(ctx context.Context, pragma string) error {
	var said string
	if err := db.sql.QueryRowContext(ctx, pragma).Scan(&said); err != nil {
		return db.explain("check", err)
	}
	if said != "ok" {
		return db.damaged("SQLite says: " + strings.TrimSpace(said))
	}
	return nil
}

// single runs a statement that answers with one value.
func single(conn *sqlite3.SQLiteConn, query string) (driver.Value, error) {
	rows, err := conn.Query(query, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	row := make([]driver.Value, len(rows.Columns()))
	if err := rows.Next(row); err != nil {
		return nil, err
	}
	return row[0], nil
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
