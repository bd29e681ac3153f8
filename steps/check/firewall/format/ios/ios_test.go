package ios_test

import (
	"fmt"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// ask asks a configuration about packets, as formattest.AskShort has them.
func ask(t *testing.T, rules string, packets [][2]string) {
	t.Helper()
	ft.AskShort(t, "ios", rules, "", packets)
}

func TestEdge(t *testing.T) {
	rules := ft.Sample(t, "edge.cfg")
	at := func(word, text string) string { return fmt.Sprintf("%s %d", word, ft.LineOf(t, rules, text, 1)) }
	const in, out = "GigabitEthernet0/0>GigabitEthernet0/1", "GigabitEthernet0/1>GigabitEthernet0/0"
	last := at("deny", "deny   ip any any log")
	ask(t, rules, [][2]string{
		{"in " + in + " 103.13.69.9 203.0.113.25 tcp 25", at("permit", "GATEWAY host")},
		{"in " + in + " 124.47.150.255 203.0.113.25 tcp 25", at("permit", "GATEWAY host")},
		{"in " + in + " 124.47.151.0 203.0.113.25 tcp 25", last},
		{"in " + in + " 103.13.69.9 10.0.0.25 tcp 25", last}, // the list sees what arrives
		{"in " + in + " 198.51.100.9 203.0.113.26 tcp 2525", at("permit", "0.0.2.255")},
		{"in " + in + " 198.51.102.9 203.0.113.26 tcp 2525", at("permit", "0.0.2.255")}, // ones apart
		{"in " + in + " 198.51.101.9 203.0.113.26 tcp 2525", last},
		{"in " + in + " 198.51.100.7 203.0.113.25 tcp 25", "unknown LAB"},
		{"in " + in + " 8.8.8.8 203.0.113.80 tcp 80", at("permit", "eq www 443")},
		{"in " + in + " 8.8.8.8 203.0.113.80 tcp 443", at("permit", "eq www 443")},
		{"in " + in + " 8.8.8.8 203.0.113.80 tcp 444", last},
		{"in " + in + " 8.8.8.8 203.0.113.2 tcp 25", last},
		{"fwd " + out + " 10.0.0.9 8.8.8.8 tcp 25", at("permit", "203.0.113.2 any eq smtp")},
		{"fwd " + out + " 10.0.0.9 8.8.8.8 tcp 26", "deny 0"},
		{"fwd " + out + " 10.0.0.80 8.8.8.8 tcp 26", at("permit", "host 203.0.113.80 any")},
		{"fwd " + out + " 10.0.1.9 8.8.8.8 tcp 25", at("deny", "101 deny")},
		{"fwd GigabitEthernet0/2>GigabitEthernet0/1 2001:db8::9 2001:db8:1::25 tcp 25", at("permit", "2001:db8:1::25 eq 25")},
		{"fwd GigabitEthernet0/2>GigabitEthernet0/1 2001:db8:2::9 2001:db8:1::26 tcp 25", at("deny", "deny tcp any any eq 25")},
		{"fwd GigabitEthernet0/2>GigabitEthernet0/1 2001:db8:2::9 2001:db8:1::26 tcp 80", at("permit", "2001:db8:2::/64")},
		{"fwd GigabitEthernet0/2>GigabitEthernet0/1 2001:db8:3::9 2001:db8:1::26 icmpv6 135", "permit 0"},
		{"fwd GigabitEthernet0/2>GigabitEthernet0/1 10.9.0.9 10.0.0.25 tcp 25", "permit 0"}, // no list for IPv4
	})
}

func TestLists(t *testing.T) {
	rules := ft.Sample(t, "lists.txt")
	ft.AskShort(t, "ios", rules, "MAIL", [][2]string{
		{"- - 124.47.150.7 10.0.0.25 tcp 25", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "20 permit tcp 124", 1))},
		{"- - 8.8.8.8 10.0.0.25 tcp 25", fmt.Sprintf("deny %d", ft.LineOf(t, rules, "30 deny tcp", 1))},
		{"- - - - tcp 26", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "40 permit", 1))},
	})
	ft.AskShort(t, "ios", rules, "10", [][2]string{
		{"- - 10.0.0.7 10.0.0.25 tcp 25", "permit 3"}, {"- - 10.7.7.7 10.0.0.25 tcp 25", "permit 4"}, {"- - 10.7.7.8 10.0.0.25 tcp 25", "deny 5"},
	})
	ft.AskShort(t, "ios", rules, "SIX", [][2]string{{"- - 2001:db8::1 2001:db8::2 tcp 25", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "sequence 10", 1))}})
	ask(t, rules, [][2]string{{"fwd a>b 8.8.8.8 10.0.0.25 tcp 25", "unknown which interfaces"}})
}

const twoSides = `hostname r
interface e0
 ip address 203.0.113.2 255.255.255.0
 ip access-group in in
interface e1
 ip address 10.0.0.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 203.0.113.1
`

func TestEntries(t *testing.T) {
	const ext = "ip access-list extended in\n "
	probe := "fwd e0>e1 8.8.8.8 10.0.0.25 tcp 25"
	for _, c := range []struct{ name, rules, probe, want string }{
		{"undefined", "", probe, "permit 0"},
		{"empty", ext, probe, "permit 0"},
		{"implicit deny", ext + "permit udp any any", probe, "deny 0"},
		{"order of numbers", ext + "20 permit ip any any\n 10 deny tcp any any eq smtp", probe, "deny 10"},
		{"resequenced", ext + "20 permit ip any any\nip access-list resequence in 1000 10\nip access-list extended in\n 20 deny tcp any any eq 25", probe, "deny 12"},
		{"taken out", ext + "10 deny tcp any any eq 25\n 20 permit ip any any\n no 10", probe, "permit 10"},
		{"standard", "ip access-list standard in\n deny host 8.8.8.8\n permit any", probe, "deny 9"},
		{"standard host alone", "ip access-list standard in\n deny 8.8.8.8\n permit any", probe, "deny 9"},
		{"flag syn", ext + "deny tcp any any syn\n permit ip any any", probe, "deny 9"},
		{"flags that others have", ext + "deny tcp any any match-all +syn +ack\n permit ip any any", probe, "permit 10"},
		{"flags any", ext + "deny tcp any any match-any +fin +syn\n permit ip any any", probe, "deny 9"},
		{"established is no first packet", ext + "permit tcp any any established", probe, "deny 0"},
		{"fragments", ext + "deny ip any any fragments\n permit ip any any", probe, "permit 10"},
		{"neq", ext + "permit tcp any any neq 25", probe, "deny 0"},
		{"two ports", ext + "permit tcp any any eq 24 25 26", probe, "permit 9"},
		{"source ports", ext + "permit tcp any eq 20 25 any", "fwd e0>e1 8.8.8.8 10.0.0.25 tcp 9 25", "permit 9"},
		{"too many wildcards", ext + "permit tcp 1.1.1.1 170.170.170.170 any", probe, "unknown wildcard"},
		{"dscp", ext + "permit tcp any any dscp ef", probe, "unknown dscp"},
		{"unreadable", ext + "permit tcp any eq blurb any\n permit ip any any", probe, "unknown line 9"},
		{"service group", "object-group service S\n tcp eq 25\n tcp range 80 90\n" + ext + "permit object-group S any any", probe, "permit 12"},
		{"port group", "object-group ip port S\n  eq 25\n" + ext + "permit tcp any any portgroup S", probe, "permit 11"},
		{"unknown group", ext + "permit tcp object-group G any", probe, "unknown object-group G"},
		{"log word", ext + "permit tcp any any eq 25 log audit", probe, "permit 9"},
		{"numbered extended", "ip access-list extended in\n permit tcp any host 10.0.0.25 eq 25", probe, "permit 9"},
		{"own address", ext + "permit ip any any", "in e0> 8.8.8.8 203.0.113.2 tcp 25", "deny 0"},
		{"nat outside", "ip nat outside source static 8.8.8.8 10.1.1.1\n" + ext + "permit ip any any", probe, "permit 10"},
	} {
		t.Run(c.name, func(t *testing.T) { ask(t, twoSides+c.rules+"\n", [][2]string{{c.probe, c.want}}) })
	}
}

const zoned = `hostname z
zone security in
zone security out
class-map type inspect match-any MAIL
 match protocol smtp
class-map type inspect match-all FROM
 match access-group name SENDERS
 match protocol smtp
class-map type inspect match-any ALL
 match protocol tcp
 match protocol udp
policy-map type inspect INBOUND
 class type inspect FROM
  inspect
 class class-default
  drop log
policy-map type inspect OUTBOUND
 class type inspect ALL
  inspect
 class class-default
  drop
zone-pair security a source out destination in
 service-policy type inspect INBOUND
zone-pair security b source in destination out
 service-policy type inspect OUTBOUND
interface e0
 ip address 203.0.113.2 255.255.255.0
 zone-member security out
interface e1
 ip address 10.0.0.1 255.255.255.0
 zone-member security in
interface e2
 ip address 10.9.0.1 255.255.255.0
ip access-list extended SENDERS
 deny ip host 103.13.69.66 any
 permit ip 103.13.69.0 0.0.0.255 host 10.0.0.25
ip route 0.0.0.0 0.0.0.0 203.0.113.1
`

func TestZones(t *testing.T) {
	ask(t, zoned, [][2]string{
		{"fwd e0>e1 103.13.69.1 10.0.0.25 tcp 25", fmt.Sprintf("permit %d", ft.LineOf(t, zoned, "  inspect", 1))},
		{"fwd e0>e1 103.13.69.1 10.0.0.25 tcp 26", fmt.Sprintf("deny %d", ft.LineOf(t, zoned, "  drop log", 1))},
		{"fwd e0>e1 103.13.69.66 10.0.0.25 tcp 25", fmt.Sprintf("deny %d", ft.LineOf(t, zoned, "  drop log", 1))},
		{"fwd e0>e1 103.13.70.1 10.0.0.25 tcp 25", fmt.Sprintf("deny %d", ft.LineOf(t, zoned, "  drop log", 1))},
		{"fwd out>in 103.13.69.1 10.0.0.25 tcp 25", fmt.Sprintf("permit %d", ft.LineOf(t, zoned, "  inspect", 1))},
		{"fwd e1>e0 10.0.0.25 8.8.8.8 tcp 25", "permit 19"},
		{"fwd e1>e2 10.0.0.25 10.9.0.8 tcp 25", "deny 0"},
	})
}
