package fortios

import (
	"strconv"
	"strings"
	"sync"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// builtinText lists the services that FortiOS has from the start, as the
// factory configuration of 6.4 to 7.4 writes them: name, then protocol and
// ports. Output of one table alone does not hold them.
const builtinText = `
ALL|ip
ALL_TCP|tcp 1-65535
ALL_UDP|udp 1-65535
ALL_ICMP|icmp
ALL_ICMP6|icmp6
GRE|ip 47
AH|ip 51
ESP|ip 50
OSPF|ip 89
AFS3|tcp 7000-7009|udp 7000-7009
AOL|tcp 5190-5194
BGP|tcp 179
CVSPSERVER|tcp 2401|udp 2401
DCE-RPC|tcp 135|udp 135
DHCP|udp 67-68
DHCP6|udp 546 547
DNS|tcp 53|udp 53
FINGER|tcp 79
FTP|tcp 21
FTP_GET|tcp 21
FTP_PUT|tcp 21
GOPHER|tcp 70
H323|tcp 1720 1503|udp 1719
HTTP|tcp 80
HTTPS|tcp 443
IKE|udp 500 4500
IMAP|tcp 143
IMAPS|tcp 993
INFO_ADDRESS|icmp 17
INFO_REQUEST|icmp 15
IRC|tcp 6660-6669
Internet-Locator-Service|tcp 389
KERBEROS|tcp 88 464|udp 88 464
L2TP|tcp 1701|udp 1701
LDAP|tcp 389
LDAP_UDP|udp 389
MGCP|tcp 2428|udp 2427 2727
MMS|tcp 1755|udp 1024-5000
MS-SQL|tcp 1433 1434
MYSQL|tcp 3306
NFS|tcp 111 2049|udp 111 2049
NNTP|tcp 119
NONE|tcp 0
NTP|tcp 123|udp 123
NetMeeting|tcp 1720
ONC-RPC|tcp 111|udp 111
PC-Anywhere|tcp 5631|udp 5632
PING|icmp 8
PING6|icmp6 128
POP3|tcp 110
POP3S|tcp 995
PPTP|tcp 1723
QUAKE|udp 26000 27000 27910 27960
RADIUS|udp 1812 1813
RADIUS-OLD|udp 1645 1646
RAUDIO|udp 7070
RDP|tcp 3389
REXEC|tcp 512
RIP|udp 520
RLOGIN|tcp 513:512-1023
RSH|tcp 514:512-1023
RTSP|tcp 554 7070 8554|udp 554
SAMBA|tcp 139
SCCP|tcp 2000
SIP|tcp 5060|udp 5060
SIP-MSNmessenger|tcp 1863
SMB|tcp 445
SMTP|tcp 25
SMTPS|tcp 465
SNMP|tcp 161-162|udp 161-162
SOCKS|tcp 1080|udp 1080
SQUID|tcp 3128
SSH|tcp 22
SYSLOG|udp 514
TALK|udp 517-518
TELNET|tcp 23
TFTP|udp 69
TIMESTAMP|icmp 13
TRACEROUTE|udp 33434-33535
UUCP|tcp 540
VDOLIVE|tcp 7000-7010
VNC|tcp 5900
WAIS|tcp 210
WINFRAME|tcp 1494 2598
WINS|tcp 1512|udp 1512
X-WINDOWS|tcp 6000-6063
`

// builtinGroups are the groups of services that it has from the start.
var builtinGroups = map[string][]string{
	"Email Access":    {"DNS", "IMAP", "IMAPS", "POP3", "POP3S", "SMTP", "SMTPS"},
	"Web Access":      {"DNS", "HTTP", "HTTPS"},
	"Windows AD":      {"DCE-RPC", "DNS", "KERBEROS", "LDAP", "LDAP_UDP", "SAMBA", "SMB"},
	"Exchange Server": {"DCE-RPC", "DNS", "HTTPS"},
}

// builtin reads the table once.
var builtin = sync.OnceValue(func() map[string]objects.Services {
	out := map[string]objects.Services{
		"ANY": objects.AnyService(), // before 5.0
	}
	for _, line := range strings.Split(strings.TrimSpace(builtinText), "\n") {
		f := strings.Split(line, "|")
		var list objects.Services
		for _, part := range f[1:] {
			list = append(list, builtinPart(strings.Fields(part))...)
		}
		out[f[0]] = list
	}
	return out
})

func builtinPart(w []string) objects.Services {
	protos := map[string]uint8{"tcp": ir.TCP, "udp": ir.UDP, "icmp": ir.ICMP, "icmp6": ir.ICMPv6}
	if w[0] == "ip" && len(w) == 1 {
		return objects.AnyService()
	}
	if len(w) == 1 {
		return objects.Services{objects.Proto(protos[w[0]])}
	}
	var out objects.Services
	for _, p := range w[1:] {
		switch w[0] {
		case "ip":
			n, _ := strconv.Atoi(p) // of a table of ours
			out = append(out, objects.Proto(uint8(n)))
		case "icmp", "icmp6":
			n, _ := strconv.Atoi(p)
			s := objects.Proto(protos[w[0]])
			s.ICMP = &ir.ICMPTypes{List: []ir.ICMPType{{Type: uint8(n), CodeHi: 255}}}
			out = append(out, s)
		default:
			if s, ok := portService(p, protos[w[0]]); ok {
				out = append(out, s)
			}
		}
	}
	return out
}
