// Package hub is the list of steps: where the move stands, whose turn it is and
// what Enter does next.
package hub

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/live"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// Screen is the list of steps.
type Screen struct {
	env   *screen.Env
	w, h  int
	hub   wizard.Hub
	list  widget.List
	drawn [][]string // the rows without the cursor, nil until they are drawn
	moved bool       // the cursor was moved by hand
	digit int        // first digit of a two-digit step number, 0 for none
	run   *live.Run
}

// New makes the screen with the cursor on the next useful step, or where it
// was left when that is a step of the plan.
func New(env *screen.Env, at steps.Position) screen.Screen {
	s := &Screen{env: env, run: live.New(env)}
	s.load()
	if at.Cursor > 0 && at.Cursor <= len(s.hub.Rows) {
		s.list.Cursor, s.moved = at.Cursor-1, true
	}
	return s
}

func (s *Screen) load() {
	s.hub, s.drawn = s.env.Session.Hub(), nil
	s.list.SetLen(len(s.hub.Rows))
	if s.moved {
		return
	}
	if i := s.held(); i >= 0 && s.hub.Next.Step == "" {
		s.list.Cursor = i
	}
	for i, r := range s.hub.Rows {
		if r.ID == s.hub.Next.Step {
			s.list.Cursor = i
		}
	}
}

// held is the row of the first step that is held up by something other than
// the steps before it: an answer of its own, most often. -1 when there is none.
func (s *Screen) held() int {
	return slices.IndexFunc(s.hub.Rows, func(r wizard.HubRow) bool {
		return r.Held && !strings.HasPrefix(r.Detail, "after ")
	})
}

// Init has nothing to do: what is shown is in memory.
func (s *Screen) Init() tea.Cmd { return nil }

// Refresh computes the list anew.
func (s *Screen) Refresh() tea.Cmd {
	next, here := s.hub.Next.Step, s.pointedRow()
	s.load()
	if s.hub.Next.Step != next || s.pointedRow().ID == here.ID && s.pointedRow().Status.Closed() && !here.Status.Closed() {
		// something was finished: the eye goes to what follows
		s.moved = false
		s.load()
	}
	return nil
}

// pointedRow is the row under the cursor.
func (s *Screen) pointedRow() wizard.HubRow {
	if s.list.Cursor >= len(s.hub.Rows) {
		return wizard.HubRow{}
	}
	return s.hub.Rows[s.list.Cursor]
}

// Update takes keys and the progress of checks.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case live.Msg:
		cmd := s.run.Update(msg)
		if !s.run.Running() {
			s.load()
		}
		return cmd
	case tea.KeyMsg:
		return s.key(msg)
	}
	return nil
}

func (s *Screen) key(k tea.KeyMsg) tea.Cmd {
	if n, ok := keys.Digit(k); ok {
		s.jump(n)
		return nil
	}
	s.digit = 0
	switch {
	case s.list.Key(k, false):
		s.moved = true
	case key.Matches(k, keys.Open):
		return s.open()
	case key.Matches(k, keys.Run) && !s.run.Running():
		return s.checkAll()
	case key.Matches(k, keys.Cancel) && s.run.Running():
		s.run.Cancel()
	case key.Matches(k, keys.Back):
		return func() tea.Msg { return screen.BackMsg{} }
	}
	return nil
}

// jump moves the cursor to the step of a number; with ten steps and more, a 1
// and then a 0 is step 10.
func (s *Screen) jump(n int) {
	if two := s.digit*10 + n; s.digit > 0 && two <= len(s.hub.Rows) {
		n = two
	}
	s.digit = n
	if n >= 1 && n <= len(s.hub.Rows) {
		s.list.Cursor, s.moved = n-1, true
	}
}

// open goes to the step under the cursor, at the stage that needs the TPOC.
func (s *Screen) open() tea.Cmd {
	if len(s.hub.Rows) == 0 {
		return screen.Navigate(steps.Position{Screen: screen.RFI})
	}
	row := s.hub.Rows[s.list.Cursor]
	to := steps.Position{Screen: screen.Step, Step: row.ID}
	if row.ID == s.hub.Next.Step {
		to.Stage = s.hub.Next.Stage
	} else if page, err := s.env.Session.Step(row.ID); err == nil {
		to.Stage = page.FirstStage()
	}
	return screen.Navigate(to)
}

// checkAll runs the checks of every step that was begun, done ones among
// them: what was right on Tuesday may be wrong today.
func (s *Screen) checkAll() tea.Cmd {
	var jobs []live.Job
	for _, st := range s.env.Session.ToCheck() {
		jobs = append(jobs, live.Job{Step: st.ID, Checks: st.Checks})
	}
	if len(jobs) == 0 {
		return screen.Say(screen.Refused, "no step with checks was begun yet; open one and press r there")
	}
	return s.run.Start(jobs)
}

// SetSize takes the room.
func (s *Screen) SetSize(w, h int) { s.w, s.h, s.drawn = w, h, nil }

// Keys on offer.
func (s *Screen) Keys() []key.Binding {
	enter := keys.Open
	if len(s.hub.Rows) > 0 && s.hub.Rows[s.list.Cursor].ID == s.hub.Next.Step {
		enter = keys.Go
	}
	act := keys.As(keys.Run, "check all")
	if s.run.Running() {
		act = keys.As(keys.Cancel, "stop checking")
	}
	return []key.Binding{
		keys.As(keys.UpDown, "step"), enter, act, keys.Review, keys.Export, keys.Find, keys.As(keys.Back, "moves"), keys.Journal,
	}
}

// Title is empty: the list of steps is the move itself.
func (s *Screen) Title() string { return "" }

// Aside says what kind of move this is.
func (s *Screen) Aside() string { return s.hub.Subtitle }

// Position remembers the cursor once it was moved by hand.
func (s *Screen) Position() steps.Position {
	p := steps.Position{Screen: screen.Hub}
	if s.moved {
		p.Cursor = s.list.Cursor + 1
	}
	return p
}
