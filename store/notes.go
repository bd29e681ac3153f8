package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"mxodus/steps"
)

const selectNotes = "SELECT move_id, seq, step, text, who, at, sha256 FROM notes"

type noteRow struct {
	steps.Note
	move, sha string
}

func (r noteRow) proof() proof { return proof{"note", r.ID, r.sha, sealNote(r.move, r.Note)} }

func scanNote(rows *sql.Rows) (r noteRow, err error) {
	var at moment
	err = rows.Scan(&r.move, &r.ID, &r.Step, &r.Text, &r.By, &at, &r.sha)
	r.At = at.Time
	return r, err
}

func (db *DB) loadNotes(ctx context.Context, q querier, move string, s *steps.Snapshot) error {
	found, err := sealed(ctx, db, q, scanNote, selectNotes+" WHERE move_id = ? ORDER BY seq", move)
	for _, r := range found {
		s.Notes = append(s.Notes, r.Note)
	}
	return err
}

type noteData struct {
	SHA256 string `json:"sha256"`
}

// AddNote implements steps.Repository. Only Step and Text of n are used; the
// id of the note is the number of its journal entry.
func (db *DB) AddNote(ctx context.Context, move string, n steps.Note, by string) (steps.Note, error) {
	if strings.TrimSpace(n.Text) == "" {
		return steps.Note{}, errors.New("save the note: it is empty")
	}
	out := steps.Note{Step: n.Step, Text: n.Text}
	err := db.change(ctx, "save the note", move, by, func(_ querier, b *batch) error {
		out.By, out.At = b.by, b.at
		var sha string
		b.journal("note", n.Step, "note: "+brief(n.Text), func(seq int64) string {
			out.ID = seq
			sha = sealNote(b.move, out)
			return compact(noteData{sha})
		})
		b.add(1, "INSERT INTO notes (move_id, seq, step, text, who, at, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)",
			b.move, out.ID, out.Step, out.Text, out.By, stamp(out.At), sha)
		return nil
	})
	if err != nil {
		return steps.Note{}, err
	}
	return out, nil
}
