package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mxodus/steps"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

type journalDocument struct {
	Schema  string               `json:"schema"`
	Move    string               `json:"move"`
	Entries []steps.JournalEntry `json:"entries"`
}

func (r *run) journalCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "journal [MOVE]", Short: "Show the record of a move: what was done, when, by whom",
		Example: "  mxodus journal\n  mxodus journal verify all",
		Args:    argCount(0, 1, "at most one move"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := r.session(cmd.Context(), toRead, args...)
			if err != nil {
				return err
			}
			entries, err := s.Journal(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return r.writeJSON(journalDocument{"mxodus.journal/1", s.ID(), append([]steps.JournalEntry{}, entries...)})
			}
			return r.printJournal(s, entries)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.journal/1)")
	cmd.AddCommand(r.journalVerify())
	return cmd
}

func (r *run) printJournal(s *wizard.Session, entries []steps.JournalEntry) error {
	zone := s.Now().Location()
	rows := [][]string{nil}
	for _, head := range []string{"when", "who", "where", "what"} {
		rows[0] = append(rows[0], r.paint.muted(head))
	}
	for _, e := range entries {
		st, ok := s.Plan().Step(e.Step)
		where := safe(e.Step)
		if ok {
			where = fmt.Sprintf("step %d", st.Number)
		}
		rows = append(rows, []string{e.At.In(zone).Format(time.DateTime + " -07:00"), safe(e.By), where, safe(told(s, st, e))})
	}
	p := r.page()
	for _, l := range columns(rows) {
		p.line("%s", l)
	}
	return p.done()
}

// told says what an entry records with the words of the screens in place of ids.
// The entry itself stands as it was written: journal --json prints it.
func told(s *wizard.Session, st steps.Step, e steps.JournalEntry) string {
	if e.Kind == "override" {
		return s.JournalLine(e)
	}
	kind, rest, ok := strings.Cut(e.Detail, " ")
	if !ok {
		return e.Detail
	}
	switch kind {
	case "answer":
		id, value, ok := strings.Cut(rest, " = ")
		if q, known := rfi.Find(id); ok && known {
			return q.Label + " " + value
		}
	case "task":
		id, state, ok := strings.Cut(rest, ": ")
		if !ok || st.Tasks == nil {
			break
		}
		for _, t := range st.Tasks(s.Facts()) {
			if t.ID == id {
				return t.Title + ": " + state
			}
		}
	case "step":
		if state, ok := strings.CutPrefix(rest, st.ID+": "); ok && st.ID != "" {
			return st.Title + ": " + state
		}
	case "check":
		return rest
	}
	return e.Detail
}

type verifyDocument struct {
	Schema string       `json:"schema"`
	Whole  bool         `json:"whole"`
	Moves  []verifyLine `json:"moves"`
}

type verifyLine struct {
	Move    string `json:"move"`
	Whole   bool   `json:"whole"`
	Entries int    `json:"entries"`
	Broken  int64  `json:"broken_seq,omitempty"` // first entry that does not fit
	Why     string `json:"why,omitempty"`
}

func (r *run) journalVerify() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "verify [MOVE|all]", Short: "Compute the hash chain of a record again",
		Long: `Computes the hash chain of a move's record again, or of every move's. Exit code
3 means that a record is broken: an entry was changed, removed or added by
hand.`,
		Args: argCount(0, 1, "at most one move, or all"),
		RunE: func(cmd *cobra.Command, args []string) error {
			moves, err := r.movesToVerify(cmd.Context(), args)
			if errors.Is(err, steps.ErrCorrupt) {
				return &exitError{code: ExitNotSafe, err: err}
			}
			if err != nil {
				return err
			}
			return r.verify(cmd.Context(), moves, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.verify/1)")
	return cmd
}

func (r *run) movesToVerify(ctx context.Context, args []string) ([]steps.Move, error) {
	name, err := r.moveName(args)
	if err != nil {
		return nil, err
	}
	w, err := r.wizard(ctx, toRead)
	if err != nil {
		return nil, missingStore(err)
	}
	if name == "all" {
		return w.Repo.Moves(ctx)
	}
	m, err := w.Resolve(ctx, name)
	return []steps.Move{m}, err
}

func (r *run) verify(ctx context.Context, moves []steps.Move, asJSON bool) error {
	doc := verifyDocument{Schema: "mxodus.verify/1", Whole: true, Moves: []verifyLine{}}
	for _, m := range moves {
		seq, why, err := r.store.VerifyJournal(ctx, m.ID)
		if err != nil && !errors.Is(err, steps.ErrCorrupt) {
			return err
		}
		l := verifyLine{Move: m.ID, Whole: seq == 0 && err == nil, Broken: seq, Why: safe(why)}
		if err != nil {
			l.Why = safe(err.Error())
		}
		if l.Whole {
			entries, err := r.store.Journal(ctx, m.ID)
			if err != nil {
				return err
			}
			l.Entries = len(entries)
		}
		doc.Whole = doc.Whole && l.Whole
		doc.Moves = append(doc.Moves, l)
	}
	if len(moves) == 0 {
		r.say("there is no move yet, so there is no record")
	}
	if err := r.printVerify(doc, asJSON); err != nil || doc.Whole {
		return err
	}
	return outcome(ExitNotSafe)
}

func (r *run) printVerify(doc verifyDocument, asJSON bool) error {
	if asJSON {
		return r.writeJSON(doc)
	}
	p := r.page()
	for _, l := range doc.Moves {
		if l.Whole {
			entries := fmt.Sprintf("%d entries", l.Entries)
			if l.Entries == 1 {
				entries = "1 entry"
			}
			p.line("%s  %s  %s", l.Move, r.paint.good("whole"), entries)
			continue
		}
		at := ""
		if l.Broken > 0 {
			at = fmt.Sprintf("entry %d: ", l.Broken)
		}
		p.line("%s  %s  %s%s", l.Move, r.paint.danger("broken"), at, l.Why)
	}
	return p.done()
}
