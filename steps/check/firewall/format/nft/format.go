// Package nft reads what nft list ruleset and nft -j list ruleset print, and
// files of nft commands, into the language of package ir.
//
// Semantics followed: nft(8) of nftables 1.0 and 1.1, libnftables-json(5),
// wiki.nftables.org ("Configuring chains", "Netfilter hooks"), and of the
// kernel nf_tables_core.c (verdicts), nft_nat.c and nf_nat_proto.c (where
// translation happens), nft_ct.c (packets without a connection), core.c (the
// order of chains of one priority). Every base chain of a hook is asked in the
// order of its priority: accept ends that chain alone, drop is final. What was
// not clear from these was tried on a running kernel; a test compares with it.
package nft

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Format describes nft for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: "nft", Label: "nftables (nft list ruleset)",
		Detect: Detect,
		Read:   Read,
		Export: []format.Way{
			{Where: "On the Linux firewall, as root", Do: []string{"nft -a list ruleset > rules.nft", "Give rules.nft: it holds IPv4 and IPv6."}},
			{Where: "The same as JSON", Do: []string{"nft -a -j list ruleset | python3 -m json.tool > rules.json"}},
		},
		Confirm: confirm,
		Write:   Write,
		Appends: true,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.None, format.Schedules: format.Open, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Part, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "Tables of the family bridge are not read, and what passes by them is left open. A network translated to a network is read as to some address of the new one. Files that are included are not read: give what the firewall has loaded. " +
			"Matches of iptables that nft cannot print (xt match) are left open: give the output of iptables-save for those.",
	}
}

var (
	tableLine   = pattern.New(`^\s*(?:(?:add|create)\s+)?table\s+(?:(?:ip|ip6|inet|arp|bridge|netdev)\s+)?[\w"./-]+\s*\{`)
	commandLine = pattern.New(`^\s*(?:sudo\s+)?(?:\S*/)?(?:nft\s+(?:-\S+\s+)*['"]?)?(?:add|insert|replace|create)\s+(?:rule|chain|set|map|element)\s+(?:ip|ip6|inet|arp|bridge|netdev)\s+\S+\s+\S+`)
	shebang     = pattern.New(`^#!.*\bnft\b.*-f`)
	jsonMark    = pattern.New(`^\s*\{\s*"nftables"\s*:`)
)

// Detect tells the text and the JSON of nft from other files.
func Detect(head *source.Doc) format.Guess {
	if jsonMark.MatchString(head.Text) {
		return format.Guess{Score: 100, Why: `it begins with the JSON member "nftables" (line 1)`}
	}
	for _, l := range head.Lines() {
		switch {
		case tableLine.MatchString(l.Text):
			return format.Has(95, strings.Join(strings.Fields(clip(l.Text)), " ")+" ... }", l.Number)
		case l.Number == 1 && shebang.MatchString(l.Text):
			return format.Guess{Score: 95, Why: "its first line names nft -f"}
		case commandLine.MatchString(l.Text):
			return format.Has(92, "commands of nft", l.Number)
		}
	}
	return format.Guess{}
}

// Read reads a file. It never fails: what it cannot read becomes a Problem and
// stays undecided in the programs.
func Read(doc *source.Doc) *ir.Ruleset {
	set, f := &ir.Ruleset{Format: "nft"}, &file{}
	text, kind := doc.Text, "nft list ruleset"
	p := newParser(set, f, "", 0)
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		var head string
		kind = "nft -j list ruleset"
		head, text = splitJSON(text)
		(&jsonReader{p}).read(head)
		p.offset = strings.Count(head, "\n")
	}
	p.lex = newLexer(plain(text))
	p.read()
	lower(set, f)
	set.Label = set.Named(kind)
	notes(set, f)
	set.Object = func(name string) ([]ir.Box, ir.At, bool) { return object(set, f, name) }
	return set
}

func notes(set *ir.Ruleset, f *file) {
	has := map[ir.Family]bool{}
	for _, p := range set.Programs {
		has[p.Family] = true
	}
	for _, t := range f.tables {
		if t.dormant {
			set.Notes = append(set.Notes, fmt.Sprintf("Table %s (line %d) is dormant: its rules are not asked.", t.label(), t.at.Line))
		}
	}
	bridgeNotes(set, f)
	if p := set.For(ir.V4); p != nil && p.Family == ir.V4 && len(f.doubts) == 0 {
		set.Notes = append(set.Notes, sends.Notes(p, nil)...)
	}
	switch {
	case len(set.Programs) == 0:
	case !has[ir.V6]:
		set.Notes = append(set.Notes, "The file has no table for IPv6 (ip6 or inet). If it is all that nft list ruleset prints, IPv6 packets are let through.")
	case !has[ir.V4]:
		set.Notes = append(set.Notes, "The file has no table for IPv4 (ip or inet). If it is all that nft list ruleset prints, IPv4 packets are let through.")
	}
}

// object finds a named set: "NAME", "set NAME" or "TABLE NAME".
func object(set *ir.Ruleset, f *file, name string) ([]ir.Box, ir.At, bool) {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "set "), "@")
	for _, t := range f.tables {
		for _, s := range t.sets {
			if s.name != name && t.label()+" "+s.name != name {
				continue
			}
			all := &objects.Addrs{}
			for _, e := range s.elems {
				for _, fam := range []ir.Family{ir.V4, ir.V6} {
					if r, ok := addresses(e.key, fam); ok {
						all.Ranges = append(all.Ranges, r)
					}
				}
			}
			if s.dynamic {
				all.Maybe = []string{fmt.Sprintf("the content of the set %s, which changes while the firewall runs", s.name)}
			}
			return objects.Source(ir.Always(), all), ir.At{Line: s.line, Text: "set " + s.name}, true
		}
	}
	return nil, ir.At{}, false
}

// confirm lists the chain that decides, with its counters and handles.
func confirm(p format.Packet) string {
	if p.Chain == "" || strings.HasPrefix(p.Chain, "(") {
		return "nft -a list ruleset"
	}
	return fmt.Sprintf("nft -a list ruleset | sed -n '/chain %s {/,/}/p'", p.Chain)
}
