package store

import (
	"context"

	"mxodus/steps"
)

// VerifyJournal implements steps.Repository.
func (db *DB) VerifyJournal(ctx context.Context, move string) (brokenSeq int64, why string, err error) {
	err = db.read(ctx, "verify the journal", func(q querier) error {
		h, err := db.headOf(ctx, q, move)
		if err != nil {
			return err
		}
		entries, err := collect(ctx, q, db.scanEntry, selectJournal+" WHERE move_id = ? ORDER BY seq", move)
		if err != nil {
			return err
		}
		brokenSeq, why = verifyChain(move, h, entries)
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
