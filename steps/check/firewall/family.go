package firewall

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// silent says why a file tells nothing of an address; empty where it does. A
// table tells of IPv6 where some row names an address of it.
func (c *checker) silent(a netip.Addr) string {
	switch {
	case c.use(a) && (a.Is4() || c.set.Format != source.Table || namesV6(c.scene.e.Program())):
		return ""
	case a.Is6() && c.set.Format == source.Table:
		return fmt.Sprintf("no row of the table names an IPv6 address, so it says nothing of %s; check the IPv6 rules too", a)
	case a.Is6():
		return fmt.Sprintf("the file says nothing of IPv6, so nothing of %s; check %s for it too", a, rulesOf(c.set, ir.V6))
	}
	return fmt.Sprintf("the file says nothing of IPv4, so nothing of %s; check %s for it too", a, rulesOf(c.set, ir.V4))
}

// rulesOf names where the rules of a family stand that a file lacks.
func rulesOf(set *ir.Ruleset, f ir.Family) string {
	switch {
	case set.Format == source.IPTables && f == ir.V6:
		return "the output of ip6tables-save"
	case set.Format == source.IPTables:
		return "the output of iptables-save"
	}
	return fmt.Sprintf("an export of the firewall's IPv%d rules", f)
}

func namesV6(p *ir.Program) bool {
	six := func(a *ir.Addrs) bool {
		return a != nil && slices.ContainsFunc(a.Ranges, func(r netipx.IPRange) bool { return r.From().Is6() })
	}
	for _, c := range p.Chains {
		for _, r := range c.Rules {
			if slices.ContainsFunc(r.Boxes, func(b ir.Box) bool { return six(b.Src) || six(b.Dst) }) {
				return true
			}
		}
	}
	return false
}

// otherFamily answers a need for an address that the question cannot be put
// for: the file has no rules of its family, or the region no ranges.
func (c *checker) otherFamily(n check.PortNeed, server netip.Addr) {
	if !c.bothFamilies() {
		return // notThisFamily says it once
	}
	why := c.silent(server)
	if why == "" {
		c.note(fmt.Sprintf("No IPv6 range of the region is known here, so nothing has to be open for %s.", server))
		return
	}
	c.leaveOpen(n, server.String(), c.required(true), why)
}

// untold says which of the mail servers' addresses lock-down could not be asked
// for; empty where there are none.
func (c *checker) untold() string {
	for _, a := range c.opt.Servers {
		if why := c.silent(a); why != "" && c.bothFamilies() {
			return why
		}
		if why := c.strandedBy(a, smtp); why != "" {
			return why
		}
	}
	return ""
}

// bothFamilies reports that addresses of IPv4 and of IPv6 are asked about.
func (c *checker) bothFamilies() bool {
	is4 := func(a netip.Addr) bool { return a.Is4() }
	all := slices.Concat(c.opt.Servers, c.opt.Directory)
	return slices.ContainsFunc(all, is4) && slices.ContainsFunc(all, netip.Addr.Is6)
}

// ofFamilies keeps the mail servers that a file has rules for, where it has for
// some. Who reaches the others is asked of it all the same where lock-down is
// and no file has rules for them.
func (f file) ofFamilies(servers []netip.Addr, files []file, lockdown bool) []netip.Addr {
	var out []netip.Addr
	found := false
	for _, a := range servers {
		is := ir.V4
		if a.Is6() {
			is = ir.V6
		}
		has := func(x file) bool { return x.decides(is) }
		found = found || has(f)
		if has(f) || lockdown && !slices.ContainsFunc(files, has) {
			out = append(out, a)
		}
	}
	if !found {
		return servers
	}
	return out
}

// ofFamily is the part of a range that is of the family of some sources: where
// rules are of both families a range may reach from one into the other.
func ofFamily(r netipx.IPRange, sources *netipx.IPSet) netipx.IPRange {
	from, to := r.From(), r.To()
	if from.Is4() == to.Is4() || len(sources.Ranges()) == 0 {
		return r
	}
	whole := everyone(sources.Ranges()[0].From())[0]
	if from.Is4() != whole.From().Is4() {
		from = whole.From()
	}
	if to.Is4() != whole.To().Is4() {
		to = whole.To()
	}
	return netipx.IPRangeFrom(from, to)
}
