package source

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"go4.org/netipx"
)

// Net reads an address, a network (192.0.2.0/24, or with a mask as in
// 192.0.2.0/255.255.255.0) or a range (192.0.2.1-192.0.2.9).
func Net(s string) (netipx.IPRange, bool) {
	s = strings.TrimSpace(s)
	if addr, mask, ok := strings.Cut(s, "/"); ok {
		if strings.ContainsAny(mask, ".:") {
			return Masked(addr, mask)
		}
		p, err := netip.ParsePrefix(s)
		if err != nil || p.Addr().Zone() != "" {
			return netipx.IPRange{}, false
		}
		return netipx.RangeOfPrefix(p.Masked()), true
	}
	if from, to, ok := strings.Cut(s, "-"); ok {
		return Span(strings.TrimSpace(from), strings.TrimSpace(to))
	}
	return Span(s, s)
}

// One is the range of a single address.
func One(a netip.Addr) netipx.IPRange { return netipx.IPRangeFrom(a, a) }

// Span is the range between two addresses of one family, both included.
func Span(from, to string) (netipx.IPRange, bool) {
	a, err1 := netip.ParseAddr(from)
	b, err2 := netip.ParseAddr(to)
	r := netipx.IPRangeFrom(a.Unmap(), b.Unmap())
	return r, err1 == nil && err2 == nil && a.Zone() == "" && b.Zone() == "" && r.IsValid()
}

// Masked is the network of an address and a netmask (255.255.255.0).
func Masked(addr, mask string) (netipx.IPRange, bool) {
	a, err1 := netip.ParseAddr(addr)
	m, err2 := netip.ParseAddr(mask)
	if err1 != nil || err2 != nil || !a.Is4() || !m.Is4() {
		return netipx.IPRange{}, false
	}
	bits := m.As4()
	ones := 0
	for v := binary.BigEndian.Uint32(bits[:]); v&(1<<31) != 0; v <<= 1 {
		ones++
	}
	p := netip.PrefixFrom(a, ones)
	if netipx.RangeOfPrefix(netip.PrefixFrom(m, ones)).From() != m {
		return netipx.IPRange{}, false // the ones of the mask have a hole
	}
	return netipx.RangeOfPrefix(p.Masked()), true
}

// maxWild bounds the ranges that one wildcard mask may stand for.
const maxWild = 4096

// Wildcard is the set of addresses that equal addr where the bits of wild are
// 0 (Cisco IOS). The ones need not be together; false when the text is no
// address, or stands for more than 4,096 separate ranges.
func Wildcard(addr, wild string) ([]netipx.IPRange, bool) {
	a, err1 := netip.ParseAddr(addr)
	w, err2 := netip.ParseAddr(wild)
	if err1 != nil || err2 != nil || !a.Is4() || !w.Is4() {
		return nil, false
	}
	a4, w4 := a.As4(), w.As4()
	base, free := binary.BigEndian.Uint32(a4[:]), binary.BigEndian.Uint32(w4[:])
	base &^= free
	low := uint32(0) // the ones at the end make one range
	for low+1 != 0 && free&(low+1) != 0 {
		low = low<<1 | 1
	}
	starts := []uint32{base}
	for bit := uint32(1); bit != 0; bit <<= 1 {
		if free&bit == 0 || low&bit != 0 {
			continue
		}
		if len(starts) > maxWild/2 {
			return nil, false
		}
		for _, s := range starts {
			starts = append(starts, s|bit)
		}
	}
	out := make([]netipx.IPRange, 0, len(starts))
	for _, s := range starts {
		out = append(out, netipx.IPRangeFrom(addr4(s), addr4(s|low)))
	}
	return out, true
}

func addr4(v uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], v)
	return netip.AddrFrom4(b)
}
