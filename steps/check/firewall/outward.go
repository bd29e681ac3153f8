package firewall

import (
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
)

// readsSources are the formats whose translations of sources are read. Of the
// others the readers of ASA, IOS and FortiOS look by themselves.
var readsSources = []string{"iptables", "nft", "pf", "pfsense", "opnsense", "mikrotik", "vyos", "panos"}

// unhidden notes that nothing gives a private server a public address for the
// mail that it sends, on a firewall at the internet's edge: the mail would leave
// with the private address, and no answer would come.
func (c *checker) unhidden(n check.PortNeed, a netip.Addr, reqs []Requirement) {
	if n.In || !isPrivate(a) || answerOf(reqs) != Proven || !slices.Contains(readsSources, c.set.Format) || !c.edge(a) || c.hidesSource(a) {
		return
	}
	c.note(fmt.Sprintf("No translation of sources gives %s a public address: unless another device does, its mail leaves with the private one, and no answer comes.", a))
}

// edge reports that this firewall has public addresses on the side of the
// internet, or translates some.
func (c *checker) edge(a netip.Addr) bool {
	for _, f := range c.set.Ifaces {
		if c.facesOut(f) && slices.ContainsFunc(f.Addrs, func(own netip.Addr) bool {
			return own.Is4() == a.Is4() && own.IsGlobalUnicast() && !isPrivate(own)
		}) {
			return true
		}
	}
	return c.translatesPublic(a) != nil
}

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

// hidesSource reports a translation of sources that an address may meet.
func (c *checker) hidesSource(a netip.Addr) bool {
	return slices.ContainsFunc(c.scene.e.Program().Chains, func(x ir.Chain) bool {
		return slices.ContainsFunc(x.Rules, func(r ir.Rule) bool {
			return r.SNAT && (len(r.Boxes) == 0 || slices.ContainsFunc(r.Boxes, func(b ir.Box) bool { return b.Src == nil || inSet(b.Src, a) }))
		})
	})
}

// answersARP are the formats in which a firewall answers for an address of its
// network on an interface alone: a translation by itself is not enough.
var answersARP = []string{"mikrotik", "vyos", "pfsense", "opnsense"}

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
