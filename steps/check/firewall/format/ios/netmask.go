package ios

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// masked is an address with a network mask where a wildcard mask belongs:
// 103.13.69.0 255.255.255.0 fits every address that ends in 0.
type masked struct {
	addr netip.Addr
	net  netip.Prefix // that was meant
}

// networkMask reports an address with a network mask for a wildcard; nil for
// one with another mask. As few as 7 ones or as many as 31 are taken to be meant.
func networkMask(addr, wild netip.Addr) *masked {
	if !addr.Is4() || !wild.Is4() {
		return nil
	}
	w := wild.As4()
	mask := binary.BigEndian.Uint32(w[:])
	n := bits.LeadingZeros32(^mask)
	if n < 7 || n > 31 || mask<<n != 0 {
		return nil
	}
	return &masked{addr, netip.PrefixFrom(addr, n).Masked()}
}

// maxMasked bounds the entries that are told of.
const maxMasked = 4

// apart tells an entry with network masks apart: in the network that was meant
// it fits one address, and of what it fits elsewhere, too much to list, some is
// certain: addresses that differ in the first octet alone.
func (x *ace) apart() []*ace {
	list := []*ace{x}
	for i, m := range x.masked {
		if m == nil || len((*x.end(i)).Maybe) == 0 {
			continue
		}
		var next []*ace
		for _, y := range list {
			here, there := *y, *y
			there.Maybe = slices.Concat(y.Maybe, (*y.end(i)).Maybe)
			sure, ok := source.Wildcard(m.addr.String(), "255.0.0.0")
			if !ok {
				sure = []netipx.IPRange{source.One(m.addr)}
			}
			*here.end(i), *there.end(i) = objects.Of(sure...), objects.OfPrefixes(m.net).Negate()
			next = append(next, &here, &there)
		}
		list = next
	}
	return list
}

// end is the source of an entry, or its destination.
func (x *ace) end(i int) **objects.Addrs {
	if i == 0 {
		return &x.Src
	}
	return &x.Dst
}

// noteMasks tells of network masks where wildcard masks belong.
func (r *reader) noteMasks(aces map[string][]*ace) {
	told := map[int]bool{}
	for _, name := range r.listNames {
		for _, x := range aces[name] {
			for _, m := range x.masked {
				if m == nil || told[x.At.Line] || len(told) >= maxMasked {
					continue
				}
				told[x.At.Line] = true
				r.Note("Line %d has a network mask, %s, where a wildcard mask belongs: as it stands it does not fit %s, but only addresses that end as %s does. If that network is meant, write %s.",
					x.At.Line, mask(m.net.Bits()), m.net, m.addr, address(m.net))
			}
		}
	}
}

// mask is a network mask in the words of IOS.
func mask(n int) string {
	m := ^uint32(0) << (32 - n)
	return fmt.Sprintf("%d.%d.%d.%d", m>>24, m>>16&255, m>>8&255, m&255)
}
