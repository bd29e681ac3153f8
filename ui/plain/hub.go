package plain

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/wizard"
)

const hubHelp = `Type the number of a step to open it. Enter goes on with the next useful thing.
r runs the checks of every step that was begun, a shows all answers, e writes the summary and the form to files.
j shows the journal, f finds a step or a question by words, n keeps a note with the move, m leads to the list of moves.`

// hub is the list of steps.
func (f *face) hub() error {
	for {
		if _, err := f.s.Reload(f.ctx); err != nil {
			f.fail(err)
		}
		f.at(steps.Position{Screen: "hub"})
		h := f.s.Hub()
		f.sayHub(h)
		def := onward(h)
		f.say("r Check all, a Answers, e Export, j Journal, f Find, n Note, m List of moves")
		choice, err := f.choose(def, hubHelp, append(numbers(h.Total), "r", "a", "e", "j", "f", "n", "m")...)
		if errors.Is(err, errHub) {
			continue // it leads here, and here it stays: the numbers go on meaning steps
		}
		if err != nil {
			return err
		}
		if choice == "m" {
			return errBack
		}
		if err := f.hubAct(choice, h); err != nil && !returned(err) {
			return err
		}
	}
}

// onward is what Enter does in the list of steps: the next useful step, else
// the first that is open, and the export once all are done.
func onward(h wizard.Hub) string {
	first := ""
	for _, r := range h.Rows {
		if r.ID == h.Next.Step {
			return strconv.Itoa(r.Number)
		}
		if first == "" && !r.Status.Closed() {
			first = strconv.Itoa(r.Number)
		}
	}
	switch {
	case h.Total == 0:
		return "a"
	case first != "":
		return first
	}
	return "e"
}

func (f *face) hubAct(choice string, h wizard.Hub) error {
	switch choice {
	case "r":
		return f.checkAll()
	case "a":
		return f.review()
	case "e":
		return f.export()
	case "j":
		return f.journal()
	case "f":
		return f.find()
	case "n":
		return f.note("")
	}
	row := h.Rows[number(choice)-1]
	stage := steps.Stage("")
	if row.ID == h.Next.Step {
		stage = h.Next.Stage
	}
	return f.step(row.ID, stage)
}

func (f *face) sayHub(h wizard.Hub) {
	f.say("")
	f.say("%s. %s. %d of %s done.", h.Org, h.Subtitle, h.Done, count(h.Total, "step"))
	if h.Turn != "" {
		f.say("%s.", capital(trimStop(h.Turn)))
	}
	for _, w := range h.Waiting {
		if w != h.Turn {
			f.say("Waiting: %s.", trimStop(w))
		}
	}
	for _, r := range h.Rows {
		line := fmt.Sprintf("%s. %s. %s", r.Title, capital(wizard.OwnerWord(r.Owner)), capital(r.Word()))
		if r.Detail != "" {
			line += ", " + r.Detail
		}
		f.say("%d %s.", r.Number, trimStop(line))
	}
	for _, l := range h.LeftOut {
		f.say("Left out: %s, because %s.", l.Title, trimStop(l.Why))
	}
	f.sayDates(h)
	if h.RFI.Applicable > 0 {
		line := fmt.Sprintf("Request for Information: %d of %d answered", h.RFI.Answered, h.RFI.Applicable)
		if h.RFI.RequiredMissing > 0 {
			line += fmt.Sprintf(", %d required missing", h.RFI.RequiredMissing)
		}
		f.say("%s.", line)
	}
	if h.Next.Step != "" {
		f.say("Next: %s.", trimStop(h.Next.Text))
	}
}

// sayDates says what is planned and what has happened.
func (f *face) sayDates(h wizard.Hub) {
	var parts []string
	for _, m := range h.Milestones {
		if m.At.IsZero() {
			continue
		}
		when := wizard.Moment(m.At, h.Clock)
		if !strings.Contains(when, " ") { // a time of day alone
			when = "today " + when
		}
		part := m.Label + " " + when
		if m.Kind == plan.MilestoneOldAccount {
			part = m.Label + " " + wizard.Day(m.At, h.Clock)
		}
		if m.Done {
			part += ", done"
		}
		parts = append(parts, part)
	}
	if len(parts) > 0 {
		f.say("Dates: %s.", strings.Join(parts, "; "))
	}
	if !h.OldOff.IsZero() {
		f.say("The old account is disabled on %s, in %s.", wizard.Day(h.OldOff, h.Clock), count(h.DaysLeft, "day"))
	}
}
