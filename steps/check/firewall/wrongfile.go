package firewall

import (
	"net/netip"
	"slices"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/clean"
)

// insteadOf is the host that the rules for mail are about in a file that names
// none of the addresses it is asked about, neither in a rule nor as a network of
// an interface: it may well be the file of another firewall. "" where nothing
// speaks for that; rules of the mail server's own host need not name it.
func (c *checker) insteadOf() string {
	other := ""
	for _, a := range slices.Concat(c.opt.Servers, c.opt.Inside, c.opt.Senders) {
		if !c.use(a) {
			continue
		}
		if c.knows(a, smtp) || slices.ContainsFunc(c.set.Ifaces, func(f ir.Iface) bool { return holds(f, a) }) {
			return ""
		}
		for _, x := range c.scene.e.Program().Chains {
			for i := range x.Rules {
				if c.inRule(&x.Rules[i], a) {
					return ""
				}
				if host, ok := c.mailHost(&x.Rules[i]); ok && other == "" {
					other = host.String()
				}
			}
		}
	}
	return other
}

// mailHost is the single address that a rule lets mail in to, none of the
// provider's.
func (c *checker) mailHost(r *ir.Rule) (netip.Addr, bool) {
	for _, b := range r.Boxes {
		if r.Action != ir.Accept || b.Dst == nil || b.Dst.Not || len(b.Dst.Ranges) != 1 || !namesPort(b.DPort, smtp) {
			continue
		}
		a := b.Dst.Ranges[0].From()
		if a == b.Dst.Ranges[0].To() && !slices.ContainsFunc(c.opt.Ranges, func(g Range) bool { return g.CIDR.Contains(a) }) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

func holds(f ir.Iface, a netip.Addr) bool {
	return slices.Contains(f.Addrs, a) || slices.ContainsFunc(f.Nets, func(n netip.Prefix) bool { return n.Contains(a) })
}

// inRule reports that a rule names an address, on whatever port.
func (c *checker) inRule(r *ir.Rule, a netip.Addr) bool {
	return slices.ContainsFunc(r.Boxes, func(b ir.Box) bool {
		return c.scene.names(b.Src, a) || c.scene.names(b.Dst, a) || c.scene.names(b.OrigDst, a)
	})
}

// wrongFile is the finding for a file that shuts mail out and names none of the
// customer's addresses.
func wrongFile(code string, r Report) []check.Finding {
	if r.Instead == "" {
		return nil
	}
	return []check.Finding{{
		Code: code + ".other_firewall", Severity: check.Risk, Subject: clean.Line(r.File), Who: check.WhoTPOC,
		Title:  clean.Sprintf("%s may be the rules of another firewall", r.File),
		Saw:    clean.Sprintf("No line of it names %s, nor a network that holds it. Its rules for mail are about %s.", series(r.Servers), r.Instead),
		Should: "The rules of the firewall that mail to your server passes name its address, or its network",
		IfLeft: "Rules would be changed on a firewall that your mail does not pass.",
		Do:     "Look whether it is the right file before you change anything. If it is another's, load the right one.",
	}}
}
