package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// ends are the first and the newest journal entry of a move: they say when it
// was made and when it was last changed.
const selectEnds = `
SELECT m.id, m.entries, m.head,
  a.at, a.who, a.kind, a.step, a.detail, a.data, a.prev, a.hash,
  z.at, z.who, z.kind, z.step, z.detail, z.data, z.prev, z.hash
FROM moves m
JOIN journal a ON a.move_id = m.id AND a.seq = 1
JOIN journal z ON z.move_id = m.id AND z.seq = m.entries`

// moveRow is a move and the head of its journal.
type moveRow struct {
	steps.Move
	head string
}

func (db *DB) scanMove(rows *sql.Rows) (m moveRow, err error) {
	var entries int64
	var first, last steps.JournalEntry
	var at1, at2 moment
	err = rows.Scan(&m.ID, &entries, &m.head,
		&at1, &first.By, &first.Kind, &first.Step, &first.Detail, &first.Data, &first.Prev, &first.Hash,
		&at2, &last.By, &last.Kind, &last.Step, &last.Detail, &last.Data, &last.Prev, &last.Hash)
	if err != nil {
		return m, err
	}
	first.Seq, first.At = 1, at1.Time
	last.Seq, last.At = entries, at2.Time
	if first.Prev != genesis(m.ID) || first.Hash != entryHash(first.Prev, first) ||
		last.Hash != entryHash(last.Prev, last) || last.Hash != m.head {
		return m, db.damaged(fmt.Sprintf("the journal of move %s was changed", m.ID))
	}
	m.Created, m.Changed, m.Revision = first.At, last.At, entries
	return m, nil
}

// Moves implements steps.Repository.
func (db *DB) Moves(ctx context.Context) ([]steps.Move, error) {
	out, err := db.movesTogether(ctx)
	if isCorrupt(err) {
		return db.movesOneByOne(ctx)
	}
	return out, err
}

// movesTogether lists all moves at once, or fails when one is damaged.
func (db *DB) movesTogether(ctx context.Context) ([]steps.Move, error) {
	var out []steps.Move
	err := db.read(ctx, "list the moves", func(q querier) error {
		found, err := collect(ctx, q, db.scanMove, selectEnds+" ORDER BY z.at DESC, m.id")
		if err != nil {
			return err
		}
		if err := db.noneLost(ctx, q, "moves", int64(len(found)), "SELECT count(*) FROM moves"); err != nil {
			return err
		}
		answers, err := sealed(ctx, db, q, scanAnswer, selectAnswers+profileQuestions, profileIDs()...)
		if err != nil {
			return err
		}
		byMove := map[string]steps.Answers{}
		for _, a := range answers {
			if byMove[a.move] == nil {
				byMove[a.move] = steps.Answers{}
			}
			byMove[a.move][a.Question] = a.Answer
		}
		out = make([]steps.Move, 0, len(found))
		for _, m := range found {
			m.describe(byMove[m.ID])
			out = append(out, m.Move)
		}
		return nil
	})
	return out, err
}

// profileQuestions picks the answers that a list of moves shows.
const profileQuestions = " WHERE question IN (?, ?, ?, ?, ?, ?, ?, ?)"

func profileIDs() []any {
	return []any{
		steps.QJourney, steps.QTrack, steps.QSource, steps.QService, steps.QTarget,
		steps.QPlatform, steps.QOrg, steps.QPrimaryDomain,
	}
}

// movesOneByOne lists the moves of a store in which something is damaged: one
// damaged move does not take the others along.
func (db *DB) movesOneByOne(ctx context.Context) ([]steps.Move, error) {
	var ids []string
	err := db.read(ctx, "list the moves", func(q querier) (err error) {
		ids, err = collect(ctx, q, func(rows *sql.Rows) (id string, err error) {
			err = rows.Scan(&id)
			return id, err
		}, "SELECT id FROM moves ORDER BY id")
		if err != nil {
			return err
		}
		return db.noneLost(ctx, q, "moves", int64(len(ids)), "SELECT count(*) FROM moves")
	})
	if err != nil {
		return nil, err
	}
	var good, bad []steps.Move
	for _, id := range ids {
		s, err := db.Load(ctx, id)
		switch {
		case err == nil:
			good = append(good, s.Move)
		case isCorrupt(err) || errors.Is(err, steps.ErrNotFound):
			bad = append(bad, steps.Move{ID: id, Damaged: err.Error()})
		default:
			return nil, err
		}
	}
	slices.SortStableFunc(good, func(a, b steps.Move) int { return b.Changed.Compare(a.Changed) })
	return append(good, bad...), nil
}

// describe fills in what the answers say about the move.
func (m *moveRow) describe(a steps.Answers) {
	m.Org, m.Domain, m.Profile = a.Value(steps.QOrg), a.Value(steps.QPrimaryDomain), a.Profile()
}

// noneLost compares the rows that were read with the rows there are: a join
// that finds no partner, or a damaged page, must not make a move disappear.
func (db *DB) noneLost(ctx context.Context, q querier, what string, got int64, count string, args ...any) error {
	var want int64
	if err := q.QueryRowContext(ctx, count, args...).Scan(&want); err != nil {
		return err
	}
	if got != want {
		return db.damaged(fmt.Sprintf("%d of %d %s can be read", got, want, what))
	}
	return nil
}

// CreateMove implements steps.Repository. The id is 8 lower-case hex digits.
func (db *DB) CreateMove(ctx context.Context, first []steps.AnswerEdit, by string) (string, error) {
	const doing = "make a move"
	if err := db.writable(doing); err != nil {
		return "", err
	}
	if err := checkEdits(first); err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	for range 20 {
		id, err := newMoveID()
		if err != nil {
			return "", fmt.Errorf("%s: %w", doing, err)
		}
		b := &batch{move: id, by: string(clean.Line(by)), at: db.now(), head: head{0, genesis(id)}}
		b.journal("move", "", "move made", nil)
		for _, e := range first {
			if err := b.answer(e, steps.Answer{}); err != nil {
				return "", err
			}
		}
		list := append([]statement{{
			"INSERT INTO moves (id, entries, head) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			[]any{id, b.head.entries, b.head.hash},
			1,
		}}, b.records...)
		err = db.commit(ctx, list)
		if errors.Is(err, errLost) {
			continue // the id is taken
		}
		if err != nil {
			return "", db.explain(doing, err)
		}
		return id, nil
	}
	return "", db.fault(errNone, nil, "%s: no free id was found in %s; try again", doing, db.path)
}

func newMoveID() (string, error) {
	var b [4]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}

// Load implements steps.Repository: one consistent reading, every record of
// which has been compared with its seal.
func (db *DB) Load(ctx context.Context, move string) (steps.Snapshot, error) {
	s := steps.Snapshot{
		Answers: steps.Answers{}, Steps: map[string]steps.StepState{},
		Tasks: map[string]steps.TaskState{}, Latest: map[string]steps.Run{},
	}
	err := db.read(ctx, "read the move", func(q querier) error {
		if _, err := db.headOf(ctx, q, move); err != nil {
			return err
		}
		found, err := collect(ctx, q, db.scanMove, selectEnds+" WHERE m.id = ?", move)
		if err != nil {
			return err
		}
		if len(found) != 1 {
			return db.damaged(fmt.Sprintf("the journal of move %s lacks its first or newest entry", move))
		}
		for _, part := range []func(context.Context, querier, string, *steps.Snapshot) error{
			db.loadAnswers, db.loadSteps, db.loadTasks, db.loadOverrides,
			db.loadLatest, db.loadNotes, db.loadAttachments, db.loadPosition, db.loadEarlier,
		} {
			if err := part(ctx, q, move, &s); err != nil {
				return err
			}
		}
		found[0].describe(s.Answers)
		s.Move, s.JournalHead = found[0].Move, found[0].head
		return nil
	})
	if err != nil {
		return steps.Snapshot{}, err
	}
	return s, nil
}
