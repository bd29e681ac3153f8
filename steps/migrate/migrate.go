// Package migrate holds the steps of the Migrate journey: an organisation's
// account moves from one Mimecast region to another. One file per step.
package migrate

import (
	"mxodus/steps"
	"mxodus/steps/require"
)

// Steps returns the steps that a profile has, in order and without numbers,
// and those it leaves out with the reason.
func Steps(p steps.Profile) ([]steps.Step, []steps.LeftOut) {
	all := []struct {
		step steps.Step
		mail bool // part of the move only when mail flow changes
	}{
		{authorization(p), false},
		{account(p), false},
		{firewall(p), false},
		{recipients(p), false},
		{policies(p), false},
		{review(p), false},
		{dates(p), false},
		{outbound(p), true},
		{mx(p), true},
		{signoff(p), false},
		{post(p), false},
	}
	var in []steps.Step
	var left []steps.LeftOut
	for _, s := range all {
		if s.mail && !p.MovesMail() {
			left = append(left, steps.LeftOut{ID: s.step.ID, Title: s.step.Title, Why: leftWhy[s.step.ID]})
			continue
		}
		in = append(in, s.step)
	}
	return in, left
}

// leftWhy says why a step falls away: the Archive track's list has neither.
var leftWhy = map[string]string{
	steps.MigrateOutbound: "Archive track: outgoing mail does not pass through Mimecast; journal connectors change in step 4",
	steps.MigrateMX:       "Archive track: the MX records stay as they are",
}

func after(id, text, why string, ids ...string) steps.Gate {
	return require.Closed(id, text, why, ids...)
}

// asked adds the question for the ruleset to those of a step whose checks read
// it: an export loaded there is that step's, and leaves what an earlier step was
// confirmed with alone.
func asked(p steps.Profile, questions ...string) []string {
	return own(p, questions, steps.QRuleset)
}

// own adds checks of the customer's own ruleset, where there may be one: not
// for mail that a provider hosts. Where the platform is not known yet they are
// in.
func own(p steps.Profile, checks []string, firewall ...string) []string {
	if p.Hosted() {
		return checks
	}
	return append(checks, firewall...)
}
