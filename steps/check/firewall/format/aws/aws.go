// Package aws reads security groups and network ACLs of Amazon VPC: what aws
// ec2 describe-security-groups, describe-security-group-rules,
// describe-network-acls, describe-instances, describe-network-interfaces,
// describe-subnets, describe-vpcs, describe-prefix-lists and
// get-managed-prefix-list-entries print, in one file, and the commands
// authorize- and revoke-security-group-ingress and -egress.
//
// Semantics, after the vendor's documentation (docs.aws.amazon.com, Amazon VPC
// User Guide: "Control traffic to your AWS resources using security groups",
// "Security group rules", "Control subnet traffic with network access control
// lists", "Network ACL rules", "Ephemeral ports"; Amazon EC2 User Guide:
// "Security group connection tracking", "Restriction on email sent using port
// 25"; EC2 API Reference: IpPermission, NetworkAclEntry):
//   - A security group only allows. What any group of the network interface
//     allows passes; the rest does not. Connections are tracked: answers pass.
//   - A network ACL is of the subnet. Its entries go by number, the lowest
//     first; what none decides is denied. It tracks nothing: answers must be
//     allowed too, to the ports that connections come from.
//   - Incoming packets meet the ACL, then the groups; outgoing ones the other
//     way round. Both must allow.
//   - Protocol -1 is all; ports are given for TCP, UDP and ICMP (type, code),
//     and other protocols have none. A group as the source stands for the
//     private addresses of the network interfaces that have it.
//   - Groups are chosen for each network interface: with instances or network
//     interfaces in the file, those of the mail server's address are asked,
//     else each group may be the one, and only what holds for each is certain.
package aws

import (
	"fmt"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// ID of the format.
const ID = "aws"

const label = "AWS security groups and network ACLs"

// Format describes security groups and network ACLs for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: label, Host: true, Appends: true,
		Detect: detect,
		Read:   read,
		Export: []format.Way{
			{Where: "In the AWS CloudShell, or where the AWS CLI is set up", Do: []string{
				"aws ec2 describe-instances --instance-ids MAIL_SERVER_INSTANCE --output json > aws.json",
				"aws ec2 describe-security-groups --output json >> aws.json",
				"aws ec2 describe-network-acls --output json >> aws.json",
				"Where rules name prefix lists, for each:",
				"aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-ID --query \"{PrefixListId:'pl-ID',Entries:Entries}\" --output json >> aws.json",
				"Give aws.json. The instance says which groups and which network ACL are the mail server's.",
			}},
		},
		Confirm: confirm,
		Write:   write,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.None,
			format.Disabled: format.None, format.Schedules: format.None, format.Interfaces: format.Part, format.DNAT: format.None,
			format.OneToOne: format.None, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.None,
			format.Apps: format.None, format.Writes: format.Part,
		},
		Limits: "Load balancers, AWS Network Firewall and routes are not read. Without instances in the file, what is not the same for every security group is left open. " +
			"Entries of network ACLs are not written. Whether AWS blocks outgoing port 25 for the account is not in any file.",
	}
}

var (
	commandHead = pattern.New(`(?m)^\s*((?:\S{1,80}[$#>%]\s+|[$>%]\s+)?aws ec2 (?:authorize|revoke)-security-group-(?:ingress|egress))\b`)
	jsonHead    = pattern.New(`("(?:IpPermissions|IpPermissionsEgress|NetworkAcls|NetworkAclId|SecurityGroupRules|SecurityGroupRuleId)")\s*:`)
	otherHead   = pattern.New(`("(?:PrefixListId|SecurityGroups|NetworkInterfaceId)")\s*:`)
)

func detect(head *source.Doc) format.Guess {
	return format.Find(head.Text, format.Mark{Re: jsonHead, Score: 96}, format.Mark{Re: commandHead, Score: 97}, format.Mark{Re: otherHead, Score: 60})
}

// confirm is the vendor's analysis of a path.
func confirm(p format.Packet) string {
	if p.Dir == ir.Out {
		return fmt.Sprintf("aws ec2 create-network-insights-path --source MAIL_SERVER_INSTANCE --destination INTERNET_GATEWAY --protocol %s --filter-at-source '{\"DestinationAddress\":\"%s\",\"DestinationPortRange\":{\"FromPort\":%d,\"ToPort\":%d}}' and then aws ec2 start-network-insights-analysis --network-insights-path-id ID",
			p.Proto, p.Dst, p.DPort, p.DPort)
	}
	return fmt.Sprintf("aws ec2 create-network-insights-path --source INTERNET_GATEWAY --source-ip %s --destination MAIL_SERVER_INSTANCE --protocol %s --destination-port %d and then aws ec2 start-network-insights-analysis --network-insights-path-id ID",
		p.Src, p.Proto, p.DPort)
}

// read reads a file of any number of documents and commands.
func read(doc *source.Doc) *ir.Ruleset {
	book, t := cloud.Open(doc, ID, label, "aws")
	f := &file{Book: book, lists: map[string]*list{}, byID: map[string]*group{}}
	for _, v := range t.Values {
		cloud.Walk(v, maxDepth, f.known)
	}
	for _, c := range t.Commands {
		f.command(c)
	}
	f.unnamedLists()
	f.lower()
	return f.Set
}
