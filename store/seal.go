package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"mxodus/steps"
)

// timeLayout is how times are stored: RFC 3339, UTC, milliseconds, always of
// the same length.
const timeLayout = "2006-01-02T15:04:05.000Z"

// stamp is a time as a column: NULL when zero.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(timeLayout)
}

// whole is a time as it will be read back.
func whole(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

// moment scans what stamp wrote.
type moment struct{ time.Time }

// Scan implements sql.Scanner.
func (m *moment) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		m.Time = time.Time{}
		return nil
	case string:
		t, err := time.Parse(timeLayout, v)
		m.Time = t
		return err
	}
	return fmt.Errorf("a time is stored as %T", v)
}

// seal is the SHA-256, in hex, of the fields in their canonical encoding: each
// field as text (numbers in decimal, times as stored, absent times empty,
// booleans 0 or 1) written as a netstring: its length in bytes in decimal, a
// colon, the bytes, a comma. The first field names the kind of record, so that
// one cannot pass for another.
func seal(fields ...any) string {
	var b []byte
	for _, f := range fields {
		b = appendField(b, f)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func appendField(b []byte, f any) []byte {
	var s string
	switch f := f.(type) {
	case string:
		s = f
	case int64:
		s = strconv.FormatInt(f, 10)
	case int:
		s = strconv.Itoa(f)
	case bool:
		s = "0"
		if f {
			s = "1"
		}
	case time.Time:
		if !f.IsZero() {
			s = f.UTC().Format(timeLayout)
		}
	default:
		panic(fmt.Sprintf("store: cannot seal a %T", f))
	}
	b = strconv.AppendInt(b, int64(len(s)), 10)
	b = append(b, ':')
	b = append(b, s...)
	return append(b, ',')
}

// genesis is the hash before a move's first entry.
func genesis(move string) string { return seal("mxodus journal 1", move) }

// entryHash is the hash of a journal entry: the seal of "entry", the previous
// hash, seq, at, by, kind, step, detail and data, in this order.
func entryHash(prev string, e steps.JournalEntry) string {
	return seal("entry", prev, e.Seq, e.At, e.By, e.Kind, e.Step, e.Detail, e.Data)
}

func sealAnswer(move string, seq int64, a steps.Answer) string {
	return seal("answer", move, seq, a.Question, a.Text, a.Value, string(a.Provenance), a.Source, a.Revision, a.By, a.At)
}

// sealStep covers what later schemas added only where it is not empty, so that
// seals made before stay true.
func sealStep(move string, seq int64, s steps.StepState) string {
	fields := []any{
		"step", move, seq, s.Step, string(s.Status), s.WaitingOn, s.Since, s.Until,
		s.Started, s.Closed, s.By, s.Reason, s.Revision,
	}
	if s.Overseen != "" {
		fields = append(fields, "overseen", s.Overseen)
	}
	return seal(fields...)
}

func sealTask(move string, seq int64, t steps.TaskState) string {
	return seal("task", move, seq, t.Step, t.Task, t.Done, t.By, t.At, t.Revision)
}

func sealOverride(move string, seq int64, o steps.Override) string {
	return seal("override", move, seq, o.Step, o.Gate, o.Reason, o.By, o.At)
}

func sealNote(move string, n steps.Note) string {
	return seal("note", move, n.ID, n.Step, n.Text, n.By, n.At)
}

func sealAttachment(move string, a steps.Attachment) string {
	return seal("attachment", move, a.ID, a.Step, a.Kind, a.Name, a.Size, a.SHA256, a.By, a.At)
}

func sealRun(move string, r runRow) string {
	return seal("run", move, r.seq, r.step, r.check, r.outcome, r.started, r.by, r.result)
}

func sealPosition(move string, p steps.Position) string {
	return seal("position", move, p.Screen, p.Step, string(p.Stage), p.Field, p.Scroll, p.Cursor, p.Draft)
}
