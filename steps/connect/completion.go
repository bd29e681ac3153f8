package connect

import (
	"mxodus/steps"
	"mxodus/steps/recipe"
	"mxodus/steps/require"
)

func completion(p steps.Profile) steps.Step {
	return steps.Step{
		ID:      steps.ConnectCompletion,
		Title:   "Completion and Additional Services",
		Owner:   steps.OwnerBoth,
		Purpose: "Everything is checked once more, Mimecast closes the Connect process, and further services can begin.",
		Gates: []steps.Gate{
			after("connect.completion.after_all", "Every step before is done",
				"What is left open now is easily forgotten, as nobody follows it up any more",
				steps.ConnectRFI, steps.ConnectAccount, steps.ConnectOutbound, steps.ConnectRecipients,
				steps.ConnectInbound, steps.ConnectLockdown),
			require.Clean("connect.completion.clean", steps.ConnectCompletion),
		},
		Questions: own(p, []string{"services.extra", "signoff.executed_by", "signoff.overseen_by"}, steps.QRuleset),
		Checks:    completionChecks(p),
		Tasks:     completionTasks,
		Failures:  completionFailures(p),
		Evidence: []string{
			"The full report with times, exported from here",
			"Mimecast's message that the Connect process is closed",
		},
		Rollback: "A step that turns out wrong can be opened again with a reason; what was recorded stays.",
		Word:     true,
		WaitsFor: "Mimecast tests the connections to " + recipe.Home(p) + " and closes the Connect process",
		Limitations: []string{
			"In which order further services are best taken up comes from an undated copy of a vendor guide: import of old mail, policies, Synchronization Engine, user apps",
		},
	}
}

func completionChecks(p steps.Profile) []string {
	checks := []string{"RANGES"}
	if p.MovesMail() {
		checks = append(checks, "MX-AUTH", "MX-LEFT", "MX-FORM", "MX-PROP", "GW-SMTP", "GW-OUT")
	}
	if p.Archives() {
		checks = append(checks, "GW-JRN")
	}
	if p.MovesMail() {
		return own(p, checks, "FW-OPEN", "FW-LOCK")
	}
	return own(p, checks, "FW-OPEN")
}
