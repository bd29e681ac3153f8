// Package rfi is the page of one question: of the Request for Information, or
// of what a step needs to know.
package rfi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	question "mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/form"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
)

// Page asks one question at a time.
type Page struct {
	env  *screen.Env
	step string // step whose questions these are; "" for the whole RFI

	all   []question.Question // those that apply now
	alone string              // a question asked by itself, of no list of this page
	from  steps.Stage         // where the question was asked for and Enter leads back to; "" goes on to the next
	done  int                 // questions with an answer that can be used
	at    int
	facts steps.Facts
	// shown counts the questions shown; what a command brings back for an
	// earlier one is dropped.
	shown int

	q        question.Question
	field    *form.Field
	stored   steps.Answer // as it was when the field was made or last saved
	offer    wizard.Offer
	offered  bool
	taken    string // the text as it was when the offer was taken
	reading  reading
	history  []steps.Answer
	warned   bool   // unread entries were pointed out; the next Enter goes on
	look     string // the text whose warnings were shown; the next Enter keeps it
	lookAt   time.Time
	conflict bool // ours lost a race; the dialog decides
	notice   string
	restored bool // the text is a draft that was put back after a start

	busy  bool         // an answer is on its way to the disk
	queue []tea.KeyMsg // keys typed meanwhile
	draft *drafts

	width, height int
	layout        layout
}

var (
	_ screen.Screen       = (*Page)(nil)
	_ screen.TextCapturer = (*Page)(nil)
	_ screen.Refresher    = (*Page)(nil)
	_ screen.Leaver       = (*Page)(nil)
	_ screen.Goer         = (*Page)(nil)
	_ screen.Helper       = (*Page)(nil)
)

// New makes the page at a place: at.Step names the step whose questions are
// asked ("" for the whole RFI), at.Field the question; without one it is the
// first that still needs an answer. A draft is put back with its cursor.
func New(env *screen.Env, at steps.Position) screen.Screen {
	p := &Page{env: env, step: at.Step, from: at.Stage, width: 80, height: 20, draft: &drafts{env: env}}
	p.list()
	p.open(at)
	return p
}

// Init starts what runs in the background: the look at public records, the
// history of the answer, and the reading of a long text.
func (p *Page) Init() tea.Cmd {
	return tea.Batch(p.detect(), p.opened())
}

// Go shows another question of the same list, or the list of another step.
func (p *Page) Go(to steps.Position) tea.Cmd {
	p.step, p.from, p.alone = to.Step, to.Stage, ""
	p.list()
	p.open(to)
	return p.opened()
}

// list reads which questions apply now, and counts those that are answered.
func (p *Page) list() {
	p.choose()
	p.done = 0
	for _, q := range p.all {
		if a := p.facts.Answers[q.ID]; a.Value != "" && (a.Text == "" || q.Parse(a.Text, p.facts).OK()) {
			p.done++
		}
	}
}

// choose reads which questions apply now.
func (p *Page) choose() {
	p.facts = p.env.Session.Facts()
	p.all = p.all[:0:0]
	if q, ok := question.Find(p.alone); ok && q.Applies(p.facts) {
		p.all = append(p.all, q)
		return
	}
	if p.whole() {
		p.all = question.Applicable(p.facts)
		return
	}
	st, _ := p.env.Session.Plan().Step(p.step)
	for _, id := range st.Questions {
		if q, ok := question.Find(id); ok && q.Applies(p.facts) {
			p.all = append(p.all, q)
		}
	}
}

// whole reports the Request for Information itself, whether it was opened by
// its own name or as the step of that name.
func (p *Page) whole() bool { return p.step == "" || p.step == steps.ConnectRFI }

// open shows the question of a position.
func (p *Page) open(at steps.Position) {
	p.at = slices.IndexFunc(p.all, func(q question.Question) bool { return q.ID == at.Field })
	if p.at < 0 {
		if q, ok := question.Find(at.Field); ok && q.Applies(p.facts) { // asked for by name, from elsewhere
			p.alone, p.at = q.ID, 0
			p.list()
		} else {
			p.at = p.firstOpen()
		}
	}
	p.show()
	if p.field == nil || at.Field != p.q.ID {
		return
	}
	if at.Draft != "" {
		p.field.SetValue(at.Draft)
		p.field.Stored(p.stored.Text, p.stored.Value)
		if seen := int64(at.Scroll); seen < p.stored.Revision && p.field.Dirty() {
			p.stored.Revision = seen // someone answered meanwhile: saving will show both
		}
		if p.restored = p.field.Dirty(); p.restored {
			p.notice = draftNotice
		}
	}
	if at.Draft != "" || at.Cursor > 0 {
		p.field.SetCursor(at.Cursor)
	}
	p.read()
	p.arrange()
}

// draftNotice stands beside a text that was typed before the program was left.
const draftNotice = "Typed before you left. Enter saves it, ctrl+z takes it back"

// firstOpen is the first question that needs an answer, else the first one.
func (p *Page) firstOpen() int {
	for i, q := range p.all {
		a := p.facts.Answers[q.ID]
		if q.Needed(p.facts) && a.Value == "" {
			return i
		}
		if a.Text != "" && !q.Parse(a.Text, p.facts).OK() {
			return i
		}
	}
	return 0
}

// show makes the field of the present question anew, from what is stored.
func (p *Page) show() {
	p.shown++
	p.warned, p.conflict, p.busy, p.restored, p.notice, p.history, p.taken, p.look = false, false, false, false, "", nil, "", ""
	p.field, p.q = nil, question.Question{}
	if p.at < 0 || p.at >= len(p.all) {
		p.arrange()
		return
	}
	p.q = p.all[p.at]
	p.stored = p.facts.Answers[p.q.ID]
	p.offer, p.offered = p.env.Session.Offer(p.q)
	p.field = p.makeField()
	p.unload()
	p.read()
	p.arrange()
}

func (p *Page) makeField() *form.Field {
	o := form.Options{
		Type: p.q.Type, Optional: !p.q.Needed(p.facts), Text: p.stored.Text, Value: p.stored.Value,
		Styles: p.env.Styles, Width: max(p.width-4, 8), Height: 1,
	}
	if o.Text == "" {
		o.Text = o.Value
	}
	if p.q.Options != nil {
		o.Choices = p.q.Options(p.facts)
	}
	if p.offered {
		o.Hover, o.Placeholder = p.offer.Text, p.offer.Text
	}
	return form.New(o)
}

// opened starts the background work that belongs to one question.
func (p *Page) opened() tea.Cmd {
	return tea.Batch(p.readLong(), p.loadHistory())
}

// Refresh takes over what others changed. What is being typed stays; should
// its answer have been changed meanwhile, saving it will say so.
func (p *Page) Refresh() tea.Cmd {
	p.facts = p.env.Session.Facts()
	if p.field == nil {
		p.list()
		p.open(steps.Position{})
		return p.opened()
	}
	id := p.q.ID
	now := p.facts.Answers[id]
	if p.busy {
		return nil
	}
	if p.conflict || (!p.field.Dirty() && now.Revision != p.stored.Revision) {
		cursor := p.field.Cursor()
		p.list()
		p.find(id)
		p.show()
		if p.field != nil {
			p.field.SetCursor(cursor)
		}
		return p.opened()
	}
	p.list()
	p.find(id)
	if !p.q.Applies(p.facts) && !p.field.Dirty() {
		p.show()
		return p.opened()
	}
	p.offer, p.offered = p.env.Session.Offer(p.q)
	p.read()
	p.arrange()
	return p.readLong()
}

// find puts the place in the list on a question, or near where it was when it
// no longer applies.
func (p *Page) find(id string) {
	i := slices.IndexFunc(p.all, func(q question.Question) bool { return q.ID == id })
	if i < 0 {
		i = min(p.at, len(p.all)-1)
	}
	p.at = i
}

// SetSize sets the exact size of View.
func (p *Page) SetSize(width, height int) {
	p.width, p.height = width, height
	p.arrange()
}

// CapturesText reports that letters are being typed: a text, or the name of a
// row to be found.
func (p *Page) CapturesText() bool {
	return p.field != nil && (p.field.CapturesText() || p.field.Finds())
}

// Title is the step the questions belong to.
func (p *Page) Title() string {
	id := p.step
	if id == "" {
		id = steps.ConnectRFI
	}
	if st, ok := p.env.Session.Plan().Step(id); ok {
		return fmt.Sprintf("%d %s", st.Number, st.Title)
	}
	return "Request for Information"
}

// Aside is the section and how much is answered.
func (p *Page) Aside() string {
	count := fmt.Sprintf("%d of %d answered", p.done, len(p.all))
	if sec, ok := question.SectionOf(p.q); ok {
		return sec.Title + " " + p.env.Styles.Glyphs.Dot + " " + count
	}
	return count
}

// Position is the question, and what is typed in it and not yet saved. Scroll
// holds the revision of the answer that the draft is a change of.
func (p *Page) Position() steps.Position {
	at := steps.Position{Screen: screen.RFI, Step: p.step, Stage: p.from}
	if p.field == nil {
		return at
	}
	at.Field, at.Cursor = p.q.ID, p.field.Cursor()
	if p.field.Dirty() && question.SecretProblem(p.q.ID, p.field.Value()) == "" {
		at.Draft, at.Scroll = p.field.Value(), int(p.stored.Revision)
	}
	return at
}

// Keys lists what matters on this question.
func (p *Page) Keys() []key.Binding {
	if p.field == nil {
		return []key.Binding{keys.Back}
	}
	next := keys.Next
	switch {
	case p.takes():
		next = keys.As(keys.Next, "take it, next")
	case !p.field.CapturesText() && p.q.Type != question.MultiChoice: // there the space bar chooses
		next = keys.As(keys.Next, "choose, next")
	}
	if p.from != "" {
		next = keys.As(keys.Next, strings.Replace(next.Help().Desc, "next", "back to "+string(p.from), 1))
	}
	out := []key.Binding{next}
	if p.lacking() {
		out[0] = keys.As(skip, "go on without")
	}
	if p.field.Multiline() {
		out = append(out, newLine)
	}
	if p.q.Type == question.MultiChoice {
		out = append(out, keys.Toggle)
	}
	out = append(out, keys.Previous, keys.As(keys.ReviewAlt, "review"), keys.Back)
	if p.offered {
		out = append(out, keys.Accept)
	}
	if p.field.Dirty() {
		out = append(out, keys.As(keys.UndoAlt, "as it was"))
	} else if len(p.history) > 0 {
		out = append(out, keys.UndoAlt)
	}
	if p.reading.worst() > 0 && p.field.Multiline() {
		out = append(out, nextBad)
	}
	if p.lacking() {
		return out
	}
	if p.q.Type == question.File && p.field.Dirty() && !p.field.Empty() {
		out = append(out, keys.Complete)
		return append(out, keys.Submit)
	}
	return append(out, skip, keys.Submit)
}

// lacking reports a required question of which nothing is answered: Enter asks
// for it, and Tab goes on without.
func (p *Page) lacking() bool {
	if p.field.Undecided() {
		return true
	}
	return p.q.Needed(p.facts) && p.field.CapturesText() && p.field.Empty() && !p.field.Dirty() && !p.takes()
}

// Keys of this page alone.
var (
	newLine = key.NewBinding(key.WithKeys("alt+enter", "ctrl+j"), key.WithHelp("alt+↵", "new line"))
	skip    = key.NewBinding(key.WithKeys("tab"), key.WithHelp("tab", "go on, take nothing"))
	nextBad = key.NewBinding(key.WithKeys("ctrl+n"), key.WithHelp("ctrl+n", "next line not read"))
)

// HelpText is the help of the question, in full.
func (p *Page) HelpText() string {
	if p.field == nil {
		return ""
	}
	text := "## " + p.q.Label + "\n\n"
	for _, part := range []string{p.q.Why, p.q.HelpFor(p.facts)} {
		if part != "" {
			text += part + "\n\n"
		}
	}
	if example := p.q.ExampleFor(p.facts); example != "" {
		text += "Example: `" + example + "`\n\n"
	}
	if list := p.reading.u.Notes; len(list) > 0 && p.current() {
		text += "What was changed or left out of what was typed:\n\n"
		for _, one := range list {
			text += "- " + string(clean.Line(one)) + "\n"
		}
		text += "\n"
	}
	if list := p.reading.u.Problems; len(list) > 0 {
		text += "What was not read or looks odd:\n\n"
		for _, one := range list {
			text += "- " + string(clean.Line(one.String())) + "\n"
		}
		text += "\n"
	}
	if p.field.Finds() {
		text += "Type the beginning of a name, or a part of it, to go to its row.\n\n"
	}
	if p.q.Options != nil {
		for _, o := range p.q.Options(p.facts) {
			text += "- **" + o.Label + "**"
			if o.Help != "" {
				text += ": " + o.Help
			}
			text += "\n"
		}
	}
	return text
}

// background is a context for work that must end well even while the program
// is closing: what was typed goes to the disk.
func (p *Page) background() context.Context { return context.WithoutCancel(p.env.Ctx) }
