package recipe

import (
	"fmt"
	"net/netip"
	"strings"

	"mxodus/steps"
	"mxodus/steps/region"
)

// CertificateName is the name that Mimecast's certificates carry when it hands
// mail to a tenant; "" where none was seen. Seen: *.mimecast.com, and
// *.mimecast.co.za in South Africa.
func CertificateName(r region.Region) string {
	hosts := append(append([]string{}, r.InboundMX...), r.Outbound...)
	for _, h := range hosts {
		for _, base := range []string{"mimecast.com", "mimecast.co.za"} {
			if strings.HasSuffix(h, "."+base) {
				return "*." + base
			}
		}
	}
	return ""
}

// LockTenant lets only Mimecast hand mail to a Microsoft 365 tenant: a partner
// connector for every sender that wants TLS, the certificate's name and the
// ranges, in pieces of at most /24.
func LockTenant(f steps.Facts, blocks []netip.Prefix) steps.Snippet {
	lines := tenantSettings(f, blocks)
	lines = append(lines,
		"$settings.RestrictDomainsToIPAddresses = $true",
		"$settings.RequireTls = $true")
	if name := CertificateName(f.Target); name != "" {
		lines = append(lines, "$settings.TlsSenderCertificateName = "+psQuote(name))
	} else {
		lines = append(lines, "# certificate name of "+Name(f.Target)+": "+Unknown)
	}
	lines = append(lines, applyTenant()...)
	return snippet("Exchange Online PowerShell: accept mail from Mimecast only", "lockdown.ps1", langPowerShell, lines...)
}

// UnlockTenant goes back: the connector restricts nothing any more.
func UnlockTenant() steps.Snippet {
	return snippet("Exchange Online PowerShell: go back", "lockdown-back.ps1", langPowerShell,
		"Connect-ExchangeOnline",
		fmt.Sprintf("Set-InboundConnector -Identity %s `", psQuote(inboundName)),
		"  -RestrictDomainsToIPAddresses $false -RequireTls $false")
}

// SkipListing makes Microsoft look past Mimecast to the real sender. Without
// it SPF and DMARC are judged on Mimecast's address and fail.
func SkipListing(f steps.Facts, blocks []netip.Prefix) steps.Snippet {
	lines := tenantSettings(f, blocks)
	lines = append(lines, "$settings.EFSkipIPs = $ranges", "$settings.EFSkipLastIP = $false")
	lines = append(lines, applyTenant()...)
	return snippet("Exchange Online PowerShell: enhanced filtering, still open to all", "enhanced-filtering.ps1", langPowerShell, lines...)
}

func tenantSettings(f steps.Facts, blocks []netip.Prefix) []string {
	lines := []string{"Connect-ExchangeOnline"}
	pieces := texts(Pieces(blocks))
	if len(pieces) == 0 {
		lines = append(lines,
			"# address ranges of "+Name(f.Target)+": "+Unknown,
			"$ranges = (Read-Host 'Ranges that Mimecast gave you, /24 or smaller, with commas') -split '\\s*,\\s*'")
	} else {
		lines = append(lines, "$ranges = "+psList(pieces))
	}
	return append(lines, "$settings = @{ SenderIPAddresses = $ranges }")
}

func applyTenant() []string {
	name := psQuote(inboundName)
	return []string{
		fmt.Sprintf("$now = Get-InboundConnector -Identity %s -ErrorAction SilentlyContinue", name),
		"if ($now) {",
		"  $now | Format-List Name, Enabled, SenderIPAddresses, TlsSenderCertificateName, EFSkipIPs | Out-Host",
		"  " + strings.Join(keepBefore("inbound-connector", ".xml"), "\n  "),
		"  $now | Export-Clixml $before",
		fmt.Sprintf("  Set-InboundConnector -Identity %s -Enabled $true @settings", name),
		"} else {",
		fmt.Sprintf("  New-InboundConnector -Name %s `", name),
		"    -ConnectorType Partner -SenderDomains '*' @settings",
		"}",
	}
}

// AddRangesTenant adds the new region's ranges to the connectors of a tenant
// that let Mimecast's old region in, and shows which those are first.
func AddRangesTenant(f steps.Facts) steps.Snippet {
	lines := []string{"Connect-ExchangeOnline"}
	pieces := texts(Pieces(TargetRanges(f)))
	if len(pieces) == 0 {
		lines = append(lines,
			"# address ranges of "+Name(f.Target)+": "+Unknown,
			"$ranges = (Read-Host 'Ranges that Mimecast gave you, /24 or smaller, with commas') -split '\\s*,\\s*'")
	} else {
		lines = append(lines, "$ranges = "+psList(pieces))
	}
	lines = append(lines,
		"Get-InboundConnector | Format-List Name, Enabled, SenderIPAddresses, EFSkipIPs | Out-Host",
		"$name = Read-Host 'Name of the connector that lets Mimecast in'",
		"$now = Get-InboundConnector -Identity $name -ErrorAction Stop",
		strings.Join(keepBefore("inbound-connector", ".xml"), "\n"),
		"$now | Export-Clixml $before",
		"$all = @($now.SenderIPAddresses) + $ranges | Select-Object -Unique",
		"Set-InboundConnector -Identity $name -SenderIPAddresses $all",
		"if ($now.EFSkipIPs) {",
		"  $skip = @($now.EFSkipIPs) + $ranges | Select-Object -Unique",
		"  Set-InboundConnector -Identity $name -EFSkipIPs $skip",
		"}")
	return snippet("Exchange Online PowerShell: add the new ranges, keep the old", "add-ranges.ps1", langPowerShell, lines...)
}

// DropRanges is what takes the old region's ranges out of the customer's own
// ruleset, as the lock-down check found the rules; false where it found none.
func DropRanges(f steps.Facts) (steps.Snippet, bool) {
	if f.OldRegionRules == "" {
		return steps.Snippet{}, false
	}
	return snippet("Your rules that let the old region in on port 25: what deletes them, as FW-LOCK found them", "drop-old-region.txt", langText, f.OldRegionRules), true
}

// DropRangesTenant takes the old region's ranges out again, at the very end.
func DropRangesTenant(f steps.Facts) steps.Snippet {
	old := texts(Pieces(f.Source.Prefixes()))
	lines := []string{"Connect-ExchangeOnline"}
	if len(old) == 0 {
		lines = append(lines,
			"# address ranges of "+Name(f.Source)+": "+Unknown,
			"$old = (Read-Host 'Old ranges to take out, as the connector lists them, with commas') -split '\\s*,\\s*'")
	} else {
		lines = append(lines, "$old = "+psList(old))
	}
	lines = append(lines,
		"Get-InboundConnector | Format-List Name, Enabled, SenderIPAddresses, EFSkipIPs | Out-Host",
		"$name = Read-Host 'Name of the connector that lets Mimecast in'",
		"$now = Get-InboundConnector -Identity $name -ErrorAction Stop",
		strings.Join(keepBefore("inbound-connector", ".xml"), "\n"),
		"$now | Export-Clixml $before",
		"$keep = @($now.SenderIPAddresses | Where-Object { \"$_\" -notin $old })",
		"if ($keep) { Set-InboundConnector -Identity $name -SenderIPAddresses $keep }",
		"$skip = @($now.EFSkipIPs | Where-Object { \"$_\" -notin $old })",
		"if ($skip) { Set-InboundConnector -Identity $name -EFSkipIPs $skip }")
	return snippet("Exchange Online PowerShell: take the old ranges out", "drop-ranges.ps1", langPowerShell, lines...)
}
