package plan

import (
	"fmt"
	"strings"
	"time"

	"mxodus/steps"
)

// EventKind is what happens to a step.
type EventKind string

// Kinds of events.
const (
	EventStart    EventKind = "start"    // begin, or take out of waiting; nothing when already begun
	EventWait     EventKind = "wait"     // on Mimecast, or until Event.Until
	EventConfirm  EventKind = "confirm"  // close, nothing set aside
	EventOverride EventKind = "override" // close with reasons
	EventReopen   EventKind = "reopen"   // open a closed step again
)

// What a step may wait on.
const (
	WaitMimecast = "mimecast"
	WaitTime     = "time"
)

// Event is one change of a step's state.
type Event struct {
	Kind     EventKind
	At       time.Time
	By       string
	Until    time.Time // EventWait: the time waited for; zero means on Mimecast
	Reason   string    // EventOverride, EventReopen
	Overseen string    // EventConfirm, EventOverride: second person
}

// Transition returns the state after an event. It refuses what makes no sense
// with a sentence that says what to do instead. Revision is left as it is.
func Transition(state steps.StepState, e Event) (steps.StepState, error) {
	next := state
	next.By = e.By
	closed := state.Status.Closed()
	switch e.Kind {
	case EventStart:
		if closed {
			return state, fmt.Errorf("step %s is closed; reopen it with a reason first", state.Step)
		}
		next.Status = steps.InProgress
		next.WaitingOn, next.Since, next.Until = "", time.Time{}, time.Time{}
	case EventWait:
		if closed {
			return state, fmt.Errorf("step %s is closed and waits for nothing; reopen it with a reason first", state.Step)
		}
		if !e.Until.IsZero() && !e.Until.After(e.At) {
			return state, fmt.Errorf("step %s cannot wait until %s, as that time has passed; give a later one",
				state.Step, e.Until.Format(time.RFC3339))
		}
		next = waiting(next, e)
	case EventConfirm, EventOverride:
		if closed {
			return state, fmt.Errorf("step %s is closed already; reopen it to confirm it anew", state.Step)
		}
		if e.Kind == EventOverride && strings.TrimSpace(e.Reason) == "" {
			return state, fmt.Errorf("a reason is needed to close step %s with something set aside", state.Step)
		}
		next.Status = steps.Done
		if e.Kind == EventOverride {
			next.Status = steps.Overridden
		}
		next.Closed, next.Overseen, next.Reason = e.At, e.Overseen, strings.TrimSpace(e.Reason)
		next.WaitingOn, next.Since, next.Until = "", time.Time{}, time.Time{}
	case EventReopen:
		if !closed {
			return state, fmt.Errorf("step %s is not closed, so there is nothing to reopen", state.Step)
		}
		if strings.TrimSpace(e.Reason) == "" {
			return state, fmt.Errorf("a reason is needed to reopen step %s; it goes into the record", state.Step)
		}
		next.Status, next.Closed, next.Overseen = steps.InProgress, time.Time{}, ""
		next.Reason = strings.TrimSpace(e.Reason)
	default:
		return state, fmt.Errorf("no event %q; the events are start, wait, confirm, override and reopen", e.Kind)
	}
	if next.Started.IsZero() {
		next.Started = e.At
	}
	return next, nil
}

// waiting sets what is waited for. A wait on Mimecast that is renewed keeps
// the moment it began, so that its length is told truly.
func waiting(s steps.StepState, e Event) steps.StepState {
	on := WaitMimecast
	if !e.Until.IsZero() {
		on = WaitTime
	}
	if s.Status != steps.Waiting || s.WaitingOn != on {
		s.Since = e.At
	}
	s.Status, s.WaitingOn, s.Until = steps.Waiting, on, e.Until
	return s
}
