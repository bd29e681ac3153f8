package azurensg_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes a network security group in other ways that mean the
// same.
func TestMeaning(t *testing.T) {
	show, commands, template, effective := ft.Sample(t, "show.json"), ft.Sample(t, "commands.sh"), ft.Sample(t, "template.json"), ft.Sample(t, "effective.json")
	const (
		two  = "\"103.13.69.0/24\",\n        \"124.47.150.0/24\""
		head = "  \"securityRules\": [\n"
	)
	rule := func(name, priority, access string) string {
		return `    {"access": "` + access + `", "destinationAddressPrefix": "*", "destinationPortRange": "*", "direction": "Inbound", "name": "` + name + `", "priority": ` + priority +
			`, "protocol": "*", "sourceAddressPrefix": "*", "sourcePortRange": "*"},` + "\n"
	}
	ft.Meaning(t, id,
		ft.Alike("rules renamed", show, ft.Both(ft.All("MimecastSMTP", "MailIn"), ft.All("DenySMTP", "NoOtherMail"))),
		ft.Alike("a network in two halves", show, ft.Replace(two, "\"103.13.69.0/25\",\n\"103.13.69.128/25\",\n        \"124.47.150.0/24\"")),
		ft.Alike("a network as a range", show, ft.Replace("\"124.47.150.0/24\"", "\"124.47.150.0-124.47.150.255\"")),
		ft.Alike("a port as a range", show, ft.Replace("        \"25\"\n", "        \"25-25\"\n")),
		ft.Alike("priorities moved on", show, ft.Both(ft.Replace("\"priority\": 210", "\"priority\": 299"), ft.Replace("\"priority\": 200", "\"priority\": 150"))),
		ft.Alike("blank lines", show, ft.Lines(`"access"`, func(l string) string { return "\n\n" + l })),
		ft.Alike("rules after a final one", ft.After(head, rule("Last", "4000", "Deny"))(t, show), ft.After(head, rule("Late", "4001", "Allow"))),
		ft.Alike("rules in another place, of the same priority", ft.After(head, rule("Last", "4000", "Deny"))(t, show), func(t testing.TB, text string) string {
			return ft.Before("\n  ],\n  \"subnets\"", ",\n"+rule("Last", "4000", "Deny")[:len(rule("Last", "4000", "Deny"))-2])(t, ft.Replace(rule("Last", "4000", "Deny"), "")(t, text))
		}),
		ft.Alike("a network in two halves, commands", commands, ft.Replace("103.13.69.0/24 124", "103.13.69.0/25 103.13.69.128/25 124")),
		ft.Alike("comments, commands", commands, ft.Lines("az network nsg rule create", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("on one line, commands", commands, ft.Replace(" \\\n ", "")),
		ft.Alike("names of options, commands", commands, ft.All("-g mail-rg", "--resource-group mail-rg")),
		ft.Alike("neighbours that do not meet exchanged, commands", commands, ft.Both(ft.Replace("--priority 220", "--priority 190"))),
		ft.Alike("a network in two halves, template", template, ft.All("\"124.47.150.0/24\"", "\"124.47.150.0/25\", \"124.47.150.128/25\"")),
		ft.Alike("a network in two halves, effective", effective, ft.Replace("\"124.47.150.0/24\"", "\"124.47.150.0/25\", \"124.47.150.128/25\"")),
		ft.Alike("priorities moved on, effective", effective, ft.Replace("\"priority\": 210", "\"priority\": 299")),
	)
}

// TestEachRule takes out and turns each rule that decides.
func TestEachRule(t *testing.T) {
	for name, least := range map[string]int{"show.json": 4, "effective.json": 4} {
		text := ft.Sample(t, name)
		ft.Blame(t, id, text, least, func(text string, line int) string {
			if strings.Contains(strings.Split(text, "\n")[line-1], "defaultSecurityRules/") {
				return "" // is there whether the file has it or not
			}
			return ft.Object(text, line)
		})
	}
	ft.Blame(t, id, ft.Sample(t, "list.json"), 2, ft.Object)
	turn := ft.InObject(`"access": "Allow"`, `"access": "Deny"`)
	ft.Turned(t, id, ft.Sample(t, "show.json"), 7, turn)
	ft.Refused(t, id, ft.Sample(t, "effective.json"), 4, turn) // two groups, one after the other
	commands := ft.Sample(t, "commands.sh")
	ft.Blame(t, id, commands, 2, ft.Blank("\\"))
	ft.Turned(t, id, commands, 1, ft.Words("--access Allow", "--access Deny"))
}
