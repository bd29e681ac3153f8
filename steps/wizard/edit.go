package wizard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
)

// Saved is what became of an answer.
type Saved struct {
	Answer     steps.Answer
	Understood rfi.Understood
	Replanned  bool // the plan changed with it
	// Unsettled are the numbers of the closed steps that this change makes count
	// as not done, until they are opened again and confirmed anew.
	Unsettled []int
}

// ShapeError says that an answer was not taken because it would leave the move
// without its plan, or because it holds what must not be kept.
type ShapeError struct{ Question, Message string }

func (e *ShapeError) Error() string { return e.Message }

// Answer reads text as the answer to a question and stores it, whole, even
// where part of it could not be read. seen is the revision the editor showed;
// when someone else has changed the answer since, a *steps.ConflictError comes
// back and nothing is stored; so it is with a *ShapeError for an answer that
// would take the plan away.
func (s *Session) Answer(ctx context.Context, question, text string, prov steps.Provenance, source string, seen int64) (Saved, error) {
	q, ok := rfi.Find(question)
	if !ok {
		return Saved{}, fmt.Errorf("no question %q: %w", question, steps.ErrNotFound)
	}
	u := q.Parse(text, s.Facts())
	bad := rfi.ShapeProblem(s.Snapshot().Answers, question, u)
	if bad == "" {
		bad = rfi.SecretProblem(question, text)
	}
	if bad != "" {
		return Saved{Understood: u}, &ShapeError{Question: question, Message: bad}
	}
	edit := steps.AnswerEdit{
		Question: question, Text: text, Value: u.Value,
		Provenance: prov, Source: source, Revision: seen,
	}
	saved, err := s.w.Repo.SaveAnswers(ctx, s.id, []steps.AnswerEdit{edit}, s.w.Who)
	if err != nil {
		if there, alike := s.answeredAlike(ctx, err, edit); alike {
			return Saved{Answer: there, Understood: u}, nil
		}
		return Saved{Understood: u}, fmt.Errorf("save %s: %w", question, err)
	}
	before, settled := s.Plan().Profile, s.unsettled()
	s.change(func(n *steps.Snapshot) { n.Put(saved[0]) })
	out := Saved{Answer: saved[0], Understood: u, Replanned: s.Plan().Profile != before}
	for _, n := range s.unsettled() {
		if !slices.Contains(settled, n) {
			out.Unsettled = append(out.Unsettled, n)
		}
	}
	return out, nil
}

// unsettled lists the numbers of the closed steps that were changed since.
func (s *Session) unsettled() []int {
	v := s.View()
	var out []int
	for _, st := range v.Plan.Steps {
		if len(v.ChangedSince(st.ID)) > 0 {
			out = append(out, st.Number)
		}
	}
	return out
}

// Import stores many answers at once, over whatever stands there now. It
// returns how many of those that changed can be used. One that would take the
// plan away stops it with a *ShapeError, and nothing is stored.
func (s *Session) Import(ctx context.Context, edits []steps.AnswerEdit) (int, error) {
	now := s.Snapshot().Answers
	edits = slices.DeleteFunc(slices.Clone(edits), func(e steps.AnswerEdit) bool {
		a := now[e.Question] // what stands there already is no change
		return a.Revision > 0 && a.Text == e.Text && a.Value == e.Value
	})
	shaped := maps.Clone(now)
	for _, e := range edits {
		bad := rfi.ShapeProblem(shaped, e.Question, rfi.Understood{Value: e.Value})
		if bad == "" {
			bad = rfi.SecretProblem(e.Question, e.Text)
		}
		if bad != "" {
			return 0, &ShapeError{Question: e.Question, Message: bad}
		}
		if shaped != nil {
			shaped[e.Question] = steps.Answer{Question: e.Question, Text: e.Text, Value: e.Value}
		}
	}
	for i := range edits {
		edits[i].Revision = now[edits[i].Question].Revision
		edits[i].Provenance = steps.Imported
	}
	saved, err := s.w.Repo.SaveAnswers(ctx, s.id, edits, s.w.Who)
	if err != nil {
		return 0, fmt.Errorf("import answers: %w", err)
	}
	usable := 0
	s.change(func(n *steps.Snapshot) {
		for _, a := range saved {
			n.Put(a)
			if a.Value != "" {
				usable++
			}
		}
	})
	return usable, nil
}

// Undo gives a question the answer it had before the present one. Undoing is
// an entry of its own in the history; undoing twice brings the answer back.
func (s *Session) Undo(ctx context.Context, question string) (Saved, error) {
	history, err := s.History(ctx, question)
	if err != nil {
		return Saved{}, err
	}
	if len(history) == 0 {
		return Saved{}, fmt.Errorf("%s has no earlier answer: %w", question, steps.ErrNotFound)
	}
	var prev steps.Answer
	if len(history) > 1 {
		prev = history[len(history)-2]
	}
	now := history[len(history)-1]
	prov := prev.Provenance
	if prov == "" {
		prov = steps.Typed
	}
	return s.Answer(ctx, question, prev.Text, prov, prev.Source, now.Revision)
}

// Start marks a step begun; it does nothing when it already is.
func (s *Session) Start(ctx context.Context, step string) error {
	if st := s.Snapshot().Steps[step].Status; st != "" && st != steps.NotStarted {
		return nil
	}
	return s.move(ctx, step, plan.Event{Kind: plan.EventStart}, nil)
}

// WaitForMimecast marks a step as handed over; the wait is counted from now.
func (s *Session) WaitForMimecast(ctx context.Context, step string) error {
	return s.move(ctx, step, plan.Event{Kind: plan.EventWait}, nil)
}

// WaitUntil marks a step as waiting for a time.
func (s *Session) WaitUntil(ctx context.Context, step string, until time.Time) error {
	return s.move(ctx, step, plan.Event{Kind: plan.EventWait, Until: until}, nil)
}

// Resume takes a step out of waiting.
func (s *Session) Resume(ctx context.Context, step string) error {
	return s.move(ctx, step, plan.Event{Kind: plan.EventStart}, nil)
}

// Confirmation closes a step. Reasons holds one typed reason for each obstacle
// set aside, by obstacle id. Told says who at Mimecast confirmed the step, and
// when, or under which case number; steps that are Mimecast's need it. Overseen
// is the second person, by default the one whom the form names for the tests.
// Who carried the tests out stands in the answer signoff.executed_by.
type Confirmation struct {
	Reasons  map[string]string
	Told     string
	Overseen string
	Note     string
}

// ObstacleError lists what stands in the way of confirming a step.
type ObstacleError struct {
	Step      string
	Obstacles []plan.Obstacle
}

func (e *ObstacleError) Error() string {
	var lines []string
	for _, o := range e.Obstacles {
		lines = append(lines, o.Text)
	}
	return fmt.Sprintf("step %s cannot be confirmed yet: %s", e.Step, strings.Join(lines, "; "))
}

// Confirm closes a step. With obstacles that have no reason it returns an
// *ObstacleError and changes nothing.
func (s *Session) Confirm(ctx context.Context, step string, c Confirmation) error {
	var open []plan.Obstacle
	var set []steps.Override
	for _, o := range s.Obstacles(step) {
		reason := strings.TrimSpace(c.Reasons[o.ID])
		if reason == "" || !o.Overridable {
			open = append(open, o)
			continue
		}
		set = append(set, steps.Override{Step: step, Gate: o.ID, Reason: reason, By: s.w.Who, At: s.now()})
	}
	if len(open) > 0 {
		return &ObstacleError{Step: step, Obstacles: open}
	}
	v := s.View()
	def, _ := v.Plan.Step(step)
	told := strings.TrimSpace(c.Told)
	if asks(v, def).Told {
		if err := CheckTold(told, v.Facts); err != nil {
			return err
		}
	}
	told = writtenOut(told, s.Now())
	if c.Overseen == "" && slices.Contains(def.Questions, qOverseen) {
		c.Overseen = v.Facts.Answers.Value(qOverseen)
	}
	ev := plan.Event{Kind: plan.EventConfirm, Overseen: c.Overseen}
	if len(set) > 0 || s.overridden(step) {
		ev.Kind = plan.EventOverride
		ev.Reason = s.reasons(step, set)
	}
	for _, text := range []string{prefixed(toldNote, told), c.Note} {
		if text == "" {
			continue
		}
		if err := s.Note(ctx, step, text); err != nil {
			return err
		}
	}
	return s.move(ctx, step, ev, set)
}

// reasons joins what was given for setting things of a step aside, each once.
func (s *Session) reasons(step string, more []steps.Override) string {
	var why []string
	v := s.View()
	for _, o := range append(slices.Clone(v.Snap.Overrides), more...) {
		if o.Step == step && !plan.Lapsed(v, o) && !slices.Contains(why, o.Reason) {
			why = append(why, o.Reason)
		}
	}
	return strings.Join(why, "; ")
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// SetAside stores a reason for one gate or finding without closing the step.
func (s *Session) SetAside(ctx context.Context, step, obstacle, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fmt.Errorf("a reason is needed to set %s aside", obstacle)
	}
	o := steps.Override{Step: step, Gate: obstacle, Reason: strings.TrimSpace(reason), By: s.w.Who, At: s.now()}
	if state := s.Snapshot().Steps[step]; state.Status == steps.Waiting {
		return s.store(ctx, step, state, []steps.Override{o}) // it goes on waiting
	}
	return s.move(ctx, step, plan.Event{Kind: plan.EventStart}, []steps.Override{o})
}

// Reopen opens a closed step again, with a reason.
func (s *Session) Reopen(ctx context.Context, step, reason string) error {
	return s.move(ctx, step, plan.Event{Kind: plan.EventReopen, Reason: reason}, nil)
}

// overridden reports that something of the step is set aside, and was not done
// since.
func (s *Session) overridden(step string) bool {
	v := s.View()
	return slices.ContainsFunc(v.Snap.Overrides, func(o steps.Override) bool { return o.Step == step && !plan.Lapsed(v, o) })
}

// move runs one transition of a step and stores it with its overrides.
func (s *Session) move(ctx context.Context, step string, ev plan.Event, set []steps.Override) error {
	if _, ok := s.Plan().Step(step); !ok {
		return fmt.Errorf("no step %q in this plan: %w", step, steps.ErrNotFound)
	}
	s.acting.Lock()
	defer s.acting.Unlock()
	state := s.Snapshot().Steps[step]
	state.Step = step
	ev.At, ev.By = s.now(), s.w.Who
	next, err := plan.Transition(state, ev)
	if err != nil {
		return err
	}
	return s.store(ctx, step, next, set)
}

// store writes the state of a step with its overrides.
func (s *Session) store(ctx context.Context, step string, next steps.StepState, set []steps.Override) error {
	got, err := s.w.Repo.SetStep(ctx, s.id, next, set, s.w.Who)
	if err != nil {
		return fmt.Errorf("save step %s: %w", step, err)
	}
	s.change(func(n *steps.Snapshot) {
		n.Steps[step] = got
		n.Overrides = append(slices.Clip(n.Overrides), set...)
	})
	return nil
}

// Note keeps a free text with a step, or with the whole move when step is "".
func (s *Session) Note(ctx context.Context, step, text string) error {
	n, err := s.w.Repo.AddNote(ctx, s.id, steps.Note{Step: step, Text: text}, s.w.Who)
	if err != nil {
		return fmt.Errorf("save note: %w", err)
	}
	s.change(func(sn *steps.Snapshot) { sn.Notes = append(slices.Clip(sn.Notes), n) })
	return nil
}

// MaxAttachment is the largest file that is kept, in bytes.
const MaxAttachment = 50 << 20

// Attach keeps a file as evidence or as input of checks.
func (s *Session) Attach(ctx context.Context, step, kind, name string, content []byte) (steps.Attachment, error) {
	if len(content) > MaxAttachment {
		return steps.Attachment{}, fmt.Errorf("%s has %d bytes; at most %d are kept", name, len(content), MaxAttachment)
	}
	sum := sha256.Sum256(content)
	a := steps.Attachment{Step: step, Kind: kind, Name: name, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
	a, err := s.w.Repo.Attach(ctx, s.id, a, content, s.w.Who)
	if err != nil {
		return steps.Attachment{}, fmt.Errorf("keep %s: %w", name, err)
	}
	snap, err := s.w.Repo.Load(ctx, s.id)
	if err != nil {
		return a, err
	}
	return a, s.replace(ctx, snap)
}
