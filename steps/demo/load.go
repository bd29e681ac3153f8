package demo

import (
	"context"
	"slices"
	"time"

	"mxodus/steps"
)

// Load reads a move and marks it as one of the demonstration, in which
// addresses and names that are reserved for documentation are real enough.
func (r Repository) Load(ctx context.Context, move string) (steps.Snapshot, error) {
	snap, err := r.Repository.Load(ctx, move)
	snap.Demo = true
	return snap, err
}

// maker is who the journal names as having begun the moves of a demonstration.
const maker = "demo"

// Made reports a store that the demonstration made: one of its organisations is
// there, begun by itself. Everything in it is made up, and dated by a clock of
// its own.
func Made(ctx context.Context, repo steps.Repository) bool {
	moves, err := repo.Moves(ctx)
	if err != nil {
		return false // it will be said by whoever reads the moves next
	}
	for _, m := range moves {
		if m.Damaged != "" || !slices.ContainsFunc(organisations(), func(o organisation) bool { return o.domains[0] == m.Domain }) {
			continue
		}
		entries, err := repo.Journal(ctx, m.ID)
		if err == nil && len(entries) > 0 && entries[0].Kind == "move" && entries[0].By == maker {
			return true
		}
	}
	return false
}

// lastEntry is the latest time in the record of a move, which need not be that
// of its last entry: the clock of the demonstration runs ahead of any other.
func lastEntry(ctx context.Context, repo steps.Repository, move string) (time.Time, error) {
	var last time.Time
	entries, err := repo.Journal(ctx, move)
	for _, e := range entries {
		if e.At.After(last) {
			last = e.At
		}
	}
	return last, err
}
