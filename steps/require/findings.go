package require

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

// Open is one thing among the newest results that stands in the way of a
// confirmation and was not set aside.
type Open struct {
	Step string
	ID   string // what an Override names: finding code and subject, or a check's id with ".unknown"
	Run  steps.Run
	// Finding is the blocker; nil for a check that could not tell.
	Finding *check.Finding
}

// FindingID is how an override names a finding.
func FindingID(f check.Finding) string {
	if f.Subject == "" {
		return f.Code
	}
	return f.Code + " " + string(f.Subject)
}

// UnknownID is how an override names a check that could not tell.
func UnknownID(checkID string) string { return checkID + ".unknown" }

// OpenIn lists the blockers and unknowns among the present results of one step,
// as steps.View.Result decides them.
func OpenIn(v steps.View, step steps.Step) []Open {
	var out []Open
	for _, id := range step.Checks {
		run, ok := v.Run(step.ID, id)
		if !ok {
			continue
		}
		for _, f := range run.Result.Findings {
			if f.Severity == check.Blocker && !v.Overridden(step.ID, FindingID(f)) {
				out = append(out, Open{Step: step.ID, ID: FindingID(f), Run: run, Finding: &f})
			}
		}
		if run.Result.Outcome == check.Unknown && !v.Overridden(step.ID, UnknownID(id)) {
			out = append(out, Open{Step: step.ID, ID: UnknownID(id), Run: run})
		}
	}
	return out
}

// OutOfDate names the checks of a closed step whose result counted and does not
// any more: answers or rules have changed, or the change that they judge was
// made since. What was set aside with a reason is not named, nor the record of
// the MX, which cannot be made again once they have changed.
func OutOfDate(v steps.View, step steps.Step) []string {
	if !v.Closed(step.ID) {
		return nil
	}
	var out []string
	for _, id := range step.Checks {
		r, standing := v.Result(step.ID, id)
		if standing != steps.InputGone && standing != steps.BeforeChange || id == steps.CheckMXPlan && r.Result.Phase == check.Before {
			continue
		}
		if what := "check " + id; !v.Overridden(step.ID, what) && !v.Overridden(r.Step, what) {
			out = append(out, id)
		}
	}
	return out
}

// Clean is met when no newest result of any step up to this one holds a
// blocker or could not tell, unless that was set aside with a reason, and none
// of a closed step is out of date. Of a check that several steps run, the newest
// fresh result counts.
func Clean(id, stepID string) steps.Gate {
	return steps.Gate{
		ID: id, Kind: steps.GateConfirm,
		Text: "No check blocks, and none is out of date or left unexplained",
		Why:  "What is signed off is not looked at again; what is wrong now stays wrong",
		Holds: func(v steps.View) steps.GateState {
			var left []string
			for _, o := range unsettled(v) {
				left = append(left, fmt.Sprintf("%s in step %d", o.ID, number(v, o.Step)))
			}
			for _, st := range v.Plan.Steps {
				for _, id := range OutOfDate(v, st) {
					left = append(left, fmt.Sprintf("%s in step %d is to be run again", id, st.Number))
				}
			}
			switch len(left) {
			case 0:
				return open()
			case 1:
				return shut("%s", left[0])
			}
			return shut("%s and %d more", left[0], len(left)-1)
		},
	}
}

func number(v steps.View, step string) int {
	st, _ := v.Plan.Step(step)
	return st.Number
}

// unsettled lists the blockers and unknowns of the whole move. What several
// steps see in the same result is listed once, and settled when one of them has
// set it aside.
func unsettled(v steps.View) []Open {
	type seen struct {
		step, id string
		at       time.Time
	}
	var out []Open
	listed := map[seen]bool{}
	for _, st := range v.Plan.Steps {
		for _, o := range OpenIn(v, st) {
			key := seen{o.Run.Step, o.Run.Result.Check + " " + o.ID, o.Run.Result.Started}
			if listed[key] || v.Overridden(o.Run.Step, o.ID) {
				continue
			}
			listed[key] = true
			o.Step = o.Run.Step
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Open) int { return rank(a) - rank(b) })
	return out
}

// rank puts blockers before unknowns.
func rank(o Open) int {
	if o.Finding != nil {
		return 0
	}
	return 1
}

// Says describes an open thing in one line.
func (o Open) Says() string {
	if o.Finding != nil {
		// many titles name their subject themselves
		if strings.Contains(string(o.Finding.Title), string(o.Finding.Subject)) {
			return string(o.Finding.Title)
		}
		return fmt.Sprintf("%s: %s", o.Finding.Subject, o.Finding.Title)
	}
	return fmt.Sprintf("%s could not tell: %s", o.Run.Result.Check, o.Run.Result.Summary)
}
