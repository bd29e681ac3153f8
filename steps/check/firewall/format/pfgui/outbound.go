package pfgui

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// outbound reads how sources are hidden as packets leave: rules for packets
// going out see the new source. The rules that were written come first, then
// the automatic ones, unless the mode leaves either out.
func (c *config) outbound() {
	out := c.root.At("nat", "outbound")
	mode := firstOf(out.Value("mode"), "automatic")
	if mode == "disabled" {
		return
	}
	if mode != "automatic" {
		for _, n := range out.All("rule") {
			c.hide(n, n.Kid("source"), n.Kid("destination"), n.Value("dstport"), on(n, "nonat"))
		}
		for _, n := range c.root.At("OPNsense", "Firewall", "Filter", "snatrules").All("rule") {
			c.hide(n, nil, nil, n.Value("destination_port"), on(n, "nonat"))
		}
	}
	if mode == "advanced" {
		return
	}
	inner := c.inner()
	for _, f := range c.ifaces {
		if !f.enabled || !c.leaves(f) {
			continue
		}
		box := ir.Box{Src: &ir.Addrs{Ranges: inner.Ranges}}
		c.spec.Nat = append(c.spec.Nat, pfrules.Rule{
			At: ir.At{Line: f.line, Text: strings.ToUpper(f.key) + ": automatic outbound NAT"}, Out: true,
			On: []pfrules.On{{Set: &ir.Ifaces{Patterns: f.names()}}}, Boxes: []ir.Box{box}, Nat: c.addressOf(f),
		})
	}
}

// leaves reports an interface that leads to a gateway.
func (c *config) leaves(f *iface) bool {
	return f.gateway || slices.Contains([]string{"dhcp", "pppoe", "pptp", "l2tp", "ppp"}, f.dynamic[0])
}

// inner are the networks whose addresses are hidden.
func (c *config) inner() *objects.Addrs {
	list := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for i := range c.set.Ifaces {
		x := &c.set.Ifaces[i]
		f := c.byKey[x.Name]
		for _, n := range x.Nets {
			if n.Addr().Is4() && (f == nil || !c.leaves(f) || !slices.Contains(masked(f), n)) {
				list = append(list, n)
			}
		}
	}
	return objects.OfPrefixes(list...)
}

// addressOf is the address of an interface as a source.
func (c *config) addressOf(f *iface) *pfrules.Source {
	for _, a := range f.addrs {
		if a.Is4() && !slices.Contains(c.vips, a) {
			return &pfrules.Source{Addrs: objects.Of(one(a)).Ranges, Own: true}
		}
	}
	return &pfrules.Source{Own: true}
}

// hide reads one rule that was written.
func (c *config) hide(n *xmltree.Node, src, dst *xmltree.Node, port string, not bool) {
	ifaces := firstOf(n.Value("interface"), "wan")
	f := fields{
		line: n.Line, descr: source.Redact(firstOf(n.Value("descr"), n.Value("description"))), action: "hide", ifaces: ifaces,
		family: firstOf(n.Value("ipprotocol"), "inet46"), proto: strings.ToLower(n.Value("protocol")), dport: port, tagged: n.Value("tagged"),
	}
	if src == nil && dst == nil {
		f.src, f.dst = c.named(firstOf(n.Value("source_net"), "any"), ifaces), c.named(firstOf(n.Value("destination_net"), "any"), ifaces)
		f.src.not, f.dst.not = on(n, "source_not"), on(n, "destination_not")
	} else {
		f.src, f.dst = c.side(src, ifaces), c.side(dst, ifaces)
	}
	if f.tagged != "" {
		f.maybe = append(f.maybe, "the tag "+source.Redact(f.tagged))
	}
	cond, there := c.condition(ifaces, false)
	c.state(n.Line, f.text(), true)
	if disabled(n) || !there {
		return
	}
	if port != "" && f.proto == "" {
		f.proto = "tcp/udp"
	}
	r := pfrules.Rule{At: ir.At{Line: n.Line, Text: f.text()}, Out: true, On: cond, Boxes: c.boxes(&f)}
	if not {
		c.spec.Nat = append(c.spec.Nat, r)
		return
	}
	target := n.Value("target")
	if target == "other-subnet" {
		target = n.Value("targetip")
	}
	e := end{}
	if target != "" {
		e = c.named(target, ifaces)
	}
	switch g := c.byKey[strings.TrimSuffix(firstOf(target, ifaces+"ip"), "ip")]; {
	case target == "" && g == nil, e.local != ir.Either, e.set != nil && (len(e.set.Maybe) > 0 || e.set.Any):
		r.Act, r.Why = pfrules.Open, fmt.Sprintf("the address behind which line %d hides sources", n.Line)
	case g != nil:
		r.Nat = c.addressOf(g)
	default:
		r.Nat = &pfrules.Source{Addrs: e.set.Ranges}
	}
	c.spec.Nat = append(c.spec.Nat, r)
}
