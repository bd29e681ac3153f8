package natmap

import (
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/ir"
)

// smtp is the port that mail comes in by.
const smtp = 25

// Unanswered is the first rule that sends mail for an address on that lies in
// the network of an interface, other than inside, and that nobody there answers
// for: it is not the device's own, and answered does not know it. Neighbours
// then do not find it (RFC 826, RFC 1027).
func Unanswered(set *ir.Ruleset, answered func(netip.Addr) bool) (at ir.At, addr netip.Addr, on string, found bool) {
	for _, p := range set.Programs {
		for _, g := range p.Arrive {
			for i := range p.Chains[g.Chain].Rules {
				r := &p.Chains[g.Chain].Rules[i]
				if r.Action != ir.Translate || !r.To.HasAddr() {
					continue
				}
				for k := range r.Boxes {
					a, ok := takesMail(&r.Boxes[k])
					if !ok || answered(a) {
						continue
					}
					if name := neighbours(set.Ifaces, a); name != "" {
						return r.At, a, name, true
					}
				}
			}
		}
	}
	return at, addr, "", false
}

// UnansweredNote is what to know of an address that Unanswered finds, on a
// device whose way to answer for others is not in the file.
func UnansweredNote(set *ir.Ruleset) []string {
	at, a, on, found := Unanswered(set, netip.Addr.Is6)
	if !found {
		return nil
	}
	return []string{fmt.Sprintf("Line %d translates %s, which lies in the network of %s and is on no interface of the file: unless the firewall answers ARP for it all the same (a virtual address, proxy ARP), no packet to it arrives.", at.Line, a, on)}
}

// takesMail is the one public address whose mail a box is met by.
func takesMail(b *ir.Box) (netip.Addr, bool) {
	if b.Dst == nil || b.Dst.Not || len(b.Dst.Ranges) != 1 || b.Dst.Ranges[0].From() != b.Dst.Ranges[0].To() || len(b.Maybe) > 0 {
		return netip.Addr{}, false
	}
	a := b.Dst.Ranges[0].From()
	port := b.DPort == nil || slices.ContainsFunc(b.DPort.Ranges, func(p ir.PortRange) bool { return p.Lo <= smtp && smtp <= p.Hi }) != b.DPort.Not
	proto := b.Proto == nil || slices.Contains(b.Proto.List, ir.TCP) != b.Proto.Not
	return a, a.IsGlobalUnicast() && !a.IsPrivate() && port && proto
}

// neighbours is the interface in whose network an address is; empty where it is
// in none, or is the device's own.
func neighbours(list []ir.Iface, a netip.Addr) string {
	name := ""
	for _, f := range list {
		if slices.Contains(f.Addrs, a) {
			return ""
		}
		for _, n := range f.Nets {
			// Connected networks alone: the device has an address in them.
			if name == "" && f.Outer != ir.No && n.Contains(a) && slices.ContainsFunc(f.Addrs, n.Contains) {
				name = f.Name
			}
		}
	}
	return name
}
