package vyos

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// builtins are the beginnings of the names of groups that EdgeOS makes for each
// interface: of its addresses, and of the networks on it.
var builtins = []struct {
	prefix  string
	v6, net bool
}{{"ADDRv4_", false, false}, {"NETv4_", false, true}, {"ADDRv6_", true, false}, {"NETv6_", true, true}}

// dynamic reports an interface that gets an address while the router runs.
func (i *iface) dynamic() bool {
	return i.node.Kid("address").Has("dhcp") || i.node.Kid("address").Has("dhcpv6") || strings.HasPrefix(i.name, "pppoe") && len(i.out.Addrs) == 0
}

// v4 are its addresses of IPv4.
func (i *iface) v4() []netip.Addr { return i.of(false) }

func (i *iface) of(v6 bool) []netip.Addr {
	var out []netip.Addr
	for _, a := range i.out.Addrs {
		if a.Is6() == v6 && !slices.Contains(i.shared, a) {
			out = append(out, a)
		}
	}
	return out
}

// builtin is a group that EdgeOS makes by itself, such as ADDRv4_eth0; nil when
// the name is none of those. Of an interface with several addresses the group is
// seen to hold the first; whether it holds the others is not documented.
func (n *network) builtin(name string, line int) *objects.Addrs {
	for _, b := range builtins {
		on, is := strings.CutPrefix(name, b.prefix)
		if !is {
			continue
		}
		i := n.ifaces[on]
		if i == nil || i.dynamic() {
			return objects.UnknownAddrs(fmt.Sprintf("%s in line %d: the address of %s is not in the file", name, line, on))
		}
		a := &objects.Addrs{}
		for k, addr := range i.of(b.v6) {
			r := netipx.IPRangeFrom(addr, addr)
			if b.net {
				r = netipx.RangeOfPrefix(i.prefix(addr))
			}
			if k == 0 {
				a.Ranges = append(a.Ranges, r)
				continue
			}
			a.Maybe = []string{fmt.Sprintf("whether %s in line %d holds every address of %s or its first alone", name, line, on)}
		}
		return a
	}
	return nil
}

// prefix is the network of one of its addresses.
func (i *iface) prefix(a netip.Addr) netip.Prefix {
	for _, p := range i.out.Nets {
		if p.Contains(a) {
			return p
		}
	}
	return netip.PrefixFrom(a, a.BitLen())
}

// ownAddress is the interface of which a translation takes the address, by a
// group that EdgeOS makes, where that address is not in the file; "" otherwise.
func (n *network) ownAddress(kind, name string) string {
	on, is := strings.CutPrefix(name, "ADDRv4_")
	if i := n.ifaces[on]; is && kind == "address-group" && i != nil && i.dynamic() {
		return on
	}
	return ""
}

// taken keeps a translation to what comes by the interface whose address it
// takes: which address that is the file does not hold, and packets from inside
// to other hosts are not for it.
func (m *matcher) taken() {
	if m.own == "" {
		return
	}
	patterns, _ := m.l.net.patterns(m.own)
	m.boxes.Each(func(b *ir.Box) {
		switch {
		case b.In == nil:
			b.In = &ir.Ifaces{Patterns: patterns}
		case b.In.Not || len(b.In.Patterns) == 0 || b.In.Patterns[0] != m.own:
			b.Perhaps("the address of " + m.own + ", which is not in the file")
		}
	})
}
