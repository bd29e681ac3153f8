package pf_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes rules in other ways that mean the same.
func TestMeaning(t *testing.T) {
	free, open, ctl := ft.Sample(t, "freebsd.conf"), ft.Sample(t, "openbsd.conf"), ft.Sample(t, "pfctl.txt")
	const (
		mail = "pass in on $ext_if inet proto tcp from <mimecast> to $mx port $mail \\\n\tflags S/SA keep state\n"
		icmp = "pass in on $ext_if inet proto icmp icmp-type { echoreq, unreach }\n"
		gate = "pass in on egress inet proto tcp from <mimecast> to $mx port 25\n"
	)
	ft.Meaning(t, "pf",
		ft.Alike("a table renamed", free, ft.All("<mimecast>", "<filters>")),
		ft.Alike("names renamed", free, ft.Both(ft.All("$mx", "$exchange"), ft.Replace("mx     =", "exchange ="), ft.All("ext_if", "wan"))),
		ft.Alike("a network in two halves", free, ft.Replace("{ 103.13.69.0/24, 124.47.150.0/24 }", "{ 103.13.69.0/25, 103.13.69.128/25, 124.47.150.0/24 }")),
		ft.Alike("a table written out", free, ft.Replace("from <mimecast> to", "from { 103.13.69.0/24, 124.47.150.0/24 } to")),
		ft.Alike("a table as two rules", free, ft.Replace(mail, strings.Replace(mail, "<mimecast>", "103.13.69.0/24", 1)+strings.Replace(mail, "<mimecast>", "124.47.150.0/24", 1))),
		ft.Alike("a name written out", free, ft.Replace("port $mail", "port { smtp, 587:587 }")),
		ft.Alike("comments and blank lines", free, ft.Lines("pass in", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("lines joined", free, ft.Replace(" \\\n\t", " ")),
		ft.Alike("rules before one that takes all of it", free, ft.Before("block in log all\n", "pass in inet proto tcp from any to any port 25\n")),
		ft.Alike("rules after a final one", free+"block drop quick all\n", ft.Append("pass quick all\npass in inet all\n")),
		ft.Alike("neighbours that do not meet exchanged", free, ft.Swap(mail, icmp)),
		ft.Alike("a last match as a first", free, ft.Replace(mail, "pass in quick"+strings.TrimPrefix(mail, "pass in"))),
		ft.Alike("a network in two halves, OpenBSD", open, ft.Replace("{ 103.13.69.0/24 124.47.150.0/24 }", "{ 103.13.69.0/25 103.13.69.128/25 124.47.150.0/24 }")),
		ft.Alike("a table written out, OpenBSD", open, ft.Replace("from <mimecast> to", "from { 103.13.69.0/24 124.47.150.0/24 } to")),
		ft.Alike("an anchor written out, OpenBSD", open, ft.Replace("anchor \"office\" in on em1 {\n\tblock proto tcp from 10.0.0.99 to any port 25\n\tpass quick proto tcp from 10.0.0.100 to any port 25\n}\n",
			"block in on em1 proto tcp from 10.0.0.99 to any port 25\npass in quick on em1 proto tcp from 10.0.0.100 to any port 25\n")),
		ft.Alike("a rule before one that overrules it, OpenBSD", open, ft.Before("block return log\n", "pass in inet proto tcp to any port 25\n")),
		ft.Alike("neighbours that do not meet exchanged, OpenBSD", open, ft.Swap(gate, "pass in on egress inet proto tcp to 203.0.113.26 port 2525 rdr-to $mx port 25\n")),
		ft.Alike("comments, OpenBSD", open, ft.Lines("pass in", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("a network in two halves, pfctl", ctl, ft.Replace("   103.13.69.0/24\n", "   103.13.69.0/25\n   103.13.69.128/25\n")),
		ft.Alike("a table written out, pfctl", ctl, ft.Replace("rdr pass on em0 inet proto tcp from <mimecast> to (em0) port = smtp -> 10.0.0.25\n",
			"rdr pass on em0 inet proto tcp from 103.13.69.0/24 to (em0) port = smtp -> 10.0.0.25\nrdr pass on em0 inet proto tcp from 124.47.150.0/24 to (em0) port = smtp -> 10.0.0.25\n")),
		ft.Alike("ports as numbers, pfctl", ctl, ft.All("port = submission", "port = 587")),
	)
}

// TestEachRule takes out and turns each rule that decides.
func TestEachRule(t *testing.T) {
	for name, least := range map[string]int{"freebsd.conf": 4, "openbsd.conf": 6, "pfctl.txt": 4} {
		text := ft.Sample(t, name)
		ft.Blame(t, "pf", text, least, ft.Blank("\\"))
		ft.Turned(t, "pf", text, least-1, func(text string, line int) string {
			l := strings.Split(text, "\n")[line-1]
			if strings.Contains(l, "rdr") || strings.Contains(l, "antispoof") || strings.HasSuffix(l, "\\") {
				return ""
			}
			switch strings.Fields(l)[0] {
			case "block":
				return ft.OnLine(text, line, func(l string) string {
					return strings.NewReplacer("block return", "pass", "block drop", "pass", "block", "pass").Replace(l)
				})
			case "pass":
				return ft.OnLine(text, line, func(l string) string {
					return strings.NewReplacer("pass ", "block ", " keep state", "", " flags S/SA", "").Replace(l)
				})
			}
			return ""
		})
	}
}
