package recipe

import (
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
)

// RetireConnectors is the task of deleting what still sends through the old
// region, after sign-off.
func RetireConnectors(f steps.Facts) steps.Task {
	way := WayOut(f.Profile)
	detail := "The new " + way + " and the new region's SPF term stay. Delete only what names the old region's hosts and is switched off; " +
		"what was deleted is kept in a file first, and can be made again from it until the old account is disabled. " +
		"Look for the old hosts in scanners and applications, too."
	switch {
	case InGoogle(f):
		detail += "\n\nGoogle Workspace: in the Admin console under Apps, Google Workspace, Gmail, look at **Routing** first: no rule may use the old route any more. " +
			"Then delete it under **Hosts**. Write down its hosts and ports before; going back is making it again."
	case OtherKind(f) == "postfix":
		detail += "\n\nPostfix: what stands in `main.cf` was replaced at the switch. The lines below show whether another setting or map still names the old hosts."
	case OtherKind(f) == "domino":
		detail += "\n\nDomino: see that no server's configuration document names the old hosts as relay host, then recalculate the routing table."
	case OtherKind(f) == "hosted_exchange":
		detail += "\n\nYour provider deletes the connector: send the mail below."
	}
	t := steps.Task{
		ID: "old_connectors", Title: "Delete the old region's " + ways(way) + " and SPF include", Who: check.WhoTPOC,
		Detail: detail, Snippets: RetireOutbound(f),
	}
	if OtherKind(f) == "hosted_exchange" {
		t.Who = check.WhoProvider
	}
	t.Snippets = append(t.Snippets, RetireSPF(f)...)
	return t
}

// ways is more than one of a way out.
func ways(one string) string {
	if one == "way out" {
		return "ways out"
	}
	return one + "s"
}

// RetireOutbound deletes the connectors that send through the old region, and
// says how to make them again.
func RetireOutbound(f steps.Facts) []steps.Snippet {
	var out []steps.Snippet
	if InCloud(f) {
		out = append(out, retire(f, cloudWay, outgoing(f.Source.OutboundM365)), restore(cloudWay, outgoing(nil)))
	}
	switch {
	case OnServers(f):
		out = append(out, retire(f, serverWay, outgoing(ServerHosts(f.Source))), restore(serverWay, outgoing(nil)))
	case OtherKind(f) == "hosted_exchange":
		out = append(out, providerRetire(f))
	case OtherKind(f) == "postfix":
		out = append(out, postfixRetire(f))
	}
	if InGoogle(f) || f.Profile.Platform == "" || f.Profile.Platform == steps.Other && len(out) == 0 {
		out = append(out, snippet("Hosts of the region you leave, "+Name(f.Source)+": what names them goes", "old-hosts.txt", langText, HostLines(ServerHosts(f.Source))...))
	}
	return out
}

// RetireJournal deletes the old journal connectors once their rule is off, and
// says how to make them again.
func RetireJournal(f steps.Facts) []steps.Snippet {
	var out []steps.Snippet
	if InCloud(f) {
		out = append(out, retire(f, cloudWay, copies(f)), restore(cloudWay, copies(f)))
	}
	if OnServers(f) {
		out = append(out, retire(f, serverWay, copies(f)), restore(serverWay, copies(f)))
	}
	return out
}

// way is how a platform names its connectors: the noun of its commands, and
// what a connector is made of, apart from passwords.
type way struct {
	noun, shell string
	sign        []string // before the first command
	parts       string
}

var (
	cloudWay  = way{"Outbound", "Exchange Online PowerShell", []string{"Connect-ExchangeOnline"}, "Name, ConnectorType, RecipientDomains, SmartHosts, TlsSettings, TlsDomain"}
	serverWay = way{"Send", "Exchange Management Shell", nil, "Name, AddressSpaces, SmartHosts, SmartHostAuthMechanism, RequireTLS, Port, SourceTransportServers"}
)

// purpose is what connectors are there for: mail out, or journal copies.
type purpose struct {
	what  string   // as in "connectors for outgoing mail"
	file  string   // base of the names of files
	keep  string   // name of the new connector
	hosts []string // of the old region
	guard []string // lines that refuse as long as the old ones are in use
}

func outgoing(hosts []string) purpose {
	return purpose{what: "outgoing mail", file: "connectors", keep: sendName, hosts: hosts, guard: []string{
		"if ($old | Where-Object { $_.Enabled }) { throw 'One of them is still on. Switch it off first; nothing was deleted' }",
	}}
}

func copies(f steps.Facts) purpose {
	find := "$address = Read-Host 'Journal address of the old account'"
	if old := f.Answers.Value("journal.old_address"); old != "" {
		find = "$address = " + psQuote(old)
	}
	return purpose{what: "journal copies", file: "journal-connectors", keep: journalName, hosts: f.Source.Journal, guard: []string{
		find,
		fmt.Sprintf("$rules = @(Get-JournalRule | Where-Object { $_.Enabled -and \"$($_.JournalEmailAddress)\" -eq $address -and $_.Name -ne %s })", psQuote(own(f, journalName))),
		"if ($rules) { throw \"A rule still journals to $address. Take it out of use first; nothing was deleted\" }",
	}}
}

// retire finds connectors by the old region's hosts, whatever their names, and
// deletes them after all refusals. The new one must stand and be on.
func retire(f steps.Facts, w way, p purpose) steps.Snippet {
	lines := append([]string{}, w.sign...)
	if len(p.hosts) == 0 {
		lines = append(lines,
			fmt.Sprintf("# hosts for %s of %s: %s", p.what, Name(f.Source), Unknown),
			fmt.Sprintf("Get-%sConnector | Format-Table Name, Enabled, SmartHosts -AutoSize | Out-Host", w.noun),
			"$hosts = (Read-Host 'Hosts of the old region, as the list shows them, with commas between') -split '\\s*,\\s*'",
			"if (-not \"$hosts\".Trim()) { throw 'No host was named; nothing was deleted' }")
	} else {
		lines = append(lines, "$hosts = "+psList(p.hosts))
	}
	lines = append(lines,
		"$new = "+psQuote(own(f, p.keep)),
		fmt.Sprintf("if (-not (Get-%sConnector -Identity $new -ErrorAction Stop).Enabled) { throw 'The new connector is off; nothing was deleted' }", w.noun),
		fmt.Sprintf("$old = @(Get-%sConnector | Where-Object { $_.Name -ne $new -and @($_.SmartHosts | Where-Object { \"$_\" -in $hosts }) })", w.noun),
		"if (-not $old) { Write-Warning 'No other connector sends through these hosts; nothing was deleted'; return }",
		"$old | Format-Table Name, Enabled, SmartHosts -AutoSize | Out-Host")
	lines = append(lines, p.guard...)
	lines = append(lines, keepBefore("old-"+p.file+"-"+strings.ToLower(w.noun), ".xml")...)
	lines = append(lines,
		fmt.Sprintf("$old | Select-Object %s | Export-Clixml $before", w.parts),
		fmt.Sprintf("$old | ForEach-Object { Remove-%sConnector -Identity $_.Name -Confirm:$false }", w.noun),
		fmt.Sprintf("Get-%sConnector | Format-Table Name, Enabled, SmartHosts -AutoSize | Out-Host", w.noun))
	return snippet(w.shell+": delete the old region's connectors for "+p.what, p.file+"-"+strings.ToLower(w.noun)+"-delete.ps1", langPowerShell, lines...)
}

// restore makes the connectors again from the file, still off.
func restore(w way, p purpose) steps.Snippet {
	lines := append([]string{}, w.sign...)
	lines = append(lines,
		"$file = Read-Host 'File that the deleted connectors were kept in'",
		"if (-not (Test-Path $file)) { throw \"There is no file $file; nothing was made\" }",
		"Import-Clixml $file | ForEach-Object {",
		"  $c = $_",
		"  $settings = @{ Name = \"$($c.Name)\"; Enabled = $false",
		"    SmartHosts = @($c.SmartHosts | ForEach-Object { \"$_\" }) }")
	if w.noun == "Outbound" {
		lines = append(lines,
			"  $settings.ConnectorType = \"$($c.ConnectorType)\"",
			"  $settings.RecipientDomains = @($c.RecipientDomains | ForEach-Object { \"$_\" })",
			"  $settings.UseMXRecord = $false",
			"  if (\"$($c.TlsSettings)\") { $settings.TlsSettings = \"$($c.TlsSettings)\" }",
			"  if (\"$($c.TlsDomain)\") { $settings.TlsDomain = \"$($c.TlsDomain)\" }")
	} else {
		lines = append(lines,
			"  $settings.Usage = 'Custom'",
			"  $settings.AddressSpaces = @($c.AddressSpaces | ForEach-Object { \"$_\" })",
			"  $settings.DNSRoutingEnabled = $false",
			"  $settings.Port = $c.Port",
			"  $settings.RequireTLS = $c.RequireTLS",
			"  $settings.SourceTransportServers = @($c.SourceTransportServers | ForEach-Object { \"$_\" })",
			"  $settings.SmartHostAuthMechanism = \"$($c.SmartHostAuthMechanism)\"",
			"  if (\"$($c.SmartHostAuthMechanism)\" -like 'Basic*') {",
			"    $settings.AuthenticationCredential = Get-Credential -Message \"Sign-in of $($c.Name)\"",
			"  }")
	}
	lines = append(lines,
		fmt.Sprintf("  New-%sConnector @settings", w.noun),
		"}")
	return snippet(w.shell+": go back, make the connectors for "+p.what+" again, switched off", p.file+"-"+strings.ToLower(w.noun)+"-again.ps1", langPowerShell, lines...)
}

// postfixRetire shows what still names the old hosts; it changes nothing.
func postfixRetire(f steps.Facts) steps.Snippet {
	hosts := ServerHosts(f.Source)
	if len(hosts) == 0 {
		return snippet("Hosts of the region you leave, "+Name(f.Source), "old-hosts.txt", langText, Unknown)
	}
	var names []string
	for _, h := range hosts {
		names = append(names, "-e "+h)
	}
	find := strings.Join(names, " ")
	return snippet("See what still names the old hosts: no line is right", "old-hosts.sh", langConf,
		"postconf -n | grep -F "+find,
		"grep -rnF "+find+" /etc/postfix")
}

func providerRetire(f steps.Facts) steps.Snippet {
	lines := []string{
		"Subject: Old Mimecast connector of " + orDomain(f),
		"",
		"Please delete the connector of our tenant that still sends through the",
		"hosts of " + Name(f.Source) + ":",
		"",
	}
	for _, h := range HostLines(ServerHosts(f.Source)) {
		lines = append(lines, "  "+h)
	}
	lines = append(lines, "", "The one that sends through these stays:", "")
	for _, h := range HostLines(ServerHosts(f.Target)) {
		lines = append(lines, "  "+h)
	}
	lines = append(lines, "", "Please keep its settings, so that it can be made again.")
	return snippet("Mail to your hosting provider", "provider-old-connector.txt", langText, lines...)
}

// RetireSPF is the term to take out of the record, and the one that stays.
func RetireSPF(f steps.Facts) []steps.Snippet {
	if f.Source.SPFInclude == "" {
		return []steps.Snippet{snippet("SPF: the term of the region you leave", "spf-old-term.txt", langText,
			fmt.Sprintf("include of %s: %s", Name(f.Source), Unknown))}
	}
	stays := "the new region's term"
	if f.Target.SPFInclude != "" {
		stays = "include:" + f.Target.SPFInclude
	}
	return []steps.Snippet{snippet(
		fmt.Sprintf("Take only this out of the SPF record of every domain; %s and all else stays. Going back is putting it in again, before ~all or -all", stays),
		"spf-old-term.txt", langText, "include:"+f.Source.SPFInclude)}
}
