package plain

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

// questions asks the questions of a step, or of the whole Request for
// Information, one at a time from field on (from the first that needs an
// answer when field is ""). draft is text that was being typed on the screen.
func (f *face) questions(step, field, draft string) error {
	go f.s.Detect(f.ctx) // what is found is offered from the next question on
	list := f.listQuestions(step)
	if len(list) == 0 {
		f.say("There is nothing to answer here.")
		return nil
	}
	at := slices.IndexFunc(list, func(q rfi.Question) bool { return q.ID == field })
	if at < 0 {
		if q, ok := rfi.Find(field); ok && q.Applies(f.s.Facts()) {
			return f.ask(q, "", step, draft)
		}
		at = f.firstOpen(list)
	}
	if at < 0 {
		again, err := f.yes(fmt.Sprintf("All %d questions are answered. Go through them again?", len(list)), false, "")
		if err != nil || !again {
			return err
		}
		at = 0
	}
	for at < len(list) {
		q := list[at]
		where := fmt.Sprintf("Question %d of %d", at+1, len(list))
		if sec, ok := rfi.SectionOf(q); ok {
			where += ", " + sec.Title
		}
		err := f.ask(q, where, step, draft)
		draft = ""
		if err != nil && !errors.Is(err, errBack) {
			return err
		}
		list = f.listQuestions(step) // an answer may bring up or remove others
		now := slices.IndexFunc(list, func(other rfi.Question) bool { return other.ID == q.ID })
		if now < 0 {
			now = min(at, len(list)) - 1
		}
		at = now + 1
		if errors.Is(err, errBack) {
			if at = now - 1; at < 0 {
				return errBack
			}
		}
	}
	return nil
}

func (f *face) listQuestions(step string) []rfi.Question {
	facts := f.s.Facts()
	if step == "" || step == steps.ConnectRFI {
		return rfi.Applicable(facts)
	}
	st, _ := f.s.Plan().Step(step)
	var out []rfi.Question
	for _, id := range st.Questions {
		if q, ok := rfi.Find(id); ok && q.Applies(facts) {
			out = append(out, q)
		}
	}
	return out
}

// firstOpen is the first question that needs an answer, -1 when none does.
func (f *face) firstOpen(list []rfi.Question) int {
	facts := f.s.Facts()
	for i, q := range list {
		st := rfi.Review(facts, []string{q.ID})
		if len(st) == 1 && (st[0].Missing || !st[0].Understood.OK()) {
			return i
		}
	}
	for i, q := range list {
		if facts.Answers[q.ID].Revision == 0 {
			return i
		}
	}
	return -1
}

// ask asks one question until it is answered, kept or passed. Every answer is
// stored whole, and what of it could not be read is said.
func (f *face) ask(q rfi.Question, where, step, draft string) error {
	f.at(steps.Position{Screen: "rfi", Step: step, Field: q.ID})
	f.say("")
	if where != "" {
		f.say("%s.", where)
	}
	need := "Optional."
	if q.Needed(f.s.Facts()) {
		need = "Required."
	}
	f.say("%s %s", q.Label, need)
	f.say("Why: %s", q.Why)
	if q.Options == nil && q.Example != "" {
		f.say("Example: %s", q.Example)
	}
	if draft != "" {
		f.say("You were typing, and it is not saved yet:")
		f.text(draft)
	}
	warned := false
	for {
		f.present(q)
		offer, offered := f.s.Offer(q)
		if offered {
			f.sayOffer(q, offer)
		}
		got, err := f.read(q, offer, offered)
		if err != nil {
			return err
		}
		if got.undo {
			f.undo(q)
			continue
		}
		if got.keep {
			return nil
		}
		unread, err := f.store(q, step, got)
		if err != nil {
			return err
		}
		if !unread || warned {
			return nil
		}
		warned = true
		f.say("It is saved as it is. Give the answer once more to correct it, or press Enter to go on.")
	}
}

// given is what the person answered.
type given struct {
	text   string
	keep   bool // the present answer stays
	undo   bool // the answer before the present one comes back
	prov   steps.Provenance
	source string
}

// present says the answer as it stands, and what of it was not read.
func (f *face) present(q rfi.Question) {
	a := f.s.Snapshot().Answers[q.ID]
	if a.Text == "" && a.Value == "" {
		return
	}
	st := rfi.Review(f.s.Facts(), []string{q.ID})
	how := ""
	switch a.Provenance {
	case steps.Detected:
		how = "found in DNS"
	case steps.Imported:
		how = "imported"
	case steps.Default:
		how = "the usual value"
	case steps.Typed:
		how = "typed"
	}
	if a.By != "" {
		how += " by " + a.By
	}
	shown := a.Text
	if q.Options != nil {
		shown = optionLabels(q, f.s.Facts(), a)
	}
	if strings.Contains(shown, "\n") {
		f.say("Present answer, %s, %s:", how, wizard.Moment(a.At, f.o.Now()))
		f.text(shown)
	} else {
		f.say("Present answer: %s, %s, %s.", shown, how, wizard.Moment(a.At, f.o.Now()))
	}
	if len(st) == 1 {
		f.problems(st[0].Problems)
	}
}

func optionLabels(q rfi.Question, facts steps.Facts, a steps.Answer) string {
	values := strings.Split(a.Value, "\n")
	if a.Value == "" {
		return a.Text
	}
	if q.Type == rfi.PerDomain {
		return a.Text
	}
	for i, v := range values {
		for _, o := range q.Options(facts) {
			if o.Value == v {
				values[i] = o.Label
			}
		}
	}
	return strings.Join(values, ", ")
}

// problemsShown is how many entries that were not read are named at once.
const problemsShown = 20

func (f *face) problems(all []rfi.Problem) {
	for i, p := range all {
		if i == problemsShown {
			f.say("And %d more.", len(all)-i)
			return
		}
		word := "Not read"
		if p.Warning {
			word = "Look at this"
		}
		f.say("%s: %s.", word, trimStop(p.String()))
	}
}

func (f *face) sayOffer(q rfi.Question, o wizard.Offer) {
	word := "Found"
	if o.Provenance == steps.Default {
		word = "The usual value"
	}
	items := o.Items
	if q.Options != nil && q.Type != rfi.PerDomain {
		items = []string{optionLabels(q, f.s.Facts(), steps.Answer{Value: strings.Join(items, "\n")})}
	}
	more := ""
	if len(items) > problemsShown {
		more = fmt.Sprintf(" and %d more", len(items)-problemsShown)
		items = items[:problemsShown]
	}
	line := word + ": " + strings.Join(items, ", ") + more
	if from := o.Source(); from != "" {
		line += ", in the " + from
	}
	f.say("%s.", line)
	if o.Note != "" {
		f.say("%s", o.Note)
	}
}

// undo brings the answer before the present one back.
func (f *face) undo(q rfi.Question) {
	saved, err := f.s.Undo(f.ctx, q.ID)
	switch {
	case errors.Is(err, steps.ErrNotFound):
		f.say("There is no earlier answer to this question.")
	case err != nil:
		f.failed(err)
	default:
		f.saved()
		if saved.Replanned {
			f.say("The plan has changed with it.")
		}
	}
}

// store saves an answer and says what was understood. unread reports entries
// that could not be read.
func (f *face) store(q rfi.Question, step string, g given) (unread bool, err error) {
	seen := f.s.Snapshot().Answers[q.ID]
	if seen.Revision > 0 && seen.Text == g.text || seen.Revision == 0 && g.text == "" {
		return !rfi.Review(f.s.Facts(), []string{q.ID})[0].Understood.OK(), nil
	}
	saved, err := f.s.Answer(f.ctx, q.ID, g.text, g.prov, g.source, seen.Revision)
	var lost *steps.ConflictError
	if errors.As(err, &lost) {
		keep, asked := f.conflict(lost)
		if asked != nil || !keep {
			return false, asked
		}
		saved, err = f.s.Answer(f.ctx, q.ID, g.text, g.prov, g.source, lost.Now)
	}
	if err != nil {
		f.failed(err)
		if f.ctx.Err() != nil {
			return false, f.ctx.Err()
		}
		f.say("What you typed is not saved:")
		f.text(g.text)
		return true, nil
	}
	u := saved.Understood
	if u.Shown != "" && u.Shown != g.text {
		f.say("Understood: %s.", trimStop(u.Shown))
	}
	for _, n := range u.Notes {
		f.say("%s.", capital(trimStop(n)))
	}
	f.problems(u.Problems)
	f.saved()
	if saved.Replanned {
		f.say("The plan has changed with this answer.")
	}
	if q.Type == rfi.File && u.Value != "" {
		if a, err := f.s.AttachAnswer(f.ctx, q.ID, step); err != nil {
			f.fail(err)
			return true, nil
		} else {
			f.say("%s is kept with the move, %d bytes.", a.Name, a.Size)
		}
	}
	return !u.OK(), nil
}

// conflict shows both values of a lost race and asks which one to keep.
func (f *face) conflict(lost *steps.ConflictError) (keep bool, err error) {
	if _, err := f.s.Reload(f.ctx); err != nil {
		f.fail(err)
	}
	f.say("%s changed this at the same time.", capital(lost.By))
	f.say("1 Keep theirs: %s", lost.Theirs)
	f.say("2 Keep yours: %s", lost.Yours)
	choice, err := f.choose("1", "Both stay in the history.", "1", "2")
	return choice == "2", err
}
