// Package screen is the contract between the app (routing, size, status line)
// and the screens under it, and the messages by which a screen asks the app
// for something. Screens import this package and never each other.
package screen

import (
	"context"
	"errors"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/theme"
)

// Screen is one screen. The app draws the title line above and the key line
// below; View must fit exactly in the size given by SetSize. Update and View
// do no IO: that is what commands are for.
type Screen interface {
	Init() tea.Cmd
	Update(tea.Msg) tea.Cmd
	View() string
	SetSize(width, height int)
	// Keys lists the bindings that matter now, most useful first; the footer
	// shows as many as fit and help shows all.
	Keys() []key.Binding
	// Title is the middle of the title line, Aside its right end.
	Title() string
	Aside() string
	// Position is where the TPOC is, so that the next start resumes here.
	Position() steps.Position
}

// TextCapturer is a screen that may own the letters: while CapturesText is
// true, only ctrl, alt and function keys are global.
type TextCapturer interface{ CapturesText() bool }

// Refresher is told when the move was changed, here or by another process.
type Refresher interface{ Refresh() tea.Cmd }

// Goer is a screen that can be shown again at another place of its own (stage,
// field, cursor) without being built anew.
type Goer interface {
	Go(to steps.Position) tea.Cmd
}

// Tabber draws one line of its own between the title line and the rule.
type Tabber interface{ Tabs() string }

// Helper has help beyond its keys: Markdown, shown under the help key.
type Helper interface{ HelpText() string }

// Maker builds a screen. Each screen package has one, called New.
type Maker func(env *Env, at steps.Position) Screen

// Leaver is asked before the screen is left: it returns a command that commits
// what is being typed, or nil.
type Leaver interface{ Leave() tea.Cmd }

// Env is what every screen may use. Session is nil on the home screen.
type Env struct {
	Ctx     context.Context // ends when the program quits
	Wizard  *wizard.Wizard
	Session *wizard.Session
	Styles  *theme.Styles
	// Clipboard writes text to the terminal's clipboard (OSC 52).
	Clipboard func(string) tea.Cmd
	// CopyPart is Clipboard for a part of what the same screen saves to a file.
	CopyPart func(string) tea.Cmd
	// SaveFile writes a new file in the working folder and reports where. A
	// file of that name is never written over: the new one gets a number.
	SaveFile func(name string, content []byte) tea.Cmd
	// Target is the path, in full, under which SaveFile would write a file now.
	Target func(name string) string
	// After sends what made returns once d has passed; the only way screens
	// wait for time, so that tests can move the clock.
	After func(d time.Duration, made func(time.Time) tea.Msg) tea.Cmd
	// Version of the program.
	Version string
}

// Now is the present time, in the zone in which it is shown: that of the open
// move.
func (e *Env) Now() time.Time {
	if e.Session != nil {
		return e.Session.Now()
	}
	return e.Wizard.Clock()
}

// Do is a command that works on the store or the file system: what act
// returns nil for is on disk, and then is the message that says what came of
// it; a conflict and every other error are shown in words.
func (e *Env) Do(act func(ctx context.Context) error, then tea.Msg) tea.Cmd {
	return func() tea.Msg {
		if err := act(e.Ctx); err != nil {
			return Failure(err)
		}
		return then
	}
}

// Failure turns an error into the message that shows it.
func Failure(err error) tea.Msg {
	var lost *steps.ConflictError
	if errors.As(err, &lost) {
		return ConflictMsg{Conflict: lost}
	}
	return ErrorMsg{Err: err}
}

// NavigateMsg asks the app to show another place. Move is set to open another
// move than the present one; an empty Screen there means "where it was left".
type NavigateMsg struct {
	Move string
	To   steps.Position
}

// BackMsg asks the app to go back to where this screen was opened from.
type BackMsg struct{}

// SavedMsg says that something is on disk; the status line shows the time.
type SavedMsg struct{ At time.Time }

// Kind is what a line of the status line tells: something to know, that
// something was done, or that it was refused.
type Kind int

// Kinds of lines.
const (
	Note Kind = iota
	Done
	Refused
)

// InfoMsg is one line for the status line; it goes with the next key.
type InfoMsg struct {
	Text string
	Kind Kind
}

// Say is a command that sends an InfoMsg.
func Say(kind Kind, text string) tea.Cmd {
	return func() tea.Msg { return InfoMsg{Text: text, Kind: kind} }
}

// ErrorMsg is a failure to show in words: what happened, what to do.
type ErrorMsg struct{ Err error }

// ConflictMsg shows both values of a lost race and asks which one to keep.
// Without Keep there is nothing to choose: theirs is shown and stays.
type ConflictMsg struct {
	Conflict *steps.ConflictError
	Keep     tea.Cmd // stores ours over theirs
}

// LeaveMsg asks the app to end.
type LeaveMsg struct{}

// Navigate is a command that sends a NavigateMsg.
func Navigate(to steps.Position) tea.Cmd {
	return func() tea.Msg { return NavigateMsg{To: to} }
}

// Unfinished, as the field of a position of the review, asks for the cursor on
// what is missing, or on what leads on when nothing is.
const Unfinished = "unfinished"

// ForReview and ForStep, as the stage of a question's position, say that the
// review or its step asked for this question alone: answered, it leads back
// there, and not on to the next one.
const (
	ForReview steps.Stage = "review"
	ForStep   steps.Stage = "step"
)

// Names of screens, as in steps.Position.Screen.
const (
	Home    = "home"
	NewMove = "new"
	Hub     = "hub"
	Step    = "step"
	RFI     = "rfi"
	Review  = "review"
	Journal = "journal"
	Export  = "export"
	Find    = "find"
	Help    = "help"
)
