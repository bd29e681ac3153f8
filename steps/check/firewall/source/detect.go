package source

import "regexp"

// Formats that the firewall check itself knows by name.
const (
	IPTables = "iptables"
	Table    = "table"
)

// foreign are marks of formats that are recognised but not read. They are
// looked at only for a file that no format claims.
var foreign = []struct{ name, mark string }{
	{"pfSense or OPNsense (config.xml)", `<(pfsense|opnsense)>`},
	{"Linux iptables -L (a listing, which leaves out interfaces)", `(?m)^Chain \S+ \((policy \S+|\d+ references)`},
	{"Sophos (an XML export of SFOS)", `<Configuration APIVersion=|<FirewallRule transactionid`},
	{"WatchGuard (a Fireware configuration)", `<profile[^>]*>\s*<for-version>|<policy-list>\s*<policy>`},
	{"Cisco Meraki (JSON of its dashboard)", `"srcCidr"\s*:|"destCidr"\s*:`},
	{"Juniper (Junos)", `(?m)^\s*security \{|from-zone \S+ to-zone`},
	{"Check Point", `"(access-rule|access-section)"`},
	{"Windows Firewall", `(?m)^Rule Name:\s|advfirewall`},
	{"MikroTik RouterOS", `(?m)^# .* by RouterOS`},
	{"Palo Alto Networks (PAN-OS)", `<config version="\d+\.\d+\.\d+"[^>]*(urldb|detail-version)|<rulebase>`},
	{"Azure network security groups", `Microsoft\.Network/networkSecurityGroups`},
	{"AWS security groups or network ACLs", `"(SecurityGroups|NetworkAcls|IpPermissions)"`},
}

// Foreign names what a file looks like that no format reads; "" when it looks
// like nothing known.
func Foreign(head string) string {
	for _, v := range foreign {
		if regexp.MustCompile(v.mark).MatchString(head) {
			return v.name
		}
	}
	return ""
}
