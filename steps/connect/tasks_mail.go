package connect

import (
	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/recipe"
)

func outboundTasks(f steps.Facts) []steps.Task {
	return []steps.Task{
		recipe.PublishSPF(f), recipe.CreateConnector(f), recipe.SwitchConnector(f), recipe.TestOutbound(f),
	}
}

func recipientsTasks(f steps.Facts) []steps.Task {
	tasks := []steps.Task{recipe.MakeKnown(f), recipe.CompareCounts(f), recipe.SetInboundCheck(f)}
	if f.Profile.Archives() {
		tasks = append(tasks, recipe.JournalTasks(f, steps.PartJournaling)...)
	}
	return tasks
}

func inboundTasks(f steps.Facts) []steps.Task {
	tasks := []steps.Task{testRoutes(f)}
	if t, ok := recipe.LetIn(f); ok {
		tasks = append(tasks, t)
	}
	return append(tasks,
		recipe.TellUsers(f), recipe.LowerTTL(f), recipe.ChangeMX(f), recipe.TestInbound(f), recipe.RestoreTTL(f))
}

func testRoutes(f steps.Facts) steps.Task {
	detail := "The console tests a route with strict and with relaxed TLS; both should work. " +
		"A route that points back at your MX sends mail in circles (`554 mail loop detected`)."
	switch {
	case f.Profile.Platform == steps.M365 || f.Profile.Platform == steps.HybridM365:
		detail += " For Microsoft 365 the route names the tenant's own MX, which ends in `mail.protection.outlook.com`."
	case f.Profile.Platform == steps.Google:
		detail += " For Google Workspace the route names Google's MX (inferred)."
	}
	return steps.Task{ID: "test_routes", Title: "Test each delivery route in the console", Detail: detail, Who: check.WhoTPOC}
}

func lockdownTasks(f steps.Facts) []steps.Task {
	tasks := []steps.Task{{
		ID: "find_direct", Title: "Find who still sends straight to your servers", Who: check.WhoTPOC,
		Detail: "Look through a day of " + logOf(f) + " for senders that are not Mimecast: scanners, monitoring, a partner, a forgotten relay. " +
			"Give each a way through Mimecast, or name it as an exception.",
	}}
	if f.Profile.Hosted() {
		tasks[0].Title = "Find who still sends straight to your platform"
		tasks[0].Detail = "Look through a day of " + logOf(f) + " for senders that are not Mimecast: scanners, monitoring, a partner, a forgotten relay. " +
			"Give each a way through Mimecast."
		if recipe.InCloud(f) {
			tasks[0].Detail += " A partner that may go past it needs a connector of its own in the tenant, or its mail is rejected from the lock-down on."
		} else {
			tasks[0].Detail += " Whether Gmail lets single senders go past it after the lock-down: unknown, ask Mimecast."
		}
	} else {
		tasks = append(tasks, recipe.SaveRulesToLock(f))
	}
	return append(tasks, recipe.ClosePort(f), seeRefused(f), steps.Task{
		ID: "tell_connect", Title: "Tell the Connect team, who test it", Who: check.WhoTPOC,
		Detail:   "Mark the step as waiting on Mimecast until the result is here.",
		Snippets: []steps.Snippet{recipe.LockdownDone(f)},
	})
}

func seeRefused(f steps.Facts) steps.Task {
	t := steps.Task{
		ID: "refused", Title: "See a connection from outside refused", Who: check.WhoTPOC,
		Detail: "From a network that is not yours, for instance a phone's, connect to port 25 of every address that leads to your server. " +
			"No answer or a refusal is right; a greeting is a leak. Keep the output.",
	}
	if f.Profile.Hosted() {
		t.Title = "See a message that goes past Mimecast rejected"
		t.Detail = "From outside, hand a message straight to your platform's own mail server. It greets everybody, so a greeting proves nothing; " +
			"the message must be rejected. Keep the reply."
		if recipe.InCloud(f) {
			t.Detail += " The name of that server ends in `mail.protection.outlook.com`; the admin center shows it for each domain."
		}
	}
	return t
}

func logOf(f steps.Facts) string {
	if f.Profile.Hosted() {
		return "your platform's message log"
	}
	return "your server's log"
}

func completionTasks(f steps.Facts) []steps.Task {
	return []steps.Task{
		{
			ID: "ask_close", Title: "Ask Mimecast for the last tests and to close Connect", Who: check.WhoTPOC, AfterChecks: true,
			Detail:   "Attach the summary that you can export here.",
			Snippets: []steps.Snippet{recipe.CloseConnect(f)},
		},
		{
			ID: "connect_closed", Title: "See that Mimecast has closed the Connect process", Who: check.WhoMimecast, AfterChecks: true,
			Detail: "Mimecast tests the connections to " + recipe.Home(f.Profile) + " first. Until its message is here, mark the step as waiting on Mimecast. " +
				"Keep the message: who sent it, and on which day, is asked when you confirm this step, and stands in the summary.",
		},
		{
			ID: "keep_report", Title: "Keep the summary where your organisation keeps its records", Who: check.WhoTPOC, AfterChecks: true,
			Detail: "It holds every step with who, when and with which proof. Export it now, and tick this; once this step is confirmed, export it once more, as the end stands in it only then.",
		},
		{
			ID: "services", Title: "Plan the services that come next", Optional: true, Who: check.WhoTPOC,
			Detail: "An undated copy of a vendor guide gives this order: import of old mail, best-practice policies, Synchronization Engine, apps for users.",
		},
	}
}
