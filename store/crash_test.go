package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/store"
)

// cycles is how often each crash test kills: MXODUS_KILL_CYCLES, else def.
func cycles(t *testing.T, def int) int {
	if s := os.Getenv("MXODUS_KILL_CYCLES"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("MXODUS_KILL_CYCLES=%q is not a number", s)
		}
		return n
	}
	if testing.Short() {
		return min(def, 5)
	}
	return def
}

// kill ends the child at a random moment after its first line and returns the
// lines it printed.
func kill(t *testing.T, part string, most time.Duration, args ...string) (said []string) {
	t.Helper()
	cmd := child(t, part, args...)
	cmd.Stderr = nil
	in, err := cmd.StdinPipe() // a child that waits, waits for this
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out := lines(t, cmd)
	select {
	case line, ok := <-out:
		if !ok {
			t.Fatalf("child %s ended at once: %v", part, cmd.Wait())
		}
		said = append(said, line)
	case <-time.After(30 * time.Second):
		t.Fatalf("child %s says nothing", part)
	}
	<-time.After(rand.N(most)) // the moment of the crash is what is being varied
	_ = cmd.Process.Kill()
	for line := range out {
		said = append(said, line)
	}
	_ = cmd.Wait()
	return said
}

// duration is how long the child takes when it is left alone, so that kills
// can fall into all of its work.
func duration(t *testing.T, part string, args ...string) time.Duration {
	t.Helper()
	start := time.Now()
	if out, err := child(t, part, args...).Output(); err != nil {
		t.Fatalf("%s: %v %s", part, err, out)
	}
	return time.Since(start)
}

func TestKilledWhileSavingLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	db := open(t, path, store.Options{})
	id := newMove(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]string{} // question and revision -> text
	n := cycles(t, 40)
	for i := range n {
		for _, line := range kill(t, "save", 20*time.Millisecond, path, id) {
			q, rest, _ := strings.Cut(line, " ")
			rev, text, ok := strings.Cut(rest, " ")
			if !ok {
				t.Fatalf("child said %q", line)
			}
			acknowledged[q+" "+rev] = text
		}
		db, err := store.Open(ctx, path, store.Options{})
		if err != nil {
			t.Fatalf("cycle %d: %v", i, err)
		}
		if err := db.Verify(ctx); err != nil {
			t.Fatalf("cycle %d: %v", i, err)
		}
		stored := map[string]string{}
		for q := range load(t, db, id).Answers {
			h, err := db.AnswerHistory(ctx, id, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range h {
				stored[fmt.Sprint(q, " ", a.Revision)] = a.Text
			}
		}
		for key, text := range acknowledged {
			if stored[key] != text {
				t.Fatalf("cycle %d: %s was acknowledged as %q and is %q", i, key, text, stored[key])
			}
		}
		if extra := len(stored) - len(acknowledged); extra > i+1 {
			t.Fatalf("cycle %d: %d answers more than were acknowledged", i, extra)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d acknowledged answers, 0 lost", n, len(acknowledged))
	if len(acknowledged) < n {
		t.Errorf("only %d answers in %d cycles: the test kills too early to show anything", len(acknowledged), n)
	}
}

func TestKilledWhileMakingTheStore(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for i := range cycles(t, 20) {
		path := filepath.Join(t.TempDir(), "mxodus.db")
		said := kill(t, "create", 8*time.Millisecond, path)
		db, err := store.Open(ctx, path, store.Options{})
		if err != nil {
			t.Fatalf("cycle %d: %v", i, err)
		}
		moves := map[string]bool{}
		for _, m := range must(db.Moves(ctx)) {
			moves[m.ID] = true
		}
		for _, id := range said[1:] {
			if !moves[id] {
				t.Errorf("cycle %d: move %s was acknowledged and is lost", i, id)
			}
		}
		if err := db.Verify(ctx); err != nil {
			t.Errorf("cycle %d: %v", i, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKilledWhileUpgrading(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/schema-1.golden")
	if err != nil {
		t.Fatal(err)
	}
	finished, most := 0, duration(t, "open", fixture(t, 1))
	n := cycles(t, 20)
	for i := range n {
		path := fixture(t, 1)
		if said := kill(t, "open", most, path); len(said) > 1 {
			finished++
		}
		db := open(t, path, store.Options{})
		if got := render(t, db); got != string(want) {
			t.Fatalf("cycle %d: content differs", i)
		}
		if err := db.Verify(context.Background()); err != nil {
			t.Errorf("cycle %d: %v", i, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d after the upgrade had finished", n, finished)
}

// At every moment of a restore the name leads to a whole store, the old or the
// new one.
func TestKilledWhileRestoring(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	backup := filepath.Join(dir, "backup.db")
	db := open(t, filepath.Join(dir, "first.db"), store.Options{})
	fill(t, db)
	newer := render(t, db)
	if err := db.Backup(ctx, backup, false); err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]int{}
	most := duration(t, "restore", backup, filepath.Join(dir, "timed.db"))
	for i := range cycles(t, 20) {
		path := filepath.Join(t.TempDir(), "mxodus.db")
		db := open(t, path, store.Options{})
		newMove(t, db, edit(steps.QOrg, "Old", 0))
		older := render(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		kill(t, "restore", most, backup, path)
		db = open(t, path, store.Options{})
		switch got := render(t, db); got {
		case older:
			outcomes["old"]++
		case newer:
			outcomes["new"]++
			kept, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*before-restore*.db"))
			if len(kept) != 1 {
				t.Errorf("cycle %d: the old store was not kept: %q", i, kept)
			}
		default:
			t.Fatalf("cycle %d: neither old nor new:\n%s", i, got)
		}
		if err := db.Verify(ctx); err != nil {
			t.Errorf("cycle %d: %v", i, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("after the kill: %v", outcomes)
}

func TestProcessesEditingTogetherLoseNoUpdate(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, processes := range []int{2, 5} {
		path := filepath.Join(t.TempDir(), "mxodus.db")
		db := open(t, path, store.Options{})
		id := newMove(t, db)
		const each = 40
		var outs []<-chan string
		for range processes {
			outs = append(outs, lines(t, child(t, "count", path, id, strconv.Itoa(each))))
		}
		conflicts := 0
		for _, out := range outs {
			said := ""
			for line := range out {
				said = line
			}
			var c int
			if _, err := fmt.Sscanf(said, "conflicts %d", &c); err != nil {
				t.Fatalf("a child failed: %q", said)
			}
			conflicts += c
		}
		a := load(t, db, id).Answers["counter"]
		if a.Value != strconv.Itoa(processes*each) || a.Revision != int64(processes*each) {
			t.Errorf("%d processes: counted to %s at revision %d, want %d", processes, a.Value, a.Revision, processes*each)
		}
		if err := db.Verify(ctx); err != nil {
			t.Error(err)
		}
		t.Logf("%d processes, %d edits each, %d conflicts, 0 lost", processes, each, conflicts)
	}
}
