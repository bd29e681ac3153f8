// Package live runs checks beside the screen: progress streams in, the run can
// be stopped, and what comes late from a run that was replaced is dropped.
package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/ui/screen"
)

// Job is checks of one step; all of the step's when Checks is empty.
type Job struct {
	Step   string
	Checks []string
}

// Key names one check of one step.
type Key struct{ Step, Check string }

// State is how far one check of the present run is.
type State struct {
	Progress check.Progress // the newest; its Tables are kept when a later one has none
	Result   *check.Result
}

// Run is the runs of a screen, one at a time. It is used from Update and View
// only; what happens meanwhile waits in a mailbox.
type Run struct {
	env     *screen.Env
	n       int // raised on each start
	running bool
	cancel  context.CancelFunc
	started time.Time
	total   int
	states  map[Key]State
	box     *mailbox
	stopped bool
	last    Key // the check that told something most recently
}

// New makes a Run that is at rest.
func New(env *screen.Env) *Run { return &Run{env: env} }

// Msg is news of a run; a screen passes it to Update.
type Msg struct {
	run  int
	news []news
	over bool
	err  error
	tick bool
}

type news struct {
	key   Key
	event check.Event
}

// mailbox collects events until the screen takes them. Writers never wait, so
// a slow terminal does not slow a check down.
type mailbox struct {
	mu    sync.Mutex
	mail  []news
	over  bool
	err   error
	ready chan struct{} // holds one token while there is something to take
}

func (b *mailbox) put(n news) {
	b.mu.Lock()
	if p := n.event.Progress; p != nil { // the newest progress of a check replaces the one before
		for i := range b.mail {
			if old := b.mail[i].event.Progress; old != nil && b.mail[i].key == n.key {
				if p.Tables == nil {
					p.Tables = old.Tables
				}
				b.mail[i] = n
				b.mu.Unlock()
				return
			}
		}
	}
	b.mail = append(b.mail, n)
	b.mu.Unlock()
	b.wake()
}

func (b *mailbox) close(err error) {
	b.mu.Lock()
	b.over, b.err = true, err
	b.mu.Unlock()
	b.wake()
}

func (b *mailbox) wake() {
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

func (b *mailbox) take() (mail []news, over bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	mail, b.mail = b.mail, nil
	return mail, b.over, b.err
}

// Start runs jobs one after another, stopping what ran before.
func (r *Run) Start(jobs []Job) tea.Cmd {
	r.Cancel()
	r.n++
	r.running, r.stopped = true, false
	r.started = r.env.Now()
	r.states = map[Key]State{}
	r.total = 0
	for _, j := range jobs {
		if len(j.Checks) == 0 {
			if def, ok := r.env.Session.Plan().Step(j.Step); ok {
				j.Checks = def.Checks
			}
		}
		for _, c := range j.Checks {
			r.states[Key{j.Step, c}] = State{}
			r.total++
		}
	}
	ctx, cancel := context.WithCancel(r.env.Ctx)
	r.cancel = cancel
	r.box = &mailbox{ready: make(chan struct{}, 1)}
	return tea.Batch(r.perform(ctx, r.box, jobs), r.listen(), r.tick())
}

// perform is the command that does the work.
func (r *Run) perform(ctx context.Context, box *mailbox, jobs []Job) tea.Cmd {
	s := r.env.Session
	return func() (msg tea.Msg) {
		defer func() {
			if p := recover(); p != nil {
				box.close(fmt.Errorf("the checks stopped with an internal error (%v); run them again", p))
			}
		}()
		var failed error
		for _, j := range jobs {
			if ctx.Err() != nil {
				break
			}
			_, err := s.Check(ctx, j.Step, j.Checks, func(e check.Event) { box.put(news{keyOf(j.Step, e), e}) })
			if err != nil && !errors.Is(err, context.Canceled) {
				failed = errors.Join(failed, err)
			}
		}
		box.close(failed)
		return nil
	}
}

func keyOf(step string, e check.Event) Key {
	if e.Result != nil {
		return Key{step, e.Result.Check}
	}
	return Key{step, e.Progress.Check}
}

// listen waits for news.
func (r *Run) listen() tea.Cmd {
	box, n, ctx := r.box, r.n, r.env.Ctx
	return func() tea.Msg {
		select {
		case <-box.ready:
		case <-ctx.Done():
			return nil
		}
		mail, over, err := box.take()
		return Msg{run: n, news: mail, over: over, err: err}
	}
}

// tick keeps the elapsed time going.
func (r *Run) tick() tea.Cmd {
	n := r.n
	return r.env.After(250*time.Millisecond, func(time.Time) tea.Msg { return Msg{run: n, tick: true} })
}

// Update takes news in and asks for more. When the run is over it says so with
// a SavedMsg, or what went wrong.
func (r *Run) Update(msg Msg) tea.Cmd {
	if msg.run != r.n || !r.running {
		return nil
	}
	if msg.tick {
		return r.tick()
	}
	for _, n := range msg.news {
		s := r.states[n.key]
		if p := n.event.Progress; p != nil {
			if p.Tables == nil {
				p.Tables = s.Progress.Tables
			}
			s.Progress = *p
			r.last = n.key
		}
		if n.event.Result != nil {
			s.Result = n.event.Result
		}
		r.states[n.key] = s
	}
	if !msg.over {
		return r.listen()
	}
	r.running = false
	r.cancel()
	at := r.env.Now()
	return func() tea.Msg {
		if msg.err != nil {
			return screen.Failure(msg.err)
		}
		return screen.SavedMsg{At: at}
	}
}

// Cancel asks the run to stop; what is done already is kept.
func (r *Run) Cancel() {
	if r.running {
		r.stopped = true
		r.cancel()
	}
}

// Running reports that a run goes on.
func (r *Run) Running() bool { return r.running }

// Of returns how far a check of the present run is; false when it is not part
// of it.
func (r *Run) Of(step, id string) (State, bool) {
	s, ok := r.states[Key{step, id}]
	return s, ok && r.running
}

// Done counts the checks of the run that have a result, and all.
func (r *Run) Done() (done, total int) {
	for _, s := range r.states {
		if s.Result != nil {
			done++
		}
	}
	return done, r.total
}

// Elapsed is how long the run has been going on.
func (r *Run) Elapsed() time.Duration { return r.env.Now().Sub(r.started) }

// Line says how far the run is and how long it has taken.
func (r *Run) Line() string {
	done, total := r.Done()
	line := fmt.Sprintf("%d of %d checks, %d s", done, total, int(r.Elapsed().Seconds()))
	if r.stopped {
		line += ", stopping"
	}
	return line
}

// Now says what the check that told something last is doing, "" when that one
// is done.
func (r *Run) Now() string {
	s, ok := r.states[r.last]
	if !ok || s.Result != nil || r.stopped {
		return ""
	}
	return r.last.Check + " " + Says(s.Progress)
}

// Says is one check's progress in words.
func Says(p check.Progress) string {
	text := ""
	if p.Total > 0 {
		text = fmt.Sprintf("%d of %d", p.Done, p.Total)
	} else if p.Done > 0 {
		text = fmt.Sprintf("%d so far", p.Done)
	}
	if p.Waiting != "" {
		if text != "" {
			text += ", "
		}
		text += "waiting for " + string(clean.Line(string(p.Waiting)))
	}
	if text == "" {
		text = "asking"
	}
	return text
}

// Tables are those of the first check of a step, in the order given, that is
// still running and has some, so that they do not jump about.
func (r *Run) Tables(step string, order []string) []check.Table {
	if !r.running {
		return nil
	}
	for _, id := range order {
		if s := r.states[Key{step, id}]; s.Result == nil && len(s.Progress.Tables) > 0 {
			return s.Progress.Tables
		}
	}
	return nil
}
