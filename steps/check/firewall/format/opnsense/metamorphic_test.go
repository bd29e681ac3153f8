package opnsense_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes a configuration of both models in other ways that mean
// the same.
func TestMeaning(t *testing.T) {
	text := ft.Sample(t, "both.xml")
	const (
		first = `          <rule uuid="r1">` + "\n"
		old   = `    <rule uuid="f1">` + "\n"
	)
	part := func(from, to string) string {
		i := strings.Index(text, from)
		return text[i : i+strings.Index(text[i:], to)+len(to)]
	}
	rule := func(enabled, sequence, action string) string {
		return "          <rule uuid=\"x" + sequence + "\">\n            <enabled>" + enabled + "</enabled>\n            <sequence>" + sequence + "</sequence>\n            <action>" + action + "</action>\n            <quick>1</quick>\n" +
			"            <interface>wan</interface>\n            <direction>in</direction>\n            <ipprotocol>inet</ipprotocol>\n            <protocol>any</protocol>\n            <source_net>any</source_net>\n            <destination_net>any</destination_net>\n          </rule>\n"
	}
	legacy := part(old, "    </rule>\n")
	ft.Meaning(t, "opnsense",
		ft.Alike("aliases renamed", text, ft.Both(ft.All("Mimecast", "Filters"), ft.All(">AU<", ">Australia<"), ft.Replace("<content>AU\n", "<content>Australia\n"))),
		ft.Alike("a network in two halves", text, ft.Replace("<content>103.13.69.0/24\n124.47.150.0/24</content>", "<content>103.13.69.0/25\n103.13.69.128/25\n124.47.150.0/24</content>")),
		ft.Alike("an alias in an alias written out", text, ft.Replace("<type>networkgroup</type>\n            <content>AU\nOld</content>", "<type>network</type>\n            <content>103.13.69.0/24\n124.47.150.0/24</content>")),
		ft.Alike("an alias written out in two rules", text, ft.Replace(legacy,
			strings.Replace(strings.Replace(legacy, "<network>Mimecast</network>", "<network>103.13.69.0/24</network>", 1), `"f1"`, `"f0"`, 1)+strings.Replace(strings.Replace(legacy, "<network>Mimecast</network>", "<network>124.47.150.0/24</network>", 1), `"f1"`, `"f2"`, 1))),
		ft.Alike("an exception of an alias as the rest", text, ft.Replace("<content>103.13.0.0/16\n!103.13.69.0/24</content>", "<content>103.13.0.0/18\n103.13.64.0/22\n103.13.68.0/24\n103.13.70.0/23\n103.13.72.0/21\n103.13.80.0/20\n103.13.96.0/19\n103.13.128.0/17</content>")),
		ft.Alike("comments and blank lines", text, ft.Lines("<rule", func(l string) string {
			if strings.Contains(l, "<rules>") {
				return l
			}
			return "\n<!-- a comment -->\n" + l
		})),
		ft.Alike("rules in another place, of the same sequence", text, ft.Swap(part(first, "          </rule>\n"), part(`          <rule uuid="r2">`, "          </rule>\n"))),
		ft.Alike("sequences further apart", text, ft.Replace("<sequence>30</sequence>", "<sequence>300</sequence>")),
		ft.Alike("rules after a final one", ft.Before(first, rule("1", "400", "block"))(t, text), ft.Before(first, rule("1", "500", "pass"))),
		ft.Alike("a disabled rule", text, ft.Before(first, rule("0", "2", "pass"))),
		ft.Alike("a disabled rule of the old model", text, ft.Before(old, strings.Replace(legacy, "<type>pass</type>", "<type>block</type><disabled>1</disabled>", 1))),
	)
}

// TestEachRule disables and turns each rule that decides.
func TestEachRule(t *testing.T) {
	text := ft.Sample(t, "both.xml")
	ft.Blame(t, "opnsense", text, 5, ft.OnlyIf("<rule", func(text string, line int) string {
		if l := strings.Split(text, "\n"); strings.Contains(l[line], "<enabled>1<") {
			return ft.OnLine(text, line+1, func(l string) string { return strings.Replace(l, "1", "0", 1) })
		}
		return ft.OnLine(text, line, func(l string) string { return l + "<disabled>1</disabled>" })
	}))
	ft.Turned(t, "opnsense", text, 5, ft.OnlyIf("<rule", func(text string, line int) string {
		if l := strings.Split(text, "\n"); strings.Contains(l[line], "<enabled>") {
			return ft.Next("<action>pass</action>", "<action>block</action>")(text, line)
		}
		return ft.Next("<type>pass</type>", "<type>block</type>")(text, line)
	}))
}
