package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"mxodus/steps"
)

const selectSteps = `SELECT move_id, step, status, waiting_on, since, until, started, closed, who, overseen, reason, revision, seq, sha256
FROM step_states`

type stepRow struct {
	steps.StepState
	move string
	seq  int64
	sha  string
}

func (r stepRow) proof() proof {
	return proof{"step " + r.Step, r.seq, r.sha, sealStep(r.move, r.seq, r.StepState)}
}

func scanStep(rows *sql.Rows) (r stepRow, err error) {
	var since, until, started, closed moment
	var status string
	err = rows.Scan(&r.move, &r.Step, &status, &r.WaitingOn, &since, &until, &started, &closed,
		&r.By, &r.Overseen, &r.Reason, &r.Revision, &r.seq, &r.sha)
	r.Status, r.Since, r.Until = steps.Status(status), since.Time, until.Time
	r.Started, r.Closed = started.Time, closed.Time
	return r, err
}

func (db *DB) loadSteps(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := sealed(ctx, db, q, scanStep, selectSteps+" WHERE move_id = ?", move)
	for _, r := range found {
		s.Steps[r.Step] = r.StepState
	}
	return err
}

// SetStep implements steps.Repository. A state of the present revision that
// equals the stored one, without overrides, writes nothing and returns it.
func (db *DB) SetStep(ctx context.Context, move string, state steps.StepState, overrides []steps.Override, by string) (steps.StepState, error) {
	const doing = "save the step"
	if err := checkStep(state, overrides); err != nil {
		return steps.StepState{}, fmt.Errorf("%s: %w", doing, err)
	}
	state.Since, state.Until = whole(state.Since), whole(state.Until)
	state.Started, state.Closed = whole(state.Started), whole(state.Closed)
	var out steps.StepState
	err := db.change(ctx, doing, move, by, func(q querier, b *batch) error {
		found, err := sealed(ctx, db, q, scanStep, selectSteps+" WHERE move_id = ? AND step = ?", move, state.Step)
		if err != nil {
			return err
		}
		now := steps.StepState{Step: state.Step, Status: steps.NotStarted}
		if len(found) == 1 {
			now = found[0].StepState
		}
		if now.Revision == state.Revision && sameStep(now, state) && len(overrides) == 0 {
			out = now
			return nil
		}
		if now.Revision != state.Revision {
			return &steps.ConflictError{
				What: "step " + state.Step, Theirs: string(now.Status), Yours: string(state.Status),
				By: now.By, Now: now.Revision,
			}
		}
		if out = now; !sameStep(now, state) {
			out = state
			out.By, out.Revision = b.by, state.Revision+1
			b.step(out)
		}
		for _, o := range overrides {
			o.By, o.At = b.by, b.at
			b.override(o)
		}
		return nil
	})
	if err != nil {
		return steps.StepState{}, err
	}
	return out, nil
}

func checkStep(s steps.StepState, overrides []steps.Override) error {
	if s.Step == "" {
		return errors.New("the state names no step")
	}
	switch s.Status {
	case steps.NotStarted, steps.InProgress, steps.Waiting, steps.Done, steps.Overridden:
	default:
		return fmt.Errorf("status %q of %s is computed and never stored", s.Status, s.Step)
	}
	switch s.WaitingOn {
	case "", "mimecast", "time":
	default:
		return fmt.Errorf("%s waits on %q; it can wait on mimecast or time", s.Step, s.WaitingOn)
	}
	for _, o := range overrides {
		if o.Step == "" || o.Gate == "" {
			return fmt.Errorf("an override of %s names no step or no gate", s.Step)
		}
	}
	return nil
}

// sameStep compares what a caller can set.
func sameStep(a, b steps.StepState) bool {
	a.By, a.Revision = b.By, b.Revision
	return a == b
}

// stepData is what the journal keeps of a step's state: all of it.
type stepData struct {
	steps.StepState
	SHA256 string `json:"sha256"`
}

func (b *batch) step(s steps.StepState) {
	var sha string
	seq := b.journal("status", s.Step, stepDetail(s), func(seq int64) string {
		sha = sealStep(b.move, seq, s)
		return compact(stepData{s, sha})
	})
	values := []any{
		string(s.Status), s.WaitingOn, stamp(s.Since), stamp(s.Until), stamp(s.Started), stamp(s.Closed),
		s.By, s.Overseen, s.Reason, s.Revision, seq, sha, b.move, s.Step,
	}
	if s.Revision == 1 {
		b.add(1, `INSERT INTO step_states (status, waiting_on, since, until, started, closed, who, overseen, reason, revision, seq, sha256, move_id, step)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, values...)
		return
	}
	b.add(1, `UPDATE step_states SET status = ?, waiting_on = ?, since = ?, until = ?, started = ?, closed = ?, who = ?, overseen = ?,
  reason = ?, revision = ?, seq = ?, sha256 = ?
WHERE move_id = ? AND step = ? AND revision = ?`, append(values, s.Revision-1)...)
}

const selectTasks = "SELECT move_id, step, task, done, who, at, revision, seq, sha256 FROM task_states"

type taskRow struct {
	steps.TaskState
	move string
	seq  int64
	sha  string
}

func (r taskRow) proof() proof {
	return proof{"task " + steps.TaskKey(r.Step, r.Task), r.seq, r.sha, sealTask(r.move, r.seq, r.TaskState)}
}

func scanTask(rows *sql.Rows) (r taskRow, err error) {
	var at moment
	err = rows.Scan(&r.move, &r.Step, &r.Task, &r.Done, &r.By, &at, &r.Revision, &r.seq, &r.sha)
	r.At = at.Time
	return r, err
}

func (db *DB) loadTasks(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := sealed(ctx, db, q, scanTask, selectTasks+" WHERE move_id = ?", move)
	for _, r := range found {
		s.Tasks[steps.TaskKey(r.Step, r.Task)] = r.TaskState
	}
	return err
}

// SetTask implements steps.Repository. Ticking what is ticked, at the present
// revision, writes nothing and returns the stored state.
func (db *DB) SetTask(ctx context.Context, move string, state steps.TaskState, by string) (steps.TaskState, error) {
	const doing = "save the task"
	if state.Step == "" || state.Task == "" {
		return steps.TaskState{}, fmt.Errorf("%s: the state names no step or no task", doing)
	}
	var out steps.TaskState
	err := db.change(ctx, doing, move, by, func(q querier, b *batch) error {
		found, err := sealed(ctx, db, q, scanTask, selectTasks+" WHERE move_id = ? AND step = ? AND task = ?", move, state.Step, state.Task)
		if err != nil {
			return err
		}
		now := steps.TaskState{Step: state.Step, Task: state.Task}
		if len(found) == 1 {
			now = found[0].TaskState
		}
		if now.Revision == state.Revision && now.Done == state.Done {
			out = now
			return nil
		}
		if now.Revision != state.Revision {
			return &steps.ConflictError{
				What: "task " + steps.TaskKey(state.Step, state.Task), Theirs: doneWord(now.Done),
				Yours: doneWord(state.Done), By: now.By, Now: now.Revision,
			}
		}
		out = state
		out.By, out.At, out.Revision = b.by, b.at, state.Revision+1
		b.task(out)
		return nil
	})
	if err != nil {
		return steps.TaskState{}, err
	}
	return out, nil
}

type taskData struct {
	steps.TaskState
	SHA256 string `json:"sha256"`
}

func (b *batch) task(t steps.TaskState) {
	var sha string
	seq := b.journal("task", t.Step, "task "+t.Task+": "+doneWord(t.Done), func(seq int64) string {
		sha = sealTask(b.move, seq, t)
		return compact(taskData{t, sha})
	})
	values := []any{t.Done, t.By, stamp(t.At), t.Revision, seq, sha, b.move, t.Step, t.Task}
	if t.Revision == 1 {
		b.add(1, `INSERT INTO task_states (done, who, at, revision, seq, sha256, move_id, step, task)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, values...)
		return
	}
	b.add(1, `UPDATE task_states SET done = ?, who = ?, at = ?, revision = ?, seq = ?, sha256 = ?
WHERE move_id = ? AND step = ? AND task = ? AND revision = ?`, append(values, t.Revision-1)...)
}
