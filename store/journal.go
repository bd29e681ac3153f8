package store

import (
	"context"
	"database/sql"
	"errors"

	"mxodus/steps"
)

const selectJournal = "SELECT seq, at, who, kind, step, detail, data, prev, hash FROM journal"

func scanEntry(rows *sql.Rows) (e steps.JournalEntry, err error) {
	var at moment
	err = rows.Scan(&e.Seq, &at, &e.By, &e.Kind, &e.Step, &e.Detail, &e.Data, &e.Prev, &e.Hash)
	e.At = at.Time
	return e, err
}

// Journal implements steps.Repository. It does not verify the chain.
func (db *DB) Journal(ctx context.Context, move string) ([]steps.JournalEntry, error) {
	var out []steps.JournalEntry
	err := db.read(ctx, "read the journal", func(q querier) (err error) {
		if _, err = db.headOf(ctx, q, move); err != nil {
			return err
		}
		out, err = collect(ctx, q, scanEntry, selectJournal+" WHERE move_id = ? ORDER BY seq", move)
		return err
	})
	return out, err
}

// Record implements steps.Repository.
func (db *DB) Record(ctx context.Context, move string, e steps.NewEntry, by string) error {
	if e.Kind == "" {
		return errors.New("record: the entry has no kind")
	}
	return db.change(ctx, "record", move, by, func(_ querier, b *batch) error {
		b.journal(e.Kind, e.Step, e.Detail, func(int64) string { return e.Data })
		return nil
	})
}
