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

func (db *DB) scanOverride(rows *sql.Rows) (r overrideRow, err error) {
	var at moment
	if err = rows.Scan(&r.move, &r.seq, &r.Step, &r.Gate, &r.Reason, &r.By, &at, &r.sha); err != nil {
		return r, db.unreadable("overrides", err)
	}
	r.At = at.Time
	return r, db.sealed("override of "+r.Gate, r.sha, sealOverride(r.move, r.seq, r.Override))
}

func (db *DB) loadOverrides(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := collect(ctx, q, db.scanOverride, selectOverrides+" WHERE move_id = ? ORDER BY seq", move)
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
