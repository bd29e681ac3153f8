package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// Exit codes of the program.
const (
	ExitDone        = 0
	ExitError       = 1   // something went wrong, or could not be found out
	ExitUsage       = 2   // the command line cannot be understood
	ExitNotSafe     = 3   // a check failed, a record is broken, it is not safe
	ExitIncomplete  = 4   // asked for with --complete, and not complete
	ExitInterrupted = 130 // stopped by a signal
)

const exitHelp = `Exit codes:
  0    done; for checks: all of them passed
  1    an error, or a question that could not be answered (a server is silent,
       a rule cannot be decided, caches have not run out)
  2    the command line cannot be understood
  3    a check failed, a journal is broken, it is not safe
  4    --complete was given and something is still missing
  130  interrupted

Environment:
  MXODUS_DB        file that moves are kept in (before it: --db)
  MXODUS_WHO       name written into the journal (before it: --who; after: USER)
  XDG_DATA_HOME    where that file lies when none is named
  ACCESSIBLE       any value: plain prompts, as --plain
  TERM=dumb        the same
  NO_COLOR         any value: no colour
  CLICOLOR_FORCE   any value but 0: colour even when the output is no terminal
  MXODUS_BACKGROUND  dark or light; otherwise COLORFGBG tells, else dark
`

// exitError ends the program with a code. A silent one has nothing to say:
// the output said it all.
type exitError struct {
	code  int
	err   error
	hints []string
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage is a command line that cannot be understood.
func usage(format string, args ...any) error {
	return &exitError{code: ExitUsage, err: fmt.Errorf(format, args...)}
}

// outcome ends with a code and without a word.
func outcome(code int) error {
	if code == ExitDone {
		return nil
	}
	return &exitError{code: code}
}

// withHint adds what to do next to an error.
func withHint(err error, hints ...string) error {
	var e *exitError
	if errors.As(err, &e) {
		return &exitError{code: e.code, err: e.err, hints: append(e.hints, hints...)}
	}
	return &exitError{code: ExitError, err: err, hints: hints}
}

// report says what went wrong on standard error and returns the exit code.
func (r *run) report(ctx context.Context, err error) int {
	if err == nil {
		return ExitDone
	}
	code, hints := ExitError, hintsFor(err)
	var e *exitError
	if errors.As(err, &e) {
		code, hints = e.code, append(e.hints, hints...)
		if e.err == nil {
			return code
		}
	}
	if ctx.Err() != nil && (e == nil || e.code == ExitError) {
		fmt.Fprintln(r.Err, "mxodus: interrupted; what was saved before stays saved")
		return ExitInterrupted
	}
	fmt.Fprintf(r.Err, "mxodus: %s\n", clean.Text(sentence(err)))
	for _, h := range hints {
		fmt.Fprintf(r.Err, "  %s\n", strings.ReplaceAll(string(clean.Text(h)), "\n", "\n  "))
	}
	if code == ExitUsage {
		path := r.asked
		if path == "" {
			path = "mxodus"
		}
		fmt.Fprintf(r.Err, "  %s --help\n", path)
	}
	return code
}

// sentence is what an error says, without the mark that programs test for and
// with the words of the system and of Go's own packages put plainly.
func sentence(err error) string {
	text := err.Error()
	if errors.Is(err, steps.ErrNotFound) {
		text = strings.TrimSuffix(text, ": "+steps.ErrNotFound.Error())
	}
	var path *fs.PathError
	var link *os.LinkError
	var number *strconv.NumError
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &path):
		text = strings.Replace(text, path.Error(), plainly(path.Err), 1)
	case errors.As(err, &link):
		text = strings.Replace(text, link.Error(), plainly(link.Err), 1)
	case errors.As(err, &number):
		text = strings.Replace(text, number.Error(), fmt.Sprintf("%q is no number that fits here", number.Num), 1)
	case errors.As(err, &syntax):
		text = strings.Replace(text, syntax.Error(), fmt.Sprintf("it is no JSON, from byte %d on", syntax.Offset), 1)
	case errors.As(err, &kind):
		text = strings.Replace(text, kind.Error(), fmt.Sprintf("the JSON field %s holds a %s, which does not fit there", kind.Field, kind.Value), 1)
	default:
		var errno syscall.Errno
		if errors.As(err, &errno) {
			text = strings.Replace(text, errno.Error(), plainly(errno), 1)
		}
	}
	return text
}

// plainly says what the system refused.
func plainly(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "you do not have the permission"
	case errors.Is(err, fs.ErrExist):
		return "it exists already"
	case errors.Is(err, syscall.EROFS):
		return "the disk can only be read"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full"
	case errors.Is(err, syscall.ENOTDIR):
		return "a part of the path is no folder"
	case errors.Is(err, syscall.EISDIR):
		return "it is a folder"
	case errors.Is(err, syscall.ENAMETOOLONG):
		return "the name is too long"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	}
	return err.Error()
}

// hintsFor says what to do about errors that many commands can meet.
func hintsFor(err error) []string {
	var conflict *steps.ConflictError
	switch {
	case errors.As(err, &conflict):
		return []string{"look at both values and run the command again"}
	case errors.Is(err, steps.ErrBusy):
		return []string{"another mxodus is writing to this file; try again in a moment"}
	}
	return nil
}
