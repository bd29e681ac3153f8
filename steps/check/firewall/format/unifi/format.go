// Package unifi reads the firewall rules of UniFi gateways as the API of the
// UniFi Network application gives them: the lists firewallrule, firewallgroup,
// portforward and networkconf, one after the other in one file.
//
// Semantics, after the vendor's documentation ("UniFi Gateway - Advanced
// Firewall Rules"; UniFi Controller User Guide, "Firewall Tab", "Predefined
// Firewall Rules", "Create or Edit a Firewall Rule") and the fields of the
// application itself (firewall_rule, firewall_group, port_forward of its API
// schema):
//   - Rules stand in rulesets: WAN, LAN or GUEST, each IN (what enters by it,
//     for other networks), OUT (what leaves by it) and LOCAL (what is for the
//     gateway). A lower rule index comes first. Indexes that begin with 2 stand
//     before the gateway's own rules, those that begin with 4 after them.
//   - The gateway's own rules of WAN IN and WAN LOCAL accept established and
//     related connections, drop invalid packets, accept what is forwarded by a
//     port forward, and drop the rest. LAN rulesets and WAN OUT accept.
//   - Rules of guest networks that the gateway has itself are not in the lists.
//   - Port forwards are for packets to the gateway's own addresses, and come
//     before the rules, which see inside addresses.
//   - The zone-based firewall that replaced rulesets is another model: its
//     policies are recognised and left open.
package unifi

import (
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// ID of the format.
const ID = "unifi"

// Format describes UniFi for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: "UniFi gateway (lists of the UniFi Network application)",
		Detect: detect,
		Read:   read,
		Export: []format.Way{
			{Where: "In a browser that is signed in to the UniFi Network application (GATEWAY is its address)", Do: []string{
				"Open https://GATEWAY/proxy/network/api/s/default/rest/firewallrule and copy all of the page into a text file.",
				"Put below it what these pages hold, in any order: .../rest/firewallgroup, .../rest/portforward, .../rest/networkconf.",
				"Give the file. On a controller of its own the address is https://CONTROLLER:8443/api/s/default/rest/firewallrule.",
			}},
			{Where: "For an exact answer, and with the zone-based firewall: on the gateway, over SSH", Do: []string{
				"iptables-save > rules.v4",
				"ipset save > sets.txt",
				"Give rules.v4 with the lines of sets.txt before it.",
			}},
		},
		Confirm: func(p format.Packet) string {
			if p.Src.Is6() {
				return "On the gateway, over SSH: ip6tables-save > rules.v6, and check that file too"
			}
			return "On the gateway, over SSH: iptables-save > rules.v4, and check that file too"
		},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Part, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Open, format.Interfaces: format.Part, format.DNAT: format.Exact,
			format.OneToOne: format.None, format.Replies: format.Exact, format.IPv6: format.Part, format.Names: format.None,
			format.Apps: format.Open, format.Writes: format.None,
		},
		Limits: "Read are the rulesets, groups and port forwards of the UniFi Network application up to version 8. Policies of the zone-based firewall, traffic rules, and the rules that the gateway " +
			"makes for guests are left open. For those, give the output of iptables-save from the gateway, or a table.",
	}
}

// detect tells lists of the application by members that only they have.
func detect(head *source.Doc) format.Guess {
	for _, m := range []struct {
		marks []string
		score int
	}{
		{[]string{`"ruleset"`, `"rule_index"`}, 96},
		{[]string{`"pfwd_interface"`, `"fwd"`}, 94},
		{[]string{`"create_allow_respond"`, `"zone_id"`}, 94},
		{[]string{`"group_type"`, `"group_members"`}, 85},
	} {
		if strings.Contains(head.Text, m.marks[0]) && strings.Contains(head.Text, m.marks[1]) {
			return format.Has(m.score, m.marks[0]+" beside "+m.marks[1], source.LineAt(head.Text, strings.Index(head.Text, m.marks[0])))
		}
	}
	return format.Guess{}
}

func read(doc *source.Doc) *ir.Ruleset {
	f := &file{
		set:    &ir.Ruleset{Format: ID, Label: "UniFi rulesets", Stands: ir.Forward},
		groups: map[string]*group{}, networks: map[string]*network{}, rules: map[string][]*rule{},
	}
	f.read(doc)
	f.lower()
	f.set.Object = f.object
	return f.set
}
