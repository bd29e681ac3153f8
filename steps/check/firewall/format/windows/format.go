// Package windows reads the rules of Windows Firewall: what one given line of
// PowerShell prints (one JSON object a line), other JSON of the same cmdlets,
// the text of netsh advfirewall, an export of the registry, and New-NetFirewallRule
// commands.
//
// Semantics, after the vendor's documentation (learn.microsoft.com: "Windows
// Firewall rules", rule precedence; "Order of Windows Firewall with Advanced
// Security Rules Evaluation"; the NetSecurity module; [MS-GPFAS] 2.2.2.19 and
// [MS-FASP] 2.2.37 for the registry):
//   - There is no order. A block rule beats every allow rule, an allow rule the
//     default of the profile, which is to block what comes in and to allow what
//     goes out. "More specific" decides nothing where a block rule is met.
//   - Allow rules for secured connections that override block rules come before
//     all; whether a connection is secured is not in a file.
//   - Rules hold in the profiles they name (Domain, Private, Public). Which one
//     is active is in the JSON; where it is not, an answer must hold in each.
//   - A profile that is off lets everything through. One that blocks all
//     incoming connections (AllowInboundRules False) passes allow rules over.
//     With AllowLocalFirewallRules False only rules of group policy count.
//   - Connections are tracked: later packets pass without a rule.
//   - A rule for a program or service holds for it alone. Who listens on a port
//     is not in a file, so such a rule is met perhaps; except that Exchange's
//     transport programs and services are taken to be the mail server where
//     their rule names the port, and programs of Windows itself and packaged
//     apps are taken not to be.
package windows

import (
	"fmt"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// ID of the format.
const ID = "windows"

// exportLine prints profiles, connections, addresses and rules, one JSON object
// a line. All filters are fetched once and joined by InstanceID, as asking for
// them rule by rule takes minutes.
const exportLine = `& { $s='ActiveStore'; $f=@{}; foreach ($n in 'Port','Address','Application','Service','Interface','InterfaceType','Security') { $h=@{}; & "Get-NetFirewall${n}Filter" -PolicyStore $s | ForEach-Object { $h[$_.InstanceID]=$_ }; $f[$n]=$h }; ` +
	`Get-NetFirewallProfile -PolicyStore $s | ForEach-Object { [ordered]@{ProfileName="$($_.Name)";Enabled="$($_.Enabled)";DefaultInboundAction="$($_.DefaultInboundAction)";DefaultOutboundAction="$($_.DefaultOutboundAction)";AllowInboundRules="$($_.AllowInboundRules)";AllowLocalFirewallRules="$($_.AllowLocalFirewallRules)";DisabledInterfaceAliases=@($_.DisabledInterfaceAliases)} | ConvertTo-Json -Compress }; ` +
	`Get-NetConnectionProfile | ForEach-Object { [ordered]@{NetworkCategory="$($_.NetworkCategory)";InterfaceAlias="$($_.InterfaceAlias)"} | ConvertTo-Json -Compress }; ` +
	`Get-NetIPAddress | ForEach-Object { [ordered]@{IPAddress="$($_.IPAddress)";PrefixLength=$_.PrefixLength;InterfaceAlias="$($_.InterfaceAlias)"} | ConvertTo-Json -Compress }; ` +
	`Get-NetFirewallRule -PolicyStore $s | ForEach-Object { $k=$_.InstanceID; $p=$f.Port[$k]; $a=$f.Address[$k]; $q=$f.Application[$k]; $z=$f.Security[$k]; ` +
	`[ordered]@{Name="$($_.Name)";DisplayName="$($_.DisplayName)";Enabled="$($_.Enabled)";Direction="$($_.Direction)";Action="$($_.Action)";Profile="$($_.Profile)";PolicyStoreSourceType="$($_.PolicyStoreSourceType)";Owner="$($_.Owner)";` +
	`Protocol="$($p.Protocol)";LocalPort=@($p.LocalPort);RemotePort=@($p.RemotePort);IcmpType=@($p.IcmpType);LocalAddress=@($a.LocalAddress);RemoteAddress=@($a.RemoteAddress);RemoteDynamicKeywordAddresses="$($_.RemoteDynamicKeywordAddresses)";` +
	`Program="$($q.Program)";Package="$($q.Package)";Service="$($f.Service[$k].Service)";InterfaceAlias=@($f.Interface[$k].InterfaceAlias);InterfaceType="$($f.InterfaceType[$k].InterfaceType)";` +
	`Authentication="$($z.Authentication)";Encryption="$($z.Encryption)";OverrideBlockRules="$($z.OverrideBlockRules)";LocalUser="$($z.LocalUser)";RemoteUser="$($z.RemoteUser)";RemoteMachine="$($z.RemoteMachine)"} | ConvertTo-Json -Compress } } | Set-Content -Encoding UTF8 firewall.json`

// Format describes Windows Firewall for the table of formats.
func Format() format.Format {
	return format.Format{
		Host: true,
		ID:   ID, Label: "Windows Firewall",
		Detect: detect,
		Read:   read,
		Export: []format.Way{
			{Where: "On the mail server, in PowerShell as administrator (Windows PowerShell 5.1 or PowerShell 7)", Do: []string{
				exportLine,
				"Give firewall.json. It says which profile is active and where each rule comes from, which the other ways do not.",
			}},
			{Where: "The same, in a command prompt of an English Windows", Do: []string{
				"netsh advfirewall show allprofiles > firewall.txt",
				"netsh advfirewall firewall show rule name=all verbose >> firewall.txt",
				"Give firewall.txt.",
			}},
			{Where: "From the registry, where nothing else can be run", Do: []string{
				`reg export HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy firewall.reg`,
				`Give firewall.reg. Rules of group policy are elsewhere: HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall.`,
			}},
		},
		Confirm: confirm,
		Write:   write,
		Appends: true,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.None, format.Negation: format.None,
			format.Disabled: format.Exact, format.Schedules: format.None, format.Interfaces: format.Part, format.DNAT: format.None,
			format.OneToOne: format.None, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Part, format.Writes: format.Exact,
		},
		Limits: "Rules for a program hold for it alone, and a file does not say which program listens on a port: such rules are left open, but for those of Exchange and of Windows itself. " +
			"Rules for secured connections (IPsec) and users are left open. Windows Service Hardening and other products that filter are not read.",
	}
}

// confirm lists the rules that name the port, or tries the connection.
func confirm(p format.Packet) string {
	if p.Dir == ir.Out {
		return fmt.Sprintf("Test-NetConnection -ComputerName %s -Port %d", p.Dst, p.DPort)
	}
	return fmt.Sprintf("Get-NetFirewallPortFilter -PolicyStore ActiveStore | Where-Object { $_.LocalPort -eq '%d' -or $_.LocalPort -eq 'Any' } | Get-NetFirewallRule | Where-Object { $_.Direction -eq 'Inbound' -and $_.Enabled -eq 'True' }", p.DPort)
}
