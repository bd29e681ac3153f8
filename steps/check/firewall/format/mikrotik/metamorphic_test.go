package mikrotik_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes a file in other ways that mean the same.
func TestMeaning(t *testing.T) {
	site, terse := ft.Sample(t, "mail-site.rsc"), ft.Sample(t, "terse-v6.rsc")
	const last = "add action=drop chain=forward\n"
	ft.Meaning(t, id,
		ft.Alike("a list renamed", site, ft.All("mimecast", "filter-hosts")),
		ft.Alike("a network in two halves", site, ft.Replace("add address=124.47.150.0/24 list=mimecast\n", "add address=124.47.150.0/25 list=mimecast\nadd address=124.47.150.128/25 list=mimecast\n")),
		ft.Alike("comments and blank lines", site, ft.Lines("action=drop", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("joined lines", site, ft.All("\\\n    ", "")),
		ft.Alike("a list written out in rules", site, ft.Replace(
			"dst-address=10.0.0.25 dst-port=25 protocol=tcp src-address-list=\\\n    mimecast\n",
			"dst-address=10.0.0.25 dst-port=25 protocol=tcp src-address=103.13.69.0/24\nadd action=accept chain=forward dst-address=10.0.0.25 dst-port=25 protocol=tcp src-address=124.47.150.0/24\n",
		)),
		ft.Alike("a rule after a final one", ft.After("connection-state=new in-interface-list=WAN\n", last)(t, site), ft.After(last, "add action=accept chain=forward\n")),
		ft.Alike("a disabled rule", site, ft.Before("add action=accept chain=forward comment=\"mail in\"", "add action=accept chain=forward disabled=yes\n")),
		ft.Alike("ports exchanged", site, ft.Replace("dst-port=25,465,587", "dst-port=587,25,465")),
		ft.Alike("a jump written out", terse, ft.Both(
			ft.Replace("add action=jump chain=forward comment=\"mail from outside\" dst-port=25 in-interface=wan jump-target=mail-in protocol=tcp\n",
				"add action=accept chain=forward dst-port=25 in-interface=wan protocol=tcp src-address=103.13.69.0/24 dst-address=10.9.0.25\n"),
			ft.Replace("/ip firewall filter add action=return chain=mail-in src-address=!103.13.69.0/24\n/ip firewall filter add action=accept chain=mail-in dst-address=10.9.0.25\n", ""))),
		ft.Alike("a chain renamed", terse, ft.All("mail-in", "from-outside")),
		ft.Alike("a negation as two ranges", terse, ft.Replace("add action=return chain=mail-in src-address=!103.13.69.0/24\n",
			"add action=return chain=mail-in src-address=0.0.0.0-103.13.68.255\n/ip firewall filter add action=return chain=mail-in src-address=103.13.70.0-255.255.255.255\n")),
		ft.Alike("neighbours that do not meet exchanged", terse, ft.Swap(
			"/ip firewall filter add action=accept chain=forward connection-state=established,related\n",
			"/ip firewall filter add action=accept chain=forward in-interface=dmz\n")),
	)
}

// TestEachRule disables and turns each rule that decides.
func TestEachRule(t *testing.T) {
	for _, name := range []string{"mail-site.rsc", "terse-v6.rsc"} {
		text := ft.Sample(t, name)
		ft.Blame(t, id, text, 1, ft.OnlyIf("action=", func(text string, line int) string {
			return ft.OnLine(text, line, func(l string) string { return strings.Replace(l, "add ", "add disabled=yes ", 1) })
		}))
		ft.Turned(t, id, text, 1, ft.Words("action=accept", "action=drop"))
	}
}
