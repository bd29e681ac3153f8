package steps

import (
	"context"
	"errors"
	"fmt"
)

// Errors that a Repository returns; test with errors.Is, except ConflictError.
var (
	ErrNotFound = errors.New("not found")
	ErrBusy     = errors.New("the store is in use by another process")
	ErrTooNew   = errors.New("the store was written by a newer mxodus")
	ErrCorrupt  = errors.New("the store is damaged")
	ErrReadOnly = errors.New("the store can only be read")
	ErrFull     = errors.New("the disk is full")
)

// ConflictError says that a value was changed by someone else since it was
// read. Nothing was written. Both values are here so both can be shown.
type ConflictError struct {
	What   string // "answer company.name", "step connect.rfi"
	Theirs string // value now stored
	Yours  string // value that was not written
	By     string // who wrote theirs
	Now    int64  // revision now stored
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s was changed by %s to %q; yours, %q, was not saved", e.What, e.By, e.Theirs, e.Yours)
}

// AnswerEdit is one change of an answer. Revision is the revision the editor
// saw (0 for a question never answered); a mismatch is a ConflictError.
type AnswerEdit struct {
	Question   string
	Text       string
	Value      string
	Provenance Provenance
	Source     string
	Revision   int64
}

// NewEntry is what a caller adds to the journal.
type NewEntry struct {
	Kind, Step, Detail, Data string
}

// Repository keeps moves. Every writing method is one transaction that also
// writes the journal entry of the change, takes who made it (by) and commits
// before it returns: what returned nil is on disk. Times are set by the
// repository's clock, in UTC.
type Repository interface {
	// Moves lists all moves, most recently changed first. Moves that are damaged
	// come last, with Move.Damaged: the others can be read all the same.
	Moves(ctx context.Context) ([]Move, error)
	// CreateMove makes a move with its first answers and returns its id.
	CreateMove(ctx context.Context, first []AnswerEdit, by string) (string, error)
	// Load reads everything about a move but history and attachment content.
	Load(ctx context.Context, move string) (Snapshot, error)
	// Version changes whenever any process has changed the store since the
	// last call; for noticing other people's edits cheaply.
	Version(ctx context.Context) (int64, error)

	// SaveAnswers stores all edits or none, and returns the new answers in the
	// order of the edits.
	SaveAnswers(ctx context.Context, move string, edits []AnswerEdit, by string) ([]Answer, error)
	// AnswerHistory lists the answers a question has had, oldest first.
	AnswerHistory(ctx context.Context, move, question string) ([]Answer, error)
	// SetTask compares state.Revision with the stored one and returns the new state.
	SetTask(ctx context.Context, move string, state TaskState, by string) (TaskState, error)
	// SetStep compares state.Revision with the stored one and returns the new
	// state; overrides are stored in the same transaction.
	SetStep(ctx context.Context, move string, state StepState, overrides []Override, by string) (StepState, error)
	// AppendRuns stores results of checks; they are never changed.
	AppendRuns(ctx context.Context, move string, runs []Run, by string) error
	// Runs lists the stored runs of a check in a step, newest first; all
	// checks when checkID is "", all steps when step is "".
	Runs(ctx context.Context, move, step, checkID string, limit int) ([]Run, error)
	AddNote(ctx context.Context, move string, n Note, by string) (Note, error)
	// Attach stores a file. Every load is a record of its own, with time and
	// person, also of content that was loaded before; content is stored once.
	Attach(ctx context.Context, move string, a Attachment, content []byte, by string) (Attachment, error)
	AttachmentContent(ctx context.Context, move string, id int64) ([]byte, error)
	// SetPosition is not journaled.
	SetPosition(ctx context.Context, move string, p Position) error
	// Record adds an entry of its own to the journal, e.g. for an export.
	Record(ctx context.Context, move string, e NewEntry, by string) error
	// Journal lists entries, oldest first.
	Journal(ctx context.Context, move string) ([]JournalEntry, error)
	// VerifyJournal recomputes the chain and returns the first broken entry's
	// number and what is wrong, or 0.
	VerifyJournal(ctx context.Context, move string) (brokenSeq int64, why string, err error)
}
