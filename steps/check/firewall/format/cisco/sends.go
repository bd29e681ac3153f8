package cisco

import "net/netip"

// MaxSends bounds the hosts that NoteSends is told of, MaxAsked the
// translations of mail that are looked at for it.
const (
	MaxSends = 4
	MaxAsked = 64
)

// shared is the address space of carriers (RFC 6598), which the internet does
// not carry either.
var shared = netip.MustParsePrefix("100.64.0.0/10")

func private(a netip.Addr) bool { return a.IsPrivate() || shared.Contains(a) }

// Hidden reports a host of a private address that is known outside by a public
// one: no other device translates between it and the internet.
func Hidden(host, public netip.Addr) bool {
	return private(host) && public.IsGlobalUnicast() && !private(public)
}

// NoteSends tells that mail comes in to a host by the translation of one port
// in a line, and that none gives the host a public address when it sends.
func (c *Config) NoteSends(line int, host, public netip.Addr) {
	c.Note("Line %d sends port 25 of %s on to %s, but no line translates what %s sends itself: its mail would leave with that private address, and no answer comes back. "+
		"Give it a public source address, unless its mail leaves by another way.", line, public, host, host)
}
