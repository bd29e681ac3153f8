package migrate

import "mxodus/steps"

func review(p steps.Profile) steps.Step {
	checks := []string{"RANGES"}
	if p.MovesMail() {
		checks = append(checks, "GW-SMTP", "GW-OUT")
	}
	if p.Archives() {
		checks = append(checks, "GW-JRN")
	}
	s := steps.Step{
		ID:      steps.MigrateReview,
		Title:   "Account Review and Testing",
		Owner:   steps.OwnerBoth,
		Purpose: "You and the engineer compare both accounts side by side and prove that the firewall is right.",
		Gates: []steps.Gate{
			after("migrate.review.after_setup", "Firewall, recipients and policies are in place",
				"What is not there yet cannot be reviewed, and would be found only on the day of the change",
				steps.MigrateFirewall, steps.MigrateRecipients, steps.MigratePolicies),
		},
		Questions: asked(p, "people.engineer.name", "people.engineer.email"),
		Checks:    own(p, checks, "FW-OPEN"),
		Tasks:     reviewTasks,
		Failures:  reviewFailures(p),
		Evidence:  []string{"The list of tests with results, agreed by you and the engineer"},
		Rollback:  "Stay on the old account until what was found is put right.",
		WaitsFor:  "Mimecast's engineer goes through both accounts with you",
		Limitations: []string{
			"The heading of this step in Mimecast's article on migrations speaks of sign-off as well; sign-off is a later step, and nothing is signed here",
		},
	}
	if p.Hosted() {
		s.Purpose = "You and the engineer compare both accounts side by side and test the new one."
	}
	return s
}
