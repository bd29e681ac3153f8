package rfi

import (
	"fmt"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	question "mxodus/steps/rfi"
	"mxodus/ui/form"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// Update handles keys and what background work brought back.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	cmd := p.update(msg)
	p.arrange()
	return cmd
}

func (p *Page) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(msg)
	case savedMsg:
		return p.saved(msg)
	case undoneMsg:
		return p.undone(msg)
	case readMsg:
		return p.readDone(msg)
	case foundMsg:
		p.found()
	case historyMsg:
		if msg.shown == p.shown {
			p.history = msg.all
		}
	case keptMsg:
		return p.rulesKept(msg)
	case completedMsg:
		return p.completed(msg)
	case draftDueMsg:
		return p.draft.due(p.Position())
	case form.PastedMsg:
		if msg.Err != nil {
			return screen.Say(screen.Refused, "The clipboard cannot be read here. Use your terminal's own key for pasting.")
		}
		return p.edit(msg)
	}
	return nil
}

// key acts on the keys of the page and hands the others to the field. While an
// answer is being saved keys wait, so that fast typing goes into the question
// it was meant for.
func (p *Page) key(msg tea.KeyMsg) tea.Cmd {
	if p.busy {
		p.queue = append(p.queue, msg)
		return nil
	}
	if p.field == nil {
		if key.Matches(msg, keys.Back, keys.Next) {
			return back
		}
		return nil
	}
	if p.pastedRules(msg) {
		return p.keepRules(string(msg.Runes))
	}
	if keys.Pasted(msg) {
		return p.edit(msg)
	}
	if p.conflict { // the dialog is closed and theirs was kept
		return tea.Batch(p.Refresh(), p.key(msg))
	}
	switch {
	case key.Matches(msg, keys.Next, keys.Submit):
		return p.enter()
	case key.Matches(msg, skip):
		if p.q.Type == question.File && p.field.Dirty() && !p.field.Empty() {
			return p.complete()
		}
		return p.pass(toNext)
	case key.Matches(msg, keys.Previous):
		return p.pass(toPrevious)
	case key.Matches(msg, keys.Back):
		return p.leaveTo(toBack)
	case key.Matches(msg, keys.ReviewAlt):
		return p.leaveTo(toReview)
	case key.Matches(msg, keys.Accept):
		p.take()
		return p.edited()
	case key.Matches(msg, keys.UndoAlt):
		return p.undo()
	case p.field.Multiline() && key.Matches(msg, nextBad):
		p.nextUnread()
		return nil
	}
	return p.edit(msg)
}

// edit hands a key or a paste to the field.
func (p *Page) edit(msg tea.Msg) tea.Cmd {
	before, undecided := p.field.Value(), p.field.Undecided()
	cmd := p.field.Update(msg)
	if undecided && !p.field.Undecided() {
		p.notice = "" // what asked for a choice
	}
	if p.field.Value() == before {
		return cmd
	}
	p.notice, p.taken = "", ""
	if n := p.field.Removed(); n > 0 {
		p.notice = fmt.Sprintf("Left out of the paste: %s", widget.Count(n, "character")+" that cannot be seen")
	}
	return tea.Batch(cmd, p.edited())
}

// edited follows a change of the text.
func (p *Page) edited() tea.Cmd {
	p.warned = false
	p.read()
	return tea.Batch(p.readLong(), p.draft.changed())
}

// enter takes the offer or the row under the cursor, and goes on.
func (p *Page) enter() tea.Cmd {
	if p.lacking() {
		p.notice, p.queue = p.asking(), nil
		return nil
	}
	if p.takes() {
		p.take()
		p.read()
	}
	p.field.Take()
	if p.field.Picks() {
		p.read()
	}
	if p.warns() {
		return nil
	}
	return p.leaveTo(toNext)
}

// asking says what is lacking.
func (p *Page) asking() string {
	switch {
	case p.field.CapturesText():
		return "Required. Type an answer, then press Enter; tab goes on without"
	case p.env.Styles.Glyphs.Enter != "↵":
		return "Choose one with the arrows, then press Enter; tab goes on without"
	}
	return "Choose one with ↑ ↓, then press Enter; tab goes on without"
}

// toward is where to go once the answer is on disk.
type toward int

const (
	toNext toward = iota
	toPrevious
	toBack
	toReview
	stay
)

// leaveTo leaves the field: what was typed is saved first.
func (p *Page) leaveTo(where toward) tea.Cmd {
	p.sync()
	return p.leave(where)
}

// pass goes to another question with Tab or Shift+Tab: what was typed is saved,
// but a path loads no file.
func (p *Page) pass(where toward) tea.Cmd {
	p.sync()
	if p.q.Type == question.File && p.field.Dirty() {
		unloaded.Store(p.passed(), p.field.Value())
		return p.going(where)
	}
	return p.leave(where)
}

func (p *Page) leave(where toward) tea.Cmd {
	if p.field.Dirty() {
		return p.commit(where)
	}
	return p.going(where)
}

// going moves to another question or away.
func (p *Page) going(where toward) tea.Cmd {
	switch where {
	case toNext:
		if p.from != "" {
			return p.away(screen.BackMsg{})
		}
		if p.at+1 < len(p.all) {
			return p.to(p.at + 1)
		}
		return p.past()
	case toPrevious:
		if p.at > 0 {
			return p.to(p.at - 1)
		}
		return p.away(screen.BackMsg{})
	case toBack:
		return p.away(screen.BackMsg{})
	case toReview:
		at := p.place()
		at.Screen = screen.Review
		return p.away(screen.NavigateMsg{To: at})
	}
	return p.replay()
}

func (p *Page) to(i int) tea.Cmd {
	p.at = i
	p.show()
	return tea.Batch(p.opened(), p.replay())
}

// place is the question, without what is typed in it.
func (p *Page) place() steps.Position {
	return steps.Position{Screen: screen.RFI, Step: p.step, Field: p.q.ID}
}

// past leaves the last question: back from one that was asked by itself, for the review of the whole, or for the next
// stage of the step.
func (p *Page) past() tea.Cmd {
	if p.alone != "" {
		return p.away(screen.BackMsg{})
	}
	at := p.place()
	if p.whole() {
		at.Screen, at.Field = screen.Review, screen.Unfinished
		return p.away(screen.NavigateMsg{To: at})
	}
	at.Screen, at.Field, at.Stage = screen.Step, "", p.stageAfter()
	return p.away(screen.NavigateMsg{To: at})
}

// away leaves the page; keys typed meanwhile go to where it leads.
func (p *Page) away(msg tea.Msg) tea.Cmd {
	p.draft.stop()
	queue := p.queue
	p.queue = nil
	all := []tea.Cmd{func() tea.Msg { return msg }}
	for _, k := range queue {
		all = append(all, func() tea.Msg { return k })
	}
	if len(all) == 1 {
		return all[0]
	}
	return tea.Sequence(all...)
}

// replay plays the keys that were typed while an answer was saved.
func (p *Page) replay() tea.Cmd {
	queue := p.queue
	p.queue = nil
	var all []tea.Cmd
	for i, k := range queue {
		all = append(all, p.key(k))
		if p.busy { // the rest waits for the next answer
			p.queue = append(p.queue, queue[i+1:]...)
			break
		}
	}
	return tea.Batch(all...)
}

func back() tea.Msg { return screen.BackMsg{} }

func inform(text string) tea.Cmd {
	return screen.Say(screen.Note, text)
}

// problems lists what could not be read, then what is only odd.
func problems(u question.Understood) (unread, odd []question.Problem) {
	for _, one := range u.Problems {
		if one.Warning {
			odd = append(odd, one)
		} else {
			unread = append(unread, one)
		}
	}
	return unread, odd
}
