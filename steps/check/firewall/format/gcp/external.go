package gcp

import (
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/objects"

	"go4.org/netipx"
)

// pair is an external address and the internal one that packets to it have
// when the rules see them: destination ranges of ingress rules, and source
// ranges of egress rules, match the internal address of the instance (VPC
// firewall rules, "Sources and destinations").
type pair struct{ public, inside netip.Addr }

// pairs are the external addresses that instances of the file have.
func (f *file) pairs() []pair {
	var out []pair
	for _, h := range f.hosts {
		out = append(out, h.external...)
	}
	return out
}

// near is the instances' side of a rule as packets are asked about: with the
// external addresses of those whose internal ones it has, and no others.
func (f *file) near(a *objects.Addrs) *objects.Addrs {
	pairs := f.pairs()
	if a.Any || a.Not || len(pairs) == 0 {
		return a
	}
	var away, also []netip.Prefix
	for _, p := range pairs {
		host := netip.PrefixFrom(p.public, p.public.BitLen())
		away = append(away, host)
		if slices.ContainsFunc(a.Ranges, func(r netipx.IPRange) bool { return r.Contains(p.inside) }) {
			also = append(also, host)
		}
	}
	return objects.Union(objects.Minus(a, objects.OfPrefixes(away...)), objects.OfPrefixes(also...))
}

// inside is a flow with the internal addresses of instances in the place of
// their external ones.
func (f *file) inside(flow format.Flow) format.Flow {
	own := func(list []netip.Prefix) []netip.Prefix {
		list = slices.Clone(list)
		for i, p := range list {
			for _, x := range f.pairs() {
				if p.IsSingleIP() && p.Addr() == x.public {
					list[i] = netip.PrefixFrom(x.inside, x.inside.BitLen())
				}
			}
		}
		return list
	}
	if flow.In {
		flow.Dst = own(flow.Dst)
	} else {
		flow.Src = own(flow.Src)
	}
	return flow
}
