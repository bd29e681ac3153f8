package checkpoint_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes a policy in other ways that mean the same.
func TestMeaning(t *testing.T) {
	text := ft.Sample(t, "mail.json")
	from, to := strings.Index(text, "    {\n     \"uid\": \"rule1\""), strings.Index(text, "    {\n     \"uid\": \"rule2\"")
	old := text[from:to]
	numbered := func(s, was, is, uid string) string {
		return strings.Replace(strings.Replace(s, `"rule-number": `+was, `"rule-number": `+is, 1), `"uid": "rule`+was+`"`, `"uid": "`+uid+`"`, 1)
	}
	ft.Meaning(t, "checkpoint",
		ft.Alike("objects renamed", text, ft.Both(ft.All(`"gateways"`, `"filters"`), ft.All(`"g1"`, `"aaaa"`), ft.All(`"exchange"`, `"mx"`))),
		ft.Alike("a network in two halves", text, ft.Both(
			ft.Replace(`"mask-length4": 24`, `"mask-length4": 25`),
			ft.Before("  {\n   \"uid\": \"g1\"", "  {\"uid\": \"n2\", \"name\": \"gateway-3\", \"type\": \"network\", \"subnet4\": \"103.13.69.128\", \"mask-length4\": 25},\n"),
			ft.Replace("    \"n1\",\n", "    \"n1\",\n    \"n2\",\n"))),
		ft.Alike("a range as a network", text, ft.Replace("\"type\": \"address-range\",\n   \"ipv4-address-first\": \"124.47.150.0\",\n   \"ipv4-address-last\": \"124.47.150.255\"", "\"type\": \"network\",\n   \"subnet4\": \"124.47.150.0\",\n   \"mask-length4\": 24")),
		ft.Alike("a group in a group written out", text, ft.Replace("    \"n1\",\n    \"g2\"\n", "    \"n1\",\n    \"r1\"\n")),
		ft.Alike("a group written out in a rule", text, ft.Replace("      \"g1\"\n", "      \"n1\",\n      \"r1\"\n")),
		ft.Alike("a group of services written out", text, ft.Replace("      \"sg\"\n", "      \"s25\"\n")),
		ft.Alike("blank lines and blanks", text, ft.Lines(`"uid"`, func(l string) string { return "\n  " + l })),
		ft.Alike("a disabled rule", text, ft.Before("    {\n     \"uid\": \"rule2\"", numbered(old, "1", "1", "rule1b"))),
		ft.Alike("a disabled rule taken away", text, ft.Replace(old, "")),
		ft.Alike("members of a rule in another order", text, ft.Swap("     \"source\": [\n      \"g1\"\n     ],\n", "     \"source-negate\": false,\n")),
		ft.Alike("a section without its name", text, ft.Replace("   \"name\": \"Mail\",\n", "")),
	)
}

// TestEachRule disables and turns each rule that decides.
func TestEachRule(t *testing.T) {
	text := ft.Sample(t, "mail.json")
	ft.Blame(t, "checkpoint", text, 4, ft.Next(`"enabled": true`, `"enabled": false`))
	ft.Turned(t, "checkpoint", text, 4, ft.Next(`"action": "acc"`, `"action": "drop"`))
}
