package nft

import (
	"net/netip"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// ends are both ends of a value that may be a range.
func ends(v value) (lo, hi string, ok bool) {
	switch v.kind {
	case kWord:
		return v.text, v.text, true
	case kRange:
		p := v.parts()
		return p[0].text, p[1].text, len(p) == 2 && p[0].kind == kWord && p[1].kind == kWord
	}
	return "", "", false
}

// addresses reads an address, a network or a range of one family.
func addresses(v value, f ir.Family) (netipx.IPRange, bool) {
	lo, hi, ok := ends(v)
	if !ok {
		return netipx.IPRange{}, false
	}
	var r netipx.IPRange
	if v.kind == kRange {
		r, ok = source.Span(lo, hi)
	} else {
		r, ok = source.Net(lo)
	}
	return r, ok && r.From().Is4() == (f == ir.V4)
}

// number reads decimal and hexadecimal numbers.
func number(s string, bits int) (uint64, bool) {
	n, err := strconv.ParseUint(s, 0, bits)
	return n, err == nil
}

// ports reads a port, a service name or a range of them.
func ports(v value) (ir.PortRange, bool) {
	lo, hi, ok := ends(v)
	if !ok {
		return ir.PortRange{}, false
	}
	one := func(s string) (uint16, bool) {
		if n, ok := number(s, 16); ok {
			return uint16(n), true
		}
		return source.Port(s)
	}
	a, ok1 := one(lo)
	b, ok2 := one(hi)
	if !ok1 && v.kind == kWord {
		if from, to, cut := strings.Cut(lo, "-"); cut {
			a, ok1 = one(from)
			b, ok2 = one(to)
		}
	}
	return ir.PortRange{Lo: a, Hi: b}, ok1 && ok2 && a <= b
}

// bytesOf reads a number of one byte, a name from a table, or a range of them.
func bytesOf(v value, name func(string) (uint8, bool)) (lo, hi uint8, ok bool) {
	a, b, ok := ends(v)
	if !ok {
		return 0, 0, false
	}
	one := func(s string) (uint8, bool) {
		if n, ok := number(s, 8); ok {
			return uint8(n), true
		}
		return name(s)
	}
	lo, ok1 := one(a)
	hi, ok2 := one(b)
	if !ok1 && v.kind == kWord {
		if from, to, cut := strings.Cut(a, "-"); cut {
			lo, ok1 = one(from)
			hi, ok2 = one(to)
		}
	}
	return lo, hi, ok1 && ok2 && lo <= hi
}

// Names of ICMP types (nft describe icmp type, icmpv6 type).
var (
	icmpTypes = map[string]uint8{
		"echo-reply": 0, "destination-unreachable": 3, "source-quench": 4, "redirect": 5, "echo-request": 8, "router-advertisement": 9,
		"router-solicitation": 10, "time-exceeded": 11, "parameter-problem": 12, "timestamp-request": 13, "timestamp-reply": 14,
		"info-request": 15, "info-reply": 16, "address-mask-request": 17, "address-mask-reply": 18,
	}
	icmp6Types = map[string]uint8{
		"destination-unreachable": 1, "packet-too-big": 2, "time-exceeded": 3, "parameter-problem": 4, "echo-request": 128, "echo-reply": 129,
		"mld-listener-query": 130, "mld-listener-report": 131, "mld-listener-done": 132, "mld-listener-reduction": 132,
		"nd-router-solicit": 133, "nd-router-advert": 134, "nd-neighbor-solicit": 135, "nd-neighbor-advert": 136, "nd-redirect": 137,
		"router-renumbering": 138, "ind-neighbor-solicit": 141, "ind-neighbor-advert": 142, "mld2-listener-report": 143,
	}
	icmpCodes = map[string]uint8{
		"net-unreachable": 0, "host-unreachable": 1, "prot-unreachable": 2, "port-unreachable": 3, "frag-needed": 4,
		"net-prohibited": 9, "host-prohibited": 10, "admin-prohibited": 13,
	}
	icmp6Codes = map[string]uint8{
		"no-route": 0, "admin-prohibited": 1, "addr-unreachable": 3, "port-unreachable": 4, "policy-fail": 5, "reject-route": 6,
	}
)

func byName(table map[string]uint8) func(string) (uint8, bool) {
	return func(s string) (uint8, bool) { n, ok := table[s]; return n, ok }
}

var stateBits = map[string]ir.States{
	"invalid": ir.Invalid, "established": ir.Established, "related": ir.Related, "new": ir.New, "untracked": ir.Untracked,
	"1": ir.Invalid, "2": ir.Established, "4": ir.Related, "8": ir.New, "64": ir.Untracked,
}

var flagNames = map[string]uint8{
	"fin": ir.FIN, "syn": ir.SYN, "rst": ir.RST, "psh": ir.PSH, "ack": ir.ACK, "urg": ir.URG, "ecn": 0x40, "ece": 0x40, "cwr": 0x80,
}

// bitsOf joins words that stand for bits.
func bitsOf(v value, name func(string) (uint8, bool)) (uint8, bool) {
	switch v.kind {
	case kWord:
		if b, ok := name(v.text); ok {
			return b, true
		}
		n, ok := number(v.text, 8)
		return uint8(n), ok
	case kList:
		var all uint8
		for _, p := range v.parts() {
			b, ok := bitsOf(p, name)
			if !ok {
				return 0, false
			}
			all |= b
		}
		return all, true
	}
	return 0, false
}

// ifacePattern is a name as conditions have it: * at the end stands for any
// ending, \* for itself.
func ifacePattern(s string) string {
	if strings.HasSuffix(s, `\*`) {
		return strings.TrimSuffix(s, `\*`) + "*"
	}
	if prefix, ok := strings.CutSuffix(s, "*"); ok {
		return prefix + "+"
	}
	return s
}

// masked is the set of addresses of which the bits under a mask are given.
func masked(addr, mask string) ([]netipx.IPRange, bool) {
	m, err := netip.ParseAddr(mask)
	if err != nil || !m.Is4() {
		return nil, false
	}
	b := m.As4()
	for i := range b {
		b[i] = ^b[i]
	}
	return source.Wildcard(addr, netip.AddrFrom4(b).String())
}
