// Package vyos reads configurations of VyOS, of 1.3 and of 1.4 and later, as
// set commands or in braces, and those of Ubiquiti's EdgeOS, which share their
// words.
//
// Semantics, after the vendor's documentation (docs.vyos.io: "Firewall", "IPv4
// Firewall Configuration", "Zone Based Firewall", "Groups", "NAT44", and
// "Firewall Configuration (Deprecated)" for 1.3) and the templates by which
// VyOS makes its nftables rules (vyos-1x, data/templates/firewall):
//   - Rules are taken in the order of their numbers, the first that is met
//     decides. A ruleset with a name drops by default, a base chain (forward,
//     input, output filter) accepts.
//   - Before 1.4 rulesets are bound to interfaces: in and out for packets
//     passing through, local for those to the router; in and out must both
//     accept. Since 1.4 base chains come first and jump to rulesets; a rule
//     that accepts ends the base chain.
//   - With zones, what leaves by an interface of a zone meets the ruleset for
//     the zone it came from, else the zone's default action (drop). Within a
//     zone everything passes unless it is filtered. Zones come after the base
//     chains, and both must accept.
//   - state-policy stands before all rules. Connections are tracked; rules say
//     by state what becomes of later packets.
//   - Destination NAT comes before the filter, which sees inside addresses.
//   - EdgeOS translates port-forward rules before those of service nat. With
//     auto-firewall enable it lets in from everybody, before all rulesets, what
//     comes by the WAN interface for their inside addresses (its chains
//     UBNT_PFOR_DNAT_HOOK and UBNT_PFOR_FW_HOOK, as iptables -S lists them). It
//     makes groups of each interface's addresses and networks: ADDRv4_eth0,
//     NETv4_eth0.
//   - What is sent to an address of the router's own and not translated ends
//     at the router.
package vyos

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/natmap"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
	"mxodus/steps/pattern"
)

// ID of the format.
const ID = "vyos"

// Format describes VyOS for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: "VyOS or EdgeOS",
		Detect: detect,
		Read:   read,
		Export: []format.Way{
			{Where: "On the router, over SSH", Do: []string{
				"show configuration commands | no-more",
				"Copy all of the output into a text file. The whole configuration is needed: interfaces, zones and NAT tell which rules hold.",
			}},
			{Where: "As a file", Do: []string{
				"Fetch /config/config.boot by SCP and give it.",
			}},
		},
		Confirm: confirm,
		Write:   write,
		Appends: true,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Open, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Part,
		},
		Limits: "Bridges, VRFs, container firewalls and load balancing are not read. EdgeOS is read as far as it shares VyOS's words, with its NAT and port forwards. " +
			"Commands are appended to set commands only: a file in braces can be read, but not tried with a change.",
	}
}

var (
	marks     = pattern.New(`(?m)^\s*(?:[\w.-]+@[\w.-]+[:~\w/-]*[#$]\s*)?(set (?:firewall (?:name|ipv6-name|ipv4|ipv6|group|zone|global-options|state-policy|all-ping|interface) |zone-policy zone |nat (?:source|destination|static) rule |nat66 (?:source|destination) rule |service nat rule |port-forward )|default-action '?(?:drop|accept|reject|return|jump|continue)'?\s*$|zone-policy \{)`)
	ifaceMark = pattern.New(`(?m)^\s*(?:[\w.-]+@[\w.-]+[:~\w/-]*[#$]\s*)?(set interfaces ethernet eth\d)`)
)

// detect tells configurations of VyOS and EdgeOS.
func detect(head *source.Doc) format.Guess {
	return format.Find(head.Text, format.Mark{Re: marks, Score: 96}, format.Mark{Re: ifaceMark, Score: 85})
}

func read(doc *source.Doc) *ir.Ruleset {
	r := &reader{set: &ir.Ruleset{Format: ID, Stands: ir.Forward}, root: &wordtree.Node{}}
	r.read(doc)
	n := readNetwork(r.root)
	r.set.Ifaces = n.list
	g := readGroups(r.root.At("firewall", "group"), n)
	r.lower(g, n)
	r.set.Notes = append(r.set.Notes, natmap.UnansweredNote(r.set)...)
	r.set.Label = r.set.Named("VyOS configuration")
	r.set.Source = r.root
	r.set.Object = func(name string) ([]ir.Box, ir.At, bool) { return g.object(name) }
	return r.set
}

// object finds a group for probes such as "address-group NAME".
func (g *groups) object(name string) ([]ir.Box, ir.At, bool) {
	name = strings.TrimPrefix(name, "object ")
	if !g.addrs.Has(name) {
		return nil, ir.At{}, false
	}
	return objects.Source(ir.Always(), g.addrs.Get(name)), ir.At{Line: g.addrs.Line(name), Text: name}, true
}

// confirm shows the ruleset that decides, with counters that rise when a
// packet meets a rule.
func confirm(p format.Packet) string {
	if p.Chain == "" || strings.HasPrefix(p.Chain, "interfaces ") || strings.HasPrefix(p.Chain, "zone") {
		return "show firewall"
	}
	if p.Chain == autoFirewall {
		return "sudo iptables -nvL UBNT_PFOR_FW_RULES"
	}
	if strings.HasSuffix(p.Chain, " destination") {
		return "show nat destination statistics"
	}
	family := "ipv4"
	if p.Src.Is6() {
		family = "ipv6"
	}
	if strings.Contains(p.Chain, " ") {
		return fmt.Sprintf("show firewall %s %s", family, p.Chain)
	}
	return fmt.Sprintf("show firewall %s name %s", family, p.Chain)
}
