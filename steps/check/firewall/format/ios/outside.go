package ios

import (
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// maxKnownAs is how many networks entries name one inside host by.
const maxKnownAs = 8

// outsideOf are hosts behind the router in the words of entries that see them
// as they are known outside; any where the file does not tell.
func (w *writer) outsideOf(hosts []netip.Prefix, family ir.Family) []string {
	r := w.source()
	switch {
	case family == ir.V6 || len(hosts) == 0:
		return words(hosts, family)
	case r == nil:
		return words(w.told(hosts), family)
	}
	var out []string
	for _, h := range hosts {
		if !h.IsSingleIP() {
			return []string{"any"}
		}
		known := r.knownAs(h.Addr(), w.outside, w.inside)
		if known == nil {
			return []string{"any"}
		}
		for _, p := range known {
			if word := address(p); !slices.Contains(out, word) {
				out = append(out, word)
			}
		}
	}
	return out
}

// told are hosts as the job has them translated.
func (w *writer) told(hosts []netip.Prefix) []netip.Prefix {
	out := slices.Clone(hosts)
	for i, h := range hosts {
		for _, t := range w.job.Translate {
			if h.IsSingleIP() && t.Inside == h.Addr() {
				out[i] = netip.PrefixFrom(t.Public, t.Public.BitLen())
			}
		}
	}
	return out
}

// source is the file that the job is for, as it was read; nil without one.
func (w *writer) source() *reader {
	if w.job.Set == nil {
		return nil
	}
	r, _ := w.job.Set.Source.(*reader)
	return r
}

// knownAs are the networks that the source of connections which a host begins
// is in, after translation on the way from one interface to another; inside is
// "" where it is not known. Nil where the file does not tell. Translations of
// one port are those of answers, and are left out of it.
func (r *reader) knownAs(host netip.Addr, outside, inside string) []netip.Prefix {
	self := netip.PrefixFrom(host, host.BitLen())
	translated := func(name, side string) bool {
		f := r.byName[name]
		return f == nil || f.nat == side || f.nat == "enable"
	}
	if len(r.nats)+len(r.dynamic) == 0 || !translated(outside, "outside") || !translated(inside, "inside") {
		return []netip.Prefix{self}
	}
	var out []netip.Prefix
	add := func(as *objects.Addrs) bool {
		if len(as.Maybe) > 0 || as.Any || as.Not {
			return false
		}
		for _, x := range as.Ranges {
			out = append(out, x.Prefixes()...)
		}
		return len(out) <= maxKnownAs
	}
	for _, n := range r.nats {
		switch {
		case n.unread:
			return nil
		case n.proto != 0 || !n.real.Contains(host):
			continue
		case !add(r.mappedOf(n, host)):
			return nil
		case n.maybe == "":
			return out
		}
	}
	for _, h := range r.sources().hidden {
		if len(h.src.Maybe) > 0 {
			return nil
		}
		if within(objects.Of(source.One(host)), h.src) {
			if !add(h.as) {
				return nil
			}
			return out
		}
	}
	return append(out, self)
}

// mappedOf is what one host of a translation becomes: its own place in a
// translated network.
func (r *reader) mappedOf(n *nat, host netip.Addr) *objects.Addrs {
	from, ok := n.real.Prefix()
	to, also := n.mapped.Prefix()
	if !n.mapped.IsValid() || n.real.From() == n.real.To() {
		return r.global(n)
	}
	if !ok || !also || from.Bits() != to.Bits() || !host.Is4() || !to.Addr().Is4() {
		return objects.UnknownAddrs("a network")
	}
	a, b := host.As4(), to.Masked().Addr().As4()
	mask := [4]byte{}
	for i := range to.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	for i := range a {
		a[i] = a[i]&^mask[i] | b[i]
	}
	return objects.Of(source.One(netip.AddrFrom4(a)))
}
