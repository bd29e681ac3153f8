// Package review shows all answers at once: what is missing or could not be
// read first, then every question with what was understood.
package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// row is one entry of the page that the cursor can stand on.
type row struct {
	status  rfi.Status
	heading string          // shown above the row
	problem string          // in the summary at the top: why it is there
	to      *steps.Position // where the row leads on to, when nothing is wrong
	does    string          // what it leads to
	step    string          // step whose list the question belongs to; "" for the RFI
}

// wrong reports a row of the summary whose answer cannot be used as it stands;
// the others are merely not answered yet.
func (r row) wrong() bool { return r.problem != "" && r.status.Answer.Text != "" }

// Page is the review of the Request for Information and, opened from a step,
// of what that step asks.
type Page struct {
	env  *screen.Env
	step string

	rows     []row
	total    int
	answered int
	required int // required ones without an answer
	unread   int // answers that could not be read in full
	problems int // rows of the summary at the top
	list     widget.List
	busy     bool

	width, height int
}

var (
	_ screen.Screen    = (*Page)(nil)
	_ screen.Refresher = (*Page)(nil)
	_ screen.Goer      = (*Page)(nil)
)

// New makes the page, with the cursor on at.Field, or where it was left.
func New(env *screen.Env, at steps.Position) screen.Screen {
	p := &Page{env: env, step: at.Step, width: 80, height: 20}
	p.read()
	p.place(at)
	return p
}

// Init has nothing to do.
func (p *Page) Init() tea.Cmd { return nil }

// Go shows another question's row.
func (p *Page) Go(to steps.Position) tea.Cmd {
	p.step = to.Step
	p.read()
	p.place(to)
	return nil
}

// Refresh reads the answers again; the cursor stays on its question.
func (p *Page) Refresh() tea.Cmd {
	at, summary := p.Position(), p.inSummary()
	p.read()
	p.place(at)
	if summary && !p.inSummary() { // that problem is solved; the next one stands in its place
		p.list.Cursor = 0
		p.list.Move(min(at.Cursor, max(0, p.problems-1)))
	}
	return nil
}

// inSummary reports the cursor on an entry of the summary at the top.
func (p *Page) inSummary() bool {
	return p.list.Cursor < len(p.rows) && p.rows[p.list.Cursor].problem != ""
}

// place puts the cursor on a question, preferring its entry in the summary of
// problems.
func (p *Page) place(at steps.Position) {
	p.list.Cursor = 0
	p.list.SetLen(len(p.rows))
	if at.Field == screen.Unfinished {
		return // the first row: what is missing, or what leads on
	}
	if i := slices.IndexFunc(p.rows, func(r row) bool { return r.status.Question.ID == at.Field && at.Field != "" }); i >= 0 {
		p.list.Move(i)
		return
	}
	p.list.Move(at.Cursor)
}

// read lists the questions that apply, problems first.
func (p *Page) read() {
	s := p.env.Session
	facts := s.Facts()
	p.rows, p.total, p.answered, p.required, p.unread = nil, 0, 0, 0, 0
	var all []row
	seen := map[string]bool{}
	if st, ok := s.Plan().Step(p.step); ok && p.step != steps.ConnectRFI && len(st.Questions) > 0 {
		for i, status := range rfi.Review(facts, st.Questions) {
			r := row{status: status, step: p.step}
			if i == 0 {
				r.heading = fmt.Sprintf("%d %s", st.Number, st.Title)
			}
			seen[status.Question.ID] = true
			all = append(all, r)
		}
	}
	section := ""
	for _, status := range rfi.Review(facts, nil) {
		if seen[status.Question.ID] {
			continue
		}
		r := row{status: status}
		if sec, ok := rfi.SectionOf(status.Question); ok && sec.Title != section {
			r.heading, section = sec.Title, sec.Title
		}
		all = append(all, r)
	}
	p.count(all)
	top := p.summary(all)
	p.problems = len(top)
	p.rows = append(top, all...)
}

func (p *Page) count(all []row) {
	p.total = len(all)
	for _, r := range all {
		switch {
		case r.status.Missing:
			p.required++
		case !r.status.Understood.OK():
			p.unread++
		case r.status.Understood.Value != "":
			p.answered++
		}
	}
}

// summary is the part at the top: one entry for each problem, in the order of
// the questions, in the words that stand beside the field as well.
func (p *Page) summary(all []row) []row {
	var out []row
	for _, r := range all {
		why := ""
		switch {
		case r.status.Missing && r.status.Answer.Text == "":
			why = "not answered yet"
		case !r.status.Understood.OK():
			why = firstProblem(r.status.Problems)
		case r.status.Missing:
			why = "needs an answer that can be used"
		}
		if why != "" {
			out = append(out, row{status: r.status, problem: why, step: r.step})
		}
	}
	if len(out) == 0 {
		return p.onward()
	}
	out[0].heading = "Still to do"
	if slices.ContainsFunc(out, row.wrong) {
		out[0].heading = wrongHeading
	}
	return out
}

// onward are the rows that lead on once nothing is missing: to the form as a
// file and, as long as its step is open, to the tasks of sending it.
func (p *Page) onward() []row {
	out := []row{{
		heading: "Nothing is missing", does: "Write the form to a file, to be mailed",
		to: &steps.Position{Screen: screen.Export, Field: "rfi.txt"},
	}}
	page, err := p.env.Session.Step(steps.ConnectRFI)
	if err == nil && !page.Status.Closed() && len(page.Tasks) > 0 {
		out = append(out, row{
			does: fmt.Sprintf("On to Do: the tasks of step %d", page.Step.Number),
			to:   &steps.Position{Screen: screen.Step, Step: steps.ConnectRFI, Stage: steps.StageDo},
		})
	}
	return out
}

// wrongHeading stands over a summary in which not everything is merely undone.
const wrongHeading = "There is a problem"

// firstProblem says the first entry that could not be read, and how many more
// there are.
func firstProblem(all []rfi.Problem) string {
	first, more := "", 0
	for _, one := range all {
		switch {
		case one.Warning:
		case first == "":
			first = one.String()
		default:
			more++
		}
	}
	if more > 0 {
		first += fmt.Sprintf(" (and %d more)", more)
	}
	return string(clean.Line(first))
}

// savedMsg says what became of bringing an answer back.
type savedMsg struct {
	saved wizard.Saved
	err   error
}

// Update handles keys.
func (p *Page) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case savedMsg:
		p.busy = false
		if msg.err != nil {
			return send(screen.Failure(msg.err))
		}
		return tea.Batch(send(screen.SavedMsg{At: msg.saved.Answer.At}), p.Refresh())
	case tea.KeyMsg:
		return p.key(msg)
	}
	return nil
}

func (p *Page) key(msg tea.KeyMsg) tea.Cmd {
	switch {
	case key.Matches(msg, keys.Back):
		return send(screen.BackMsg{})
	case key.Matches(msg, keys.Open):
		return p.open()
	case key.Matches(msg, keys.Undo):
		return p.undo()
	case key.Matches(msg, keys.Left):
		p.section(-1)
	case key.Matches(msg, keys.Right):
		p.section(1)
	default:
		p.list.Key(msg, false)
	}
	return nil
}

// open leads to the question under the cursor; ctrl+r leads back from there.
func (p *Page) open() tea.Cmd {
	if p.list.Cursor >= len(p.rows) {
		return nil
	}
	r := p.rows[p.list.Cursor]
	if r.to != nil {
		if p.list.Cursor+1 < len(p.rows) && p.rows[p.list.Cursor+1].to != nil {
			p.list.Move(1) // back here, Enter leads further on
		}
		return screen.Navigate(*r.to)
	}
	return screen.Navigate(steps.Position{Screen: screen.RFI, Step: r.step, Stage: screen.ForReview, Field: r.status.Question.ID})
}

// section moves to the first row of a neighbouring section.
func (p *Page) section(by int) {
	for i := p.list.Cursor + by; i >= 0 && i < len(p.rows); i += by {
		if p.rows[i].heading != "" {
			p.list.Move(i - p.list.Cursor)
			return
		}
	}
	if by < 0 {
		p.list.Move(-len(p.rows))
	}
}

// undo gives the question under the cursor the answer it had before.
func (p *Page) undo() tea.Cmd {
	if p.busy || p.list.Cursor >= len(p.rows) || p.rows[p.list.Cursor].to != nil {
		return nil
	}
	q := p.rows[p.list.Cursor].status.Question
	if p.rows[p.list.Cursor].status.Answer.Revision == 0 {
		return send(screen.InfoMsg{Text: "There is no earlier answer to this question"})
	}
	p.busy = true
	s, ctx := p.env.Session, context.WithoutCancel(p.env.Ctx)
	return func() tea.Msg {
		saved, err := s.Undo(ctx, q.ID)
		return savedMsg{saved, err}
	}
}

func send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }

// SetSize sets the exact size of View.
func (p *Page) SetSize(width, height int) { p.width, p.height = width, height }

// Title says what is reviewed.
func (p *Page) Title() string { return "Check your answers" }

// Aside counts.
func (p *Page) Aside() string {
	return fmt.Sprintf("%d of %d answered", p.answered, p.total)
}

// Position is the row under the cursor.
func (p *Page) Position() steps.Position {
	at := steps.Position{Screen: screen.Review, Step: p.step, Cursor: p.list.Cursor}
	if p.list.Cursor < len(p.rows) {
		at.Field = p.rows[p.list.Cursor].status.Question.ID
	}
	return at
}

// Keys lists what matters here.
func (p *Page) Keys() []key.Binding {
	enter := keys.As(keys.Open, "change it")
	if p.list.Cursor < len(p.rows) {
		switch r := p.rows[p.list.Cursor]; {
		case r.to != nil && r.to.Screen == screen.Export:
			enter = keys.As(keys.Go, "write the form")
		case r.to != nil:
			enter = keys.As(keys.Go, "on to Do")
		case r.status.Answer.Text == "":
			enter = keys.As(keys.Open, "answer it")
		}
	}
	return []key.Binding{
		enter, keys.As(keys.UpDown, "question"), sections, keys.Export, keys.As(keys.Undo, "answer before"), keys.Back,
	}
}

var sections = key.NewBinding(key.WithKeys("right", "left"), key.WithHelp("←→", "section"))

// counts is the line under the title of the page.
func (p *Page) counts() string {
	parts := []string{fmt.Sprintf("%d of %d answered", p.answered, p.total)}
	if p.required > 0 {
		parts = append(parts, fmt.Sprintf("%d required missing", p.required))
	}
	if p.unread > 0 {
		parts = append(parts, fmt.Sprintf("%d not read in full", p.unread))
	}
	return strings.Join(parts, ", ")
}
