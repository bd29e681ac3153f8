package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

const selectRuns = "SELECT move_id, seq, step, check_id, outcome, started, who, sha256, result FROM runs"

// runRow is a run as stored.
type runRow struct {
	move, step, check, outcome, by, sha, result string
	seq                                         int64
	started                                     time.Time
}

func (r runRow) proof() proof {
	return proof{"result of " + r.check, r.seq, r.sha, sealRun(r.move, r)}
}

func scanRun(rows *sql.Rows) (r runRow, err error) {
	var started moment
	err = rows.Scan(&r.move, &r.seq, &r.step, &r.check, &r.outcome, &started, &r.by, &r.sha, &r.result)
	r.started = started.Time
	return r, err
}

// runs reads and decodes runs.
func (db *DB) runs(ctx context.Context, q querier, query string, args ...any) ([]steps.Run, error) {
	found, err := sealed(ctx, db, q, scanRun, query, args...)
	if err != nil {
		return nil, err
	}
	out := make([]steps.Run, len(found))
	for i, r := range found {
		out[i] = steps.Run{ID: r.seq, Step: r.step, By: r.by}
		if err := json.Unmarshal([]byte(r.result), &out[i].Result); err != nil {
			return nil, db.damaged(fmt.Sprintf("the result of %s in %s: %v", r.check, r.step, err))
		}
	}
	return out, nil
}

func (db *DB) loadLatest(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := db.runs(ctx, q, selectRuns+` WHERE move_id = ?1 AND seq IN (
  SELECT max(seq) FROM runs WHERE move_id = ?1 GROUP BY step, check_id)`, move)
	for _, r := range found {
		s.Latest[steps.RunKey(r.Step, r.Result.Check)] = r
	}
	return err
}

// AppendRuns implements steps.Repository: one journal entry per run. The ID
// and By of the runs given are not used.
func (db *DB) AppendRuns(ctx context.Context, move string, runs []steps.Run, by string) error {
	const doing = "save the results"
	rows := make([]runRow, len(runs))
	for i, r := range runs {
		if r.Result.Check == "" || r.Result.Outcome == "" {
			return fmt.Errorf("%s: a result names no check or no outcome", doing)
		}
		text, err := json.Marshal(r.Result)
		if err != nil {
			return fmt.Errorf("%s of %s: %w", doing, r.Result.Check, err)
		}
		rows[i] = runRow{
			move: move, step: r.Step, check: r.Result.Check, outcome: string(r.Result.Outcome),
			started: whole(r.Result.Started), result: string(text),
		}
	}
	return db.change(ctx, doing, move, by, func(_ querier, b *batch) error {
		for i, r := range rows {
			b.run(r, runs[i].Result)
		}
		return nil
	})
}

// runData is what the journal keeps of a run.
type runData struct {
	Check   string         `json:"check"`
	Outcome check.Outcome  `json:"outcome"`
	Worst   check.Severity `json:"worst"`
	Input   string         `json:"input"`
	SHA256  string         `json:"sha256"`
}

func (b *batch) run(r runRow, res check.Result) {
	r.by = b.by
	seq := b.journal("check", r.step, runDetail(res), func(seq int64) string {
		r.seq = seq
		r.sha = sealRun(b.move, r)
		return compact(runData{res.Check, res.Outcome, res.Worst(), res.Input, r.sha})
	})
	b.add(1, `INSERT INTO runs (move_id, seq, step, check_id, outcome, started, who, sha256, result)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.move, seq, r.step, r.check, r.outcome, stamp(r.started), r.by, r.sha, r.result)
}

// Runs implements steps.Repository. A limit of 0 or less means all.
func (db *DB) Runs(ctx context.Context, move, step, checkID string, limit int) ([]steps.Run, error) {
	query, args := selectRuns+" WHERE move_id = ?", []any{move}
	if step != "" {
		query, args = query+" AND step = ?", append(args, step)
	}
	if checkID != "" {
		query, args = query+" AND check_id = ?", append(args, checkID)
	}
	if limit <= 0 {
		limit = -1
	}
	var out []steps.Run
	err := db.read(ctx, "read the results", func(q querier) (err error) {
		if _, err = db.headOf(ctx, q, move); err != nil {
			return err
		}
		out, err = db.runs(ctx, q, query+" ORDER BY seq DESC LIMIT ?", append(args, limit)...)
		return err
	})
	return out, err
}
