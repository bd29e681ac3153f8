package app

import (
	"context"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/screen"
)

// keeper stores where the person is, one write at a time, the newest place
// last: at once when the place itself changes, with the next tick when only
// scroll or cursor moved.
type keeper struct {
	last steps.Position // as stored, or on its way
	busy bool
}

type keptMsg struct {
	session *wizard.Session
	err     error
}

// position is the place to come back to: pages one only passes through, like
// help, do not count.
func (m *Model) position() (steps.Position, bool) {
	if m.env == nil {
		return steps.Position{}, false
	}
	for i := len(m.stack) - 1; i > 0; i-- {
		p := m.stack[i].s.Position()
		if p.Screen != "" && !passing(p.Screen) && !withoutMove(p.Screen) {
			return p, true
		}
	}
	return steps.Position{}, false
}

// keep stores the place when it has changed.
func (m *Model) keep(all bool) tea.Cmd {
	p, ok := m.position()
	if !ok || m.keeper.busy || p == m.keeper.last {
		return nil
	}
	small := p
	small.Scroll, small.Cursor, small.Draft = m.keeper.last.Scroll, m.keeper.last.Cursor, m.keeper.last.Draft
	if !all && small == m.keeper.last {
		return nil
	}
	m.keeper.last, m.keeper.busy = p, true
	s, ctx := m.env.Session, m.ctx
	return m.own(appID, func() tea.Msg { return keptMsg{s, s.SetPosition(ctx, p)} })
}

func (m *Model) kept(msg keptMsg) tea.Cmd {
	if m.env == nil || msg.session != m.env.Session {
		return nil // of a move that was left meanwhile
	}
	m.keeper.busy = false
	if msg.err != nil {
		m.fail(fmt.Errorf("where you are could not be saved: %w", msg.err))
	}
	return nil
}

// watchEvery is how often other people's changes are looked for.
const watchEvery = 2 * time.Second

// watch notices what other processes change.
type watch struct {
	busy    bool
	minute  int64 // ages and countdowns are drawn anew each minute
	version int64 // of the store, on the list of moves
}

type tickMsg struct{}

type lookedMsg struct {
	session *wizard.Session
	changed bool
	version int64
	err     error
}

func (m *Model) tick() tea.Cmd {
	return m.own(appID, m.after(watchEvery, func(time.Time) tea.Msg { return tickMsg{} }))
}

// ticked looks for changes, in the background.
func (m *Model) ticked() tea.Cmd {
	cmds := []tea.Cmd{m.tick(), m.keep(true)}
	if minute := m.opt.Wizard.Clock().Unix() / 60; minute != m.watch.minute {
		m.watch.minute = minute
		m.age()
		cmds = append(cmds, m.refresh())
	}
	if m.watch.busy {
		return tea.Batch(cmds...)
	}
	m.watch.busy = true
	ctx, repo := m.ctx, m.opt.Wizard.Repo
	look := func() tea.Msg {
		v, err := repo.Version(ctx)
		return lookedMsg{version: v, err: err}
	}
	if m.env != nil {
		s := m.env.Session
		look = func() tea.Msg {
			changed, err := s.Reload(ctx)
			return lookedMsg{session: s, changed: changed, err: err}
		}
	}
	return tea.Batch(append(cmds, m.own(appID, look))...)
}

// looked draws anew what another process has changed.
func (m *Model) looked(msg lookedMsg) tea.Cmd {
	m.watch.busy = false
	if msg.err != nil {
		m.fail(msg.err)
		return nil
	}
	changed := msg.changed && m.env != nil && msg.session == m.env.Session
	if m.env == nil && msg.session == nil {
		changed = m.watch.version != 0 && msg.version != m.watch.version
		m.watch.version = msg.version
	}
	if !changed {
		return nil
	}
	m.age()
	return m.refresh()
}

// age marks every screen as older than the move.
func (m *Model) age() {
	for _, p := range m.stack {
		p.stale = true
	}
}

// refresh brings the screen that is seen up to date; the others follow when
// they are shown.
func (m *Model) refresh() tea.Cmd { return m.refreshPlace(m.top()) }

func (m *Model) refreshPlace(p *place) tea.Cmd {
	if !p.stale {
		return nil
	}
	p.stale = false
	if r, ok := p.s.(screen.Refresher); ok {
		return m.own(p.id, r.Refresh())
	}
	return nil
}

// leave ends the program. What is being typed stays a draft: it is kept with
// the place, and is no answer before its field is left.
func (m *Model) leave() tea.Cmd {
	m.leaving = true
	return tea.Quit
}

// Finish saves where the program was left, with what is being typed there as a
// draft, and stops everything that runs. It waits at most quitWait and may be called once the loop has ended, however
// it ended.
func (m *Model) Finish() error {
	deadline := time.Now().Add(quitWait)
	done := make(chan error, 1)
	pos, at := m.position()
	saving := context.WithoutCancel(m.ctx)
	go func() {
		if at {
			done <- m.env.Session.SetPosition(saving, pos)
			return
		}
		done <- nil
	}()
	var err error
	select {
	case err = <-done:
	case <-time.After(time.Until(deadline)):
		err = fmt.Errorf("where you were could not be saved within %s", quitWait)
	}
	m.cancel()
	settle(&m.flight, deadline)
	if err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	return nil
}
