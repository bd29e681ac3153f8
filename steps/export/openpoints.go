package export

import (
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/plan"
	"mxodus/steps/require"
)

// openPoints lists what is not settled, step by step: what keeps an open step
// from being confirmed, what is waited for, and risks that checks found.
func (b *builder) openPoints() []OpenPoint {
	out := []OpenPoint{}
	left := plan.Incomplete(b.v) // of closed steps: open ones are told by their obstacles
	asked := map[string]bool{}   // a question that several steps need is listed once
	for _, st := range b.v.Plan.Steps {
		if p, ok := b.waitingPoint(st); ok {
			out = append(out, p)
		}
		for _, o := range plan.Obstacles(b.v, st.ID, nil) {
			out = append(out, OpenPoint{Step: st.Number, Kind: string(o.Kind), Text: clean.Line(o.Text), Who: b.actor(st, o)})
		}
		for _, q := range b.missing(st) {
			if asked[q] {
				continue
			}
			asked[q] = true
			out = append(out, OpenPoint{
				Step: st.Number, Kind: string(plan.ObstacleAnswer),
				Text: clean.Line("not answered: " + questionLabel(q)), Who: "you",
			})
		}
		out = append(out, b.risks(st)...)
		for _, l := range left {
			if l.ID == st.ID && l.Kind != "step" && l.Kind != string(plan.ObstacleBlocker) {
				out = append(out, OpenPoint{Step: st.Number, Kind: l.Kind, Text: clean.Line(l.Text), Who: string(check.WhoTPOC)})
			}
		}
	}
	if at, left, ok := plan.OldAccountOff(b.v); ok && left > 0 {
		out = append(out, OpenPoint{
			Kind: "waiting", Who: "you",
			Text: clean.Sprintf("The old account is disabled on %s, in %d days; nothing may use it any more by then", day(at, b.zone), left),
		})
	}
	return out
}

// missing lists the required questions of an open step without an answer that
// were not set aside.
func (b *builder) missing(st steps.Step) []string {
	if len(st.Questions) == 0 || b.v.Snap.Steps[st.ID].Status.Closed() {
		return nil
	}
	return slices.DeleteFunc(plan.Missing(b.v.Facts, st), func(q string) bool {
		return b.v.Overridden(st.ID, "answer "+q)
	})
}

func (b *builder) waitingPoint(st steps.Step) (OpenPoint, bool) {
	turn := plan.WhoseTurn(b.v, st.ID)
	switch turn.Who {
	case plan.TurnMimecast:
		return OpenPoint{
			Step: st.Number, Kind: "waiting", Who: "Mimecast",
			Text: clean.Sprintf("%s, since %s", turn.Text, day(turn.Since, b.zone)),
		}, true
	case plan.TurnTime:
		return OpenPoint{
			Step: st.Number, Kind: "waiting", Who: "nobody",
			Text: clean.Sprintf("%s, until %s", turn.Text, moment(turn.Until, b.zone)),
		}, true
	}
	return OpenPoint{}, false
}

// risks lists findings of fresh results that are no obstacle to confirming a
// step but should not be forgotten: risks, and blockers in a step that was
// closed before the check was run again.
func (b *builder) risks(st steps.Step) []OpenPoint {
	closed := b.v.Snap.Steps[st.ID].Status.Closed()
	var out []OpenPoint
	for _, id := range st.Checks {
		run, ok := b.v.Run(st.ID, id)
		if !ok {
			continue
		}
		if own, _ := b.v.Result(run.Step, id); run.Step != st.ID && keyOf(own) == keyOf(run) {
			continue // that step names it
		}
		for _, f := range run.Result.Findings {
			if f.Severity != check.Risk && (f.Severity != check.Blocker || !closed) {
				continue
			}
			if b.v.Overridden(st.ID, require.FindingID(f)) {
				continue
			}
			text := clean.Line(string(f.Title))
			if f.Subject != "" {
				text = clean.Sprintf("%s: %s", string(f.Subject), string(f.Title))
			}
			out = append(out, OpenPoint{Step: st.Number, Kind: string(f.Severity), Text: text, Who: string(clean.Line(string(f.Who)))})
		}
	}
	return out
}

// actor says who can settle an obstacle: of a task those it is given to; a
// gate settles itself when what it waits for is done.
func (b *builder) actor(st steps.Step, o plan.Obstacle) string {
	switch o.Kind {
	case plan.ObstacleGate:
		return ""
	case plan.ObstacleBlocker:
		for _, id := range st.Checks {
			for _, f := range b.v.Snap.Latest[steps.RunKey(st.ID, id)].Result.Findings {
				if require.FindingID(f) == o.ID && f.Who != "" {
					return string(clean.Line(string(f.Who)))
				}
			}
		}
	case plan.ObstacleTask:
		id := strings.TrimPrefix(o.ID, "task ")
		for _, t := range b.tasksOf(st) {
			if t.ID == id && t.Who != "" {
				return string(t.Who)
			}
		}
	}
	return string(check.WhoTPOC)
}
