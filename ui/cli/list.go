package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

type listDocument struct {
	Schema string     `json:"schema"`
	Store  string     `json:"store"`
	Moves  []listLine `json:"moves"`
}

type listLine struct {
	ID      string        `json:"id"`
	Org     string        `json:"org"`
	Domain  string        `json:"domain"`
	Profile steps.Profile `json:"profile"`
	Done    int           `json:"steps_closed"`
	Total   int           `json:"steps_total"`
	Turn    string        `json:"turn"`
	Next    string        `json:"next"`
	Changed time.Time     `json:"changed"`
	Error   string        `json:"error,omitempty"`
}

func (r *run) listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the moves, with whose turn it is", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, moves, err := r.moves(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return r.writeJSON(listOf(path, moves))
			}
			return r.printMoves(moves)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.list/1)")
	return cmd
}

// moves lists the moves; a store that is not there yet has none, unless it was
// named: then a wrong name would look like an empty list.
func (r *run) moves(ctx context.Context) (path string, moves []wizard.MoveLine, err error) {
	if path, err = r.StorePath(r.flags.db); err != nil {
		return "", nil, err
	}
	w, err := r.wizard(ctx, toRead)
	if errors.Is(err, steps.ErrNotFound) && !r.storeNamed() {
		return path, nil, nil
	}
	if err != nil {
		if missing := r.storeFile(); missing != nil {
			err = missingStore(missing)
		}
		return path, nil, err
	}
	moves, err = w.Moves(ctx)
	return path, moves, err
}

// storeThere reports that the store can be opened and read.
func (r *run) storeThere(ctx context.Context) bool {
	_, err := r.openStore(ctx, toRead)
	return !errors.Is(err, steps.ErrNotFound)
}

func listOf(path string, moves []wizard.MoveLine) listDocument {
	doc := listDocument{Schema: "mxodus.list/1", Store: path, Moves: []listLine{}}
	for _, m := range moves {
		l := listLine{
			ID: m.Move.ID, Org: safe(m.Move.Org), Domain: safe(m.Move.Domain), Profile: m.Move.Profile,
			Done: m.Done, Total: m.Total, Turn: safe(m.Turn), Next: safe(m.Next), Changed: m.Move.Changed,
		}
		if m.Err != nil {
			l.Error = safe(m.Err.Error())
		}
		doc.Moves = append(doc.Moves, l)
	}
	return doc
}

func (r *run) printMoves(moves []wizard.MoveLine) error {
	if len(moves) == 0 {
		r.say("there is no move yet; mxodus new makes one, and so does the wizard: mxodus")
		return nil
	}
	rows := [][]string{{r.paint.muted("move"), r.paint.muted("organisation"), r.paint.muted("steps"), r.paint.muted("now")}}
	for _, m := range moves {
		name := nameAmong(m, moves)
		if m.Err != nil {
			rows = append(rows, []string{m.Move.ID, r.paint.strong(name), "", r.paint.danger("cannot be read: " + safe(m.Err.Error()))})
			continue
		}
		rows = append(rows, []string{
			m.Move.ID, r.paint.strong(name), fmt.Sprintf("%d of %d", m.Done, m.Total), safe(m.Turn),
		})
	}
	p := r.page()
	for _, l := range columns(rows) {
		p.line("%s", l)
	}
	return p.done()
}

// nameAmong is what a move is called in a list: its organisation, with the domain
// where another move is of the same one, or its domain alone.
func nameAmong(m wizard.MoveLine, all []wizard.MoveLine) string {
	org, domain := safe(m.Move.Org), safe(m.Move.Domain)
	if org == "" {
		return domain
	}
	twin := slices.ContainsFunc(all, func(o wizard.MoveLine) bool {
		return o.Move.ID != m.Move.ID && strings.EqualFold(o.Move.Org, m.Move.Org)
	})
	if twin && domain != "" {
		return org + ", " + domain
	}
	return org
}
