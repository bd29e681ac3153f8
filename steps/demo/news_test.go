package demo_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/demo"
	"mxodus/store"
)

// TestEveryMoveOfTheClockIsTold: whatever moves the demonstration's clock leaves
// one sentence for the faces, told once.
func TestEveryMoveOfTheClockIsTold(t *testing.T) {
	ctx := context.Background()
	world, err := demo.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	path := filepath.Join(t.TempDir(), "demo.db")
	db, err := store.Open(ctx, path, store.Options{Now: world.Now})
	if err != nil {
		t.Fatal(err)
	}
	ids, err := demo.Moves(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	expect := func(want string) {
		t.Helper()
		if got := world.News(); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
		if again := world.News(); again != "" {
			t.Errorf("told twice: %q", again)
		}
	}
	expect("")
	for d, want := range map[time.Duration]string{
		24 * time.Hour:               "1 day",
		11 * time.Minute:             "11 minutes",
		49*time.Hour + 2*time.Minute: "2 days, 1 hour and 2 minutes",
		61*time.Minute + time.Second: "1 hour and 1 minute",
		20 * time.Second:             "1 minute",
		-5 * time.Hour:               "",
	} {
		world.Skip(d)
		if want != "" {
			want = "The demonstration's clock was moved on by " + want + "."
		}
		expect(want)
	}
	repo := demo.Repository{Repository: db, World: world}
	if _, err := repo.SetStep(ctx, ids[0], steps.StepState{Step: steps.ConnectOutbound, Status: steps.Done, Closed: world.Now()}, nil, "ann"); err != nil {
		t.Fatal(err)
	}
	expect("The demonstration's clock was moved on by 3 days and 1 hour.")

	db.Close()
	// another clock, as of a program that did not know the store for a demonstration's
	if db, err = store.Open(ctx, path, store.Options{}); err != nil {
		t.Fatal(err)
	}
	if !demo.Made(ctx, db) {
		t.Error("the store is not known for one of a demonstration")
	}
	if _, err := db.AddNote(ctx, ids[0], steps.Note{Text: "by another clock"}, "ann"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	second, err := demo.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if db, err = store.Open(ctx, path, store.Options{Now: second.Now}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := second.Resume(ctx, db); err != nil {
		t.Fatal(err)
	}
	if second.Now().Before(world.Now().Add(-time.Minute)) {
		t.Errorf("a second visit at %v, the first left at %v", second.Now(), world.Now())
	}
	if got := second.News(); got != "" {
		t.Errorf("a second visit begins with %q", got)
	}
}
