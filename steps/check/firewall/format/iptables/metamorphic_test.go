package iptables_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

const edge = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 203.0.113.2/32 -i eth0 -p tcp -m tcp --dport 25 -j DNAT --to-destination 10.0.0.25
-A PREROUTING -d 203.0.113.3/32 -i eth0 -p tcp -m tcp --dport 2525 -j DNAT --to-destination 10.0.0.25:25
-A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:mail - [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -s 198.51.100.0/24 -i eth0 -j DROP
-A FORWARD -d 10.0.0.25/32 -i eth0 -p tcp -m tcp --dport 25 -j mail
-A FORWARD -d 10.0.0.80/32 -i eth0 -p tcp -m multiport --dports 80,443 -j ACCEPT
-A FORWARD -s 10.0.0.0/24 -i eth1 -o eth0 -j ACCEPT
-A FORWARD -j DROP
-A OUTPUT -p tcp -m tcp --dport 25 ! -d 10.0.0.25/32 -j REJECT --reject-with tcp-reset
-A mail -s 103.13.69.0/24 -j ACCEPT
-A mail -s 124.47.150.0/24 -m comment --comment "mail filter" -j ACCEPT
-A mail -j LOG --log-prefix "other mail: "
-A mail -j DROP
COMMIT
`

// TestMeaning writes a dump in other ways that mean the same.
func TestMeaning(t *testing.T) {
	const (
		end  = "-A FORWARD -j DROP\n"
		jump = "-A FORWARD -d 10.0.0.25/32 -i eth0 -p tcp -m tcp --dport 25 -j mail\n"
		web  = "-A FORWARD -d 10.0.0.80/32 -i eth0 -p tcp -m multiport --dports 80,443 -j ACCEPT\n"
	)
	ft.Meaning(t, "iptables",
		ft.Alike("a chain renamed", edge, ft.Both(ft.All(":mail ", ":from_internet "), ft.All("-A mail ", "-A from_internet "), ft.All("-j mail\n", "-j from_internet\n"))),
		ft.Alike("a network in two halves", edge, ft.Replace("-A mail -s 103.13.69.0/24 -j ACCEPT\n", "-A mail -s 103.13.69.0/25 -j ACCEPT\n-A mail -s 103.13.69.128/25 -j ACCEPT\n")),
		ft.Alike("a network as a range", edge, ft.Replace("-s 103.13.69.0/24 -j ACCEPT", "-m iprange --src-range 103.13.69.0-103.13.69.255 -j ACCEPT")),
		ft.Alike("a network with its mask", edge, ft.Replace("-s 103.13.69.0/24 -j ACCEPT", "-s 103.13.69.0/255.255.255.0 -j ACCEPT")),
		ft.Alike("a chain written out", edge, ft.Both(ft.Replace(jump, ""+
			"-A FORWARD -s 103.13.69.0/24 -d 10.0.0.25/32 -i eth0 -p tcp -m tcp --dport 25 -j ACCEPT\n"+
			"-A FORWARD -s 124.47.150.0/24 -d 10.0.0.25/32 -i eth0 -p tcp -m tcp --dport 25 -j ACCEPT\n"+
			"-A FORWARD -d 10.0.0.25/32 -i eth0 -p tcp -m tcp --dport 25 -j DROP\n"),
			ft.Lines("-A mail", func(string) string { return "" }))),
		ft.Alike("ports in two rules", edge, ft.Replace(web, "-A FORWARD -d 10.0.0.80/32 -i eth0 -p tcp -m tcp --dport 80 -j ACCEPT\n-A FORWARD -d 10.0.0.80/32 -i eth0 -p tcp -m tcp --dport 443 -j ACCEPT\n")),
		ft.Alike("a negation as a rule before", edge, ft.Replace("-A OUTPUT -p tcp -m tcp --dport 25 ! -d 10.0.0.25/32", "-A OUTPUT -d 10.0.0.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n-A OUTPUT -p tcp -m tcp --dport 25")),
		ft.Alike("comments and blank lines", edge, ft.Lines("-A FORWARD", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("counters", edge, ft.Lines("-A FORWARD", func(l string) string { return "[12:3456] " + l })),
		ft.Alike("rules after a final one", edge, ft.After(end, "-A FORWARD -p tcp -m tcp --dport 25 -j ACCEPT\n-A FORWARD -j ACCEPT\n")),
		ft.Alike("neighbours that do not meet exchanged", edge, ft.Swap(jump, web)),
		ft.Alike("the order of options", edge, ft.Replace(web, "-A FORWARD -i eth0 -p tcp -d 10.0.0.80/32 -m multiport --dports 443,80 -j ACCEPT\n")),
		ft.Alike("a chain that nothing calls", edge, ft.Before("-A INPUT -i lo", "-N unused\n-A unused -j ACCEPT\n")),
		ft.Alike("tables exchanged", edge, func(_ testing.TB, text string) string {
			nat, filter, _ := strings.Cut(text, "*filter\n")
			return "*filter\n" + filter + nat
		}),
	)
}

// TestEachRule takes out and turns each rule that decides.
func TestEachRule(t *testing.T) {
	ft.Blame(t, "iptables", edge, 8, ft.OnlyIf("-A ", ft.Blank("")))
	ft.Turned(t, "iptables", edge, 8, ft.Words("-j ACCEPT", "-j DROP"))
}
