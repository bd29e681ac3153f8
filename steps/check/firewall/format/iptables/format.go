package iptables

import (
	"fmt"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Format describes iptables for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: source.IPTables, Label: "iptables-save or ip6tables-save",
		Detect: Detect,
		Read:   func(doc *source.Doc) *ir.Ruleset { return Parse(doc.Name, doc.Lines()) },
		Export: []format.Way{{Where: "On the Linux firewall, as root", Do: []string{
			"iptables-save > rules.v4",
			"ip6tables-save > rules.v6",
			"ipset save > sets.txt",
			"Give rules.v4; put the lines of sets.txt before it where rules name sets. Check rules.v6 as a file of its own.",
		}}},
		Confirm: confirm,
		Write:   Write,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.None, format.Schedules: format.Open, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
	}
}

// confirm lists the chain that decides, with its counters.
func confirm(p format.Packet) string {
	cmd := "iptables"
	if p.Src.Is6() {
		cmd = "ip6tables"
	}
	if p.Chain == "" {
		return cmd + " -nvL --line-numbers"
	}
	return fmt.Sprintf("%s -nvL %s --line-numbers", cmd, p.Chain)
}
