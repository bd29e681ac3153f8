package pfgui

import (
	"fmt"
	"net/netip"
	"strings"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// implicit is a rule of the system, which stands in no line of the file.
func implicit(act pfrules.Act, quick bool, text string, boxes ...ir.Box) pfrules.Rule {
	return pfrules.Rule{At: ir.At{Text: "(" + text + ")"}, Act: act, Quick: quick, In: true, Out: true, Boxes: boxes}
}

var (
	allV4   = ir.Box{Src: pfrules.AnyV4}
	allV6   = ir.Box{Src: pfrules.AnyV6}
	private = nets("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
	shared  = nets("10.0.0.0/8", "127.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
	linkNet = nets("169.254.0.0/16")
)

// system are the rules that the firewall loads by itself, as far as they
// concern TCP.
func (c *config) system() []pfrules.Rule {
	var out []pfrules.Rule
	lo := []pfrules.On{{Set: &ir.Ifaces{Patterns: []string{"lo"}}}}
	sys := c.root.Kid("system")
	if sys != nil && !on(sys, "ipv6allow") {
		pass := implicit(pfrules.Pass, true, "IPv6 within the firewall is let through", allV6)
		pass.On = lo
		block := implicit(pfrules.Block, true, "IPv6 is switched off: System > Advanced > Networking", allV6)
		if c.v.OPN && !sys.Has("ipv6allow") {
			block.Boxes = []ir.Box{{Src: pfrules.AnyV6, Maybe: []string{"whether IPv6 is switched on, which the file does not say (Firewall > Settings > Advanced)"}}}
		}
		out = append(out, pass, block)
	}
	if !c.v.OPN {
		block := implicit(pfrules.Block, true, "link-local addresses are blocked", ir.Box{Src: linkNet}, ir.Box{Dst: linkNet})
		block.Out = false
		out = append(out, block)
	}
	out = append(out, implicit(pfrules.Block, false, "default deny rule", allV4, allV6))
	out = append(out, c.perInterface()...)
	pass := implicit(pfrules.Pass, c.v.OPN, "packets within the firewall are let through", ir.Box{})
	pass.On = lo
	letOut := implicit(pfrules.Pass, false, "what leaves is let out, as no rule refuses it", allV4, allV6)
	letOut.In = false
	return append(append(out, pass, letOut), c.antiLockout(sys)...)
}

// perInterface blocks reserved and private sources where that is switched on.
func (c *config) perInterface() []pfrules.Rule {
	var out []pfrules.Rule
	for _, f := range c.ifaces {
		if !f.enabled {
			continue
		}
		add := func(name, what string, set *ir.Addrs) {
			k := f.node.Kid(name)
			if k == nil || !on(f.node, name) {
				return
			}
			r := implicit(pfrules.Block, true, "", ir.Box{Src: set})
			r.At = ir.At{Line: k.Line, Text: fmt.Sprintf("%s: block %s networks", strings.ToUpper(f.key), what)}
			r.Out, r.On = false, []pfrules.On{{Set: &ir.Ifaces{Patterns: f.names()}}}
			out = append(out, r)
		}
		if f.node.Has("blockbogons") {
			c.bogonsNoted()
		}
		add("blockbogons", "bogon", bogons)
		if c.v.OPN {
			add("blockpriv", "private", shared)
		} else {
			add("blockpriv", "private", private)
		}
	}
	return out
}

// antiLockout keeps the pages of the firewall itself open on LAN, or on WAN
// where there is no other.
func (c *config) antiLockout(sys *xmltree.Node) []pfrules.Rule {
	gui := sys.Kid("webgui")
	f := c.byKey["lan"]
	if f == nil && len(c.ifaces) == 1 {
		f = c.ifaces[0]
	}
	if f == nil || gui.Has("noantilockout") {
		return nil
	}
	ports := &ir.Ports{}
	for _, p := range []string{firstOf(gui.Value("port"), "443"), "80", "22"} {
		if n, ok := source.Port(p); ok {
			ports.Ranges = append(ports.Ranges, ir.PortRange{Lo: n, Hi: n})
		}
	}
	r := implicit(pfrules.Pass, true, "anti-lockout rule", ir.Box{Proto: &ir.Protos{List: []uint8{ir.TCP}}, DPort: ports, DstLocal: ir.Yes})
	r.Out, r.On = false, []pfrules.On{{Set: &ir.Ifaces{Patterns: f.names()}}}
	return []pfrules.Rule{r}
}

// upnp leaves open what programs inside may open by themselves.
func (c *config) upnp() {
	var at *xmltree.Node
	for _, path := range [][]string{{"installedpackages", "miniupnpd", "config"}, {"OPNsense", "miniupnpd"}} {
		if n := c.root.At(path...); n != nil && (yes(n, "enable") || yes(n, "enabled")) {
			at = n
		}
	}
	if at == nil {
		return
	}
	r := pfrules.Rule{
		At: ir.At{Line: at.Line, Text: "UPnP and NAT-PMP are switched on"}, Act: pfrules.Open, In: true, Boxes: ir.Always(),
		Why: fmt.Sprintf("what programs inside open by UPnP (line %d); switch it off, or check under Status > UPnP", at.Line),
	}
	c.spec.Rdr = append(c.spec.Rdr, r)
	c.spec.Filter = append(c.spec.Filter, r)
}

// off reports packet filtering that is switched off as a whole.
func (c *config) off() {
	k := c.root.Kid("system").Kid("disablefilter")
	if k == nil || !on(c.root.Kid("system"), "disablefilter") {
		return
	}
	c.spec.Filter = []pfrules.Rule{{At: ir.At{Line: k.Line, Text: "packet filtering is switched off"}, Quick: true, In: true, Out: true, Boxes: ir.Always()}}
	c.spec.Rdr, c.spec.Nat = nil, nil
	c.note("Packet filtering is switched off as a whole (line %d): the firewall routes, and neither filters nor translates.", k.Line)
}

func masked(f *iface) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range f.nets {
		out = append(out, p.Masked())
	}
	return out
}
