package steps

import (
	"time"
)

// GateKind says when a gate must hold.
type GateKind string

// Gate kinds: before a step may start, or before it may be confirmed.
const (
	GateStart   GateKind = "start"
	GateConfirm GateKind = "confirm"
)

// Gate is a condition that must hold. Holds is pure: it reads the view only.
type Gate struct {
	ID   string
	Kind GateKind
	Text string // what must hold, one line
	Why  string // what happens otherwise
	// Question is the id of the question whose answer opens the gate, "" when
	// it hangs on something else.
	Question string
	// Recheck is the id of the step whose checks, run again, may open the gate;
	// "" when it hangs on something else.
	Recheck string
	Holds   func(View) GateState
}

// GateState is the answer of a gate. Until is set when only time is missing.
type GateState struct {
	Open  bool
	Unmet string // what is missing, one line; empty when open
	Until time.Time
}

// View is everything a gate or status may depend on.
type View struct {
	Plan  Plan
	Snap  Snapshot
	Facts Facts
	Now   time.Time
	// Stale reports results that no longer fit the present input.
	Stale func(Run) bool
}

// Closed reports that the step is closed, or not in this plan (a step that
// does not apply holds nothing up).
func (v View) Closed(step string) bool {
	if _, in := v.Plan.Step(step); !in {
		return true
	}
	return v.Snap.Steps[step].Status.Closed()
}

// ClosedAt returns when the step was closed; zero when it is not.
func (v View) ClosedAt(step string) time.Time {
	if st := v.Snap.Steps[step]; st.Status.Closed() {
		return st.Closed
	}
	return time.Time{}
}

// TaskDone reports a ticked task and when it was ticked.
func (v View) TaskDone(step, task string) (time.Time, bool) {
	t := v.Snap.Tasks[TaskKey(step, task)]
	return t.At, t.Done
}

// Overridden reports whether a gate of a step was set aside.
func (v View) Overridden(step, gate string) bool {
	for _, o := range v.Snap.Overrides {
		if o.Step == step && o.Gate == gate {
			return true
		}
	}
	return false
}
