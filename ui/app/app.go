// Package app is the full-screen program: it owns the terminal, the stack of
// screens, the title and key lines, the status line and leaving. Screens do
// the rest, and reach each other through it alone.
package app

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/theme"
)

// Options of a run. Wizard is needed; all else has a default.
type Options struct {
	Wizard   *wizard.Wizard
	Open     string          // id of the move to open; "" opens the only one, or the list
	Position *steps.Position // where to open it; nil is where it was left
	Theme    theme.Options
	In       io.Reader // os.Stdin when nil
	Out      io.Writer // os.Stdout when nil
	Version  string
	Dir      string // where files are saved; "" is the working folder
	Getenv   func(string) string

	// Commands, when set, is given every command before it is run and returns
	// the one to run instead (nil for none). The driver of the tests uses it to
	// leave out timers and to know when the program is at rest.
	Commands func(tea.Cmd) tea.Cmd
	// After, when set, replaces the clock that wakes screens up.
	After func(d time.Duration, made func(time.Time) tea.Msg) tea.Cmd
}

// framesPerSecond bounds how long a key waits to be seen: half a frame, on
// average.
const framesPerSecond = 120

// quitWait is the longest that leaving waits for what is being saved.
const quitWait = 2 * time.Second

// Run shows the program until the person leaves or ctx ends. What was typed is
// saved either way.
func Run(ctx context.Context, o Options) error {
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	out := newSharedOutput(o.Out)
	m, err := New(ctx, o)
	if err != nil {
		return err
	}
	m.out = out
	if f, ok := o.Out.(term.File); ok {
		if w, h, err := term.GetSize(f.Fd()); err == nil {
			m.Update(tea.WindowSizeMsg{Width: w, Height: h})
		}
	}
	p := tea.NewProgram(m, tea.WithContext(ctx), tea.WithAltScreen(), tea.WithFPS(framesPerSecond),
		tea.WithInput(o.In), tea.WithOutput(out.writer()),
		// the caller's context ends on every signal; a second handler would
		// wait for the first
		tea.WithoutSignalHandler())
	_, err = p.Run()
	if left := m.Finish(); left != nil {
		return left
	}
	if errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, tea.ErrInterrupted) {
		if cause := context.Cause(ctx); cause != nil || errors.Is(err, tea.ErrInterrupted) {
			return nil // asked to end: everything is saved
		}
	}
	return err
}
