package wizard

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
	"mxodus/steps/require"
)

// Where is the place at which an obstacle of a step is put right: step, stage
// and, as Field, the question, task or check itself. Step is empty when nothing
// but time is missing.
func (s *Session) Where(step string, o plan.Obstacle) steps.Position {
	v := s.View()
	at := steps.Position{Step: step, Stage: o.Stage}
	switch o.Kind {
	case plan.ObstacleAnswer:
		at.Field = strings.TrimPrefix(o.ID, "answer ")
	case plan.ObstacleTask:
		at.Field = strings.TrimPrefix(o.ID, "task ")
	case plan.ObstacleUntold:
		at.Field = steps.TaskSendForm
	case plan.ObstacleNotRun, plan.ObstacleWaiting:
		at.Field = strings.TrimPrefix(o.ID, "check ")
	case plan.ObstacleUnknown, plan.ObstacleBlocker:
		at.Field = checkOf(v, step, o.ID)
	case plan.ObstacleGate:
		return whereGate(v, step, o)
	}
	return at
}

// checkOf is the check among a step's newest results that has the finding, or
// that could not tell.
func checkOf(v steps.View, step, id string) string {
	if name, ok := strings.CutSuffix(id, require.UnknownID("")); ok {
		return name
	}
	def, _ := v.Plan.Step(step)
	if slices.Contains(def.Checks, id) { // the check as a whole: it is to be run again
		return id
	}
	for _, c := range def.Checks {
		r, _ := v.Result(step, c)
		for _, f := range r.Result.Findings {
			if f.Severity == check.Blocker && require.FindingID(f) == id {
				return c
			}
		}
	}
	return ""
}

// whereGate finds what a gate waits for, by what the gates of package require
// look at.
func whereGate(v steps.View, step string, o plan.Obstacle) steps.Position {
	state := gateState(v, step, o.ID)
	j := v.Plan.Profile.Journey
	task := func(step, id string) steps.Position {
		return steps.Position{Step: step, Stage: steps.StageDo, Field: id}
	}
	proof := func(step, id string) steps.Position {
		return steps.Position{Step: step, Stage: steps.StageCheck, Field: id}
	}
	_, name, _ := strings.Cut(strings.TrimPrefix(o.ID, string(j)+"."), ".")
	switch {
	case !state.Until.IsZero():
		return steps.Position{}
	case name == "firewall":
		for _, id := range []string{step, steps.FirewallStep(j)} {
			if r, ok := v.Snap.Latest[steps.RunKey(id, "FW-OPEN")]; ok && r.Result.Outcome == check.Fail {
				return proof(id, "FW-OPEN")
			}
		}
		if _, standing := v.Result(steps.FirewallStep(j), "FW-OPEN"); standing == steps.InputGone {
			return proof(steps.FirewallStep(j), "FW-OPEN")
		}
		return task(steps.FirewallStep(j), steps.TaskOpenRanges)
	case name == "learned":
		return task(steps.OutboundStep(j), steps.TaskSwitchConnector)
	case name == "mx":
		first, _, _ := strings.Cut(state.Unmet, " ")
		return proof(steps.MXStep(j), first)
	case name == "ttl" && v.Snap.Tasks[steps.TaskKey(steps.MXStep(j), steps.TaskChangeMX)].Done:
		return proof(steps.MXStep(j), steps.CheckMXPlan)
	case name == "ttl":
		return task(steps.MXStep(j), steps.TaskChangeMX)
	case name == "in_order":
		return steps.Position{Step: step, Stage: steps.StageAnswer, Field: steps.QInboundDate}
	case name == "contract":
		return steps.Position{Step: step, Stage: steps.StageAnswer, Field: "lockdown.contract_ended"}
	case name == "window" && step == steps.MXStep(j):
		return steps.Position{Step: step, Stage: steps.StageAnswer, Field: steps.QInboundDate}
	case name == "window":
		return steps.Position{Step: step, Stage: steps.StageAnswer, Field: steps.QOutboundDate}
	}
	return whereNamed(v, step, name, state.Unmet)
}

func gateState(v steps.View, step, gate string) steps.GateState {
	def, _ := v.Plan.Step(step)
	for _, g := range def.Gates {
		if g.ID == gate {
			return g.Holds(v)
		}
	}
	return steps.GateState{}
}

var numbers = regexp.MustCompile(`\d+`)

// whereNamed is the first open step that a gate names by its number: for a part
// of a step its first open task, for what a check found that check.
func whereNamed(v steps.View, step, name, unmet string) steps.Position {
	if finding, rest, ok := strings.Cut(unmet, " in step "); ok {
		n, _ := strconv.Atoi(numbers.FindString(rest))
		st, _ := v.Plan.ByNumber(n)
		return steps.Position{Step: st.ID, Stage: steps.StageCheck, Field: checkOf(v, st.ID, finding)}
	}
	for _, word := range numbers.FindAllString(unmet, -1) {
		n, _ := strconv.Atoi(word)
		st, in := v.Plan.ByNumber(n)
		if !in || st.ID == step || v.Settled(st.ID) {
			continue
		}
		at := steps.Position{Step: st.ID}
		if v.Closed(st.ID) { // changed since: it is opened again there
			at.Stage = steps.StageConfirm
			return at
		}
		if name != "recipients" || st.Tasks == nil {
			return at
		}
		for _, t := range st.Tasks(v.Facts) {
			if _, done := v.TaskDone(st.ID, t.ID); !done && !t.Optional && t.Part == steps.PartRecipients {
				at.Stage, at.Field = steps.StageDo, t.ID
				break
			}
		}
		return at
	}
	return steps.Position{}
}
