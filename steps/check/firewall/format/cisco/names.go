// Package cisco holds what the configurations of Cisco ASA and of Cisco IOS
// have in common: names of ports, protocols and ICMP types as Cisco spells
// them, the output of a terminal made into lines, objects and groups, entries
// of access lists, times, and what is told of lines that could not be read.
//
// Sources: Cisco ASA Series Command Reference, "TCP and UDP Ports",
// "Protocols and Applications" and "ICMP Types"; Cisco IOS Security Command
// Reference, access-list (IP extended), "TCP port names" and "UDP port names".
package cisco

import (
	"strconv"

	"mxodus/steps/check/firewall/ir"
)

// ports are port names of both families. Those that a release reads otherwise
// than another are in twofold.
var ports = map[string]uint16{
	"aol": 5190, "bgp": 179, "biff": 512, "bootpc": 68, "bootps": 67, "chargen": 19, "cifs": 3020, "citrix-ica": 1494,
	"cmd": 514, "ctiqbe": 2748, "daytime": 13, "discard": 9, "dnsix": 195, "domain": 53, "dns": 53, "drip": 3949, "echo": 7,
	"exec": 512, "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "h323": 1720, "hostname": 101, "hostnames": 101,
	"http": 80, "https": 443, "ident": 113, "imap4": 143, "imap": 143, "irc": 194, "isakmp": 500, "klogin": 543,
	"kshell": 544, "ldap": 389, "ldaps": 636, "login": 513, "lotusnotes": 1352, "lpd": 515, "mobile-ip": 434,
	"msrpc": 135, "nameserver": 42, "netbios-dgm": 138, "netbios-ns": 137, "netbios-ss": 139, "netbios-ssn": 139,
	"nfs": 2049, "nntp": 119, "non500-isakmp": 4500, "ntp": 123, "onep-plain": 15001, "onep-tls": 15002,
	"pcanywhere-data": 5631, "pcanywhere-status": 5632, "pim-auto-rp": 496, "pop2": 109, "pop3": 110, "pptp": 1723,
	"radius": 1645, "radius-acct": 1646, "rip": 520, "ripv6": 521, "rsh": 514, "rtsp": 554, "secureid-udp": 5510,
	"sip": 5060, "smtp": 25, "snmp": 161, "snmptrap": 162, "ssh": 22, "sunrpc": 111, "rpc": 111, "syslog": 514, "tacacs": 49,
	"tacacs-ds": 65, "talk": 517, "telnet": 23, "tftp": 69, "time": 37, "uucp": 540, "vxlan": 4789, "who": 513,
	"whois": 43, "www": 80, "xdmcp": 177,
}

// twofold are names whose port depends on the release.
var twofold = map[string][2]uint16{"kerberos": {88, 750}, "sqlnet": {1521, 1522}}

// Port reads a port by number or name. Of a few names it depends on the
// release which of two ports is meant: then both are given.
func Port(s string) (port, or uint16, ok bool) {
	if n, err := strconv.ParseUint(s, 10, 16); err == nil {
		return uint16(n), uint16(n), true
	}
	if p, ok := ports[s]; ok {
		return p, p, true
	}
	p, ok := twofold[s]
	return p[0], p[1], ok
}

// names are the names that Cisco writes for ports, of which one is shown.
var names = map[uint16]string{25: "smtp", 53: "domain", 80: "www", 110: "pop3"}

// PortName is how a port is shown by both families: by name where they have
// one name for it, else by number.
func PortName(p uint16) string {
	if n, ok := names[p]; ok {
		return n
	}
	return strconv.Itoa(int(p))
}

var protocols = map[string]uint8{
	"ah": 51, "ahp": 51, "eigrp": 88, "esp": 50, "gre": 47, "hbh": 0, "icmp": ir.ICMP, "icmp6": ir.ICMPv6, "icmpv6": ir.ICMPv6,
	"igmp": 2, "igrp": 9, "ipinip": 4, "ipsec": 50, "nos": 94, "ospf": 89, "pcp": 108, "pim": 103, "pptp": 47,
	"sctp": ir.SCTP, "snp": 109, "tcp": ir.TCP, "udp": ir.UDP,
}

// Protocol reads an IP protocol by number or name; ip, which stands for all,
// is none of them.
func Protocol(s string) (uint8, bool) {
	if n, err := strconv.ParseUint(s, 10, 8); err == nil {
		return uint8(n), true
	}
	p, ok := protocols[s]
	return p, ok
}

var icmp4 = map[string]ir.ICMPType{
	"echo-reply": whole(0), "unreachable": whole(3), "source-quench": whole(4), "redirect": whole(5),
	"alternate-address": whole(6), "echo": whole(8), "router-advertisement": whole(9), "router-solicitation": whole(10),
	"time-exceeded": whole(11), "parameter-problem": whole(12), "timestamp-request": whole(13), "timestamp-reply": whole(14),
	"information-request": whole(15), "information-reply": whole(16), "mask-request": whole(17), "mask-reply": whole(18),
	"traceroute": whole(30), "conversion-error": whole(31), "mobile-redirect": whole(32),
	"net-unreachable": {Type: 3}, "host-unreachable": one(3, 1), "protocol-unreachable": one(3, 2), "port-unreachable": one(3, 3),
	"packet-too-big": one(3, 4), "source-route-failed": one(3, 5), "network-unknown": one(3, 6), "host-unknown": one(3, 7),
	"host-isolated": one(3, 8), "dod-net-prohibited": one(3, 9), "dod-host-prohibited": one(3, 10),
	"net-tos-unreachable": one(3, 11), "host-tos-unreachable": one(3, 12), "administratively-prohibited": one(3, 13),
	"host-precedence-unreachable": one(3, 14), "precedence-unreachable": one(3, 15), "net-redirect": {Type: 5},
	"host-redirect": one(5, 1), "net-tos-redirect": one(5, 2), "host-tos-redirect": one(5, 3), "ttl-exceeded": {Type: 11},
	"reassembly-timeout": one(11, 1), "general-parameter-problem": {Type: 12}, "option-missing": one(12, 1),
	"no-room-for-option": one(12, 2),
}

var icmp6 = map[string]ir.ICMPType{
	"unreachable": whole(1), "packet-too-big": whole(2), "time-exceeded": whole(3), "parameter-problem": whole(4),
	"echo": whole(128), "echo-request": whole(128), "echo-reply": whole(129), "membership-query": whole(130),
	"mld-query": whole(130), "membership-report": whole(131), "mld-report": whole(131), "membership-reduction": whole(132),
	"mld-reduction": whole(132), "router-solicitation": whole(133), "router-advertisement": whole(134),
	"nd-ns": whole(135), "neighbor-solicitation": whole(135), "nd-na": whole(136), "neighbor-advertisement": whole(136),
	"neighbor-redirect": whole(137), "redirect": whole(137), "router-renumbering": whole(138),
	"no-route": {Type: 1}, "no-admin": one(1, 1), "beyond-scope": one(1, 2), "destination-unreachable": whole(1),
	"port-unreachable": one(1, 4), "hop-limit": {Type: 3}, "reassembly-timeout": one(3, 1),
}

func whole(t uint8) ir.ICMPType     { return ir.ICMPType{Type: t, CodeHi: 255} }
func one(t, code uint8) ir.ICMPType { return ir.ICMPType{Type: t, CodeLo: code, CodeHi: code} }

// ICMPType reads an ICMP type by number or name, for ICMP of IPv4 or (six) IPv6.
func ICMPType(s string, six bool) (ir.ICMPType, bool) {
	if n, err := strconv.ParseUint(s, 10, 8); err == nil {
		return whole(uint8(n)), true
	}
	t, ok := icmp4[s]
	if six {
		t, ok = icmp6[s]
	}
	return t, ok
}
