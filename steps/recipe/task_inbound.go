package recipe

import (
	"fmt"

	"mxodus/steps"
	"mxodus/steps/check"
)

// LowerTTL is the task of shortening the TTL before the MX change.
func LowerTTL(f steps.Facts) steps.Task {
	if f.TTLIsLow() {
		return steps.Task{
			ID: steps.TaskLowerTTL, Title: "Nothing to lower: the TTL of the present MX records is low enough", Optional: true, Who: check.WhoNobody,
			Detail: fmt.Sprintf("MX-PLAN recorded a TTL of %d seconds or less for every domain that receives mail. See that nobody raises it before the change.", LowTTL),
		}
	}
	detail := fmt.Sprintf("Set the TTL of the present MX records to %d seconds and leave everything else. "+
		"It helps only after the old TTL has run out, so do it two days before the change (common practice; no vendor page gives a number). "+
		"Run the check MX-PLAN before and after, so that both TTLs are on record.", LowTTL)
	if at, ok := f.Answers.Moment(steps.QInboundDate, f.Zone()); ok {
		detail += " For your date that is by " + at.AddDate(0, 0, -2).Format("Monday, 2 January 2006, 15:04 -07:00") + "."
	}
	return steps.Task{
		ID: steps.TaskLowerTTL, Title: "Lower the TTL of the present MX records", Detail: detail, Who: check.WhoDNSHost,
		Snippets: []steps.Snippet{OldMX(f, fmt.Sprintf("The present records with TTL %d", LowTTL), "mx-low-ttl.zone", LowTTL)},
	}
}

// ChangeMX is the task that marks the change of the MX records.
func ChangeMX(f steps.Facts) steps.Task {
	detail := "Replace all MX records of every domain by the region's pair, both at the same preference, and leave no other MX beside them, " +
		"not even one at a worse preference: spam enters there. Tick this when it is done; the time counts. " +
		"An MX never names an outbound host."
	if f.Profile.Journey == steps.Migrate {
		detail += " Mimecast's article on migrations points to the page for outgoing mail here; the inbound hosts are meant."
	}
	return steps.Task{
		ID: steps.TaskChangeMX, Title: "Replace the MX records of every domain",
		Detail: detail + need("inbound hosts", f.Target, f.Target.InboundMX), Who: check.WhoDNSHost,
		Snippets: []steps.Snippet{
			NewMX(f, LowTTL),
			OldMX(f, "Take out these, and keep them: they go back in if you have to go back", "mx-old.zone", 0),
			DNSRequest(f),
		},
	}
}

// TestInbound is the task of proving the new way in with a message.
func TestInbound(f steps.Facts) steps.Task {
	mine := "your own server"
	if f.Profile.Hosted() {
		mine = "your mail platform"
	}
	proof := "The last hop before " + mine + " must be Mimecast."
	if f.Profile.Journey == steps.Migrate {
		proof = "The `Received` line that " + mine + " wrote gives the address the message came from. It must lie in a range of " + Name(f.Target) +
			": " + theRanges(f) + " The old account delivers from Mimecast, too, so the name alone proves nothing."
	}
	detail := "Write from a mailbox outside to one of yours, and save the full headers of what arrives. " + proof +
		" Watch both ways in until the TTL has run out."
	if InGoogle(f) {
		detail += " In Google, `gateway.spf=` in the authentication results shows that the inbound gateway setting works."
	}
	return steps.Task{
		ID: "test_inbound", Title: "Send yourself a test message from outside and keep its headers",
		Detail: detail, Who: check.WhoTPOC,
	}
}

// RestoreTTL is the task of lengthening the TTL again.
func RestoreTTL(f steps.Facts) steps.Task {
	return steps.Task{
		ID: "restore_ttl", Title: "Raise the TTL of the new MX records again", Optional: true, Who: check.WhoDNSHost,
		Detail:   "Once everything has run well for a day, a longer TTL spares every sender a question. An hour is usual.",
		Snippets: []steps.Snippet{NewMX(f, NormalTTL)},
	}
}

// TellUsers is the task of announcing the change.
func TellUsers(f steps.Facts) steps.Task {
	return steps.Task{
		ID: "tell_users", Title: "Tell your users and the help desk", Optional: true, Who: check.WhoTPOC,
		Detail:   "New senders may be asked to try again, for a minute up to hours, so their first message is late. Better said before than asked after.",
		Snippets: []steps.Snippet{UsersNotice(f)},
	}
}
