package migrate

import (
	"mxodus/steps"
	"mxodus/steps/recipe"
	"mxodus/steps/replies"
)

func authorizationFailures(steps.Profile) []steps.Failure {
	return []steps.Failure{
		{Sign: "The step list you get from Mimecast differs from this one", Mean: "Another subscription track, or an add-on with steps of its own", Do: "Ask which track your account has; change the answer here"},
		{Sign: "The engineer asks about a product nobody named", Mean: "An add-on was not declared", Do: "Add it to the list and have the plan checked again"},
	}
}

func accountFailures(steps.Profile) []steps.Failure {
	return []steps.Failure{
		{Sign: "No login has come", Mean: "The invitation is lost or was filtered", Do: "Look into the held messages of the old account, then ask the engineer"},
		{Sign: "The account code begins with other letters than expected", Mean: "The account is on another grid, such as the other one of the United States", Do: "Stop, and tell the engineer"},
	}
}

func firewallFailures(p steps.Profile) []steps.Failure {
	out := []steps.Failure{
		{Sign: "Some mail of the new region arrives and some does not", Mean: "Only one of the ranges is open, or single addresses instead of networks", Do: "FW-OPEN names the range and the line"},
		{Sign: "Connections arrive at the wrong server", Mean: "Address translation maps the new rule to another host", Do: "Map it as the old region's rule does"},
	}
	if p.Hosted() {
		out[0].Do = "Compare your platform's list with the ranges of this step"
		out = out[:1]
	}
	return out
}

func recipientsFailures(p steps.Profile) []steps.Failure {
	out := []steps.Failure{
		{Sign: "The new account's directory test times out", Mean: "The new region's ranges do not reach the directory", Do: "Open the directory's port for them", When: steps.Facts.PullsDirectory},
		{Sign: "Fewer addresses than in the old account", Mean: "The first sync has not run, or addresses had been added by hand", Do: "Wait for the next sync of the new region's zone; import the rest"},
	}
	if p.Platform == steps.M365 || p.Platform == steps.HybridM365 {
		out = append(out, steps.Failure{Sign: "The new account's sync is refused by your tenant", Mean: "The consent was given to the old account's app", Do: "Consent again, as an administrator", When: method("azure_ad")})
	}
	if !p.Archives() {
		return append(out, replies.About(p, replies.Recipients)...)
	}
	out = append(out,
		steps.Failure{Sign: "Copies reach one archive only", Mean: "One rule stops the other, or both accounts have the same journal address", Do: "Look at both rules; ask the engineer for an address of the new account"},
		steps.Failure{Sign: "Messages appear twice in the new archive", Mean: "They were journaled and imported as well", Do: "Set the cut-off of the import to the start of dual journaling"})
	return append(out, replies.About(p, replies.Recipients, replies.Journal)...)
}

// method holds where recipients become known in a certain way.
func method(m string) func(steps.Facts) bool {
	return func(f steps.Facts) bool { return f.Answers.Value("rv.method") == m }
}

func policiesFailures(steps.Profile) []steps.Failure {
	return []steps.Failure{
		{Sign: "A policy is missing in the new account", Mean: "It cannot be copied, or was made after the copy", Do: "Tell the engineer; nothing is changed in the old account from now on"},
		{Sign: "A copied policy does not work", Mean: "It names a host, range or link of the old region", Do: "Change the value to that of the new region"},
	}
}

func reviewFailures(steps.Profile) []steps.Failure {
	return []steps.Failure{
		{Sign: "A route was not tested", Mean: "It fails for the first time on the day of the change", Do: "Test every route, also those of small domains"},
	}
}

func datesFailures(p steps.Profile) []steps.Failure {
	out := []steps.Failure{
		{Sign: "Somebody you need is away on the day", Mean: "The date was not agreed with all", Do: "Move the date rather than go on alone"},
	}
	if p.MovesMail() {
		out = append(out, steps.Failure{Sign: "The MX date is near and the TTL is still long", Mean: "Caches keep the old MX for the whole old TTL", Do: "Lower the TTL now and move the date by the old TTL", When: func(f steps.Facts) bool { return !f.TTLIsLow() }})
	}
	return out
}

func outboundFailures(p steps.Profile) []steps.Failure {
	out := []steps.Failure{
		{Sign: "Headers of the test message name the old region", Mean: "The old " + recipe.WayOut(p) + " is still on", Do: "Switch it off"},
		{Sign: "SPF fails at the receiver", Mean: "The new region's include is missing, or two includes make more than 10 look-ups", Do: "Add it; take out includes of services you no longer use"},
	}
	return append(out, replies.About(p, replies.Outbound)...)
}

func mxFailures(p steps.Profile) []steps.Failure {
	out := []steps.Failure{
		{Sign: "Old and new hosts in one MX set", Mean: "The change was made by half; mail goes to both regions", Do: "Leave the new pair alone"},
		{Sign: "One domain still goes to the old region", Mean: "It was forgotten", Do: "MX-AUTH lists every domain of the move; add what is missing there"},
	}
	return append(out, replies.About(p, replies.Inbound)...)
}

func signoffFailures(steps.Profile) []steps.Failure {
	return []steps.Failure{
		{Sign: "Something fails a week after sign-off", Mean: "It was signed too early, or uses the old region", Do: "Ask the engineer to open the case again; the old account still lives"},
	}
}

func postFailures(steps.Profile) []steps.Failure {
	return []steps.Failure{
		{Sign: "An application fails on day 90", Mean: "It still pointed to the old region", Do: "Point it to the new one; before day 90 the old setting can be put back"},
		{Sign: "The old archive still receives copies", Mean: "The old journal rule is on", Do: "Switch it off once the old data is imported"},
	}
}
