// Package step is one step of the move in five stages: Read, Answer, Do, Check
// and Confirm. Enter always does the next useful thing of the stage, and leads
// on when there is none.
package step

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/live"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// stage is one of the five views. Its keys come before those of the screen.
type stage interface {
	// load takes over what changed, layout the size.
	load()
	layout()
	// key handles a key and reports whether it was one of the stage's.
	key(k tea.KeyMsg) (tea.Cmd, bool)
	lines(w, h int) []string
	keys() []key.Binding
	// place and setPlace are the cursor and scroll to come back to.
	place() (cursor, scroll int)
	setPlace(cursor, scroll int)
}

// Screen is one step.
type Screen struct {
	env    *screen.Env
	id     string
	w, h   int
	page   wizard.StepPage
	err    error // the step cannot be shown
	at     steps.Stage
	stages map[steps.Stage]stage
	ask    *ask
	run    *live.Run
	lastGo time.Time // when Enter was last pressed

	ticking bool         // a tick is on its way to the disk
	waiting []tea.KeyMsg // keys pressed meanwhile; they act on what it did
	records string       // the task that a question was asked for; its answer ticks it
}

// New makes the screen at a stage, or at the one that needs the TPOC.
func New(env *screen.Env, at steps.Position) screen.Screen {
	s := &Screen{env: env, id: at.Step, at: at.Stage, run: live.New(env)}
	s.stages = map[steps.Stage]stage{
		steps.StageRead: newRead(s), steps.StageAnswer: &answer{s: s}, steps.StageDo: &do{s: s},
		steps.StageCheck: newChecks(s), steps.StageConfirm: &confirm{s: s},
	}
	s.load()
	if _, ok := s.stages[s.at]; !ok {
		s.at = s.page.FirstStage()
	}
	s.restore(at)
	s.askAgain(at.Draft)
	return s
}

// finder is a stage with rows that can be asked for by name.
type finder interface{ find(field string) }

// goTo shows a stage with the cursor on a task or check, when one is named.
func (s *Screen) goTo(at steps.Position) {
	s.at = at.Stage
	if f, ok := s.now().(finder); ok && at.Field != "" {
		f.find(at.Field)
	}
}

// restore puts the cursor where it was left.
func (s *Screen) restore(at steps.Position) {
	if at.Field != "" {
		s.goTo(steps.Position{Stage: s.at, Field: at.Field})
		return
	}
	if at.Cursor != 0 || at.Scroll != 0 {
		s.now().setPlace(at.Cursor, at.Scroll)
	}
}

func (s *Screen) load() {
	s.page, s.err = s.env.Session.Step(s.id)
	for _, st := range steps.Stages {
		s.stages[st].load()
	}
}

func (s *Screen) now() stage { return s.stages[s.at] }

// Init has nothing to do: what is shown is in memory.
func (s *Screen) Init() tea.Cmd { return nil }

// Refresh computes the page anew. Back from the question that a task is there
// to answer, the task is ticked.
func (s *Screen) Refresh() tea.Cmd {
	s.load()
	return s.recorded()
}

// Go shows another stage.
func (s *Screen) Go(to steps.Position) tea.Cmd {
	if _, ok := s.stages[to.Stage]; ok {
		s.at = to.Stage
		if a, ok := s.now().(*answer); ok && to.Field == "" && to.Cursor == 0 {
			a.list.moved = false // to what is missing
			a.load()
		}
		s.restore(to)
	}
	return nil
}

// CapturesText reports a line of text being typed.
func (s *Screen) CapturesText() bool { return s.ask != nil }

// Update takes keys, the progress of checks and what stages asked for.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case live.Msg:
		cmd := s.run.Update(msg)
		if !s.run.Running() {
			s.load()
			s.checks().settled()
		}
		s.checks().layout()
		return cmd
	case acceptedMsg:
		s.ask = nil
		s.load()
		if msg.then != nil {
			return tea.Batch(s.saved(), msg.then)
		}
		return s.saved()
	case tickedMsg:
		return s.ticked(msg)
	case refusedMsg:
		if s.ask != nil {
			s.ask.prompt.Problem, s.ask.busy = msg.why, false
		}
	case listedMsg:
		if s.ask != nil {
			s.ask.listed(msg)
		}
	case runsReadMsg:
		s.checks().runsRead(msg)
	case tea.KeyMsg:
		return s.key(msg)
	default:
		if s.ask != nil && s.ask.sheet == nil {
			return s.ask.prompt.Update(msg)
		}
	}
	return nil
}

func (s *Screen) checks() *checks { return s.stages[steps.StageCheck].(*checks) }

func (s *Screen) key(k tea.KeyMsg) tea.Cmd {
	s.records = ""
	if s.ticking {
		s.waiting = append(s.waiting, k)
		return nil
	}
	if !key.Matches(k, keys.Open) {
		s.lastGo = time.Time{}
	}
	if s.ask != nil {
		if s.ask.sheet != nil && s.held(k) {
			return pressAgain // a key held down never confirms
		}
		return s.askKey(k)
	}
	if s.err != nil {
		if key.Matches(k, keys.Back) || key.Matches(k, keys.Open) {
			return s.toHub()
		}
		return nil
	}
	held := s.held(k)
	if key.Matches(k, keys.Open) && held && s.at == steps.StageConfirm {
		return pressAgain // a key held down never confirms
	}
	if cmd, ok := s.now().key(k); ok {
		return cmd
	}
	switch {
	case key.Matches(k, keys.Right):
		s.turn(1)
	case key.Matches(k, keys.Left):
		s.turn(-1)
	case key.Matches(k, keys.Back):
		return func() tea.Msg { return screen.BackMsg{} }
	case key.Matches(k, keys.Note):
		return s.askNote()
	case key.Matches(k, keys.Wait):
		return s.handOver()
	case key.Matches(k, keys.Reopen) && s.page.Status.Closed():
		return s.askReopen()
	}
	return nil
}

// heldWithin is how close together two Enters must be to come from one key
// held down: keyboards repeat every 30 to 50 ms, after a first pause of up to
// half a second.
const heldWithin = 600 * time.Millisecond

// pressAgain says why an Enter did nothing: it may have been a second press as
// well as one key held down.
func pressAgain() tea.Msg {
	return screen.Say(screen.Note, "nothing is confirmed yet: press Enter again")()
}

// held reports an Enter that repeats the one before.
func (s *Screen) held(k tea.KeyMsg) bool {
	if !key.Matches(k, keys.Open) {
		return false
	}
	now := s.env.Now()
	held := !s.lastGo.IsZero() && now.Sub(s.lastGo) < heldWithin
	s.lastGo = now
	return held
}

// turn moves between stages; it does not go round.
func (s *Screen) turn(d int) {
	i := slices.Index(steps.Stages, s.at) + d
	if i >= 0 && i < len(steps.Stages) {
		s.at = steps.Stages[i]
	}
}

// onward is the next stage that has something to do, Confirm at last.
func (s *Screen) onward(from steps.Stage) steps.Stage {
	if st, ok := s.page.AroundChecks(from); ok {
		return st
	}
	for _, st := range steps.Stages[slices.Index(steps.Stages, from)+1:] {
		switch {
		case st == steps.StageAnswer && len(s.page.Questions) > 0 && !s.page.Status.Closed() && s.open(st) > 0,
			st == steps.StageDo && len(s.page.Tasks) > 0 && s.open(st) > 0,
			st == steps.StageCheck && len(s.page.Checks) > 0,
			st == steps.StageConfirm:
			return st
		}
	}
	return steps.StageConfirm
}

// open counts what a stage still needs.
func (s *Screen) open(st steps.Stage) int {
	n := 0
	switch st {
	case steps.StageAnswer:
		for _, q := range s.page.Questions {
			if q.Missing {
				n++
			}
		}
	case steps.StageDo:
		for _, t := range s.page.Tasks {
			if t.Open() {
				n++
			}
		}
	case steps.StageCheck:
		for _, c := range s.page.Checks {
			if c.Run == nil || c.Stale {
				n++
			}
		}
	}
	return n
}

// goOn leads to the next useful stage. Going past Read begins the step, unless
// something must come before it: looking ahead is not beginning.
func (s *Screen) goOn() tea.Cmd {
	from := s.at
	s.at = s.onward(from)
	if from != steps.StageRead {
		return nil
	}
	return s.begin()
}

// begin marks the step begun, unless it is or something must come before it.
func (s *Screen) begin() tea.Cmd {
	if s.page.Status != steps.NotStarted || s.heldBack() {
		return nil
	}
	return s.act(func(ctx context.Context) error { return s.env.Session.Start(ctx, s.id) })
}

// heldBack reports a gate that keeps the step from starting.
func (s *Screen) heldBack() bool {
	return slices.ContainsFunc(s.page.Gates, func(g wizard.GateLine) bool {
		return g.Gate.Kind == steps.GateStart && !g.State.Open && !g.Overridden
	})
}

// act is a command that changes the step.
func (s *Screen) act(do func(context.Context) error) tea.Cmd {
	return func() tea.Msg {
		if err := do(s.env.Ctx); err != nil {
			return screen.Failure(err)
		}
		return screen.SavedMsg{At: s.env.Now()}
	}
}

func (s *Screen) saved() tea.Cmd {
	at := s.env.Now()
	return func() tea.Msg { return screen.SavedMsg{At: at} }
}

func (s *Screen) toHub() tea.Cmd { return screen.Navigate(steps.Position{Screen: screen.Hub}) }

// View draws the stage, and a question being asked below it.
func (s *Screen) View() string {
	if s.err != nil {
		lines := []string{"", "  " + s.env.Styles.Strong.Render("This step is not part of the plan now"), ""}
		text := "The journey, the service or the track was changed. What was done here is kept, and comes back when the step does. Enter goes to the list of steps."
		return strings.Join(append(lines, widget.Indent(widget.Wrap(text, min(76, s.w-4)), 2)...), "\n")
	}
	if s.ask == nil {
		return strings.Join(s.now().lines(s.w, s.h), "\n")
	}
	below := s.ask.lines(s.env.Styles, s.w, s.h)
	above := s.now().lines(s.w, max(0, s.h-len(below)))
	above = widget.Box(strings.Join(above, "\n"), s.w, max(0, s.h-len(below)))
	return strings.Join(append(above, below...), "\n")
}

// Tabs draws the five stages, the present one marked.
func (s *Screen) Tabs() string {
	st := s.env.Styles
	var b strings.Builder
	b.WriteString(" ")
	for _, stage := range steps.Stages {
		word := stageWord(stage)
		n := s.open(stage)
		if s.page.Status.Closed() {
			n = 0
		}
		switch {
		case stage == s.at:
			if n > 0 {
				word += " " + itoa(n)
			}
			b.WriteString(st.Cursor.Render(st.Glyphs.TabLeft + word + st.Glyphs.TabRight))
		case n > 0:
			b.WriteString(" " + st.Text.Render(word) + " " + st.Warn.Render(itoa(n)) + " ")
		case s.empty(stage):
			b.WriteString(" " + st.Muted.Render(word) + " ")
		default:
			b.WriteString(" " + st.Text.Render(word) + " ")
		}
		b.WriteString(" ")
	}
	return b.String()
}

// empty reports a stage without anything in it.
func (s *Screen) empty(st steps.Stage) bool {
	switch st {
	case steps.StageAnswer:
		return len(s.page.Questions) == 0
	case steps.StageDo:
		return len(s.page.Tasks) == 0
	case steps.StageCheck:
		return len(s.page.Checks) == 0
	}
	return false
}

func stageWord(st steps.Stage) string {
	return strings.ToUpper(string(st[:1])) + string(st[1:])
}

// SetSize takes the room.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	for _, st := range steps.Stages {
		s.stages[st].layout()
	}
}

// Keys on offer, those of the stage first.
func (s *Screen) Keys() []key.Binding {
	if s.ask != nil {
		return s.ask.keys()
	}
	if s.err != nil {
		return []key.Binding{keys.As(keys.Open, "list of steps")}
	}
	if s.at == steps.StageCheck && s.checks().inMatrix() {
		return s.now().keys() // the arrows are the table's
	}
	out := append(s.now().keys(), keys.Stages)
	if !s.inside() {
		out = append(out, keys.As(keys.Back, "steps"))
	}
	if s.page.Status.Closed() {
		out = append(out, keys.Reopen)
	} else if s.page.Step.Owner != steps.OwnerTPOC || s.page.Step.WaitsFor != "" || s.page.Status == steps.Waiting {
		out = append(out, keys.As(keys.Wait, s.waitWord()))
	}
	return append(out, keys.Note)
}

// inside reports that esc leads out of something in the stage first.
func (s *Screen) inside() bool {
	i, ok := s.now().(interface{ inside() bool })
	return ok && i.inside()
}

// Title is number and title of the step.
func (s *Screen) Title() string {
	if s.err != nil {
		return ""
	}
	return itoa(s.page.Step.Number) + " " + s.page.Step.Title
}

// Aside says who acts and where the step stands.
func (s *Screen) Aside() string {
	if s.err != nil {
		return ""
	}
	word := wizard.StatusWord(s.page.Status)
	if s.page.Status == steps.Blocked && s.heldBack() {
		word = "later"
	}
	if s.w < 100 {
		return wizard.OwnerColumn(s.page.Step.Owner) + " · " + word
	}
	return wizard.OwnerWord(s.page.Step.Owner) + " · " + word
}

// Position is stage, cursor and scroll.
func (s *Screen) Position() steps.Position {
	p := steps.Position{Screen: screen.Step, Step: s.id, Stage: s.at}
	p.Cursor, p.Scroll = s.now().place()
	p.Draft = s.ask.draft()
	return p
}
