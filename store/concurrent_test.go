package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"mxodus/steps"
)

func TestGoroutinesShareTheStore(t *testing.T) {
	ctx := context.Background()
	db := fresh(t)
	id := newMove(t, db)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 15 {
				if _, err := db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit(fmt.Sprint("q", g), fmt.Sprint("v", i), int64(i))}, "g"); err != nil {
					t.Errorf("goroutine %d: %v", g, err)
					return
				}
				if _, err := db.Load(ctx, id); err != nil {
					t.Errorf("goroutine %d: %v", g, err)
				}
			}
		})
	}
	wg.Wait()
	for q, a := range load(t, db, id).Answers {
		if a.Revision != 15 || a.Text != "v14" {
			t.Errorf("%s: %+v", q, a)
		}
	}
	mustVerify(t, db, id)
}

func TestCancelledSavingWritesNothingAndLeavesTheStoreUsable(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	id := newMove(t, db)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", "x", 0)}, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := db.SaveAnswers(context.Background(), id, []steps.AnswerEdit{edit("q", "x", 0)}, ""); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	// Cancelled at random moments: each save is whole or not there, as told.
	rev := int64(1)
	for i := range 200 {
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		got, err := db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", fmt.Sprint(i), rev)}, "")
		cancel()
		if err == nil {
			rev = got[0].Revision
		}
		if now := load(t, db, id).Answers["q"].Revision; now != rev {
			t.Fatalf("save %d returned %v, and revision %d became %d", i, err, rev, now)
		}
	}
	mustVerify(t, db, id)
}
