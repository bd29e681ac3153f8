package migrate

import (
	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/recipe"
)

func outboundTasks(f steps.Facts) []steps.Task {
	tasks := []steps.Task{
		{
			ID: "authorized", Title: "Check that the new account knows your sending addresses", Who: check.WhoTPOC,
			Detail: "An address that only the old account knows is answered `451 open relay not allowed`. A new one takes up to two hours to work.",
		},
		recipe.PublishSPF(f), recipe.CreateConnector(f), recipe.SwitchConnector(f), recipe.TestOutbound(f),
	}
	if f.Profile.Archives() {
		tasks = append(tasks, steps.Task{
			ID: "journal_both", Title: "See that journal copies still reach both archives", Who: check.WhoTPOC,
			Detail: "A change of the way out easily moves the journal's as well. Both stay on until the old archive's data is in the new one.",
		})
	}
	return tasks
}

func mxTasks(f steps.Facts) []steps.Task {
	return []steps.Task{
		{
			ID: "test_routes", Title: "Test each delivery route in the new account", Who: check.WhoTPOC,
			Detail: "With strict and with relaxed TLS. A route that points back at your MX sends mail in circles.",
		},
		recipe.LowerTTL(f), recipe.ChangeMX(f), recipe.TestInbound(f), recipe.RestoreTTL(f),
	}
}

func signoffTasks(f steps.Facts) []steps.Task {
	tests := "Your own tests:"
	if f.Profile.MovesMail() {
		tests += "\n- a message out and a message in, for every domain, with headers\n- a message from every application that sends\n- a held message released, a user's personal portal opened"
	}
	if f.Profile.Archives() {
		tests += "\n- a search in the new archive, for old and for new mail"
	}
	tests += "\n- sign-in of an administrator and of a user"
	return []steps.Task{
		{ID: "own_tests", Title: "Run your own tests", Detail: tests, Who: check.WhoTPOC},
		{
			ID: "confirm", Title: "Confirm the migration to the engineer", Who: check.WhoTPOC, AfterChecks: true,
			Detail:   "The engineer closes the case on your word. Give it when the checks of this step leave nothing open, and not because somebody waits for it. The 90 days of the old account are counted from sign-off, which is when you confirm this step here.",
			Snippets: []steps.Snippet{recipe.SignOff(f)},
		},
		{
			ID: "case_closed", Title: "See that the case is closed", Who: check.WhoMimecast, AfterChecks: true,
			Detail: "The engineer closes it and should name the day on which the old account ends.",
		},
	}
}

func postTasks(f steps.Facts) []steps.Task {
	var tasks []steps.Task
	if f.Profile.Archives() {
		tasks = append(tasks, steps.Task{
			ID: "journal_single", Title: "End dual journaling, once the old data is imported", Who: check.WhoTPOC,
			Detail:   "Only after Mimecast has told you that the data of the old account is in the new one. From then on journal to the new account alone.",
			Snippets: append(recipe.JournalRetire(f), recipe.RetireJournal(f)...),
		})
	}
	tasks = append(tasks, steps.Task{
		ID: "user_tools", Title: "Point the users' tools to the new region", Who: check.WhoTPOC,
		Detail: "Apps for Outlook, Mac and phones, bookmarks, single sign-on at your identity provider, Synchronization Engine, API programs, log collection. Keep the list with dates.",
	})
	if f.Profile.MovesMail() {
		tasks = append(tasks, recipe.RetireConnectors(f))
	}
	old := steps.Task{
		ID: steps.TaskOldRanges, Title: "Take the old region's ranges out of your rules", Who: check.WhoNetwork,
		Detail: "Last of all, and before day 90 only if nothing comes from there any more: look at the hit counters first.",
	}
	if f.Profile.Hosted() {
		old.Title, old.Who = "Take the old region's ranges out of your mail platform's list", check.WhoTPOC
		old.Detail = "Last of all, and before day 90 only if nothing comes from there any more."
	} else if f.Profile.MovesMail() {
		old.Detail += " The check FW-LOCK names each line of your ruleset that still lets the old region in on port 25, with what deletes it; run it first. " +
			"After the change export the rules again and load the new file: one from before is no proof."
	}
	if s, ok := recipe.DropRanges(f); ok {
		old.Snippets = append(old.Snippets, s)
	}
	if recipe.InCloud(f) {
		old.Snippets = append(old.Snippets, recipe.DropRangesTenant(f))
	}
	return append(tasks, old)
}
