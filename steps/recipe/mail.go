package recipe

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/rfi"
)

// signature closes a message with the TPOC's name as far as it is known.
func signature(f steps.Facts) []string {
	lines := []string{"", "Thank you"}
	for _, q := range []string{"contact.tpoc.name", "contact.tpoc.email", "contact.tpoc.phone"} {
		if v := f.Answers.Value(q); v != "" {
			lines = append(lines, v)
		}
	}
	return lines
}

// address writes a To line when the address is known.
func address(f steps.Facts, question string) []string {
	if v := f.Answers.Value(question); v != "" {
		return []string{"To: " + v}
	}
	return nil
}

func message(label, file string, f steps.Facts, head []string, body ...string) steps.Snippet {
	lines := append(append([]string{}, head...), body...)
	return snippet(label, file, langText, append(lines, signature(f)...)...)
}

func accountCode(f steps.Facts) string {
	if v := f.Answers.Value("company.account_code"); v != "" {
		return "Account code: " + v
	}
	return "Account code: not known to us yet"
}

// caseLine names the migration case when it is known.
func caseLine(f steps.Facts) string {
	if v := f.Answers.Value("case.number"); v != "" {
		return " (case " + v + ")"
	}
	return ""
}

// RequestMove asks the account manager for the migration.
func RequestMove(f steps.Facts) steps.Snippet {
	body := []string{
		"Subject: Request to migrate " + orDomain(f) + " to another region",
		"",
		fmt.Sprintf("We ask to move our Mimecast account from %s to %s.", Name(f.Source), Name(f.Target)),
		"",
	}
	if v := f.Answers.Value("account.code_old"); v != "" {
		body = append(body, "Present account code: "+v)
	}
	body = append(body,
		fmt.Sprintf("Domains: %d%s", len(f.Domains), listed(f.Domains)),
		"Add-ons on our account: "+oneLine(f.Answers.List("migrate.addons"), "to be named by you and us together"),
		"",
		"Please tell us the options and the time they take, the engineer who will",
		"work with us, the case number, which of our settings cannot be moved,",
		"and how a domain is handled that both accounts need at once.",
	)
	return message("Mail to your account manager", "request.txt", f, address(f, "people.account_manager.email"), body...)
}

func listed(domains []string) string {
	if len(domains) == 0 {
		return ""
	}
	if len(domains) > 5 {
		return " (" + strings.Join(domains[:5], ", ") + " and more, list attached)"
	}
	return " (" + strings.Join(domains, ", ") + ")"
}

func oneLine(items []string, none string) string {
	if len(items) == 0 {
		return none
	}
	return strings.Join(items, ", ")
}

// NetworkRequest asks the network team to open the ranges.
func NetworkRequest(f steps.Facts, blocks []netip.Prefix) steps.Snippet {
	body := []string{
		"Subject: Firewall rules for " + Name(f.Target),
		"",
		"Please allow the following, for whole networks and not single addresses,",
		"and without SMTP inspection or fix-up:",
		"",
	}
	for _, p := range Ports(f.PortNeeds("")) {
		body = append(body, "  "+p)
	}
	body = append(body, "", "Networks:")
	if len(blocks) == 0 {
		body = append(body, "  "+Unknown)
	}
	for _, p := range blocks {
		body = append(body, "  "+p.String())
	}
	body = append(body, ends(f)...)
	body = append(body, "")
	if f.Profile.Journey == steps.Migrate {
		body = append(body, "Leave the rules for the present Mimecast ranges as they are for now.")
	}
	body = append(body, "Please export the rules before and after, and send us both files.")
	return message("Mail to your network team", "firewall-request.txt", f, nil, body...)
}

// ends are the customer's side of what the firewall is to allow, by what it is
// for: mail in, mail out, and the directory have hosts of their own.
func ends(f steps.Facts) []string {
	needs := f.PortNeeds("")
	var out []string
	list := func(what string, hosts []string, otherwise string) {
		if len(hosts) == 0 {
			hosts = []string{otherwise}
		}
		out = append(out, "", what)
		for _, h := range hosts {
			out = append(out, "  "+h)
		}
	}
	if slices.ContainsFunc(needs, func(n check.PortNeed) bool { return n.In && !asksDirectory(n) }) {
		hosts := append([]string{}, f.Answers.List(steps.QInbound)...)
		if v := f.Answers.Value("firewall.mail_server_internal"); v != "" {
			hosts = append(hosts, v+" (inside address)")
		}
		list("Mail is to reach:", hosts, "our mail server")
	}
	if slices.ContainsFunc(needs, sendsMail) {
		list("Mail is sent from:", Senders(f), "our mail server")
	}
	if extra := f.Answers.List("journal.extra_source_ips"); len(extra) > 0 && slices.ContainsFunc(needs, sendsJournal) {
		list("Journal copies are sent from these as well:", extra, "")
	}
	if slices.ContainsFunc(needs, asksDirectory) {
		var host []string
		if v := f.Answers.Value("dir.host"); v != "" {
			host = []string{v}
		}
		list("The directory is asked at:", host, "our directory server; its address follows")
	}
	return out
}

func asksDirectory(n check.PortNeed) bool {
	return n.ID == "ldap-in" || n.ID == "ldaps-in" || n.ID == "gc-in"
}

func sendsMail(n check.PortNeed) bool {
	return n.ID == "smtp-out" || n.ID == "smtp-auth-out" || sendsJournal(n)
}

func sendsJournal(n check.PortNeed) bool { return n.ID == "journal-out" }

// DNSRequest asks the DNS host to change the MX records.
func DNSRequest(f steps.Facts) steps.Snippet {
	body := []string{
		"Subject: MX records of " + orDomain(f),
		"",
	}
	if at, ok := f.Answers.Moment(steps.QInboundDate, f.Zone()); ok {
		body = append(body, "When: "+at.Format("Monday, 2 January 2006, 15:04 -07:00"), "")
	}
	body = append(body,
		"Please replace all MX records of the domains below by these, and leave",
		"no other MX record beside them:",
		"")
	for _, line := range strings.Split(strings.TrimSpace(string(NewMX(f, LowTTL).Text)), "\n") {
		body = append(body, "  "+line)
	}
	body = append(body, "", "Please tell us when it is done, with the zone's new serial number.")
	return message("Mail to your DNS host", "dns-request.txt", f, nil, body...)
}

// DatesProposal proposes dates to the account manager.
func DatesProposal(f steps.Facts) steps.Snippet {
	body := []string{
		"Subject: Dates for our migration" + caseLine(f),
		"",
		"The review of both accounts is done. We propose:",
		"",
	}
	for _, q := range []struct{ id, what string }{
		{"dates.freeze", "No changes on either side from"},
		{steps.QOutboundDate, "Outgoing mail"},
		{steps.QInboundDate, "Incoming mail (MX)"},
	} {
		if !f.Profile.MovesMail() && q.id != "dates.freeze" {
			continue
		}
		when := "please propose"
		if at, ok := f.Answers.Moment(q.id, f.Zone()); ok {
			when = at.Format("Monday, 2 January 2006, 15:04 -07:00")
		}
		body = append(body, fmt.Sprintf("  %s: %s", q.what, when))
	}
	body = append(body, "", "Please confirm, and tell us whom we reach on your side at that time.")
	return message("Mail to your account manager", "dates.txt", f, address(f, "people.account_manager.email"), body...)
}

// ours names what was locked down.
func ours(f steps.Facts) string {
	switch f.Profile.Platform {
	case steps.M365:
		return "Our domains in Microsoft 365"
	case steps.Google:
		return "Our domains in Google Workspace"
	}
	return "Our servers"
}

// LockdownDone tells the Connect team that the lock-down can be tested.
func LockdownDone(f steps.Facts) steps.Snippet {
	body := []string{
		"Subject: Lock-down done for " + orDomain(f),
		"",
		accountCode(f),
		ours(f) + " now accept mail from Mimecast only.",
		"No other MX record is left. Please test it and tell us the result.",
	}
	if f.Profile.Hosted() && len(f.Receiving()) > 0 {
		body = append(body, "", "To be tested: "+strings.Join(f.Receiving(), ", "))
	}
	if hosts := f.Answers.List(steps.QInbound); len(hosts) > 0 && !f.Profile.Hosted() {
		body = append(body, "", "To be tested: "+strings.Join(hosts, ", "))
	}
	return message("Mail to the Connect team", "lockdown-done.txt", f, nil, body...)
}

// CloseConnect asks for the last tests and the end of the Connect process.
func CloseConnect(f steps.Facts) steps.Snippet {
	return message("Mail to the Connect team", "completion.txt", f, nil,
		"Subject: Connect process of "+orDomain(f),
		"",
		accountCode(f),
		"All steps are done on our side; the record is attached. Please test the",
		"connections to "+strings.Replace(Home(f.Profile), "your", "our", 1)+" and confirm that the Connect",
		"process is closed.",
		"Services we want to take up next: "+oneLine(rfi.Services(f), "none yet"))
}

// SignOff confirms the migration to the engineer.
func SignOff(f steps.Facts) steps.Snippet {
	body := []string{
		"Subject: Sign-off of our migration" + caseLine(f),
		"",
		fmt.Sprintf("We have tested our account in %s and confirm that it works.", Name(f.Target)),
		"The record of the move is attached.",
	}
	if v := f.Answers.Value("signoff.executed_by"); v != "" {
		body = append(body, "Tests executed by: "+v)
	}
	if v := f.Answers.Value("signoff.overseen_by"); v != "" {
		body = append(body, "Overseen by: "+v)
	}
	body = append(body,
		"",
		"Please close the case and tell us the day on which the old account will",
		"be disabled. We count 90 days from sign-off.")
	return message("Mail to your engineer", "sign-off.txt", f, address(f, "people.engineer.email"), body...)
}

// UsersNotice tells the users what changes for them.
func UsersNotice(f steps.Facts) steps.Snippet {
	when := "in the next days"
	if at, ok := f.Answers.Moment(steps.QInboundDate, f.Zone()); ok {
		when = "on " + at.Format("Monday, 2 January")
	}
	return message("Notice to your users", "users.txt", f, nil,
		"Subject: Our incoming mail takes a new route",
		"",
		"Mail from outside will reach us by a new route "+when+". You need not do",
		"anything. The first message of somebody who has never written to us may",
		"come later than usual. If an expected message does not arrive within",
		"a day, tell us who sent it and when.")
}

// FormSent accompanies the answers of the RFI.
func FormSent(f steps.Facts) steps.Snippet {
	return message("Mail to the Connect team, with the exported answers", "rfi-mail.txt", f, nil,
		"Subject: Request For Information of "+orDomain(f),
		"",
		"Please find our answers attached; they are also in the form you sent us.",
		"Region of the account: "+Name(f.Target),
		"Domains: "+fmt.Sprint(len(f.Domains))+listed(f.Domains),
		"",
		"Please tell us if something is missing, and when the account will be ready.")
}
