package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"mxodus/steps"
)

// VerifyJournal implements steps.Repository. Beyond the chain of hashes it
// compares every answer, state, override, result, note and file with the entry
// that tells of it.
func (db *DB) VerifyJournal(ctx context.Context, move string) (brokenSeq int64, why string, err error) {
	err = db.read(ctx, "verify the journal", func(q querier) error {
		h, err := db.headOf(ctx, q, move)
		if err != nil {
			return err
		}
		entries, err := collect(ctx, q, scanEntry, selectJournal+" WHERE move_id = ? ORDER BY seq", move)
		if err != nil {
			return err
		}
		if brokenSeq, why = verifyChain(move, h, entries); brokenSeq != 0 {
			return nil
		}
		l := newLedger(entries)
		if err := db.audit(ctx, q, move, l); err != nil {
			return err
		}
		brokenSeq, why = l.verdict()
		return nil
	})
	return brokenSeq, why, err
}

// verifyChain recomputes every hash and compares the end with the head.
func verifyChain(move string, h head, entries []steps.JournalEntry) (int64, string) {
	prev := genesis(move)
	for i, e := range entries {
		want := int64(i) + 1
		switch {
		case e.Seq != want:
			return want, "the entry is missing"
		case want > h.entries:
			return want, "the entry was added outside mxodus"
		case e.Prev != prev:
			return want, "the entry does not follow the one before it"
		case e.Hash != entryHash(prev, e):
			return want, "the entry was changed after it was written"
		}
		prev = e.Hash
	}
	n := int64(len(entries))
	switch {
	case n < h.entries:
		return n + 1, "the entry is missing"
	case prev != h.hash:
		return n, "the newest entry is not the one that was last written"
	}
	return 0, ""
}

// ledger is what the journal says should be stored.
type ledger struct {
	due    map[string]due // by key of the record
	broken int64
	why    string
}

// due is the entry that last told of a record.
type due struct {
	seq    int64
	sha256 string
}

func newLedger(entries []steps.JournalEntry) *ledger {
	l := &ledger{due: map[string]due{}}
	for _, e := range entries {
		var d struct {
			Question string `json:"question"`
			Revision int64  `json:"revision"`
			Step     string `json:"step"`
			Task     string `json:"task"`
			SHA256   string `json:"sha256"`
		}
		// Entries of others, made by Record, tell of no record.
		if json.Unmarshal([]byte(e.Data), &d) != nil || len(d.SHA256) != 64 {
			continue
		}
		now := due{e.Seq, d.SHA256}
		switch e.Kind {
		case "answer":
			l.due["history "+d.Question+" "+strconv.FormatInt(d.Revision, 10)] = now
			l.due["answer "+d.Question] = now
		case "status":
			l.due["step "+d.Step] = now
		case "task":
			l.due["task "+steps.TaskKey(d.Step, d.Task)] = now
		case "override", "check", "note", "attachment":
			l.due[e.Kind+" "+strconv.FormatInt(e.Seq, 10)] = now
		}
	}
	return l
}

// settle compares a record with the entry that is due for it.
func (l *ledger) settle(key string, p proof) {
	d, ok := l.due[key]
	delete(l.due, key)
	switch {
	case !ok:
		l.fail(p.seq, fmt.Sprintf("%s is stored, but no entry tells of it", p.what))
	case p.seq != d.seq || p.stored != d.sha256 || p.computed != d.sha256:
		l.fail(d.seq, fmt.Sprintf("%s is not as the entry recorded it", p.what))
	}
}

func (l *ledger) fail(seq int64, why string) {
	if l.broken == 0 || seq < l.broken {
		l.broken, l.why = max(seq, 1), why
	}
}

// verdict is the first entry that does not fit what is stored, or 0.
func (l *ledger) verdict() (int64, string) {
	for key, d := range l.due {
		l.fail(d.seq, "what the entry tells of is missing: "+key)
	}
	return l.broken, l.why
}

// audit settles every record of the move.
func (db *DB) audit(ctx context.Context, q querier, move string, l *ledger) error {
	answers, err := collect(ctx, q, scanAnswer, selectAnswers+" WHERE move_id = ?", move)
	if err != nil {
		return err
	}
	for _, r := range answers {
		l.settle("answer "+r.Question, r.proof())
	}
	history, err := collect(ctx, q, scanAnswer, "SELECT "+answerColumns+" FROM answer_history WHERE move_id = ?", move)
	if err != nil {
		return err
	}
	for _, r := range history {
		l.settle("history "+r.Question+" "+strconv.FormatInt(r.Revision, 10), r.proof())
	}
	states, err := collect(ctx, q, scanStep, selectSteps+" WHERE move_id = ?", move)
	if err != nil {
		return err
	}
	for _, r := range states {
		l.settle("step "+r.Step, r.proof())
	}
	tasks, err := collect(ctx, q, scanTask, selectTasks+" WHERE move_id = ?", move)
	if err != nil {
		return err
	}
	for _, r := range tasks {
		l.settle("task "+steps.TaskKey(r.Step, r.Task), r.proof())
	}
	return db.auditAppended(ctx, q, move, l)
}

// auditAppended settles the records that are only ever added.
func (db *DB) auditAppended(ctx context.Context, q querier, move string, l *ledger) error {
	if err := settleAll(ctx, q, l, "override", scanOverride, selectOverrides, move); err != nil {
		return err
	}
	if err := settleAll(ctx, q, l, "check", scanRun, selectRuns, move); err != nil {
		return err
	}
	if err := settleAll(ctx, q, l, "note", scanNote, selectNotes, move); err != nil {
		return err
	}
	files, err := collect(ctx, q, scanAttachment, selectAttachments+" WHERE move_id = ?", move)
	if err != nil {
		return err
	}
	for _, r := range files {
		l.settle("attachment "+strconv.FormatInt(r.ID, 10), r.proof())
		if _, err := db.blob(ctx, q, r.Attachment); err != nil {
			if !isCorrupt(err) {
				return err
			}
			l.fail(r.ID, "the content of "+r.Name+" is missing or was changed")
		}
	}
	return nil
}

func settleAll[T record](ctx context.Context, q querier, l *ledger, kind string,
	scan func(*sql.Rows) (T, error), query, move string,
) error {
	rows, err := collect(ctx, q, scan, query+" WHERE move_id = ?", move)
	if err != nil {
		return err
	}
	for _, r := range rows {
		p := r.proof()
		l.settle(kind+" "+strconv.FormatInt(p.seq, 10), p)
	}
	return nil
}

// Verify looks through the whole store: SQLite's own integrity check, foreign
// keys, and the journal of every move. It returns an error that says what is
// wrong, or nil.
func (db *DB) Verify(ctx context.Context) error {
	if err := db.integrity(ctx, "PRAGMA integrity_check(1)"); err != nil {
		return err
	}
	var orphans int64
	if err := db.sql.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&orphans); err != nil {
		return db.explain("verify", err)
	}
	if orphans > 0 {
		return db.damaged(fmt.Sprintf("%d records belong to nothing", orphans))
	}
	moves, err := db.Moves(ctx)
	if err != nil {
		return err
	}
	for _, m := range moves {
		if m.Damaged != "" {
			return db.damaged(fmt.Sprintf("move %s: %s", m.ID, m.Damaged))
		}
		seq, why, err := db.VerifyJournal(ctx, m.ID)
		if err != nil {
			return err
		}
		if seq != 0 {
			return db.damaged(fmt.Sprintf("entry %d in the journal of move %s: %s", seq, m.ID, why))
		}
	}
	return nil
}

func isCorrupt(err error) bool { return errors.Is(err, steps.ErrCorrupt) }
