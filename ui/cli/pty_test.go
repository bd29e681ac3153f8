//go:build unix

package cli_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is the program on a pseudo terminal.
type terminal struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File

	mu  sync.Mutex
	out bytes.Buffer
	end chan struct{}
}

func onTerminal(t *testing.T, env []string, args ...string) *terminal {
	t.Helper()
	home := t.TempDir()
	cmd := exec.Command(binary, args...)
	cmd.Dir = home
	cmd.Env = append([]string{"HOME=" + home, "TMPDIR=" + home, "TERM=xterm-256color", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}, env...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Skipf("no pseudo terminal here: %v", err)
	}
	x := &terminal{t: t, cmd: cmd, tty: tty, end: make(chan struct{})}
	go x.read()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = tty.Close() })
	return x
}

// read collects the output and answers what the program asks a terminal.
func (x *terminal) read() {
	defer close(x.end)
	buf := make([]byte, 64<<10)
	for {
		n, err := x.tty.Read(buf)
		x.mu.Lock()
		x.out.Write(buf[:n])
		x.mu.Unlock()
		if bytes.Contains(buf[:n], []byte("\x1b]11;?")) {
			_, _ = io.WriteString(x.tty, "\x1b]11;rgb:0000/0000/0000\x1b\\")
		}
		if bytes.Contains(buf[:n], []byte("\x1b[6n")) {
			_, _ = io.WriteString(x.tty, "\x1b[1;1R")
		}
		if err != nil {
			return
		}
	}
}

func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.out.String()
}

// see waits until the program has shown a text.
func (x *terminal) see(text string) {
	x.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if strings.Contains(x.text(), text) {
			return
		}
	}
	x.t.Fatalf("%q was not shown:\n%q", text, x.text())
}

func (x *terminal) press(keys string) { _, _ = io.WriteString(x.tty, keys) }

// code waits for the end and returns the exit code.
func (x *terminal) code() int {
	x.t.Helper()
	done := make(chan error, 1)
	go func() { done <- x.cmd.Wait() }()
	select {
	case err := <-done:
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return exit.ExitCode()
		}
		return 0
	case <-time.After(20 * time.Second):
		x.t.Fatalf("the program did not end:\n%q", x.text())
		return -1
	}
}

const (
	altScreen  = "\x1b[?1049h"
	mainScreen = "\x1b[?1049l"
)

func TestWizardOnATerminal(t *testing.T) {
	x := onTerminal(t, nil)
	x.see(altScreen)
	x.see("mxodus")
	time.Sleep(100 * time.Millisecond) // keys pressed before the first frame belong to the terminal's answers
	x.press("q")
	if code := x.code(); code != 0 {
		t.Errorf("leaving gives %d", code)
	}
	<-x.end
	if !strings.Contains(x.text(), mainScreen) {
		t.Error("the terminal was not given back as it was")
	}
}

func TestDemonstrationOnATerminal(t *testing.T) {
	x := onTerminal(t, nil, "demo")
	x.see("Tidewater")
	x.press("\x03")
	if code := x.code(); code != 0 {
		t.Errorf("ctrl+c gives %d", code)
	}
	left, err := filepath.Glob(filepath.Join(x.cmd.Dir, "mxodus-demo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the demonstration left %v", left)
	}
}

// TestDemonstrationKeepsToItself: it neither makes nor changes the store of real
// moves, not even when it is kept beside it, and nothing of it is found there.
func TestDemonstrationKeepsToItself(t *testing.T) {
	visit := func(home string, args ...string) {
		t.Helper()
		x := onTerminal(t, []string{"HOME=" + home}, append([]string{"demo"}, args...)...)
		x.see("Tidewater")
		x.press("\x03")
		if code := x.code(); code != 0 {
			t.Fatalf("%v ends with %d", args, code)
		}
	}
	inHome := func(home string, args ...string) string {
		t.Helper()
		cmd := exec.Command(binary, args...)
		cmd.Env, cmd.Dir = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}, home
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
		return string(out)
	}
	home := t.TempDir()
	visit(home)
	if _, err := os.Stat(filepath.Join(home, ".local")); !os.IsNotExist(err) {
		t.Errorf("the demonstration made the folder of the real store: %v", err)
	}
	inHome(home, "new", "--journey", "connect", "--service", "both", "--org", "Acme")
	data := filepath.Join(home, ".local", "share", "mxodus")
	before, err := os.ReadFile(filepath.Join(data, "mxodus.db"))
	if err != nil {
		t.Fatal(err)
	}
	visit(home, "--dir", data)
	after, err := os.ReadFile(filepath.Join(data, "mxodus.db"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the demonstration wrote into the real store: %v", err)
	}
	if list := inHome(home, "list", "--json"); strings.Contains(list, "Tidewater") || strings.Contains(list, "harbourvine") || !strings.Contains(list, "Acme") {
		t.Errorf("real moves after a demonstration:\n%s", list)
	}
}

// TestPlainOnATerminal: three ways to ask for plain prompts, none of which may
// draw anything.
func TestPlainOnATerminal(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		args []string
	}{
		{"flag", nil, []string{"--plain"}},
		{"ACCESSIBLE", []string{"ACCESSIBLE=1"}, nil},
		{"TERM=dumb", []string{"TERM=dumb"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := onTerminal(t, c.env, c.args...)
			x.see("There is no move yet")
			x.press("q\n")
			if code := x.code(); code != 0 {
				t.Errorf("leaving gives %d", code)
			}
			if strings.Contains(x.text(), altScreen) {
				t.Error("plain prompts took the whole screen")
			}
		})
	}
}

// TestSignalsOnATerminal: the wizard ends soon, gives the terminal back, and
// says by its exit code that it was interrupted.
func TestSignalsOnATerminal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			x := onTerminal(t, nil)
			x.see(altScreen)
			time.Sleep(100 * time.Millisecond)
			if err := x.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			if code := x.code(); code != 130 {
				t.Errorf("exit code %d", code)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %s to end", took)
			}
			<-x.end
			if !strings.Contains(x.text(), mainScreen) {
				t.Error("the terminal was not given back as it was")
			}
		})
	}
}

// TestRestoreAsks: replacing data takes the typed word yes.
func TestRestoreAsks(t *testing.T) {
	for _, c := range []struct {
		typed string
		code  int
	}{{"y\n", 1}, {"\n", 1}, {"yes\n", 0}} {
		dir := t.TempDir()
		db, backup := filepath.Join(dir, "x.db"), filepath.Join(dir, "b.db")
		for _, args := range [][]string{
			{"new", "--journey", "connect", "--service", "both", "--org", "Acme", "--db", db},
			{"backup", backup, "--db", db},
		} {
			if out, err := exec.Command(binary, args...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
		x := onTerminal(t, nil, "restore", backup, "--db", db)
		x.see("Type yes to go on")
		x.press(c.typed)
		if code := x.code(); code != c.code {
			t.Errorf("%q gives %d, want %d:\n%s", c.typed, code, c.code, x.text())
		}
	}
}
