package store_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"mxodus/store"
)

// damaged writes the file, reads all of it, and reports whether an error was
// told. It fails the test when something wrong was read without one.
func damaged(t *testing.T, path string, file []byte, want string) (told bool) {
	t.Helper()
	ctx := context.Background()
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		_ = os.Remove(path + suffix)
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	told = func() bool {
		db, err := store.Open(ctx, path, store.Options{})
		if err != nil {
			return true
		}
		defer db.Close()
		got, err := read(db)
		if err != nil || db.Verify(ctx) != nil {
			return true
		}
		b, err := json.MarshalIndent(got, "", " ")
		if err != nil || string(b)+"\n" != want {
			t.Errorf("read wrong without an error (%v):\n%s", err, b)
		}
		return false
	}()
	// Where all was read right the file may be mended: a flip that only says
	// "no write-ahead log" is undone when the log is switched on.
	if after, err := os.ReadFile(path); told && (err != nil || string(after) != string(file)) {
		t.Errorf("the damaged file was written to (%v)", err)
	}
	return told
}

func whole(t *testing.T, path string) (file []byte, want string) {
	t.Helper()
	db := open(t, path, store.Options{})
	fill(t, db)
	fill(t, db)
	want = render(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return must(os.ReadFile(path)), want
}

// Whatever single bit of the file flips: everything read is right, or an error
// says that it is not. Nothing panics, nothing is overwritten.
func TestFlippedBitsAreNeverSilentlyWrong(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	file, want := whole(t, path)
	if damaged(t, path, file, want) {
		t.Fatal("the whole file is said to be damaged")
	}
	told := 0
	n := cycles(t, 400)
	for i := range n {
		bit := rand.IntN(len(file) * 8)
		if i < n/5 {
			bit = rand.IntN(100 * 8) // the header more often than its share
		}
		flipped := append([]byte(nil), file...)
		flipped[bit/8] ^= 1 << (bit % 8)
		if damaged(t, path, flipped, want) {
			told++
		}
		if t.Failed() {
			t.Fatalf("bit %d of byte %d", bit%8, bit/8)
		}
	}
	t.Logf("%d bits flipped one by one in %d bytes: %d told, %d without effect", n, len(file), told, n-told)
}

func TestTruncatedFilesAreToldOf(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	file, want := whole(t, path)
	for size := 1; size < len(file); size += 2048 { // at page ends and between
		if !damaged(t, path, file[:size], want) {
			t.Errorf("%d of %d bytes pass for whole", size, len(file))
		}
	}
}

// The log may be lost or garbled together with changes; what was in the file
// before must come back whole.
func TestGarbledLogIsSurvived(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	file, _ := whole(t, path)
	db := open(t, path, store.Options{})
	id := newMove(t, db)
	log := must(os.ReadFile(path + "-wal"))
	shm := must(os.ReadFile(path + "-shm"))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range cycles(t, 40) {
		l, s := append([]byte(nil), log...), append([]byte(nil), shm...)
		for range 1 + i%3 {
			l[rand.IntN(len(l))] ^= 1 << rand.IntN(8)
		}
		for j := range s {
			s[j] = byte(rand.IntN(256))
		}
		for suffix, b := range map[string][]byte{"": file, "-wal": l[:len(l)-i*7], "-shm": s} {
			if err := os.WriteFile(path+suffix, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		db := open(t, path, store.Options{})
		moves := must(db.Moves(context.Background()))
		if len(moves) != 2 && (len(moves) != 3 || moves[0].ID != id && moves[1].ID != id && moves[2].ID != id) {
			t.Fatalf("cycle %d: %d moves", i, len(moves))
		}
		if err := db.Verify(context.Background()); err != nil {
			t.Fatalf("cycle %d: %v", i, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
