package firewall

import (
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
)

// translateIt is what to do where no translation takes mail to the server.
const translateIt = "Look for the translation to the mail server: where it is switched off, or no policy in force names it, put it in force; where there is none, make it. Then export again."

// stranded answers a need for a public address that the file places on the side
// of the internet and that nothing translates: packets to it come no further,
// and a policy that let them through would look right while no mail arrives. Mail
// in to the firewall's own address is refused for certain; all else is open, as
// the server's address behind the firewall is not known. False where the address
// is not such a one.
func (c *checker) stranded(n check.PortNeed, a netip.Addr, ranges []Range) (bool, error) {
	why := c.strandedBy(a, n.Port)
	if why == "" {
		return false, nil
	}
	do := translateIt + " If the server has the address itself, its mail does not pass this firewall: give the rules of the one that it passes."
	if n.In && slices.ContainsFunc(c.set.Ifaces, func(f ir.Iface) bool { return slices.Contains(f.Addrs, a) }) {
		reqs, err := c.needAt(n, a, ranges)
		if err != nil {
			return true, err
		}
		if answerOf(reqs) == Disproven {
			for i := range reqs {
				for j := range reqs[i].Gaps {
					reqs[i].Gaps[j].Fix = Fix{Text: do}
				}
			}
			c.report.Requirements = append(c.report.Requirements, reqs...)
			return true, nil
		}
	}
	from := len(c.report.Requirements)
	c.leaveOpen(n, a.String(), ranges, why)
	for i := range c.report.Requirements[from:] {
		c.report.Requirements[from+i].Do = do
	}
	return true, nil
}

// strandedBy says why an address is stranded; empty where it is not, or where
// the file does not tell.
func (c *checker) strandedBy(a netip.Addr, port uint16) string {
	if c.opt.Path != "" || isPrivate(a) || c.perhapsTranslated(a, port) ||
		c.set.Stands != ir.Forward && !slices.Equal(c.scene.paths(a, port), []ir.Dir{ir.Forward}) {
		return ""
	}
	best, outer := -1, false
	var at ir.Iface
	for _, f := range c.set.Ifaces {
		for _, n := range f.Nets {
			if !n.Contains(a) || n.Bits() < best {
				continue
			}
			if n.Bits() > best {
				best, outer, at = n.Bits(), true, f
			}
			outer = outer && c.facesOut(f)
		}
	}
	if best < 0 {
		return c.otherPorts(a, port)
	}
	if !outer {
		return ""
	}
	return fmt.Sprintf("%s belongs to the network of %s (line %d), on the side of the internet, and no translation in force leads from it to a server", a, at.Name, at.At.Line)
}

// otherPorts says that a public address is translated for other connections
// alone, where the file does not show in which network it is.
func (c *checker) otherPorts(a netip.Addr, port uint16) string {
	why := ""
	c.scene.rules(c.scene.e.Program().Arrive, func(_ *ir.Chain, r *ir.Rule) {
		if why == "" && r.Action == ir.Translate && r.To.HasAddr() &&
			slices.ContainsFunc(r.Boxes, func(b ir.Box) bool { return b.Dst != nil && allPublic(b.Dst) && inSet(b.Dst, a) }) {
			why = fmt.Sprintf("line %d translates other connections to %s, and no translation in force takes those on port %d to a server", r.At.Line, a, port)
		}
	})
	return why
}

// unreached leaves open what the rules let in to a private address that nothing
// translates to. What they refuse stays refused: it needs rules as well.
func (c *checker) unreached(n check.PortNeed, a netip.Addr, reqs []Requirement) {
	why := ""
	if n.In {
		why = c.hidden(a, n.Port)
	}
	if why == "" {
		return
	}
	for i := range reqs {
		if q := &reqs[i]; q.Verdict == Proven {
			q.Verdict, q.By, q.Why, q.Do = CannotTell, nil, why, translateIt
		}
	}
	if answerOf(reqs) == Disproven {
		c.note(capital(why) + ". " + translateIt)
	}
}

// hidden says why senders cannot connect to a private address: the file shows
// that this firewall faces the internet with public addresses, so no other device
// translates before it, and that it translates nothing to the server. Empty where
// that is not so.
func (c *checker) hidden(a netip.Addr, port uint16) string {
	if c.opt.Path != "" || !isPrivate(a) || c.perhapsEntered(a, port) ||
		c.set.Stands != ir.Forward && !slices.Equal(c.scene.paths(a, port), []ir.Dir{ir.Forward}) {
		return ""
	}
	for _, f := range c.set.Ifaces {
		for _, own := range f.Addrs {
			if c.facesOut(f) && own.Is4() == a.Is4() && own.IsGlobalUnicast() && !isPrivate(own) {
				return fmt.Sprintf("%s is private, and no translation in force leads to it from %s, where %s faces the internet (line %d): senders cannot connect", a, own, f.Name, f.At.Line)
			}
		}
	}
	for _, p := range c.set.Public {
		if p.Addr.Is4() == a.Is4() && p.Addr.IsGlobalUnicast() && !isPrivate(p.Addr) {
			return fmt.Sprintf("%s is private, and no translation in force leads to it on port %d, though this firewall sends with %s (line %d): senders cannot connect", a, port, p.Addr, p.At.Line)
		}
	}
	if r := c.translatesPublic(a); r != nil {
		return fmt.Sprintf("%s is private, and no translation in force leads to it on port %d, though this firewall translates public addresses (line %d): senders cannot connect", a, port, r.At.Line)
	}
	return ""
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

// perhapsEntered reports a translation that leads to an address on a port, or
// may do so.
func (c *checker) perhapsEntered(a netip.Addr, port uint16) bool {
	found := len(c.entrances(a, port)) > 0
	c.scene.rules(c.scene.e.Program().Arrive, func(_ *ir.Chain, r *ir.Rule) {
		one := r.To.HasAddr() && r.To.Addr.From() == r.To.Addr.To() // which entrances knows all about
		found = found || r.Action == ir.Undecided || r.Action == ir.Translate && !one && r.To.HasAddr() && r.To.Addr.Contains(a)
	})
	return found
}

// perhapsTranslated reports a translation of an address, or a line that may be one.
func (c *checker) perhapsTranslated(a netip.Addr, port uint16) bool {
	found := len(c.entrances(a, port)) > 0
	c.scene.rules(c.scene.e.Program().Arrive, func(_ *ir.Chain, r *ir.Rule) {
		found = found || (r.Action == ir.Translate || r.Action == ir.Undecided) && slices.ContainsFunc(r.Boxes, func(b ir.Box) bool {
			return (b.Dst == nil || inSet(b.Dst, a)) && (b.DPort == nil || portIn(b.DPort, port))
		})
	})
	return found
}

// facesOut reports an interface towards the internet, as the file or the
// question has it.
func (c *checker) facesOut(f ir.Iface) bool {
	if c.opt.Interface != "" {
		return slices.Contains([]string{f.Name, f.Zone}, c.opt.Interface)
	}
	return f.Outer == ir.Yes
}
