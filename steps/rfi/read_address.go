package rfi

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"
	"golang.org/x/text/width"

	"mxodus/steps/pattern"
)

// maxExpand is how many single addresses a range may stand for in a list of
// single addresses; a longer one is a network in disguise.
const maxExpand = 256

var addressShape = listShape{
	looks:        looksAddress,
	prefixes:     []string{"smtp:", "ip4:", "ip6:", "+ip4:", "+ip6:", "ip:"},
	keepBrackets: true,
}

func looksAddress(w string) bool {
	return strings.ContainsAny(w, "0123456789") && strings.ContainsAny(w, ".:/") || strings.Count(w, ":") > 1
}

// special are address blocks that are not public unicast space (RFC 6890 and
// its registry), with what to call them.
var special = []struct {
	prefix netip.Prefix
	name   string
	docs   bool // documentation only: read, with a warning
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "means \"this network\" and is never a sender", false},
	{netip.MustParsePrefix("10.0.0.0/8"), "is a private address (RFC 1918)", false},
	{netip.MustParsePrefix("172.16.0.0/12"), "is a private address (RFC 1918)", false},
	{netip.MustParsePrefix("192.168.0.0/16"), "is a private address (RFC 1918)", false},
	{netip.MustParsePrefix("100.64.0.0/10"), "is shared space behind a provider's NAT (RFC 6598)", false},
	{netip.MustParsePrefix("127.0.0.0/8"), "is the machine's own loopback address", false},
	{netip.MustParsePrefix("169.254.0.0/16"), "is a link-local address", false},
	{netip.MustParsePrefix("192.0.0.0/24"), "is reserved (RFC 6890)", false},
	{netip.MustParsePrefix("198.18.0.0/15"), "is reserved for benchmarks (RFC 2544)", false},
	{netip.MustParsePrefix("224.0.0.0/4"), "is a multicast address", false},
	{netip.MustParsePrefix("240.0.0.0/4"), "is reserved and never seen on the internet", false},
	{netip.MustParsePrefix("192.0.2.0/24"), "is reserved for documentation (RFC 5737)", true},
	{netip.MustParsePrefix("198.51.100.0/24"), "is reserved for documentation (RFC 5737)", true},
	{netip.MustParsePrefix("203.0.113.0/24"), "is reserved for documentation (RFC 5737)", true},
	{netip.MustParsePrefix("::/128"), "is the unspecified address", false},
	{netip.MustParsePrefix("::1/128"), "is the machine's own loopback address", false},
	{netip.MustParsePrefix("fc00::/7"), "is a private address (RFC 4193)", false},
	{netip.MustParsePrefix("fe80::/10"), "is a link-local address", false},
	{netip.MustParsePrefix("ff00::/8"), "is a multicast address", false},
	{netip.MustParsePrefix("2001:db8::/32"), "is reserved for documentation (RFC 3849)", true},
}

// usable reports whether an address block can be used here, and says why not.
func (r *reading) usable(p netip.Prefix, e entry) bool {
	for _, s := range special {
		if !s.prefix.Contains(p.Addr()) || p.Bits() < s.prefix.Bits() {
			continue
		}
		if s.docs && r.f.Demo {
			return true
		}
		if s.docs {
			r.warn(e.line, e.raw, "this "+s.name+", so it works in examples and nowhere else")
			return true
		}
		if r.q.rules.private {
			return true
		}
		r.problem(e.line, e.raw, "this "+s.name+"; give the public address that Mimecast sees")
		return false
	}
	return true
}

// readAddr reads one address; the reason is set when it is none.
func readAddr(s string) (netip.Addr, string) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return a, explainAddr(s)
	}
	if a.Zone() != "" {
		return netip.Addr{}, "an address with a zone (%) belongs to one machine; leave the zone out and give a public address"
	}
	return a.Unmap(), ""
}

var (
	dotted    = pattern.New(`^[0-9.]+$`)
	lookalike = pattern.New(`^[0-9.]*[OoIl][0-9.OoIl]*$`)
)

// explainAddr says what is wrong with a text that is not an address.
func explainAddr(s string) string {
	switch {
	case strings.Count(s, ":") > 1:
		return "an IPv6 address is eight groups of up to four of 0-9 and a-f with colons between, or fewer with one \"::\""
	case lookalike.MatchString(s) && strings.Count(s, ".") == 3:
		return "there is a letter where a digit belongs (O for 0, or l for 1)"
	case !dotted.MatchString(s):
		if strings.Contains(s, "@") {
			return "this is an e-mail address; an IP address is needed, such as 203.0.113.25"
		}
		if strings.Contains(s, ".") {
			return "this is a name; its IP address is needed, such as 203.0.113.25"
		}
		return "this is not an IP address; one looks like 203.0.113.25"
	}
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return fmt.Sprintf("an IPv4 address has four parts with dots between; this has %d", len(parts))
	}
	for _, p := range parts {
		switch n, err := strconv.Atoi(p); {
		case p == "":
			return "there are two dots in a row, or one at the start"
		case err != nil || n > 255:
			return "each part of an IPv4 address is 0 to 255"
		case len(p) > 1 && p[0] == '0':
			return "a part starts with 0, which some programs read as octal; write it without"
		}
	}
	return "this is not an IP address; one looks like 203.0.113.25"
}

// trimAddress takes trailing dots and the like off an address.
func (r *reading) trimAddress(e entry) string {
	s := width.Fold.String(e.text)
	if t := strings.TrimRight(s, "."); t != s {
		r.notes.add(noteDot, e.line, "dropped the trailing dot of "+clip(e.raw))
		s = t
	}
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		s = s[1 : len(s)-1]
	}
	return s
}

func readIPList(r *reading, text string) {
	for _, row := range r.rows(text, addressShape) {
		for _, e := range joinRanges(row.entries) {
			r.readIP(e)
		}
	}
}

// readIP reads an entry of a list of single addresses.
func (r *reading) readIP(e entry) {
	s := r.trimAddress(e)
	if ap, err := netip.ParseAddrPort(s); err == nil {
		r.notes.add(notePort, e.line, fmt.Sprintf("took %s out of %s: the port is not part of the address", ap.Addr(), clip(e.raw)))
		r.takeIP(ap.Addr().Unmap(), e)
		return
	}
	if lo, hi, is, why := readRange(s); is {
		r.expandRange(e, lo, hi, why)
		return
	}
	if addr, bits, cut := strings.Cut(s, "/"); cut {
		a, why := readAddr(addr)
		p, whyMask := readMask(a, bits)
		switch {
		case why != "":
			r.problem(e.line, e.raw, why)
		case whyMask != "":
			r.problem(e.line, e.raw, whyMask)
		case p.IsSingleIP():
			r.notes.add(noteHost32, e.line, fmt.Sprintf("read %s as the one address %s", clip(e.raw), a))
			r.takeIP(a, e)
		default:
			r.problem(e.line, e.raw, "this is a network of "+sizeOf(p)+"; single addresses are needed here, so list those that are in use")
		}
		return
	}
	a, why := readAddr(s)
	if why != "" {
		r.problem(e.line, e.raw, why)
		return
	}
	if c := a.String(); c != strings.TrimRight(e.text, ".") && c != s {
		r.notes.add(noteMapped, e.line, fmt.Sprintf("wrote %s as %s", clip(e.raw), c))
	}
	r.takeIP(a, e)
}

func (r *reading) expandRange(e entry, lo, hi netip.Addr, why string) {
	if why != "" {
		r.problem(e.line, e.raw, why)
		return
	}
	n := 1
	for a := lo; a != hi; a = a.Next() {
		if n++; n > maxExpand {
			r.problem(e.line, e.raw, fmt.Sprintf("this range holds more than %d addresses; single addresses are needed here, so list those that are in use", maxExpand))
			return
		}
	}
	r.notes.add(noteRange, e.line, fmt.Sprintf("wrote out %s as %s", clip(e.raw), counted(n, "address", "addresses")))
	for a := lo; ; a = a.Next() {
		if !r.takeIP(a, e) || a == hi {
			return
		}
	}
}

func (r *reading) takeIP(a netip.Addr, e entry) bool {
	if !r.usable(netip.PrefixFrom(a, a.BitLen()), e) {
		return false
	}
	r.add(e.line, a.String())
	return true
}

// sizeOf says how many addresses a prefix holds.
func sizeOf(p netip.Prefix) string {
	free := p.Addr().BitLen() - p.Bits()
	if free > 32 {
		return fmt.Sprintf("2 to the power of %d addresses", free)
	}
	return fmt.Sprintf("%d addresses", uint64(1)<<free)
}

// readRange reads "a-b" and the short form "203.0.113.1-5". Is reports the
// notation; why is set when its ends do not fit.
func readRange(s string) (lo, hi netip.Addr, is bool, why string) {
	s = strings.NewReplacer("–", "-", "—", "-").Replace(s)
	first, last, cut := strings.Cut(s, "-")
	if !cut || !looksAddress(first) {
		return lo, hi, false, ""
	}
	if lo, why = readAddr(first); why != "" {
		return lo, hi, true, why
	}
	if !strings.ContainsAny(last, ".:") && lo.Is4() {
		last = first[:strings.LastIndex(first, ".")+1] + last
	}
	if hi, why = readAddr(last); why != "" {
		return lo, hi, true, "the end of the range: " + why
	}
	switch {
	case lo.Is4() != hi.Is4():
		return lo, hi, true, "a range runs from one address to another of the same kind, not from IPv4 to IPv6"
	case hi.Less(lo):
		return lo, hi, true, "the range ends before it begins; write the lower address first"
	}
	return lo, hi, true, ""
}

// readMask reads what stands after a slash, or in the next cell: a length, a
// netmask, or the inverted mask of an access list.
func readMask(a netip.Addr, mask string) (netip.Prefix, string) {
	most := a.BitLen()
	if n, err := strconv.Atoi(mask); err == nil && !strings.ContainsAny(mask, "+-.") {
		if n > most {
			return netip.Prefix{}, fmt.Sprintf("the length after the slash is 0 to %d", most)
		}
		return netip.PrefixFrom(a, n), ""
	}
	bits, ok := maskBits(mask)
	if !ok || !a.Is4() {
		return netip.Prefix{}, "after the slash stands a length such as 24 or a netmask such as 255.255.255.0"
	}
	return netip.PrefixFrom(a, bits), ""
}

// maskBits returns the length of a dotted netmask of 8 bits or more, written
// plain (255.255.255.0) or inverted (0.0.0.255).
func maskBits(s string) (int, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return 0, false
	}
	b := a.As4()
	n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	if b[0] == 0 {
		n = ^n
	}
	if n>>24 != 255 || n&(^n>>1) != 0 && n != ^uint32(0) {
		return 0, false
	}
	bits := 0
	for m := n; m&(1<<31) != 0; m <<= 1 {
		bits++
	}
	return bits, n<<bits == 0
}

// joinRanges puts "a - b" and "a to b" back together.
func joinRanges(in []entry) []entry {
	var out []entry
	for i := 0; i < len(in); i++ {
		e := in[i]
		if i+2 < len(in) && glue[strings.ToLower(in[i+1].text)] && looksAddress(e.text) {
			e.text += "-" + in[i+2].text
			e.raw += " " + in[i+1].raw + " " + in[i+2].raw
			i += 2
		}
		out = append(out, e)
	}
	return out
}

func readCIDRList(r *reading, text string) {
	for _, row := range r.rows(text, addressShape) {
		entries := joinRanges(row.entries)
		for i := 0; i < len(entries); i++ {
			i += r.readCIDR(entries[i], entries[i+1:])
		}
	}
	r.noteOverlaps()
}

// readCIDR reads one entry and returns how many of the following it used: the
// netmask, or the range and netmask that firewall tables print beside a network.
func (r *reading) readCIDR(e entry, rest []entry) int {
	s := r.trimAddress(e)
	if lo, hi, is, why := readRange(s); is {
		if why != "" {
			r.problem(e.line, e.raw, why)
			return 0
		}
		ps := netipx.IPRangeFrom(lo, hi).Prefixes()
		r.notes.add(noteRange, e.line, fmt.Sprintf("wrote %s as %s", clip(e.raw), counted(len(ps), "block", "blocks")))
		for _, p := range ps {
			r.takePrefix(p, e)
		}
		return 0
	}
	addr, mask, cut := strings.Cut(s, "/")
	a, why := readAddr(addr)
	if why != "" {
		r.problem(e.line, e.raw, why)
		return 0
	}
	used := 0
	p := netip.PrefixFrom(a, a.BitLen())
	if cut {
		if p, why = readMask(a, mask); why != "" {
			r.problem(e.line, e.raw, why)
			return 0
		}
		if strings.Contains(mask, ".") {
			r.notes.add(noteMask, e.line, fmt.Sprintf("read %s as %s", clip(e.raw), p))
		}
	}
	used = r.sameNetwork(&p, cut, rest, e)
	r.takePrefix(p, e)
	return used
}

// sameNetwork looks at what stands beside an address on its line: a range
// within the network and its netmask say the same thing again.
func (r *reading) sameNetwork(p *netip.Prefix, known bool, rest []entry, e entry) int {
	skip := 0
	var lo, hi netip.Addr
	if len(rest) > 0 {
		if l, h, is, why := readRange(rest[0].text); is && why == "" {
			lo, hi, skip = l, h, 1
		}
	}
	if len(rest) > skip {
		if bits, ok := maskBits(rest[skip].text); ok && p.Addr().Is4() && (!known || bits == p.Bits()) {
			q := netip.PrefixFrom(p.Addr(), bits)
			if skip == 0 || q.Contains(lo) && q.Contains(hi) {
				*p = q
				r.notes.add(noteMask, e.line, fmt.Sprintf("read %s %s as %s", clip(e.raw), clip(rest[skip].raw), q))
				return skip + 1
			}
		}
	}
	return 0
}

func (r *reading) takePrefix(p netip.Prefix, e entry) {
	if m := p.Masked(); m != p {
		r.warn(e.line, e.raw, fmt.Sprintf("%s is an address inside a network; read as the whole network %s", p.Addr(), m))
		p = m
	}
	switch {
	case p.Bits() == 0:
		r.problem(e.line, e.raw, "this is the whole internet; name the ranges that are meant")
	case p.Addr().Is4() && p.Bits() < 8 || p.Addr().Is6() && p.Bits() < 16:
		r.problem(e.line, e.raw, "this is a block of "+sizeOf(p)+", far wider than any one network; check the length")
	case r.usable(p, e):
		r.add(e.line, p.String())
	}
}

// noteOverlaps says which ranges lie inside others. Ranges either nest or are
// apart, so in sorted order a range's container is on the stack.
func (r *reading) noteOverlaps() {
	var all []netip.Prefix
	for _, item := range r.u.Items {
		if p, err := netip.ParsePrefix(item); err == nil {
			all = append(all, p)
		}
	}
	sortPrefixes(all)
	var open []netip.Prefix
	for _, p := range all {
		for len(open) > 0 && !open[len(open)-1].Contains(p.Addr()) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			r.notes.add(noteOverlap, 0, fmt.Sprintf("%s lies inside %s", p, open[len(open)-1]))
		}
		open = append(open, p)
	}
}

func sortPrefixes(ps []netip.Prefix) {
	// by address, the wider first
	slices.SortFunc(ps, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
}
