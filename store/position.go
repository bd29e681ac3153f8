package store

import (
	"context"
	"database/sql"

	"mxodus/steps"
)

const selectPosition = "SELECT move_id, screen, step, stage, field, scroll, cursor, draft, sha256 FROM positions"

func (db *DB) scanPosition(rows *sql.Rows) (p steps.Position, err error) {
	var move, stage, sha string
	if err = rows.Scan(&move, &p.Screen, &p.Step, &stage, &p.Field, &p.Scroll, &p.Cursor, &p.Draft, &sha); err != nil {
		return p, err
	}
	p.Stage = steps.Stage(stage)
	return p, db.sealed("the place where you left off", sha, sealPosition(move, p))
}

func (db *DB) loadPosition(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := collect(ctx, q, db.scanPosition, selectPosition+" WHERE move_id = ?", move)
	if len(found) == 1 {
		s.Position = found[0]
	}
	return err
}

// SetPosition implements steps.Repository. The last one written counts.
func (db *DB) SetPosition(ctx context.Context, move string, p steps.Position) error {
	const doing = "save the place where you left off"
	if err := db.writable(doing); err != nil {
		return err
	}
	err := db.read(ctx, doing, func(q querier) error {
		_, err := db.headOf(ctx, q, move)
		return err
	})
	if err != nil {
		return err
	}
	return db.explain(doing, db.commit(ctx, []statement{{
		`INSERT INTO positions (move_id, screen, step, stage, field, scroll, cursor, draft, sha256)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (move_id) DO UPDATE SET screen = excluded.screen, step = excluded.step, stage = excluded.stage,
  field = excluded.field, scroll = excluded.scroll, cursor = excluded.cursor, draft = excluded.draft, sha256 = excluded.sha256`,
		[]any{move, p.Screen, p.Step, string(p.Stage), p.Field, p.Scroll, p.Cursor, p.Draft, sealPosition(move, p)},
		1,
	}}))
}
