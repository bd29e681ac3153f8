package migrate

import (
	"fmt"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/recipe"
)

func authorizationTasks(f steps.Facts) []steps.Task {
	return []steps.Task{
		{
			ID: "request", Title: "Ask your account manager for the migration", Who: check.WhoTPOC,
			Detail:   "Name add-ons and variations in the first message; they are planned before anything else.",
			Snippets: []steps.Snippet{recipe.RequestMove(f)},
		},
		{
			ID: "note_people", Title: "Note account manager, engineer and case number", Who: check.WhoTPOC,
			Detail:  "They are asked for in this step, and the messages prepared later carry them.",
			Records: []string{"people.account_manager.name", "people.engineer.name", "case.number"},
		},
		{
			ID: "ask_limits", Title: "Ask for the list of what cannot be moved", Optional: true, Who: check.WhoMimecast,
			Detail: "The vendor keeps such a list; it could not be read here. Ask also how a domain is handled while both accounts need it.",
		},
	}
}

func accountTasks(f steps.Facts) []steps.Task {
	code := "Compare the beginning of the new account code with the region."
	if p := f.Target.AccountPrefix; p != "" {
		code = fmt.Sprintf("The new code must begin with %s. The two grids of the United States differ by one letter.", p)
	}
	in := "The login comes by mail."
	if at := f.Target.URLs.AdminConsole; at != "" {
		in += " Console of the new region: " + at + "."
	}
	return []steps.Task{
		{ID: "sign_in", Title: "Sign in to the new account", Detail: in, Who: check.WhoTPOC},
		{ID: "check_code", Title: "Check that the new account is in the right region", Detail: code, Who: check.WhoTPOC, Records: []string{steps.QAccountCode}},
		{
			ID: "check_domains", Title: "Check that every domain is in the new account", Who: check.WhoTPOC,
			Detail: "Mail for a domain that the new account does not have is refused after the change of the MX." + tenant(f),
		},
	}
}

func tenant(f steps.Facts) string {
	if !recipe.InCloud(f) {
		return ""
	}
	return " Your tenant's `onmicrosoft.com` domain is one of them."
}

func firewallTasks(f steps.Facts) []steps.Task {
	keep := steps.Task{
		ID: "keep_old", Title: "Make sure that the old region's ranges stay", Who: check.WhoNetwork,
		Detail: "Both regions deliver during the move, and the old account lives for 90 days after sign-off. Mark the old rules with a date, so that nobody tidies them up before.",
	}
	if f.Profile.Hosted() {
		keep.Who = check.WhoTPOC
		keep.Detail = "Both regions deliver during the move, and the old account lives for 90 days after sign-off. Tell whoever looks after the settings of your mail platform, so that nobody tidies them up before."
	}
	return []steps.Task{recipe.SaveRules(f), recipe.OpenRanges(f), keep}
}

// bookDNS is the task of having those who change things there on the day.
func bookDNS(f steps.Facts) steps.Task {
	who := "DNS host and network team"
	if f.Profile.Hosted() {
		who = "DNS host"
	}
	t := steps.Task{
		ID: "book_dns", Title: "Book your " + who + " for these times", Who: check.WhoTPOC,
		Detail:   "Twice: two days before, to lower the TTL, and at the change.",
		Snippets: []steps.Snippet{recipe.DNSRequest(f)},
	}
	if f.TTLIsLow() {
		t.Detail = "Once, at the change: the TTL of the present MX records is low enough already."
	}
	return t
}

func recipientsTasks(f steps.Facts) []steps.Task {
	tasks := []steps.Task{recipe.MakeKnown(f), recipe.CompareCounts(f), recipe.SetInboundCheck(f)}
	if !f.Profile.Archives() {
		return tasks
	}
	tasks = append(tasks, steps.Task{
		ID: "journal_address", Part: steps.PartDualJournaling, Title: "Get a journal address of the new account", Who: check.WhoMimecast,
		Detail: "Copies go to two addresses at once. If both accounts have the same one, they probably reach one of them only (inferred): ask the engineer." + sameAddress(f),
	})
	tasks = append(tasks, recipe.JournalTasks(f, steps.PartDualJournaling)...)
	return append(tasks, steps.Task{
		ID: "note_start", Part: steps.PartDualJournaling, Title: "Note the day on which dual journaling began", Who: check.WhoTPOC,
		Detail:  "Give it to the engineer as the cut-off of the export: what was journaled and is imported as well appears twice.",
		Records: []string{"journal.dual_start"},
	})
}

func sameAddress(f steps.Facts) string {
	old, now := f.Answers.Value("journal.old_address"), f.JournalAddress()
	if old == "" || old != now {
		return ""
	}
	return fmt.Sprintf(" At present both answers are %s.", now)
}

func policiesTasks(f steps.Facts) []steps.Task {
	return []steps.Task{
		{
			ID: "hand_over", Title: "Tell the engineer which policies matter most", Who: check.WhoTPOC,
			Detail: "Name exceptions, anti-spoofing bypasses and routes that hold values of the old region: host names, ranges, links.",
		},
		{
			ID: "compare_policies", Title: "Compare the policies of both accounts", Who: check.WhoTPOC,
			Detail: "By name and number, kind by kind. Keep the sheet. Nothing is changed in the old account from now on, or it is changed in both.",
		},
		{
			ID: "redo", Title: "Set up again what cannot be copied", Who: check.WhoTPOC,
			Detail: "Directory connectors, journal connectors, OAuth connectors, single sign-on, API keys, DKIM signing, Synchronization Engine. The guidance of this step says which of these is stated and which inferred.",
		},
		{
			ID: "freeze", Title: "Tell your administrators that both accounts are frozen", Optional: true, Who: check.WhoTPOC,
			Detail: "A change in the old account after the copy is missing in the new one.",
		},
	}
}

func reviewTasks(f steps.Facts) []steps.Task {
	tests := []string{"policies and settings, old beside new", "the directory: connection, last sync, counts"}
	if f.Profile.MovesMail() {
		tests = append(tests, "each delivery route, strict and relaxed TLS", "one message out through the new hosts, from a test "+recipe.WayOut(f.Profile))
	}
	if f.Profile.Archives() {
		tests = append(tests, "journal status, and one message in both archives", "what users see of their old mail")
	}
	if f.Profile.Hosted() {
		tests = append(tests, "the checks of this step")
	} else {
		tests = append(tests, "firewall: the checks of this step")
	}
	detail := "Go through this with the engineer and note each result:"
	for _, t := range tests {
		detail += "\n- " + t
	}
	return []steps.Task{
		{ID: "review", Title: "Go through both accounts with the engineer", Detail: detail, Who: check.WhoTPOC},
		{
			ID: "settle", Title: "Settle what was found, or agree who does and until when", Who: check.WhoTPOC,
			Detail: "What stays open goes into a note of this step, with a name.",
		},
	}
}

func datesTasks(f steps.Facts) []steps.Task {
	tasks := []steps.Task{{
		ID: "agree", Title: "Agree the dates with your account manager", Who: check.WhoTPOC,
		Detail:   "Not before a weekend or a holiday, and with somebody to reach on both sides. Then enter them here, with their zone.",
		Snippets: []steps.Snippet{recipe.DatesProposal(f)},
	}}
	if f.Profile.MovesMail() {
		tasks = append(tasks, bookDNS(f))
	}
	return append(tasks, recipe.TellUsers(f))
}
