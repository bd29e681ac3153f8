package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"mxodus/steps"
)

const answerColumns = "move_id, question, text, value, provenance, source, revision, who, at, seq, sha256"

const selectAnswers = "SELECT " + answerColumns + " FROM answers"

// answerRow is an answer as stored.
type answerRow struct {
	steps.Answer
	move string
	seq  int64
	sha  string
}

func (r answerRow) proof() proof {
	return proof{"answer " + r.Question, r.seq, r.sha, sealAnswer(r.move, r.seq, r.Answer)}
}

func scanAnswer(rows *sql.Rows) (r answerRow, err error) {
	var at moment
	var provenance string
	err = rows.Scan(&r.move, &r.Question, &r.Text, &r.Value, &provenance, &r.Source, &r.Revision, &r.By, &at, &r.seq, &r.sha)
	r.Provenance, r.At = steps.Provenance(provenance), at.Time
	return r, err
}

func (db *DB) loadAnswers(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := sealed(ctx, db, q, scanAnswer, selectAnswers+" WHERE move_id = ?", move)
	for _, a := range found {
		s.Answers[a.Question] = a.Answer
	}
	return err
}

// SaveAnswers implements steps.Repository. An edit of the present revision that
// equals the answer now stored (text, value, provenance and source) writes
// nothing and returns that answer. With another revision it is a conflict even
// then: who counts up, say, must learn that someone else did the same.
func (db *DB) SaveAnswers(ctx context.Context, move string, edits []steps.AnswerEdit, by string) ([]steps.Answer, error) {
	const doing = "save the answer"
	if err := checkEdits(edits); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	var out []steps.Answer
	err := db.change(ctx, doing, move, by, func(q querier, b *batch) error {
		out = make([]steps.Answer, 0, len(edits))
		for _, e := range edits {
			now, err := db.presentAnswer(ctx, q, move, e.Question)
			if err != nil {
				return err
			}
			if now.Revision > 0 && now.Revision == e.Revision && same(now, e) {
				out = append(out, now)
				continue
			}
			if err := b.answer(e, now); err != nil {
				return err
			}
			out = append(out, answerOf(b, e))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// checkEdits refuses what would break a CHECK of the table, with words.
func checkEdits(edits []steps.AnswerEdit) error {
	seen := map[string]bool{}
	for _, e := range edits {
		switch {
		case e.Question == "":
			return errors.New("an edit names no question")
		case seen[e.Question]:
			return fmt.Errorf("two edits are for the same question %s", e.Question)
		case e.Revision < 0:
			return fmt.Errorf("the edit of %s has revision %d; 0 means never answered", e.Question, e.Revision)
		}
		seen[e.Question] = true
		switch e.Provenance {
		case steps.Typed, steps.Detected, steps.Imported, steps.Default:
		default:
			return fmt.Errorf("the edit of %s has provenance %q; it is one of typed, detected, imported, default", e.Question, e.Provenance)
		}
	}
	return nil
}

func same(a steps.Answer, e steps.AnswerEdit) bool {
	return a.Text == e.Text && a.Value == e.Value && a.Provenance == e.Provenance && a.Source == e.Source
}

// answerOf is the answer that an edit makes.
func answerOf(b *batch, e steps.AnswerEdit) steps.Answer {
	return steps.Answer{
		Question: e.Question, Text: e.Text, Value: e.Value, Provenance: e.Provenance,
		Source: e.Source, Revision: e.Revision + 1, By: b.by, At: b.at,
	}
}

// presentAnswer reads the answer now stored, the zero Answer when there is none.
func (db *DB) presentAnswer(ctx context.Context, q querier, move, question string) (steps.Answer, error) {
	found, err := sealed(ctx, db, q, scanAnswer, selectAnswers+" WHERE move_id = ? AND question = ?", move, question)
	if err != nil || len(found) == 0 {
		return steps.Answer{}, err
	}
	return found[0].Answer, nil
}

// answerData is what the journal keeps of an answer; the seal ties the entry
// to the row in the history.
type answerData struct {
	Question   string           `json:"question"`
	Revision   int64            `json:"revision"`
	Provenance steps.Provenance `json:"provenance"`
	SHA256     string           `json:"sha256"`
}

// answer adds the change of one answer: entry, history and present answer.
func (b *batch) answer(e steps.AnswerEdit, now steps.Answer) error {
	if e.Revision != now.Revision {
		return &steps.ConflictError{
			What: "answer " + e.Question, Theirs: shown(now.Value, now.Text),
			Yours: shown(e.Value, e.Text), By: now.By, Now: now.Revision,
		}
	}
	a := answerOf(b, e)
	var sha string
	seq := b.journal("answer", "", answerDetail(a, now), func(seq int64) string {
		sha = sealAnswer(b.move, seq, a)
		return compact(answerData{a.Question, a.Revision, a.Provenance, sha})
	})
	b.add(1, `INSERT INTO answer_history (`+answerColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.move, a.Question, a.Text, a.Value, string(a.Provenance), a.Source, a.Revision, a.By, stamp(a.At), seq, sha)
	if e.Revision == 0 {
		b.add(1, `INSERT INTO answers (`+answerColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			b.move, a.Question, a.Text, a.Value, string(a.Provenance), a.Source, a.Revision, a.By, stamp(a.At), seq, sha)
		return nil
	}
	b.add(1, `UPDATE answers SET text = ?, value = ?, provenance = ?, source = ?, revision = ?, who = ?, at = ?, seq = ?, sha256 = ?
WHERE move_id = ? AND question = ? AND revision = ?`,
		a.Text, a.Value, string(a.Provenance), a.Source, a.Revision, a.By, stamp(a.At), seq, sha,
		b.move, a.Question, e.Revision)
	return nil
}

// shown is what a conflict shows of an answer.
func shown(value, text string) string {
	if value != "" {
		return value
	}
	return text
}

// AnswerHistory implements steps.Repository.
func (db *DB) AnswerHistory(ctx context.Context, move, question string) ([]steps.Answer, error) {
	var out []steps.Answer
	err := db.read(ctx, "read the history", func(q querier) error {
		if _, err := db.headOf(ctx, q, move); err != nil {
			return err
		}
		now, err := db.presentAnswer(ctx, q, move, question)
		if err != nil {
			return err
		}
		now.Question = question
		out, err = db.historyOf(ctx, q, move, now)
		return err
	})
	return out, err
}

// historyOf reads the answers that a question has had, the present one last.
func (db *DB) historyOf(ctx context.Context, q querier, move string, now steps.Answer) ([]steps.Answer, error) {
	found, err := sealed(ctx, db, q, scanAnswer, "SELECT "+answerColumns+
		" FROM answer_history WHERE move_id = ? AND question = ? ORDER BY revision", move, now.Question)
	if err != nil {
		return nil, err
	}
	if int64(len(found)) != now.Revision {
		return nil, db.damaged(fmt.Sprintf("%d of %d earlier answers to %s are there", len(found), now.Revision, now.Question))
	}
	var out []steps.Answer
	for i, a := range found {
		if a.Revision != int64(i)+1 {
			return nil, db.damaged(fmt.Sprintf("answer %d to %s is missing", i+1, now.Question))
		}
		out = append(out, a.Answer)
	}
	return out, nil
}

// loadEarlier reads the answers before the present one where that is younger
// than a closed step: most moves have few of these, or none.
func (db *DB) loadEarlier(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	closed := s.FirstClosed()
	if closed.IsZero() {
		return nil
	}
	s.Earlier = map[string][]steps.Answer{}
	for id, now := range s.Answers {
		if now.Revision < 2 || !now.At.After(closed) {
			continue
		}
		all, err := db.historyOf(ctx, q, move, now)
		if err != nil {
			return err
		}
		s.Earlier[id] = all[:len(all)-1]
	}
	return nil
}

// compact is the JSON of a value made of plain fields only.
func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("store: " + err.Error())
	}
	return string(b)
}
