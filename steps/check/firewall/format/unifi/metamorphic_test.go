package unifi_test

import (
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes an export in other ways that mean the same.
func TestMeaning(t *testing.T) {
	text := ft.Sample(t, "rulesets.json")
	const printers = `{"_id":"6004","ruleset":"LAN_IN","rule_index":2000,`
	ft.Meaning(t, id,
		ft.Alike("names and ids changed", text, ft.Both(ft.All("5001", "aaaa"), ft.All(`"mimecast"`, `"gateway"`), ft.Replace("mail from the gateway", "mail"))),
		ft.Alike("a network in two halves", text, ft.Replace(`"124.47.150.0/24"`, `"124.47.150.0/25","124.47.150.128/25"`)),
		ft.Alike("blank lines", text, ft.Lines(`{"_id"`, func(l string) string { return "\n" + l })),
		ft.Alike("rules in another place, of the same index", text, ft.Both(ft.Replace(printers, `{"_id":"6009","ruleset":"WAN_IN","rule_index":4001,"name":"never","enabled":false,"action":"accept","protocol":"all"},`+"\n"+printers))),
		ft.Alike("a rule after a final one",
			ft.Before(printers, `{"_id":"6005","ruleset":"WAN_IN","rule_index":4500,"name":"end","enabled":true,"action":"drop","protocol":"all"},`+"\n")(t, text),
			ft.Before(printers, `{"_id":"6006","ruleset":"WAN_IN","rule_index":4600,"name":"late","enabled":true,"action":"accept","protocol":"all"},`+"\n")),
		ft.Alike("the index moved on", text, ft.Replace(`"rule_index":2001`, `"rule_index":2150`)),
		ft.Alike("a port group written as a range", text, ft.Replace(`"group_members":["25"]`, `"group_members":["25-25"]`)),
	)
}

// TestEachRule disables and turns each rule that decides.
func TestEachRule(t *testing.T) {
	text := ft.Sample(t, "rulesets.json")
	ft.Blame(t, id, text, 3, ft.OnlyIf(`"enabled":true`, ft.Words(`"enabled":true`, `"enabled":false`)))
	ft.Turned(t, id, text, 3, ft.Words(`"action":"accept"`, `"action":"drop"`))
}
