package plan

import (
	"slices"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/require"
)

// Status says how a step stands now. In order: not in the plan, closed,
// waiting as stored, blocked by a start gate or a blocker in a fresh result,
// waiting for what a check waits for, begun, not started. A wait for a time
// ends by itself when the time has come.
func Status(v steps.View, step string) steps.Status {
	st, ok := v.Plan.Step(step)
	if !ok {
		return steps.NotApplicable
	}
	state := v.Snap.Steps[step]
	if state.Status.Closed() {
		return state.Status
	}
	if waits(v, state) {
		return steps.Waiting
	}
	if len(UnmetGates(v, st, steps.GateStart)) > 0 || len(blockers(v, st)) > 0 {
		return steps.Blocked
	}
	if state.Status == steps.InProgress || state.Status == steps.Waiting || begun(v, st) {
		return steps.InProgress
	}
	return steps.NotStarted
}

// waits reports a stored wait that has not ended.
func waits(v steps.View, state steps.StepState) bool {
	if state.Status != steps.Waiting {
		return false
	}
	return state.WaitingOn != WaitTime || v.Now.Before(state.Until)
}

// begun reports a trace of work in a step whose state was never stored: a tick,
// or something set aside. The result of a check is none, as a check may be run
// from the command line for a step that nobody has looked at yet.
func begun(v steps.View, st steps.Step) bool {
	if st.Tasks != nil {
		for _, t := range st.Tasks(v.Facts) {
			if _, done := v.TaskDone(st.ID, t.ID); done {
				return true
			}
		}
	}
	return slices.ContainsFunc(v.Snap.Overrides, func(o steps.Override) bool {
		return o.Step == st.ID && !slices.ContainsFunc(st.Gates, func(g steps.Gate) bool { return g.ID == o.Gate })
	})
}

// Unmet is a gate that does not hold and was not set aside.
type Unmet struct {
	Gate  steps.Gate
	State steps.GateState
}

// UnmetGates lists the gates of a kind that do not hold now.
func UnmetGates(v steps.View, st steps.Step, kind steps.GateKind) []Unmet {
	var out []Unmet
	for _, g := range st.Gates {
		if g.Kind != kind || v.Overridden(st.ID, g.ID) {
			continue
		}
		if state := g.Holds(v); !state.Open {
			out = append(out, Unmet{g, state})
		}
	}
	return out
}

// blockers lists the blocker findings of a step's fresh results.
func blockers(v steps.View, st steps.Step) []require.Open {
	var out []require.Open
	for _, o := range require.OpenIn(v, st) {
		if o.Finding != nil {
			out = append(out, o)
		}
	}
	return out
}

// MXChangedAt returns when the change of the MX records was ticked; zero before.
func MXChangedAt(s steps.Snapshot) time.Time { return s.MXChangedAt() }

// PhaseOf says where a step stands relative to its change; see steps.View.Phase.
func PhaseOf(v steps.View, step string) check.Phase { return v.Phase(step) }
