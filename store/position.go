package store

import (
	"context"
	"database/sql"

	"mxodus/steps"
)

const selectPosition = "SELECT move_id, screen, step, stage, field, scroll, cursor, draft, sha256 FROM positions"

type positionRow struct {
	steps.Position
	move, sha string
}

func (r positionRow) proof() proof {
	return proof{"the place where you left off", 0, r.sha, sealPosition(r.move, r.Position)}
}

func scanPosition(rows *sql.Rows) (r positionRow, err error) {
	var stage string
	err = rows.Scan(&r.move, &r.Screen, &r.Step, &stage, &r.Field, &r.Scroll, &r.Cursor, &r.Draft, &r.sha)
	r.Stage = steps.Stage(stage)
	return r, err
}

func (db *DB) loadPosition(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := sealed(ctx, db, q, scanPosition, selectPosition+" WHERE move_id = ?", move)
	if len(found) == 1 {
		s.Position = found[0].Position
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
