package nft_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes rulesets in other ways that mean the same.
func TestMeaning(t *testing.T) {
	edge, host, commands, js := ft.Sample(t, "edge.nft"), ft.Sample(t, "host.nft"), ft.Sample(t, "commands.sh"), ft.Sample(t, "host.json")
	const saddr = "\t\tip saddr @mimecast accept\n"
	ft.Meaning(t, "nft",
		ft.Alike("a set renamed", edge, ft.Both(ft.Replace("set mimecast", "set filters"), ft.Replace("@mimecast", "@filters"))),
		ft.Alike("a chain renamed", edge, ft.All("from_internet", "outside")),
		ft.Alike("a name renamed", edge, ft.All("MAILHOST", "MX")),
		ft.Alike("a name written out", edge, ft.Replace("ip daddr $MAILHOST tcp", "ip daddr 10.0.0.25 tcp")),
		ft.Alike("a network in two halves", edge, ft.Replace("elements = { 103.13.69.0/24, 124.47.150.0/24 }", "elements = { 103.13.69.0/25, 103.13.69.128/25, 124.47.150.0/24 }")),
		ft.Alike("a set written out", edge, ft.Replace(saddr, "\t\tip saddr { 103.13.69.0/24, 124.47.150.0/24 } accept\n")),
		ft.Alike("a set as two rules", edge, ft.Replace(saddr, "\t\tip saddr 103.13.69.0/24 accept\n\t\tip saddr 124.47.150.0-124.47.150.255 accept\n")),
		ft.Alike("a map of verdicts written out", edge, ft.Replace("\t\tip daddr $MAILHOST tcp dport vmap { 25 : goto mail, 443 : accept }\n", "\t\tip daddr $MAILHOST tcp dport 25 goto mail\n\t\tip daddr $MAILHOST tcp dport 443 accept\n")),
		ft.Alike("comments and blank lines", edge, ft.Lines("ip saddr", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("rules after a final one", edge, ft.Replace("accept\n\t\tdrop\n", "accept\n\t\tdrop\n\t\taccept\n\t\tip saddr 1.0.0.0/8 accept\n")),
		ft.Alike("neighbours that do not meet exchanged", edge, ft.Swap("\t\tiifname $WAN jump from_internet\n", "\t\tiifname != $WAN oifname $WAN accept\n")),
		ft.Alike("a chain that nothing calls", edge, ft.Before("\tchain mail {", "\tchain unused {\n\t\taccept\n\t}\n\n")),
		ft.Alike("another base chain that accepts", edge, ft.Append("table inet other {\n\tchain f {\n\t\ttype filter hook forward priority 10; policy accept;\n\t}\n}\n")),
		ft.Alike("a pair in two halves", host, ft.Replace("103.13.69.0/24 . 25", "103.13.69.0/25 . 25, 103.13.69.128/25 . 25")),
		ft.Alike("pairs as two rules", host, ft.Replace("\t\tip saddr . tcp dport { 103.13.69.0/24 . 25, 124.47.150.0/25 . 25 } accept # handle 5\n", "\t\tip saddr 103.13.69.0/24 tcp dport 25 accept\n\t\ttcp dport 25 ip saddr 124.47.150.0/25 accept\n")),
		ft.Alike("handles", host, func(_ testing.TB, text string) string { return strings.ReplaceAll(text, " # handle ", " # handle 1") }),
		ft.Alike("a network in two halves, commands", commands, ft.Replace("124.47.150.0/24 }", "124.47.150.0/25, 124.47.150.128/25 }")),
		ft.Alike("neighbours exchanged, commands", commands, ft.Replace("input index 0 tcp", "input tcp")),
		ft.Alike("names, JSON", js, ft.All(`"mail"`, `"server"`)),
		ft.Alike("in one line, JSON", js, func(t testing.TB, text string) string {
			var b bytes.Buffer
			if err := json.Compact(&b, []byte(text)); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}),
	)
}

// TestEachRule takes out and turns each rule that decides.
func TestEachRule(t *testing.T) {
	edge, host, js := ft.Sample(t, "edge.nft"), ft.Sample(t, "host.nft"), ft.Sample(t, "host.json")
	single := func(f ft.RuleEdit) ft.RuleEdit {
		return func(text string, line int) string {
			l := strings.Split(text, "\n")[line-1]
			if strings.Contains(l, "vmap") || strings.Contains(l, "policy") {
				return ""
			}
			return f(text, line)
		}
	}
	ft.Blame(t, "nft", edge, 5, single(ft.Blank("")))
	ft.Turned(t, "nft", edge, 5, single(ft.Words("accept", "drop")))
	ft.Blame(t, "nft", host, 3, single(ft.Blank("")))
	ft.Turned(t, "nft", host, 3, single(ft.Words("accept", "drop")))
	ft.Blame(t, "nft", ft.Sample(t, "commands.sh"), 2, ft.OnlyIf(" rule ", ft.Blank("")))
	ft.Blame(t, "nft", js, 2, ft.Object)
	ft.Turned(t, "nft", js, 2, ft.Next(`"accept": null`, `"drop": null`))
}
