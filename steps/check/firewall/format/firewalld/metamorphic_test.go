package firewalld_test

import (
	"regexp"
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes zones in other ways that mean the same.
func TestMeaning(t *testing.T) {
	zones, host, edge, loaded := ft.Sample(t, "zones.txt"), ft.Sample(t, "host.txt"), ft.Sample(t, "edge.txt"), ft.Sample(t, "rules.nft")
	const (
		rich  = "\trule family=\"ipv4\" source address=\"103.13.69.0/24\" port port=\"25\" protocol=\"tcp\" accept\n"
		dst   = "\trule family=\"ipv4\" source address=\"103.13.69.0/24\" destination address=\"10.0.0.25\" port port=\"25\" protocol=\"tcp\" accept\n"
		other = "\trule family=\"ipv4\" source address=\"124.47.150.0/24\" service name=\"smtp\" accept\n"
	)
	ft.Meaning(t, "firewalld",
		ft.Alike("a network in two halves", zones, ft.Replace(dst, ""+
			"\trule family=\"ipv4\" source address=\"103.13.69.0/25\" destination address=\"10.0.0.25\" port port=\"25\" protocol=\"tcp\" accept\n"+
			"\trule family=\"ipv4\" source address=\"103.13.69.128/25\" destination address=\"10.0.0.25\" port port=\"25\" protocol=\"tcp\" accept\n")),
		ft.Alike("a policy renamed", zones, ft.All("inbound", "incoming")),
		ft.Alike("services in another order", zones, ft.Replace("services: dhcpv6-client mdns samba-client ssh", "services: ssh mdns samba-client dhcpv6-client")),
		ft.Alike("ports of one protocol apart", zones, ft.Replace("ports: 465/tcp 8000-8100/udp", "ports: 8000-8050/udp 465/tcp 8051-8100/udp")),
		ft.Alike("a refusal after a refusal of all", zones, ft.Replace("\trule priority=\"10\" service name=\"https\"", "\trule priority=\"9\" family=\"ipv4\" source address=\"203.0.113.66\" accept\n\trule priority=\"10\" service name=\"https\"")),
		ft.Alike("zones that nothing is bound to", zones, ft.Before("home\n", "spare\n  target: ACCEPT\n  icmp-block-inversion: no\n  interfaces: \n  sources: \n  services: \n  ports: \n  protocols: \n  forward: yes\n  masquerade: no\n  forward-ports: \n  source-ports: \n  icmp-blocks: \n  rich rules: \n\n")),
		ft.Alike("a network in two halves, host", host, ft.Replace(rich, ""+
			"\trule family=\"ipv4\" source address=\"103.13.69.0/25\" port port=\"25\" protocol=\"tcp\" accept\n"+
			"\trule family=\"ipv4\" source address=\"103.13.69.128/25\" port port=\"25\" protocol=\"tcp\" accept\n")),
		ft.Alike("a service written as its port, host", host, ft.Replace("service name=\"smtp\" accept", "port port=\"25\" protocol=\"tcp\" accept")),
		ft.Alike("rules exchanged, host", host, ft.Swap(rich, other)),
		ft.Alike("an interface renamed, host", host, ft.Replace("services: dhcpv6-client ssh", "services: ssh dhcpv6-client")),
		ft.Alike("zones exchanged, edge", edge, func(t testing.TB, text string) string {
			const mark = "internal (active)\n"
			at, head := strings.Index(text, mark), len("external\n")
			return text[:head] + text[at:] + "\n" + text[head:at]
		}),
		ft.Alike("a network in two halves, loaded", loaded, ft.Replace("\t\tip daddr 10.0.0.25 ip saddr 103.13.69.0/24 tcp dport 25 accept\n", "\t\tip daddr 10.0.0.25 ip saddr 103.13.69.0/25 tcp dport 25 accept\n\t\tip daddr 10.0.0.25 ip saddr 103.13.69.128/25 tcp dport 25 accept\n")),
		ft.Alike("a set renamed, loaded", loaded, ft.Both(ft.Replace("set mimecast", "set filters"), ft.All("@mimecast", "@filters"))),
	)
}

// TestEachRule takes out each rule that decides, and makes each that lets pass
// refuse.
func TestEachRule(t *testing.T) {
	zones, host, loaded := ft.Sample(t, "zones.txt"), ft.Sample(t, "host.txt"), ft.Sample(t, "rules.nft")
	plain := regexp.MustCompile(`^  (services|ports|protocols|source-ports): .`)
	off := func(text string, line int) string {
		switch l := strings.Split(text, "\n")[line-1]; {
		case strings.HasPrefix(l, "\trule "):
			return ft.Blank("")(text, line)
		case plain.MatchString(l):
			return ft.OnLine(text, line, func(l string) string { return l[:strings.Index(l, ":")+2] })
		}
		return ""
	}
	ft.Blame(t, "firewalld", zones, 10, off)
	ft.Refused(t, "firewalld", zones, 2, ft.OnlyIf(" accept", ft.Words(" accept", " drop")))
	ft.Blame(t, "firewalld", host, 3, off)
	ft.Refused(t, "firewalld", host, 2, ft.OnlyIf(" accept", ft.Words(" accept", " drop")))
	ft.Blame(t, "firewalld", loaded, 5, ft.OnlyIf("tcp dport", ft.Blank("")))
}
