package firewall

import (
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
)

// translatesPublic is a translation of public addresses of the family of one;
// nil where there is none.
func (c *checker) translatesPublic(a netip.Addr) *ir.Rule {
	var found *ir.Rule
	c.scene.rules(c.scene.e.Program().Arrive, func(_ *ir.Chain, r *ir.Rule) {
		if found == nil && r.Action == ir.Translate && r.To.HasAddr() && r.To.Addr.From().Is4() == a.Is4() &&
			slices.ContainsFunc(r.Boxes, func(b ir.Box) bool { return b.Dst != nil && allPublic(b.Dst) }) {
			found = r
		}
	})
	return found
}

// answersARP are the formats in which a firewall answers for an address of its
// network on an interface alone: a translation by itself is not enough. The
// readers of others look by themselves.
var answersARP = []string{"vyos", "pfsense", "opnsense"}

// unanswered notes that a public address which is translated lies in a network
// of the firewall, and on none of its interfaces.
func (c *checker) unanswered(n check.PortNeed, a netip.Addr) {
	if !n.In || isPrivate(a) || !slices.Contains(answersARP, c.set.Format) || len(c.set.Ifaces) == 0 {
		return
	}
	if _, by := c.scene.translation(a, n.Port); by == nil {
		return
	}
	in := ""
	for _, f := range c.set.Ifaces {
		if slices.Contains(f.Addrs, a) {
			return
		}
		if c.facesOut(f) && len(f.Addrs) > 0 && slices.ContainsFunc(f.Nets, func(p netip.Prefix) bool { return p.Contains(a) && p.Contains(f.Addrs[0]) }) {
			in = f.Name
		}
	}
	if in != "" {
		c.note(fmt.Sprintf("%s lies in the network of %s and is on no interface of the file: unless the firewall answers ARP for it all the same (a virtual address, proxy ARP), no packet to it arrives.", a, in))
	}
}
