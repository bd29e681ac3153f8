package panos_test

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// member is a list of one, as XML has it.
func member(name, word string) string {
	return "<" + name + "><member>" + word + "</member></" + name + ">"
}

// rule is a rule of a web interface's export.
func rule(name, from, to, source, dest, service, more string) string {
	return fmt.Sprintf("<entry name=%q>\n%s%s%s%s\n%s</entry>\n", name, member("from", from), member("to", to), member("source", source), member("destination", dest),
		strings.ReplaceAll(service, "SVC", "tcp-25")+more)
}

// exported is a configuration as the web interface exports it.
func exported(security ...string) string {
	entry := func(name, body string) string { return fmt.Sprintf("<entry name=%q>%s</entry>\n", name, body) }
	layer := func(name, addr string) string {
		return entry(name, "<layer3><ip><entry name=\""+addr+"\"/></ip></layer3>")
	}
	zone := func(name, at string) string { return entry(name, "<network>"+member("layer3", at)+"</network>") }
	return `<?xml version="1.0"?>
<config version="10.2.0" urldb="paloaltonetworks">
<devices><entry name="localhost.localdomain">
<network><interface><ethernet>
` + layer("ethernet1/1", "203.0.113.2/28") + layer("ethernet1/2", "10.0.0.1/24") + `</ethernet></interface>
<virtual-router><entry name="default">` + member("interface", "ethernet1/1") + `
<routing-table><ip><static-route><entry name="out"><interface>ethernet1/1</interface><destination>0.0.0.0/0</destination></entry></static-route></ip></routing-table>
</entry></virtual-router></network>
<vsys><entry name="vsys1">
<zone>` + zone("untrust", "ethernet1/1") + zone("dmz", "ethernet1/2") + `</zone>
<service><entry name="tcp-25"><protocol><tcp><port>25</port></tcp></protocol></entry></service>
<rulebase><security><rules>
` + strings.Join(security, "") + `</rules></security>
<nat><rules>
` + rule("in", "untrust", "untrust", "any", "203.0.113.5", "<service>any</service>",
		"<to-interface>ethernet1/1</to-interface><destination-translation><translated-address>10.0.0.25</translated-address></destination-translation>") + `</rules></nat></rulebase>
</entry></vsys></entry></devices></config>
`
}

const (
	ports = "<application><member>any</member></application><service><member>SVC</member></service>"
	allow = "<action>allow</action>"
)

// braces is the same in braces, with commands below.
const braced = `config { devices { localhost.localdomain {
  network {
    interface { ethernet { ethernet1/1 { layer3 { ip { 203.0.113.2/28; } } } ethernet1/2 { layer3 { ip { 10.0.0.1/24; } } } } }
    virtual-router { default { interface ethernet1/1; routing-table { ip { static-route { out { interface ethernet1/1; destination 0.0.0.0/0; } } } } } }
  }
  vsys { vsys1 {
    zone { untrust { network { layer3 ethernet1/1; } } dmz { network { layer3 ethernet1/2; } } }
    rulebase {
      security { rules {
        shut { from any; to any; source any; destination any; application any; service any; action deny; }
      } }
      nat { rules {
        in { from untrust; to untrust; source any; destination 203.0.113.5; service any; destination-translation { translated-address 10.0.0.25; } }
      } }
    }
  } }
} } }
`

// TestCommandsBelow puts the commands of a report below a configuration that is
// written in another way: they change it, and nothing is left to mend.
func TestCommandsBelow(t *testing.T) {
	out := rule("out", "dmz", "untrust", "10.0.0.25", "any", ports, allow)
	in := rule("in", "untrust", "dmz", "103.13.69.0/24", "203.0.113.5", ports, allow)
	shut := rule("shut", "any", "any", "any", "any", strings.ReplaceAll(ports, "SVC", "any"), "<action>deny</action>")
	wide := rule("wide", "untrust", "dmz", "any", "203.0.113.5", ports, allow)
	for name, text := range map[string]string{
		"XML, a range is missing":  exported(in, shut, out),
		"XML, everything is shut":  exported(shut),
		"XML, open to everybody":   exported(wide, out, shut),
		"XML with Windows' breaks": strings.ReplaceAll(exported(shut, out), "\n", "\r\n"),
		"braces":                   braced,
	} {
		r := check(t, text)
		if r.Verdict != firewall.Disproven {
			t.Errorf("%s: %s\n%s", name, r.Summary, r.Text())
			continue
		}
		ft.Mended(t, text, r, ft.Options("203.0.113.5"))
	}
	moved := exported(shut, in, out) + "admin@PA-440# move rulebase security rules in top\n"
	line := ft.LineOf(t, moved, `<entry name="in">`, 1)
	if v := judge(t, moved, in25("103.13.69.9")); v.Verdict != "permit" || v.Line != line {
		t.Errorf("moved by a command: %+v, want a permit by line %d", v, line)
	}
	for name, c := range map[string]struct{ below, want string }{
		"deleted":                   {"delete rulebase security rules shut\n", "deny"},
		"by the name of its system": {"set vsys vsys1 rulebase security rules shut action allow\nmove vsys vsys1 rulebase security rules shut top\n", "permit"},
		"set anew":                  {"set rulebase security rules shut action allow\n", "permit"},
		"a stray word":              {"what is this\n", "deny"},
		"a stray word, later":       {"set rulebase security rules shut log-end yes\nwhat is this\n", "unknown"},
	} {
		if v := judge(t, exported(shut)+c.below, in25("103.13.69.9")); v.Verdict != c.want {
			t.Errorf("%s: %+v, want %s", name, v, c.want)
		}
	}
}

func in25(src string) firewall.Probe { return in(src, 25) }
