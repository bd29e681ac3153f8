// Package ranges compares the address ranges a region publishes in its SPF
// include with those of the table. The include is what the vendor keeps up to
// date; the table is what firewall rules and connectors were made from.
package ranges

import (
	"context"
	"encoding/json"
	"net/netip"
	"slices"
	"time"

	"go4.org/netipx"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
	"mxodus/steps/region"
)

// ID of the check.
const ID = "RANGES"

// Diff is what the region's record has changed against the table, as stored in
// Result.Data. With the TPOC's consent Added goes to Input.ExtraRanges and
// Dropped to Input.IgnoreRanges; then nothing is left to compare.
type Diff struct {
	Added   []netip.Prefix `json:"added"`
	Dropped []netip.Prefix `json:"dropped"`
}

// Check returns the check over one world.
func Check(w *check.World) check.Check { return &rangesCheck{w} }

type rangesCheck struct{ w *check.World }

func (c *rangesCheck) ID() string { return ID }

// Scope implements check.Scoped: the comparison knows the region and what was
// consented to.
func (c *rangesCheck) Scope(in check.Input) check.Input {
	return check.Input{Resolvers: in.Resolvers, Target: in.Target, ExtraRanges: in.ExtraRanges, IgnoreRanges: in.IgnoreRanges}
}

func (c *rangesCheck) Title() string { return "The region's address ranges, table against DNS" }

// Run implements check.Check.
func (c *rangesCheck) Run(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result {
	if in.Now.IsZero() {
		in.Now = c.w.Clock()
	}
	if in.Target.SPFInclude == "" {
		return unknownInclude(in)
	}
	if progress != nil {
		progress(check.Progress{Total: 1, Waiting: clean.Sprintf("the record %s", in.Target.SPFInclude)})
	}
	w := &walk{ctx: ctx, c: resolve.For(ctx, c.w.For(ctx, in)), seen: map[string]bool{}}
	w.follow(in.Target.SPFInclude)
	r := check.Result{}
	for _, a := range w.answers {
		r.Evidence = append(r.Evidence, a.Evidence())
	}
	if w.fail != nil {
		unread(&r, in, w)
	} else {
		compare(&r, in, w)
	}
	if progress != nil {
		progress(check.Progress{Done: 1, Total: 1, Tables: r.Tables})
	}
	return r
}

func unknownInclude(in check.Input) check.Result {
	f := check.Finding{
		Code: ID + ".region", Severity: check.Advice, Subject: clean.Line(in.Target.Name), Who: check.WhoMimecast,
		Title:  clean.Sprintf("The SPF include of %s is unknown here", in.Target.Name),
		Saw:    "The table of regions names none",
		Should: "A record that lists the region's ranges", IfLeft: includeLeft(in),
		Do: clean.Sprintf("Ask Mimecast for the present address ranges of %s", in.Target.Name),
	}
	if in.Target.ID == "" {
		f.Title, f.Saw, f.Do, f.Who = "No region is chosen yet", "No region is chosen", "Choose the region, then check again", check.WhoTPOC
	}
	return check.Result{Outcome: check.Unknown, Summary: f.Title, Findings: []check.Finding{f}}
}

func includeLeft(in check.Input) clean.Shown {
	if in.Target.ID != "" && len(effective(in)) == 0 {
		return "The table holds no range of the region either, so there is none to open a firewall or a connector for"
	}
	return "Whether the ranges of the table are still right cannot be checked"
}

// unread reports a record that could not be read whole. Half a list must not
// be compared: what is missing from it would look withdrawn.
func unread(r *check.Result, in check.Input, w *walk) {
	r.Outcome = check.Unknown
	r.Summary = clean.Sprintf("The record %s could not be read: %s", in.Target.SPFInclude, w.fail.text)
	f := check.Finding{
		Code: ID + "." + w.fail.code, Severity: check.Advice, Subject: clean.Line(in.Target.Name), Who: check.WhoMimecast,
		Title:  clean.Sprintf("The ranges in %s could not be read", in.Target.SPFInclude),
		Saw:    w.fail.saw(in, w.answers),
		Should: "One SPF record that can be followed to its end",
		IfLeft: unreadLeft(in),
		Do:     "Ask again later; if it stays so, ask Mimecast for the present ranges: the record is theirs", RetestAt: in.Now.Add(5 * time.Minute),
		Confirm: clean.Sprintf("dig TXT %s", in.Target.SPFInclude),
	}
	if w.fail.code == "dns" {
		f.Who = check.WhoTPOC
		f.Do = "Check the network connection of this machine and ask again"
	}
	r.Findings = append(r.Findings, f)
}

// unreadLeft is what a record that is not read leaves: a region whose table is
// empty then has no range at all to make rules from.
func unreadLeft(in check.Input) clean.Shown {
	if len(effective(in)) == 0 {
		return clean.Sprintf("The table holds no range of %s, so there is none to open a firewall or a connector for until the record can be read or Mimecast has said them", in.Target.Name)
	}
	return "The ranges of the table are used as they are; whether they are the newest is not known"
}

// compare sets the record's ranges against the table's, as changed by consent.
func compare(r *check.Result, in check.Input, w *walk) {
	dns, odd := sound(w.ranges)
	table := effective(in)
	diff := difference(dns, table)
	r.Tables = []check.Table{rangeTable(in, dns, table, w)}
	b, err := json.Marshal(diff)
	if err == nil {
		r.Data = b
	}
	from := w.answers[0]
	saw := clean.Sprintf("%s lists %s (%s asked %s)", in.Target.SPFInclude, count(len(dns)), from.ServerName(), from.At.In(in.Now.Location()).Format("15:04:05"))
	if len(odd) > 0 {
		r.Findings = append(r.Findings, oddFinding(in, odd, saw, from.Dig()))
	}
	if len(diff.Added) > 0 {
		r.Findings = append(r.Findings, addedFinding(in, diff.Added, saw, from.Dig()))
	}
	if len(diff.Dropped) > 0 {
		r.Findings = append(r.Findings, droppedFinding(in, diff.Dropped, saw, from.Dig()))
	}
	if len(w.notes) > 0 {
		r.Findings = append(r.Findings, notesFinding(in, w.notes, saw, from.Dig()))
	}
	r.Outcome = check.Warn
	switch {
	case len(r.Findings) == 0:
		r.Outcome = check.Pass
		r.Summary = clean.Sprintf("The table and %s agree: %s", in.Target.SPFInclude, count(len(dns)))
		r.Findings = []check.Finding{{
			Code: ID + ".ok", Severity: check.OK, Subject: clean.Line(in.Target.Name), Saw: saw, Confirm: from.Dig(), Title: r.Summary,
		}}
	case len(diff.Added)+len(diff.Dropped) == 0:
		r.Summary = clean.Sprintf("The table and %s agree, but the record holds more than ranges that can be compared", in.Target.SPFInclude)
	default:
		r.Summary = clean.Sprintf("%s against the table: %d new, %d gone", in.Target.SPFInclude, len(diff.Added), len(diff.Dropped))
	}
}

// effective is the table with what the TPOC has consented to.
func effective(in check.Input) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range append(in.Target.Prefixes(), in.ExtraRanges...) {
		if !slices.Contains(out, p.Masked()) {
			out = append(out, check.Without(p.Masked(), in.IgnoreRanges)...)
		}
	}
	return out
}

// widest are the shortest prefix lengths believed: a record that opens more
// than that is wrong or forged, and a firewall must not be opened for it.
const (
	widest4 = 16
	widest6 = 32
)

// sound splits ranges into those that can be a mail provider's and others.
func sound(in []found) (good []netip.Prefix, odd []found) {
	for _, f := range in {
		p := f.prefix
		wide := p.Bits() < widest4
		if p.Addr().Is6() {
			wide = p.Bits() < widest6
		}
		switch {
		case wide || resolve.Special(p.Addr()) != "":
			odd = append(odd, f)
		case !slices.Contains(good, p):
			good = append(good, p)
		}
	}
	return good, odd
}

// difference keeps the spelling of whole ranges and cuts out the part that is
// different from those that overlap.
func difference(dns, table []netip.Prefix) Diff {
	d := Diff{Added: []netip.Prefix{}, Dropped: []netip.Prefix{}}
	inDNS, inTable := set(dns), set(table)
	for _, p := range dns {
		d.Added = append(d.Added, minus(p, inTable)...)
	}
	for _, p := range table {
		d.Dropped = append(d.Dropped, minus(p, inDNS)...)
	}
	return Diff{Added: once(d.Added), Dropped: once(d.Dropped)}
}

func once(ps []netip.Prefix) []netip.Prefix {
	slices.SortFunc(ps, netipx.ComparePrefix)
	return slices.Compact(ps)
}

func set(ps []netip.Prefix) *netipx.IPSet {
	var b netipx.IPSetBuilder
	for _, p := range ps {
		b.AddPrefix(p)
	}
	s, err := b.IPSet()
	if err != nil { // only invalid prefixes; none get here
		return &netipx.IPSet{}
	}
	return s
}

// minus is the part of p that is not in s.
func minus(p netip.Prefix, s *netipx.IPSet) []netip.Prefix {
	var b netipx.IPSetBuilder
	b.AddPrefix(p)
	b.RemoveSet(s)
	rest, err := b.IPSet()
	if err != nil {
		return nil
	}
	return rest.Prefixes()
}

// statusOf tells a range's standing in the table, for a note in its row.
func statusOf(r region.Region, p netip.Prefix) region.RangeStatus {
	for _, g := range r.Ranges {
		if g.CIDR == p {
			return g.Status
		}
	}
	return ""
}
