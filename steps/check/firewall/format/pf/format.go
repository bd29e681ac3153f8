// Package pf reads the packet filter's own rules: /etc/pf.conf of OpenBSD,
// FreeBSD and their relatives, and what pfctl -sr and pfctl -sn print of the
// rules that are loaded.
//
// Sources: pf.conf(5) of OpenBSD 7 (sections PACKET FILTERING, TRANSLATION,
// OPTIONS, TABLES, ANCHORS, BLOCKING SPOOFED TRAFFIC, GRAMMAR) and of FreeBSD 14
// (the same, with TRANSLATION RULES before PACKET FILTERING), pfctl(8),
// ftp-proxy(8), tftp-proxy(8). How rules are lowered is told in package
// pfrules.
//
// Read exactly: macros, lists, tables with content (with exceptions in them),
// quick and the last match, both directions of a packet passing through, set
// skip, antispoof, inet and inet6, ports with every operator, flags, states and
// their absence, tags, anchors with rules in them, rdr-to, nat-to, binat-to,
// rdr (also rdr pass), nat, binat and their exceptions. Addresses of interfaces
// are taken from the output of ifconfig, where it stands in the same file.
//
// Left open, by name: tables and anchors whose content is not in the file, host
// names, users and groups, probability, limits of states, types of service,
// diverted packets, af-to.
package pf

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Format describes pf for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: "pf", Label: "pf (pf.conf or pfctl -sr, OpenBSD and FreeBSD)",
		Detect: Detect, Read: Read, Confirm: confirm, Write: write,
		Export: []format.Way{
			{Where: "On the firewall, as root", Do: []string{
				"(pfctl -sn 2>/dev/null; pfctl -a '*' -sr; for t in $(pfctl -sT); do echo \"table <$t> {\"; pfctl -t $t -T show; echo '}'; done; ifconfig; netstat -rn) > rules.txt",
				"Give rules.txt. It holds the rules that are loaded, with anchors and tables, and the addresses of the interfaces.",
			}},
			{Where: "The file of rules", Do: []string{
				"(cat /etc/pf.conf; ifconfig; netstat -rn) > rules.txt",
				"Give rules.txt. Tables kept in files of their own have to be written into it as: table <name> { ... }",
			}},
		},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.None, format.Schedules: format.None, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "Addresses of interfaces, (em0) and em0:network, are read from the output of ifconfig in the same file; tables and anchors that are filled while the firewall runs have to be written into it.",
	}
}

var ruleMarks = pattern.New(`^(@\d+(\(\d+\))? )?(` +
	`pass( in| out)?( log(-all)?( \([^)]*\))?)?( quick)?( on \S| inet6? | proto \S| from \S| all\b| to \S|\s*$)` +
	`|block( drop| return(-\w+)?)?( in| out)?( log(-all)?( \([^)]*\))?)?( quick)?( on \S| inet6? | proto \S| from \S| all\b| to \S|\s*$)` +
	`|match( in| out)?( log( \([^)]*\))?)?( on \S| inet6? | proto \S| from \S| all\b| scrub)` +
	`|(no )?(nat|rdr|binat)( pass)?( log)? on \S` +
	`|(rdr|nat|binat|scrub)-anchor "|anchor "[^"]*"|antispoof .*for |scrub (in|on|all|out)\b|set skip on |table <[^>]+>( |$))`)

var blanks = pattern.New(`[ \t]+`)

// Detect tells pf.conf and the output of pfctl by their rules.
func Detect(head *source.Doc) format.Guess {
	found, line := 0, 0
	for _, l := range head.Lines() {
		t := strings.TrimSpace(l.Text)
		if len(t) == 0 || t[0] == '#' || len(t) > 4000 {
			continue
		}
		if ruleMarks.MatchString(blanks.ReplaceAllString(t, " ")) {
			if found++; found == 1 {
				line = l.Number
			}
			if found == 3 {
				break
			}
		}
	}
	if found == 0 {
		return format.Guess{}
	}
	return format.Has(40+15*found, "rules of pf, pass or block", line)
}

// confirm shows the rules that are loaded with the numbers of packets that met
// each, and the packets that are blocked.
func confirm(p format.Packet) string {
	iface := p.In
	if p.Dir == ir.Out || iface == "" {
		iface = p.Out
	}
	cmd := fmt.Sprintf("pfctl -vvsr; tcpdump -n -e -ttt -i pflog0 host %s and port %d", p.Src, p.DPort)
	if iface != "" && ifaceWord.MatchString(iface) {
		cmd += "  # on " + iface
	}
	return cmd
}
