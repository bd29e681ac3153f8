package migrate

import "mxodus/steps"

func post(p steps.Profile) steps.Step {
	s := steps.Step{
		ID:      steps.MigratePost,
		Title:   "Post Migration Tasks",
		Owner:   steps.OwnerTPOC,
		Purpose: "Take the old region out of everything that still points to it, before the old account is disabled.",
		Gates: []steps.Gate{
			after("migrate.post.after_signoff", "The move is signed off",
				"Until then you may need the old account to go back", steps.MigrateSignOff),
		},
		Questions: asked(p, "cleanup.inventory"),
		Tasks:     postTasks,
		Failures:  postFailures(p),
		Evidence:  []string{"The list of what was changed over, with dates"},
		Rollback:  "Until day 90 the old settings still work; put back what is missing.",
		Limitations: []string{
			"What happens to data in the old account after day 90: unknown, ask Mimecast",
		},
	}
	// The old region's rules go here: what the new one needs must still stand.
	if !p.MovesMail() {
		s.Checks = own(p, nil, "FW-OPEN")
		return s
	}
	s.Checks = own(p, []string{"MX-LEFT"}, "FW-OPEN", "FW-LOCK")
	return s
}
