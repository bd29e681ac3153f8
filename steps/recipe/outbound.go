package recipe

import (
	"fmt"
	"strings"

	"mxodus/steps"
)

// Names of the connectors and rules that the snippets make.
const (
	sendName    = "Mimecast outbound"
	journalName = "Mimecast journal"
	inboundName = "Mimecast to Microsoft 365"
)

// own marks names with the target region while migrating, so that the new
// connector stands beside the old one until the switch.
func own(f steps.Facts, name string) string {
	if f.Profile.Journey == steps.Migrate && f.Target.ID != "" {
		return name + " " + strings.ToUpper(f.Target.ID)
	}
	return name
}

// SendConnector is the new way out for the platform, not yet in use.
func SendConnector(f steps.Facts) []steps.Snippet {
	var out []steps.Snippet
	if InCloud(f) {
		out = append(out, cloudSend(f))
	}
	switch {
	case OnServers(f):
		out = append(out, exchangeSend(f))
	case OtherKind(f) == "postfix":
		out = append(out, postfixSend(f))
	case OtherKind(f) == "hosted_exchange":
		out = append(out, providerSend(f))
	case f.Profile.Platform == steps.Other, f.Profile.Platform == "", InGoogle(f):
		out = append(out, hostsText(f))
	}
	if f.Profile.Platform == steps.HybridGoogle {
		out = append(out, hostsText(f))
	}
	return out
}

func cloudSend(f steps.Facts) steps.Snippet {
	lines := []string{"Connect-ExchangeOnline"}
	lines = append(lines, psHosts("outbound hosts for Microsoft 365", f.Target, CloudHosts(f.Target))...)
	lines = append(lines,
		fmt.Sprintf("New-OutboundConnector -Name %s `", psQuote(own(f, sendName))),
		"  -ConnectorType Partner -RecipientDomains '*' `",
		"  -UseMXRecord $false -SmartHosts $hosts `",
		"  -TlsSettings CertificateValidation -Enabled $false",
		"# a test that sends one message to an address outside:",
		fmt.Sprintf("Validate-OutboundConnector -Identity %s `", psQuote(own(f, sendName))),
		"  -Recipients (Read-Host 'Address outside to test with')",
	)
	return snippet("Exchange Online PowerShell: the new outbound connector, still off", "outbound-connector.ps1", langPowerShell, lines...)
}

func exchangeSend(f steps.Facts) steps.Snippet {
	servers := "$servers = Get-TransportService | ForEach-Object { $_.Name }"
	if oldExchange(f) {
		servers = "$servers = Get-TransportServer | ForEach-Object { $_.Name }"
	}
	lines := []string{servers}
	lines = append(lines, psHosts("outbound hosts", f.Target, ServerHosts(f.Target))...)
	lines = append(lines,
		fmt.Sprintf("New-SendConnector -Name %s -Usage Custom `", psQuote(own(f, sendName))),
		"  -AddressSpaces 'SMTP:*;1' -DNSRoutingEnabled $false `",
		"  -SmartHosts $hosts -SourceTransportServers $servers `",
	)
	if f.Answers.Yes("ip.outbound_dynamic") {
		lines = append(lines,
			"  -Port 587 -SmartHostAuthMechanism BasicAuthRequireTLS -RequireTLS $true `",
			"  -AuthenticationCredential (Get-Credential -Message 'Internal address and its cloud password') `")
	} else {
		lines = append(lines, "  -SmartHostAuthMechanism None `")
	}
	lines = append(lines, "  -Enabled $false")
	return snippet("Exchange Management Shell: the new send connector, still off", "send-connector.ps1", langPowerShell, lines...)
}

func postfixSend(f steps.Facts) steps.Snippet {
	port := 25
	if f.Answers.Yes("ip.outbound_dynamic") {
		port = 587
	}
	var lines []string
	hosts := ServerHosts(f.Target)
	lines = append(lines, "# keep what stands there now: postconf relayhost smtp_fallback_relay")
	if len(hosts) == 0 {
		lines = append(lines, "# relayhost: outbound hosts of "+Name(f.Target)+": "+Unknown)
	} else {
		lines = append(lines, fmt.Sprintf("relayhost = [%s]:%d", hosts[0], port))
	}
	if len(hosts) > 1 {
		lines = append(lines, fmt.Sprintf("smtp_fallback_relay = [%s]:%d", hosts[1], port))
	}
	if port == 587 {
		lines = append(lines,
			"smtp_tls_security_level = encrypt",
			"smtp_sasl_auth_enable = yes",
			"smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
			"smtp_sasl_security_options = noanonymous",
			"# /etc/postfix/sasl_passwd, readable by root alone, one line for each host:")
		for _, h := range hosts {
			lines = append(lines, fmt.Sprintf("#   [%s]:%d USER@DOMAIN:PASSWORD", h, port))
		}
		lines = append(lines, "# then run: postmap /etc/postfix/sasl_passwd")
	} else {
		lines = append(lines, "smtp_tls_security_level = may")
	}
	return snippet("Lines for Postfix main.cf; then run: postfix check && postfix reload", "main.cf.part", langConf, lines...)
}

func hostsText(f steps.Facts) steps.Snippet {
	lines := HostLines(ServerHosts(f.Target))
	label := "Hosts that your mail goes out through, " + Name(f.Target)
	return snippet(label, "outbound-hosts.txt", langText, lines...)
}

func providerSend(f steps.Facts) steps.Snippet {
	lines := []string{
		"Subject: Outgoing mail of " + orDomain(f) + " through Mimecast",
		"",
		"Please send all outgoing mail of our tenant through these two hosts,",
		"port 25, TLS where offered, both in one connector:",
		"",
	}
	for _, h := range HostLines(ServerHosts(f.Target)) {
		lines = append(lines, "  "+h)
	}
	lines = append(lines,
		"",
		"Please tell us first which addresses this mail will come from: Mimecast",
		"accepts it only from addresses its support has entered, which takes up",
		"to two hours. Keep the present connector, so that we can go back.",
	)
	return snippet("Mail to your hosting provider", "provider-outbound.txt", langText, lines...)
}

// SwitchOutbound turns the new way out on and the old one off, and says how to
// go back.
func SwitchOutbound(f steps.Facts) []steps.Snippet {
	var out []steps.Snippet
	if InCloud(f) {
		out = append(out, switchScript(f, "Outbound", "Exchange Online PowerShell: switch over"))
		out = append(out, switchBack(f, "Outbound", "Exchange Online PowerShell: go back", "outbound-back.ps1"))
	}
	if OnServers(f) {
		out = append(out, switchScript(f, "Send", "Exchange Management Shell: switch over"))
		out = append(out, switchBack(f, "Send", "Exchange Management Shell: go back", "send-back.ps1"))
	}
	return out
}

func switchScript(f steps.Facts, kind, label string) steps.Snippet {
	return snippet(label, strings.ToLower(kind)+"-switch.ps1", langPowerShell,
		fmt.Sprintf("Get-%sConnector | Format-Table Name, Enabled, SmartHosts -AutoSize | Out-Host", kind),
		"$new = "+psQuote(own(f, sendName)),
		"$old = Read-Host 'Name of the connector in use now (empty for none)'",
		"if ($old -eq $new) { throw 'This is the new connector; nothing was changed' }",
		fmt.Sprintf("if ($old) { $null = Get-%sConnector -Identity $old -ErrorAction Stop }", kind),
		fmt.Sprintf("Set-%sConnector -Identity $new -Enabled $true -ErrorAction Stop", kind),
		fmt.Sprintf("if ($old) { Set-%sConnector -Identity $old -Enabled $false }", kind),
		fmt.Sprintf("Get-%sConnector | Format-Table Name, Enabled -AutoSize | Out-Host", kind),
	)
}

func switchBack(f steps.Facts, kind, label, file string) steps.Snippet {
	ask, on := "Name of the former connector", fmt.Sprintf("Set-%sConnector -Identity $old -Enabled $true -ErrorAction Stop", kind)
	if kind == "Outbound" {
		ask += " (none, where Microsoft 365 sent by itself before)"
		on = "if ($old -ne 'none') { " + on + " }"
	}
	return snippet(label, file, langPowerShell,
		fmt.Sprintf("Get-%sConnector | Format-Table Name, Enabled, SmartHosts -AutoSize | Out-Host", kind),
		"$new = "+psQuote(own(f, sendName)),
		fmt.Sprintf("$old = \"$(Read-Host '%s')\".Trim()", ask),
		"if (-not $old) { throw 'No name was given; nothing was changed, as mail could have no way out' }",
		"if ($old -eq $new) { throw 'This is the new connector; nothing was changed' }",
		on,
		fmt.Sprintf("Set-%sConnector -Identity $new -Enabled $false", kind),
	)
}

// orDomain names the organisation's domain in a message.
func orDomain(f steps.Facts) string {
	switch {
	case f.Domain != "":
		return f.Domain
	case f.Org != "":
		return f.Org
	}
	return "our organisation"
}
