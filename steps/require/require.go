// Package require makes the gates of both journeys: conditions on other steps,
// on the firewall, on time and on the results of checks. Every gate is a pure
// function of the view, so the order of steps is a graph and not a line.
package require

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

// open and shut make the two plain answers of a gate.
func open() steps.GateState { return steps.GateState{Open: true} }

func shut(format string, args ...any) steps.GateState {
	return steps.GateState{Unmet: fmt.Sprintf(format, args...)}
}

// Closed is met when all the steps are closed and stand as they were confirmed;
// steps that the plan does not have hold nothing up. What is missing reads
// "after steps 3, 4".
func Closed(id, text, why string, ids ...string) steps.Gate {
	return steps.Gate{
		ID: id, Kind: steps.GateStart, Text: text, Why: why,
		Holds: func(v steps.View) steps.GateState {
			if missing := unclosed(v, ids); missing != "" {
				return shut("%s", missing)
			}
			return open()
		},
	}
}

func unclosed(v steps.View, ids []string) string {
	var open []int
	var changed []string
	for _, id := range ids {
		st, _ := v.Plan.Step(id)
		switch {
		case !v.Closed(id):
			open = append(open, st.Number)
		case !v.Settled(id):
			changed = append(changed, fmt.Sprintf("step %d was changed after it was confirmed", st.Number))
		}
	}
	switch len(open) {
	case 0:
	case 1:
		changed = append([]string{fmt.Sprintf("after step %d", open[0])}, changed...)
	default:
		changed = append([]string{"after steps " + numbers(open)}, changed...)
	}
	return strings.Join(changed, "; ")
}

// numbers lists numbers, three and more in a row as "1 to 9".
func numbers(list []int) string {
	slices.Sort(list)
	var out []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if j-i < 2 {
			j = i
			out = append(out, strconv.Itoa(list[i]))
		} else {
			out = append(out, fmt.Sprintf("%d to %d", list[i], list[j]))
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}

// Part is met when the step is closed, or when every task of the part that is
// not optional is ticked: the other half of the step need not wait for it.
func Part(id, text, why, step, part string) steps.Gate {
	return steps.Gate{
		ID: id, Kind: steps.GateStart, Text: text, Why: why,
		Holds: func(v steps.View) steps.GateState {
			if v.Settled(step) {
				return open()
			}
			st, _ := v.Plan.Step(step)
			if st.Tasks == nil {
				return shut("after step %d", st.Number)
			}
			left := 0
			for _, t := range st.Tasks(v.Facts) {
				if _, done := v.TaskDone(step, t.ID); t.Part == part && !t.Optional && !done {
					left++
				}
			}
			if left == 0 {
				return open()
			}
			return shut("after step %d · %s", st.Number, plural(left, "task"))
		},
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Firewall is met when the ruleset was proven to let the region through (at
// the firewall step or at this step), or when no ruleset decides otherwise and
// the opening of the ranges is ticked. A disproof outweighs a tick, and so does
// a verdict that rules or answers have outgrown: what is needed may be more now
// than what was opened.
func Firewall(id, step string, j steps.Journey) steps.Gate {
	at := steps.FirewallStep(j)
	return steps.Gate{
		ID: id, Kind: steps.GateStart, Recheck: at,
		Text: "Your firewall lets the whole region through",
		Why:  "Connections from or to a range that is shut fail, and mail queues or is lost",
		Holds: func(v steps.View) steps.GateState {
			switch r, standing := firewallResult(v, at, step); {
			case standing == steps.BeforeChange && r.Outcome == check.Fail:
				return shut("the firewall check was not run since the ranges were opened")
			case standing == steps.Counts && r.Outcome == check.Fail && !setAside(v, r, at, step):
				return shut("the firewall check found something shut")
			case standing == steps.Counts && passed(r):
				return open()
			}
			st, _ := v.Plan.Step(at)
			if outgrown(v, at) {
				return shut("the firewall check of step %d was run on rules or answers that have changed since", st.Number)
			}
			if _, done := v.TaskDone(at, steps.TaskOpenRanges); done {
				return open()
			}
			return shut("firewall not open yet, see step %d", st.Number)
		},
	}
}

// outgrown reports that the firewall step's check had a ruleset to judge, that
// rules or answers have changed since, and that this was not set aside.
func outgrown(v steps.View, at string) bool {
	r, standing := v.Result(at, "FW-OPEN")
	decided := passed(r.Result) || r.Result.Outcome == check.Fail
	return standing == steps.InputGone && decided && !v.Overridden(at, "check FW-OPEN")
}

// setAside reports that each blocker of a result was set aside with a reason in
// one of the steps.
func setAside(v steps.View, r check.Result, ids ...string) bool {
	for _, f := range r.Findings {
		if f.Severity != check.Blocker {
			continue
		}
		if !slices.ContainsFunc(ids, func(id string) bool { return v.Overridden(id, FindingID(f)) }) {
			return false
		}
	}
	return r.Worst() == check.Blocker
}

// firewallResult is the newest present result of the firewall check among those
// of the steps given.
func firewallResult(v steps.View, ids ...string) (check.Result, steps.Standing) {
	var best check.Result
	standing := steps.NotRun
	for _, id := range ids {
		r, s := v.Result(id, "FW-OPEN")
		if s == steps.NotRun || s == steps.InputGone {
			continue
		}
		if standing == steps.NotRun || r.Result.Started.After(best.Started) {
			best, standing = r.Result, s
		}
	}
	return best, standing
}

func passed(r check.Result) bool { return r.Outcome == check.Pass || r.Outcome == check.Warn }

// LearningTime is how long outgoing mail should run before incoming mail
// follows. The vendor's pages say several days, and at least three of a unit
// that is cut off in the copy we have; three days is our reading.
const LearningTime = 3 * 24 * time.Hour

// Learned is met when outgoing mail has run through the gateway for
// LearningTime, counted from the tick of the switch, else from the closing of
// the step.
func Learned(id, outbound string) steps.Gate {
	return steps.Gate{
		ID: id, Kind: steps.GateStart,
		Text: "Outgoing mail has run through Mimecast for several days (three is our reading)",
		Why:  "Mimecast learns from it whom you write to; too early, replies of known people are held up",
		Holds: func(v steps.View) steps.GateState {
			if _, in := v.Plan.Step(outbound); !in {
				return open()
			}
			since, done := v.TaskDone(outbound, steps.TaskSwitchConnector)
			if !done {
				since = v.ClosedAt(outbound)
			}
			if since.IsZero() {
				return shut("outgoing mail not switched yet")
			}
			if until := since.Add(LearningTime); v.Now.Before(until) {
				g := shut("several days of outgoing mail first")
				g.Until = until
				return g
			}
			return open()
		},
	}
}

// OldMXGone is met when the checks of the MX step, run after the change, found
// every server at the new set and no old record left.
func OldMXGone(id, mxStep string) steps.Gate {
	return steps.Gate{
		ID: id, Kind: steps.GateStart, Recheck: mxStep,
		Text: "Every MX points to Mimecast and no other is left",
		Why:  "Once port 25 is shut, mail that still follows an old MX is lost",
		Holds: func(v steps.View) steps.GateState {
			for _, c := range []string{"MX-AUTH", "MX-LEFT"} {
				r, ok := v.Run(mxStep, c)
				switch {
				case !ok:
					return shut("%s has no fresh result", c)
				case r.Result.Phase == check.Before:
					return shut("%s was run before the MX change", c)
				case !passed(r.Result):
					return shut("%s has not passed", c)
				}
			}
			return open()
		},
	}
}

// CachesClear is met when the TTL of the old MX has run out everywhere.
func CachesClear(id, mxStep string) steps.Gate {
	return steps.Gate{
		ID: id, Kind: steps.GateStart,
		Text: "The old MX has run out of every cache",
		Why:  "Senders with the old record still go past Mimecast until its TTL ends",
		Holds: func(v steps.View) steps.GateState {
			changed, done := v.TaskDone(mxStep, steps.TaskChangeMX)
			if !done {
				return shut("the MX change is not ticked yet")
			}
			c := v.Snap.CachesAfter(changed, v.Facts.Receiving())
			if !c.Known() {
				return shut("no TTL was recorded before the change%s", of(c.Missing))
			}
			if v.Now.Before(c.Clear) {
				g := shut("old MX may still be cached")
				g.Until = c.Clear
				return g
			}
			return open()
		},
	}
}

func of(domains []string) string {
	switch len(domains) {
	case 0:
		return ""
	case 1:
		return " for " + domains[0]
	}
	return fmt.Sprintf(" for %s and %d more", domains[0], len(domains)-1)
}

// Answered is met when a yes/no question is answered yes.
func Answered(id, question, text, why, unmet string) steps.Gate {
	return steps.Gate{
		ID: id, Kind: steps.GateStart, Text: text, Why: why, Question: question,
		Holds: func(v steps.View) steps.GateState {
			switch v.Facts.Answers.Value(question) {
			case "yes":
				return open()
			case "":
				return shut("not answered yet")
			}
			return shut("%s", unmet)
		},
	}
}

// Agreed is met from the agreed moment on; until then only time is missing.
func Agreed(id, question, text string) steps.Gate {
	return steps.Gate{
		ID: id, Kind: steps.GateStart, Text: text, Question: question,
		Why: "Mimecast prepares its side for the agreed time, and the people you told expect it then",
		Holds: func(v steps.View) steps.GateState {
			at, ok := v.Facts.Answers.Moment(question, v.Zone())
			if !ok {
				return shut("no date agreed yet")
			}
			if v.Now.Before(at) {
				g := shut("agreed for %s", at.Format("2 Jan 2006 15:04 -07:00"))
				g.Until = at
				return g
			}
			return open()
		},
	}
}

// InOrder is met when the agreed dates that are given come in the order of the
// plan: freeze, outgoing mail, incoming mail. Dates that are not given are the
// business of their own questions.
func InOrder(id string) steps.Gate {
	return steps.Gate{
		ID: id, Kind: steps.GateConfirm, Text: "The agreed dates come in the order of the steps",
		Why: "Incoming mail that changes before outgoing mail meets an account that does not know your correspondents, and replies are held up",
		Holds: func(v steps.View) steps.GateState {
			dates := []struct{ question, name string }{
				{"dates.freeze", "the freeze of both accounts"},
				{steps.QOutboundDate, "the change of outgoing mail"},
				{steps.QInboundDate, "the change of the MX records"},
			}
			last, name := time.Time{}, ""
			for _, d := range dates {
				at, done := v.Facts.ChangeAt(d.question)
				if at.IsZero() {
					continue
				}
				if !done && at.Before(last) {
					return shut("%s (%s) comes before %s (%s)", d.name, moment(at, v), name, moment(last, v))
				}
				last, name = at, d.name
			}
			return open()
		},
	}
}

func moment(t time.Time, v steps.View) string { return t.In(v.Zone()).Format("2 Jan 2006 15:04") }
