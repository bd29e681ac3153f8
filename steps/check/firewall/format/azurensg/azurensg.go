// Package azurensg reads Azure network security groups: what az network nsg
// show and list print, effective rules of a network interface (az network nic
// list-effective-nsg), answers of the REST interface, ARM templates and their
// exports, JSON of Get-AzNetworkSecurityGroup, and az network nsg rule
// commands.
//
// Semantics, after the vendor's documentation (learn.microsoft.com: "Network
// security groups overview", "How network security groups filter network
// traffic", "Virtual network service tags", "Application security groups",
// REST reference of Network Interfaces - List Effective Network Security
// Groups, "Troubleshoot outbound SMTP connectivity problems in Azure"):
//   - Rules of a direction go by priority, the lowest number first; the first
//     one met decides. Three default rules (65000, 65001, 65500) come last in
//     each direction. Where a file leaves them out they stand all the same.
//   - Incoming packets meet the group of the subnet, then that of the network
//     interface; outgoing ones the other way round. Both must allow.
//   - Connections are tracked: answers pass without a rule.
//   - A rule names single values (…Prefix, …Range) or lists (…Prefixes,
//     …Ranges); * or nothing is any. Rules see the private address of the
//     server: public ones are translated before.
//   - Service tags: Internet is what lies outside the virtual network and is
//     reached by the public internet; VirtualNetwork the address space of the
//     network and of those connected to it; AzureLoadBalancer the address that
//     probes come from, 168.63.129.16. Effective rules list what tags stand
//     for; elsewhere public addresses are taken to be of the internet, private
//     ones to be of the network perhaps, and other tags are open.
package azurensg

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// ID of the format.
const ID = "azure-nsg"

const label = "Azure network security group"

// Format describes network security groups for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: label, Host: true, Appends: true,
		Detect: detect,
		Read:   read,
		Export: []format.Way{
			{Where: "In the Azure Cloud Shell, while the mail server is running", Do: []string{
				"az network nic list-effective-nsg --resource-group RESOURCE_GROUP --name NIC_OF_THE_MAIL_SERVER --output json > nsg.json",
				"Give nsg.json. It has the groups of the subnet and of the network interface, and the addresses that service tags stand for.",
			}},
			{Where: "In the Azure Cloud Shell, where the mail server is not running", Do: []string{
				"az network nsg show --resource-group RESOURCE_GROUP --name NSG --output json > nsg.json",
				"Where the subnet has a group of its own, add it: the same command for that group, with >> instead of >.",
				"Give nsg.json.",
			}},
			{Where: "In the Azure portal", Do: []string{
				"Open the network security group, choose Automation, Export template, and download it.",
				"Unpack the file and give template.json.",
			}},
		},
		Confirm: confirm,
		Write:   write,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Part, format.Negation: format.None,
			format.Disabled: format.None, format.Schedules: format.None, format.Interfaces: format.Part, format.DNAT: format.None,
			format.OneToOne: format.None, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.None,
			format.Apps: format.None, format.Writes: format.Exact,
		},
		Limits: "Service tags other than Internet, VirtualNetwork and AzureLoadBalancer are left open unless the effective rules are given, which list what they stand for. " +
			"Azure Firewall, load balancers, and admin rules of Azure Virtual Network Manager are not read. Whether Azure blocks outgoing port 25 for the subscription is not in any file.",
	}
}

var (
	commandHead = pattern.New(`(?m)^\s*((?:\S{1,80}[$#>%]\s+|[$>%]\s+)?az network nsg (?:rule )?(?:create|update|delete))\b`)
	jsonHead    = pattern.New(`(?i)("(?:effectiveSecurityRules|defaultSecurityRules|securityRules)")\s*:`)
	typeHead    = pattern.New(`(?i)("Microsoft\.Network/networkSecurityGroups(?:/securityRules)?")`)
	ruleID      = pattern.New(`(?i)(/providers/Microsoft\.Network/networkSecurityGroups/[^/"]+/(?:securityRules|defaultSecurityRules)/)`)
)

func detect(head *source.Doc) format.Guess {
	return format.Find(head.Text, format.Mark{Re: jsonHead, Score: 96}, format.Mark{Re: typeHead, Score: 95}, format.Mark{Re: ruleID, Score: 95}, format.Mark{Re: commandHead, Score: 97})
}

// confirm is the vendor's test of one packet.
func confirm(p format.Packet) string {
	dir, local, remote := "Inbound", fmt.Sprintf("%s:%d", p.Dst, p.DPort), fmt.Sprintf("%s:%d", p.Src, p.SPort)
	if p.Dir == ir.Out {
		dir, local, remote = "Outbound", fmt.Sprintf("%s:%d", p.Src, p.SPort), fmt.Sprintf("%s:%d", p.Dst, p.DPort)
	}
	return fmt.Sprintf("az network watcher test-ip-flow --resource-group RESOURCE_GROUP --vm MAIL_SERVER_VM --direction %s --protocol %s --local %s --remote %s",
		dir, strings.ToUpper(p.Proto), local, remote)
}

// read reads a file in whichever of the forms it is.
func read(doc *source.Doc) *ir.Ruleset {
	book, t := cloud.Open(doc, ID, label, "az")
	f := &file{Book: book, params: map[string]string{}}
	for _, v := range t.Values {
		f.parameters(v)
	}
	for _, v := range t.Values {
		cloud.Walk(v, maxDepth, f.visit)
	}
	f.place()
	for _, c := range t.Commands {
		f.command(c)
	}
	f.lower()
	return f.Set
}
