package source

import "regexp"

// Formats that are read.
const (
	IPTables = "iptables"
	Table    = "table"
)

// foreign are marks of formats that are recognised but not read.
var foreign = []struct {
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

// Foreign names what a file looks like that no format reads; "" when it looks
// like nothing known.
func Foreign(head string) string {
	for _, v := range foreign {
		if v.re.MatchString(head) {
			return v.name
		}
	}
	return ""
}
