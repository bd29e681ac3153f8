package windows_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes rules in other ways that mean the same.
func TestMeaning(t *testing.T) {
	export, reg, commands, netsh := ft.Sample(t, "exchange.json"), ft.Sample(t, "policy.reg"), ft.Sample(t, "commands.ps1"), ft.Sample(t, "netsh.txt")
	ft.Meaning(t, id,
		ft.Alike("rules renamed", export, ft.Both(ft.All("Mimecast to SMTP", "mail in"), ft.All("000000000002}", "00000000abcd}"))),
		ft.Alike("a network in two halves", export, ft.Replace("103.13.69.0/255.255.255.0", `103.13.69.0/255.255.255.128","103.13.69.128/255.255.255.128`)),
		ft.Alike("lines in another order", export, func(_ testing.TB, text string) string {
			lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
			lines[12], lines[16] = lines[16], lines[12]
			return strings.Join(lines, "\n") + "\n"
		}),
		ft.Alike("blank lines", export, ft.Lines(`"DisplayName"`, func(l string) string { return "\n" + l })),
		ft.Alike("a disabled rule", export, ft.Append(rule(`Enabled="False";Action="Block";LocalPort=["Any"]`))),
		ft.Alike("a rule that says what another says", export, ft.Append(rule(`RemoteAddress=["103.13.69.0/255.255.255.128"]`))),
		ft.Alike("a network in two halves, registry", reg, ft.Replace("RA4=103.13.69.0/255.255.255.0", "RA4=103.13.69.0/255.255.255.128|RA4=103.13.69.128/255.255.255.128")),
		ft.Alike("a rule in two, registry", reg, ft.Replace("|RA4=124.47.150.0-124.47.150.255|Name=Mimecast to SMTP|Desc=Mail|\"\n",
			"|Name=Mimecast to SMTP|Desc=Mail|\"\n\"SMTP-In-3\"=\"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=25|RA4=124.47.150.0-124.47.150.255|Name=more|\"\n")),
		ft.Alike("neighbours exchanged, registry", reg, ft.Swap("Mimecast to SMTP|Desc=Mail|\"\n", "SMTP from anywhere|\"\n")),
		ft.Alike("comments, commands", commands, ft.Lines("New-NetFirewallRule", func(l string) string { return "# a rule\n\n" + l })),
		ft.Alike("names, commands", commands, ft.All("SMTP for everyone", "open relay")),
		ft.Alike("one line, commands", commands, ft.Replace(" `\n    \"124", " \"124")),
		ft.Alike("a network in two halves, commands", commands, ft.Replace(`"124.47.150.0/24"`, `"124.47.150.0/25", "124.47.150.128/25"`)),
		ft.Alike("removed instead of disabled, commands", commands, ft.Replace("Disable-NetFirewallRule", "Remove-NetFirewallRule")),
		ft.Alike("names, netsh", netsh, ft.All("Mimecast", "Filter")),
	)
}

// TestEachRule disables each rule that decides, and makes each that lets pass
// refuse.
func TestEachRule(t *testing.T) {
	export, reg := ft.Sample(t, "exchange.json"), ft.Sample(t, "policy.reg")
	ft.Blame(t, id, export, 4, ft.OnlyIf(`"Enabled":"True"`, ft.Words(`"Enabled":"True"`, `"Enabled":"False"`)))
	ft.Refused(t, id, export, 3, ft.OnlyIf(`"Action":"Allow"`, ft.Words(`"Action":"Allow"`, `"Action":"Block"`)))
	ft.Blame(t, id, reg, 1, ft.OnlyIf("Active=TRUE", ft.Words("Active=TRUE", "Active=FALSE")))
	ft.Blame(t, id, ft.Sample(t, "commands.ps1"), 1, ft.OnlyIf("New-", ft.Blank("`")))
	ft.Refused(t, id, ft.Sample(t, "commands.ps1"), 1, ft.Next("-Action Allow", "-Action Block"))
	netsh := ft.Sample(t, "netsh.txt")
	ft.Blame(t, id, netsh, 1, ft.OnlyIf("Rule Name:", ft.Next("Enabled:                              Yes", "Enabled:                              No")))
	ft.Refused(t, id, netsh, 1, ft.OnlyIf("Rule Name:", ft.Next("Action:                               Allow", "Action:                               Block")))
	ft.Refused(t, id, reg, 1, ft.OnlyIf("Action=Allow", ft.Words("Action=Allow", "Action=Block")))
}
