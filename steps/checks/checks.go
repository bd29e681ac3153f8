// Package checks is the list of all checks there are, in the order in which a
// move needs them.
package checks

import (
	"slices"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall"
	"mxodus/steps/check/gateway"
	"mxodus/steps/check/mx"
	"mxodus/steps/check/ranges"
)

// All returns every check over one world.
func All(w *check.World) []check.Check {
	all := mx.Checks(w)
	all = append(all, ranges.Check(w))
	all = append(all, gateway.Checks(w)...)
	return append(all, firewall.ByName(w, firewall.OpenCheck(w)), firewall.ByName(w, firewall.LockCheck()))
}

// Find returns the check with that id, e.g. "MX-AUTH".
func Find(w *check.World, id string) (check.Check, bool) {
	all := All(w)
	if i := slices.IndexFunc(all, func(c check.Check) bool { return c.ID() == id }); i >= 0 {
		return all[i], true
	}
	return nil, false
}

// About is the plain description of a check for help pages: what it asks, of
// whom, and what its answer is good for. Empty for an id that does not exist.
func About(id string) string { return about[id] }

var about = map[string]string{
	"MX-PLAN": "Reads the MX records of every domain at its own name servers and keeps them as the set to go back to. Says when to lower the TTL, so that the change reaches everybody quickly.",
	"MX-AUTH": "Asks every name server of every domain directly what MX records it gives, and compares them with the inbound hosts of the region. Before the change they should still be the old ones, afterwards the new ones alone, at every server.",
	"MX-PROP": "Asks public resolvers, and this machine's own, what they still hold in their caches, and counts down to the time by which all of them must have the new records.",
	"MX-LEFT": "Looks for MX records of the old way that stand beside the new ones. Senders of unwanted mail use them on purpose, at whatever preference.",
	"MX-FORM": "Looks at each MX record by itself: a name and not an address, no alias, with a public address, no null MX among others, and no Mimecast host that is for sending only.",
	"RANGES":  "Follows the SPF record in which the region publishes its address ranges and compares them with the table that firewall rules are made from. Takes new ranges over only with your consent.",
	"GW-SMTP": "Connects to port 25 of the region's inbound hosts: greeting, EHLO, STARTTLS, certificate. Tells a network that blocks port 25 from a gateway that does not answer. Begins no mail.",
	"GW-OUT":  "The same for the hosts that your mail is sent out through.",
	"GW-JRN":  "The same for the hosts that journal copies are sent to.",
	"FW-OPEN": "Reads the firewall ruleset you exported and proves, range by range and port by port, that the region is let in and out in full, or shows a packet that is not and the line that stops it.",
	"FW-LOCK": "Reads the same ruleset after the change and proves that nobody but the region can reach port 25, or shows who can and by which line.",
}
