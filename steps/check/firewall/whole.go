package firewall

import (
	"fmt"
	"path/filepath"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// SuggestionMark stands in the first line of every text of rules that this
// program writes: it is a suggestion, and no export of a firewall.
const SuggestionMark = "mxodus suggests these rules: no export of a firewall"

// savedName is how suggestions are named when they are saved.
var savedName = pattern.New(`^mxodus-(?:rules|lockdown)(?:-\d+)?\.txt$`)

// markLines is how far from the top of a file the mark is looked for.
const markLines = 5

// additions are the marks of a format's commands: adds is a line that adds to
// what is there, whole one that shows that the file is a listing of all rules,
// or a script that starts from none. Formats whose exports are the commands
// that made them (ASA, FortiOS, PAN-OS, Junos) have none: only the mark tells.
type additions struct{ adds, whole *pattern.Pattern }

var additionsOf = map[string]additions{
	source.IPTables: {
		pattern.New(`^\s*(?:sudo\s+)?(?:\S*/)?ip6?tables(?:-legacy|-nft)?\s+.*(?:-[AI]|--append|--insert)\s`),
		pattern.New(`^\*[a-z]+\s*$|^:\S+ \S+|^(?:.*ip6?tables\S*\s.*)?(?:-P|--policy|-F|--flush)(?:\s|$)`),
	},
	"nft": {
		pattern.New(`^\s*(?:sudo\s+)?(?:nft\s+)?['"]?(?:add|insert|replace) rule\s`),
		pattern.New(`\bflush ruleset\b|^\s*table\s.*\{|"nftables"`),
	},
	"ufw": {
		pattern.New(`^\s*(?:sudo\s+)?ufw\s+(?:--force\s+)?(?:route\s+)?(?:rule\s+)?(?:allow|deny|reject|limit|insert|prepend)\s`),
		pattern.New(`\bufw\s+(?:--force\s+)?(?:reset|default)\b|^Added user rules|^Status:|^### tuple|^\*filter`),
	},
	"firewalld": {
		pattern.New(`^\s*(?:sudo\s+)?firewall-(?:offline-)?cmd\s.*--(?:add|new)-`),
		pattern.New(`^\S+(?: \(.*\))?\s*$|^\s*<(?:zone|policy)\b`),
	},
	"windows": {
		pattern.New(`(?i)^\s*(?:New-NetFirewallRule|netsh\s+advfirewall\s+firewall\s+add\s+rule)\s`),
		pattern.New(`(?i)^\s*(?:Rule Name|Remove-NetFirewallRule\s+-All|netsh\s+advfirewall\s+reset)\b|^\s*[\[{]|^Windows Registry|^v2\.\d+\|`),
	},
	"mikrotik": {
		pattern.New(`^\s*/?ip(?:v6)?[ /]firewall[ /].*\badd\s`),
		pattern.New(`^#.*by RouterOS|^/ip(?:v6)?[ /]firewall[ /]\S+\s*$`),
	},
	"opnsense":  {pattern.New(`^\s*curl\s.*/api/firewall/.*/(?:addRule|add_rule)`), pattern.New(`<opnsense>|^\s*[\[{]`)},
	"azure-nsg": {pattern.New(`^\s*az\s+network\s+nsg\s+rule\s+create\s`), pattern.New(`^\s*[\[{]`)},
	"aws":       {pattern.New(`^\s*aws\s+ec2\s+(?:authorize-security-group-|create-network-acl-entry)`), pattern.New(`^\s*[\[{]`)},
	"gcp":       {pattern.New(`^\s*gcloud\s+compute\s+firewall-rules\s+create\s`), pattern.New(`^\s*[\[{]`)},
	"checkpoint": {
		pattern.New(`^\s*(?:mgmt_cli\s+)?(?:-\S+\s+\S+\s+)*add[ -]access-rule\s`), pattern.New(`^\s*[\[{]`),
	},
}

// addedBy finds the line by which a file shows to be rules that are to be added
// to those of a firewall, and not all that it has. Its Line is 0 for an export.
func addedBy(id string, doc *source.Doc) ir.At {
	lines := doc.Lines()
	for _, l := range lines[:min(markLines, len(lines))] {
		if strings.Contains(l.Text, SuggestionMark) {
			return ir.At{Line: l.Number, Text: SuggestionMark}
		}
	}
	if savedName.MatchString(filepath.Base(doc.Name)) && len(lines) > 0 && strings.Contains(doc.First().Text, "mxodus") {
		return ir.At{Line: lines[0].Number, Text: lines[0].Text} // written before suggestions had their mark
	}
	a, ok := additionsOf[id]
	if !ok {
		return ir.At{}
	}
	var first ir.At
	for _, l := range lines {
		if a.whole != nil && a.whole.MatchString(l.Text) {
			return ir.At{}
		}
		if first.Line == 0 && a.adds.MatchString(l.Text) {
			first = ir.At{Line: l.Number, Text: strings.TrimSpace(l.Text)}
		}
	}
	return first
}

// AddedError says that a file holds rules to be added to those of a firewall:
// what else the firewall has is not in it, so it proves nothing.
type AddedError struct{ By ir.At }

// Error is a sentence for the user: what came, and what to do.
func (e *AddedError) Error() string {
	if e.By.Text == SuggestionMark {
		return fmt.Sprintf("these are rules that mxodus suggested (line %d says so), no export of a firewall, and prove nothing about one. "+
			"Enter them there, then export the rules of the firewall as they are, and give that file", e.By.Line)
	}
	text := []rune(source.Redact(e.By.Text))
	if len(text) > 60 {
		text = append(text[:57], '.', '.', '.')
	}
	return fmt.Sprintf("this file holds commands that add rules (line %d: %s) and no listing of all rules of a firewall: what else is there decides with them. "+
		"Export the rules of the firewall as they are, and give that file", e.By.Line, string(text))
}

// Adds reports commands of a format that add rules, in the head of a file, and
// nothing by which it would be a listing of them all.
func Adds(id string, head *source.Doc) bool { return addedBy(id, head).Line > 0 }

// ReadExport is Read for a file that is to be all rules of a firewall: one that
// only adds to them is refused with an AddedError.
func ReadExport(name string, content []byte) (*ir.Ruleset, error) {
	set, err := Read(name, content, "")
	if err == nil {
		err = Exported(set)
	}
	return set, err
}

// Suggested reports a text of rules that this program wrote itself.
func Suggested(text string) bool {
	for i, l := range strings.SplitN(text, "\n", markLines+1) {
		if i < markLines && strings.Contains(l, SuggestionMark) {
			return true
		}
	}
	return false
}

// Exported says why a file that was read is no export of a firewall; nil when
// nothing speaks against it.
func Exported(set *ir.Ruleset) error {
	if set != nil && set.Added.Line > 0 {
		return &AddedError{set.Added}
	}
	return nil
}
