package connect

import (
	"mxodus/steps"
	"mxodus/steps/recipe"
	"mxodus/steps/require"
)

func lockdown(p steps.Profile) steps.Step {
	s := steps.Step{
		ID:      steps.ConnectLockdown,
		Title:   "Firewall Lockdown",
		Owner:   steps.OwnerTPOC,
		Purpose: "Let nobody but Mimecast hand mail to " + recipe.Home(p) + ", so that filtering cannot be bypassed.",
		Gates: []steps.Gate{
			after("connect.lockdown.after_inbound", "Incoming mail runs through Mimecast",
				"A port shut too early turns away mail that still comes directly", steps.ConnectInbound),
			require.OldMXGone("connect.lockdown.mx", steps.ConnectInbound),
			require.CachesClear("connect.lockdown.ttl", steps.ConnectInbound),
			require.Answered("connect.lockdown.contract", "lockdown.contract_ended",
				"The previous mail filter no longer delivers to you",
				"What a previous provider still holds for you cannot be delivered after the lock-down",
				"previous provider still in use"),
		},
		Questions: lockdownQuestions(p),
		Checks:    own(p, []string{"RANGES"}, "FW-LOCK"),
		PhaseTask: steps.TaskClosePort,
		Tasks:     lockdownTasks,
		Failures:  lockdownFailures(p),
		Evidence: []string{
			"The rules as they are afterwards, exported",
			"A refused connection from outside, with time",
			"The Connect team's confirmation",
		},
		Rollback: wayBack(p) +
			" Mail whose connection was dropped, or that got a temporary refusal (4xx), is tried again by most senders; what got a permanent one (5xx) went back to them and must be sent anew.",
		WaitsFor: "Mimecast tests the lock-down after you have told the Connect team",
	}
	switch p.Platform {
	case steps.Google, steps.HybridGoogle:
		s.Limitations = []string{"For Google Workspace the vendor warns that it may not be possible, and elsewhere gives steps for it: conflicting"}
	}
	if p.Hosted() {
		s.Evidence[0] = "The settings as they are afterwards, exported or noted"
		s.Evidence[1] = "The reply to a message that was handed past Mimecast, with time"
	}
	return s
}

// wayBack undoes what was shut: a port, or a setting of the platform.
func wayBack(p steps.Profile) string {
	switch {
	case p.Platform == steps.M365:
		return "Switch the connector off."
	case p.Platform == steps.Google:
		return "Take back the setting that rejects other mail."
	case p.Platform == steps.HybridM365:
		return "Open port 25 again, and switch the tenant's connector off."
	case p.Platform == steps.HybridGoogle:
		return "Open port 25 again, and take back the setting of Gmail that rejects other mail."
	}
	return "Open port 25 again."
}

func lockdownQuestions(p steps.Profile) []string {
	q := []string{"lockdown.contract_ended"}
	if !p.Hosted() {
		q = append(q, "lockdown.exceptions", "firewall.mail_server_internal", steps.QFirewall, "firewall.ruleset", "firewall.outside_interface")
	}
	return append(q, "ranges.consented_add", "ranges.consented_drop")
}
