package connect

import (
	"mxodus/steps"
	"mxodus/steps/recipe"
	"mxodus/steps/replies"
)

func rfiFailures(steps.Profile) []steps.Failure {
	return []steps.Failure{
		{Sign: "The form asks things that do not fit you", Mean: "The mail infrastructure is chosen wrongly; it decides which questions follow", Do: "Correct the platform first, then go through the rest again"},
		{Sign: "451 open relay not allowed, later on", Mean: "A sending address was left out of the form", Do: "Send it to support; a new one takes up to two hours to work"},
		{Sign: "Mail for one of your domains is refused, later on", Mean: "The domain was left out of the form", Do: "Have it added as internal domain, and prove it"},
	}
}

func accountFailures(p steps.Profile) []steps.Failure {
	out := []steps.Failure{
		{Sign: "The account code begins with other letters than those of your region", Mean: "The account is in the wrong region", Do: "Stop, and tell the Connect team: a region cannot be changed later"},
		{Sign: "A domain cannot be added", Mean: "Another Mimecast account holds it, or its proof is missing", Do: "Look at the record with dig; then ask the Connect team"},
	}
	if p.Platform == steps.M365 || p.Platform == steps.HybridM365 {
		out = append(out, steps.Failure{Sign: "mail.onmicrosoft.com cannot be added", Mean: "Only Mimecast can add it, and it is not needed", Do: "Add the tenant's onmicrosoft.com domain alone"})
	}
	if !p.Hosted() {
		out = append(out, steps.Failure{Sign: "Some connections from Mimecast work and others do not", Mean: "One range is open and another is not, or single addresses instead of networks", Do: "Run FW-OPEN: it names the range and the line"})
	}
	return out
}

func outboundFailures(p steps.Profile) []steps.Failure {
	out := []steps.Failure{
		{Sign: "Headers of the test message name no Mimecast host", Mean: "The old " + recipe.WayOut(p) + " is still on, or the new one does not fit the message", Do: "Switch the old one off; look at which mail the new one is for, and at the order"},
		{Sign: "SPF permerror in the headers", Mean: "Two SPF records, or more than 10 look-ups", Do: "Merge into one record; take the regional include and not the global one, which costs 6"},
	}
	return append(out, replies.About(p, replies.Outbound)...)
}

func recipientsFailures(p steps.Profile) []steps.Failure {
	missing := "Groups, shared mailboxes or aliases are missing"
	switch p.Platform { // those that may have public folders
	case "", steps.M365, steps.OnPrem, steps.HybridM365, steps.HybridGoogle:
		missing = "Groups, public folders, shared mailboxes or aliases are missing"
	}
	out := []steps.Failure{
		{Sign: "The directory test times out", Mean: "The firewall does not let the ranges through to the directory", Do: "Open the directory's port for the whole region, then test again", When: steps.Facts.PullsDirectory},
		{Sign: "The directory test says wrong credentials", Mean: "The service account's password is wrong or has expired", Do: "Set one that does not expire, and type it into the console", When: steps.Facts.PullsDirectory},
		{Sign: "The directory is refused to Mimecast", Mean: "No administrator has consented to the app, or a right to read is missing", Do: "Consent to reading users and directory data, as an administrator", When: method("azure_ad")},
		{Sign: "The directory is refused to Mimecast", Mean: "The Admin SDK is off, or the client ID of the service account is not authorized", Do: "Switch the one on and authorize the other, as super admin", When: method("google_directory")},
		{Sign: "Counts differ", Mean: missing, Do: "Import those by a sheet"},
		{Sign: "An import fails as a whole", Mean: "The file is .xlsx, a header is misplaced, or one password breaks the rules", Do: "Save as .xls; cell email in A1 to M99; leave passwords out"},
	}
	if !p.Archives() {
		return append(out, replies.About(p, replies.Recipients)...)
	}
	out = append(out,
		steps.Failure{Sign: "The journal queue stands still", Mean: "One item without an envelope, too large or too old blocks it", Do: "Move the oldest item into a subfolder, and tell support"},
		steps.Failure{Sign: "An internal message is not in the archive", Mean: "The rule is off, or its scope or connector does not fit", Do: "Look at the connector's status page and the rule's scope"})
	return append(out, replies.About(p, replies.Recipients, replies.Journal)...)
}

// method holds where recipients become known in a certain way.
func method(m string) func(steps.Facts) bool {
	return func(f steps.Facts) bool { return f.Answers.Value("rv.method") == m }
}

func inboundFailures(p steps.Profile) []steps.Failure {
	out := []steps.Failure{
		{Sign: "Some senders still use the old way after a day", Mean: "A name server or a cache still gives the old MX", Do: "MX-AUTH and MX-PROP name it"},
		{Sign: "First messages of new senders are late", Mean: "Greylisting asks unknown senders to try again", Do: "Wait; a permitted sender is not asked"},
		{Sign: "Mail reaches Mimecast and not you", Mean: "The delivery route or your firewall is wrong", Do: "Test the route in the console; run FW-OPEN"},
	}
	if p.Hosted() {
		out[2].Mean, out[2].Do = "The delivery route is wrong", "Test the route in the console"
	}
	return append(out, replies.About(p, replies.Inbound)...)
}

func lockdownFailures(p steps.Profile) []steps.Failure {
	out := []steps.Failure{
		{Sign: "Some mail is late", Mean: "One of the region's ranges is missing", Do: "Run RANGES and compare with your list"},
		{Sign: "A scanner or a partner cannot send any more", Mean: "It sent straight to your server", Do: "Give it a way of its own, or name it as an exception"},
	}
	if p.Hosted() {
		out[1].Mean, out[1].Do = "It sent straight to your mail platform", "Give it a way through Mimecast"
	}
	if p.Platform == steps.M365 {
		out[1].Do += ", or a connector for it alone"
	}
	if p.Platform == steps.M365 || p.Platform == steps.HybridM365 {
		out = append(out,
			steps.Failure{Sign: "Everything is rejected by the tenant", Mean: "The ranges stand on the wrong page of the connector, or one is wider than /24", Do: "Enter them under security restrictions, in pieces of /24 or smaller"},
			steps.Failure{Sign: "Microsoft's admin center warns that the MX points elsewhere", Mean: "It expects its own MX", Do: "Nothing: this is expected"})
	}
	return append(out, replies.About(p, replies.Lockdown)...)
}

func completionFailures(steps.Profile) []steps.Failure {
	return []steps.Failure{
		{Sign: "A check that was green is red", Mean: "Something was changed since", Do: "Open the step it belongs to again, with the reason"},
		{Sign: "No answer from Mimecast", Mean: "The last tests are queued", Do: "Mark the step as waiting; the days are counted"},
	}
}
