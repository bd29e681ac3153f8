package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/mattn/go-sqlite3"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// querier is what a reading method asks.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// read runs fn in one transaction that sees one state of the file.
func (db *DB) read(ctx context.Context, doing string, fn func(q querier) error) error {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return db.explain(doing, err)
	}
	defer conn.Close()
	err = db.within(ctx, conn, "BEGIN", func() error { return fn(conn) })
	return db.explain(doing, err)
}

// within runs fn between begin and COMMIT, or ROLLBACK when fn fails. COMMIT
// is not cancelled half way: whoever gets nil knows that it happened.
func (db *DB) within(ctx context.Context, conn *sql.Conn, begin string, fn func() error) error {
	if err := db.begin(ctx, conn, begin); err != nil {
		return err
	}
	err := fn()
	if err == nil {
		if _, err = conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err == nil {
			return nil
		}
	}
	if failed := abandon(conn); failed != nil {
		err = errors.Join(err, failed)
	}
	return err
}

// patience is how long one wait for the write lock lasts before begin looks
// whether it was cancelled: SQLite's own waiting cannot be interrupted.
const patience = 100 * time.Millisecond

// begin starts a transaction, waiting for other processes up to the busy time-out.
func (db *DB) begin(ctx context.Context, conn *sql.Conn, begin string) error {
	if begin == "BEGIN" || db.opts.BusyTimeout <= patience {
		_, err := conn.ExecContext(ctx, begin)
		return err
	}
	setTimeout := func(d time.Duration) error {
		return conn.Raw(func(c any) error {
			_, err := c.(*sqlite3.SQLiteConn).Exec("PRAGMA busy_timeout="+millis(d), nil)
			return err
		})
	}
	if err := setTimeout(patience); err != nil {
		return err
	}
	deadline := time.Now().Add(db.opts.BusyTimeout)
	_, err := conn.ExecContext(ctx, begin)
	for isBusy(err) && ctx.Err() == nil && time.Now().Before(deadline) {
		_, err = conn.ExecContext(ctx, begin)
	}
	if isBusy(err) && ctx.Err() != nil {
		err = ctx.Err()
	}
	if failed := setTimeout(db.opts.BusyTimeout); failed != nil && err != nil {
		return errors.Join(err, failed)
	} else if failed != nil {
		return errors.Join(failed, abandon(conn))
	}
	return err
}

func isBusy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrBusy
}

// abandon rolls back, and throws the connection away if that does not work.
func abandon(conn *sql.Conn) error {
	err := conn.Raw(func(c any) error {
		sc, ok := c.(*sqlite3.SQLiteConn)
		if !ok || sc.AutoCommit() { // SQLite rolls back by itself on some errors
			return nil
		}
		if _, err := sc.Exec("ROLLBACK", nil); err != nil && !sc.AutoCommit() {
			return driver.ErrBadConn
		}
		return nil
	})
	if errors.Is(err, driver.ErrBadConn) {
		return nil // thrown away; the error that led here is the one to tell
	}
	return err
}

// statement is one plain statement of a transaction. rows is how many rows it
// must change, or -1 when that does not matter; another number means that
// someone else was quicker.
type statement struct {
	sql  string
	args []any
	rows int64
}

// batch gathers the statements of one change of a move. It is planned from
// what was read before the transaction.
type batch struct {
	move    string
	by      string
	at      time.Time
	was     head
	head    head
	records []statement
}

// head is where a move's journal stands.
type head struct {
	entries int64
	hash    string
}

// journal adds an entry and returns its number, which is also the id of the
// record it tells of.
func (b *batch) journal(kind, step, detail string, data func(seq int64) string) int64 {
	e := steps.JournalEntry{
		Seq: b.head.entries + 1, At: b.at, By: b.by, Kind: kind, Step: step,
		Detail: string(clean.Line(detail)), Prev: b.head.hash,
	}
	if data != nil {
		e.Data = data(e.Seq)
	}
	e.Hash = entryHash(e.Prev, e)
	b.head = head{e.Seq, e.Hash}
	b.add(1, `INSERT INTO journal (move_id, seq, at, who, kind, step, detail, data, prev, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.move, e.Seq, stamp(e.At), e.By, e.Kind, e.Step, e.Detail, e.Data, e.Prev, e.Hash)
	return e.Seq
}

func (b *batch) add(rows int64, query string, args ...any) {
	b.records = append(b.records, statement{query, args, rows})
}

// statements is the whole transaction: the compare-and-set on the journal's
// head comes first, so nothing else is tried when it is lost.
func (b *batch) statements() []statement {
	if b.head == b.was {
		return b.records
	}
	first := statement{
		"UPDATE moves SET entries = ?, head = ? WHERE id = ? AND entries = ? AND head = ?",
		[]any{b.head.entries, b.head.hash, b.move, b.was.entries, b.was.hash},
		1,
	}
	return append([]statement{first}, b.records...)
}

// errLost says that someone else changed the move between reading and writing.
var errLost = errors.New("lost the race")

// change plans a change from what is stored now and writes it in one
// transaction; when it loses the race it plans again. A plan that adds nothing
// writes nothing.
func (db *DB) change(ctx context.Context, doing, move, by string, plan func(q querier, b *batch) error) error {
	if err := db.writable(doing); err != nil {
		return err
	}
	deadline := time.Now().Add(db.opts.BusyTimeout)
	for {
		b := &batch{move: move, by: string(clean.Line(by)), at: db.now()}
		err := db.read(ctx, doing, func(q querier) (err error) {
			if b.was, err = db.headOf(ctx, q, move); err != nil {
				return err
			}
			b.head = b.was
			return plan(q, b)
		})
		if err != nil || len(b.records) == 0 {
			return err
		}
		err = db.commit(ctx, b.statements())
		if !errors.Is(err, errLost) {
			return db.explain(doing, err)
		}
		if time.Now().After(deadline) {
			return db.fault(steps.ErrBusy, err, "%s: others keep changing this move; nothing was saved, try again in a moment", doing)
		}
	}
}

// commit runs the statements in one transaction, or none of them.
func (db *DB) commit(ctx context.Context, list []statement) error {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return db.within(ctx, conn, "BEGIN IMMEDIATE", func() error {
		// With the lock held: a restore keeps it until it has swapped the file.
		if err := db.inPlace(); err != nil {
			return err
		}
		for _, s := range list {
			res, err := conn.ExecContext(ctx, s.sql, s.args...)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			if s.rows >= 0 && n != s.rows {
				return errLost
			}
		}
		return nil
	})
}

// writable says why nothing may be written, or nil.
func (db *DB) writable(doing string) error {
	if f := db.broken.Load(); f != nil {
		return f
	}
	if db.readOnly {
		return db.fault(steps.ErrReadOnly, nil, "%s: %s is open for reading only; nothing was saved", doing, db.path)
	}
	return nil
}

func (db *DB) headOf(ctx context.Context, q querier, move string) (h head, err error) {
	err = q.QueryRowContext(ctx, "SELECT entries, head FROM moves WHERE id = ?", move).Scan(&h.entries, &h.hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = db.noMove(move)
	}
	return h, err
}
