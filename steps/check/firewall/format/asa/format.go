package asa

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// ID is the name of the format.
const ID = "asa"

// Format describes Cisco ASA for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: "Cisco ASA configuration or FTD access lists",
		Detect: Detect, Read: Read, Confirm: confirm, Write: Write, Appends: true,
		Export: []format.Way{
			{Where: "On the command line of the ASA (SSH or console)", Do: []string{
				"enable",
				"terminal pager 0",
				"show running-config",
				"Save all that was printed to a text file. In multiple context mode do so in the context that mail passes through (changeto context NAME).",
			}},
			{Where: "In ASDM", Do: []string{"Tools > Command Line Interface", "show running-config", "Save the answer to a text file."}},
			{Where: "On an FTD (SSH)", Do: []string{
				"system support diagnostic-cli",
				"enable",
				"Press Enter at the question for a password. Then:",
				"terminal pager 0",
				"show running-config",
				"show access-list",
				"Save what both printed to one text file, show running-config first.",
			}},
		},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Part, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "Time ranges are judged by their absolute start and end; periodic ones stay open. Policy translations by access list (before 8.3), " +
			"host names, users and security groups, and application rules that FTD leaves to Snort stay open. Checks of the reverse translation are not modelled.",
	}
}

// confirm is packet-tracer with the packet filled in.
func confirm(p format.Packet) string {
	in := p.In
	if in == "" || strings.ContainsRune(in, '\u2026') {
		in = "outside"
		if p.Dir == ir.Out {
			in = "inside"
		}
	}
	if !p.Src.IsValid() || !p.Dst.IsValid() || p.Proto != "tcp" && p.Proto != "udp" {
		return ""
	}
	sport := p.SPort
	if sport == 0 {
		sport = 40000
	}
	return fmt.Sprintf("packet-tracer input %s %s %s %d %s %d", in, p.Proto, p.Src, sport, p.Dst, p.DPort)
}
