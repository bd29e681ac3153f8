//go:build realterminal

package uitest_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/store"
)

// program is the built binary, made once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "mxodus-real-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "mxodus")
	out, err := exec.Command("go", "build", "-o", bin, "mxodus").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, nil
})

// terminal is the program in a pseudo-terminal of 80x24.
type terminal struct {
	cmd *exec.Cmd
	pty *os.File

	mu   sync.Mutex
	seen bytes.Buffer
	end  chan struct{}
}

func start(t *testing.T, db string, args ...string) *terminal {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, append([]string{"--db", db, "--who", "Ann"}, args...)...)
	cmd.Env = []string{"TERM=xterm-256color", "LANG=C.UTF-8", "NO_COLOR=1", "HOME=" + filepath.Dir(db), "PATH=" + os.Getenv("PATH")}
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{cmd: cmd, pty: pollable(t, f), end: make(chan struct{})}
	go func() {
		defer close(x.end)
		buf := make([]byte, 32<<10)
		for {
			n, err := x.pty.Read(buf)
			x.mu.Lock()
			x.seen.Write(buf[:n])
			x.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return x
}

// pollable returns the pty as a file whose Close ends a Read that is under
// way; otherwise the line could not be hung up.
func pollable(t *testing.T, f *os.File) *os.File {
	t.Helper()
	fd, err := syscall.Dup(int(f.Fd()))
	if err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd)
	_ = f.Close()
	return os.NewFile(uintptr(fd), "pty")
}

// shows reports whether text has been written since mark.
func (x *terminal) shows(text string, mark int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return bytes.Contains(x.seen.Bytes()[mark:], []byte(text))
}

func (x *terminal) mark() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.seen.Len()
}

// wait polls for text; a real terminal has no other way to tell.
func (x *terminal) wait(text string, mark int) bool {
	return until(func() bool { return x.shows(text, mark) })
}

func until(so func() bool) bool {
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if so() {
			return true
		}
	}
	return false
}

func (x *terminal) tail() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	b := x.seen.Bytes()
	return fmt.Sprintf("%q", b[max(0, len(b)-1500):])
}

var savedAt = regexp.MustCompile(`saved \d\d:\d\d:\d\d`)

// saved reports that the screen says so: another time of the last save than
// before the mark, for the line that names it is drawn anew with every change of
// the keys, the new name in the title line, which is taken from what was
// committed, or the question that follows.
func (x *terminal) saved(name string, mark int) bool {
	x.mu.Lock()
	before, since := savedAt.FindAll(x.seen.Bytes()[:mark], -1), savedAt.FindAll(x.seen.Bytes()[mark:], -1)
	x.mu.Unlock()
	if len(before) > 0 && slices.ContainsFunc(since, func(s []byte) bool { return !bytes.Equal(s, before[len(before)-1]) }) {
		return true
	}
	return x.shows("\x1b[H "+name, mark) || x.shows("mxodus   "+name, mark) || x.shows(nextQuestion, mark)
}

// nextQuestion follows the one that is answered, once that is committed.
const nextQuestion = "What is your main e-mail domain?"

// opened waits for the whole of the first frame, of which the time of the last
// save is the end.
func (x *terminal) opened() bool {
	return x.wait("rganisation", 0) && until(func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		return savedAt.Match(x.seen.Bytes())
	})
}

func (x *terminal) waitSaved(name string, mark int) bool {
	return until(func() bool { return x.saved(name, mark) })
}

func (x *terminal) send(s string) { _, _ = x.pty.WriteString(s) }

func (x *terminal) kill() {
	_ = x.cmd.Process.Kill()
	_ = x.cmd.Wait()
	_ = x.pty.Close()
	<-x.end
}

// fixture makes a move that opens in the field of the organisation's name.
func fixture(t *testing.T) (db, move string) {
	t.Helper()
	db = filepath.Join(t.TempDir(), "data", "moves.db")
	s, err := store.Open(context.Background(), db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := &wizard.Wizard{Repo: s, Who: "Ann"}
	move, err = w.New(context.Background(), wizard.NewMove{
		Profile: steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem},
		Org:     "start", Domain: "acme.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, move
}

// history returns the names given so far, oldest first, after placing the
// cursor in the field again for the next start.
func history(t *testing.T, db, move string) []string {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, db, store.Options{})
	if err != nil {
		t.Fatalf("the store does not open after a kill: %v", err)
	}
	defer s.Close()
	answers, err := s.AnswerHistory(ctx, move, steps.QOrg)
	if err != nil {
		t.Fatal(err)
	}
	if seq, why, err := s.VerifyJournal(ctx, move); seq != 0 || err != nil {
		t.Fatalf("journal broken at %d: %s, %v", seq, why, err)
	}
	if err := s.SetPosition(ctx, move, steps.Position{Screen: "rfi", Field: steps.QOrg}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range answers {
		names = append(names, a.Value)
	}
	return names
}

func cycles() int {
	if n, err := strconv.Atoi(os.Getenv("MXODUS_KILL_CYCLES")); err == nil && n > 0 {
		return n
	}
	return 40
}

func TestRealTerminalKillLosesNothingAcknowledged(t *testing.T) {
	db, move := fixture(t)
	history(t, db, move)
	var acknowledged []string
	rng := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	n := cycles()
	for i := range n {
		name := fmt.Sprintf("Pop up %d", i)
		if killCycle(t, start(t, db), name, i, rng.IntN(12)) {
			acknowledged = append(acknowledged, name)
		}
		stored := history(t, db, move)
		for _, a := range acknowledged {
			if !slices.Contains(stored, a) {
				t.Fatalf("cycle %d: %q was acknowledged and is lost; stored: %v", i, a, stored)
			}
		}
	}
	t.Logf("%d cycles, %d acknowledged, 0 lost", n, len(acknowledged))
	if len(acknowledged) < n/2 {
		t.Errorf("only %d of %d cycles acknowledged anything", len(acknowledged), n)
	}
}

// killCycle gives one answer and kills the program, in every fourth cycle
// after some milliseconds and not after the acknowledgement. It returns
// whether the screen said that the answer was saved.
func killCycle(t *testing.T, x *terminal, name string, i, ms int) bool {
	t.Helper()
	defer x.kill()
	if !x.opened() {
		t.Fatalf("cycle %d: no frame: %s", i, x.tail())
	}
	mark := x.mark()
	x.send("\x15" + name) // ctrl+u clears the line
	x.send("\r")
	if i%4 == 3 {
		time.Sleep(time.Duration(ms) * time.Millisecond)
	} else if !x.waitSaved(name, mark) {
		t.Fatalf("cycle %d: never said to be saved: %s", i, x.tail())
	}
	return x.saved(name, mark)
}

// A terminal that does not answer must not hold up the start: a query for the
// background colour waits five seconds for its answer.
func TestRealTerminalIsAskedNothing(t *testing.T) {
	db, move := fixture(t)
	history(t, db, move)
	x := start(t, db)
	defer x.kill()
	if !x.opened() {
		t.Fatalf("no frame: %s", x.tail())
	}
	for _, query := range []string{"\x1b]10;?", "\x1b]11;?", "\x1b[6n", "\x1b[c"} {
		if x.shows(query, 0) {
			t.Errorf("the terminal was asked %q", query)
		}
	}
}

func TestRealTerminalSignalsEndItCleanly(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			db, move := fixture(t)
			history(t, db, move)
			x := start(t, db)
			answer(t, x, "Signalled")
			began := time.Now()
			if err := x.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			_ = x.cmd.Wait() // the exit status of a signal is not the point here
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %s to end", took)
			}
			if !x.wait("\x1b[?1049l", 0) {
				t.Error("the alternate screen was not left")
			}
			_ = x.pty.Close()
			<-x.end
			if got := history(t, db, move); !slices.Contains(got, "Signalled") {
				t.Errorf("lost: %v", got)
			}
		})
	}
}

func answer(t *testing.T, x *terminal, name string) {
	t.Helper()
	if !x.opened() {
		t.Fatalf("no frame: %s", x.tail())
	}
	mark := x.mark()
	x.send("\x15" + name)
	x.send("\r")
	if !x.waitSaved(name, mark) {
		t.Fatalf("never saved: %s", x.tail())
	}
}

func TestRealTerminalHungUpLineKeepsEverything(t *testing.T) {
	db, move := fixture(t)
	history(t, db, move)
	x := start(t, db)
	answer(t, x, "Hung up")
	_ = x.pty.Close() // the terminal goes away
	done := make(chan struct{})
	go func() { _ = x.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		_ = x.cmd.Process.Kill()
		t.Fatal("the program stays after its terminal is gone")
	}
	if got := history(t, db, move); !slices.Contains(got, "Hung up") {
		t.Errorf("lost: %v", got)
	}
}
