package vyos_test

import (
	"regexp"
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes configurations in other ways that mean the same.
func TestMeaning(t *testing.T) {
	base, zones, boot := ft.Sample(t, "base-chains.txt"), ft.Sample(t, "legacy-zones.txt"), ft.Sample(t, "edgeos.boot")
	const wan = "set interfaces ethernet eth0 address"
	ft.Meaning(t, id,
		ft.Alike("a group renamed", base, ft.All("MIMECAST", "GATEWAY")),
		ft.Alike("a ruleset renamed", base, ft.All("WAN-LAN", "FROM-INTERNET")),
		ft.Alike("a network in two halves", base, ft.Replace("network '124.47.150.0/24'\n", "network '124.47.150.0/25'\nset firewall group network-group MIMECAST network '124.47.150.128/25'\n")),
		ft.Alike("a group written out in rules", base, ft.Both(ft.All("WAN-LAN rule 5 ", "WAN-LAN rule 4 "), ft.Replace("set firewall ipv4 name WAN-LAN rule 4 source group network-group 'MIMECAST'\n", ""+
			"set firewall ipv4 name WAN-LAN rule 4 source address '103.13.69.0/24'\n"+
			"set firewall ipv4 name WAN-LAN rule 6 action 'accept'\n"+
			"set firewall ipv4 name WAN-LAN rule 6 destination address '10.0.0.25'\n"+
			"set firewall ipv4 name WAN-LAN rule 6 destination port '25'\n"+
			"set firewall ipv4 name WAN-LAN rule 6 protocol 'tcp'\n"+
			"set firewall ipv4 name WAN-LAN rule 6 source address '124.47.150.0/24'\n"))),
		ft.Alike("a group of groups", base, ft.Replace("set firewall group network-group MIMECAST network '124.47.150.0/24'\n", "set firewall group network-group MORE network '124.47.150.0/24'\nset firewall group network-group MIMECAST include 'MORE'\n")),
		ft.Alike("a rule numbered otherwise, in the same order", base, ft.All("WAN-LAN rule 5 ", "WAN-LAN rule 17 ")),
		ft.Alike("blank lines", base, ft.Lines("action", func(l string) string { return "\n" + l })),
		ft.Alike("rules after a final one", ft.Before(wan, "set firewall ipv4 name WAN-LAN rule 900 action 'drop'\n")(t, base),
			ft.Before(wan, "set firewall ipv4 name WAN-LAN rule 910 action 'accept'\n")),
		ft.Alike("a disabled rule", base, ft.Before(wan, ""+
			"set firewall ipv4 name WAN-LAN rule 1 action 'accept'\nset firewall ipv4 name WAN-LAN rule 1 disable\n")),
		ft.Alike("neighbours that do not meet exchanged", base, ft.Both(ft.All("forward filter rule 20 ", "forward filter rule 5 "))),
		ft.Alike("lines in another order", zones, ft.Swap("set firewall name WAN-LAN rule 10 protocol 'tcp'\n", "set nat destination rule 10 protocol 'tcp'\n")),
		ft.Alike("a network in two halves, zones", zones, ft.Replace("network '124.47.150.0/24'\n", "network '124.47.150.0/25'\nset firewall group network-group MIMECAST network '124.47.150.128/25'\n")),
		ft.Alike("a disabled rule, braces", boot, ft.Before("        rule 20 {\n", "        rule 5 {\n            action accept\n            disable\n        }\n")),
		ft.Alike("comments, braces", boot, ft.Before("        rule 20 {\n", "        /* mail */\n\n")),
		ft.Alike("a network in two halves, braces", boot, ft.Replace("            network 124.47.150.0/24\n", "            network 124.47.150.0/25\n            network 124.47.150.128/25\n")),
	)
}

// TestEachRule disables and turns each rule that decides.
func TestEachRule(t *testing.T) {
	path := regexp.MustCompile(`^set .* rule \d+ `)
	off := func(text string, line int) string {
		p := path.FindString(strings.Split(text, "\n")[line-1])
		if p == "" {
			return ""
		}
		return text + p + "disable\n"
	}
	for name, least := range map[string]int{"base-chains.txt": 3, "legacy-zones.txt": 1} {
		ft.Blame(t, id, ft.Sample(t, name), least, off)
		ft.Turned(t, id, ft.Sample(t, name), least, ft.OnlyIf(" rule ", ft.Words("action 'accept'", "action 'drop'")))
	}
	boot := ft.Sample(t, "edgeos.boot")
	ft.Blame(t, id, boot, 1, ft.OnlyIf(" rule ", func(text string, line int) string {
		return ft.OnLine(text, line, func(l string) string { return l + "\n            disable" })
	}))
	ft.Turned(t, id, boot, 1, ft.OnlyIf(" rule ", ft.Next("action accept", "action drop")))
}
