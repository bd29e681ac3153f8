package export

import (
	"encoding/json"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// Reopening is one time that a closed step was opened again. Before is the
// confirmation that it took back; Again is when the step was closed next, zero
// when it was not.
type Reopening struct {
	At       time.Time   `json:"at"`
	By       clean.Shown `json:"by,omitempty"`
	Reason   clean.Shown `json:"reason,omitempty"`
	Before   time.Time   `json:"before,omitzero"`
	Overseen clean.Shown `json:"before_overseen_by,omitempty"`
	Again    time.Time   `json:"again,omitzero"`
}

// reopened reads out of the journal how often a step was opened again, oldest
// first. The state of a step alone forgets it with the next confirmation.
func (b *builder) reopened(step string) []Reopening {
	var out []Reopening
	var last steps.StepState
	for _, e := range b.hist.Journal {
		if e.Kind != "status" || e.Step != step {
			continue
		}
		var now steps.StepState
		if json.Unmarshal([]byte(e.Data), &now) != nil || now.Status == "" {
			continue // an entry without the state says nothing here
		}
		switch {
		case last.Status.Closed() && !now.Status.Closed():
			out = append(out, Reopening{
				At: utc(e.At), By: clean.Line(e.By), Reason: clean.Text(now.Reason),
				Before: utc(last.Closed), Overseen: clean.Line(last.Overseen),
			})
		case len(out) > 0 && !last.Status.Closed() && now.Status.Closed():
			out[len(out)-1].Again = utc(now.Closed)
		}
		last = now
	}
	return out
}

// reopening says in one line what became of a step that was closed before.
func (l *layout) reopening(r Reopening) string {
	text := "Reopened on " + l.day(r.At)
	if r.By != "" {
		text += " by " + string(r.By)
	}
	if r.Reason != "" {
		text += ": " + strings.TrimRight(string(r.Reason), ". ")
	}
	if !r.Again.IsZero() {
		text += "; confirmed again on " + l.day(r.Again)
	}
	if r.Overseen != "" {
		text += "; the confirmation of " + l.day(r.Before) + " was overseen by " + string(r.Overseen)
	}
	return text
}
