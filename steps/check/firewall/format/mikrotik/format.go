// Package mikrotik reads what /export prints on a MikroTik router (RouterOS 6
// and 7; terse, verbose or with hide-sensitive), and scripts of the same
// commands.
//
// Semantics, after the vendor's documentation (help.mikrotik.com, RouterOS:
// "Filter", "NAT", "Mangle", "Common Firewall Matchers and Actions", "Packet
// Flow in RouterOS", "Configuration Management" for export, "Connection
// tracking" for FastTrack):
//   - Packets meet raw prerouting, connection tracking, mangle, dstnat, then
//     filter input or filter forward, which see the translated destination.
//     What is sent from the router meets raw output and filter output.
//   - In a chain the first rule that is met decides. log, passthrough and
//     add-...-to-address-list go on to the next. jump comes back after the last
//     rule of its target or at return. There are no policies: at the end of
//     input, forward and output a packet is accepted.
//   - An export leaves out what is as from the start: action=accept,
//     disabled=no. "key=!value" negates; a bare "!key" is not set.
//   - Connections are tracked: rules say what becomes of later packets by
//     connection-state. FastTrack takes most packets of a connection past the
//     rules, "some packets will still follow the slow path", so a
//     fasttrack-connection rule is met perhaps.
//   - Lists of addresses are in an export without the entries that rules add
//     while the router runs, and those with a timeout. Lists of interfaces
//     have members; all, none, dynamic and static are there from the start.
//   - IPv4 (/ip firewall) and IPv6 (/ipv6 firewall) have rules of their own.
//   - mangle refuses nothing: its marks leave open what other rules ask of them.
//   - What is sent to an address of the router's own and not translated ends
//     at the router.
package mikrotik

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// ID of the format.
const ID = "mikrotik"

// Format describes MikroTik for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: "MikroTik (RouterOS export)",
		Detect: detect,
		Read:   read,
		Export: []format.Way{
			{Where: "In a terminal of the router (WinBox: New Terminal, or SSH)", Do: []string{
				"/export terse file=rules",
				"Fetch rules.rsc from Files (WinBox, WebFig or SCP) and give it. RouterOS 6 needs hide-sensitive after terse, RouterOS 7 leaves secrets out by itself.",
			}},
			{Where: "The same, to copy from the screen", Do: []string{
				"/export terse",
				"Copy all of the output into a text file, from the first line that begins with #.",
			}},
		},
		Confirm: confirm,
		Write:   write,
		Appends: true,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Open, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "Entries that the router adds to address lists while it runs are not in an export, so rules that use such lists are left open. " +
			"Rules of bridges (/interface bridge filter) and of hotspots are not read.",
	}
}

var (
	header  = pattern.New(`(?m)^(# .*\bby RouterOS \d)`)
	menus   = pattern.New(`(?m)^\s*((?:\[[^\]\n]+@[^\]\n]*\][^>\n]*>\s*)?/(?:ip|ipv6)[ /]firewall[ /](?:filter|nat|raw|mangle|address-list))\b`)
	addLine = pattern.New(`(?m)^\s*(add (?:\S+ )*(?:action=(?:accept|drop|reject|jump|dst-nat|masquerade|fasttrack-connection)\b.* chain=\S|chain=\S+ .*action=(?:accept|drop|reject|jump|dst-nat|masquerade|fasttrack-connection)\b))`)
	anyMenu = pattern.New(`(?m)^(/(?:interface|ip|ipv6|system|routing|queue|ppp|snmp|tool|user|certificate)(?: [a-z][a-z0-9-]*)+)\s*$`)
)

// detect tells exports of RouterOS.
func detect(head *source.Doc) format.Guess {
	return format.Find(head.Text,
		format.Mark{Re: menus, Score: 97, Say: "it has menus such as %s"}, format.Mark{Re: header, Score: 95, Say: "it says %s"},
		format.Mark{Re: addLine, Score: 80, Say: "it has rules such as %s"}, format.Mark{Re: anyMenu, Score: 60, Say: "it has menus such as %s"})
}

// read reads an export.
func read(doc *source.Doc) *ir.Ruleset {
	r := &reader{set: &ir.Ruleset{Format: ID, Stands: ir.Forward}, menus: map[string]*menu{}}
	for _, l := range logicals(doc) {
		r.command(l)
	}
	n := r.network()
	r.lower(n)
	r.notes()
	r.set.Label = r.set.Named("MikroTik export")
	r.set.Object = r.object
	return r.set
}

// notes says what the reader should know of the file.
func (r *reader) notes() {
	r.noteARP()
	if s := r.menu("interface bridge settings").settings; s != nil && truth(s.get("use-ip-firewall")) {
		r.set.Notes = append(r.set.Notes, fmt.Sprintf("Packets that are bridged meet these rules too (use-ip-firewall, line %d).", s.line))
	}
	if r.menus["interface bridge filter"] != nil && len(r.menu("interface bridge filter").items) > 0 {
		r.set.Notes = append(r.set.Notes, "Rules in /interface bridge filter are not read; they concern bridged packets alone.")
	}
	if len(r.set.Programs) == 1 && r.set.Programs[0].Family == ir.V4 {
		r.set.Notes = append(r.set.Notes, "The file has no IPv6 rules (/ipv6 firewall). Where the router routes IPv6, everything is let through; where it does not, that is fine.")
	}
}

// object finds an address list for probes such as "address-list NAME".
func (r *reader) object(name string) ([]ir.Box, ir.At, bool) {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "object "), "address-list ")
	for _, menu := range []string{menu4, menu6} {
		l := &lowering{r: r, menu: menu, fed: map[string]int{}}
		l.addressLists()
		if l.lists.Has(name) {
			return objectBoxes(l.lists.Get(name)), ir.At{Line: l.lists.Line(name), Text: "address list " + name}, true
		}
	}
	return nil, ir.At{}, false
}

// confirm shows the rules of the chain that decides, with counters that rise
// when a packet meets one, and watches for the packet itself.
func confirm(p format.Packet) string {
	menu := menu4
	if p.Src.Is6() {
		menu = menu6
	}
	chain := p.Chain
	if chain == "" {
		chain = map[ir.Dir]string{ir.In: "input", ir.Out: "output", ir.Forward: "forward"}[p.Dir]
	}
	if chain == "" {
		chain = "forward"
	}
	table := "filter"
	switch chain {
	case "dstnat", "srcnat":
		table = "nat"
	case "prerouting":
		table = "raw"
	case ownChain:
		return fmt.Sprintf("/%s address print where address~%q", menu, p.Dst.String())
	}
	return fmt.Sprintf("/%s firewall %s print stats where chain=%s", menu, table, chain)
}
