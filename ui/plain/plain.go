// Package plain is the wizard without a screen: prompts that are only ever
// appended, for screen readers, line terminals and logs. It walks the same
// plan over the same store as the full screen, and everything can be done in
// both; one may change between them at any time.
package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

// Options of a run.
type Options struct {
	Wizard *wizard.Wizard
	Open   string // id, name or domain of the move to open; "" asks
	In     io.Reader
	Out    io.Writer
	Now    func() time.Time // the wizard's clock when nil
	Dir    string           // where files are saved; "" is the working folder
	// Terminal is set when In is a terminal: lines are read as they come, so
	// that a paste at a prompt for one line is noticed.
	Terminal bool
	// Width tells how many columns Out has, so that lines end between words;
	// nil, or 0 from it, leaves them whole.
	Width func() int
	// After is how long waits are measured; time.After when nil.
	After func(time.Duration) <-chan time.Time
}

var (
	errBack  = errors.New("back")
	errHub   = errors.New("list of steps")
	errLeave = errors.New("leave")
)

// face is one run.
type face struct {
	ctx context.Context
	w   *wizard.Wizard
	s   *wizard.Session // the open move

	half bool // the move was left in the middle of an answer

	in  *lines
	out *printer
	o   Options
}

// Run walks through the wizard until the person leaves, the input ends or ctx
// does. Every answer is saved before the next prompt appears, so leaving in
// any way loses nothing but the line being typed. It returns nil when the
// person left or the input ended, else why it stopped.
func Run(ctx context.Context, o Options) error {
	if o.Wizard == nil || o.In == nil || o.Out == nil {
		return errors.New("plain mode needs a wizard, an input and an output")
	}
	if o.Now == nil {
		o.Now = o.Wizard.Clock
	}
	if o.After == nil {
		o.After = time.After
	}
	clock := o.Now
	f := &face{ctx: ctx, w: o.Wizard, in: newLines(o.In, o.Terminal || terminal(o.In)), out: &printer{w: o.Out, width: o.Width}, o: o}
	f.o.Now = func() time.Time { // in the zone of the open move
		if f.s == nil {
			return clock()
		}
		now := clock()
		return now.In(f.s.Snapshot().Answers.Zone(now.Location()))
	}
	f.say("mxodus, line by line. In every prompt: b goes back, h leads to the list of steps, ? helps, q saves and leaves. Enter takes what stands in square brackets.")
	if f.w.Demo {
		f.say("This is the demonstration: a made-up organisation on an internet of its own.")
	}
	err := f.start()
	switch {
	case f.out.err != nil:
		return f.out.err
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errLeave), errors.Is(err, errBack):
		if f.half {
			f.say("Everything is saved but this answer; it is kept as it was typed, and shown at the next start.")
		} else {
			f.say("Everything is saved.")
		}
		return f.out.err
	}
	return err
}

// start opens the move that was asked for, or the only one there is, and leads
// to the list of moves from there.
func (f *face) start() error {
	id, err := f.first()
	if err != nil {
		return err
	}
	if id != "" {
		if err := f.open(id, true); !errors.Is(err, errBack) {
			return err
		}
	}
	return f.moves()
}

func (f *face) first() (string, error) {
	if f.o.Open != "" {
		m, err := f.w.Resolve(f.ctx, f.o.Open)
		return m.ID, err
	}
	all, err := f.w.Repo.Moves(f.ctx)
	if err != nil || len(all) != 1 {
		return "", err
	}
	return all[0].ID, nil
}

// open works on a move until the person goes back from it. With resume it
// begins where the TPOC left off.
func (f *face) open(id string, resume bool) error {
	s, err := f.w.Open(f.ctx, id)
	if err != nil {
		return err
	}
	f.s = s
	defer func() {
		f.half = s.Snapshot().Position.Draft != ""
		f.s = nil
	}()
	if resume {
		if err := f.resume(s.Snapshot().Position); err != nil && !returned(err) {
			return err
		}
	}
	return f.hub()
}

// returned reports that a person went back, or straight to the list of steps.
func returned(err error) bool { return errors.Is(err, errBack) || errors.Is(err, errHub) }

// resume goes to the step or question of a position, as far as that is still
// there.
func (f *face) resume(at steps.Position) error {
	_, there := f.s.Plan().Step(at.Step)
	switch {
	case at.Screen == "step" && there:
		f.say("You were in a step; b leads to the list of steps.")
		return f.step(at.Step, at.Stage)
	case at.Screen == "rfi" && at.Field != "":
		f.say("You were at a question; h leads to the list of steps.")
		return f.questions(at.Step, at.Field, at.Draft)
	}
	return nil
}

// at remembers where the TPOC is. Not being able to is said, and stops nothing.
func (f *face) at(p steps.Position) {
	if err := f.s.SetPosition(f.ctx, p); err != nil && f.ctx.Err() == nil {
		f.fail(fmt.Errorf("where you are could not be saved: %w", err))
	}
}

// fail says what went wrong, in words.
func (f *face) fail(err error) { f.say("This did not work: %s.", trimStop(err.Error())) }

// run does something that is written to the store and says that it is saved.
func (f *face) run(act func(ctx context.Context) error) bool {
	if err := act(f.ctx); err != nil {
		f.failed(err)
		return false
	}
	f.saved()
	return true
}

// saved says so, and what the world behind did by itself meanwhile.
func (f *face) saved() {
	news := f.w.TakeNews()
	f.say("Saved %s.", f.o.Now().Format("15:04:05 MST"))
	if news != "" {
		f.say("%s", news)
	}
}

// failed says what went wrong; for a lost race both values.
func (f *face) failed(err error) {
	var lost *steps.ConflictError
	if errors.As(err, &lost) {
		f.say("%s changed this at the same time, so yours was not saved: %s. Theirs: %s. Yours: %s.",
			capital(orSomeone(lost.By)), strings.TrimRight(f.s.Called(lost.What), "?"), trimStop(lost.Theirs), trimStop(lost.Yours))
		if _, err := f.s.Reload(f.ctx); err != nil {
			f.fail(err)
		}
		return
	}
	f.fail(err)
}

// orSomeone is who made a change, as far as it is known.
func orSomeone(by string) string {
	if by == "" {
		return "someone else"
	}
	return by
}
