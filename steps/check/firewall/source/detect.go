package source

import (
	"regexp"
	"strings"
)

// Formats that are read.
const (
	IPTables = "iptables"
	Table    = "table"
)

// Guess is what a file seems to be. Format is empty when it is none of those
// that are read; Vendor then names what it looks like, if anything.
type Guess struct {
	Format string
	Why    string
	Vendor string
}

var (
	chainLine  = regexp.MustCompile(`^:[^\s:]{1,64} (ACCEPT|DROP|REJECT|QUEUE|-)( \[\d+:\d+\])?\s*$`)
	tableLine  = regexp.MustCompile(`^\*(raw|mangle|nat|filter|security|broute)\s*$`)
	appendLine = regexp.MustCompile(`^(\[\d+:\d+\] )?-[AIPN] \S+`)
	scriptLine = regexp.MustCompile(`^\s*(sudo\s+)?(\S*/)?ip6?tables(-legacy|-nft)?\s+.*-[AIPND]\s`)
)

// vendors are marks of formats that are recognised but not read.
var vendors = []struct {
	name string
	re   *regexp.Regexp
}{
	{"nftables (nft list ruleset)", regexp.MustCompile(`(?m)^\s*table (ip|ip6|inet|arp|bridge|netdev) \S+ \{|^\s*\{\s*"nftables"`)},
	{"FortiGate (FortiOS)", regexp.MustCompile(`(?m)^\s*config (firewall policy|system global|firewall address)|^#config-version=F`)},
	{"pfSense or OPNsense (config.xml)", regexp.MustCompile(`<(pfsense|opnsense)>`)},
	{"Cisco ASA or IOS", regexp.MustCompile(`(?m)^(access-list \S+ |ip access-list |access-group |object-group network |ASA Version )`)},
	{"Palo Alto Networks (PAN-OS)", regexp.MustCompile(`(?m)^set (rulebase|vsys|shared|device-group|deviceconfig) |<config version="\d+\.\d+\.\d+"[^>]*(urldb|detail-version)|<rulebase>`)},
	{"Azure network security group", regexp.MustCompile(`"(securityRules|defaultSecurityRules|networkSecurityGroups)"|Microsoft\.Network/networkSecurityGroups`)},
	{"AWS security groups or network ACLs", regexp.MustCompile(`"(SecurityGroups|NetworkAcls|IpPermissions)"`)},
	{"MikroTik RouterOS", regexp.MustCompile(`(?m)^/ip firewall|^# .* by RouterOS`)},
	{"Juniper (Junos)", regexp.MustCompile(`(?m)^set (security|firewall|applications) |^\s*security \{|from-zone \S+ to-zone`)},
	{"Check Point", regexp.MustCompile(`"(access-rule|rulebase|access-section)"`)},
	{"Windows Firewall", regexp.MustCompile(`"?(LocalPort|RemoteAddress|DisplayGroup)"?\s*[:,]|^Rule Name:\s|advfirewall`)},
	{"ufw status", regexp.MustCompile(`(?m)^Status: (active|inactive)\s*$|^To\s+Action\s+From\s*$`)},
	{"pf (pf.conf or pfctl -sr)", regexp.MustCompile(`(?m)^(pass|block)( drop| return)? (in|out|quick|log|all)\b`)},
	{"Linux iptables -L (a listing, which leaves out interfaces)", regexp.MustCompile(`(?m)^Chain \S+ \((policy \S+|\d+ references)`)},
}

// Detect says what kind of rules the text holds.
func Detect(text string) Guess {
	head := text
	if len(head) > 1<<20 {
		head = head[:1<<20]
	}
	marks := 0
	for _, l := range Lines(head) {
		t := strings.TrimRight(l.Text, " \t")
		switch {
		case tableLine.MatchString(t):
			return Guess{Format: IPTables, Why: "it has table lines such as " + t}
		case chainLine.MatchString(t), appendLine.MatchString(t), scriptLine.MatchString(t):
			if marks++; marks >= 2 {
				return Guess{Format: IPTables, Why: "it has chain and rule lines of iptables"}
			}
		}
	}
	for _, v := range vendors {
		if v.re.MatchString(head) {
			return Guess{Vendor: v.name}
		}
	}
	if marks > 0 {
		return Guess{Format: IPTables, Why: "it has a rule line of iptables"}
	}
	if looksTable(head) {
		return Guess{Format: Table, Why: "its first line names columns: action, source and so on"}
	}
	return Guess{}
}

var columnWord = regexp.MustCompile(`(?i)\b(action|permission|direction|dir|source|src|destination|dest|dst|protocol|proto|service|port|ports|from|to|policy|decision)\b`)

func looksTable(head string) bool {
	for _, l := range Lines(head) {
		t := strings.TrimSpace(l.Text)
		if t == "" || strings.HasPrefix(t, "#") || strings.HasPrefix(t, "sep=") {
			continue
		}
		return strings.ContainsAny(t, ",;\t|") && len(columnWord.FindAllString(t, -1)) >= 2
	}
	return false
}
