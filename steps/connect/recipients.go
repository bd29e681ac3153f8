package connect

import (
	"strings"

	"mxodus/steps"
)

func recipients(p steps.Profile) steps.Step {
	s := steps.Step{
		ID:      steps.ConnectRecipients,
		Title:   "Recipient Validation and Journal Configuration",
		Owner:   steps.OwnerTPOC,
		Purpose: "Let Mimecast know every address that may receive mail, so that it accepts real ones and refuses the rest.",
		Parts:   []steps.Part{{ID: steps.PartRecipients, Title: "Recipient validation"}},
		Gates: []steps.Gate{
			after("connect.recipients.after_account", "Your account is built and checked",
				"Addresses and journals belong to domains that the account must know first", steps.ConnectAccount),
		},
		Questions: []string{"rv.method", "rv.check", "dir.host", "dir.port", "dir.tls", "dir.base_dn", "dir.user"},
		Tasks:     recipientsTasks,
		Failures:  recipientsFailures(p),
		Evidence: []string{
			"The result of the sync or the import mail, with counts and time",
			"The number of known users beside the number of your mailboxes",
		},
		Rollback: "Set the domain's inbound check back to a looser type; it works as soon as it is saved.",
		Limitations: []string{
			"Directory syncs run at 08:00, 13:00 and 23:00 in the account region's zone; you cannot hurry them by waiting at the screen",
		},
	}
	if !p.Archives() {
		s.PartsLeft = []steps.LeftOut{{
			ID: steps.PartJournaling, Title: "Journaling",
			Why: "Email Security alone: nothing is archived, so no copies of internal mail are needed",
		}}
		return s
	}
	s.Purpose = "Let Mimecast know every address that may receive mail, and have copies of your internal mail go into the archive."
	s.Parts = append(s.Parts, steps.Part{ID: steps.PartJournaling, Title: "Journaling"})
	s.Questions = append(s.Questions, "journal.method", "journal.address", "journal.extra_source_ips", "archive.retention")
	s.Checks = []string{"GW-JRN"}
	s.Evidence = append(s.Evidence, "The journal connector's status page, and one internal message found in the archive")
	s.Rollback += " For journaling: switch the journal rule off."
	if p.Platform == steps.Other {
		s.Rollback = strings.Replace(s.Rollback, "switch the journal rule off", "switch the copies off", 1)
	}
	s.Limitations = append(s.Limitations,
		"Journal mail older than 30 days is not archived; a gap can only be filled by ingestion later")
	if p.Platform == steps.M365 || p.Platform == steps.HybridM365 {
		s.Limitations = append(s.Limitations, "Microsoft 365 does not journal mail that somebody sends to themselves")
	}
	return s
}
