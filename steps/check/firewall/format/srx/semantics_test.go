package srx_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// in is a packet to the mail server's public address.
func in(src string, port int) firewall.Probe {
	return firewall.Probe{Dir: "in", InIf: "ge-0/0/0.0", OutIf: "ge-0/0/1.0", Src: src, Dst: "203.0.113.5", Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(port)}
}

func fwd(from, to, src, dst string, port int) firewall.Probe {
	return firewall.Probe{Dir: "fwd", InIf: from, OutIf: to, Src: src, Dst: dst, Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(port)}
}

// asked is a probe with what should become of it; line 0 is not looked at.
type asked struct {
	name string
	p    firewall.Probe
	want string
	line int
	why  string
}

func run(t *testing.T, text string, cases []asked) {
	t.Helper()
	for _, c := range cases {
		v := judge(t, text, c.p)
		if v.Verdict != c.want || c.line > 0 && v.Line != c.line || !strings.Contains(v.Why, c.why) {
			t.Errorf("%s: %+v, want %s at line %d because %q", c.name, v, c.want, c.line, c.why)
		}
	}
}

func mailCases() []asked {
	return []asked{
		{"first of a set, translated", in("103.13.69.0", 25), "permit", 24, ""},
		{"set in a set, a range", in("124.47.150.255", 25), "permit", 24, ""},
		{"one beyond", in("103.13.70.0", 25), "deny", 0, ""},
		{"policies see the inside address", fwd("untrust", "dmz", "103.13.69.1", "10.0.0.25", 25), "permit", 24, ""},
		{"to the firewall itself", in("103.13.69.1", 587), "deny", 43, ""},
		{"other port of the server", fwd("untrust", "dmz", "103.13.69.1", "10.0.0.25", 587), "deny", 0, ""},
		{"outgoing", fwd("dmz", "untrust", "10.0.0.25", "103.13.69.1", 25), "permit", 33, ""},
		{"within a zone", fwd("trust", "trust", "10.1.0.1", "10.1.0.2", 25), "deny", 0, "policy"},
		{"global", fwd("trust", "dmz", "10.1.0.1", "10.0.0.25", 23), "deny", 37, ""},
		{"no zone", fwd("ge-0/0/3.0", "dmz", "103.13.69.1", "10.0.0.25", 25), "deny", 0, ""},
	}
}

func TestMail(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	run(t, text, mailCases())
	run(t, "user@srx> show configuration | display set | no-more\r\n"+strings.ReplaceAll(text, "\n", "\r\n"), []asked{{"CRLF and prompt", in("103.13.69.0", 25), "permit", 25, ""}})
	pair := in("103.13.69.0", 25)
	pair.Dir, pair.InIf, pair.OutIf, pair.ACL, pair.Dst = "", "", "", "untrust to dmz", "10.0.0.25"
	run(t, text, []asked{{"the list of a pair of zones", pair, "permit", 24, ""}})
}

// braces writes a tree of words in braces, one word a level.
func braces(n *wordtree.Node, b *strings.Builder) {
	for _, k := range n.Kids {
		name := k.Name
		if strings.ContainsAny(name, " $") {
			name = `"` + name + `"`
		}
		if k.Off {
			b.WriteString("inactive: ")
		}
		if len(k.Kids) == 0 {
			b.WriteString(name + ";\n")
			continue
		}
		b.WriteString(name + " {\n")
		braces(k, b)
		b.WriteString("}\n")
	}
}

// TestBraces asks the same of the configuration in braces.
func TestBraces(t *testing.T) {
	var b strings.Builder
	braces(wordtree.Parse(source.Lines(ft.Sample(t, "mail.set"))).Root, &b)
	cases := mailCases()
	for i := range cases {
		cases[i].line = 0
	}
	run(t, "/* a remark\n over two lines */\n"+b.String(), cases)
}

func TestEdits(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	gateway := in("103.13.69.9", 25)
	const p = "security policies from-zone untrust to-zone dmz policy gateway-in "
	for name, c := range map[string]struct{ add, want, why string }{
		"activated":           {"activate security policies from-zone untrust to-zone dmz policy old\ndelete " + p, "permit", ""},
		"deactivated":         {"deactivate " + p, "deny", ""},
		"deleted":             {"delete " + p, "deny", ""},
		"deny inserted":       {"activate security policies from-zone untrust to-zone dmz policy old\ndelete security policies from-zone untrust to-zone dmz policy old then permit\nset security policies from-zone untrust to-zone dmz policy old then deny\ninsert security policies from-zone untrust to-zone dmz policy old before policy gateway-in", "deny", ""},
		"excluded":            {"set " + p + "match source-address-excluded", "deny", ""},
		"dynamic application": {"set " + p + "match dynamic-application junos:SMTP", "unknown", "application identification"},
		"user":                {"set " + p + "match source-identity acme", "unknown", "the user"},
		"schedule":            {"set " + p + "scheduler-name nights", "unknown", "schedule nights"},
		"host name":           {"set security address-book global address-set gateways address partner\ndelete security address-book global address-set gateways address gateway-1", "unknown", "mail.partner.example"},
		"set in itself":       {"delete security address-book global address-set gateways\nset security address-book global address-set gateways address-set gateways", "unknown", "contains itself"},
		"undefined":           {"delete security address-book global address gateway-1", "unknown", "gateway-1, which is not in the file"},
		"book of the zone":    {"set security zones security-zone untrust address-book address gateways 192.0.2.0/24", "deny", ""},
		"unknown application": {"delete " + p + "match application\nset " + p + "match application junos-wormhole", "unknown", "junos-wormhole"},
		"own application":     {"delete " + p + "match application\nset " + p + "match application mail\nset applications application mail term a protocol tcp source-port 1024-65535 destination-port 25\nset applications application mail term b protocol udp destination-port 53", "permit", ""},
		"source port":         {"delete " + p + "match application\nset " + p + "match application mail\nset applications application mail term a protocol tcp source-port 1-1023 destination-port 25", "deny", ""},
		"application set":     {"delete " + p + "match application\nset " + p + "match application all-mail\nset applications application-set all-mail application junos-smtp", "permit", ""},
		"tunnel":              {"set " + p + "then permit tunnel ipsec-vpn x", "unknown", "tunnel"},
		"inspection":          {"set " + p + "then permit application-services idp", "permit", ""},
		"default permits":     {"delete " + p + "\nset security policies default-policy permit-all", "permit", ""},
		"stray":               {"   exchange 10.0", "unknown", "could not be read"},
		"packet mode":         {"set security forwarding-options family mpls mode packet-based", "unknown", "packet mode"},
		"NAT off":             {"set security nat destination rule-set in rule mail then destination-nat off", "deny", ""},
		"NAT deactivated":     {"deactivate security nat destination rule-set in", "deny", ""},
		"static first":        {"set security nat static rule-set s from interface ge-0/0/0.0\nset security nat static rule-set s rule r match destination-address 203.0.113.5/32\nset security nat static rule-set s rule r then static-nat prefix 10.0.0.99/32", "deny", ""},
		"group":               {"delete " + p + "\nset groups g security policies from-zone untrust to-zone dmz policy from-group match source-address any\nset groups g security policies from-zone untrust to-zone dmz policy from-group match destination-address any\nset groups g security policies from-zone untrust to-zone dmz policy from-group match application any\nset groups g security policies from-zone untrust to-zone dmz policy from-group then permit\nset apply-groups g", "unknown", "group g brings"},
		"group of logs":       {"set groups g security policies from-zone <*> to-zone <*> policy <*> then log session-init\nset apply-groups g", "permit", ""},
		"group not applied":   {"set groups g security policies from-zone untrust to-zone dmz policy first then deny", "permit", ""},
		"filter":              {"set firewall family inet filter edge term a from source-address 103.13.69.0/25\nset firewall family inet filter edge term a then discard\nset firewall family inet filter edge term b then accept\nset interfaces ge-0/0/0 unit 0 family inet filter input edge", "deny", ""},
		"filter of others":    {"set firewall family inet filter edge term a from source-address 103.13.69.128/25\nset firewall family inet filter edge term a then discard\nset firewall family inet filter edge term b then count all\nset interfaces ge-0/0/0 unit 0 family inet filter input edge", "permit", ""},
		"filter, output":      {"set firewall family inet filter edge term a from destination-port 25\nset firewall family inet filter edge term a then reject\nset firewall family inet filter edge term b then accept\nset interfaces ge-0/0/1 unit 0 family inet filter output edge", "deny", ""},
		"filter, end":         {"set firewall family inet filter edge term a from protocol udp\nset firewall family inet filter edge term a then accept\nset interfaces ge-0/0/0 unit 0 family inet filter input edge", "deny", ""},
		"filter missing":      {"set interfaces ge-0/0/0 unit 0 family inet filter input edge", "unknown", "filter edge, which is not in the file"},
		"policer":             {"set firewall family inet filter edge term a then policer p\nset firewall policer p then discard\nset interfaces ge-0/0/0 unit 0 family inet filter input edge", "unknown", "policer p"},
		"marking policer":     {"set firewall family inet filter edge term a then policer p\nset firewall policer p then loss-priority high\nset interfaces ge-0/0/0 unit 0 family inet filter input edge", "permit", ""},
		"ttl":                 {"set firewall family inet filter edge term a from ttl 1\nset firewall family inet filter edge term a then discard\nset firewall family inet filter edge term b then accept\nset interfaces ge-0/0/0 unit 0 family inet filter input edge", "unknown", "ttl"},
	} {
		run(t, text+c.add+"\n", []asked{{name, gateway, c.want, 0, c.why}})
	}
}

// TestFilterTerms asks one filter alone.
func TestFilterTerms(t *testing.T) {
	text := `set policy-options prefix-list inside 10.0.0.0/8
set policy-options prefix-list server 10.0.0.25/32
set firewall family inet filter f term nets from source-address 192.0.2.0/24
set firewall family inet filter f term nets from source-address 192.0.2.64/26 except
set firewall family inet filter f term nets from protocol tcp
set firewall family inet filter f term nets from destination-port [ smtp 587-600 ]
set firewall family inet filter f term nets then accept
set firewall family inet filter f term lists from source-prefix-list inside
set firewall family inet filter f term lists from source-prefix-list server except
set firewall family inet filter f term lists then accept
set firewall family inet filter f term new from protocol tcp
set firewall family inet filter f term new from tcp-initial
set firewall family inet filter f term new from port 8080
set firewall family inet filter f term new then accept
set firewall family inet filter f term old from tcp-established
set firewall family inet filter f term old then accept
`
	ask := func(src string, sport, dport int) firewall.Probe {
		return firewall.Probe{ACL: "filter f", Src: src, Dst: "203.0.113.9", Proto: "tcp", SPort: ft.Port(sport), DPort: ft.Port(dport)}
	}
	run(t, text, []asked{
		{"network and named port", ask("192.0.2.1", 40000, 25), "permit", 3, ""},
		{"range of ports", ask("192.0.2.1", 40000, 600), "permit", 3, ""},
		{"other port", ask("192.0.2.1", 40000, 601), "deny", 0, ""},
		{"exception", ask("192.0.2.70", 40000, 25), "deny", 0, ""},
		{"prefix list", ask("10.0.0.24", 40000, 25), "permit", 8, ""},
		{"prefix list, exception", ask("10.0.0.25", 40000, 25), "deny", 0, ""},
		{"port either way", ask("9.9.9.9", 8080, 1000), "permit", 11, ""},
	})
}
