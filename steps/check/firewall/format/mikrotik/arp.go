package mikrotik

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/natmap"
)

// noteARP tells of a public address that mail is sent on from, in a network of
// the router's, that is on none of its interfaces: RouterOS answers for its own
// addresses alone, and for those of ARP entries that are published.
func (r *reader) noteARP() {
	if slices.ContainsFunc(r.set.Statements, func(s ir.Statement) bool { return strings.Contains(s.Text, "proxy-arp") }) {
		return
	}
	arp := r.menu("ip arp")
	at, a, on, found := natmap.Unanswered(r.set, func(a netip.Addr) bool {
		return a.Is6() || slices.ContainsFunc(arp.items, func(it *item) bool { return it.get("address") == a.String() && truth(it.get("published")) })
	})
	if found {
		r.set.Notes = append(r.set.Notes, fmt.Sprintf(
			"Line %d translates %s, which lies in the network of %s but is on no interface: the router does not answer for that address, and no mail for it arrives, unless the router before it sends it here by a route. Else add it: /ip address add address=%s interface=%s.",
			at.Line, a, on, netip.PrefixFrom(a, a.BitLen()), on))
	}
}
