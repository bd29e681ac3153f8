package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

func TestLinesAreBrokenAtATerminal(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"short", "Steps      3 of 7 closed", "Steps      3 of 7 closed"},
		{"under its column", "Turn       all steps are closed, but one has something left", "Turn       all steps are closed, but\n           one has something left"},
		{"no column", "one two three four five six seven eight nine ten", "one two three four five six seven\neight nine ten"},
		{"indented", "    one two three four five six seven eight nine", "    one two three four five six\n    seven eight nine"},
		{"column in the right half", "a                                   b c d e f g", "a                                  b\nc d e f g"},
		{"between columns", "us  United States  CUSA  2 hosts  14 ranges", "us  United States  CUSA  2 hosts\n    14 ranges"},
		{"each line for itself", "one\nTurn       one two three four five six seven", "one\nTurn       one two three four five\n           six seven"},
	} {
		got := broken(c.line, 36)
		for _, line := range strings.Split(got, "\n") {
			if ansi.StringWidth(line) > 36 {
				t.Errorf("%s: %q is too wide", c.name, line)
			}
		}
		if c.name != "column in the right half" && got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	painted := painter{on: true}.strong(strings.Repeat("wort ü ", 20))
	if got := broken("Waiting    "+painted, 40); strings.Join(strings.Fields(ansi.Strip(got)), " ") != "Waiting "+strings.TrimSpace(strings.Repeat("wort ü ", 20)) {
		t.Errorf("words are lost: %q", got)
	}
	const command = "dig +norec @192.0.2.53 MX a-very-long-name-of-a-domain-that-goes-on.example"
	if got := broken("confirm  "+command, 40); !strings.Contains(got, "\n         a-very-long-name-of-a-domain-that-goes-on.example") {
		t.Errorf("a word to be copied is broken: %q", got)
	}
}

// TestErrorsAreSaidPlainly: what Go and the system say is put into words.
func TestErrorsAreSaidPlainly(t *testing.T) {
	_, missing := os.Open(filepath.Join(t.TempDir(), "x", "y"))
	_, notFolder := os.Open("output_test.go/x")
	_, number := strconv.ParseUint("999999999999999999999", 10, 16)
	syntax := json.Unmarshal([]byte("{]"), &struct{}{})
	kind := json.Unmarshal([]byte(`{"A":"x"}`), &struct{ A int }{})
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("read it: %w", missing), "read it: there is no such file or folder"},
		{fmt.Errorf("read it: %w", notFolder), "read it: a part of the path is no folder"},
		{&fs.PathError{Op: "mkdir", Path: "/x", Err: syscall.EACCES}, "you do not have the permission"},
		{&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.EROFS}, "the disk can only be read"},
		{fmt.Errorf("line 3: %w", number), `line 3: "999999999999999999999" is no number that fits here`},
		{syntax, "it is no JSON, from byte 2 on"},
		{kind, "the JSON field A holds a string, which does not fit there"},
		{fmt.Errorf("no move %q: %w", "x", steps.ErrNotFound), `no move "x"`},
		{errors.New("as it is"), "as it is"},
	} {
		if got := sentence(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

func TestWhatStandsInTheWayOfABackup(t *testing.T) {
	for _, c := range []struct {
		err   error
		force bool
		want  string
	}{
		{fmt.Errorf("copy: %w", fs.ErrExist), false, "b.db exists already and was left as it is"},
		{fmt.Errorf("it is the database itself: %w", fs.ErrExist), true, "it is the database itself: file already exists"},
		{fmt.Errorf(".mxodus-1.tmp cannot be made; use --db: %w", &fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}), false, "b.db may not be written by you"},
		{errors.New("the disk is full"), false, "the disk is full"},
	} {
		if got := backupError("b.db", c.force, c.err); got.Error() != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

func TestTheJournalIsToldInWords(t *testing.T) {
	st := steps.Step{ID: steps.MigrateMX, Title: "Update Inbound MX Records"}
	s := &wizard.Session{}
	for detail, want := range map[string]string{
		"answer company.name = Acme":                "What is the name of your organisation? Acme",
		"answer no.such.question = x":               "answer no.such.question = x",
		"step migrate.mx: in progress; reason: why": "Update Inbound MX Records: in progress; reason: why",
		"check RANGES: pass; all agree":             "RANGES: pass; all agree",
		"move made":                                 "move made",
		"kept":                                      "kept",
	} {
		if got := told(s, st, steps.JournalEntry{Detail: detail}); got != want {
			t.Errorf("%q: %q, want %q", detail, got, want)
		}
	}
}
