package rfi

import (
	"strings"
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps/clean"
	question "mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
)

// refusal is why a file is not taken as the answer; the text stays in the field.
type refusal struct{ err error }

func (e *refusal) Error() string { return e.err.Error() }

// unloaded are the paths that were typed and passed over with Tab: they load
// no file, and stand in the field again for as long as the program runs.
var unloaded sync.Map

// passedKey is the question of a move in which a path was passed over.
type passedKey struct {
	session  *wizard.Session
	question string
}

func (p *Page) passed() passedKey { return passedKey{p.env.Session, p.q.ID} }

// unload puts a path that was passed over back into the field.
func (p *Page) unload() {
	if text, ok := unloaded.LoadAndDelete(p.passed()); ok {
		p.field.SetValue(text.(string))
		p.notice = "Typed, but not loaded. Enter loads it, ctrl+z takes it back"
	}
}

// inspect looks into the file that a question is answered with, before the path
// becomes the answer, and reads the path as people write it.
func (e *edit) inspect() error {
	if e.question.Type != question.File || strings.TrimSpace(e.text) == "" {
		return nil
	}
	if err := wizard.CheckRuleset(e.text); err != nil {
		return &refusal{err}
	}
	if at, err := wizard.FindFile(e.text); err == nil {
		e.text = at
	}
	return nil
}

// pastedRules reports a paste of several lines where a file is asked for: the
// rules themselves.
func (p *Page) pastedRules(k tea.KeyMsg) bool {
	return p.q.ID == wizard.QRuleset && keys.Pasted(k) && strings.ContainsAny(strings.TrimSpace(string(k.Runes)), "\r\n")
}

// keptMsg says what became of pasted rules.
type keptMsg struct {
	shown int
	name  string
	err   error
}

// keepRules keeps pasted rules with the move; they are the answer.
func (p *Page) keepRules(text string) tea.Cmd {
	p.busy = true
	shown, s, ctx, step := p.shown, p.env.Session, p.background(), p.step
	return func() tea.Msg {
		a, err := s.PasteRuleset(ctx, step, text)
		return keptMsg{shown, a.Name, err}
	}
}

func (p *Page) rulesKept(msg keptMsg) tea.Cmd {
	if msg.shown != p.shown {
		return nil
	}
	p.busy = false
	if msg.err != nil {
		p.queue = nil
		p.notice = "Not taken: " + string(clean.Line(msg.err.Error()))
		return nil
	}
	p.list()
	p.find(p.q.ID)
	p.show()
	return tea.Batch(p.opened(), show(screen.SavedMsg{At: p.stored.At}),
		screen.Say(screen.Done, msg.name+" is kept with the move; Enter goes on"), p.replay())
}

// completedMsg is a path as far as the names of its folder go on with it.
type completedMsg struct {
	shown int
	text  string
}

// complete goes on with the path being typed, as Tab does wherever files are
// asked for; where nothing goes on with it, Tab leads to the next question.
func (p *Page) complete() tea.Cmd {
	p.busy = true
	shown, text := p.shown, p.field.Value()
	return func() tea.Msg { return completedMsg{shown, wizard.CompletePath(text)} }
}

func (p *Page) completed(msg completedMsg) tea.Cmd {
	if msg.shown != p.shown {
		return nil
	}
	p.busy = false
	if msg.text == p.field.Value() {
		return p.pass(toNext)
	}
	p.field.SetValue(msg.text)
	p.notice = ""
	return tea.Batch(p.edited(), p.replay())
}
