package asa_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// ask asks a configuration about packets, as formattest.AskShort has them.
func ask(t *testing.T, rules string, packets [][2]string) {
	t.Helper()
	ft.AskShort(t, "asa", rules, "", packets)
}

func TestOffice(t *testing.T) {
	rules := ft.Sample(t, "office.cfg")
	mail := fmt.Sprintf("permit %d", ft.LineOf(t, rules, "mail-ports log", 1))
	last := fmt.Sprintf("deny %d", ft.LineOf(t, rules, "deny ip any any", 1))
	ask(t, rules, [][2]string{
		{"in outside> 103.13.69.9 203.0.113.25 tcp 25", mail}, // object NAT, nested group, name
		{"in outside> 124.47.150.255 203.0.113.25 tcp 25", mail},
		{"in outside> 124.47.150.255 203.0.113.25 tcp 588", mail},
		{"in outside> 124.47.150.255 203.0.113.25 tcp 589", last},
		{"in outside> 124.47.151.0 203.0.113.25 tcp 25", last},
		{"in outside> 103.13.69.9 203.0.113.26 tcp 2525", mail}, // twice NAT with another port
		{"in outside> 103.13.69.9 203.0.113.26 tcp 25", last},   // not translated
		{"in outside> 103.13.69.9 203.0.113.2 tcp 2526", mail},  // the interface's own address
		{"in outside> 103.13.69.9 203.0.113.2 tcp 25", "deny 0"},
		{"in outside> 103.13.69.9 203.0.113.2 tcp 22", "unknown own address"},
		{"in outside> 198.51.100.9 203.0.113.25 tcp 25", last}, // inactive
		{"in outside> 198.51.100.7 203.0.113.25 tcp 25", "unknown summer"},
		{"in outside> 198.51.100.8 203.0.113.25 tcp 25", "unknown nights"},
		{"fwd outside> 103.13.69.9 10.0.0.25 tcp 389", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "object-group directory object", 1))},
		{"fwd outside> 124.47.150.9 10.0.0.25 tcp 389", last},
		{"in outside> 8.8.8.8 203.0.113.27 tcp 443", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "object web eq https", 1))},
		{"fwd outside> 8.8.8.8 10.0.0.25 udp 25", last},
		{"fwd inside>outside 10.0.0.25 103.13.69.9 tcp 25", "permit 0"},
		{"fwd inside> 10.0.0.25 103.13.69.9 tcp 25", "permit 0"},
		{"fwd inside>inside 10.0.0.25 10.0.0.9 tcp 25", "deny 0"},
		{"fwd dmz>outside 10.9.0.80 103.13.69.9 tcp 25", fmt.Sprintf("deny %d", ft.LineOf(t, rules, "deny tcp object web", 1))},
		{"fwd dmz>inside 10.9.0.81 10.0.0.25 tcp 25", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "object-group both", 1))},
		{"fwd dmz>inside 10.9.0.81 10.0.0.25 icmp 8", "deny 0"},
		{"fwd outside>inside 2001:db8::1 2001:db8:1::25 tcp 25", last},
		{"fwd GigabitEthernet1/1>inside 103.13.69.9 10.0.0.25 tcp 25", mail},
		{"fwd nowhere>inside 103.13.69.9 10.0.0.25 tcp 25", "unknown which interface"},
	})
	ft.AskShort(t, "asa", rules, "dmz_in", [][2]string{{"- - 10.9.0.81 10.0.0.25 udp 53", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "object-group both", 1))}})
}

func TestBefore83(t *testing.T) {
	rules := ft.Sample(t, "old.cfg")
	mail := fmt.Sprintf("permit %d", ft.LineOf(t, rules, "permit tcp object-group GATEWAY", 1))
	ask(t, rules, [][2]string{
		{"in outside>inside 103.13.69.1 203.0.113.25 tcp 25", mail}, // the list names the public address
		{"in outside>inside 8.8.8.8 203.0.113.25 tcp 25", "deny 0"},
		{"in outside>inside 8.8.8.8 203.0.113.2 tcp 2525", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "host 203.0.113.2 eq 2525", 1))},
		{"in outside>inside 8.8.8.8 203.0.113.25 tcp 587", "deny 0"},                                                                       // the real address in the list does nothing
		{"fwd inside>outside 10.0.0.25 8.8.8.8 tcp 25", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "host 203.0.113.25 any eq smtp", 1))}, // as it leaves
		{"fwd inside>outside 10.0.0.26 8.8.8.8 tcp 25", "unknown after translation"},
		{"fwd inside>outside 10.0.7.26 8.8.8.8 tcp 25", "deny 0"},
		{"fwd inside>outside 10.0.0.25 8.8.8.8 tcp 80", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "any any eq www", 1))},
	})
	now := strings.Replace(rules, "ASA Version 8.2(5)", "ASA Version 8.4(1)", 1)
	ask(t, now, [][2]string{
		{"in outside>inside 103.13.69.1 203.0.113.25 tcp 25", "deny 0"},
		{"in outside>inside 8.8.8.8 203.0.113.25 tcp 587", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "10.0.0.25 eq 587", 1))},
	})
	none := strings.Replace(rules, "ASA Version 8.2(5)", "!", 1) // the syntax tells
	ask(t, none, [][2]string{{"in outside>inside 103.13.69.1 203.0.113.25 tcp 25", mail}})
	both := none + "object network x\n host 10.0.0.99\n nat (inside,outside) static 203.0.113.99\n"
	ask(t, both, [][2]string{
		{"in outside>inside 103.13.69.1 203.0.113.25 tcp 25", "unknown the version"},
		{"in outside>inside 103.13.69.1 203.0.113.25 tcp 26", "deny 0"},
		{"in outside>inside 103.13.69.1 203.0.113.77 tcp 25", "deny 0"},
	})
	agreed := both + "access-list outside_access_in line 1 extended permit tcp host 198.51.100.1 host 203.0.113.25 eq 25\n" +
		"access-list outside_access_in line 1 extended permit tcp host 198.51.100.1 host 10.0.0.25 eq 25\n"
	var v firewall.Verdict
	var out bytes.Buffer
	if _, err := firewall.Eval([]byte(agreed), "", "", strings.NewReader(ft.Short("in outside>inside 198.51.100.1 203.0.113.25 tcp 25")), &out); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &v); err != nil || v.Verdict != "permit" {
		t.Errorf("both readings let it in: %+v, %v", v, err)
	}
}

func TestFTD(t *testing.T) {
	rules := ft.Sample(t, "ftd.txt")
	set, err := firewall.Read("", []byte(rules), "")
	if err != nil || set.Format != "asa" || set.Rules != 5 {
		t.Fatalf("%+v, %v", set, err)
	}
	ask(t, rules, [][2]string{
		{"fwd outside>inside 103.13.69.1 10.0.0.25 tcp 25", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "  access-list CSM_FW_ACL_ line 6", 1))},
		{"fwd outside>inside 124.47.150.1 10.0.0.25 tcp 25", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "  access-list CSM_FW_ACL_ line 6", 1)+1)},
		{"fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", fmt.Sprintf("deny %d", ft.LineOf(t, rules, "advanced deny", 1))},
		{"fwd dmz>inside 103.13.69.1 10.0.0.25 tcp 25", fmt.Sprintf("deny %d", ft.LineOf(t, rules, "advanced deny", 1))},
		{"fwd outside>inside 8.8.8.8 10.0.0.80 tcp 443", "unknown Snort"},
		{"fwd inside>outside 10.0.0.25 8.8.8.8 tcp 25", fmt.Sprintf("permit %d", ft.LineOf(t, rules, "advanced trust", 1))},
	})
}

const twoSides = `ASA Version 9.8
interface e0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
interface e1
 nameif inside
 security-level 100
 ip address 10.0.0.1 255.255.255.0
access-group in in interface outside
route outside 0 0 203.0.113.1
`

func TestEntries(t *testing.T) {
	for _, c := range []struct{ name, rules, probe, want string }{
		{"neq", "access-list in permit tcp any any neq 25", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "deny 0"},
		{"neq other", "access-list in permit tcp any any neq 25", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 26", "permit 12"},
		{"lt", "access-list in permit tcp any any lt 25", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "deny 0"},
		{"gt", "access-list in permit tcp any any gt 24", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "permit 12"},
		{"range", "access-list in permit tcp any any range smtp 26", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 26", "permit 12"},
		{"source port", "access-list in permit tcp any eq 25 any", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25 40000", "deny 0"},
		{"source port met", "access-list in permit tcp any eq 25 any", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 40000 25", "permit 12"},
		{"any4", "access-list in permit ip any4 any4", "fwd outside>inside 2001:db8::1 2001:db8::2 tcp 25", "deny 0"},
		{"any6", "access-list in permit ip any6 any6", "fwd outside>inside 2001:db8::1 2001:db8::2 tcp 25", "permit 12"},
		{"any", "access-list in permit ip any any", "fwd outside>inside 2001:db8::1 2001:db8::2 tcp 25", "permit 12"},
		{"v6 net", "access-list in permit tcp 2001:db8::/64 any6 eq 25", "fwd outside>inside 2001:db8:0:1::1 2001:db8::2 tcp 25", "deny 0"},
		{"no list", "", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "unknown access-list in"},
		{"only remarks", "access-list in remark nothing", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "deny 0"},
		{"user", "access-list in permit tcp user LOCAL\\bob any any eq 25", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "unknown user"},
		{"security group", "access-list in permit tcp security-group name x any any eq 25", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "unknown security group"},
		{"unknown option", "access-list in permit tcp any any eq 25 hocus", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "unknown hocus"},
		{"unknown option elsewhere", "access-list in permit tcp any any eq 26 hocus", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "deny 0"},
		{"unknown group", "access-list in permit tcp object-group no any eq 25", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "unknown object or object-group no"},
		{"unreadable", "access-list in permit tcp 1.2.3 any eq 25\naccess-list in permit ip any any", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "unknown line 12"},
		{"kerberos", "access-list in permit tcp any any eq kerberos", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 88", "unknown kerberos"},
		{"kerberos apart", "access-list in permit tcp any any eq kerberos", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "deny 0"},
		{"interface word", "access-list in permit tcp any interface inside eq 25", "fwd outside>inside 8.8.8.8 10.0.0.1 tcp 25", "permit 12"},
		{"protocol number", "access-list in permit 6 any any", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "permit 12"},
		{"icmp type", "access-list in permit icmp any any echo", "fwd outside>inside 8.8.8.8 10.0.0.25 icmp 8", "permit 12"},
		{"icmp other", "access-list in permit icmp any any echo-reply", "fwd outside>inside 8.8.8.8 10.0.0.25 icmp 8", "deny 0"},
		{"mask with holes", "access-list in permit tcp 10.0.0.1 255.0.255.255 any eq 25", "fwd outside>inside 10.7.0.1 10.0.0.25 tcp 25", "permit 12"},
		{"global after interface", "access-list in deny tcp any any eq 26\naccess-list g permit ip any any\naccess-group g global", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "permit 13"},
		{"interface before global", "access-list in deny tcp any any eq 25\naccess-list g permit ip any any\naccess-group g global", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "deny 12"},
		{"global alone", "access-list g deny tcp any any eq 25\naccess-group g global", "fwd inside>outside 10.0.0.25 8.8.8.8 tcp 25", "deny 12"},
		{"outbound list", "access-list o deny tcp any any eq 25\naccess-group o out interface outside", "fwd inside>outside 10.0.0.25 8.8.8.8 tcp 25", "deny 12"},
		{"inserted", "access-list in permit ip any any\naccess-list in line 1 extended deny tcp any any eq 25", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "deny 13"},
		{"taken out", "access-list in deny tcp any any eq 25\naccess-list in permit ip any any\nno access-list in deny tcp any any eq 25", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "permit 13"},
		{"icmp for tcp", "access-list in permit icmp any any", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "deny 0"},
		{"group in itself", "object-group network a\n group-object b\nobject-group network b\n group-object a\naccess-list in permit tcp object-group a any", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "unknown contains itself"},
		{"fqdn", "object network m\n fqdn mail.example.com\naccess-list in permit tcp object m any", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "unknown mail.example.com"},
		{"control-plane", "access-list c deny tcp any any eq 22\naccess-group c in interface outside control-plane", "in outside> 8.8.8.8 203.0.113.2 tcp 22", "deny 12"},
		{"reverse path", "access-list in permit ip any any\nip verify reverse-path interface outside", "fwd outside>inside 10.0.0.9 10.0.0.25 tcp 25", "deny 13"},
		{"reverse path, others", "access-list in permit ip any any\nip verify reverse-path interface outside", "fwd outside>inside 9.9.9.9 10.0.0.25 tcp 25", "permit 12"},
		{"service group", "object-group service s\n service-object tcp-udp destination eq 25\naccess-list in permit object-group s any any", "fwd outside>inside 8.8.8.8 10.0.0.25 udp 25", "permit 14"},
		{"service object", "object service s\n service tcp source gt 1023 destination eq 25\naccess-list in permit object s any any", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25 500", "deny 0"},
		{"prompted", "fw# show run access-list\naccess-list in permit ip any any\nfw#", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "permit 13"},
		{"pager", "<--- More --->\r              \raccess-list in permit ip any any", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "permit 14"},
	} {
		t.Run(c.name, func(t *testing.T) { ask(t, twoSides+c.rules+"\n", [][2]string{{c.probe, c.want}}) })
	}
}

func TestTranslations(t *testing.T) {
	open := "access-list in permit tcp any any eq 25\n"
	for _, c := range []struct{ name, rules, probe, want string }{
		{"network", "object network s\n subnet 10.0.0.0 255.255.255.240\n nat (inside,outside) static 203.0.113.16", "in outside> 8.8.8.8 203.0.113.25 tcp 25", "permit 12"},
		{"list names the ninth", "object network s\n subnet 10.0.0.16 255.255.255.240\n nat (inside,outside) static 203.0.113.16\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside> 8.8.8.8 203.0.113.25 tcp 25", "deny 16"},
		{"next address", "object network s\n subnet 10.0.0.16 255.255.255.240\n nat (inside,outside) static 203.0.113.16\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside> 8.8.8.8 203.0.113.26 tcp 25", "permit 12"},
		{"dynamic opens nothing", "object network s\n host 10.0.0.25\n nat (inside,outside) dynamic 203.0.113.25\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside> 8.8.8.8 203.0.113.25 tcp 25", "deny 0"},
		{"from another interface", "object network s\n host 10.0.0.25\n nat (inside,dmz) static 203.0.113.25\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside>inside 8.8.8.8 203.0.113.25 tcp 25", "permit 12"},
		{"from any interface", "object network s\n host 10.0.0.25\n nat (inside,any) static 203.0.113.25\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside>inside 8.8.8.8 203.0.113.25 tcp 25", "deny 16"},
		{"twice for one peer", "object network s\n host 10.0.0.25\nobject network m\n host 203.0.113.25\nobject network p\n host 198.51.100.1\nnat (inside,outside) source static s m destination static p p\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside>inside 198.51.100.1 203.0.113.25 tcp 25", "deny 20"},
		{"twice for others", "object network s\n host 10.0.0.25\nobject network m\n host 203.0.113.25\nobject network p\n host 198.51.100.1\nnat (inside,outside) source static s m destination static p p\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside>inside 198.51.100.2 203.0.113.25 tcp 25", "permit 12"},
		{"inactive", "object network s\n host 10.0.0.25\nobject network m\n host 203.0.113.25\nnat (inside,outside) source static s m inactive\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside>inside 198.51.100.2 203.0.113.25 tcp 25", "permit 12"},
		{"unidirectional", "object network s\n host 10.0.0.25\nobject network m\n host 203.0.113.25\nnat (inside,outside) source static s m unidirectional\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside>inside 198.51.100.2 203.0.113.25 tcp 25", "permit 12"},
		{"twice before object", "object network s\n host 10.0.0.25\n nat (inside,outside) static 203.0.113.25\nobject network t\n host 10.0.0.26\nobject network m\n host 203.0.113.25\nnat (inside,outside) source static t m\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside>inside 198.51.100.2 203.0.113.25 tcp 25", "permit 12"},
		{"after-auto last", "object network s\n host 10.0.0.25\n nat (inside,outside) static 203.0.113.25\nobject network t\n host 10.0.0.26\nobject network m\n host 203.0.113.25\nnat (inside,outside) after-auto source static t m\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside>inside 198.51.100.2 203.0.113.25 tcp 25", "deny 21"},
		{"u-turn", "same-security-traffic permit intra-interface\nobject network s\n host 10.0.0.25\nobject network m\n host 203.0.113.25\nnat (inside,inside) source dynamic any interface destination static m s\naccess-list i deny tcp any host 10.0.0.25\naccess-group i in interface inside", "fwd inside>inside 10.0.0.9 203.0.113.25 tcp 25", "deny 19"},
		{"identity first", "object network s\n subnet 10.0.0.0 255.255.255.0\nobject network v\n subnet 10.50.0.0 255.255.255.0\nobject network o\n host 10.0.0.7\n nat (inside,outside) static 10.0.0.25\nnat (inside,outside) source static s s destination static v v\naccess-list in line 1 deny tcp any host 10.0.0.7", "fwd outside>inside 10.50.0.1 10.0.0.25 tcp 25", "permit 12"},
		{"not for others", "object network s\n subnet 10.0.0.0 255.255.255.0\nobject network v\n subnet 10.50.0.0 255.255.255.0\nobject network o\n host 10.0.0.7\n nat (inside,outside) static 10.0.0.25\nnat (inside,outside) source static s s destination static v v\naccess-list in line 1 deny tcp any host 10.0.0.7", "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25", "deny 21"},
		{"unreadable", "nat (inside,outside) source static", "in outside>inside 8.8.8.8 203.0.113.25 tcp 25", "unknown could not be read"},
		{"host name", "object network s\n fqdn mail.example.com\n nat (inside,outside) static 203.0.113.25\naccess-list in line 1 deny tcp any host 10.0.0.25", "in outside>inside 8.8.8.8 203.0.113.25 tcp 25", "unknown translation in line 15"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ask(t, twoSides+open+c.rules+"\n", [][2]string{{c.probe, c.want}})
		})
	}
}

func TestLevels(t *testing.T) {
	base := "ASA Version 9.8\ninterface e0\n nameif a\n security-level 50\n ip address 10.1.0.1 255.255.255.0\ninterface e1\n nameif b\n security-level 50\n ip address 10.2.0.1 255.255.255.0\ninterface e2\n nameif low\n"
	both := "fwd a>b 10.1.0.9 10.2.0.9 tcp 25"
	ask(t, base, [][2]string{{both, "deny 0"}, {"fwd a>low 10.1.0.9 10.3.0.9 tcp 25", "permit 0"}, {"fwd low>a 10.3.0.9 10.1.0.9 tcp 25", "deny 0"}, {"fwd a>a 10.1.0.9 10.1.0.9 tcp 25", "deny 0"}})
	ask(t, base+"same-security-traffic permit inter-interface\n", [][2]string{{both, "permit 0"}, {"fwd a>a 10.1.0.9 10.1.0.9 tcp 25", "deny 0"}})
	ask(t, base+"same-security-traffic permit intra-interface\n", [][2]string{{both, "deny 0"}, {"fwd a>a 10.1.0.9 10.1.0.9 tcp 25", "permit 0"}})
	ask(t, base+"access-list x permit ip any any\naccess-group x in interface a\n", [][2]string{{both, "deny 0"}}) // a list does not do instead
}
