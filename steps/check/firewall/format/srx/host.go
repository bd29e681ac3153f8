package srx

import (
	"fmt"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/wordtree"
)

// hostChain are the policies of packets to or from the firewall itself.
type hostChain struct {
	from, to string
	chain    int
}

// systemServices are services of the firewall itself that
// host-inbound-traffic may admit, by port.
var systemServices = map[string]objects.Services{
	"ssh": {objects.Port(ir.TCP, p1(22)...)}, "telnet": {objects.Port(ir.TCP, p1(23)...)}, "ftp": {objects.Port(ir.TCP, p1(21)...)},
	"http": {objects.Port(ir.TCP, p1(80)...)}, "https": {objects.Port(ir.TCP, p1(443)...)}, "netconf": {objects.Port(ir.TCP, p1(830)...)},
	"dns": {objects.Port(ir.UDP, p1(53)...), objects.Port(ir.TCP, p1(53)...)}, "ntp": {objects.Port(ir.UDP, p1(123)...)},
	"snmp": {objects.Port(ir.UDP, p1(161)...)}, "snmp-trap": {objects.Port(ir.UDP, p1(162)...)}, "tftp": {objects.Port(ir.UDP, p1(69)...)},
	"dhcp": {objects.Port(ir.UDP, ir.PortRange{Lo: 67, Hi: 68})}, "bootp": {objects.Port(ir.UDP, ir.PortRange{Lo: 67, Hi: 68})},
	"dhcpv6": {objects.Port(ir.UDP, ir.PortRange{Lo: 546, Hi: 547})}, "ping": {objects.Proto(ir.ICMP), objects.Proto(ir.ICMPv6)},
	"ike": {objects.Port(ir.UDP, p1(500)...), objects.Port(ir.UDP, p1(4500)...)}, "any-service": objects.AnyService(),
	"finger": {objects.Port(ir.TCP, p1(79)...)}, "rlogin": {objects.Port(ir.TCP, p1(513)...)}, "rsh": {objects.Port(ir.TCP, p1(514)...)},
	"lsping": {objects.Port(ir.UDP, p1(3503)...)}, "traceroute": {objects.Port(ir.UDP, ir.PortRange{Lo: 33434, Hi: 33534})},
}

// local lowers host-inbound-traffic: what a zone or an interface admits to the
// firewall itself, and the policies to zone junos-host after it.
func (b *builder) local() int {
	ch := ir.Chain{Name: "host-inbound-traffic", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: "(no host-inbound-traffic admits it)"}}}
	ch.Rules = b.front()
	after := ir.Rule{Boxes: ir.Always(), Action: ir.Accept}
	host := ir.Chain{Name: "to junos-host", Policy: after}
	for _, h := range b.host {
		if h.to == "junos-host" {
			host.Rules = append(host.Rules, ir.Rule{
				Boxes: []ir.Box{{In: b.d.ifaces(h.from)}}, Action: ir.Goto, Target: h.chain, At: ir.At{Text: "(policies " + h.from + " to junos-host)"},
			})
		}
	}
	host.Policy.At = ir.At{Text: "(no policy to junos-host: host-inbound-traffic decides)"}
	to := b.add(host)
	if len(b.host) > 0 { // a chain gone to must decide itself
		end := host.Policy
		b.p.Chains[to].Rules = append(b.p.Chains[to].Rules, end)
	}
	for _, z := range b.d.zones {
		for _, m := range z.node.Kid("interfaces").Live() {
			if h := m.Kid("host-inbound-traffic"); h != nil {
				ch.Rules = append(ch.Rules, b.admit(h, &ir.Ifaces{Patterns: []string{logical(m.Name)}}, to, m.Name, nil)...)
				ch.Rules = append(ch.Rules, ir.Rule{
					Boxes: []ir.Box{{In: &ir.Ifaces{Patterns: []string{logical(m.Name)}}}}, Action: ir.Deny,
					At: ir.At{Line: h.Line, Text: "host-inbound-traffic of " + m.Name + " admits no more"},
				})
			}
		}
		if h := z.node.Kid("host-inbound-traffic"); h != nil {
			ch.Rules = append(ch.Rules, b.admit(h, b.d.ifaces(z.name), to, "zone "+z.name, nil)...)
		}
	}
	return b.add(ch)
}

// admit lowers one host-inbound-traffic statement.
func (b *builder) admit(h *wordtree.Node, in *ir.Ifaces, to int, of string, out []ir.Rule) []ir.Rule {
	list := h.Kid("system-services").Live()
	for _, s := range list {
		at := ir.At{Line: s.Line, Text: fmt.Sprintf("host-inbound-traffic of %s: %s", of, s.Name)}
		boxes := []ir.Box{{In: in}}
		x := ir.Rule{Action: ir.Goto, Target: to, At: at}
		if s.Has("except") {
			x.Action = ir.Deny
		}
		known, ok := systemServices[s.Name]
		if !ok {
			known = objects.UnknownService(fmt.Sprintf("the system service %s, whose ports are not known here", s.Name))
		}
		x.Boxes = known.Of(boxes)
		if s.Has("except") {
			out = append([]ir.Rule{x}, out...)
			continue
		}
		out = append(out, x)
	}
	for _, p := range h.Kid("protocols").Live() {
		if n, ok := map[string]uint8{"ospf": 89, "pim": 103, "vrrp": 112, "igmp": 2, "rsvp": 46}[p.Name]; ok {
			out = append(out, ir.Rule{Boxes: objects.Services{objects.Proto(n)}.Of([]ir.Box{{In: in}}), Action: ir.Goto, Target: to, At: ir.At{Line: p.Line, Text: "host-inbound-traffic of " + of + ": " + p.Name}})
			continue
		}
		if p.Name == "bgp" {
			out = append(out, ir.Rule{Boxes: objects.Services{objects.Port(ir.TCP, p1(179)...)}.Of([]ir.Box{{In: in}}), Action: ir.Goto, Target: to, At: ir.At{Line: p.Line, Text: "host-inbound-traffic of " + of + ": bgp"}})
			continue
		}
		out = append(out, ir.Rule{Boxes: []ir.Box{{In: in, Maybe: []string{"the protocol " + p.Name + " that host-inbound-traffic admits"}}}, Action: ir.Goto, Target: to, At: ir.At{Line: p.Line, Text: "host-inbound-traffic of " + of + ": " + p.Name}})
	}
	return out
}
