package migrate

import (
	"mxodus/steps"
	"mxodus/steps/require"
)

func signoff(p steps.Profile) steps.Step {
	return steps.Step{
		ID:      steps.MigrateSignOff,
		Title:   "Customer Sign-Off",
		Owner:   steps.OwnerTPOC,
		Purpose: "You test everything and confirm it; the engineer closes the case, and with your sign-off the 90 days of the old account begin.",
		Gates: []steps.Gate{
			after("migrate.signoff.after_all", "Every step before is done",
				"The 90 days of the old account begin with sign-off, whatever is still open",
				steps.MigrateAuthorization, steps.MigrateAccount, steps.MigrateFirewall, steps.MigrateRecipients,
				steps.MigratePolicies, steps.MigrateReview, steps.MigrateDates, steps.MigrateOutbound, steps.MigrateMX),
			require.Clean("migrate.signoff.clean", steps.MigrateSignOff),
		},
		Questions: asked(p, "signoff.executed_by", "signoff.overseen_by", "case.number"),
		Checks:    finalChecks(p),
		Tasks:     signoffTasks,
		Failures:  signoffFailures(p),
		Evidence: []string{
			"Your confirmation mail, and the message that the case is closed",
			"The full report with times, exported from here",
		},
		Rollback: "Ask the engineer to open the case again. The old account stays for 90 days after sign-off.",
		WaitsFor: "Mimecast's engineer closes the migration case",
	}
}

// finalChecks are all checks that still mean something at the end.
func finalChecks(p steps.Profile) []string {
	checks := []string{"RANGES"}
	if p.MovesMail() {
		checks = append(checks, "MX-AUTH", "MX-LEFT", "MX-FORM", "MX-PROP", "GW-SMTP", "GW-OUT")
	}
	if p.Archives() {
		checks = append(checks, "GW-JRN")
	}
	return own(p, checks, "FW-OPEN")
}
