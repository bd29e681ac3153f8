package panos_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// in is a packet from the internet to the mail server's public address.
func in(src string, port int) firewall.Probe {
	return to(src, "203.0.113.5", port)
}

func to(src, dst string, port int) firewall.Probe {
	return firewall.Probe{Dir: "fwd", InIf: "untrust", OutIf: "dmz", Src: src, Dst: dst, Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(port)}
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

func TestMail(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	lan := in("10.1.0.9", 25)
	lan.InIf, lan.OutIf, lan.Dst = "trust", "dmz", "10.0.0.25"
	within := lan
	within.OutIf, within.Dst = "trust", "10.1.2.3"
	bare := in("103.13.69.1", 25)
	bare.InIf = "ethernet1/4"
	byName := in("103.13.69.1", 25)
	byName.InIf, byName.OutIf = "ethernet1/1", "ethernet1/2"
	out := firewall.Probe{Dir: "fwd", InIf: "dmz", OutIf: "untrust", Src: "10.0.0.25", Dst: "103.13.69.4", Proto: "tcp", DPort: ft.Port(25)}
	run(t, text, []asked{
		{"first of a group", in("103.13.69.0", 25), "permit", 43, ""},
		{"group in a group, a range", in("124.47.150.255", 25), "permit", 43, ""},
		{"one beyond", in("103.13.70.0", 25), "deny", 0, "policy"},
		{"swapped octets", in("124.47.105.1", 25), "deny", 0, ""},
		{"other port", in("103.13.69.1", 587), "deny", 0, ""},
		{"the inside address is not what rules name", to("103.13.69.1", "10.0.0.25", 25), "deny", 0, ""},
		{"second address, other port: no rule for it", to("103.13.69.1", "203.0.113.6", 2525), "deny", 0, ""},
		{"from inside", lan, "deny", 0, ""},
		{"within a zone", within, "permit", 0, "first rule"},
		{"an interface in no zone", bare, "deny", 8, ""},
		{"by interfaces", byName, "permit", 43, ""},
		{"outgoing", out, "permit", 60, ""},
	})
}

// TestEdits changes one thing of the mail configuration.
func TestEdits(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	gateway := in("103.13.69.9", 25)
	app := strings.Replace(text, "gateway-in application any", "gateway-in application smtp", 1)
	run(t, app, []asked{{"application", gateway, "unknown", 43, "App-ID: whether the firewall takes the connection for smtp"}})
	for name, c := range map[string]struct{ add, want, why string }{
		"default ports":    {"delete rulebase security rules gateway-in service\nset rulebase security rules gateway-in service application-default", "unknown", "App-ID"},
		"users":            {"delete rulebase security rules gateway-in source-user\nset rulebase security rules gateway-in source-user acme\\mail", "unknown", "the user"},
		"category":         {"set rulebase security rules gateway-in category gambling", "unknown", "URL category"},
		"schedule":         {"set rulebase security rules gateway-in schedule nights", "unknown", "schedule nights"},
		"unknown option":   {"set rulebase security rules gateway-in wormhole yes", "unknown", "wormhole"},
		"disabled":         {"set rulebase security rules gateway-in disabled yes", "deny", ""},
		"enabled":          {"set rulebase security rules old disabled no", "permit", ""},
		"negated source":   {"set rulebase security rules gateway-in negate-source yes", "deny", ""},
		"deleted rule":     {"delete rulebase security rules gateway-in", "deny", ""},
		"deleted member":   {"delete address-group gateways static gateway-1", "deny", ""},
		"moved":            {"set rulebase security rules old disabled no\nset rulebase security rules old action drop\nmove rulebase security rules old before gateway-in", "deny", ""},
		"moved to the top": {"set rulebase security rules old disabled no\nset rulebase security rules old action reset-both\nmove rulebase security rules old top", "deny", ""},
		"not moved":        {"set rulebase security rules old disabled no\nset rulebase security rules old action drop", "permit", ""},
		"host name":        {"delete address gateway-1\nset address gateway-1 fqdn gw.example", "unknown", "gw.example"},
		"dynamic group":    {"delete address-group gateways\nset address-group gateways dynamic filter \"'mail'\"", "unknown", "dynamic address group gateways"},
		"group in itself":  {"delete address-group gateways static\nset address-group gateways static gateways", "unknown", "contains itself"},
		"undefined":        {"delete address gateway-1", "unknown", "gateway-1, which is not in the file"},
		"list":             {"delete address-group gateways\nset external-list gateways type ip url https://lists.example/ip", "unknown", "external dynamic list"},
		"country":          {"delete rulebase security rules gateway-in source\nset rulebase security rules gateway-in source AU", "unknown", "country"},
		"intrazone only":   {"set rulebase security rules gateway-in rule-type intrazone", "deny", ""},
		"interzone":        {"set rulebase security rules gateway-in rule-type interzone", "permit", ""},
		"no action":        {"delete rulebase security rules gateway-in action", "unknown", "action"},
		"stray line":       {"set rulebase security rules x from any\n   3 more words here", "unknown", "could not be read"},
		"NAT off":          {"set rulebase nat rules \"mail in\" disabled yes", "permit", ""}, // rules see what was before it either way
		"permit default":   {"delete rulebase security rules gateway-in\nset rulebase default-security-rules rules interzone-default action allow", "permit", ""},
	} {
		run(t, text+c.add+"\n", []asked{{name, gateway, c.want, 0, c.why}})
	}
	crlf := "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")
	run(t, crlf, []asked{{"CRLF", gateway, "permit", 43, ""}})
}

func TestWildcardAndRegion(t *testing.T) {
	text := ft.Sample(t, "mail.set") + "set address odd ip-wildcard 103.13.64.9/0.0.15.0\nset region DC address [ 192.0.2.0/24 ]\n" +
		"delete address-group gateways\nset address-group gateways static [ odd DC ]\n"
	run(t, text, []asked{
		{"wildcard", in("103.13.69.9", 25), "permit", 0, ""},
		{"wildcard, other host", in("103.13.69.8", 25), "deny", 0, ""},
		{"region", in("192.0.2.77", 25), "permit", 0, ""},
	})
}

func TestPanorama(t *testing.T) {
	text := ft.Sample(t, "panorama.xml")
	telnet := to("103.13.69.1", "10.0.0.25", 23)
	run(t, text, []asked{
		{"rule of the group, its own object", to("103.13.69.1", "10.0.0.25", 25), "permit", 35, ""},
		{"shared object hidden", to("103.13.69.1", "10.0.0.99", 25), "deny", 20, ""},
		{"shared pre-rule", telnet, "deny", 10, ""},
		{"shared post-rule", to("192.0.2.1", "10.0.0.25", 25), "deny", 20, ""},
	})
	for name, change := range map[string][2]string{
		"targets": {"<action>allow</action>", "<action>allow</action><target><devices><entry name=\"0001\"/></devices><negate>no</negate></target>"},
		"cut off": {"<action>allow</action>", ""},
	} {
		p := to("103.13.69.1", "10.0.0.25", 25)
		run(t, strings.Replace(text, change[0], change[1], 1), []asked{{name, p, "unknown", 0, ""}})
	}
	run(t, text[:strings.Index(text, "<action>allow")], []asked{{"damaged", to("103.13.69.1", "10.0.0.25", 25), "unknown", 0, ""}})
	two := strings.Replace(text, "</entry></device-group>", `</entry><entry name="other"><pre-rulebase><security><rules><entry name="x">
<from><member>any</member></from><to><member>any</member></to><source><member>192.0.2.0/24</member></source><destination><member>any</member></destination>
<application><member>any</member></application><service><member>any</member></service><action>allow</action></entry></rules></security></pre-rulebase></entry></device-group>`, 1)
	run(t, two, []asked{
		{"one group only", to("103.13.69.1", "10.0.0.25", 25), "unknown", 0, "which of the device groups"},
		{"both groups", telnet, "deny", 10, ""},
	})
}

func TestPushedByPanorama(t *testing.T) {
	text := `policy {
  panorama {
    pre-rulebase { security { rules {
      first { from any; to any; source 192.0.2.0/24; destination any; application any; service any; action deny; }
    } } }
    post-rulebase { security { rules {
      last { from untrust; to dmz; source any; destination 203.0.113.9; application any; service any; action allow; }
    } } }
  }
}
config { devices { localhost.localdomain { vsys { vsys1 {
  zone { untrust { network { layer3 [ ethernet1/1]; } } dmz { network { layer3 ethernet1/2; } } }
  rulebase { security { rules {
    own { from any; to any; source [ 192.0.2.0/24 198.51.100.0/24]; destination any; application any; service any; action allow; }
    "no more" { from any; to any; source 198.51.0.0/16; destination any; application any; service any; action drop; }
  } } }
} } } } }
`
	run(t, text, []asked{
		{"pre-rule", in("192.0.2.1", 25), "deny", 4, ""},
		{"own", in("198.51.100.1", 25), "permit", 14, ""},
		{"own drop", in("198.51.101.1", 25), "deny", 15, ""},
		{"post-rule", to("9.9.9.9", "203.0.113.9", 25), "permit", 7, ""},
		{"end", in("9.9.9.9", 25), "deny", 0, ""},
	})
}

// TestTwoSystems asks rules of two virtual systems with zones of one name.
func TestTwoSystems(t *testing.T) {
	var b strings.Builder
	for i, action := range []string{"allow", "deny"} {
		v, e := "vsys"+string(rune('1'+i)), "ethernet1/"+string(rune('1'+2*i))
		for _, l := range []string{
			"zone untrust network layer3 " + e, "zone dmz network layer3 " + strings.Replace(strings.Replace(e, "/1", "/2", 1), "/3", "/4", 1),
			"rulebase security rules r from untrust", "rulebase security rules r to dmz", "rulebase security rules r source any",
			"rulebase security rules r destination any", "rulebase security rules r application any", "rulebase security rules r service any",
			"rulebase security rules r action " + action,
		} {
			b.WriteString("set vsys " + v + " " + l + "\n")
		}
	}
	p := func(i, o string) firewall.Probe {
		return firewall.Probe{Dir: "fwd", InIf: i, OutIf: o, Src: "192.0.2.1", Dst: "203.0.113.5", Proto: "tcp", DPort: ft.Port(25)}
	}
	run(t, b.String(), []asked{
		{"first", p("ethernet1/1", "ethernet1/2"), "permit", 3, ""},
		{"second", p("ethernet1/3", "ethernet1/4"), "deny", 12, ""},
		{"second by name", p("vsys2/untrust", "vsys2/dmz"), "deny", 12, ""},
		{"across", p("ethernet1/1", "ethernet1/4"), "deny", 0, ""},
	})
}
