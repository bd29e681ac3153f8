package step

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/screen"
)

// tickedMsg says what became of a tick; then may lead on.
type tickedMsg struct {
	task string
	err  error
	then tea.Cmd
}

// tick ticks a task and goes on. Keys wait until it is on disk, so that a
// second press acts on what the first one did.
func (s *Screen) tick(task string, done bool, then tea.Cmd) tea.Cmd {
	s.ticking = true
	return func() tea.Msg { return tickedMsg{task, s.env.Session.Tick(s.env.Ctx, s.id, task, done), then} }
}

// ticked takes over what is on disk. A task that is there to note something
// leads to the question while that is not answered.
func (s *Screen) ticked(msg tickedMsg) tea.Cmd {
	keys := s.waiting
	s.ticking, s.waiting = false, nil
	var open *wizard.RecordError
	switch {
	case errors.As(msg.err, &open):
		at := steps.Position{Screen: screen.RFI, Step: s.id, Stage: screen.ForStep, Field: open.Question.ID}
		s.records = msg.task
		return tea.Batch(screen.Navigate(at), screen.Say(screen.Refused, open.Error()))
	case msg.err != nil:
		s.load()
		return func() tea.Msg { return screen.Failure(msg.err) }
	}
	early := s.early(msg.task)
	s.load()
	all := []tea.Cmd{s.saved(), msg.then, early}
	for i, k := range keys {
		all = append(all, s.key(k))
		if s.ticking {
			s.waiting = append(s.waiting, keys[i+1:]...)
			break
		}
	}
	return tea.Batch(all...)
}

// early says that a task was ticked which comes after the checks, while they
// leave something open: the order is advised, and not kept silent about.
func (s *Screen) early(task string) tea.Cmd {
	for _, t := range s.page.Tasks {
		if t.ID == task && t.Held && !t.State.Done {
			return screen.Say(screen.Note, wizard.TickedEarly)
		}
	}
	return nil
}

// recorded ticks the task that a question was asked for, once that is answered.
func (s *Screen) recorded() tea.Cmd {
	task := s.records
	if s.records = ""; task == "" || s.env.Session.Lacks(s.id, task) {
		return nil
	}
	title := task
	for _, t := range s.page.Tasks {
		if t.ID == task {
			title = t.Title
		}
	}
	return s.tick(task, true, screen.Say(screen.Done, "noted, and ticked: "+title))
}
