// Package srx reads configurations of Juniper SRX firewalls, as set commands
// or in braces.
//
// What it goes by:
//
//   - Policies from a zone to a zone in order, then global policies, then the
//     default policy, which denies unless set otherwise; also within a zone
//     (Junos OS Security Policies User Guide, "Security Policies Overview",
//     "Global Security Policies").
//   - Static NAT comes before destination NAT, both before the route and the
//     policies, which see the translated destination; rule sets from an
//     interface before those from a zone, and these before those from a routing
//     instance (Junos OS NAT User Guide, "Understanding NAT Rule Sets and
//     Rules", "Understanding Destination NAT Rules").
//   - An address is looked for in the books of the policy's zone, then in the
//     global one.
//   - Firewall filters are stateless: first match, a term without an action
//     accepts, the end discards (Junos OS Routing Policies, Firewall Filters,
//     "How Firewall Filters Evaluate Packets"). In lists of addresses with
//     exceptions the longest network decides.
//   - Packets to the firewall itself need host-inbound-traffic of the interface
//     or its zone, and the policies to zone junos-host where there are any.
//   - Applications by content, users, URL categories, schedules and host names
//     are known only as connections come: met perhaps. So is a policer.
package srx

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/setcmd"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Format describes Junos on the SRX for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: "srx", Label: "Juniper SRX (Junos: set commands or braces)",
		Detect: Detect, Read: Read, Confirm: confirm, Write: write, Appends: true,
		Export: []format.Way{{Where: "On the command line of the firewall", Do: []string{
			"show configuration | display set | no-more",
			"Save all that is printed as a text file.",
		}}},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Part, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "Logical systems, tenants and filter-based forwarding are not followed; screens are taken to let mail pass.",
	}
}

// Read reads a configuration.
func Read(doc *source.Doc) *ir.Ruleset {
	t, problems := load(doc)
	b := &builder{d: newDevice(t.Root), now: doc.Now, strays: t.Strays, unknown: map[int]bool{}}
	p := b.program()
	set := &ir.Ruleset{Statements: t.Statements, Problems: problems, Rules: b.rules}
	for i := range set.Statements {
		if b.unknown[set.Statements[i].Line] {
			set.Statements[i].Known = false
		}
	}
	for _, other := range []string{"logical-systems", "tenants"} {
		if n := t.Root.Kid(other); n != nil {
			set.Notes = append(set.Notes, fmt.Sprintf("The %s from line %d on are not read: rules in them are another firewall's.", other, n.Line))
		}
	}
	if b.d.ownBooks() {
		set.Notes = append(set.Notes, ownBooks)
	}
	if b.packets() {
		p.Through[0].Chain = b.add(ir.Chain{Name: "packet mode", Policy: ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: "packet mode, in which no policies are asked", At: ir.At{Text: "(packet mode)"},
		}})
	}
	books := len(b.d.store.nodes) > 0
	if b.rules == 0 && len(b.d.zones) == 0 && !books && !t.Root.At("security", "policies").Has("default-policy") {
		return set
	}
	set.Programs, set.Ifaces, set.Object = []*ir.Program{p}, b.d.irIfaces(), b.object
	if len(b.d.zones) > 0 || t.Root.At("security", "policies") != nil {
		set.Stands = ir.Forward
	}
	b.noteARP(set)
	return set
}

// confirm is the firewall's own test of a packet against the policies.
func confirm(p format.Packet) string {
	from, to := p.In, p.Out
	if a, b, ok := strings.Cut(p.Chain, " to "); ok {
		from, to = a, b
	}
	if from == "" || to == "" || slices.Contains([]string{from, to}, "other") || strings.Contains(from+to, ".") {
		return fmt.Sprintf("show security flow session source-prefix %s destination-prefix %s destination-port %d", p.Src, p.Dst, p.DPort)
	}
	sport := p.SPort
	if sport == 0 {
		sport = 40000
	}
	dst, dport := p.Dst, p.DPort
	if p.To.IsValid() { // the command looks policies up alone, which see translated destinations
		dst, dport = p.To.Addr(), p.To.Port()
	}
	return fmt.Sprintf("show security match-policies from-zone %s to-zone %s source-ip %s destination-ip %s source-port %d destination-port %d protocol %s",
		setcmd.Quote(from), setcmd.Quote(to), p.Src, dst, sport, dport, p.Proto)
}
