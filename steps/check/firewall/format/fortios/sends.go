package fortios

import (
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/ir"
)

// smtp is the port that mail is sent by.
const smtp = 25

// noteSends tells of hosts that mail from outside is sent on to by one port
// alone, and that send their own mail by a policy that leaves sources as they
// are (set nat, which is off where it does not stand): it would leave with a
// private address. A virtual IP without ports translates what its host sends,
// too; central NAT has a table of its own.
func (d *device) noteSends(p *ir.Program) {
	if len(d.vdoms) != 1 || d.vdoms[0].central || len(p.Through) == 0 {
		return
	}
	v := d.vdoms[0]
	told := map[netip.Addr]bool{}
	for _, x := range v.vips[ir.V4].list {
		host, public, ok := x.mailTo()
		if !ok || told[host] || !host.IsPrivate() || v.oneToOne(host) {
			continue
		}
		from := "its own address"
		if public.IsValid() {
			if from = public.String(); !sends.Hidden(host, public) {
				continue
			}
		}
		if told[host] = true; len(told) > sends.MaxHosts {
			return
		}
		if by := v.sendsBy(host, p.Chains[p.Through[0].Chain].Rules); by != nil {
			d.set.Notes = append(d.set.Notes, fmt.Sprintf(
				"Line %d sends port 25 of %s on to %s, but policy %s (line %d), by which %s sends mail itself, does not translate the source: its mail would leave with that private address, and no answer comes back. "+
					"Switch NAT on in that policy (set nat enable), unless its mail leaves by another way.", x.at.Line, from, host, by.name, by.line, host))
		}
	}
}

// mailTo is the one host that a virtual IP sends port 25 of one address on to.
// The address is zero where the interface gets it by lease.
func (x *vip) mailTo() (host, public netip.Addr, ok bool) {
	if x.off || x.broken != "" || len(x.maybe) > 0 || len(x.to) != 1 || len(x.ext) > 1 || len(x.ports) != 1 || x.proto != ir.TCP {
		return host, public, false
	}
	to, port, ok := x.to[0].addr, x.ports[0], true
	for _, r := range x.ext {
		public, ok = r.From(), r.From() == r.To()
	}
	return to.From(), public, ok && to.From() == to.To() && port.Lo == smtp && port.Hi == smtp
}

// oneToOne reports a virtual IP of all ports of a host, or one that may be.
func (v *vdom) oneToOne(host netip.Addr) bool {
	return slices.ContainsFunc(v.vips[ir.V4].list, func(x *vip) bool {
		return !x.off && (x.broken != "" || x.proto == 0 && slices.ContainsFunc(x.to, func(t target) bool { return t.addr.Contains(host) }))
	})
}

// sendsBy is the policy that accepts mail of a host to the internet without
// translating its source; nil where another comes first, or may.
func (v *vdom) sendsBy(host netip.Addr, rules []ir.Rule) *entry {
	home, outer := v.homeOf(host)
	if home == "" || len(outer) == 0 {
		return nil
	}
	for i := range rules {
		r := &rules[i]
		for k := range r.Boxes {
			b := &r.Boxes[k]
			if !meets(b, host, home, outer) {
				continue
			}
			if len(b.Maybe) > 0 || r.Action != ir.Accept && (r.Action != ir.Deny || b.Dst == nil) {
				return nil
			}
			if r.Action != ir.Accept {
				continue // of some destinations
			}
			e := v.policyAt(r.At.Line)
			if e == nil || e.is("nat", "enable") || e.value("poolname") != "" || e.is("natoutbound", "enable") {
				return nil
			}
			return e
		}
	}
	return nil
}

// homeOf is the interface behind which a host is, and those of the internet.
func (v *vdom) homeOf(host netip.Addr) (home string, outer []string) {
	best := -1
	for _, i := range v.ifaces {
		if i.outer == ir.Yes {
			outer = append(outer, i.name)
		}
		for _, n := range i.nets {
			if n.Contains(host) && n.Bits() > best {
				best, home = n.Bits(), i.name
			}
		}
	}
	return home, outer
}

// meets reports a box that mail of a host, from home out by one of outer, meets
// for some destinations.
func meets(b *ir.Box, host netip.Addr, home string, outer []string) bool {
	on := func(i *ir.Ifaces, names ...string) bool {
		return i == nil || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(i.Patterns, n) != i.Not })
	}
	in := b.Src == nil
	if !in {
		for _, x := range b.Src.Ranges {
			in = in || x.Contains(host)
		}
		in = in != b.Src.Not
	}
	port := b.DPort == nil || slices.ContainsFunc(b.DPort.Ranges, func(x ir.PortRange) bool { return x.Lo <= smtp && smtp <= x.Hi }) != b.DPort.Not
	proto := b.Proto == nil || slices.Contains(b.Proto.List, ir.TCP) != b.Proto.Not
	return in && port && proto && on(b.In, home) && on(b.Out, outer...)
}

// policyAt is the policy that begins in a line.
func (v *vdom) policyAt(line int) *entry {
	for _, t := range policyTables {
		for _, e := range v.at.kid(t).entries() {
			if e.line == line {
				return e
			}
		}
	}
	return nil
}
