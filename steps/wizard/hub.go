package wizard

import (
	"fmt"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
)

// Hub is the list of steps as screens show it.
type Hub struct {
	MoveID     string
	Org        string
	Subtitle   string // "Migrate · Europe → Australia · Enterprise"
	Next       Next
	Turn       string   // whose turn it is, one line
	Waiting    []string // everything that is being waited for
	Done       int      // steps that are closed and stand as they were confirmed
	Total      int
	Left       []plan.Left // what keeps the move from being complete; none when it is
	Rows       []HubRow
	LeftOut    []steps.LeftOut
	Milestones []plan.Milestone
	RFI        rfi.Completeness
	OldOff     time.Time // day the old account is disabled; zero when not known yet
	DaysLeft   int
	Clock      time.Time
}

// Next is the next useful thing for the TPOC.
type Next struct {
	Step  string
	Stage steps.Stage
	Text  string // imperative; "" when nothing is left to do
}

// HubRow is one step.
type HubRow struct {
	Number int
	ID     string
	Title  string
	Owner  steps.Owner
	Status steps.Status
	Detail string // "2 of 4 tasks", "since 18 Nov", "after 3, 4"
	Held   bool   // Blocked only because something must come before it; Detail says what
	// Changed says that the step was changed after it was confirmed; it counts
	// as not done.
	Changed bool
	// OutOfDate names the checks of a closed step whose results do not count any
	// more, as plan.OutOfDate decides it.
	OutOfDate []string
	// Untold names what Mimecast has otherwise in the form that was sent.
	Untold []string
}

// StatusWord says a status in one or two words.
func StatusWord(s steps.Status) string {
	switch s {
	case steps.NotStarted:
		return "to do"
	case steps.InProgress:
		return "in progress"
	case steps.Waiting:
		return "waiting"
	case steps.Blocked:
		return "blocked"
	case steps.Done:
		return "done"
	case steps.Overridden:
		return "done, with reasons"
	case steps.NotApplicable:
		return "not needed"
	}
	return string(s)
}

// Word says where the step stands in one or two words: a step is not called
// blocked for no more than that another one comes before it.
func (r HubRow) Word() string {
	if r.Held {
		return "later"
	}
	return StatusWord(r.Status)
}

// Hub computes the list of steps as it stands now.
func (s *Session) Hub() Hub {
	v := s.View()
	h := Hub{
		MoveID: s.id, Org: v.Facts.Org, Subtitle: Subtitle(v.Facts), Total: len(v.Plan.Steps),
		LeftOut: v.Plan.LeftOut, Clock: v.Now, RFI: rfi.Complete(v.Facts),
	}
	for _, st := range v.Plan.Steps {
		row := HubRow{
			Number: st.Number, ID: st.ID, Title: st.Title, Owner: st.Owner,
			Status: plan.Status(v, st.ID),
		}
		row.Detail = rowDetail(v, st, row.Status)
		row.Held = row.Status == steps.Blocked && row.Detail != ""
		row.OutOfDate, row.Untold = plan.OutOfDate(v, st.ID), plan.Untold(v, st.ID)
		switch row.Changed = len(v.ChangedSince(st.ID)) > 0; {
		case row.Changed:
			row.Detail = "changed since it was confirmed"
		case len(row.Untold) > 0:
			row.Detail = "tell Mimecast, the form sent has it otherwise: " + plan.Several(row.Untold)
			if row.Status.Closed() {
				h.Done++
			}
		case len(row.OutOfDate) > 0:
			row.Detail = "run again: " + strings.Join(row.OutOfDate, ", ")
			h.Done++
		case row.Status.Closed():
			h.Done++
		}
		if row.Status == steps.Waiting {
			h.Waiting = append(h.Waiting, waitingLine(v, st))
		}
		h.Rows = append(h.Rows, row)
	}
	id, stage, why := plan.Next(v)
	h.Next = Next{Step: id, Stage: stage, Text: why}
	h.Milestones = plan.Milestones(v)
	h.OldOff, h.DaysLeft, _ = plan.OldAccountOff(v)
	h.Left = plan.Incomplete(v)
	h.Turn = turn(h)
	return h
}

func turn(h Hub) string {
	switch {
	case h.Complete():
		return "all steps are done"
	case h.Total > 0 && h.Done == h.Total:
		return fmt.Sprintf("all steps are closed, but step %d has something left: %s", h.Left[0].Step, h.Left[0].Text)
	case h.Next.Step != "":
		return "your turn"
	case len(h.Waiting) > 0:
		return h.Waiting[0]
	}
	return ""
}

// Complete reports that every step is closed and nothing that counts is open,
// as plan.Incomplete decides.
func (h Hub) Complete() bool { return h.Total > 0 && len(h.Left) == 0 }

// Subtitle says the profile in one line.
func Subtitle(f steps.Facts) string {
	p := f.Profile
	var parts []string
	switch p.Journey {
	case steps.Connect:
		parts = append(parts, "Connect", ServiceName(p.Service))
		if f.Target.ID != "" {
			parts = append(parts, f.Target.Name)
		}
	case steps.Migrate:
		parts = append(parts, "Migrate")
		if f.Source.ID != "" || f.Target.ID != "" {
			parts = append(parts, orUnknown(f.Source.Name)+" → "+orUnknown(f.Target.Name))
		}
		parts = append(parts, TrackName(p.Track))
	}
	return strings.Join(parts, " · ")
}

func orUnknown(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

// ServiceName says a service in words.
func ServiceName(s steps.Service) string {
	switch s {
	case steps.Archiving:
		return "Archiving"
	case steps.EmailSecurity:
		return "Email Security"
	case steps.Both:
		return "Archiving and Email Security"
	}
	return string(s)
}

// TrackName says a track in words.
func TrackName(t steps.Track) string {
	switch t {
	case steps.Security:
		return "Security"
	case steps.Express:
		return "Express"
	case steps.Archive:
		return "Archive"
	case steps.Enterprise:
		return "Enterprise"
	}
	return string(t)
}

func rowDetail(v steps.View, st steps.Step, status steps.Status) string {
	state := v.Snap.Steps[st.ID]
	switch status {
	case steps.Done, steps.Overridden:
		return Day(state.Closed, v.Now)
	case steps.Waiting:
		if state.WaitingOn == "time" && !state.Until.IsZero() {
			return "until " + Moment(state.Until, v.Now)
		}
		return "since " + Day(state.Since, v.Now)
	case steps.InProgress:
		done, total := taskCount(v, st)
		if total > 0 {
			return fmt.Sprintf("%d of %d tasks", done, total)
		}
	case steps.NotStarted, steps.Blocked:
		if after := waitsFor(v, st); after != "" {
			return after
		}
	}
	return ""
}

// waitsFor says which gate keeps a step back: the first unmet start gate.
func waitsFor(v steps.View, st steps.Step) string {
	for _, g := range st.Gates {
		if g.Kind != steps.GateStart || v.Overridden(st.ID, g.ID) {
			continue
		}
		if state := g.Holds(v); !state.Open {
			if !state.Until.IsZero() {
				return "not before " + Moment(state.Until, v.Now)
			}
			return state.Unmet
		}
	}
	return ""
}

func waitingLine(v steps.View, st steps.Step) string {
	state := v.Snap.Steps[st.ID]
	if state.WaitingOn == "time" && !state.Until.IsZero() {
		return fmt.Sprintf("%s, until %s", st.Title, Moment(state.Until, v.Now))
	}
	what := st.WaitsFor
	if what == "" {
		what = "Mimecast: " + st.Title
	}
	return fmt.Sprintf("%s, since %s", what, Day(state.Since, v.Now))
}

// Day says a date as people do: "12 Nov", with the year when it is another.
func Day(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(now.Location())
	if t.Year() != now.Year() {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2 Jan")
}

// Moment says a time: "14:20" today, else "3 Dec 14:20".
func Moment(t, now time.Time) string {
	t = t.In(now.Location())
	if y, m, d := t.Date(); y == now.Year() && m == now.Month() && d == now.Day() {
		return t.Format("15:04")
	}
	return Day(t, now) + t.Format(" 15:04")
}
