package app

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/screen"
	"mxodus/ui/screen/export"
	"mxodus/ui/screen/find"
	"mxodus/ui/screen/help"
	"mxodus/ui/screen/home"
	"mxodus/ui/screen/hub"
	"mxodus/ui/screen/journal"
	"mxodus/ui/screen/newmove"
	"mxodus/ui/screen/review"
	"mxodus/ui/screen/rfi"
	"mxodus/ui/screen/step"
)

// makers builds the screens by name.
var makers = map[string]screen.Maker{
	screen.Home:    home.New,
	screen.NewMove: newmove.New,
	screen.Hub:     hub.New,
	screen.Step:    step.New,
	screen.Journal: journal.New,
	screen.Export:  export.New,
	screen.Find:    find.New,
	screen.RFI:     rfi.New,
	screen.Review:  review.New,
}

// withoutMove are the screens that need no open move.
func withoutMove(name string) bool { return name == screen.Home || name == screen.NewMove }

// passing are the screens one goes through and does not come back to.
func passing(name string) bool {
	return name == screen.Find || name == screen.Help || name == screen.NewMove
}

// placeName is what a screen shows, so that it is found again on the stack: a
// step is a place of its own, the questions are one place.
func placeName(p steps.Position) string {
	if p.Screen == screen.Step {
		return p.Screen + " " + p.Step
	}
	return p.Screen
}

// start opens the first screen: the move asked for, the only move, or the list.
func (m *Model) start() tea.Cmd {
	m.stack = []*place{m.build(steps.Position{Screen: screen.Home})}
	id := m.opt.Open
	var to steps.Position
	if m.opt.Position != nil {
		to = *m.opt.Position
	}
	if id == "" {
		moves, err := m.opt.Wizard.Repo.Moves(m.ctx)
		if err != nil {
			m.fail(err)
		}
		if len(moves) != 1 || withoutMove(to.Screen) && to.Screen != "" {
			if to.Screen == screen.NewMove {
				return m.navigate(to)
			}
			return m.begin(m.top())
		}
		id = moves[0].ID
	}
	s, err := m.opt.Wizard.Open(m.ctx, id)
	if err != nil {
		m.fail(err)
		return m.begin(m.top())
	}
	return m.opened(openedMsg{session: s, to: to})
}

// openedMsg is a move that was read.
type openedMsg struct {
	session *wizard.Session
	to      steps.Position
	err     error
}

// open reads a move.
func (m *Model) open(id string, to steps.Position) tea.Cmd {
	w, ctx := m.opt.Wizard, m.ctx
	return m.own(appID, func() tea.Msg {
		s, err := w.Open(ctx, id)
		return openedMsg{s, to, err}
	})
}

// opened shows a move: under the place asked for lie the ones it is reached
// through, so that esc leads up.
func (m *Model) opened(msg openedMsg) tea.Cmd {
	if msg.err != nil {
		m.fail(msg.err)
		return nil
	}
	if m.env != nil && m.env.Session.ID() == msg.session.ID() && msg.to.Screen == "" {
		return nil // it was read twice, and is in use
	}
	m.env = m.newEnv(msg.session)
	m.saved = msg.session.Snapshot().Move.Changed
	m.keeper = keeper{last: msg.session.Snapshot().Position}
	m.stack = m.stack[:1]
	to := msg.to
	if to.Screen == "" {
		to = msg.session.Snapshot().Position
	}
	to = m.reachable(to)
	m.stack = append(m.stack, m.build(steps.Position{Screen: screen.Hub}))
	if to.Step != "" && to.Screen != screen.Step && to.Screen != screen.Hub {
		m.stack = append(m.stack, m.build(steps.Position{Screen: screen.Step, Step: to.Step}))
	}
	if to.Screen == screen.RFI && to.Stage == screen.ForReview {
		m.stack = append(m.stack, m.build(steps.Position{Screen: screen.Review, Step: to.Step}))
	}
	if to.Screen != screen.Hub {
		m.stack = append(m.stack, m.build(to))
	}
	return m.begin(m.top())
}

// reachable replaces a place that is not there (any more) by the nearest one.
func (m *Model) reachable(to steps.Position) steps.Position {
	if _, ok := makers[to.Screen]; !ok || withoutMove(to.Screen) || passing(to.Screen) {
		return steps.Position{Screen: screen.Hub}
	}
	if to.Step != "" {
		if _, ok := m.env.Session.Plan().Step(to.Step); !ok {
			to.Step = ""
			if to.Screen == screen.Step {
				return steps.Position{Screen: screen.Hub}
			}
		}
	}
	return to
}

// build makes a screen without starting it.
func (m *Model) build(to steps.Position) *place {
	env := m.env
	if withoutMove(to.Screen) {
		env = m.home
	}
	m.lastID++
	return &place{id: m.lastID, at: placeName(to), s: makers[to.Screen](env, to)}
}

// begin starts a screen that has come to be seen for the first time.
func (m *Model) begin(p *place) tea.Cmd {
	m.size(p)
	return m.own(p.id, p.s.Init())
}

// navigate shows a place of the open move, or one of those that need none.
func (m *Model) navigate(to steps.Position) tea.Cmd {
	if _, ok := makers[to.Screen]; !ok {
		m.fail(fmt.Errorf("there is no place called %q", to.Screen))
		return nil
	}
	if m.env == nil && !withoutMove(to.Screen) {
		return nil
	}
	old := m.top()
	left := m.leaveScreen(old)
	if passing(old.s.Position().Screen) {
		m.stack = m.stack[:len(m.stack)-1]
	}
	switch to.Screen {
	case screen.Home:
		m.env, m.keeper = nil, keeper{}
		m.stack = []*place{m.build(to)}
		return tea.Batch(left, m.begin(m.top()))
	case screen.Hub:
		m.stack = slices.Clip(m.stack[:min(2, len(m.stack))])
		if len(m.stack) == 2 {
			return tea.Batch(left, m.show(m.stack[1], to))
		}
	}
	name := placeName(to)
	if i := slices.IndexFunc(m.stack, func(p *place) bool { return p.at == name }); i >= 0 {
		p := m.stack[i]
		m.stack = append(slices.Delete(slices.Clone(m.stack), i, i+1), p)
		return tea.Batch(left, m.show(p, to))
	}
	p := m.build(to)
	m.stack = append(m.stack, p)
	return tea.Batch(left, m.begin(p))
}

// show brings a screen that was there before into sight again. Where it is to
// show another part of itself and cannot, it is built anew.
func (m *Model) show(p *place, to steps.Position) tea.Cmd {
	elsewhere := to.Stage != "" || to.Field != "" || to.Step != "" && to.Screen != screen.Step
	g, ok := p.s.(screen.Goer)
	if elsewhere && !ok {
		fresh := m.build(to)
		*p = *fresh
		return m.begin(p)
	}
	m.size(p)
	cmds := []tea.Cmd{m.refreshPlace(p)}
	if elsewhere {
		cmds = append(cmds, m.own(p.id, g.Go(to)))
	}
	return tea.Batch(cmds...)
}

// back shows the screen from which this one was opened; from the list of
// steps, the list of moves; from there nothing.
func (m *Model) back() tea.Cmd {
	if len(m.stack) < 2 {
		return nil
	}
	left := m.leaveScreen(m.top())
	if m.top().at == screen.Hub {
		m.env, m.keeper = nil, keeper{}
		m.stack = []*place{m.build(steps.Position{Screen: screen.Home})}
		return tea.Batch(left, m.begin(m.top()))
	}
	m.stack = m.stack[:len(m.stack)-1]
	p := m.top()
	if p.size == [2]int{} { // it lay under the first screen and was never seen; it was made before what was done there
		return tea.Batch(left, m.begin(p), m.refreshPlace(p))
	}
	m.size(p)
	return tea.Batch(left, m.refreshPlace(p))
}

// help opens the page of keys for the screen that is seen.
func (m *Model) help() tea.Cmd {
	p := m.top()
	if p.at == screen.Help {
		return m.back()
	}
	content := help.Content{Of: p.s.Title(), Keys: p.s.Keys()}
	if h, ok := p.s.(screen.Helper); ok {
		content.Text = h.HelpText()
	}
	env := m.env
	if env == nil {
		env = m.home
	}
	m.lastID++
	page := &place{id: m.lastID, at: screen.Help, s: help.New(env, content)}
	m.stack = append(m.stack, page)
	return m.begin(page)
}

// leaveScreen lets a screen commit what is being typed.
func (m *Model) leaveScreen(p *place) tea.Cmd {
	if l, ok := p.s.(screen.Leaver); ok {
		return m.own(p.id, l.Leave())
	}
	return nil
}
