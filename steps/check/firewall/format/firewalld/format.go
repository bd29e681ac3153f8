// Package firewalld reads the rules of firewalld: a dump of what it loaded into
// the kernel, and the zones and policies that firewall-cmd --list-all-zones and
// --list-all-policies print, with commands of firewall-cmd behind them.
//
// What is read from its own words is written as the ruleset of nft that
// firewalld 1.x would load, line by line, and package nft reads that. Semantics
// followed: firewalld.zone(5), firewalld.policy(5), firewalld.richlanguage(5),
// firewalld.policies "HOST and ANY", and of firewalld 1.3 core/nftables.py and
// core/fw_policy.py: sources before interfaces, and those by the name of their
// zone; policies of negative priority before zones and the others after; rich
// rules of negative priority, then what refuses, then what accepts, then those
// of positive priority, then the target; a translated packet is let through.
// What it loads was looked at on a host.
package firewalld

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Format describes firewalld for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: "firewalld", Label: "firewalld (zones and policies)",
		Detect: Detect,
		Read:   Read,
		Export: []format.Way{
			{Where: "On the Linux host, as root", Do: []string{"nft -a list ruleset > rules.nft", "Give rules.nft: it holds everything that is loaded, IPv4 and IPv6."}},
			{Where: "In firewalld's own words", Do: []string{
				"(firewall-cmd --get-default-zone; firewall-cmd --list-all-zones; firewall-cmd --list-all-policies) > zones.txt",
				"It lacks direct rules and what ipsets hold.",
			}},
		},
		Confirm: confirm,
		Write:   Write,
		Appends: true,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Open, format.Negation: format.Exact,
			format.Disabled: format.None, format.Schedules: format.None, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.None, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.None,
			format.Apps: format.None, format.Writes: format.Exact,
		},
		Limits: "Zones and policies are read as firewalld 1.x has them; of older versions, and with direct rules, give the output of nft list ruleset or iptables-save. What ipsets hold is not in the listing. " +
			"Policies that are written need firewalld 0.9 or later.",
	}
}

var (
	targetLine = pattern.New(`^\s+target: (default|ACCEPT|DROP|REJECT|CONTINUE|%%REJECT%%)\s*$`)
	ruleMark   = pattern.New(`firewall-(?:offline-)?cmd\s.*--(add|remove|set|new|change)-`)
)

// Detect tells what firewalld wrote or printed from other files.
func Detect(head *source.Doc) format.Guess {
	for _, l := range head.Lines() {
		t := strings.TrimSpace(l.Text)
		switch {
		case nftMark.MatchString(l.Text):
			return format.Has(101, "the table of firewalld", l.Number)
		case chainMark.MatchString(t):
			return format.Has(96, "chains of firewalld", l.Number)
		case targetLine.MatchString(l.Text):
			return format.Has(95, "zones or policies with a target", l.Number)
		case commandLine.MatchString(l.Text) && ruleMark.MatchString(l.Text):
			return format.Has(94, "commands of firewall-cmd", l.Number)
		}
	}
	return format.Guess{}
}

// confirm lists the zones that decide.
func confirm(p format.Packet) string {
	zone := ""
	if p.In != "" && !strings.ContainsAny(p.In, "+* ") {
		zone = fmt.Sprintf("firewall-cmd --get-zone-of-interface=%s; ", p.In)
	}
	if p.Dir == ir.Out {
		return "firewall-cmd --list-all-policies"
	}
	return zone + "firewall-cmd --list-all-zones; firewall-cmd --list-all-policies"
}
