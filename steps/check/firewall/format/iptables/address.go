package iptables

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// address reads -s and -d: one or more of address, address/bits, address/mask.
func address(src bool) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		m.once(fmt.Sprintf("address %v", src))
		v := m.value(&not)
		set := &ir.Addrs{Not: not}
		for _, part := range strings.Split(v, ",") {
			if r, ok := parseNet(part); ok {
				set.Ranges = append(set.Ranges, r)
				continue
			}
			if list, ok := masked(part); ok {
				set.Ranges = append(set.Ranges, list...)
				continue
			}
			m.badAddress(part)
			return
		}
		m.addresses(src, set)
	}
}

func (m *matcher) badAddress(v string) {
	if v != "" && !strings.ContainsAny(v, "/:$") && strings.ContainsAny(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		m.boxes.Perhaps(fmt.Sprintf("the address of the name %q, which is not in the file", v))
		return
	}
	m.problem("expected an address such as 192.0.2.0/24, came %q; whether the rule is met cannot be decided.", v)
	m.boxes.Perhaps(fmt.Sprintf("the address %q, which could not be read", v))
}

func (m *matcher) problem(format string, args ...any) {
	m.l.p.problem(m.line, "line %d: "+format, append([]any{m.line}, args...)...)
}

// addresses narrows source or destination.
func (m *matcher) addresses(src bool, set *ir.Addrs) {
	m.boxes.Each(func(b *ir.Box) {
		if src {
			b.Src = both(b.Src, set)
		} else {
			b.Dst = both(b.Dst, set)
		}
	})
}

// both is what lies in both of two sets; nil is any address.
func both(a, b *ir.Addrs) *ir.Addrs {
	set, _ := ir.MeetAddrs(a, b)
	return set
}

// parseNet reads an address with an optional length or netmask. As iptables
// does, it fills a short address up with zeros and cuts off host bits.
func parseNet(v string) (netipx.IPRange, bool) {
	text, mask, hasMask := strings.Cut(v, "/")
	a, err := netip.ParseAddr(text)
	if err != nil {
		if a, err = netip.ParseAddr(fill(text)); err != nil || !hasMask {
			return netipx.IPRange{}, false
		}
	}
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if hasMask {
		n, err := strconv.Atoi(mask)
		if err != nil {
			if n = maskBits(mask, a.Is4()); n < 0 {
				return netipx.IPRange{}, false
			}
		}
		bits = n
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netipx.IPRange{}, false
	}
	return netipx.RangeOfPrefix(p), true
}

func fill(text string) string {
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return text
	}
	for strings.Count(text, ".") < 3 {
		text += ".0"
	}
	return text
}

// maskBits is the length of a netmask whose ones come first; -1 for others.
func maskBits(mask string, v4 bool) int {
	m, err := netip.ParseAddr(mask)
	if err != nil || m.Is4() != v4 {
		return -1
	}
	n, zero := 0, false
	for _, b := range m.AsSlice() {
		for i := 7; i >= 0; i-- {
			if b>>i&1 == 0 {
				zero = true
			} else if zero {
				return -1
			} else {
				n++
			}
		}
	}
	return n
}

// maxMasked is how many blocks a netmask with holes may stand for.
const maxMasked = 4096

// masked reads an IPv4 address with a netmask that has holes: every address
// whose bits under the mask are those given.
func masked(v string) ([]netipx.IPRange, bool) {
	text, mask, _ := strings.Cut(v, "/")
	a, err1 := netip.ParseAddr(text)
	m, err2 := netip.ParseAddr(mask)
	if err1 != nil || err2 != nil || !a.Is4() || !m.Is4() {
		return nil, false
	}
	number := func(a netip.Addr) uint32 { b := a.As4(); return binary.BigEndian.Uint32(b[:]) }
	keep := number(m)
	base := number(a) & keep
	tail := uint32(1)<<bits.TrailingZeros32(keep) - 1 // the free bits at the end make a block
	free := ^keep &^ tail
	var out []netipx.IPRange
	for part := uint32(0); ; part = (part - free) & free {
		if len(out) == maxMasked {
			return nil, false
		}
		var lo, hi [4]byte
		binary.BigEndian.PutUint32(lo[:], base|part)
		binary.BigEndian.PutUint32(hi[:], base|part|tail)
		out = append(out, netipx.IPRangeFrom(netip.AddrFrom4(lo), netip.AddrFrom4(hi)))
		if part == free {
			return out, true
		}
	}
}

// addressRange reads --src-range and --dst-range: from-to, or one address.
func addressRange(src bool) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		v := m.value(&not)
		from, to, ok := strings.Cut(v, "-")
		if !ok {
			to = from
		}
		a, err1 := netip.ParseAddr(from)
		b, err2 := netip.ParseAddr(to)
		r := netipx.IPRangeFrom(a, b)
		if err1 == nil && err2 == nil && a.Is4() == b.Is4() && b.Less(a) {
			m.addresses(src, &ir.Addrs{Not: not}) // no address lies in it
			return
		}
		if err1 != nil || err2 != nil || !r.IsValid() {
			m.badAddress(v)
			return
		}
		m.addresses(src, &ir.Addrs{Ranges: []netipx.IPRange{r}, Not: not})
	}
}

// iface reads -i and -o. An empty name or + alone is any interface.
func iface(in bool) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		m.once(fmt.Sprintf("interface %v", in))
		v := m.value(&not)
		if strings.ContainsAny(v, "$`") {
			m.boxes.Perhaps(fmt.Sprintf("the interface %q, a variable", v))
			return
		}
		if (v == "+" || v == "") && !not {
			return
		}
		set := &ir.Ifaces{Patterns: []string{v}, Not: not}
		m.boxes.Each(func(b *ir.Box) {
			if in {
				b.In = set
			} else {
				b.Out = set
			}
		})
	}
}

var (
	multicast = []netipx.IPRange{netipx.MustParseIPRange("224.0.0.0-239.255.255.255"), netipx.RangeOfPrefix(netip.MustParsePrefix("ff00::/8"))}
	broadcast = []netipx.IPRange{netipx.MustParseIPRange("255.255.255.255-255.255.255.255")}
)

// addrType reads --src-type and --dst-type. Where a packet goes decides LOCAL
// and UNICAST; an address asked about is a host's, so it is a broadcast
// address only if it is everyone's.
func addrType(src bool) func(*matcher, bool) {
	return func(m *matcher, not bool) {
		v := m.value(&not)
		local, special := false, []netipx.IPRange{}
		unicast := false
		for _, kind := range strings.Split(strings.ToUpper(v), ",") {
			switch kind {
			case "LOCAL":
				local = true
			case "MULTICAST":
				special = append(special, multicast...)
			case "BROADCAST":
				special = append(special, broadcast...)
			case "UNICAST":
				unicast = true
			default:
				m.boxes.Perhaps(fmt.Sprintf("the routing type of an address (%s)", v))
				return
			}
		}
		m.byType(src, local, unicast, not, special)
	}
}

// byType narrows to addresses that are the host's own, some of the special
// ones, or (unicast) neither own nor special; or to all others.
func (m *matcher) byType(src, local, unicast, not bool, special []netipx.IPRange) {
	all := append(append([]netipx.IPRange{}, multicast...), broadcast...)
	among := func(ranges []netipx.IPRange, not bool, own ir.Is) func(*ir.Box) {
		return func(b *ir.Box) {
			set := &ir.Addrs{Ranges: ranges, Not: not}
			addr, local := &b.Dst, &b.DstLocal
			if src {
				addr, local = &b.Src, &b.SrcLocal
			}
			if *local != ir.Either && *local != own {
				set = &ir.Addrs{} // another condition wants the opposite
			}
			*addr, *local = both(*addr, set), own
		}
	}
	anywhere := []netipx.IPRange{}
	own, other := among(anywhere, true, ir.Yes), among(all, true, ir.No)
	var alts []func(*ir.Box)
	if local != not {
		alts = append(alts, own)
	}
	if unicast != not {
		alts = append(alts, other)
	}
	switch {
	case !not && len(special) > 0:
		alts = append(alts, among(special, false, ir.No))
	case not: // special ones that are not listed
		var rest netipx.IPSetBuilder
		for _, r := range all {
			rest.AddRange(r)
		}
		for _, r := range special {
			rest.RemoveRange(r)
		}
		if set, err := rest.IPSet(); err == nil && len(set.Ranges()) > 0 {
			alts = append(alts, among(set.Ranges(), false, ir.No))
		}
	}
	m.boxes.Either(alts...)
}

// packetType reads --pkt-type: how the packet was addressed on the wire.
func packetType(m *matcher, not bool) {
	switch v := strings.ToLower(m.value(&not)); v {
	case "multicast":
		m.addresses(false, &ir.Addrs{Ranges: multicast, Not: not})
	case "broadcast", "bcast":
		m.addresses(false, &ir.Addrs{Ranges: broadcast, Not: not})
	case "unicast", "host":
		special := append(append([]netipx.IPRange{}, multicast...), broadcast...)
		m.addresses(false, &ir.Addrs{Ranges: special, Not: !not})
	default:
		m.boxes.Perhaps(fmt.Sprintf("how the packet is addressed on the wire (%s)", v))
	}
}
