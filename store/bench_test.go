package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/store"
)

func benchDB(b *testing.B, answers int) (string, *store.DB, string) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "mxodus.db")
	db, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var first []steps.AnswerEdit
	for i := range answers {
		first = append(first, edit(fmt.Sprintf("question.%d", i), strings.Repeat("value ", 10), 0))
	}
	id, err := db.CreateMove(context.Background(), first, "ann")
	if err != nil {
		b.Fatal(err)
	}
	return path, db, id
}

// BenchmarkSaveAnswer is one acknowledged answer: a synced transaction.
func BenchmarkSaveAnswer(b *testing.B) {
	_, db, id := benchDB(b, 1)
	defer db.Close()
	rev := int64(1)
	for i := 0; b.Loop(); i++ {
		got, err := db.SaveAnswers(context.Background(), id, []steps.AnswerEdit{edit("question.0", fmt.Sprint("v", i), rev)}, "ann")
		if err != nil {
			b.Fatal(err)
		}
		rev = got[0].Revision
	}
}

// BenchmarkOpenLoad is what a start costs: open, read the move, close.
func BenchmarkOpenLoad(b *testing.B) {
	for _, n := range []int{100, 5000} {
		b.Run(fmt.Sprint(n, " answers"), func(b *testing.B) {
			path, db, id := benchDB(b, n)
			if err := db.AppendRuns(context.Background(), id, []steps.Run{run("s", "MX", check.Pass)}, "ann"); err != nil {
				b.Fatal(err)
			}
			db.Close()
			for b.Loop() {
				db, err := store.Open(context.Background(), path, store.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := db.Load(context.Background(), id); err != nil {
					b.Fatal(err)
				}
				if err := db.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVersion(b *testing.B) {
	_, db, _ := benchDB(b, 1)
	defer db.Close()
	for b.Loop() {
		if _, err := db.Version(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMoves lists a thousand moves.
func BenchmarkMoves(b *testing.B) {
	_, db, _ := benchDB(b, 1)
	defer db.Close()
	for i := range 1000 {
		first := []steps.AnswerEdit{edit(steps.QOrg, fmt.Sprint("Org ", i), 0), edit(steps.QJourney, "connect", 0), edit(steps.QService, "both", 0)}
		if _, err := db.CreateMove(context.Background(), first, "ann"); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if m, err := db.Moves(context.Background()); err != nil || len(m) != 1001 {
			b.Fatal(len(m), err)
		}
	}
}
