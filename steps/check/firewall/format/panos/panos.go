// Package panos reads the rules of Palo Alto Networks firewalls: set commands,
// the configuration in braces, and XML, of a firewall or of a Panorama.
//
// What it goes by:
//
//   - First match over the pre-rules of Panorama, the firewall's own and the
//     post-rules; then intrazone-default (allow) and interzone-default (deny),
//     either of which may be overridden (PAN-OS Administrator's Guide,
//     "Security Policy Rules"; "Panorama Administrator's Guide, Device Group
//     Policies").
//   - A security rule sees addresses and ports as they were before NAT, and
//     the zone to which packets go after it; a NAT rule sees both as before
//     NAT (PAN-OS Administrator's Guide, "NAT Policy Overview"; web interface
//     help, "NAT Original Packet Tab"). The zone before NAT comes of the
//     interfaces' networks and static routes, longest match first, and so does
//     the interface that a NAT rule names (to-interface).
//   - A static source translation that is bi-directional makes a rule the
//     other way, for packets from any zone to the translated address (web
//     interface help, "NAT Translated Packet Tab").
//   - An object of a virtual system hides one of the same name around it, and
//     an object hides an address that is written like its name.
//   - application other than any, users, host information, URL categories,
//     countries, external and dynamic lists, and host names are known only as
//     connections come: rules that name them are met perhaps.
//   - An interface in no zone passes nothing. Between virtual systems packets
//     pass the rules of both, by zones of type external (PAN-OS
//     Administrator's Guide, "Inter-VSYS Traffic That Remains Within the
//     Firewall").
package panos

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/format/setcmd"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Format describes PAN-OS for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: "panos", Label: "Palo Alto Networks (PAN-OS: set commands, braces or XML)",
		Detect: Detect, Read: Read, Confirm: confirm, Write: write, Appends: true,
		Export: []format.Way{
			{Where: "On the command line of the firewall", Do: []string{
				"set cli pager off",
				"set cli terminal width 500",
				"set cli config-output-format set",
				"configure",
				"show",
				"Save all that is printed as a text file. Where Panorama sends rules, add what this prints:",
				"show config pushed-shared-policy",
			}},
			{Where: "In the web interface", Do: []string{
				"Open Device > Setup > Operations.",
				"Choose \"Export named configuration snapshot\" and take running-config.xml.",
			}},
		},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Part, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "Whether a rule that names applications or users is met shows only as connections come, so it stays open. " +
			"Routes of routing protocols and policy based forwarding are not followed.",
	}
}

// Read reads a configuration.
func Read(doc *source.Doc) *ir.Ruleset {
	l := load(doc)
	c := newConfig(l)
	set := &ir.Ruleset{Statements: l.statements, Problems: c.problems, Notes: c.notes, Stands: ir.Forward}
	for _, s := range c.systems {
		set.Rules += len(s.security) + len(s.nat)
	}
	if len(c.systems) == 0 || set.Rules == 0 && len(c.zones()) == 0 && len(c.net.ifaces) == 0 && !c.objects() {
		return set
	}
	set.Programs = []*ir.Program{c.program(doc.Now)}
	if !c.several() {
		set.Notes = append(set.Notes, sends.Notes(set.Programs[0], nil)...)
	}
	set.Ifaces = c.irIfaces()
	set.Object = c.object
	for i := range set.Statements {
		if c.unknown[set.Statements[i].Line] {
			set.Statements[i].Known = false
		}
	}
	if c.managed && !c.several() {
		set.Notes = append(set.Notes, "Rules come from Panorama too: change those there.")
	}
	if c.several() {
		set.Notes = append(set.Notes, "The file holds several device groups. An answer is certain only where all of them agree; the configuration of the firewall itself tells more.")
	}
	for _, s := range c.systems {
		if len(s.pbf) > 0 {
			set.Notes = append(set.Notes, "Policy based forwarding may send packets by other interfaces than routes do; that is not followed.")
			break
		}
	}
	return set
}

// objects reports that some address or group is defined.
func (c *config) objects() bool {
	for _, s := range c.systems {
		for x := s.scope; x != nil; x = x.around {
			if x.node.Has("address") || x.node.Has("address-group") {
				return true
			}
		}
	}
	return false
}

// confirm is the firewall's own test of a packet against the security rules.
func confirm(p format.Packet) string {
	proto := 6
	if p.Proto == "udp" {
		proto = 17
	}
	var b strings.Builder
	b.WriteString("test security-policy-match")
	for _, side := range []struct{ word, name string }{{" from ", p.In}, {" to ", p.Out}} {
		if side.name != "" && side.name != "other" && !strings.Contains(side.name, "ethernet") {
			b.WriteString(side.word + setcmd.Quote(side.name))
		}
	}
	fmt.Fprintf(&b, " source %s destination %s destination-port %d protocol %d", p.Src, p.Dst, p.DPort, proto)
	return b.String()
}
