package panos_test

import (
	"regexp"
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes configurations in other ways that mean the same.
func TestMeaning(t *testing.T) {
	set, xml := ft.Sample(t, "mail.set"), ft.Sample(t, "panorama.xml")
	const rules = "set rulebase security rules "
	all := func(name, action, more string) string {
		at := rules + name + " "
		return at + "from any\n" + at + "to any\n" + at + "source any\n" + at + "destination any\n" + at + "application any\n" + at + "service any\n" + at + "action " + action + "\n" + more
	}
	const entry = `      <pre-rulebase><security><rules>` + "\n" + `        <entry name="mail in">`
	ft.Meaning(t, "panos",
		ft.Alike("objects renamed", set, ft.Both(ft.All("gateway-1", "filter-1"), ft.All("gateways", "filters"), ft.All("exchange-public", "mx-public"), ft.All("tcp-25 ", "smtp "), ft.All("tcp-25\n", "smtp\n"))),
		ft.Alike("a rule renamed", set, ft.All("gateway-in", "mail-in")),
		ft.Alike("a network in two halves", set, ft.Both(
			ft.Replace("set address gateway-1 ip-netmask 103.13.69.0/24\n", "set address gateway-1 ip-netmask 103.13.69.0/25\nset address gateway-3 ip-netmask 103.13.69.128/25\n"),
			ft.Replace("static [ gateway-1 more ]", "static [ gateway-1 gateway-3 more ]"))),
		ft.Alike("a range as a network", set, ft.Replace("ip-range 124.47.150.0-124.47.150.255", "ip-netmask 124.47.150.0/24")),
		ft.Alike("a group in a group written out", set, ft.Replace("static [ gateway-1 more ]", "static [ gateway-1 gateway-2 ]")),
		ft.Alike("a group written out in a rule", set, ft.Replace("gateway-in source gateways", "gateway-in source [ 103.13.69.0/24 gateway-2 ]")),
		ft.Alike("a service written as another object", set, ft.Both(ft.Replace(rules+"gateway-in service tcp-25", rules+"gateway-in service mail"), ft.Before("set service tcp-2525", "set service mail protocol tcp port 25\n"))),
		ft.Alike("blank lines", set, ft.Lines(rules, func(l string) string { return "\n" + l })),
		ft.Alike("rules after a final one", set+all("last", "deny", ""), ft.Append(all("late", "allow", ""))),
		ft.Alike("a disabled rule", set, ft.Before(rules+"gateway-in from", all("off", "allow", rules+"off disabled yes\n"))),
		ft.Alike("neighbours that do not meet exchanged", set, func(t testing.TB, text string) string {
			i, j := strings.Index(text, rules+"gateway-in from"), strings.Index(text, rules+"mail-out from")
			return text[:i] + text[j:] + text[i:j]
		}),
		ft.Alike("a network in two halves, Panorama", xml, ft.Replace("<member>gateway</member>", "<member>103.13.69.0/25</member><member>103.13.69.128/25</member>")),
		ft.Alike("objects renamed, Panorama", xml, ft.Both(ft.All(`"gateway"`, `"filter"`), ft.All(">gateway<", ">filter<"))),
		ft.Alike("comments, Panorama", xml, ft.Lines("<entry name=\"mail in\">", func(l string) string { return "<!-- a comment -->\n\n" + l })),
		ft.Alike("a disabled rule, Panorama", xml, ft.Replace(entry, strings.Replace(entry, `<entry name="mail in">`, `<entry name="off"><disabled>yes</disabled><from><member>any</member></from><to><member>any</member></to>
        <source><member>any</member></source><destination><member>any</member></destination><application><member>any</member></application><service><member>any</member></service><action>allow</action></entry>`, 1)+"\n        <entry name=\"mail in\">")),
		ft.Alike("the order of members, Panorama", xml, ft.Replace("<port>25,587</port>", "<port>587,25</port>")),
	)
}

// TestEachRule disables and turns each rule that decides.
func TestEachRule(t *testing.T) {
	set, xml := ft.Sample(t, "mail.set"), ft.Sample(t, "panorama.xml")
	rule := regexp.MustCompile(`^set rulebase security rules \S+ `)
	ft.Blame(t, "panos", set, 2, func(text string, line int) string {
		at := rule.FindString(strings.Split(text, "\n")[line-1])
		if at == "" {
			return ""
		}
		return text + at + "disabled yes\n"
	})
	ft.Turned(t, "panos", set, 2, func(text string, line int) string {
		at := rule.FindString(strings.Split(text, "\n")[line-1])
		if at == "" {
			return ""
		}
		return strings.Replace(text, at+"action allow", at+"action deny", 1)
	})
	ft.Blame(t, "panos", xml, 2, ft.OnlyIf("<entry name=", func(text string, line int) string {
		return ft.OnLine(text, line, func(l string) string {
			if strings.Contains(l, "intrazone-default") {
				return l
			}
			return l + "<disabled>yes</disabled>"
		})
	}))
	ft.Turned(t, "panos", xml, 1, ft.OnlyIf(`"mail in"`, ft.Next("<action>allow</action>", "<action>deny</action>")))
	ft.Turned(t, "panos", xml, 1, ft.OnlyIf(`"end"`, ft.Next("<action>allow</action>", "<action>drop</action>")))
}
