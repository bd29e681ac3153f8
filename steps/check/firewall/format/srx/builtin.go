package srx

import (
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// tcpApps and udpApps are applications that Junos has built in, with their
// ports (show configuration groups junos-defaults applications). One that is
// not here is not known, and so is who may use it.
var tcpApps = map[string][]ir.PortRange{
	"junos-ftp": p1(21), "junos-ssh": p1(22), "junos-telnet": p1(23), "junos-smtp": p1(25), "junos-tacacs": p1(49), "junos-dns-tcp": p1(53),
	"junos-finger": p1(79), "junos-http": p1(80), "junos-https": p1(443), "junos-pop3": p1(110), "junos-ident": p1(113), "junos-nntp": p1(119),
	"junos-imap": p1(143), "junos-imaps": p1(993), "junos-bgp": p1(179), "junos-ldap": p1(389), "junos-ldp-tcp": p1(646), "junos-rtsp": p1(554),
	"junos-printer": p1(515), "junos-lpr": p1(515), "junos-rsh": p1(514), "junos-ms-sql": p1(1433), "junos-pptp": p1(1723),
	"junos-smb-session": p1(445), "junos-netbios-session": p1(139), "junos-winframe": p1(1494), "junos-whois": p1(43), "junos-gopher": p1(70),
}

var udpApps = map[string][]ir.PortRange{
	"junos-tftp": p1(69), "junos-dns-udp": p1(53), "junos-ntp": p1(123), "junos-syslog": p1(514), "junos-ike": p1(500), "junos-ike-nat": p1(4500),
	"junos-radius": p1(1812), "junos-radacct": p1(1813), "junos-dhcp-client": p1(68), "junos-dhcp-relay": p1(67), "junos-dhcp-server": p1(67),
	"junos-bootpc": p1(68), "junos-bootps": p1(67), "junos-nbname": p1(137), "junos-nbds": p1(138), "junos-ldp-udp": p1(646), "junos-rip": p1(520),
	"junos-who": p1(513), "junos-l2tp": p1(1701), "junos-biff": p1(512),
}

func p1(p uint16) []ir.PortRange { return []ir.PortRange{{Lo: p, Hi: p}} }

// builtin lists the applications that are built in.
func builtin() map[string]objects.Services {
	out := map[string]objects.Services{}
	for proto, list := range map[uint8]map[string][]ir.PortRange{ir.TCP: tcpApps, ir.UDP: udpApps} {
		for name, ports := range list {
			out[name] = objects.Services{objects.Port(proto, ports...)}
		}
	}
	all := ir.PortRange{Lo: 0, Hi: 65535}
	out["junos-tcp-any"] = objects.Services{objects.Port(ir.TCP, all)}
	out["junos-udp-any"] = objects.Services{objects.Port(ir.UDP, all)}
	out["junos-icmp-all"] = objects.Services{objects.Proto(ir.ICMP)}
	out["junos-icmp6-all"] = objects.Services{objects.Proto(ir.ICMPv6)}
	for name, types := range map[string][2]uint8{"junos-icmp-ping": {ir.ICMP, 8}, "junos-ping": {ir.ICMP, 8}, "junos-pingv6": {ir.ICMPv6, 128}, "junos-icmp6-echo-request": {ir.ICMPv6, 128}} {
		s := objects.Proto(types[0])
		s.ICMP = &ir.ICMPTypes{List: []ir.ICMPType{{Type: types[1], CodeHi: 255}}}
		out[name] = objects.Services{s}
	}
	secure := objects.Port(ir.TCP, ir.PortRange{Lo: 465, Hi: 465}, ir.PortRange{Lo: 587, Hi: 587})
	secure.Maybe = []string{"the port that junos-smtps stands for in this version of Junos, 465 or 587"}
	out["junos-smtps"] = objects.Services{secure}
	out["junos-gre"] = objects.Services{objects.Proto(47)}
	out["junos-ospf"] = objects.Services{objects.Proto(89)}
	return out
}
