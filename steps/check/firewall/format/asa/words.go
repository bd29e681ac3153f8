package asa

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/source"
)

// addr reads an address or a name that a name line gives one.
func (r *reader) addr(s string) (netip.Addr, bool) {
	if n, ok := r.names[s]; ok {
		s = n
	}
	if s == "0" {
		s = "0.0.0.0"
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, false
	}
	return a.Unmap(), true
}

// network reads an address with a mask, as in 192.0.2.0 255.255.255.0. A 0
// stands for 0.0.0.0.
func (r *reader) network(s, mask string) (netipx.IPRange, bool) {
	a, ok := r.addr(s)
	if !ok || !a.Is4() {
		return netipx.IPRange{}, false
	}
	if mask == "0" {
		mask = "0.0.0.0"
	}
	return source.Masked(a.String(), mask)
}

// ranges reads a network whose mask may have holes.
func (r *reader) networks(s, mask string) ([]netipx.IPRange, bool) {
	if n, ok := r.network(s, mask); ok {
		return []netipx.IPRange{n}, true
	}
	a, ok := r.addr(s)
	m, err := netip.ParseAddr(mask)
	if !ok || err != nil || !a.Is4() || !m.Is4() {
		return nil, false
	}
	b := m.As4()
	var inverse [4]byte
	binary.BigEndian.PutUint32(inverse[:], ^binary.BigEndian.Uint32(b[:]))
	return source.Wildcard(a.String(), netip.AddrFrom4(inverse).String())
}

// prefix6 reads 2001:db8::/32.
func prefix6(s string) (netipx.IPRange, bool) {
	if !strings.ContainsRune(s, ':') {
		return netipx.IPRange{}, false
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netipx.IPRange{}, false
	}
	return netipx.RangeOfPrefix(p.Masked()), true
}

func span(p string) netipx.IPRange { return netipx.RangeOfPrefix(netip.MustParsePrefix(p)) }

var every4, every6 = span("0.0.0.0/0"), span("::/0")
