package plain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/wizard"
)

const stepHelp = `1 Read says why the step is there, who does what and what can go wrong. 2 Answer asks what is not known yet.
3 Do goes through what you have to do by hand. 4 Check looks whether it is right. 5 Confirm closes the step.
n keeps a note with the step. w marks the step as waiting for Mimecast, or ends the waiting. o opens a closed step again.`

// step goes through the stages of a step, beginning with stage, or with the
// one that needs the TPOC.
func (f *face) step(id string, stage steps.Stage) error {
	for {
		page, err := f.s.Step(id)
		if err != nil {
			f.fail(err)
			return nil
		}
		if stage == "" {
			stage = page.FirstStage()
		}
		f.at(steps.Position{Screen: "step", Step: id, Stage: stage})
		f.sayStep(page)
		accepted := append(numbers(len(steps.Stages)), "n")
		if page.Status.Closed() {
			accepted = append(accepted, "o")
		} else if waits(page) {
			accepted = append(accepted, "w")
		}
		choice, err := f.choose(strconv.Itoa(slices.Index(steps.Stages, stage)+1), stepHelp, accepted...)
		if err != nil {
			return err
		}
		next, err := f.stepAct(page, choice, stage)
		if errors.Is(err, errBack) {
			err = nil
		}
		if err != nil {
			return err
		}
		if next == closed {
			return nil
		}
		stage = next
	}
}

// closed in the place of a stage says that the step is done with for now.
const closed = steps.Stage("closed")

func waits(p wizard.StepPage) bool {
	return p.Step.Owner != steps.OwnerTPOC || p.Step.WaitsFor != "" || p.Status == steps.Waiting
}

// stepAct does what was chosen and returns the stage that is useful then.
func (f *face) stepAct(p wizard.StepPage, choice string, now steps.Stage) (steps.Stage, error) {
	id := p.Step.ID
	switch choice {
	case "n":
		return now, f.note(id)
	case "w":
		f.handOver(p)
		return now, nil
	case "o":
		return now, f.reopen(id)
	}
	stage := steps.Stages[number(choice)-1]
	f.at(steps.Position{Screen: "step", Step: id, Stage: stage})
	var err error
	switch stage {
	case steps.StageRead:
		f.readStage(p)
	case steps.StageAnswer:
		if err = f.questions(id, "", ""); err == nil {
			f.sayMissing(id)
		}
	case steps.StageDo:
		err = f.tasks(id)
	case steps.StageCheck:
		err = f.checks(id)
	case steps.StageConfirm:
		return f.confirm(id)
	}
	if err != nil {
		return stage, err
	}
	return f.onward(id, stage), nil
}

// sayMissing names the required questions of a step that were passed over, so
// that nobody learns of them at the confirmation only.
func (f *face) sayMissing(id string) {
	p, err := f.s.Step(id)
	if err != nil {
		return
	}
	var labels []string
	for _, q := range p.Questions {
		if q.Missing {
			labels = append(labels, q.Question.Label)
		}
	}
	if len(labels) == 0 {
		return
	}
	f.say("")
	f.say("%s still open; 2 asks again:", counted(len(labels), "required question is", "required questions are"))
	for i, l := range labels {
		if i == problemsShown {
			f.say("And %d more.", len(labels)-i)
			break
		}
		f.say("%s", l)
	}
}

// onward is the next stage that has something to do, Confirm at last.
func (f *face) onward(id string, from steps.Stage) steps.Stage {
	p, err := f.s.Step(id)
	if err != nil {
		return ""
	}
	if st, ok := p.AroundChecks(from); ok {
		return st
	}
	for _, st := range steps.Stages[slices.Index(steps.Stages, from)+1:] {
		switch {
		case st == steps.StageAnswer && slices.ContainsFunc(p.Questions, missing),
			st == steps.StageDo && slices.ContainsFunc(p.Tasks, open),
			st == steps.StageCheck && len(p.Checks) > 0:
			return st
		}
	}
	return steps.StageConfirm
}

func (f *face) sayStep(p wizard.StepPage) {
	f.say("")
	line := fmt.Sprintf("Step %d of %d: %s. ", p.Step.Number, len(f.s.Plan().Steps), p.Step.Title)
	if turn := p.TurnWord(); turn != "" {
		line += turn + ". "
	}
	line += capital(f.standing(p))
	if done, total := ticked(p); total > 0 && !p.Status.Closed() {
		line += fmt.Sprintf(", %d of %s done", done, count(total, "task"))
	}
	f.say("%s.", line)
	menu := "1 Read  2 Answer  3 Do  4 Check  5 Confirm  n Note"
	switch {
	case p.Status.Closed():
		menu += "  o Reopen"
	case p.Status == steps.Waiting:
		menu += "  w No longer waiting"
	case waits(p):
		menu += "  w Waits on Mimecast"
	}
	f.say("%s  b Back to the list of steps  ? Help  q Save and leave", menu)
}

// standing says the status of a step, with the moment that belongs to it.
func (f *face) standing(p wizard.StepPage) string {
	now := f.o.Now()
	word := wizard.StatusWord(p.Status)
	switch {
	case p.Status.Closed() && p.State.By != "":
		return fmt.Sprintf("%s %s by %s", word, wizard.Moment(p.State.Closed, now), p.State.By)
	case p.Status == steps.Waiting && p.State.WaitingOn == plan.WaitTime:
		return word + " until " + wizard.Moment(p.State.Until, now)
	case p.Status == steps.Waiting:
		return word + " on Mimecast since " + wizard.Moment(p.State.Since, now)
	}
	return word
}

func ticked(p wizard.StepPage) (done, total int) {
	for _, t := range p.Tasks {
		if total++; t.State.Done {
			done++
		}
	}
	return done, total
}

// readStage prints the guidance. Having read it begins the step, unless
// something must come before it: looking ahead is not beginning.
func (f *face) readStage(p wizard.StepPage) {
	f.say("")
	if p.Guide == "" {
		f.say("%s", p.Step.Purpose)
	}
	f.markdown(p.Guide)
	for _, g := range p.Gates {
		switch {
		case g.Overridden:
			f.say("Set aside: %s.", trimStop(g.Gate.Text))
		case g.State.Open:
			f.say("Holds: %s.", trimStop(g.Gate.Text))
		default:
			f.say("Not yet: %s.", trimStop(g.State.Unmet))
			if g.Gate.Why != "" {
				f.say("Why: %s", g.Gate.Why)
			}
		}
	}
	f.begin(p)
}

// begin marks the step begun, unless it is or something must come before it.
func (f *face) begin(p wizard.StepPage) {
	held := slices.ContainsFunc(p.Gates, func(g wizard.GateLine) bool {
		return g.Gate.Kind == steps.GateStart && !g.State.Open && !g.Overridden
	})
	if p.Status == steps.NotStarted && !held {
		f.run(func(ctx context.Context) error { return f.s.Start(ctx, p.Step.ID) })
	}
}

// handOver marks the step as waiting for Mimecast, or ends the waiting.
func (f *face) handOver(p wizard.StepPage) {
	id := p.Step.ID
	if p.Status == steps.Waiting {
		if f.run(func(ctx context.Context) error { return f.s.Resume(ctx, id) }) {
			f.say("The step is no longer waiting.")
		}
		return
	}
	if f.run(func(ctx context.Context) error { return f.s.WaitForMimecast(ctx, id) }) {
		f.say("The step waits on Mimecast from now on. %s", p.Step.WaitsFor)
	}
}

func (f *face) reopen(id string) error {
	reason, err := f.reason("Why is this step reopened? ", "The reason goes into the record. Later steps stay as they are.")
	if err != nil {
		return err
	}
	f.run(func(ctx context.Context) error { return f.s.Reopen(ctx, id, reason) })
	return nil
}

// reason asks for a few words until some are given; b gives up.
func (f *face) reason(prompt, help string) (string, error) {
	for {
		text, err := f.words(prompt, help)
		if err != nil || text != "" {
			return text, err
		}
		f.say("A reason is needed; a few words are enough. b gives up.")
	}
}

func (f *face) note(step string) error {
	text, err := f.words("Note: ", "It is kept with your name and the time, and stands in the summary. Enter alone keeps none.")
	if err != nil || text == "" {
		return err
	}
	f.run(func(ctx context.Context) error { return f.s.Note(ctx, step, text) })
	return nil
}

// tasks goes through what is to be done by hand, beginning with the first
// task that is open.
func (f *face) tasks(id string) error {
	for {
		p, err := f.s.Step(id)
		if err != nil {
			return err
		}
		if len(p.Tasks) == 0 {
			f.say("There is nothing for you to do by hand in this step. %s", p.Step.WaitsFor)
			return nil
		}
		f.say("")
		def := ""
		for i, t := range p.Tasks {
			f.say("%d %s. %s.", i+1, trimStop(t.Title), f.taskState(t))
			if def == "" && open(t) {
				def = strconv.Itoa(i + 1)
			}
		}
		if def == "" {
			f.say("%s", noneOpen(p))
			def = "c"
		}
		f.say("c Go on to the next stage")
		choice, err := f.choose(def, "Type the number of a task to see what is to be done, and to tick it.", append(numbers(len(p.Tasks)), "c")...)
		if err != nil || choice == "c" {
			return err
		}
		if err := f.task(id, p.Tasks[number(choice)-1], p.Status.Closed()); err != nil && !errors.Is(err, errBack) {
			return err
		}
	}
}

// noneOpen says that no task is to be ticked now.
func noneOpen(p wizard.StepPage) string {
	if slices.ContainsFunc(p.Tasks, func(t wizard.TaskLine) bool { return t.Held && !t.State.Done }) {
		return "The other tasks come after the checks of this step."
	}
	return "All tasks that must be done are done."
}

// open reports a task that must still be done.
func open(t wizard.TaskLine) bool { return t.Open() }

func (f *face) taskState(t wizard.TaskLine) string {
	switch {
	case t.Anew != "":
		return "To be ticked anew"
	case t.State.Done && t.State.By != "":
		return fmt.Sprintf("Done %s by %s", wizard.Moment(t.State.At, f.o.Now()), t.State.By)
	case t.State.Done:
		return "Done"
	case t.Optional:
		return "To do, optional"
	}
	return "To do"
}

// task shows one task in full and asks whether it is done.
func (f *face) task(step string, t wizard.TaskLine, stepClosed bool) error {
	f.say("")
	f.say("%s.", trimStop(t.Title))
	if t.Who != "" {
		f.say("Who: %s.", string(t.Who))
	}
	f.markdown(t.Detail)
	for _, sn := range t.Snippets {
		f.say("%s. The text, from the next line up to the line that says end of text:", trimStop(sn.Label))
		f.exact(string(sn.Text))
		f.say("End of text.")
	}
	if t.Anew != "" {
		f.say("%s.", t.Anew)
	}
	if stepClosed && t.Anew == "" {
		f.say("The step is closed, so tasks are not ticked. o in the step reopens it.")
		return nil
	}
	accepted, menu := []string{"y", "n"}, "y It is done  n Not yet"
	def := "n"
	if t.Anew != "" {
		menu = "y It is told, tick it anew  n Not yet"
	} else if t.State.Done {
		menu, def = "y It stays done  n Not done after all", "y"
	}
	if len(t.Snippets) > 0 {
		accepted, menu = append(accepted, "s"), menu+"  s Save the text to a file"
	}
	for {
		f.say("%s", menu)
		choice, err := f.choose(def, "A tick is kept with your name and the time.", accepted...)
		if err != nil {
			return err
		}
		if choice == "s" {
			for _, sn := range t.Snippets {
				f.saveFile(snippetFile(t, sn), []byte(strings.TrimRight(string(sn.Text), "\n")+"\n"))
			}
			continue
		}
		if done := choice == "y"; t.Anew == "" && done != t.State.Done || t.Anew != "" && done {
			err := f.tick(step, t.ID, done)
			if err == nil && done && t.Held {
				f.say("%s.", capital(wizard.TickedEarly))
			}
			return err
		}
		return nil
	}
}

// tick ticks a task. One that is there to note something is not done without
// it: the question is asked first.
func (f *face) tick(step, task string, done bool) error {
	err := f.s.Tick(f.ctx, step, task, done)
	var open *wizard.RecordError
	for errors.As(err, &open) {
		f.say("%s.", capital(trimStop(open.Error())))
		if asked := f.ask(open.Question, "", step, ""); asked != nil {
			return asked
		}
		if f.s.Snapshot().Answers.Value(open.Question.ID) == "" || f.s.Unfit(open.Question.ID) {
			f.say("The task stays open.")
			return nil
		}
		err = f.s.Tick(f.ctx, step, task, done)
	}
	f.run(func(context.Context) error { return err })
	return nil
}

func snippetFile(t wizard.TaskLine, sn steps.Snippet) string {
	if sn.File != "" {
		return sn.File
	}
	return t.ID + ".txt"
}
