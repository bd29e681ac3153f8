// Package connect holds the steps of the Connect journey: an organisation's
// mail comes to Mimecast for the first time. One file per step.
package connect

import (
	"mxodus/steps"
	"mxodus/steps/recipe"
	"mxodus/steps/require"
)

// Steps returns the steps that a profile has, in order and without numbers,
// and those it leaves out with the reason.
func Steps(p steps.Profile) ([]steps.Step, []steps.LeftOut) {
	all := []struct {
		step steps.Step
		mail bool // part of the move only when mail flow changes
	}{
		{rfi(p), false},
		{account(p), false},
		{outbound(p), true},
		{recipients(p), false},
		{inbound(p), true},
		{lockdown(p), true},
		{completion(p), false},
	}
	var in []steps.Step
	var left []steps.LeftOut
	for _, s := range all {
		if s.mail && !p.MovesMail() {
			left = append(left, steps.LeftOut{ID: s.step.ID, Title: s.step.Title, Why: leftWhy(s.step.ID, p)})
			continue
		}
		in = append(in, s.step)
	}
	return in, left
}

// leftWhy says why a step falls away, from the vendor's table of which steps
// apply to which service.
func leftWhy(step string, p steps.Profile) string {
	switch {
	case step == steps.ConnectOutbound:
		return "Archiving alone: outgoing mail does not pass through Mimecast"
	case step == steps.ConnectInbound:
		return "Archiving alone: the MX records stay as they are"
	case p.Hosted():
		return "Archiving alone: mail still reaches " + recipe.Home(p) + " directly, so nothing is shut"
	}
	return "Archiving alone: mail still reaches " + recipe.Home(p) + " directly, so port 25 stays open"
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

func after(id, text, why string, ids ...string) steps.Gate {
	return require.Closed(id, text, why, ids...)
}
