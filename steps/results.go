package steps

import (
	"slices"
	"time"

	"mxodus/steps/check"
)

// Standing says whether the newest result of a check counts now.
type Standing string

// Standings. Only a result that counts proves or disproves anything.
const (
	NotRun       Standing = "not_run"
	Counts       Standing = "counts"
	InputGone    Standing = "stale"         // the answers or files it was run on have changed since
	BeforeChange Standing = "before_change" // made before the change of the step, which has happened since
)

// Checks whose question differs from step to step: each step asks about the
// ports that it needs, and whether port 25 is shut once it is to be shut.
const (
	checkFirewall = "FW-OPEN"
	checkLocked   = "FW-LOCK"
	codeOldRegion = "FW-LOCK.old_region" // its finding that rules let in the region that was left
)

// InputOf says in words what a check is run on: the checks of firewalls read
// rules beside the answers.
func InputOf(checkID string) string {
	if checkID == checkFirewall || checkID == checkLocked {
		return "rules or answers"
	}
	return "answers"
}

// Phase says where a step stands relative to its change, from the tick of its
// phase task: before it; during, for connectors until the step is closed, for
// MX until the last cache has run out, for opened ranges for good, as the old
// way stays beside the new one for the whole move; after, for a port that was
// closed at once. Steps without a change of their own take the phase of the MX
// change when that comes earlier in the plan; where mail flow does not move,
// the last steps are after and all others before.
func (v View) Phase(step string) check.Phase {
	if st, ok := v.changeStep(step); ok {
		return v.ownPhase(st)
	}
	if _, ok := v.Plan.Step(step); !ok {
		return check.Before
	}
	if _, mx := v.Plan.Step(MXStep(v.Plan.Profile.Journey)); !mx {
		switch step {
		case ConnectCompletion, MigrateSignOff, MigratePost:
			return check.After
		}
	}
	return check.Before
}

// changeStep is the step whose change decides the phase of a step: its own, or
// that of the MX records when it comes earlier in the plan.
func (v View) changeStep(step string) (Step, bool) {
	st, ok := v.Plan.Step(step)
	if !ok {
		return Step{}, false
	}
	if st.PhaseTask != "" {
		return st, true
	}
	mx, ok := v.Plan.Step(MXStep(v.Plan.Profile.Journey))
	return mx, ok && mx.Number < st.Number
}

// ChangeTask names the task whose tick is the change that the phase of a step
// hangs on, and the step it belongs to; false where a step hangs on none.
func (v View) ChangeTask(step string) (at, task string, ok bool) {
	st, ok := v.changeStep(step)
	return st.ID, st.PhaseTask, ok
}

func (v View) ownPhase(st Step) check.Phase {
	changed, done := v.TaskDone(st.ID, st.PhaseTask)
	if !done {
		return check.Before
	}
	if st.PhaseTask == TaskChangeMX {
		if c := v.Snap.CachesAfter(changed, v.Facts.Domains); c.Known() {
			if v.Now.Before(c.Clear) {
				return check.During
			}
			return check.After
		}
	}
	switch {
	case st.PhaseTask == TaskClosePort:
		return check.After
	case st.PhaseTask == TaskOpenRanges:
		return check.During
	case v.Closed(st.ID):
		return check.After
	}
	return check.During
}

// Result is the one place that decides which result of a check is the present
// one for a step: the newest that counts, whichever step ran it, else the
// newest that there is, with the reason why it does not count. Another step's
// result is considered when it was made since this step was begun, and not
// before this step's change.
func (v View) Result(step, checkID string) (Run, Standing) {
	if checkID == CheckMXPlan && v.Phase(step) != check.Before {
		if r, ok := v.recordOfMX(); ok {
			return r, Counts
		}
	}
	var best Run
	standing := NotRun
	consider := func(r Run, s Standing) {
		newer := Newer(r, best)
		if standing == NotRun || (s == Counts) == (standing == Counts) && newer || s == Counts && standing != Counts {
			best, standing = r, s
		}
	}
	if own, ok := v.Snap.Latest[RunKey(step, checkID)]; ok {
		consider(own, v.standing(step, own))
	}
	for _, st := range v.Plan.Steps {
		if r, ok := v.Snap.Latest[RunKey(st.ID, checkID)]; ok && st.ID != step && v.shares(step, r) {
			consider(r, v.standing(step, r))
		}
	}
	return best, standing
}

// recordOfMX is the newest record of the MX from before the change, whichever
// step made it: once they have changed nothing can take its place.
func (v View) recordOfMX() (Run, bool) {
	var best Run
	found := false
	for _, st := range v.Plan.Steps {
		r, ok := v.Snap.Latest[RunKey(st.ID, CheckMXPlan)]
		if ok && r.Result.Phase == check.Before && r.Result.Outcome != check.Skipped && (!found || Newer(r, best)) {
			best, found = r, true
		}
	}
	return best, found
}

// Newer reports that a was stored after b; the order in which runs were stored
// decides where it is known, as clocks may be set back.
func Newer(a, b Run) bool {
	if a.ID != 0 && b.ID != 0 {
		return a.ID > b.ID
	}
	return a.Result.Started.After(b.Result.Started)
}

// Run returns the present result of a check for a step, if it counts.
func (v View) Run(step, checkID string) (Run, bool) {
	r, s := v.Result(step, checkID)
	if s != Counts {
		return Run{}, false
	}
	return r, true
}

// Standing of a result, old or new, in the eyes of a step: whether it would
// count if no other were there.
func (v View) Standing(step string, r Run) Standing { return v.standing(step, r) }

// standing of a result in the eyes of a step. The record of the MX from before
// the change is meant to stay.
func (v View) standing(step string, r Run) Standing {
	switch {
	case r.Result.Check != CheckMXPlan && !unmoved(v, step, r) && v.precedes(step, r):
		return BeforeChange // also where answers have changed: the tick of a change is among what a check is asked with
	case v.Stale != nil && v.Stale(r):
		return InputGone
	}
	return Counts
}

// checkRanges compares the table of ranges with what the region publishes.
const checkRanges = "RANGES"

// unmoved reports a result that the change of a step has nothing to do with: what
// a region publishes stays the same when a firewall is opened or shut.
func unmoved(v View, step string, r Run) bool {
	st, _ := v.Plan.Step(step)
	return r.Result.Check == checkRanges && (st.PhaseTask == TaskOpenRanges || st.PhaseTask == TaskClosePort)
}

// shares reports that a step takes over a result that another step has made.
func (v View) shares(step string, r Run) bool {
	begun := v.begunAt(step, r.Result.Check)
	if begun.IsZero() || !r.Result.Started.After(begun) {
		return false
	}
	if r.Result.Check == checkFirewall && !v.covers(r.Step, step) {
		return false
	}
	st, changes := v.changeStep(step)
	theirs, ok := v.changeStep(r.Step)
	if !changes || ok && theirs.ID == st.ID {
		return true
	}
	changed, done := v.TaskDone(st.ID, st.PhaseTask)
	if !done { // whether a port is shut is not asked before it is to be shut
		return r.Result.Check != checkLocked || r.Result.Phase == check.Before
	}
	return !v.precedes(step, r) && r.Result.Started.After(changed)
}

// precedes reports a result from before the change of a step. Whether the region
// is let through is the same question before and after the MX change: for the
// step that opens the ranges, time decides of what another step has found.
func (v View) precedes(step string, r Run) bool {
	st, _ := v.Plan.Step(step)
	if r.Result.Check == checkFirewall && r.Step != step && st.PhaseTask == TaskOpenRanges {
		opened, done := v.TaskDone(step, TaskOpenRanges)
		return done && !r.Result.Started.After(opened)
	}
	return r.Result.Phase == check.Before && v.Phase(step) != check.Before
}

// begunAt is when work in a step began: as stored, or with its first trace.
func (v View) begunAt(step, checkID string) time.Time {
	state := v.Snap.Steps[step]
	first := state.Started
	for _, t := range []time.Time{state.Closed, v.Snap.Latest[RunKey(step, checkID)].Result.Started} {
		if first.IsZero() || !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	return first
}

// covers reports that the firewall needs of one step hold all of another's.
func (v View) covers(step, other string) bool {
	needs := v.Facts.PortNeeds(step)
	for _, n := range v.Facts.PortNeeds(other) {
		if !slices.Contains(needs, n) {
			return false
		}
	}
	return true
}
