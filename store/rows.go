package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// proof is what shows that a record is as it was written.
type proof struct {
	what     string // for people
	seq      int64  // number of the journal entry that tells of it
	stored   string // seal in the row
	computed string // seal of what was read
}

// record is a row that carries a seal.
type record interface{ proof() proof }

// sealed reads records and compares each with its seal.
func sealed[T record](ctx context.Context, db *DB, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	found, err := collect(ctx, q, scan, query, args...)
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		if p := r.proof(); p.stored != p.computed {
			return nil, db.damaged(p.what + " does not match its checksum")
		}
	}
	return found, nil
}

// errUnreadable says that a value does not have the form it was written in.
var errUnreadable = errors.New("a stored value cannot be read")

// collect reads all rows of a query before the next one is asked: there is
// only one connection.
func collect[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUnreadable, err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
