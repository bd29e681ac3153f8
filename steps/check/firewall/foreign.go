package firewall

import (
	"fmt"

	"mxodus/steps/pattern"
)

// foreign is a form of rules that is recognised but not read.
type foreign struct {
	name string // completes "this looks like"
	mark *pattern.Pattern
	// format is the id of the format in which the same rules are read, and
	// command the line of its export that matters most; "" where there is none,
	// so that a table is to be made.
	format, command string
}

// foreigners are looked at only for a file that no format makes rules of, in
// this order.
var foreigners = []foreign{
	{
		"a listing of iptables -L, which leaves out interfaces", pattern.New(`(?m)^Chain \S+ \((policy \S+|\d+ references)`),
		"iptables", "iptables-save > rules.v4",
	},
	{
		"the settings of OpenWrt, from which it makes its rules", pattern.New(`(?m)^config (rule|defaults|zone|redirect)\b(.*\n){1,20}\s*(option|list) (src|input|network)\b`),
		"nft", "nft -a list ruleset > rules.nft",
	},
	{
		"a part, a listing or the XML or JSON of Junos", pattern.New(`xmlns:junos=|<configuration junos:|(?m)^\s*from-zone \S+ to-zone \S+ \{|^\s*From zone: \S+, To zone: |"from-zone-name"\s*:`),
		"srx", "show configuration | display set | no-more",
	},
	{
		"rules of Check Point, but not as JSON of its management", pattern.New(`(?m)^\s*(- )?type: "access-(rule|section)"|^\s*:rule-base \("##`),
		"checkpoint", `mgmt_cli -r true show access-rulebase name "Network" limit 500 details-level full dereference-group-members true --format json > rules.json`,
	},
	{
		"a listing of Get-NetFirewallRule, which leaves out addresses and ports", pattern.New(`(?m)^PrimaryStatus\s*:`),
		"windows", "netsh advfirewall firewall show rule name=all verbose >> firewall.txt",
	},
	{
		"commands of netsh that make rules of Windows Firewall", pattern.New(`(?im)^\s*netsh advfirewall firewall (add|set|delete)\b`),
		"windows", "netsh advfirewall firewall show rule name=all verbose >> firewall.txt",
	},
	{
		"a listing of RouterOS (print)", pattern.New(`(?m)^Flags: X - disabled|^\s+chain=\S+ action=`),
		"mikrotik", "/export terse",
	},
	{
		"security groups of Azure, but not as JSON", pattern.New(`SourceAddressPrefixes +SourceASG|"azurerm_network_security_(group|rule)"`),
		"azure-nsg", "az network nsg show --resource-group RESOURCE_GROUP --name NSG --output json > nsg.json",
	},
	{
		"security groups or network ACLs of AWS, but not as JSON of the AWS CLI", pattern.New(`(?m)^(SECURITYGROUPS|NETWORKACLS)\t|^(SecurityGroups|NetworkAcls):|DescribeSecurityGroups|DescribeNetworkAcls|"aws_(security_group|network_acl)`),
		"aws", "aws ec2 describe-security-groups --output json >> aws.json",
	},
	{
		"rules of Cisco's Firewall Management Center", pattern.New(`"type"\s*:\s*"(AccessRule|AccessPolicy)"`),
		"asa", "show access-list",
	},
	{name: "an XML export of Sophos (SFOS)", mark: pattern.New(`<(Configuration|Response) APIVersion=|<FirewallRule transactionid`)},
	{name: "a configuration of WatchGuard (Fireware)", mark: pattern.New(`<for-version>|<policy-list>\s*<policy>`)},
	{name: "JSON of the dashboard of Cisco Meraki", mark: pattern.New(`"(srcCidr|destCidr)"\s*:`)},
	{name: "a configuration of Juniper NetScreen (ScreenOS)", mark: pattern.New(`(?m)^set policy id \d+ (name "[^"]*" )?from "`)},
}

// foreignForm is the form that the beginning of a file has and that is not
// read; nil when it looks like nothing known.
func foreignForm(head string) *foreign {
	for i := range foreigners {
		if foreigners[i].mark.MatchString(head) {
			return &foreigners[i]
		}
	}
	return nil
}

// asTable is the way that is open to every firewall.
const asTable = "Save your rules as a table (CSV) with the columns action, direction, protocol, source, destination and port, " +
	"in the order in which the firewall looks at them"

// unknownFormat says of a file that is not read what to give instead.
func unknownFormat(head string) error {
	f := foreignForm(head)
	switch {
	case f == nil:
		return fmt.Errorf("this is not a ruleset in a known form: expected what one of the firewalls that are read exports, "+
			"or a CSV table whose first line names its columns. %s", asTable)
	case f.format == "":
		return fmt.Errorf("this looks like %s; that is not read. %s", f.name, asTable)
	}
	return fmt.Errorf("this looks like %s; that is not read. Export the rules with this command (mxodus firewall formats %s tells more): %s", f.name, f.format, f.command)
}
