package ios

import (
	"fmt"

	"mxodus/steps/check/firewall/format"
)

// ID is the name of the format.
const ID = "ios"

// Format describes Cisco IOS for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: "Cisco IOS or IOS XE configuration",
		Detect: Detect, Read: Read, Confirm: confirm, Write: Write, Appends: true,
		Export: []format.Way{
			{Where: "On the command line of the router (SSH or console)", Do: []string{
				"enable", "terminal length 0", "show running-config", "Save all that was printed to a text file.",
			}},
			{Where: "Where the configuration may not be shown", Do: []string{
				"show ip access-lists", "show ipv6 access-list", "show running-config | section ^interface",
				"Save all three to one text file. Translations (ip nat) are then not known.",
			}},
		},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.None, format.Schedules: format.Part, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.None,
			format.Apps: format.Part, format.Writes: format.Exact,
		},
		Limits: "Translations of outside addresses (ip nat outside) and by route-map stay open, as do application protocols of a zone-based firewall beyond those of one port. " +
			"VRFs are read as one router.",
	}
}

// confirm lists the deciding list with its counters.
func confirm(p format.Packet) string {
	v6 := p.Src.Is6()
	switch {
	case p.Chain == otherStatements:
		return "show ip nat statistics"
	case p.Chain == "" || p.Chain == "inbound lists" || p.Chain == "outbound lists" || p.Chain == "zones" || p.Chain == "nat":
		return "show ip interface | include line protocol|access list"
	case v6:
		return fmt.Sprintf("show ipv6 access-list %s", p.Chain)
	}
	return fmt.Sprintf("show ip access-lists %s", p.Chain)
}
