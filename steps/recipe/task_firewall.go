package recipe

import (
	"fmt"
	"net/netip"

	"mxodus/steps"
	"mxodus/steps/check"
)

// OpenRanges is the task of letting the ranges through: the customer's
// firewall, or on a hosted platform what filters by address there.
func OpenRanges(f steps.Facts) steps.Task {
	t := steps.Task{ID: steps.TaskOpenRanges, Who: check.WhoNetwork}
	blocks := TargetRanges(f)
	if f.Profile.Hosted() {
		return openHosted(f, t, blocks)
	}
	t.Title = fmt.Sprintf("Let the ranges of %s through your firewall", Name(f.Target))
	t.Detail = "Whole networks, both directions, mapped through to the right server inside. " +
		"Single addresses or half a network work on some days and fail on others. " +
		"Switch SMTP inspection off (on Cisco devices: fix-up); it breaks messages off early."
	if f.Profile.Journey == steps.Migrate {
		t.Detail += " Add to what is there; the present region's ranges stay open until the old account is switched off."
	}
	if len(blocks) == 0 {
		t.Detail += fmt.Sprintf("\n\nThe address ranges of %s are %s.", Name(f.Target), Unknown)
	} else {
		t.Detail += "\n\nThe list is made from what the region's SPF record held when the table was compiled. " +
			"The vendor's page of data centers is the authority and may name more; the check RANGES shows what has changed since."
	}
	t.Snippets = []steps.Snippet{NetworkRequest(f, blocks), RangeList(f, blocks)}
	if s, ok := FirewallRules(f, blocks, false); ok {
		t.Snippets = append([]steps.Snippet{s}, t.Snippets...)
		t.Detail += paragraph(RulesToEdit(f, blocks))
	} else {
		t.Detail += paragraph(NoRules(f, blocks))
	}
	if s, ok := RuleTable(f, blocks); ok {
		t.Snippets = append(t.Snippets, s)
	}
	if InCloud(f) && f.Profile.Journey == steps.Migrate {
		t.Snippets = append(t.Snippets, AddRangesTenant(f))
	}
	return t
}

func openHosted(f steps.Facts, t steps.Task, blocks []netip.Prefix) steps.Task {
	t.Who = check.WhoTPOC
	t.Title = fmt.Sprintf("Let the ranges of %s into your mail platform", Name(f.Target))
	switch {
	case InCloud(f):
		t.Detail = "A connector that lets in Mimecast's old ranges only refuses the new region's mail. Add the new ranges to it and keep the old; the same for the skip list of enhanced filtering."
		if a, b := CertificateName(f.Source), CertificateName(f.Target); f.Source.ID != "" && a != b {
			t.Detail += fmt.Sprintf(" The connector takes one certificate name, and yours differ (%s before, %s after): clear the name while both regions deliver.",
				or(a, Unknown), or(b, Unknown))
		}
		t.Snippets = []steps.Snippet{AddRangesTenant(f)}
	default:
		t.Detail = "In the Admin console under Apps, Google Workspace, Gmail, Spam, phishing and malware, open **Inbound gateway** and add the new ranges to its list. Keep the old ones."
		t.Snippets = []steps.Snippet{RangeList(f, blocks)}
	}
	if !f.Profile.MovesMail() {
		t.Detail += " If nothing of yours filters by Mimecast's addresses, there is nothing to add: tick this."
	}
	if len(blocks) == 0 {
		t.Detail += fmt.Sprintf("\n\nThe address ranges of %s are %s.", Name(f.Target), Unknown)
	}
	return t
}

// SaveRules is the task of keeping the rules as they are before the ranges are
// let through.
func SaveRules(f steps.Facts) steps.Task { return saveRules(f, "FW-OPEN") }

// SaveRulesToLock is the same before port 25 is shut to everyone else.
func SaveRulesToLock(f steps.Facts) steps.Task { return saveRules(f, "FW-LOCK") }

func saveRules(f steps.Facts, checkID string) steps.Task {
	detail := "Export the rules of the firewall in front of your mail server, before and after. " +
		"The export is what the check " + checkID + " reads, and what you put back if you have to."
	how, commands := exportOf(f)
	detail += paragraph(how)
	if f.Profile.Hosted() {
		commands = nil
		detail = "Note or export what your mail platform lets in from Mimecast today: the list of the inbound gateway."
		if InCloud(f) {
			detail = "Note or export what your mail platform lets in from Mimecast today: the inbound connector, and the skip list of enhanced filtering."
		}
	}
	t := steps.Task{ID: "save_rules", Title: "Export the rules as they are now", Detail: detail, Who: check.WhoNetwork, Snippets: commands}
	if f.Profile.Hosted() {
		t.Title, t.Who = "Note what your mail platform lets in now", check.WhoTPOC
	}
	return t
}

// paragraph sets a text apart from what is before it; "" stays so.
func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return "\n\n" + text
}

// ClosePort is the task that marks the lock-down.
func ClosePort(f steps.Facts) steps.Task {
	t := steps.Task{ID: steps.TaskClosePort, Who: check.WhoNetwork}
	blocks := Ranges(f)
	t.Title = "Let port 25 in from Mimecast only"
	switch {
	case f.Profile.Platform == steps.M365:
		t.Title, t.Who = "Have your tenant accept mail from Mimecast only", check.WhoTPOC
		t.Detail = "A partner connector for all senders that wants TLS, Mimecast's certificate name and its ranges. " +
			"In the admin center the ranges belong on the page of security restrictions, not on the one about authenticating sent email."
		t.Snippets = []steps.Snippet{LockTenant(f, blocks), UnlockTenant()}
	case f.Profile.Platform == steps.Google:
		t.Title, t.Who = "Have Gmail reject mail that does not come from Mimecast", check.WhoTPOC
		t.Detail = "In the Admin console under Apps, Google Workspace, Gmail, Spam, phishing and malware, open **Inbound gateway**, enter the ranges and tick that mail from elsewhere is rejected. " +
			"The vendor warns that a lock-down may not be possible on Google, and elsewhere gives these steps: conflicting. Ask the Connect team to test it; if it cannot be done, go on with that as the reason."
		t.Snippets = []steps.Snippet{RangeList(f, blocks)}
	case OtherKind(f) == "hosted_exchange":
		t.Title, t.Who = "Ask your provider to take mail for you from Mimecast only", check.WhoProvider
		t.Detail = "On hosted Exchange this may be impossible. If the provider says no, go on with that as the reason."
		t.Snippets = []steps.Snippet{RangeList(f, blocks)}
	default:
		t.Detail = "Narrow the rule for port 25 to the region's ranges and the exceptions you named; nothing else may reach it, on any address that leads to the server (a second public address, IPv6, another port passed on to 25). " +
			"Things that send straight to the server, such as scanners and relays, stop: give them a way of their own. Then export the rules and run FW-LOCK."
		t.Snippets = []steps.Snippet{RangeList(f, blocks)}
		if s, ok := FirewallRules(f, blocks, true); ok {
			t.Snippets = append([]steps.Snippet{s}, t.Snippets...)
			t.Detail += paragraph(RulesToEdit(f, blocks))
		} else {
			t.Detail += paragraph(NoRules(f, blocks))
		}
		if InCloud(f) {
			t.Detail += "\n\nYour tenant needs its own lock-down as well: a partner connector."
			t.Snippets = append(t.Snippets, LockTenant(f, blocks), UnlockTenant())
		}
		if InGoogle(f) {
			t.Detail += "\n\nFor Gmail: reject mail from outside the inbound gateway's list, if the Connect team finds that it works."
		}
	}
	if len(blocks) == 0 {
		t.Detail += fmt.Sprintf("\n\nThe address ranges of %s are %s.", Name(f.Target), Unknown)
	}
	return t
}

// LetIn is the optional task of preparing a hosted platform for mail that
// comes by way of Mimecast. False where there is nothing to prepare.
func LetIn(f steps.Facts) (steps.Task, bool) {
	t := steps.Task{ID: "let_in", Optional: true, Who: check.WhoTPOC}
	blocks := Ranges(f)
	switch {
	case InCloud(f):
		t.Title = "Have Microsoft look past Mimecast to the real sender"
		t.Detail = "Without enhanced filtering Microsoft takes Mimecast for the sender, and SPF and DMARC of every message fail. This lists the ranges to skip; nothing is refused yet."
		t.Snippets = []steps.Snippet{SkipListing(f, blocks)}
	case InGoogle(f):
		t.Title = "Tell Gmail that Mimecast is your inbound gateway"
		t.Detail = "In the Admin console under Apps, Google Workspace, Gmail, Spam, phishing and malware, open **Inbound gateway** and enter the ranges. Do not reject anything yet."
		t.Snippets = []steps.Snippet{RangeList(f, blocks)}
	default:
		return t, false
	}
	if len(blocks) == 0 {
		t.Detail += fmt.Sprintf("\n\nThe address ranges of %s are %s.", Name(f.Target), Unknown)
	}
	return t, true
}
