package aws_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes groups and lists in other ways that mean the same.
func TestMeaning(t *testing.T) {
	site, rules, lists, commands := ft.Sample(t, "site.json"), ft.Sample(t, "rules.json"), ft.Sample(t, "prefixlist.json"), ft.Sample(t, "commands.sh")
	const cidr = `"CidrIp": "103.13.69.0/24"`
	object := func(text, mark string) string {
		i := strings.Index(text, mark)
		from := strings.LastIndex(text[:i], "{")
		return text[from : i+strings.Index(text[i:], "}")+1]
	}
	ft.Meaning(t, id,
		ft.Alike("groups renamed", site, ft.Both(ft.All("sg-0mail", "sg-0abcd"), ft.All(`"mail"`, `"exchange"`))),
		ft.Alike("a network in two halves", site, ft.Replace(cidr, `"CidrIp": "103.13.69.0/25"}, {"CidrIp": "103.13.69.128/25"`)),
		ft.Alike("networks exchanged", site, ft.Swap(object(site, cidr), object(site, `"CidrIp": "124.47.150.0/24"`))),
		ft.Alike("blank lines", site, ft.Lines(`"CidrIp"`, func(l string) string { return "\n\n" + l })),
		ft.Alike("numbers of a list moved on", site, ft.Replace(`"RuleNumber": 100`, `"RuleNumber": 90`)),
		ft.Alike("neighbours of a list that do not meet exchanged", site, ft.Both(ft.Replace(`"RuleNumber": 100`, `"RuleNumber": 115`))),
		ft.Alike("a rule of a list that comes too late", site, ft.Before("\n                {\n                    \"CidrBlock\": \"0.0.0.0/0\",\n                    \"Egress\": false,\n                    \"Protocol\": \"-1\"",
			"\n{\"CidrBlock\": \"0.0.0.0/0\", \"Egress\": false, \"PortRange\": {\"From\": 25, \"To\": 25}, \"Protocol\": \"6\", \"RuleAction\": \"deny\", \"RuleNumber\": 101},")),
		ft.Alike("a group that allows what another allows", site, ft.Replace(`"CidrIp": "124.47.150.0/24"`, `"CidrIp": "124.47.150.0/24"}, {"CidrIp": "124.47.150.128/25"`)),
		ft.Alike("a network in two halves, rules", rules, ft.Replace(object(rules, `"CidrIpv4": "103.13.69.0/24"`),
			strings.Replace(strings.Replace(object(rules, `"CidrIpv4": "103.13.69.0/24"`), ".0/24", ".0/25", 1), "sgr-0", "sgr-8", 1)+",\n"+strings.Replace(strings.Replace(object(rules, `"CidrIpv4": "103.13.69.0/24"`), ".0/24", ".128/25", 1), "sgr-0", "sgr-9", 1))),
		ft.Alike("rules exchanged", rules, ft.Swap(object(rules, `"sgr-0"`), object(rules, `"sgr-2"`))),
		ft.Alike("a prefix list renamed", lists, ft.All("pl-0mimecast", "pl-0filters")),
		ft.Alike("a network of a prefix list in two halves", lists, ft.Replace(`"Cidr": "103.13.69.0/24"`, `"Cidr": "103.13.69.0/25"}, {"Cidr": "103.13.69.128/25"`)),
		ft.Alike("comments, commands", commands, ft.Lines("aws ec2", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("neighbours exchanged, commands", commands, func(_ testing.TB, text string) string {
			l := strings.SplitAfter(text, "\n")
			l[1], l[2], l[3] = l[3], l[1], l[2]
			return strings.Join(l, "")
		}),
		ft.Alike("a network in two halves, commands", commands, ft.Replace(`{"CidrIp":"103.13.69.0/24"}`, `{"CidrIp":"103.13.69.0/25"},{"CidrIp":"103.13.69.128/25"}`)),
	)
}

// TestEachRule takes out each rule that decides, and turns those of lists.
func TestEachRule(t *testing.T) {
	site, rules, commands := ft.Sample(t, "site.json"), ft.Sample(t, "rules.json"), ft.Sample(t, "commands.sh")
	ft.Blame(t, id, site, 4, ft.Object)
	ft.Turned(t, id, site, 1, ft.InObject(`"RuleAction": "allow"`, `"RuleAction": "deny"`))
	ft.Blame(t, id, rules, 3, ft.Object)
	ft.Blame(t, id, ft.Sample(t, "group.json"), 2, ft.Object)
	ft.Blame(t, id, ft.Sample(t, "prefixlist.json"), 1, ft.Object)
	ft.Blame(t, id, commands, 1, ft.OnlyIf("443", ft.Blank("\\")))
}
