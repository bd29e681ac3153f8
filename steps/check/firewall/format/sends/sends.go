// Package sends tells of a mail server that mail comes in to by the translation
// of one port, while nothing gives it a public address when it sends itself: its
// connections would leave with a private source, and no answer comes back. Rules
// alone do not show it, as they let such packets through.
package sends

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

const smtp = 25

// MaxHosts bounds the hosts that are told of in a file, MaxAsked the
// translations of mail that are looked at for it.
const (
	MaxHosts = 4
	MaxAsked = 64
)

// shared is the address space of carriers (RFC 6598), which the internet does
// not carry either.
var shared = netip.MustParsePrefix("100.64.0.0/10")

func private(a netip.Addr) bool { return a.IsPrivate() || shared.Contains(a) }

// Notes are sentences on the hosts of private addresses that port 25 of a
// program is sent on to, and whose sources none of its rules hides. What such a
// rule depends on is taken to be so, and known reports hosts that have a public
// address in a way that no rule shows; it may be nil.
func Notes(p *ir.Program, known func(netip.Addr) bool) []string {
	var out []string
	told, asked := map[netip.Addr]bool{}, 0
	for c := range p.Chains {
		for i := range p.Chains[c].Rules {
			r := &p.Chains[c].Rules[i]
			host, public, ok := takesMail(r)
			if !ok || told[host] {
				continue
			}
			if asked++; asked > MaxAsked || len(out) == MaxHosts {
				return out
			}
			if told[host] = true; hidden(p, host) || known != nil && known(host) {
				continue
			}
			out = append(out, Note(r.At.Line, public, host))
		}
	}
	return out
}

// Note tells that mail comes in to a host by the translation of one port in a
// line, and that none gives the host a public address when it sends. The public
// address is "" where it is not one.
func Note(line int, public string, host netip.Addr) string {
	if public != "" {
		public = " of " + public
	}
	return fmt.Sprintf("Line %d sends port 25%s on to %s, but no line translates what %s sends itself: its mail would leave with that private address, and no answer comes back. "+
		"Give it a public source address, unless its mail leaves by another way.", line, public, host, host)
}

// Hidden reports a host of a private address that is known outside by a public
// one: no other device translates between it and the internet.
func Hidden(host, public netip.Addr) bool {
	return private(host) && public.IsGlobalUnicast() && !private(public)
}

// takesMail reports a rule that sends port 25, and few others, from a public
// address on to a host of a private one.
func takesMail(r *ir.Rule) (host netip.Addr, public string, ok bool) {
	to := r.To.Addr
	if r.Action != ir.Translate || !to.IsValid() || to.From() != to.To() || !private(to.From()) || len(r.Boxes) == 0 {
		return host, "", false
	}
	for i := range r.Boxes {
		b := &r.Boxes[i]
		if !few(b.DPort) || b.Src != nil && !b.Src.Not && len(b.Src.Ranges) > 0 && private(b.Src.Ranges[0].From()) {
			return host, "", false
		}
		if b.Dst == nil || b.Dst.Not || len(b.Dst.Ranges) != 1 {
			continue
		}
		a := b.Dst.Ranges[0]
		if private(a.From()) {
			return host, "", false
		}
		if a.From() == a.To() {
			public = a.From().String()
		}
	}
	return to.From(), public, true
}

// few reports a condition on ports that names 25 as one of some.
func few(p *ir.Ports) bool {
	return p != nil && !p.Not && slices.ContainsFunc(p.Ranges, func(x ir.PortRange) bool { return x.Lo <= smtp && smtp <= x.Hi && x.Hi-x.Lo < 1024 })
}

// hidden reports that some rule gives a host another source when it connects to
// port 25 of the internet, or may do so.
func hidden(p *ir.Program, host netip.Addr) bool {
	for c := range p.Chains {
		for i := range p.Chains[c].Rules {
			if r := &p.Chains[c].Rules[i]; r.SNAT && slices.ContainsFunc(r.Boxes, func(b ir.Box) bool { return hides(&b, host) }) {
				return true
			}
		}
	}
	return false
}

func hides(b *ir.Box, host netip.Addr) bool {
	switch {
	case b.SrcLocal == ir.Yes && len(b.Maybe) == 0:
		return false // the firewall's own connections
	case b.Src != nil && slices.ContainsFunc(b.Src.Ranges, func(x netipx.IPRange) bool { return x.Contains(host) }) == b.Src.Not && len(b.Maybe) == 0:
		return false
	case b.Proto != nil && slices.Contains(b.Proto.List, ir.TCP) == b.Proto.Not:
		return false
	case b.DPort != nil && slices.ContainsFunc(b.DPort.Ranges, func(x ir.PortRange) bool { return x.Lo <= smtp && smtp <= x.Hi }) == b.DPort.Not:
		return false
	case b.Dst != nil && !b.Dst.Not && !slices.ContainsFunc(b.Dst.Ranges, func(x netipx.IPRange) bool { return !private(x.From()) || !private(x.To()) }):
		return false // so that a server is reached from inside by its public address
	}
	return true
}
