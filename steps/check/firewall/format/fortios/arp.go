package fortios

import (
	"fmt"
	"net/netip"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/natmap"
)

// noteARP tells of a virtual IP for mail, in the network of an interface, that
// the FortiGate is told not to answer for there (set arp-reply disable).
func (d *device) noteARP() {
	silent := map[netip.Addr]bool{}
	for _, v := range d.vdoms {
		for _, e := range v.at.kid("firewall vip").entries() {
			x := v.vips[ir.V4].byName[e.name]
			if x == nil {
				continue
			}
			for _, r := range x.ext {
				// Another virtual IP of the address answers for it.
				was, again := silent[r.From()]
				silent[r.From()] = e.is("arp-reply", "disable") && (was || !again)
			}
		}
	}
	at, a, on, found := natmap.Unanswered(d.set, func(a netip.Addr) bool { return !silent[a] })
	if found {
		d.set.Notes = append(d.set.Notes, fmt.Sprintf(
			"Line %d sends %s on, which lies in the network of %s, but the FortiGate does not answer for that address there (set arp-reply disable): no mail for it arrives, unless the router before it sends it to the FortiGate by a route. Else set arp-reply enable.",
			at.Line, a, on))
	}
}
