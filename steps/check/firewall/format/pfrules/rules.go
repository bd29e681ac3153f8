// Package pfrules lowers rules of the packet filter pf, which OpenBSD, FreeBSD,
// pfSense and OPNsense share, into package ir.
//
// Semantics (pf.conf(5) of OpenBSD and of FreeBSD; pf_test_rule and
// pf_match_translation in sys/net/pf.c and sys/netpfil/pf/pf.c):
//
//   - The last rule that matches decides, unless a rule with quick matches: it
//     decides at once. That is the same as all quick rules in their order, and
//     after them the others backwards. What no rule matches passes, without
//     state.
//   - A packet passing through is looked at twice: going in by one interface
//     and going out by another. Each pass makes a state of its own. Answers are
//     let through by the states, or asked of the rules where there is none.
//   - FreeBSD translates before it filters: of rdr rules the first that matches,
//     then binat, for packets going in; binat, then nat, for those going out.
//     The filter sees the new addresses. "rdr pass" passes by the filter.
//   - OpenBSD translates by rules of the one list: rdr-to and nat-to of a match
//     rule at once, of a pass rule when it decides.
//   - An anchor is a list within the list, entered by what its line says;
//     "anchor quick" ends the search after a match within.
//   - A tag stays with the packet from the rule on, also from the way in to the
//     way out.
package pfrules

import (
	"net/netip"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// Act is what a rule does.
type Act uint8

// Acts. Match decides nothing by itself. Open stands for rules that the file
// does not hold, which may do anything; Anchor for rules within.
const (
	Pass Act = iota
	Block
	Match
	Open
	Anchor
)

// On is a condition on the interface that a packet passes; with Maybe it is met
// perhaps, for that reason.
type On struct {
	Set   *ir.Ifaces
	Maybe string
}

// Rule is one rule of a list.
type Rule struct {
	At        ir.At
	Act       Act
	Quick     bool
	In, Out   bool         // for packets going in, going out
	On        []On         // any of them; none: every interface
	Boxes     []ir.Box     // the other conditions
	Flags     *ir.FlagCond // of TCP packets; others meet the rule without it
	Stateless bool         // a pass that makes no state
	Tag       string       // given to packets that match
	Tagged    string       // packets must have it, or with NotTagged must not
	NotTagged bool
	Rdr       *Target // new destination
	Nat       *Source // new source
	Why       string  // of Open
	Diverts   bool    // of Open: it may translate as well
	Kids      []Rule  // of Anchor
	Name      string  // of Anchor
}

// Target is a new destination: one address, or some address of several ranges.
// A zero Port leaves the port as it is.
type Target struct {
	Addrs []netipx.IPRange
	Port  ir.PortRange
	Shift bool
	Base  uint16
	Why   string // not known, for this reason
	Pass  bool   // passes by the filter (rdr pass)
}

// Source is a new source: some address of the ranges, or an address of one of
// the firewall's own interfaces that is not known.
type Source struct {
	Addrs []netipx.IPRange
	Own   bool
	Pass  bool // passes by the filter (nat pass)
}

// Spec is a whole configuration.
type Spec struct {
	Filter []Rule
	// Rdr and Nat are translations that come before the filter, the first that
	// matches each (FreeBSD). A rule without Target or Source translates nothing.
	Rdr, Nat []Rule
	// Skip is interfaces that are not filtered at all.
	Skip   *ir.Ifaces
	SkipAt ir.At
	// Default is what becomes of packets that no rule matches: they pass.
	Default ir.At
}

// AnyV4 and AnyV6 are all addresses of a family: conditions that say no more.
var (
	AnyV4 = &ir.Addrs{Ranges: []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix("0.0.0.0/0"))}}
	AnyV6 = &ir.Addrs{Ranges: []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix("::/0"))}}
)

// Family narrows a box to a family, 4 or 6.
func Family(b ir.Box, f ir.Family) (ir.Box, bool) {
	any := AnyV4
	if f == ir.V6 {
		any = AnyV6
	}
	switch {
	case f == ir.Any:
	case b.Src == nil:
		b.Src = any
	case b.Dst == nil:
		b.Dst = any
	case len(b.Dst.Ranges) < len(b.Src.Ranges): // the shorter list will do
		dst, ok := within(b.Dst, any)
		b.Dst = dst
		return b, ok
	default:
		src, ok := within(b.Src, any)
		b.Src = src
		return b, ok
	}
	return b, true
}

// within is the part of a set that is of one family; false when it is empty.
func within(a, any *ir.Addrs) (*ir.Addrs, bool) {
	is4 := any == AnyV4
	if a == AnyV4 || a == AnyV6 {
		return a, a == any
	}
	var out []netipx.IPRange
	for _, r := range a.Ranges {
		if r.From().Is4() == is4 {
			out = append(out, r)
		}
	}
	switch {
	case !a.Not && len(out) == len(a.Ranges):
		return a, len(out) > 0
	case !a.Not:
		return &ir.Addrs{Ranges: out}, len(out) > 0
	}
	var s netipx.IPSetBuilder
	s.AddRange(any.Ranges[0])
	for _, r := range out {
		s.RemoveRange(r)
	}
	set, err := s.IPSet()
	if err != nil {
		return a, true
	}
	return &ir.Addrs{Ranges: set.Ranges()}, len(set.Ranges()) > 0
}
