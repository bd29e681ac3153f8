package fortios

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
)

// ID is the name of the format.
const ID = "fortios"

// Format describes FortiOS for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: "FortiGate (FortiOS configuration)",
		Detect: Detect,
		Read:   Read,
		Export: []format.Way{
			{Where: "In the web interface", Do: []string{
				"Click your name at the top right, then Configuration, then Backup.",
				"Choose Local PC and the scope Global (all VDOMs), leave encryption off, and save the file.",
				"The file holds passwords and keys (lines with ENC). What you give is kept with the move: take them out of it first.",
			}},
			{Where: "On the command line (SSH or console)", Do: []string{
				"config system console",
				"set output standard",
				"end",
				"show",
				"With VDOMs, in place of show:",
				"config vdom", "edit NAME", "show", "end", "config global", "show system interface", "end",
				"Save all that is printed into one text file.",
			}},
		},
		Confirm: confirm,
		Write:   write,
		Appends: true,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Part, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "In NGFW policy mode applications decide, which the file does not tell. What comes in to one VDOM and leaves from another is left open.",
	}
}

// confirm is the lookup that a FortiGate itself makes. Destination and port
// are those before translation.
func confirm(p format.Packet) string {
	if !p.Src.IsValid() || !p.Dst.IsValid() {
		return ""
	}
	if p.Src.Is6() || p.Dst.Is6() {
		return fmt.Sprintf("In the web interface: Policy & Objects, Firewall Policy, Policy Match (before 7.4: Policy Lookup); IPv6, protocol %s, source %s, destination %s port %d",
			strings.ToUpper(p.Proto), p.Src, p.Dst, p.DPort)
	}
	proto := "6"
	if p.Proto == "udp" {
		proto = "17"
	}
	in := p.In
	if in == "" || in == "other" || strings.ContainsAny(in, "\u2026 ") {
		in = "INTERFACE"
	}
	return fmt.Sprintf("diagnose firewall iprope lookup %s %d %s %d %s %s", p.Src, p.SPort, p.Dst, p.DPort, proto, in)
}
