package asa

import (
	"fmt"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// reader gathers what a file says; lower turns it into programs.
type reader struct {
	*cisco.Config
	major  int // of the version; 0 when the file does not tell
	minor  int
	pix    bool
	names  map[string]string // name 192.0.2.1 mail
	ifaces []*iface
	byName map[string]*iface

	silent      map[string]bool   // interfaces with sysopt noproxyarp
	system      bool              // in the configuration of the system, which has no rules: contexts have them
	transparent bool              // firewall transparent
	bridges     map[string]*iface // bridge groups by number

	services map[string]*svcDef

	acls     map[string]*acl
	aclNames []string
	bound    []binding
	nats     []*nat
	olds     []*static // before 8.3
	dynamic  []dynamic // nat and global, before 8.3
	inter    bool      // same-security-traffic permit inter-interface
	intra    bool
	reverse  []revCheck
	auth     []authRule
	natctl   ir.At

	policies policies

	book *books
}

// binding applies an access list.
type binding struct {
	acl, iface, dir string // dir is in, out, global or control
	line            int
	text            string
}

// revCheck is ip verify reverse-path on an interface.
type revCheck struct {
	iface string
	at    ir.At
}

// authRule lets packets of a list pass only for users that have logged in.
type authRule struct {
	acl, iface string
	at         ir.At
}

// Read reads a configuration or listing.
func Read(doc *source.Doc) *ir.Ruleset {
	r := &reader{
		Config: cisco.NewConfig(doc), names: map[string]string{}, byName: map[string]*iface{}, bridges: map[string]*iface{}, silent: map[string]bool{}, services: map[string]*svcDef{}, acls: map[string]*acl{},
	}
	r.Config.Read(r.take)
	r.finish()
	return r.Set
}

// take reads one line and reports whether its meaning is known.
func (r *reader) take(l *cisco.Line) bool {
	if l.Text[0] == '!' || l.Text[0] == ':' {
		return true // a comment: what is below goes on in the block that it is in
	}
	if r.Block != nil && (l.Indent > 0 || blockWord(l)) {
		if r.Block(l) {
			return true
		}
		if l.Indent > 0 && l.Words[0] != "access-list" {
			return harmless(l.Words[0])
		}
	}
	if l.Indent == 0 || l.Words[0] == "access-list" {
		r.Block = nil
	}
	if f := statements[l.Words[0]]; f != nil {
		return f(r, l)
	}
	if l.Indent > 0 {
		return true // belongs to a block that does not concern packets through it
	}
	return harmless(l.Words[0])
}

// blockWord reports a line that belongs to a block even where blanks before it
// were lost.
func blockWord(l *cisco.Line) bool {
	switch l.Words[0] {
	case "network-object", "group-object", "port-object", "service-object", "protocol-object", "icmp-object", "security-group",
		"host", "subnet", "range", "fqdn", "nameif", "security-level", "absolute", "periodic", "description":
		return true
	case "service":
		return len(l.Words) > 1 && (l.Words[1] == "tcp" || l.Words[1] == "udp")
	case "ip", "ipv6":
		return len(l.Words) > 1 && l.Words[1] == "address"
	case "nat":
		return len(l.Words) > 2 && (l.Words[2] == "static" || l.Words[2] == "dynamic") || len(l.Words) == 3 && l.Words[1] == "static"
	}
	return false
}

// statements are the lines that are read, by their first word.
var statements map[string]func(*reader, *cisco.Line) bool

func init() {
	statements = map[string]func(*reader, *cisco.Line) bool{
		"ASA": version, "PIX": version, "NGFW": version, "FWSM": version,
		"hostname": hostname, "sysopt": sysopt, "firewall": firewallMode, "name": nameLine, "interface": interfaceBlock, "nameif": nameifOld, "ip": ipLine, "ipv6": ipv6Line,
		"route": routeLine, "object": objectBlock, "object-group": groupBlock, "time-range": rangeBlock,
		"access-list": (*reader).accessList, "access-group": (*reader).accessGroup, "nat": (*reader).natLine,
		"static": (*reader).staticLine, "global": (*reader).globalLine, "same-security-traffic": sameSecurity,
		"nat-control": natControl, "no": (*reader).negated, "conduit": doubtful, "outbound": doubtful, "apply": doubtful,
		"policy-map": policyMap, "class": classLine, "inspect": inspectLine, "service-policy": servicePolicy, "fixup": fixup,
		"aaa": aaaLine, "clear": (*reader).clear, "dynamic-filter": doubtful, "security-level": func(*reader, *cisco.Line) bool { return true },
	}
}

// version reads "ASA Version 9.8(4)22".
func version(r *reader, l *cisco.Line) bool {
	if len(l.Words) < 3 || l.Words[1] != "Version" {
		return false
	}
	major, rest, _ := strings.Cut(l.Words[2], ".")
	minor := strings.TrimRight(rest, ")")
	if i := strings.IndexFunc(rest, func(c rune) bool { return c < '0' || c > '9' }); i >= 0 {
		minor = rest[:i]
	}
	if r.system = l.Words[len(l.Words)-1] == "<system>"; !r.system {
		r.Of(l, "version", strconv.Itoa(l.Number)) // each configuration has one
	}
	r.pix = l.Words[0] == "PIX"
	n, err := strconv.Atoi(major)
	if err != nil || n > 1000 {
		r.Problem(l.Number, "expected a version such as 9.16(4), came %q; which addresses access lists name depends on it.", l.Words[2])
		return false
	}
	m, err := strconv.Atoi(minor)
	if err != nil {
		m = 0
	}
	if l.Words[0] == "NGFW" {
		n, m = 9, 99 // FTD runs the code of ASA 9.6 and later
	}
	r.major, r.minor = n, m
	return true
}

func hostname(r *reader, l *cisco.Line) bool {
	if !r.system {
		r.Of(l, "hostname", at1(l.Words))
	}
	return true
}

func nameLine(r *reader, l *cisco.Line) bool {
	if len(l.Words) < 3 {
		return false
	}
	r.names[l.Words[2]] = l.Words[1]
	return true
}

func sameSecurity(r *reader, l *cisco.Line) bool {
	if len(l.Words) < 3 {
		return false
	}
	switch l.Words[2] {
	case "inter-interface":
		r.inter = true
	case "intra-interface":
		r.intra = true
	default:
		return false
	}
	return true
}

func natControl(r *reader, l *cisco.Line) bool {
	r.natctl = l.At()
	return true
}

func doubtful(r *reader, l *cisco.Line) bool {
	if l.Words[0] == "dynamic-filter" && (len(l.Words) < 2 || l.Words[1] != "drop") {
		return true
	}
	r.Doubt(l.At(), fmt.Sprintf("line %d (%s), whose effect is not in the file", l.Number, l.Words[0]))
	return false
}

// aaaLine reads aaa authentication match LIST INTERFACE SERVER.
func aaaLine(r *reader, l *cisco.Line) bool {
	if w := l.Words; len(w) >= 5 && w[1] == "authentication" && w[2] == "match" {
		r.auth = append(r.auth, authRule{w[3], w[4], l.At()})
	}
	return true
}

// before83 says that lists name addresses as they are on the interface: yes,
// no, or not told by version or syntax.
func (r *reader) before83() ir.Is {
	switch {
	case r.major > 0 && (r.major < 8 || r.major == 8 && r.minor < 3):
		return ir.Yes
	case r.major > 0:
		return ir.No
	case len(r.olds)+len(r.dynamic) > 0 && len(r.nats) > 0:
		return ir.Either
	case len(r.olds)+len(r.dynamic) > 0:
		return ir.Yes
	}
	return ir.No
}

// before9 says that any is any IPv4 address.
func (r *reader) before9() bool {
	return r.major > 0 && r.major < 9 || r.major == 0 && r.before83() == ir.Yes
}

// translates reports that the file translates anything.
func (r *reader) translates() bool { return len(r.nats)+len(r.olds) > 0 }

// harmless are first words of statements that do not stop packets.
func harmless(word string) bool { return quiet[word] }

var quiet = source.WordSet(`hostname domain-name enable passwd password names ftp pager logging mtu icmp asdm arp timeout
	dns dns-group user-identity http snmp-server crypto telnet ssh console threat-detection webvpn username tunnel-group group-policy
	class-map policy-map service-policy prompt call-home terminal banner boot clock ntp dhcpd dhcprelay monitor-interface failover
	management-access vpn vpn-sessiondb ssl router prefix-list route-map access-list-cached smtp-server privilege
	service fragment flow-export hpm xlate jumbo-frame license key certificate quit description exit end anyconnect-essentials
	ldap dynamic-access-policy-record no-proxy-arp policy-list tls-proxy match class inspect parameters set track sla mac-address
	duplex speed management-only vlan switchport port-object cluster lacp zone-member ip-client multicast-routing pim igmp arp-inspection
	virtual url-server filter url-cache url-block auth-prompt floodguard isakmp ipsec nameif compatible Cryptochecksum
	context admin-context allocate-interface config-url asp dp-tcp-proxy app-agent profile snort object-group-search
	community-list as-path regex media-termination wccp passive-interface network redistribute pre-shared-key ikev1 ikev2
	destination subscribe-to-alert-group contact-email-addr active default-group-policy server eq bridge-group shutdown
	security channel-group lldp nve segment-id client show write reload more copy scansafe cts coredump mount
	service-module hw-module crashinfo event auto-update dynamic-dns ddns group sunrpc-server nsf rest-api
	address-pools quota compression imap4s pop3s smtps port-channel power-supply pppoe l2tp dhcp-client ip-address ca
	trustpoint threat keypair fqdn subject-name enrollment crl revocation-check serial-number split-tunnel-policy
	vpn-tunnel-protocol attributes alert-interval cached aaa-server max-failed-attempts reactivation-mode timeout-server ldap-base-dn`)
