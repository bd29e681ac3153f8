package rfi

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	question "mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/screen"
)

// edit is one answer on its way to the disk.
type edit struct {
	question question.Question
	text     string
	prov     steps.Provenance
	source   string
	seen     int64
	step     string // to which the file of a File answer is attached
}

// savedMsg says what became of an answer.
type savedMsg struct {
	shown int
	edit  edit
	saved wizard.Saved
	err   error
	where toward
}

func (p *Page) pending() edit {
	e := edit{question: p.q, text: p.field.Value(), seen: p.stored.Revision, step: p.step}
	e.prov, e.source = p.provenance(e.text)
	return e
}

// put writes an answer; for a file, its content is kept as well, so that
// checks read what the TPOC handed over and not what lies there later.
func put(ctx context.Context, s *wizard.Session, e edit) (wizard.Saved, error) {
	saved, err := s.Answer(ctx, e.question.ID, e.text, e.prov, e.source, e.seen)
	var shape *wizard.ShapeError
	if errors.As(err, &shape) {
		return saved, &refusal{err}
	}
	if err != nil {
		return saved, withTheirs(ctx, s, err)
	}
	if e.question.Type == question.File && saved.Understood.Value != "" {
		if _, err := s.AttachAnswer(ctx, e.question.ID, e.step); err != nil {
			return saved, &fileError{err}
		}
	}
	return saved, nil
}

// withTheirs reads the move again after a lost race, so that what the other one
// stored is there to show.
func withTheirs(ctx context.Context, s *wizard.Session, err error) error {
	var lost *steps.ConflictError
	if errors.As(err, &lost) {
		if _, failed := s.Reload(ctx); failed != nil {
			return errors.Join(err, failed)
		}
	}
	return err
}

// fileError says that the answer was stored but its file could not be kept.
type fileError struct{ err error }

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// commit saves what is in the field and goes on from there.
func (p *Page) commit(where toward) tea.Cmd {
	p.busy = true
	p.draft.stop()
	shown, e, s, ctx := p.shown, p.pending(), p.env.Session, p.background()
	return func() tea.Msg {
		if where == toNext {
			if err := e.inspect(); err != nil {
				return savedMsg{shown, e, wizard.Saved{}, err, where}
			}
		}
		saved, err := put(ctx, s, e)
		return savedMsg{shown, e, saved, err, where}
	}
}

// sync takes over an answer that is already stored as it stands here, e.g. by
// an earlier Leave.
func (p *Page) sync() {
	now := p.env.Session.Snapshot().Answers[p.q.ID]
	if now.Revision != p.stored.Revision && now.Text == p.field.Value() {
		p.stored = now
		p.field.Stored(now.Text, now.Value)
	}
}

// Leave saves what is being typed while the app goes elsewhere. Should that
// fail, it leads back to the question with the text in it: nothing typed is
// lost.
func (p *Page) Leave() tea.Cmd {
	p.draft.stop()
	if p.field == nil || p.busy || p.conflict {
		return nil
	}
	if p.sync(); !p.field.Dirty() {
		return nil
	}
	if _, passed := unloaded.Load(p.passed()); passed {
		return nil
	}
	e, s, ctx, at := p.pending(), p.env.Session, p.background(), p.Position()
	return func() tea.Msg {
		saved, err := put(ctx, s, e)
		var file *fileError
		var refused *refusal
		switch {
		case err == nil:
			return screen.SavedMsg{At: saved.Answer.At}
		case errors.As(err, &file), errors.As(err, &refused): // what stood there stands
			return screen.ErrorMsg{Err: err}
		}
		why := failure(err, func(lost *steps.ConflictError) tea.Cmd {
			again := e
			again.seen = lost.Now
			return func() tea.Msg {
				saved, err := put(ctx, s, again)
				if err != nil {
					return screen.ErrorMsg{Err: err}
				}
				return screen.SavedMsg{At: saved.Answer.At}
			}
		})
		return tea.BatchMsg{show(why), show(screen.NavigateMsg{To: at})}
	}
}

// saved goes on once an answer is on disk, or says why it is not.
func (p *Page) saved(msg savedMsg) tea.Cmd {
	if msg.shown != p.shown {
		return done(msg.saved)
	}
	p.busy = false
	var lost *steps.ConflictError
	var file *fileError
	var refused *refusal
	switch {
	case errors.As(msg.err, &refused):
		p.queue = nil
		p.notice = "Not taken: " + string(clean.Line(refused.Error()))
		return p.draft.changed()
	case errors.As(msg.err, &lost):
		p.conflict, p.queue = true, nil
		return show(failure(msg.err, p.keep(msg.edit, msg.where)))
	case errors.As(msg.err, &file):
		p.accept(msg.saved)
		p.queue = nil
		return tea.Batch(done(msg.saved), show(screen.ErrorMsg{Err: msg.err}))
	case msg.err != nil:
		p.queue = nil
		p.notice = "Not saved"
		return tea.Batch(show(screen.ErrorMsg{Err: msg.err}), p.draft.changed())
	}
	p.accept(msg.saved)
	cmds := []tea.Cmd{done(msg.saved)}
	if msg.edit.question.ID == steps.QPrimaryDomain {
		cmds = append(cmds, p.detect())
	}
	if !msg.saved.Understood.OK() && msg.where == toNext && !p.warned {
		p.warned, p.queue = true, nil
		p.notice = "Saved as it is. Correct it, or Enter goes on"
		return tea.Batch(append(cmds, p.draft.save(p.Position()), p.loadHistory())...)
	}
	return tea.Batch(append(cmds, p.going(msg.where))...)
}

// accept takes the stored answer over; conditions may have changed with it.
func (p *Page) accept(saved wizard.Saved) {
	p.stored, p.conflict = saved.Answer, false
	unloaded.Delete(p.passed())
	p.field.Stored(saved.Answer.Text, saved.Answer.Value)
	id := p.q.ID
	p.list()
	p.find(id)
	p.read()
}

// keep makes the command that stores ours over theirs and goes on.
func (p *Page) keep(e edit, where toward) func(*steps.ConflictError) tea.Cmd {
	shown, s, ctx := p.shown, p.env.Session, p.background()
	return func(lost *steps.ConflictError) tea.Cmd {
		e.seen = lost.Now
		return func() tea.Msg {
			saved, err := put(ctx, s, e)
			return savedMsg{shown, e, saved, err, where}
		}
	}
}

// undo brings back what is stored when something else is typed, and else the
// answer before it.
func (p *Page) undo() tea.Cmd {
	if p.field.Dirty() {
		p.field, p.taken, p.notice, p.look = p.makeField(), "", "", ""
		p.restored = false
		p.read()
		return tea.Batch(p.readLong(), p.draft.save(p.Position()))
	}
	if len(p.history) == 0 {
		return inform("There is no earlier answer to this question")
	}
	p.busy = true
	shown, id, s, ctx := p.shown, p.q.ID, p.env.Session, p.background()
	return func() tea.Msg {
		saved, err := s.Undo(ctx, id)
		if err != nil {
			err = withTheirs(ctx, s, err)
		}
		return undoneMsg{shown, saved, err}
	}
}

// undoneMsg says what became of bringing an answer back.
type undoneMsg struct {
	shown int
	saved wizard.Saved
	err   error
}

func (p *Page) undone(msg undoneMsg) tea.Cmd {
	if msg.shown != p.shown {
		return done(msg.saved)
	}
	p.busy = false
	if msg.err != nil {
		p.queue = nil
		return tea.Batch(p.Refresh(), show(screen.Failure(msg.err)))
	}
	p.accept(msg.saved)
	p.facts = p.env.Session.Facts()
	p.show()
	return tea.Batch(done(msg.saved), p.opened(), p.draft.save(p.Position()), p.replay())
}

func failure(err error, keep func(*steps.ConflictError) tea.Cmd) tea.Msg {
	var lost *steps.ConflictError
	if errors.As(err, &lost) {
		return screen.ConflictMsg{Conflict: lost, Keep: keep(lost)}
	}
	return screen.ErrorMsg{Err: err}
}

// done tells the status line that an answer is on disk.
func done(saved wizard.Saved) tea.Cmd {
	at := saved.Answer.At
	if at.IsZero() {
		at = time.Now()
	}
	return show(screen.SavedMsg{At: at})
}

func show(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }

// stageAfter is the stage of the step that follows its questions; as long as a
// required one is missing, that is still the list of them, with the cursor there.
func (p *Page) stageAfter() steps.Stage {
	st, _ := p.env.Session.Plan().Step(p.step)
	missing := slices.ContainsFunc(question.Review(p.env.Session.Facts(), st.Questions), func(s question.Status) bool { return s.Missing })
	switch {
	case missing && len(st.Questions) > 0:
		return steps.StageAnswer
	case st.Tasks != nil && len(st.Tasks(p.env.Session.Facts())) > 0:
		return steps.StageDo
	case len(st.Checks) > 0:
		return steps.StageCheck
	}
	return steps.StageConfirm
}
