package pfsense_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes a configuration in other ways that mean the same.
func TestMeaning(t *testing.T) {
	text := ft.Sample(t, "office.xml")
	const (
		filter = "\t<filter>\n"
		member = "<address>103.13.69.0/24 Mimecast_2</address>"
		guest  = "\t\t<rule>\n\t\t\t<type>pass</type>\n\t\t\t<interface>opt1</interface>\n"
	)
	part := func(from, to string) string {
		i := strings.Index(text, from)
		return text[i : i+strings.Index(text[i:], to)+len(to)]
	}
	rule := func(kind, more string) string {
		return "\t\t<rule>\n\t\t\t<type>" + kind + "</type>\n\t\t\t<interface>wan</interface>\n\t\t\t<ipprotocol>inet</ipprotocol>\n\t\t\t<source><any></any></source>\n\t\t\t<destination><any></any></destination>\n" + more + "\t\t</rule>\n"
	}
	mail := "\t\t<rule>\n\t\t\t<type>pass</type>\n\t\t\t<interface>wan</interface>\n" + part("\t\t\t<ipprotocol>inet</ipprotocol>\n\t\t\t<statetype>", "\t\t</rule>\n")
	ft.Meaning(t, "pfsense",
		ft.Alike("aliases renamed", text, ft.Both(ft.All("Mimecast", "Filters"), ft.All("MailPorts", "Ports"))),
		ft.Alike("a network in two halves", text, ft.Replace("<address>124.47.150.0/24</address>", "<address>124.47.150.0/25 124.47.150.128/25</address>")),
		ft.Alike("an alias in an alias written out", text, ft.Replace(member, "<address>103.13.69.0/24 124.47.150.0/24</address>")),
		ft.Alike("an alias written out in two rules", text, ft.Replace(mail,
			strings.Replace(mail, "<address>Mimecast</address>", "<network>103.13.69.0/24</network>", 1)+strings.Replace(mail, "<address>Mimecast</address>", "<address>Mimecast_2</address>", 1))),
		ft.Alike("ports of an alias as a range and a port", text, ft.Replace("<address>25 587</address>", "<address>587 25:25</address>")),
		ft.Alike("comments and blank lines", text, ft.Lines("\t\t<rule>", func(l string) string { return "\n<!-- a comment -->\n" + l })),
		ft.Alike("rules after a final one", ft.Before(guest, rule("block", ""))(t, text), ft.Before(guest, rule("pass", ""))),
		ft.Alike("a disabled rule", text, ft.After(filter, rule("block", "\t\t\t<disabled></disabled>\n"))),
		ft.Alike("a disabled rule taken away", text, ft.Replace(part("\t\t<rule>\n\t\t\t<type>pass</type>\n\t\t\t<interface>wan</interface>\n\t\t\t<protocol>tcp</protocol>\n\t\t\t<source><any>", "\t\t</rule>\n"), "")),
		ft.Alike("rules of two interfaces exchanged", text, ft.Swap(mail, part(guest, "\t\t</rule>\n"))),
		ft.Alike("members of a rule in another order", text, ft.Replace("<type>pass</type>\n\t\t\t<interface>opt1</interface>\n", "<interface>opt1</interface>\n\t\t\t<type>pass</type>\n")),
		ft.Alike("a floating rule for an interface's own, quick", text, ft.Replace(mail, strings.Replace(mail, "<type>pass</type>", "<floating>yes</floating><quick>yes</quick><direction>in</direction><type>pass</type>", 1))),
	)
}

// TestEachRule disables and turns each rule that decides.
func TestEachRule(t *testing.T) {
	text := ft.Sample(t, "office.xml")
	ft.Blame(t, "pfsense", text, 5, ft.OnlyIf("<rule>", func(text string, line int) string {
		return ft.OnLine(text, line, func(l string) string { return l + "<disabled></disabled>" })
	}))
	ft.Turned(t, "pfsense", text, 5, ft.OnlyIf("<rule>", ft.Next("<type>pass</type>", "<type>block</type>")))
}
