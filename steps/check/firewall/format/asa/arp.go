package asa

import (
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/format/cisco"
)

// sysopt reads sysopt noproxyarp INTERFACE.
func sysopt(r *reader, l *cisco.Line) bool {
	if w := l.Words; len(w) == 3 && w[1] == "noproxyarp" {
		r.silent[w[2]] = true
	}
	return true
}

// noteARP tells of a public address that mail is sent on from, in the network of
// its interface, for which the ASA is told not to answer there (no-proxy-arp,
// sysopt noproxyarp): neighbours do not find it.
func (r *reader) noteARP() {
	for _, n := range r.nats {
		f := r.byName[n.mapped]
		if f == nil || n.src == "?" || n.dynamic || n.off || n.dst != "" || n.ifaceMapped || !n.silent && !r.silent[f.name] || n.proto+n.svc1 != "" && !r.takesMail(n) {
			continue
		}
		host, ok1 := single(r.word(n.src, n.real))
		public, ok2 := single(r.word(n.srcMapped, n.mapped))
		if !ok1 || !ok2 || host == public || slices.Contains(f.addrs, public) || !slices.ContainsFunc(f.nets, func(p netip.Prefix) bool { return p.Contains(public) }) {
			continue
		}
		by := "no-proxy-arp"
		if !n.silent {
			by = "sysopt noproxyarp " + f.name
		}
		r.Note("Line %d translates %s to %s, but the ASA does not answer for that address on %s (%s): no mail for it arrives, unless the router before it is told to send it to the ASA by a route. Take that setting off if there is no such route.",
			n.at.Line, public, host, f.name, by)
		return
	}
}
