package rfi

import (
	"context"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/ui/screen"
)

// draftEvery is how often what is being typed is put on disk: a kill loses at
// most what was typed in that time.
const draftEvery = time.Second

// drafts keeps the text that is being typed beside the position, and never
// lets an older position overwrite a newer one.
type drafts struct {
	env     *screen.Env
	waiting bool // a timer runs

	mu     sync.Mutex
	newest int
}

// draftDueMsg says that the text should go to the disk now.
type draftDueMsg struct{ newest int }

// changed arranges for the text to be kept soon.
func (d *drafts) changed() tea.Cmd {
	if d.waiting || d.env.After == nil {
		return nil
	}
	d.waiting = true
	n := d.number()
	return d.env.After(draftEvery, func(time.Time) tea.Msg { return draftDueMsg{n} })
}

// due keeps the position after the timer, unless it was settled meanwhile.
func (d *drafts) due(at steps.Position) tea.Cmd {
	d.waiting = false
	if at.Draft == "" {
		return nil
	}
	return d.save(at)
}

func (d *drafts) number() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.newest
}

// save is the command that keeps a position.
func (d *drafts) save(at steps.Position) tea.Cmd {
	d.mu.Lock()
	d.newest++
	mine := d.newest
	d.mu.Unlock()
	s, ctx := d.env.Session, context.WithoutCancel(d.env.Ctx)
	return func() tea.Msg {
		d.mu.Lock()
		defer d.mu.Unlock()
		if mine != d.newest {
			return nil
		}
		if err := s.SetPosition(ctx, at); err != nil {
			return screen.ErrorMsg{Err: err}
		}
		return nil
	}
}

// stop makes everything on its way void: the page is being left, and where to
// is written by others.
func (d *drafts) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.newest++
}
