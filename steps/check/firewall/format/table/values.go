package table

import (
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

var anyWords = []string{"any", "all", "*", "any4", "any6", "everything", "anywhere", "ip"}

func isAny(s string) bool { return slices.Contains(anyWords, strings.ToLower(s)) }

var actions = map[string]ir.Action{
	"allow": ir.Accept, "accept": ir.Accept, "permit": ir.Accept, "pass": ir.Accept, "allowed": ir.Accept, "permitted": ir.Accept,
	"deny": ir.Deny, "drop": ir.Deny, "block": ir.Deny, "reject": ir.Deny, "refuse": ir.Deny, "discard": ir.Deny,
	"denied": ir.Deny, "blocked": ir.Deny, "dropped": ir.Deny,
}

func actionOf(s string) (ir.Action, bool) {
	a, ok := actions[strings.ToLower(s)]
	return a, ok
}

// directions are bits: a rule may apply to several.
const (
	dirIn = 1 << iota
	dirOut
	dirForward
)

func directionOf(s string) (int, bool) {
	switch strings.ToLower(strings.Join(strings.Fields(s), "")) {
	case "in", "inbound", "incoming", "ingress", "input":
		return dirIn, true
	case "out", "outbound", "outgoing", "egress", "output":
		return dirOut, true
	case "forward", "fwd", "through", "transit", "forwarded":
		return dirForward, true
	case "", "both", "any", "all", "*", "in/out", "inout", "bidirectional", "in+out", "in,out":
		return dirIn | dirOut | dirForward, true
	}
	return 0, false
}

// items splits a list inside a cell.
func items(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ';' || r == '|' || r == ',' || r == '\n' || r == '\t' })
}

// addresses reads a cell of addresses: CIDR, single, range, netmask after a
// blank or slash, 192.0.2.*, lists of these, each negated by ! as a whole.
// bad holds what could not be read.
func addresses(s string) (set *ir.Addrs, bad []string) {
	s = strings.TrimSpace(s)
	not := false
	if rest, ok := strings.CutPrefix(s, "!"); ok {
		s, not = strings.TrimSpace(rest), true
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, " - ", "-"), " / ", "/")
	list := items(s)
	var ranges []netipx.IPRange
	for i := 0; i < len(list); i++ {
		w := list[i]
		if isAny(w) && !not && len(list) == 1 {
			return nil, nil
		}
		if isAny(w) {
			bad = append(bad, w)
			continue
		}
		if i+1 < len(list) && looksLikeMask(list[i+1]) && !strings.ContainsAny(w, "/-") {
			if r, ok := masked(w, list[i+1]); ok {
				ranges = append(ranges, r)
			} else {
				bad = append(bad, w+" "+list[i+1])
			}
			i++
			continue
		}
		if r, ok := addressRange(w); ok {
			ranges = append(ranges, r)
		} else {
			bad = append(bad, w)
		}
	}
	return &ir.Addrs{Ranges: ranges, Not: not}, bad
}

// looksLikeMask reports what after an address is a part of it: no host has an
// address that begins with 0 or 255.
func looksLikeMask(s string) bool {
	m, err := netip.ParseAddr(s)
	return err == nil && m.Is4() && (m.As4()[0] == 0 || m.As4()[0] == 255)
}

// masked reads an address with a netmask (255.255.255.0) or a wildcard, which
// has ones where a netmask has none (0.0.0.255). What may be either, or has
// ones in the midst, is not read.
func masked(addr, mask string) (netipx.IPRange, bool) {
	a, err := netip.ParseAddr(addr)
	m, also := netip.ParseAddr(mask)
	if err != nil || also != nil || !a.Is4() || a.IsUnspecified() || m.IsUnspecified() {
		return netipx.IPRange{}, false
	}
	if b := m.As4(); b[0] == 0 {
		m = netip.AddrFrom4([4]byte{^b[0], ^b[1], ^b[2], ^b[3]})
	}
	return addressRange(addr + "/" + m.String())
}

func maskBits(s string) int {
	m, err := netip.ParseAddr(s)
	if err != nil || !m.Is4() {
		return -1
	}
	b := m.As4()
	n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	ones := 0
	for n&0x80000000 != 0 {
		n <<= 1
		ones++
	}
	if n != 0 {
		return -1
	}
	return ones
}

func addressRange(s string) (netipx.IPRange, bool) {
	if base, ok := strings.CutSuffix(s, ".*"); ok {
		parts := strings.Split(strings.ReplaceAll(base, ".*", ""), ".")
		text := strings.Join(append(parts, slices.Repeat([]string{"0"}, max(0, 4-len(parts)))...), ".")
		a, err := netip.ParseAddr(text)
		if err != nil || len(parts) > 3 {
			return netipx.IPRange{}, false
		}
		p, err := a.Prefix(8 * len(parts))
		return netipx.RangeOfPrefix(p), err == nil
	}
	if addr, mask, ok := strings.Cut(s, "/"); ok && strings.Contains(mask, ".") {
		a, err := netip.ParseAddr(addr)
		n := maskBits(mask)
		if err != nil || n < 0 || !a.Is4() {
			return netipx.IPRange{}, false
		}
		p, err := a.Prefix(n)
		return netipx.RangeOfPrefix(p), err == nil
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return netipx.RangeOfPrefix(p.Masked()), true
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return source.One(a), true
	}
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return netipx.IPRange{}, false
	}
	a, err1 := netip.ParseAddr(from)
	b, err2 := netip.ParseAddr(to)
	r := netipx.IPRangeFrom(a, b)
	return r, err1 == nil && err2 == nil && r.IsValid()
}

// service is one entry of the protocol and port cells together.
type service struct {
	proto *ir.Protos
	ports *ir.Ports
	icmp  *ir.ICMPTypes
	named bool // the protocol is that of a service's name
}

// protocols reads the protocol cell; nil is any. An entry may carry a port,
// as in tcp/25.
func protocols(s string) (list []uint8, services []service, bad []string) {
	for _, w := range items(strings.ReplaceAll(s, "+", " ")) {
		if isAny(w) {
			continue
		}
		if n, ok := protocolNumber(w); ok {
			list = append(list, n)
			continue
		}
		if sv, ok := portEntry(w); ok && sv.proto != nil {
			services = append(services, sv)
			continue
		}
		var both []uint8
		for _, p := range strings.Split(w, "/") {
			if n, ok := protocolNumber(p); ok {
				both = append(both, n)
			}
		}
		if len(both) > 0 && len(both) == strings.Count(w, "/")+1 {
			list = append(list, both...)
		} else {
			bad = append(bad, w)
		}
	}
	return list, services, bad
}

func protocolNumber(s string) (uint8, bool) { return source.Protocol(s) }

// ports reads the port cell.
func ports(s string) (services []service, bad []string) {
	s = strings.ReplaceAll(s, " - ", "-")
	list := items(s)
	for i := 0; i < len(list); i++ {
		w := list[i]
		if isAny(w) {
			if len(list) == 1 {
				return nil, nil
			}
			bad = append(bad, w)
			continue
		}
		// "TCP 25": a protocol, a blank, a port
		if n, ok := source.Protocol(w); ok && !isNumber(w) && i+1 < len(list) {
			if sv, ok := portEntry(list[i+1]); ok && sv.proto == nil {
				sv.proto = &ir.Protos{List: []uint8{n}}
				services = append(services, sv)
				i++
				continue
			}
		}
		if sv, ok := portEntry(w); ok {
			if sv.proto == nil && tcpService(w) {
				sv.proto, sv.named = &ir.Protos{List: []uint8{ir.TCP}}, true
			}
			services = append(services, sv)
		} else {
			bad = append(bad, w)
		}
	}
	return services, bad
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// tcpService reports names of services that firewalls have for TCP alone.
func tcpService(w string) bool {
	return slices.Contains([]string{
		"smtp", "smtps", "submission", "submissions", "ssmtp", "imap", "imap4", "imaps", "pop3", "pop3s", "http", "https", "www", "ftp", "ssh", "telnet",
		"ldap", "ldaps", "gc", "globalcatldap", "globalcatldapssl", "rdp",
	}, strings.ToLower(w))
}

// portEntry reads 25, 25-30, 25:30, smtp, tcp/25, 25/tcp, tcp:25, icmp, ping.
func portEntry(w string) (service, bool) {
	lower := strings.ToLower(w)
	switch lower {
	case "ping", "icmp", "icmpv6":
		sv := service{proto: &ir.Protos{List: []uint8{ir.ICMP, ir.ICMPv6}}}
		if lower == "ping" {
			sv.icmp = &ir.ICMPTypes{List: []ir.ICMPType{{Type: 8, CodeHi: 255}, {Type: 128, CodeHi: 255}}}
		}
		return sv, true
	}
	for _, sep := range []string{"/", ":"} {
		a, b, ok := strings.Cut(w, sep)
		if !ok {
			continue
		}
		for _, try := range [][2]string{{a, b}, {b, a}} {
			if isNumber(try[0]) {
				continue
			}
			n, ok := source.Protocol(try[0])
			if r, fine := portRange(try[1]); ok && fine {
				return service{
					proto: &ir.Protos{List: []uint8{n}},
					ports: &ir.Ports{Ranges: []ir.PortRange{r}},
				}, true
			}
		}
	}
	r, ok := portRange(w)
	return service{ports: &ir.Ports{Ranges: []ir.PortRange{r}}}, ok
}

func portRange(w string) (ir.PortRange, bool) {
	return objects.PortRange(strings.Replace(w, ":", "-", 1))
}
