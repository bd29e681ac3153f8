package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"mxodus/steps"
	"mxodus/store"
)

// content is everything that can be read of a store.
type content struct {
	Moves     []steps.Move
	Snapshots []steps.Snapshot
	History   map[string][]steps.Answer // by move and question
	Runs      map[string][]steps.Run
	Journal   map[string][]steps.JournalEntry
	Files     map[string][]byte // by move and attachment
}

// read returns the whole content, or the first error.
func read(db *store.DB) (c content, err error) {
	ctx := context.Background()
	c = content{
		History: map[string][]steps.Answer{}, Runs: map[string][]steps.Run{},
		Journal: map[string][]steps.JournalEntry{}, Files: map[string][]byte{},
	}
	if c.Moves, err = db.Moves(ctx); err != nil {
		return c, err
	}
	for _, m := range c.Moves {
		s, err := db.Load(ctx, m.ID)
		if err != nil {
			return c, err
		}
		c.Snapshots = append(c.Snapshots, s)
		for q := range s.Answers {
			if c.History[m.ID+" "+q], err = db.AnswerHistory(ctx, m.ID, q); err != nil {
				return c, err
			}
		}
		if c.Runs[m.ID], err = db.Runs(ctx, m.ID, "", "", 0); err != nil {
			return c, err
		}
		if c.Journal[m.ID], err = db.Journal(ctx, m.ID); err != nil {
			return c, err
		}
		for _, a := range s.Attachments {
			if c.Files[fmt.Sprint(m.ID, " ", a.ID)], err = db.AttachmentContent(ctx, m.ID, a.ID); err != nil {
				return c, err
			}
		}
	}
	slices.SortFunc(c.Snapshots, func(a, b steps.Snapshot) int { return int(a.Move.Created.Compare(b.Move.Created)) })
	return c, nil
}

// render makes contents comparable and readable.
func render(t *testing.T, db *store.DB) string {
	t.Helper()
	c, err := read(db)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}
