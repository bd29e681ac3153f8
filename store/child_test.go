package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/store"
)

// Tests that need another process run this test binary again: the environment
// variable names the part it plays.
const childVar = "MXODUS_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	part := os.Getenv(childVar)
	if part == "" {
		os.Exit(m.Run())
	}
	if err := parts[part](context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var parts = map[string]func(ctx context.Context, args []string) error{
	"save": childSave, "count": childCount, "create": childCreate, "open": childOpen,
	"restore": childRestore, "full": childFull, "umask": childUmask, "unprivileged": childUnprivileged,
}

// child prepares a process that plays a part.
func child(t *testing.T, part string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), childVar+"="+part)
	cmd.Stderr = os.Stderr
	return cmd
}

// lines starts cmd and returns its output line by line; an unfinished last
// line is left out.
func lines(t *testing.T, cmd *exec.Cmd) <-chan string {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ch := make(chan string, 100000)
	go func() {
		defer close(ch)
		r := bufio.NewReader(out)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			ch <- strings.TrimSuffix(line, "\n")
		}
	}()
	return ch
}

// childSave answers in a loop and prints each answer once it is acknowledged.
func childSave(ctx context.Context, args []string) error {
	path, id := args[0], args[1]
	db, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	s, err := db.Load(ctx, id)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		q := fmt.Sprint("q", i%5)
		got, err := db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit(q, fmt.Sprintf("%d-%d", os.Getpid(), i), s.Answers[q].Revision)}, "child")
		if err != nil {
			return err
		}
		s.Answers[q] = got[0]
		if _, err := fmt.Printf("%s %d %s\n", q, got[0].Revision, got[0].Text); err != nil {
			return err
		}
	}
}

// childCount adds one to a number n times, as an editor would: read, change,
// save against the revision that was read, and again after a conflict.
func childCount(ctx context.Context, args []string) error {
	path, id := args[0], args[1]
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	conflicts := 0
	for range n {
		for {
			s, err := db.Load(ctx, id)
			if err != nil {
				return err
			}
			now, _ := strconv.Atoi(s.Answers["counter"].Value)
			e := steps.AnswerEdit{Question: "counter", Value: strconv.Itoa(now + 1), Provenance: steps.Typed, Revision: s.Answers["counter"].Revision}
			_, err = db.SaveAnswers(ctx, id, []steps.AnswerEdit{e}, strconv.Itoa(os.Getpid()))
			var c *steps.ConflictError
			if errors.As(err, &c) {
				conflicts++
				continue
			}
			if err != nil {
				return err
			}
			break
		}
	}
	fmt.Println("conflicts", conflicts)
	return db.Close()
}

// childCreate makes a store and moves in it, and prints each id.
func childCreate(ctx context.Context, args []string) error {
	fmt.Println("started")
	db, err := store.Open(ctx, args[0], store.Options{})
	if err != nil {
		return err
	}
	for {
		id, err := db.CreateMove(ctx, []steps.AnswerEdit{edit(steps.QOrg, "Acme", 0)}, "child")
		if err != nil {
			return err
		}
		fmt.Println(id)
	}
}

func childOpen(ctx context.Context, args []string) error {
	fmt.Println("started")
	db, err := store.Open(ctx, args[0], store.Options{})
	if err != nil {
		return err
	}
	fmt.Println("opened")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return db.Close()
}

func childRestore(ctx context.Context, args []string) error {
	fmt.Println("started")
	_, err := store.Restore(ctx, args[0], args[1], store.Options{})
	return err
}
