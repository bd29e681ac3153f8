//go:build linux

package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"mxodus/steps"
	"mxodus/store"
)

// childFull saves until the disk is full (a limit on the size of files), shows
// that reading goes on, then gets space and saves again.
func childFull(ctx context.Context, args []string) error {
	signal.Ignore(syscall.SIGXFSZ)
	db, err := store.Open(ctx, args[0], store.Options{})
	if err != nil {
		return err
	}
	id, err := db.CreateMove(ctx, nil, "child")
	if err != nil {
		return err
	}
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	fi, err := os.Stat(args[0] + "-wal")
	if err != nil {
		return err
	}
	var spare uint64
	if _, err := fmt.Sscan(args[1], &spare); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(fi.Size()) + spare, Max: was.Max}); err != nil {
		return err
	}
	saved := int64(0)
	text := strings.Repeat("x", 3000)
	for saved < 10000 {
		if _, err = db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", fmt.Sprint(text, saved), saved)}, "child"); err != nil {
			break
		}
		saved++
	}
	if !errors.Is(err, steps.ErrFull) || !strings.Contains(err.Error(), "nothing was saved") {
		return fmt.Errorf("after %d answers: %w", saved, err)
	}
	s, err := db.Load(ctx, id)
	if err != nil || s.Answers["q"].Revision != saved {
		return fmt.Errorf("full: revision %d, want %d: %w", s.Answers["q"].Revision, saved, err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	if _, err := db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", "space again", saved)}, "child"); err != nil {
		return fmt.Errorf("with space again: %w", err)
	}
	if err := db.Verify(ctx); err != nil {
		return err
	}
	fmt.Println(id, saved+1)
	return db.Close()
}

func TestFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	for spare := 0; spare < 60000; spare += 5001 { // another statement fails each time
		path := filepath.Join(t.TempDir(), "mxodus.db")
		out, err := child(t, "full", path, fmt.Sprint(spare)).Output()
		if err != nil {
			t.Fatalf("%d bytes spare: %v", spare, err)
		}
		var id string
		var revision int64
		if _, err := fmt.Sscan(string(out), &id, &revision); err != nil {
			t.Fatalf("child said %q", out)
		}
		db := open(t, path, store.Options{})
		if got := load(t, db, id).Answers["q"]; got.Revision != revision || got.Text != "space again" {
			t.Errorf("%d bytes spare: %d", spare, got.Revision)
		}
		if err := db.Verify(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

// childUmask works with a umask that takes nothing away and looks at the mode
// of every file it makes.
func childUmask(ctx context.Context, args []string) error {
	syscall.Umask(0)
	dir := filepath.Join(args[0], "data")
	path := filepath.Join(dir, "mxodus.db")
	db, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	if _, err := db.CreateMove(ctx, nil, ""); err != nil {
		return err
	}
	if err := db.Backup(ctx, filepath.Join(dir, "backup.db"), false); err != nil {
		return err
	}
	if _, err := store.Restore(ctx, filepath.Join(dir, "backup.db"), filepath.Join(dir, "restored.db"), store.Options{}); err != nil {
		return err
	}
	if _, err := store.Restore(ctx, filepath.Join(dir, "backup.db"), filepath.Join(dir, "restored.db"), store.Options{}); err != nil {
		return err
	}
	old, err := store.Open(ctx, args[1], store.Options{}) // upgraded, with a copy
	if err != nil {
		return err
	}
	seen := 0
	for _, root := range []string{dir, filepath.Dir(args[1])} {
		err = errors.Join(err, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && p != dir {
				return err
			}
			fi, err := d.Info()
			if err != nil {
				return err
			}
			seen++
			want := fs.FileMode(0o600)
			if d.IsDir() {
				want = 0o700
			}
			if fi.Mode().Perm() != want {
				return fmt.Errorf("%s has mode %04o", p, fi.Mode().Perm())
			}
			return nil
		}))
	}
	fmt.Println(seen)
	return errors.Join(err, db.Close(), old.Close())
}

func TestNobodyElseCanReadWhateverTheUmask(t *testing.T) {
	out, err := child(t, "umask", t.TempDir(), fixture(t, 1)).Output()
	// data, its database, wal, shm, backup, restored and kept; old, wal, shm, copy
	if err != nil || strings.TrimSpace(string(out)) != "11" {
		t.Errorf("%s files seen: %v", out, err)
	}
}

// childUnprivileged gives up root, then uses files it may only read.
func childUnprivileged(ctx context.Context, args []string) error {
	if os.Geteuid() == 0 {
		if err := errors.Join(syscall.Setgid(65534), syscall.Setuid(65534)); err != nil {
			return err
		}
	}
	path, id := args[0], args[1]
	for _, o := range []store.Options{{}, {ReadOnly: true}} {
		db, err := store.Open(ctx, path, o)
		if err != nil {
			return err
		}
		s, err := db.Load(ctx, id)
		if err != nil || s.Answers[steps.QOrg].Value != "acme" {
			return fmt.Errorf("%+v: %w", s.Answers, err)
		}
		_, err = db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", "x", 0)}, "")
		if !errors.Is(err, steps.ErrReadOnly) || !db.ReadOnly() {
			return fmt.Errorf("saved, or failed with another error: %w", err)
		}
		if told := strings.Join(db.Notices(), "\n"); !o.ReadOnly && !strings.Contains(told, "can only be read") {
			return fmt.Errorf("notices %q", told)
		}
		if err := db.Close(); err != nil {
			return err
		}
	}
	_, err := store.Open(ctx, filepath.Join(filepath.Dir(path), "new.db"), store.Options{})
	if len(args) > 2 && !errors.Is(err, steps.ErrReadOnly) {
		return fmt.Errorf("a new file in a folder that cannot be written: %w", err)
	}
	return nil
}

func TestFilesThatMayOnlyBeReadAreReadAndNotWritten(t *testing.T) {
	for _, c := range []struct {
		name      string
		file, dir fs.FileMode
	}{{"file", 0o400, 0o700}, {"folder", 0o600, 0o500}, {"both", 0o400, 0o500}} {
		t.Run(c.name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "mxodus-store-*")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(dir, 0o700); _ = os.RemoveAll(dir) })
			path := filepath.Join(dir, "mxodus.db")
			db := open(t, path, store.Options{})
			id := newMove(t, db, edit(steps.QOrg, "Acme", 0))
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if os.Geteuid() == 0 {
				if err := errors.Join(os.Chown(path, 65534, 65534), os.Chown(dir, 65534, 65534)); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(os.Chmod(path, c.file), os.Chmod(dir, c.dir)); err != nil {
				t.Fatal(err)
			}
			args := []string{path, id}
			if c.dir == 0o500 {
				args = append(args, "folder")
			}
			if err := child(t, "unprivileged", args...).Run(); err != nil {
				t.Error(err)
			}
		})
	}
}

var (
	ackCall  = regexp.MustCompile(`write\(1<[^>]*>, "q\d+ `)
	walCall  = regexp.MustCompile(`(pwrite64|write|pwritev)\(\d+<[^>]*-wal>`)
	syncCall = regexp.MustCompile(`(fdatasync|fsync)\(\d+<[^>]*-wal>(\) += 0| <unfinished)`)
	syncDone = regexp.MustCompile(`<\.\.\. (fdatasync|fsync) resumed>\) += 0`)
)

// What kill -9 cannot show: at the moment an answer is acknowledged, the log
// has been written and synced, so the loss of power does not take it away.
func TestLogIsSyncedBeforeAnAnswerIsAcknowledged(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	dir := t.TempDir()
	path, trace := filepath.Join(dir, "mxodus.db"), filepath.Join(dir, "trace")
	db := open(t, path, store.Options{})
	id := newMove(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := child(t, "save", path, id)
	cmd.Args = append([]string{strace, "-f", "-y", "-o", trace, "-e", "trace=write,pwrite64,pwritev,fsync,fdatasync", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = strace
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stderr = nil
	out := lines(t, cmd)
	for range 20 {
		if _, ok := <-out; !ok {
			t.Skipf("strace cannot trace here: %v", cmd.Wait())
		}
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait()
	written, begun, synced, acknowledged := false, false, false, 0
	for line := range strings.Lines(string(must(os.ReadFile(trace)))) {
		switch {
		case walCall.MatchString(line):
			written, begun, synced = true, false, false
		case syncCall.MatchString(line):
			begun = strings.Contains(line, "unfinished") // by another thread's line between
			synced = !begun
		case syncDone.MatchString(line):
			synced = synced || begun
		case ackCall.MatchString(line):
			if acknowledged++; !written || !synced {
				t.Fatalf("acknowledged with the log written: %t, synced: %t\n%s", written, synced, line)
			}
			written, synced = false, false
		}
	}
	if acknowledged < 20 {
		t.Errorf("only %d acknowledgements in the trace", acknowledged)
	}
}
