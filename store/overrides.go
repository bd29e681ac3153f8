package store

import (
	"context"
	"database/sql"

	"mxodus/steps"
)

const selectOverrides = "SELECT move_id, seq, step, gate, reason, who, at, sha256 FROM overrides"

type overrideRow struct {
	steps.Override
	move string
	seq  int64
	sha  string
}

func (r overrideRow) proof() proof {
	return proof{"override of " + r.Gate, r.seq, r.sha, sealOverride(r.move, r.seq, r.Override)}
}

func scanOverride(rows *sql.Rows) (r overrideRow, err error) {
	var at moment
	err = rows.Scan(&r.move, &r.seq, &r.Step, &r.Gate, &r.Reason, &r.By, &at, &r.sha)
	r.At = at.Time
	return r, err
}

func (db *DB) loadOverrides(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := sealed(ctx, db, q, scanOverride, selectOverrides+" WHERE move_id = ? ORDER BY seq", move)
	for _, r := range found {
		s.Overrides = append(s.Overrides, r.Override)
	}
	return err
}

type overrideData struct {
	steps.Override
	SHA256 string `json:"sha256"`
}

func (b *batch) override(o steps.Override) {
	var sha string
	seq := b.journal("override", o.Step, "set aside "+o.Gate+": "+brief(o.Reason), func(seq int64) string {
		sha = sealOverride(b.move, seq, o)
		return compact(overrideData{o, sha})
	})
	b.add(1, "INSERT INTO overrides (move_id, seq, step, gate, reason, who, at, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		b.move, seq, o.Step, o.Gate, o.Reason, o.By, stamp(o.At), sha)
}
