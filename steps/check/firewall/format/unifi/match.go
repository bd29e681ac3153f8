package unifi

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// matcher gathers the conditions of one rule.
type matcher struct {
	f     *file
	n     *jsontree.Node
	line  int
	v6    bool
	boxes []ir.Box
	never bool
}

func (m *matcher) maybe(reason string) {
	for i := range m.boxes {
		m.boxes[i].Maybe = append(slices.Clip(m.boxes[i].Maybe), reason)
	}
}

// match reads the conditions of a rule of a ruleset.
func (f *file) match(r *rule, v6 bool) []ir.Box {
	m := &matcher{f: f, n: r.n, line: r.line, v6: v6, boxes: ir.Always()}
	m.protocol()
	src, dst := m.side("src"), m.side("dst")
	m.states()
	for _, k := range []string{"starttime", "startdate", "stoptime", "stopdate", "weekdays", "monthdays"} {
		if r.n.Get(k).Str() != "" {
			m.maybe(fmt.Sprintf("the time of day or the date (line %d)", r.line))
			break
		}
	}
	if v := r.n.Get("src_mac_address").Str(); v != "" {
		m.maybe(fmt.Sprintf("the hardware address of the sender (line %d)", r.line))
	}
	// the packets asked about come and go in the clear
	m.never = m.never || r.n.Get("ipsec").Str() == "match-ipsec"
	m.boxes = objects.Destination(objects.Source(m.boxes, src), dst)
	if m.never {
		return nil
	}
	return m.boxes
}

func (m *matcher) protocol() {
	key := "protocol"
	if m.v6 && m.n.Get("protocol_v6") != nil {
		key = "protocol_v6"
	}
	v, not := m.n.Get(key).Str(), m.n.Get("protocol_match_excepted").True()
	var list []uint8
	switch n, ok := source.Protocol(v); {
	case v == "" || v == "all":
		m.never = m.never || not
		return
	case v == "tcp_udp":
		list = []uint8{ir.TCP, ir.UDP}
	case ok:
		list = []uint8{n}
	default:
		m.maybe(fmt.Sprintf("the protocol %q in line %d, which is not known here", source.Redact(v), m.line))
		return
	}
	for i := range m.boxes {
		m.boxes[i].Proto = &ir.Protos{List: list, Not: not}
	}
	for _, k := range []string{"icmp_typename", "icmpv6_typename"} {
		if t := m.n.Get(k).Str(); t != "" && t != "any" && (list[0] == ir.ICMP || list[0] == ir.ICMPv6) {
			m.maybe(fmt.Sprintf("the ICMP type %s in line %d", source.Redact(t), m.line))
		}
	}
}

// side reads what a rule says of sources or destinations.
func (m *matcher) side(which string) *objects.Addrs {
	out := objects.Anywhere()
	meet := func(a *objects.Addrs) { out = objects.Both(out, a) }
	for _, k := range []string{which + "_address", which + "_address_ipv6"} {
		if v := m.n.Get(k).Str(); v != "" {
			meet(m.address(v))
		}
	}
	if v := m.n.Get(which + "_port").Str(); v != "" {
		m.ports(which, portSet(strings.Split(v, ",")))
	}
	for _, id := range m.n.Get(which + "_firewallgroup_ids").Strs() {
		g := m.f.groups[id]
		switch {
		case g == nil:
			m.maybe(fmt.Sprintf("a group of line %d that is not in the file; put the list firewallgroup into it", m.line))
		case g.kind == "port-group":
			m.ports(which, g.portSet())
		default:
			meet(m.f.addresses(g))
		}
	}
	if id := m.n.Get(which + "_networkconf_id").Str(); id != "" {
		meet(m.network(id, m.n.Get(which+"_networkconf_type").Str()))
	}
	return out
}

func (m *matcher) address(v string) *objects.Addrs {
	bare, not := strings.CutPrefix(v, "!")
	r, ok := source.Net(bare)
	if !ok {
		m.f.problem(m.line, "line %d: expected an address, a network or a range, came %q; whether the rule is met cannot be decided.", m.line, source.Redact(v))
		return objects.UnknownAddrs(fmt.Sprintf("an address in line %d, which could not be read", m.line))
	}
	if not {
		return objects.Of(r).Negate()
	}
	return objects.Of(r)
}

// addresses is what a group of addresses holds: made ready once, so that the
// rules that name it share it.
func (f *file) addresses(g *group) *objects.Addrs {
	if g.addrs == nil {
		g.addrs = f.members(g)
	}
	return g.addrs
}

func (f *file) members(g *group) *objects.Addrs {
	a := objects.Of()
	for _, v := range g.members {
		r, ok := source.Net(v)
		if !ok {
			f.problem(g.line, "line %d: %q in group %s is no address.", g.line, source.Redact(v), g.name)
			return objects.UnknownAddrs(fmt.Sprintf("group %s (line %d), which could not be read", g.name, g.line))
		}
		a.Ranges = append(a.Ranges, r)
	}
	return a
}

func (m *matcher) network(id, kind string) *objects.Addrs {
	n := m.f.networks[id]
	if n == nil || !n.subnet.IsValid() {
		return objects.UnknownAddrs(fmt.Sprintf("a network of line %d that is not in the file; put the list networkconf into it", m.line))
	}
	if kind == "ADDRv4" {
		return objects.OfPrefixes(netip.PrefixFrom(n.gateway, n.gateway.BitLen()))
	}
	return objects.OfPrefixes(n.subnet)
}

// ports adds a condition on ports; nil are some that could not be read.
func (m *matcher) ports(which string, p *ir.Ports) {
	if p == nil {
		m.f.problem(m.line, "line %d: its ports could not be read; whether the rule is met cannot be decided.", m.line)
		m.maybe(fmt.Sprintf("the ports of line %d, which could not be read", m.line))
		return
	}
	for i := range m.boxes {
		at := &m.boxes[i].DPort
		if which == "src" {
			at = &m.boxes[i].SPort
		}
		if *at != nil {
			m.boxes[i].Maybe = append(slices.Clip(m.boxes[i].Maybe), fmt.Sprintf("two conditions on one port in line %d", m.line))
		}
		*at = p
	}
}

// portSet is what a group of ports holds, made ready once; nil where it cannot
// be read.
func (g *group) portSet() *ir.Ports {
	if !g.read {
		g.read, g.ports = true, portSet(g.members)
	}
	return g.ports
}

// portSet reads a list of ports and ranges; nil where it cannot be read.
func portSet(list []string) *ir.Ports {
	p := &ir.Ports{}
	for _, v := range list {
		r, ok := span(strings.TrimSpace(v))
		if !ok {
			return nil
		}
		p.Ranges = append(p.Ranges, r)
	}
	if len(p.Ranges) == 0 {
		return nil
	}
	return p
}

func span(v string) (ir.PortRange, bool) {
	return objects.PortNumbers(strings.Replace(v, ":", "-", 1))
}

func (m *matcher) states() {
	c := ir.StateCond{}
	for k, s := range map[string]ir.States{
		"state_new": ir.New, "state_established": ir.Established, "state_related": ir.Related, "state_invalid": ir.Invalid,
	} {
		if m.n.Get(k).True() {
			c.Any |= s
		}
	}
	if c.Any == 0 {
		return
	}
	for i := range m.boxes {
		m.boxes[i].State = []ir.StateCond{c}
	}
}

// object finds a group by its name.
func (f *file) object(name string) ([]ir.Box, ir.At, bool) {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "object "), "address-group ")
	for _, g := range f.groups {
		if g.name == name && g.kind != "port-group" {
			return objects.Source(ir.Always(), f.addresses(g)), ir.At{Line: g.line, Text: "group " + name}, true
		}
	}
	return nil, ir.At{}, false
}

type ipRange = netipx.IPRange
