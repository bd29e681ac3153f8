package app

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/ui/screen"
)

func env(pairs ...string) func(string) string {
	return func(k string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == k {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestClipboardSequence(t *testing.T) {
	text := "acme.com.au. 300 IN MX 10 au-smtp-inbound-1.mimecast.com.\n"
	plain := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x07"
	passed := "\x1bPtmux;" + strings.ReplaceAll(plain, "\x1b", "\x1b\x1b") + "\x1b\\"
	for _, c := range []struct {
		name string
		env  func(string) string
		want string
	}{
		{"a terminal", env("TERM", "xterm-256color"), plain},
		{"tmux by its variable", env("TERM", "screen-256color", "TMUX", "/tmp/tmux-0/default,1,0"), plain + passed},
		{"tmux by its terminal, over ssh", env("TERM", "tmux-256color"), plain + passed},
	} {
		if got := Sequence(text, c.env); got != c.want {
			t.Errorf("in %s: %q, want %q", c.name, got, c.want)
		}
	}
	long := strings.Repeat("x", 4000)
	for piece := range strings.SplitSeq(Sequence(long, env("TERM", "screen")), "\x1b\\") {
		if len(piece) > 800 {
			t.Errorf("GNU screen is sent a piece of %d bytes; it drops long ones", len(piece))
		}
	}
}

func TestCopyRefusesRatherThanCuts(t *testing.T) {
	var out strings.Builder
	m := &Model{getenv: env(), out: newSharedOutput(&out)}
	if msg := m.copyText(strings.Repeat("x", MaxClipboard+1))(); !strings.Contains(msg.(screen.ErrorMsg).Err.Error(), "nothing was copied") {
		t.Errorf("too long a text: %v", msg)
	}
	if out.Len() != 0 {
		t.Errorf("%d bytes were sent all the same", out.Len())
	}
	if _, ok := m.copyText("")().(screen.InfoMsg); !ok || out.Len() != 0 {
		t.Error("an empty text empties the clipboard")
	}
	msg := m.copyText(strings.Repeat("x", MaxClipboard))()
	if _, ok := msg.(screen.InfoMsg); !ok || out.Len() < MaxClipboard {
		t.Errorf("a text of the greatest length: %v, %d bytes sent", msg, out.Len())
	}
}

func TestSaveNeverWritesOver(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for range 3 {
		p, err := writeNew(dir, "mx.txt", []byte("one\n"))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Base(p))
	}
	if got := strings.Join(paths, " "); got != "mx.txt mx-2.txt mx-3.txt" {
		t.Errorf("saved as %s", got)
	}
	info, err := os.Stat(filepath.Join(dir, "mx.txt"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; others could read it", info.Mode(), err)
	}
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "link.txt")); err != nil {
		t.Fatal(err)
	}
	if p, err := writeNew(dir, "link.txt", nil); err != nil || filepath.Base(p) != "link-2.txt" {
		t.Errorf("a dangling link was followed: %s, %v", p, err)
	}
}

func TestSafeName(t *testing.T) {
	for in, want := range map[string]string{
		"mx.txt": "mx.txt", "../../etc/passwd": "passwd", "a\\b.txt": "a-b.txt", ".bashrc": "bashrc", "": "mxodus.txt",
		"..": "mxodus.txt", "a:b?.txt": "a-b-.txt", "\x1b[31m.txt": "x1b[31m.txt",
	} {
		if got := safeName(in); got != want {
			t.Errorf("safeName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSaveIntoAFolderThatIsNotThere(t *testing.T) {
	_, err := writeNew(filepath.Join(t.TempDir(), "no"), "mx.txt", nil)
	if err == nil || !strings.Contains(err.Error(), "nothing was saved") || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
}

func TestAPanicInACommandIsShown(t *testing.T) {
	m := &Model{}
	msg := m.own(7, func() tea.Msg { panic("boom") })()
	if e, ok := msg.(screen.ErrorMsg); !ok || !strings.Contains(e.Err.Error(), "what was saved is safe") {
		t.Errorf("a panic became %v", msg)
	}
	if n := m.flight.Load(); n != 0 {
		t.Errorf("%d commands still count as running", n)
	}
}

type own struct{ n int }

func TestResultsComeBackToTheirScreen(t *testing.T) {
	m := &Model{}
	batch := m.own(7, tea.Batch(say(own{1}), tea.Sequence(say(own{2}), say(screen.BackMsg{})), tea.Quit))()
	got := perform(func() tea.Msg { return batch })
	want := []tea.Msg{routedMsg{7, own{1}}, routedMsg{7, own{2}}, screen.BackMsg{}, tea.QuitMsg{}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("result %d is %#v, want %#v", i, got[i], want[i])
		}
	}
}

func TestTimersAreKnown(t *testing.T) {
	m := &Model{}
	for name, cmd := range map[string]tea.Cmd{
		"Tick":  tea.Tick(time.Hour, func(time.Time) tea.Msg { return nil }),
		"Every": tea.Every(time.Hour, func(time.Time) tea.Msg { return nil }),
		"after": (&Model{ctx: t.Context()}).after(time.Hour, func(time.Time) tea.Msg { return nil }),
	} {
		if !IsTimer(cmd) {
			t.Errorf("%s is not taken for a timer; leaving would wait for it", name)
		}
	}
	if IsTimer(m.own(appID, say(own{1}))) {
		t.Error("an ordinary command is taken for a timer")
	}
}

// perform runs a command and all it leads to, here and now, and returns what
// came out. It stands in for the loop of the program.
func perform(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	if msg == nil {
		return nil
	}
	if t := reflect.TypeOf(msg); t.Kind() == reflect.Slice && t.Elem() == commandType {
		var out []tea.Msg
		list := reflect.ValueOf(msg)
		for i := range list.Len() {
			inner, _ := list.Index(i).Interface().(tea.Cmd)
			out = append(out, perform(inner)...)
		}
		return out
	}
	return []tea.Msg{msg}
}
