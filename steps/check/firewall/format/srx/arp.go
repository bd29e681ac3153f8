package srx

import (
	"fmt"
	"net/netip"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/natmap"
)

// noteARP tells of a public address that mail is sent on from, in a network of
// the firewall's, without proxy ARP or NDP for it: the SRX answers for none by
// itself (NAT user guide, "Configuring Proxy ARP for NAT").
func (b *builder) noteARP(set *ir.Ruleset) {
	at, a, on, found := natmap.Unanswered(set, b.answers)
	if !found {
		return
	}
	kind := "proxy-arp"
	if a.Is6() {
		kind = "proxy-ndp"
	}
	set.Notes = append(set.Notes, fmt.Sprintf(
		"Line %d translates %s, which lies in the network of %s, but the SRX does not answer for that address there: no mail for it arrives, unless the router before it sends it to the SRX by a route. Else add: set security nat %s interface %s address %s.",
		at.Line, a, on, kind, on, netip.PrefixFrom(a, a.BitLen())))
}

// answers reports an address that proxy ARP or NDP is configured for.
func (b *builder) answers(a netip.Addr) bool {
	for _, kind := range []string{"proxy-arp", "proxy-ndp"} {
		for _, i := range b.d.root.At("security", "nat", kind, "interface").Live() {
			for _, n := range i.Kid("address").Live() {
				p, err := netip.ParsePrefix(n.Name)
				if err != nil {
					x, err := netip.ParseAddr(n.Name)
					if err != nil {
						return true // not known
					}
					p = netip.PrefixFrom(x, x.BitLen())
				}
				if p.Contains(a) {
					return true
				}
				if to := n.Text("to"); to != "" {
					end, err := netip.ParsePrefix(to)
					if err != nil || p.Addr().Compare(a) <= 0 && a.Compare(end.Addr()) <= 0 {
						return true
					}
				}
			}
		}
	}
	return false
}
