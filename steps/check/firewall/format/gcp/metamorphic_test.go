package gcp_test

import (
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes rules in other ways that mean the same.
func TestMeaning(t *testing.T) {
	rules, effective, commands := ft.Sample(t, "rules.json"), ft.Sample(t, "effective.json"), ft.Sample(t, "commands.sh")
	const two = "\"103.13.69.0/24\",\n      \"124.47.150.0/24\""
	late := `  {"name": "late", "network": "default", "direction": "INGRESS", "disabled": false, "priority": 65535, "kind": "compute#firewall", "sourceRanges": ["0.0.0.0/0"], "denied": [{"IPProtocol": "all"}]},` + "\n"
	off := `  {"name": "off", "network": "default", "direction": "INGRESS", "disabled": true, "priority": 1, "kind": "compute#firewall", "sourceRanges": ["0.0.0.0/0"], "denied": [{"IPProtocol": "all"}]},` + "\n"
	ft.Meaning(t, id,
		ft.Alike("rules renamed", rules, ft.All("allow-mimecast", "mail-in")),
		ft.Alike("tags renamed", rules, ft.All(`"mail"`, `"exchange"`)),
		ft.Alike("a network in two halves", rules, ft.Replace(two, "\"103.13.69.0/25\",\n\"103.13.69.128/25\",\n      \"124.47.150.0/24\"")),
		ft.Alike("priorities moved on", rules, ft.Replace(`"priority": 900`, `"priority": 890`)),
		ft.Alike("blank lines", rules, ft.Lines(`"allowed"`, func(l string) string { return "\n\n" + l })),
		ft.Alike("a refusal after all", rules, ft.Replace("[\n  {\n    \"allowed\"", "[\n"+late+"  {\n    \"allowed\"")),
		ft.Alike("a disabled rule", rules, ft.Replace("[\n  {\n    \"allowed\"", "[\n"+off+"  {\n    \"allowed\"")),
		ft.Alike("protocols in another order", rules, ft.Swap("\"IPProtocol\": \"tcp\",\n        \"ports\": [\n          \"0-65535\"\n        ]", "\"IPProtocol\": \"icmp\"")),
		ft.Alike("a range of ports in two", rules, ft.Replace("\"0-65535\"", "\"0-1024\", \"1025-65535\"")),
		ft.Alike("a network in two halves, effective", effective, ft.Replace(`"198.51.100.0/24"`, `"198.51.100.0/25", "198.51.100.128/25"`)),
		ft.Alike("a policy renamed, effective", effective, ft.All("org-baseline", "baseline")),
		ft.Alike("priorities moved on, effective", effective, ft.Replace(`"priority": 100,`, `"priority": 101,`)),
		ft.Alike("comments, commands", commands, ft.Lines("gcloud compute", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("on one line, commands", commands, ft.Replace(" \\\n ", "")),
		ft.Alike("names, commands", commands, ft.All("everybody", "web")),
		ft.Alike("a network in two halves, commands", commands, ft.Replace("103.13.69.0/24,", "103.13.69.0/25,103.13.69.128/25,")),
	)
}

// TestEachRule disables and turns each rule that decides.
func TestEachRule(t *testing.T) {
	rules, effective := ft.Sample(t, "rules.json"), ft.Sample(t, "effective.json")
	ft.Blame(t, id, rules, 3, ft.InObject(`"disabled": false`, `"disabled": true`))
	ft.Refused(t, id, rules, 3, ft.InObject(`"allowed"`, `"denied"`))
	ft.Blame(t, id, effective, 3, ft.InObject(`"disabled": false`, `"disabled": true`))
	ft.Turned(t, id, effective, 2, ft.InObject(`"action": "allow"`, `"action": "deny"`))
}
