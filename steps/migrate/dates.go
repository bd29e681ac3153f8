package migrate

import (
	"mxodus/steps"
	"mxodus/steps/require"
)

func dates(p steps.Profile) steps.Step {
	s := steps.Step{
		ID:      steps.MigrateDates,
		Title:   "Migration Dates Scheduled",
		Owner:   steps.OwnerMimecast,
		Purpose: "You agree with your account manager when outgoing and incoming mail change over.",
		Gates: []steps.Gate{
			after("migrate.dates.after_review", "Both accounts are reviewed",
				"A date agreed before the tests is often a date that moves", steps.MigrateReview),
			require.InOrder("migrate.dates.in_order"),
		},
		Questions: []string{"dates.freeze", "dates.outbound", "dates.inbound"},
		Checks:    []string{"MX-PLAN"},
		Tasks:     datesTasks,
		Failures:  datesFailures(p),
		Evidence:  []string{"The message in which the dates were agreed"},
		Rollback:  "Move the date; tell everyone who was told the first one.",
		WaitsFor:  "Your account manager confirms the dates",
	}
	if !p.MovesMail() {
		s.Purpose = "You agree with your account manager when the new archive takes over."
		s.Questions = []string{"dates.freeze"}
		s.Checks = nil
	}
	return s
}
