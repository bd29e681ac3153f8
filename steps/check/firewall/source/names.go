package source

import (
	"strconv"
	"strings"
)

// services are port names as /etc/services has them, those that turn up in
// mail and edge rulesets. A name that is not here stays undecided.
var services = map[string]uint16{
	"tcpmux": 1, "echo": 7, "discard": 9, "systat": 11, "daytime": 13, "netstat": 15, "qotd": 17, "chargen": 19,
	"ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "mail": 25, "time": 37, "whois": 43,
	"tacacs": 49, "domain": 53, "dns": 53, "bootps": 67, "bootpc": 68, "tftp": 69, "gopher": 70, "finger": 79,
	"http": 80, "www": 80, "kerberos": 88, "pop2": 109, "pop3": 110, "pop-3": 110, "sunrpc": 111, "portmapper": 111,
	"auth": 113, "ident": 113, "nntp": 119, "ntp": 123, "epmap": 135, "loc-srv": 135, "netbios-ns": 137,
	"netbios-dgm": 138, "netbios-ssn": 139, "imap2": 143, "imap": 143, "imap4": 143, "snmp": 161, "snmp-trap": 162,
	"snmptrap": 162, "bgp": 179, "irc": 194, "imap3": 220, "ldap": 389, "https": 443, "microsoft-ds": 445,
	"kpasswd": 464, "submissions": 465, "smtps": 465, "ssmtp": 465, "urd": 465, "isakmp": 500, "exec": 512,
	"biff": 512, "login": 513, "who": 513, "shell": 514, "syslog": 514, "printer": 515, "route": 520, "uucp": 540,
	"rtsp": 554, "nntps": 563, "submission": 587, "msa": 587, "ipp": 631, "ldaps": 636, "domain-s": 853,
	"rsync": 873, "ftps-data": 989, "ftps": 990, "telnets": 992, "imaps": 993, "ircs": 994, "pop3s": 995,
	"socks": 1080, "openvpn": 1194, "ms-sql-s": 1433, "ms-sql-m": 1434, "radius": 1812, "radius-acct": 1813,
	"nfs": 2049, "globalcatldap": 3268, "gc": 3268, "globalcatldapssl": 3269, "mysql": 3306, "rdp": 3389,
	"ms-wbt-server": 3389, "ms-term-serv": 3389, "svn": 3690, "sieve": 4190, "ipsec-nat-t": 4500, "sip": 5060,
	"sip-tls": 5061, "xmpp-client": 5222, "xmpp-server": 5269, "mdns": 5353, "postgresql": 5432, "amqp": 5672,
	"x11": 6000, "http-alt": 8080, "webcache": 8080, "http-proxy": 8080, "munin": 4949, "zabbix-agent": 10050,
	"zabbix-trapper": 10051, "amanda": 10080, "git": 9418, "redis": 6379,
}

// Port reads a port number (0 to 65535) or a service name.
func Port(s string) (uint16, bool) {
	if n, err := strconv.ParseUint(s, 10, 16); err == nil {
		return uint16(n), true
	}
	p, ok := services[strings.ToLower(s)]
	return p, ok
}

var protocols = map[string]uint8{
	"hopopt": 0, "icmp": 1, "igmp": 2, "ggp": 3, "ipencap": 4, "ipip": 94, "ip-encap": 4, "st": 5, "tcp": 6, "egp": 8, "igp": 9,
	"udp": 17, "hmp": 20, "dccp": 33, "ipv6": 41, "ipv6-route": 43, "ipv6-frag": 44, "rsvp": 46, "gre": 47,
	"esp": 50, "ipsec-esp": 50, "ah": 51, "ipsec-ah": 51, "skip": 57, "ipv6-icmp": 58, "icmpv6": 58, "icmp6": 58,
	"ipv6-nonxt": 59, "ipv6-opts": 60, "eigrp": 88, "ospf": 89, "etherip": 97, "encap": 98, "pim": 103,
	"ipcomp": 108, "vrrp": 112, "l2tp": 115, "isis": 124, "sctp": 132, "fc": 133, "mobility-header": 135,
	"ipv6-mh": 135, "mh": 135, "udplite": 136, "mpls-in-ip": 137,
	"idrp": 45, "swipe": 53, "rspf": 73, "iso-ip": 80, "vmtp": 81, "ax.25": 93, "manet": 138, "hip": 139, "shim6": 140, "wesp": 141,
	"rohc": 142, "carp": 112, "pfsync": 240,
}

// Protocol reads an IP protocol number or name.
func Protocol(s string) (uint8, bool) {
	if n, err := strconv.ParseUint(s, 10, 8); err == nil {
		return uint8(n), true
	}
	p, ok := protocols[strings.ToLower(s)]
	return p, ok
}

// ProtocolName is the common name of a protocol, or its number.
func ProtocolName(p uint8) string {
	switch p {
	case 1:
		return "icmp"
	case 6:
		return "tcp"
	case 17:
		return "udp"
	case 33:
		return "dccp"
	case 47:
		return "gre"
	case 50:
		return "esp"
	case 58:
		return "icmpv6"
	case 132:
		return "sctp"
	case 136:
		return "udplite"
	}
	return strconv.Itoa(int(p))
}
