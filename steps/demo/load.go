package demo

import (
	"context"

	"mxodus/steps"
)

// Load reads a move and marks it as one of the demonstration, in which
// addresses and names that are reserved for documentation are real enough.
func (r Repository) Load(ctx context.Context, move string) (steps.Snapshot, error) {
	snap, err := r.Repository.Load(ctx, move)
	snap.Demo = true
	return snap, err
}
