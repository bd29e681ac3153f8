package migrate

import (
	"mxodus/steps"
	"mxodus/steps/require"
)

func recipients(p steps.Profile) steps.Step {
	gates := []steps.Gate{
		after("migrate.recipients.after_account", "The new account exists",
			"Users and journals are set up in the new account", steps.MigrateAccount),
	}
	if !p.Hosted() {
		gates = append(gates, require.Firewall("migrate.recipients.firewall", steps.MigrateRecipients, p.Journey))
	}
	s := steps.Step{
		ID:      steps.MigrateRecipients,
		Title:   "Recipient Validation and Dual Journaling Configuration",
		Owner:   steps.OwnerTPOC,
		Purpose: "Make your users known to the new account, and journal to the old and the new account at once.",
		Parts: []steps.Part{
			{ID: steps.PartRecipients, Title: "Recipient validation"},
			{ID: steps.PartDualJournaling, Title: "Dual journaling"},
		},
		Gates: gates,
		Questions: []string{
			"rv.method", "rv.check", "dir.host", "dir.port", "dir.tls", "dir.base_dn", "dir.user",
			"journal.method", "journal.address", "journal.old_address", "journal.extra_source_ips", "journal.dual_start",
			"archive.retention",
		},
		Checks:   []string{"GW-JRN"},
		Tasks:    recipientsTasks,
		Failures: recipientsFailures(p),
		Evidence: []string{
			"Counts and time of the sync or import in the new account, beside those of the old",
			"One internal message found in both archives",
		},
		Rollback: "Leave the old sync on, so nothing is lost there. Switch the second journal rule off.",
		Limitations: []string{
			"Directory syncs run at 08:00, 13:00 and 23:00 in the new region's zone",
			"With the same journal address in both accounts, copies probably reach one of them only (inferred): ask the engineer for an address of the new account",
			"A message that was journaled and is imported again later appears twice; set the cut-off of the import to the start of dual journaling (inferred)",
		},
	}
	if p.Track == steps.Security {
		s.Title = "Recipient Validation Configuration"
		s.Purpose = "Make your users known to the new account, so that it accepts mail for them."
		s.Parts = s.Parts[:1]
		s.PartsLeft = []steps.LeftOut{{
			ID: steps.PartDualJournaling, Title: "Dual journaling",
			Why: "Security track: nothing is archived, so there is no journal to double",
		}}
		s.Questions = s.Questions[:7]
		s.Checks = nil
		s.Evidence = s.Evidence[:1]
		s.Rollback = "Leave the old sync on, so nothing is lost there."
		s.Limitations = s.Limitations[:1]
	}
	return s
}
