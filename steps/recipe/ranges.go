package recipe

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/region"
)

// Ranges are the blocks to let through: of the target region, while migrating
// also of the source region, with what the TPOC consented to add and to drop.
func Ranges(f steps.Facts) []netip.Prefix { return ranges(f, true) }

// TargetRanges are the blocks of the target region alone, with the same consent.
func TargetRanges(f steps.Facts) []netip.Prefix { return ranges(f, false) }

func ranges(f steps.Facts, both bool) []netip.Prefix {
	all := f.Target.Prefixes()
	if both {
		all = append(all, f.Source.Prefixes()...)
	}
	all = append(all, prefixes(f.Answers.List("ranges.consented_add"))...)
	drop := prefixes(f.Answers.List("ranges.consented_drop"))
	var out []netip.Prefix
	for _, p := range all {
		for _, left := range check.Without(p, drop) {
			if !slices.Contains(out, left) {
				out = append(out, left)
			}
		}
	}
	return out
}

func prefixes(items []string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range items {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p.Masked())
		} else if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}

// Pieces splits blocks wider than /24 into /24, which is the widest that
// Exchange Online takes in a connector. Overlaps are merged first.
func Pieces(blocks []netip.Prefix) []netip.Prefix {
	var b netipx.IPSetBuilder
	for _, p := range blocks {
		b.AddPrefix(p)
	}
	set, err := b.IPSet()
	if err != nil {
		return blocks // cannot be: prefixes of valid addresses only
	}
	var out []netip.Prefix
	for _, p := range set.Prefixes() {
		if !p.Addr().Is4() || p.Bits() >= 24 {
			out = append(out, p)
			continue
		}
		for a := p.Addr(); p.Contains(a); {
			piece := netip.PrefixFrom(a, 24)
			out = append(out, piece)
			a = netipx.PrefixLastIP(piece).Next()
		}
	}
	slices.SortFunc(out, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), a.Bits()-b.Bits())
	})
	return out
}

func texts(blocks []netip.Prefix) []string {
	var out []string
	for _, p := range blocks {
		out = append(out, p.String())
	}
	return out
}

// Table writes the blocks of a region as the migration article does: network,
// range of usable addresses, netmask. The article's own rows come first.
func Table(r region.Region) string {
	if len(r.Prefixes()) == 0 {
		return fmt.Sprintf("The address ranges of %s: %s.", Name(r), Unknown)
	}
	rows := slices.Clone(r.Ranges)
	slices.SortStableFunc(rows, func(a, b region.Range) int {
		return boolInt(b.Status == region.RangeSeed) - boolInt(a.Status == region.RangeSeed)
	})
	var b strings.Builder
	b.WriteString("| Network | IP Address Range | Netmask |\n|---|---|---|\n")
	for _, g := range rows {
		if g.Status == region.RangeRetired {
			continue
		}
		first, last, mask := g.Usable()
		span := first + " to " + last
		if first == last {
			span = first
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", g.CIDR, span, mask)
	}
	return strings.TrimRight(b.String(), "\n")
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// RangeList is the file of blocks, one a line, for a firewall object.
func RangeList(f steps.Facts, blocks []netip.Prefix) steps.Snippet {
	lines := texts(blocks)
	if len(lines) == 0 {
		lines = []string{"# address ranges of " + Name(f.Target) + ": " + Unknown}
	}
	return snippet("Address ranges, one per line, for a firewall object or group", "ranges.txt", langText, lines...)
}

// directoryHosts is the address of the directory server, where it is answered
// as one and not as a name.
func directoryHosts(f steps.Facts) []string {
	if a, err := netip.ParseAddr(f.Answers.Value("dir.host")); err == nil {
		return []string{a.String()}
	}
	return nil
}

// Ports says the port needs as lines of text: direction, port, what for.
func Ports(needs []check.PortNeed) []string {
	var out []string
	for _, n := range needs {
		dir := "out, to the ranges"
		if n.In {
			dir = "in, from the ranges"
		}
		what := strings.TrimSuffix(n.Label, " "+strconv.Itoa(int(n.Port)))
		out = append(out, fmt.Sprintf("%s %d %s (%s)", strings.ToUpper(n.Proto), n.Port, dir, what))
	}
	return out
}
