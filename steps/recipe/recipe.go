// Package recipe writes what is put in place by hand: records, connectors,
// rules and messages, complete and filled with the TPOC's own values. Hosts
// and ranges come from the region table alone; what it does not hold is said
// to be unknown, and a script then asks for it when it is run.
package recipe

import (
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/region"
)

// Unknown stands wherever a value of Mimecast's is not known.
const Unknown = "unknown, ask Mimecast"

// Languages of snippets.
const (
	langDNS        = "dns"
	langPowerShell = "powershell"
	langConf       = "conf"
	langCSV        = "csv"
	langText       = "text"
)

func snippet(label, file, language string, lines ...string) steps.Snippet {
	if language == langPowerShell && len(lines) > 1 {
		lines = psBlock(lines)
	}
	return steps.Snippet{
		Label: label, File: file, Language: language,
		Text: clean.Text(strings.Join(lines, "\n") + "\n"),
	}
}

// psBlock makes lines one script block. Pasted line by line, a question of the
// script would take the next line for its answer; a block is read to its end
// first. In it the first error ends the rest, so that no line works on what an
// earlier one did not bring about.
func psBlock(lines []string) []string {
	out := []string{"& {", "  $ErrorActionPreference = 'Stop'"}
	for _, l := range lines {
		out = append(out, "  "+strings.ReplaceAll(l, "\n", "\n  "))
	}
	return append(out, "}")
}

// Name of a region in texts; before one is chosen, what to do about it.
func Name(r region.Region) string {
	if r.ID == "" {
		return "the region (not chosen yet)"
	}
	return r.Name
}

// psQuote writes a value as a PowerShell string that holds nothing but the
// value: single quotes expand nothing, and every character that PowerShell
// takes for a single quote is doubled.
func psQuote(s string) string {
	s = string(clean.Line(s))
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		if strings.ContainsRune("'‘’‚‛", r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}

// psList writes values as a PowerShell array, one a line when there are many.
func psList(values []string) string {
	var quoted []string
	for _, v := range values {
		quoted = append(quoted, psQuote(v))
	}
	if len(quoted) <= 2 {
		return "@(" + strings.Join(quoted, ", ") + ")"
	}
	return "@(\n  " + strings.Join(quoted, ",\n  ") + "\n)"
}

// keepBefore sets $before to the name of a file that what stands there now is
// kept in. It carries the time and is never the name of a file that is there: a
// second run must not put the new values in the place of the old.
func keepBefore(name, ending string) []string {
	return []string{
		fmt.Sprintf("$before = \"%s-before-$(Get-Date -Format 'yyyyMMdd-HHmmss')%s\"", name, ending),
		"if (Test-Path $before) { throw \"$before is there already; nothing was changed. Run this again\" }",
		"Write-Host \"What stands there now is kept in $before\"",
	}
}

// psHosts sets $hosts: to the hosts of the table, or to what the person at the
// keyboard types when the table has none.
func psHosts(what string, r region.Region, hosts []string) []string {
	if len(hosts) == 0 {
		return []string{
			fmt.Sprintf("# %s of %s: %s", what, Name(r), Unknown),
			"$hosts = (Read-Host 'Host names that Mimecast gave you, with commas between') -split '\\s*,\\s*'",
		}
	}
	lines := []string{fmt.Sprintf("$hosts = %s", psList(hosts))}
	if len(hosts) == 1 {
		lines = append([]string{fmt.Sprintf("# second host of %s: %s", Name(r), Unknown)}, lines...)
	}
	return lines
}

// counted says a number of things: "1 include", "3 includes".
func counted(n int, one, some string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, some)
}

// HostLines lists hosts one a line for a text, or says that they are unknown.
func HostLines(hosts []string) []string {
	switch len(hosts) {
	case 0:
		return []string{Unknown}
	case 1:
		return []string{hosts[0], "second host: " + Unknown}
	}
	return hosts
}

// Known reports that a pair of hosts is known.
func Known(hosts []string) bool { return len(hosts) > 1 }

// need says in a task's detail that hosts are missing; "" when both are known.
func need(what string, r region.Region, hosts []string) string {
	if Known(hosts) {
		return ""
	}
	missing := "are"
	if len(hosts) == 1 {
		missing = "beside " + hosts[0] + " are"
	}
	return fmt.Sprintf("\n\nThe %s of %s %s %s.", what, Name(r), missing, Unknown)
}

// CloudHosts are the hosts that a Microsoft 365 tenant sends through.
func CloudHosts(r region.Region) []string { return r.OutboundM365 }

// ServerHosts are the hosts that any other server sends through.
func ServerHosts(r region.Region) []string { return r.Outbound }

// InCloud reports that mail leaves from Microsoft 365.
func InCloud(f steps.Facts) bool {
	return f.Profile.Platform == steps.M365 || f.Profile.Platform == steps.HybridM365
}

// InGoogle reports that mail leaves from Google Workspace.
func InGoogle(f steps.Facts) bool {
	return f.Profile.Platform == steps.Google || f.Profile.Platform == steps.HybridGoogle
}

// Home is what mail is handed to in the end: servers of the customer's own, or a
// platform that somebody else runs.
func Home(p steps.Profile) string {
	if p.Hosted() {
		return "your mail platform"
	}
	return "your servers"
}

// WayOut is what mail leaves by: Google Workspace has routes, and of other
// systems some have neither those nor connectors.
func WayOut(p steps.Profile) string {
	switch p.Platform {
	case steps.Google:
		return "route"
	case steps.Other:
		return "way out"
	}
	return "connector"
}

// PublicFolders reports a platform that may have public folders.
func PublicFolders(f steps.Facts) bool {
	return InCloud(f) || Exchange(f) || f.Profile.Platform == ""
}

// OnServers reports servers of the customer's own, as far as the platform is
// known; Exchange is meant unless the platform is "other".
func OnServers(f steps.Facts) bool {
	switch f.Profile.Platform {
	case steps.OnPrem, steps.HybridM365, steps.HybridGoogle:
		return true
	}
	return false
}

// Exchange reports servers that run Exchange, the customer's own or a
// provider's.
func Exchange(f steps.Facts) bool {
	kind := OtherKind(f)
	return OnServers(f) || kind == "hosted_exchange" || kind == "exchange_2003"
}

// OtherKind is the kind of system on platform "other": hosted_exchange,
// exchange_2003, domino, postfix, other_smtp; "" when not answered.
func OtherKind(f steps.Facts) string {
	if f.Profile.Platform != steps.Other {
		return ""
	}
	return f.Answers.Value("infra.other_kind")
}

// oldExchange reports Exchange 2010 or older, whose commands differ.
func oldExchange(f steps.Facts) bool {
	v := f.Answers.Value("infra.exchange_version")
	return v == "2007" || v == "2010"
}
