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
		again, err := f.yes(fmt.Sprintf("%s: nothing is open. Go through them again?", capital(count(len(list), "question"))), false, "")
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

// ask asks one question until it is answered, kept or passed. What cannot be
// read is said and asked again; it never becomes the answer.
func (f *face) ask(q rfi.Question, where, step, draft string) error {
	f.at(steps.Position{Screen: "rfi", Step: step, Field: q.ID, Draft: draft})
	f.introduce(q, where)
	if draft != "" {
		f.say("You were typing, and it is not saved yet:")
		f.text(draft)
	}
	f.present(q)
	for again := false; ; again = true {
		offer, offered := f.s.Offer(q)
		if offered && !again {
			f.sayOffer(q, offer)
		}
		// after a refusal Enter alone must not answer: it skips or keeps
		got, err := f.read(q, offer, offered && !again, again)
		switch {
		case err != nil:
			return err
		case got.undo:
			f.undo(q)
			f.present(q)
			continue
		case got.keep:
			return nil
		}
		become, err := f.store(q, step, got)
		if err != nil {
			return err
		}
		switch become {
		case stored:
			return nil
		case refused:
			if rfi.SecretProblem(q.ID, got.text) == "" {
				f.at(steps.Position{Screen: "rfi", Step: step, Field: q.ID, Draft: got.text})
			}
			f.say("It is not saved. Give the answer again; Enter alone %s.", f.passing(q))
		case odd:
			f.say("Press Enter to go on with this answer, or give it once more.")
		}
	}
}

// introduce says a question, why it is asked, and what may be chosen or typed.
func (f *face) introduce(q rfi.Question, where string) {
	f.say("")
	if where != "" {
		f.say("%s.", where)
	}
	facts := f.s.Facts()
	need := "Optional."
	if q.Needed(facts) {
		need = "Required."
	}
	f.say("%s %s", q.Label, need)
	f.say("Why: %s", q.Why)
	if q.ID == steps.QPrimaryDomain {
		for _, one := range f.s.Seen() {
			if one.Blind {
				f.say("%s. %s", trimStop(one.Text), one.Note)
				continue
			}
			f.say("Public records say: %s. %s", trimStop(one.Text), one.Note)
		}
	}
	if unseen := f.s.Unseen(q.ID); unseen != "" {
		f.say("%s.", unseen)
	}
	if q.Type == rfi.PerDomain {
		for i, o := range q.Options(facts) {
			f.sayOption(i+1, o, false)
		}
		f.say("Give a domain and its choice on each line, by number or name. A choice alone is for all other domains.")
	}
	if example := q.ExampleFor(facts); (q.Options == nil || q.Type == rfi.PerDomain) && example != "" {
		f.say("Example: %s", example)
	}
}

// passing says what Enter alone does after an answer was refused.
func (f *face) passing(q rfi.Question) string {
	a := f.s.Snapshot().Answers[q.ID]
	if a.Text != "" || a.Value != "" {
		return "keeps the present one"
	}
	return "leaves the question open"
}

// given is what the person answered.
type given struct {
	text   string
	keep   bool // the present answer stays
	undo   bool // the answer before the present one comes back
	prov   steps.Provenance
	source string
}

// linesShown is how many lines of an answer are said unasked.
const linesShown = 6

// present says the answer as it stands, and what of it was not read.
func (f *face) present(q rfi.Question) {
	a := f.s.Snapshot().Answers[q.ID]
	if a.Text == "" && a.Value == "" {
		return
	}
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
	all := answerLines(q, f.s.Facts(), a)
	if len(all) == 1 {
		f.say("Present answer: %s, %s, %s.", all[0], how, wizard.Moment(a.At, f.o.Now()))
	} else {
		f.say("Present answer, %s, %s, %s:", counted(len(all), "line", "lines"), how, wizard.Moment(a.At, f.o.Now()))
		for i, line := range all {
			if i == linesShown && len(all) > linesShown+1 {
				f.say("And %d more (type l to list).", len(all)-i)
				break
			}
			f.say("%s", line)
		}
	}
	if st := rfi.Review(f.s.Facts(), []string{q.ID}); len(st) == 1 {
		f.problems(st[0].Problems)
	}
}

// list says the whole of the present answer.
func (f *face) list(q rfi.Question) {
	a := f.s.Snapshot().Answers[q.ID]
	if a.Text == "" && a.Value == "" {
		f.say("There is no answer yet.")
		return
	}
	for _, line := range answerLines(q, f.s.Facts(), a) {
		f.say("%s", line)
	}
}

// answerLines is an answer as the person knows it: choices by label, all else
// as it was typed.
func answerLines(q rfi.Question, facts steps.Facts, a steps.Answer) []string {
	if q.Options == nil || a.Value == "" {
		return strings.Split(strings.TrimRight(a.Text, "\n"), "\n")
	}
	values := labels(q, facts, strings.Split(a.Value, "\n"))
	if q.Type == rfi.PerDomain {
		return values
	}
	return []string{strings.Join(values, ", ")}
}

// labels says canonical items as people call them.
func labels(q rfi.Question, facts steps.Facts, values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = q.ItemLabel(facts, v)
	}
	return out
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
	items := labels(q, f.s.Facts(), o.Items)
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
		f.sayUnsettled(saved)
		if saved.Replanned {
			f.say("The plan has changed with it.")
		}
	}
}

// became is what has become of an answer that was given.
type became int

const (
	stored  became = iota // and nothing is to be said about it
	odd                   // stored, with something to look at
	refused               // not stored: it cannot be used as it is
)

// store saves an answer that can be used, in full or, for a list, in part, and
// says what was understood.
func (f *face) store(q rfi.Question, step string, g given) (became, error) {
	seen := f.s.Snapshot().Answers[q.ID]
	if seen.Revision > 0 && seen.Text == g.text || seen.Revision == 0 && g.text == "" {
		return stored, nil // nothing new
	}
	u := q.Parse(g.text, f.s.Facts())
	if use, err := f.usable(q, g.text, u); err != nil || !use {
		return refused, err
	}
	saved, err := f.s.Answer(f.ctx, q.ID, g.text, g.prov, g.source, seen.Revision)
	var lost *steps.ConflictError
	if errors.As(err, &lost) {
		keep, asked := f.conflict(lost)
		if asked != nil || !keep {
			return stored, asked
		}
		saved, err = f.s.Answer(f.ctx, q.ID, g.text, g.prov, g.source, lost.Now)
	}
	var shape *wizard.ShapeError
	if errors.As(err, &shape) {
		f.say("Not taken: %s.", trimStop(shape.Error()))
		return refused, nil
	}
	if err != nil {
		f.failed(err)
		if f.ctx.Err() != nil {
			return refused, f.ctx.Err()
		}
		f.say("What you typed is not saved:")
		f.text(g.text)
		return refused, nil
	}
	f.understood(g, saved)
	if q.Type == rfi.File && saved.Understood.Value != "" {
		a, err := f.s.AttachAnswer(f.ctx, q.ID, step)
		if err != nil {
			f.fail(err)
			return odd, nil
		}
		f.say("%s is kept with the move, %s.", a.Name, count(int(a.Size), "byte"))
	}
	if len(saved.Understood.Problems) > 0 {
		return odd, nil
	}
	return stored, nil
}

// understood says what was made of an answer that is saved now.
func (f *face) understood(g given, saved wizard.Saved) {
	u := saved.Understood
	if u.Shown != "" && u.Shown != g.text {
		f.say("Understood: %s.", trimStop(u.Shown))
	}
	if g.text == "" {
		f.say("The answer is empty now; u brings it back.")
	}
	for _, n := range u.Notes {
		f.say("%s.", capital(trimStop(n)))
	}
	f.problems(u.Problems)
	f.saved()
	f.sayUnsettled(saved)
	if saved.Replanned {
		f.say("The plan has changed with this answer.")
	}
}

// usable reports whether a text may become the answer, and says why when it
// may not: a list of which nothing could be read, and any other answer that
// was not read in full. One that was read but contradicts others may be kept
// when the person says so.
func (f *face) usable(q rfi.Question, text string, u rfi.Understood) (bool, error) {
	if strings.TrimSpace(text) == "" {
		return true, nil
	}
	if q.Type == rfi.File && u.OK() {
		if _, _, err := readFile(u.Value); err != nil {
			f.fail(err)
			return false, nil
		}
	}
	inParts := q.Type.Multiline() || q.Type == rfi.MultiChoice
	switch {
	case u.OK() && u.Value != "", u.Value != "" && inParts:
		return true, nil
	case u.Value == "":
		if len(u.Problems) == 0 {
			f.say("There is nothing in this that can be used.")
		}
		f.problems(u.Problems)
		return false, nil
	}
	for _, p := range u.Problems {
		f.say("This does not fit: %s.", trimStop(p.Message))
	}
	return f.yes("Save it all the same?", false, "It stays marked as something to put right.")
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

// sayUnsettled says which closed steps an answer makes count as not done.
func (f *face) sayUnsettled(saved wizard.Saved) {
	for _, n := range saved.Unsettled {
		f.say("Step %d was confirmed with another answer. It counts as not done until it is opened again (o) and confirmed anew.", n)
	}
}
