package plain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

func missing(st rfi.Status) bool { return st.Missing }

// confirm closes a step, after what stands in the way was put right or set
// aside with a reason. It returns the stage that is useful then.
func (f *face) confirm(id string) (steps.Stage, error) {
	for {
		p, err := f.s.Step(id)
		if err != nil {
			return "", err
		}
		f.sayDone(p)
		if p.Status.Closed() {
			f.say("This step is closed: %s.", f.standing(p))
			if len(p.Obstacles) > 0 {
				return f.leftover(p)
			}
			if len(p.Changed) == 0 {
				return closed, nil
			}
			if again, err := f.openAgain(id); err != nil || !again {
				return closed, err
			}
			continue
		}
		if len(p.Obstacles) == 0 {
			return f.close(p)
		}
		f.say("%s in the way:", capital(stands(len(p.Obstacles))))
		for i, o := range p.Obstacles {
			f.say("%d %s", i+1, ended(o.Text))
		}
		f.say("Type the number of one to put it right or to set it aside.")
		choice, err := f.choose("1", "A step is confirmed when nothing stands in the way any more.", numbers(len(p.Obstacles))...)
		if err != nil {
			return steps.StageConfirm, err
		}
		o := p.Obstacles[number(choice)-1]
		stage, leave, err := f.obstacle(id, o)
		if errors.Is(err, errBack) {
			continue // one level up: to what stands in the way
		}
		if err != nil || leave {
			return stage, err
		}
	}
}

// leftover names what is left to do in a closed step and leads there.
func (f *face) leftover(p wizard.StepPage) (steps.Stage, error) {
	f.say("Something is left to do here:")
	for i, o := range p.Obstacles {
		f.say("%d %s", i+1, ended(o.Text))
	}
	f.say("Type the number of one to go there, or c to go on to the list of steps.")
	choice, err := f.choose("1", "The step stays closed; what is left is done in it.", append(numbers(len(p.Obstacles)), "c")...)
	if err != nil || choice == "c" {
		return closed, err
	}
	return p.Obstacles[number(choice)-1].Stage, nil
}

// openAgain offers to open a closed step that was changed since, so that it can
// be confirmed anew, and reports whether it was opened.
func (f *face) openAgain(id string) (bool, error) {
	yes, err := f.yes("Open it again, to confirm it anew?", true, "What was changed counts when the step is confirmed with it. A reason is asked for.")
	if err != nil || !yes {
		return false, err
	}
	if err := f.reopen(id); err != nil {
		return false, err
	}
	p, err := f.s.Step(id)
	return !p.Status.Closed(), err
}

// ended is a sentence with its stop.
func ended(s string) string {
	if s = trimStop(s); strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func stands(n int) string {
	return counted(n, "point stands", "points stand")
}

// obstacle offers what can be done about one. leave is true when the way leads
// to another stage.
func (f *face) obstacle(id string, o plan.Obstacle) (stage steps.Stage, leave bool, err error) {
	f.say("%s", ended(o.Text))
	if o.Why != "" {
		f.say("If it is left: %s.", trimStop(o.Why))
	}
	accepted := []string{"1"}
	f.say("1 Put it right")
	if o.Overridable {
		f.say("2 Set it aside, with a reason")
		accepted = append(accepted, "2")
	}
	choice, err := f.choose("1", "What is set aside stands in the record and in the summary, with your reason.", accepted...)
	if err != nil {
		return steps.StageConfirm, false, err
	}
	if choice == "2" {
		why, err := f.reason("Why may this be set aside? ", "The reason goes into the record and the summary.")
		if errors.Is(err, errBack) {
			return f.obstacle(id, o)
		}
		if err != nil {
			return steps.StageConfirm, false, err
		}
		f.run(func(ctx context.Context) error { return f.s.SetAside(ctx, id, o.ID, why) })
		return steps.StageConfirm, false, nil
	}
	if o.Kind == plan.ObstacleAnswer {
		if q, ok := rfi.Find(strings.TrimPrefix(o.ID, "answer ")); ok {
			return steps.StageConfirm, false, f.ask(q, "", id, "")
		}
	}
	if o.Kind == plan.ObstacleGate && (o.Stage == steps.StageRead || o.Stage == steps.StageConfirm) {
		f.say("This is settled in another step, or by waiting: the list of steps says where.")
		return closed, true, nil
	}
	return o.Stage, true, nil
}

// signsOff are the steps that end a journey; closing one asks for the domain
// to be typed.
func signsOff(step string) bool {
	return step == steps.ConnectCompletion || step == steps.MigrateSignOff
}

// close asks once more and closes the step.
func (f *face) close(p wizard.StepPage) (steps.Stage, error) {
	id := p.Step.ID
	var c wizard.Confirmation
	if p.Asks.Told {
		told, err := f.mimecastsWord()
		if err != nil {
			return steps.StageConfirm, err
		}
		c.Told = told
	} else if signsOff(id) {
		sure, err := f.typeDomain(id)
		if err != nil || !sure {
			return steps.StageConfirm, err
		}
	} else {
		sure, err := f.yes("Nothing stands in the way. Confirm this step?", true, "Confirming closes the step; it can be reopened with a reason.")
		if err != nil || !sure {
			return steps.StageConfirm, err
		}
	}
	overseen, err := f.overseen()
	if err != nil {
		return steps.StageConfirm, err
	}
	c.Overseen = overseen
	if !f.run(func(ctx context.Context) error { return f.s.Confirm(ctx, id, c) }) {
		return steps.StageConfirm, nil
	}
	f.say("Step %d is closed.", p.Step.Number)
	return closed, nil
}

// mimecastsWord asks who at Mimecast confirmed a step, and when, until both are there and
// the day is not still to come.
func (f *face) mimecastsWord() (string, error) {
	for {
		told, err := f.words(wizard.ToldWord+" ", wizard.ToldWhy)
		if err != nil {
			return "", err
		}
		why := wizard.CheckTold(told, f.s.Facts())
		if why == nil {
			return told, nil
		}
		f.say("This is Mimecast's to confirm: %s. b goes back.", why)
	}
}

// overseen asks for the second person, who stands in the summary beside the one
// who confirms.
func (f *face) overseen() (string, error) {
	named := f.s.Facts().Answers.Value("signoff.overseen_by")
	prompt := "Overseen by, if anyone: "
	if named != "" {
		prompt = "Overseen by, if anyone [" + string(clean.Line(named)) + "]: "
	}
	text, err := f.words(prompt, "A second pair of eyes; the name stands in the summary. Enter alone names nobody, or whom the brackets name.")
	if text == "" {
		text = named
	}
	return text, err
}

// typeDomain asks for the primary domain before a sign-off.
func (f *face) typeDomain(id string) (bool, error) {
	domain := f.s.Facts().Domain
	if domain == "" {
		f.say("The primary domain is not answered yet. Answer it first: signing off is confirmed with it.")
		return false, nil
	}
	why := "Signing off ends the move."
	if id == steps.MigrateSignOff {
		why = fmt.Sprintf("Signing off starts the %d days after which the old account is disabled.", steps.OldAccountDays)
	}
	f.say("%s", why)
	for {
		text, err := f.words("Type "+domain+" to sign off: ", "b goes back without signing off.")
		if err != nil {
			return false, err
		}
		if strings.EqualFold(strings.TrimSuffix(text, "."), domain) {
			return true, nil
		}
		f.say("That is not %s. Type the domain exactly, or b to go back.", domain)
	}
}

// sayDone says what was done in the step and what is kept of it.
func (f *face) sayDone(p wizard.StepPage) {
	f.say("")
	if done, total := ticked(p); total > 0 {
		f.say("%d of %s done.", done, count(total, "task"))
	}
	for _, c := range p.Checks {
		f.say("%s: %s.", c.Title, outcome(c))
	}
	for _, a := range p.Files {
		name := a.Name
		if day := p.Exported(a, f.o.Now().Location()); day != "" {
			name += ", exported or last written " + day
		}
		f.say("Kept: %s, %s, SHA-256 %s.", name, count(int(a.Size), "byte"), a.SHA256)
	}
	for _, c := range p.Changed {
		f.say("Since then: %s.", c)
	}
	for _, o := range p.Overrides {
		f.say("Set aside: %s: %s, by %s, %s.", f.s.Aside(o), trimStop(o.Reason), o.By, wizard.Moment(o.At, f.o.Now()))
	}
	if p.State.Reason != "" && !p.Status.Closed() {
		f.say("Reopened: %s.", trimStop(p.State.Reason))
	}
	for _, n := range p.Notes {
		f.say("Note: %s (%s, %s)", n.Text, n.By, wizard.Moment(n.At, f.o.Now()))
	}
	if p.Step.Rollback != "" {
		f.say("Way back: %s", p.Step.Rollback)
	}
}
