package recipe

import (
	"fmt"
	"strings"

	"mxodus/steps"
)

// JournalDomain is the domain of the journal address; "" when none is known.
func JournalDomain(f steps.Facts) string {
	_, domain, _ := strings.Cut(f.JournalAddress(), "@")
	return domain
}

// JournalScope is which messages the rule copies. With Archiving alone mail to
// and from outside does not pass the gateway, so all of it is journaled; with
// both services the gateway archives that mail itself (inferred from the
// purpose of the step: copies of internal mail).
func JournalScope(f steps.Facts) string {
	if f.Profile.Journey == steps.Connect && f.Profile.Service == steps.Both {
		return "Internal"
	}
	return "Global"
}

// Journal is what makes copies go to the archive by SMTP.
func Journal(f steps.Facts) []steps.Snippet {
	var out []steps.Snippet
	if InCloud(f) {
		out = append(out, exchangeJournal(f, true))
	}
	switch {
	case OnServers(f):
		out = append(out, exchangeJournal(f, false), databaseJournal(f))
	case OtherKind(f) == "hosted_exchange":
		out = append(out, providerJournal(f))
	}
	if InGoogle(f) || f.Profile.Platform == "" || (f.Profile.Platform == steps.Other && OtherKind(f) != "hosted_exchange") {
		out = append(out, journalText(f))
	}
	return out
}

func journalText(f steps.Facts) steps.Snippet {
	lines := []string{"Journal address: " + orUnknown(f.JournalAddress())}
	for _, h := range HostLines(f.Target.Journal) {
		lines = append(lines, "Journal host, port 25: "+h)
	}
	return snippet("Where journal copies go, "+Name(f.Target), "journal.txt", langText, lines...)
}

func orUnknown(s string) string {
	if s == "" {
		return "not known before your primary domain is answered"
	}
	return s
}

// exchangeJournal is contact, connector and rule; cloud and servers differ in
// the connector only.
func exchangeJournal(f steps.Facts, cloud bool) steps.Snippet {
	address := f.JournalAddress()
	var lines []string
	label, file := "Exchange Management Shell: journal contact, connector and rule, still off", "journal.ps1"
	if cloud {
		label, file = "Exchange Online PowerShell: journal contact, connector and rule, still off", "journal-online.ps1"
		lines = append(lines, "Connect-ExchangeOnline")
	}
	if address == "" {
		lines = append(lines,
			"$address = Read-Host 'Journal address of your Mimecast account'",
			"$domain = $address.Split('@')[1]")
	} else {
		lines = append(lines,
			"$address = "+psQuote(address),
			"$domain = "+psQuote(JournalDomain(f)))
	}
	lines = append(lines, psHosts("journal hosts", f.Target, f.Target.Journal)...)
	name := psQuote(own(f, journalName))
	lines = append(lines,
		fmt.Sprintf("New-MailContact -Name %s -ExternalEmailAddress $address", name),
		fmt.Sprintf("Set-MailContact -Identity %s -HiddenFromAddressListsEnabled $true", name))
	if cloud {
		lines = append(lines,
			fmt.Sprintf("New-OutboundConnector -Name %s -ConnectorType Partner `", name),
			"  -RecipientDomains $domain -UseMXRecord $false -SmartHosts $hosts `",
			"  -TlsSettings CertificateValidation -Enabled $true",
			"# reports that cannot be delivered go to a mailbox that is not journaled:",
			"$reports = \"$((Get-TransportConfig).JournalingReportNdrTo)\"",
			"Write-Host \"They go to '$reports' now\"",
			"if ($reports -in '', '<>') {",
			"  Set-TransportConfig -JournalingReportNdrTo (Read-Host 'Mailbox outside this tenant')",
			"}")
	} else {
		transport := "Get-TransportService"
		if oldExchange(f) {
			transport = "Get-TransportServer"
		}
		lines = append(lines,
			fmt.Sprintf("$servers = %s | ForEach-Object { $_.Name }", transport),
			fmt.Sprintf("New-SendConnector -Name %s -Usage Custom `", name),
			"  -AddressSpaces (\"SMTP:$domain;1\") -DNSRoutingEnabled $false `",
			"  -SmartHosts $hosts -SmartHostAuthMechanism None `",
			"  -SourceTransportServers $servers -Enabled $true")
	}
	lines = append(lines, scope(f)...)
	lines = append(lines, fmt.Sprintf("New-JournalRule -Name %s -JournalEmailAddress $address `", name),
		"  -Scope $scope -Enabled $false")
	return snippet(label, file, langPowerShell, lines...)
}

// databaseJournal is standard journaling, for those without the licences that
// a journal rule needs on servers of their own.
func databaseJournal(f steps.Facts) steps.Snippet {
	lines := []string{
		"# a journal rule needs Enterprise client licences; this does not",
		"# a database has one journal recipient only: what stands there now is replaced, so it is kept first",
		fmt.Sprintf("$contact = Get-MailContact -Identity %s -ErrorAction Stop", psQuote(own(f, journalName))),
		"$taken = Get-MailboxDatabase | Where-Object { $_.JournalRecipient -and \"$($_.JournalRecipient)\" -ne \"$($contact.Identity)\" }",
		"if ($taken) {",
		"  $taken | Format-Table Name, JournalRecipient -AutoSize | Out-Host",
		"  throw 'These databases journal to another recipient already. Nothing was changed: use the journal rule, or ask Mimecast how both are to get copies.'",
		"}",
	}
	lines = append(lines, keepBefore("journal-recipients", ".csv")...)
	return snippet("Exchange Management Shell, instead of the rule: by mailbox database, which begins at once",
		"journal-database.ps1", langPowerShell, append(lines,
			"Get-MailboxDatabase | Select-Object Name, JournalRecipient | Export-Csv $before -NoTypeInformation",
			"Get-MailboxDatabase | Set-MailboxDatabase -JournalRecipient $contact.DistinguishedName",
			"# go back, with the name of the file that this was kept in: Import-Csv FILE | ForEach-Object {",
			"#   Set-MailboxDatabase $_.Name -JournalRecipient $(if ($_.JournalRecipient) { $_.JournalRecipient }) }",
		)...)
}

// scope sets $scope; while migrating it is that of the rule in use.
func scope(f steps.Facts) []string {
	set := "$scope = " + psQuote(JournalScope(f))
	old := f.Answers.Value("journal.old_address")
	if f.Profile.Journey != steps.Migrate || old == "" {
		return []string{set}
	}
	return []string{
		set,
		fmt.Sprintf("$old = Get-JournalRule | Where-Object { \"$($_.JournalEmailAddress)\" -eq %s }", psQuote(old)),
		"if ($old) { $scope = @($old)[0].Scope }",
	}
}

// JournalSwitch turns the journal rule on, and says how to turn it off again.
func JournalSwitch(f steps.Facts) []steps.Snippet {
	if !InCloud(f) && !OnServers(f) {
		return nil
	}
	name := psQuote(own(f, journalName))
	return []steps.Snippet{
		snippet("Switch journaling on", "journal-on.ps1", langPowerShell, "Enable-JournalRule -Identity "+name+" -Confirm:$false"),
		snippet("Go back: switch it off", "journal-off.ps1", langPowerShell, "Disable-JournalRule -Identity "+name+" -Confirm:$false"),
	}
}

// JournalRetire takes the old account's journal rule out, after the old
// archive's data is in the new one.
func JournalRetire(f steps.Facts) []steps.Snippet {
	if !InCloud(f) && !OnServers(f) {
		return nil
	}
	find := "$address = Read-Host 'Journal address of the old account'"
	if old := f.Answers.Value("journal.old_address"); old != "" {
		find = "$address = " + psQuote(old)
	}
	return []steps.Snippet{snippet("Take the old journal rule out of use", "journal-old-off.ps1", langPowerShell,
		find,
		"# the rule of the new account stays, even where both addresses are the same",
		"$rules = @(Get-JournalRule | Where-Object {",
		fmt.Sprintf("  \"$($_.JournalEmailAddress)\" -eq $address -and $_.Name -ne %s })", psQuote(own(f, journalName))),
		"if (-not $rules) { Write-Warning \"No other rule journals to $address; nothing was changed\"; return }",
		"$rules | Format-Table Name, JournalEmailAddress, Scope, Enabled -AutoSize | Out-Host",
		"$rules | Disable-JournalRule -Confirm:$false",
		"# once nothing is missed, for each of them: Remove-JournalRule -Identity NAME",
	)}
}

func providerJournal(f steps.Facts) steps.Snippet {
	lines := []string{
		"Subject: Journaling for " + orDomain(f),
		"",
		"Please journal all mailboxes of our tenant to this address:",
		"",
		"  " + orUnknown(f.JournalAddress()),
		"",
		"and send mail for its domain to these hosts, port 25:",
		"",
	}
	for _, h := range HostLines(f.Target.Journal) {
		lines = append(lines, "  "+h)
	}
	lines = append(lines, "", "Please tell us which addresses these copies come from.")
	return snippet("Mail to your hosting provider", "provider-journal.txt", langText, lines...)
}
