// Package gcp reads the firewall of Google Cloud VPC networks: JSON of gcloud
// compute firewall-rules list, of networks (or instances network-interfaces)
// get-effective-firewalls, of firewall-policies and network-firewall-policies
// describe, with gcloud compute instances and networks beside them, and gcloud
// compute firewall-rules commands.
//
// Semantics, after the vendor's documentation (cloud.google.com: "VPC firewall
// rules", "Firewall policies", "Evaluation order for firewall policies and
// rules", "Firewall policy rules", REST reference of firewalls and
// firewallPolicies, "Sending email from an instance"):
//   - Rules of a direction go by priority, the lowest number first. Of VPC
//     rules with one priority those that deny come first.
//   - What no rule decides is denied coming in and allowed going out.
//   - Hierarchical policies come first, from the organization down; goto_next
//     leaves the decision to what follows. Then VPC rules, then the global and
//     the regional network policy; the network may have these before VPC rules.
//   - A rule holds for all instances of its network, or for those that have a
//     tag or a service account. Sources are ranges or the instances that have
//     one. Disabled rules do nothing, logging changes nothing.
//   - Connections are tracked: answers pass without a rule.
package gcp

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// ID of the format.
const ID = "gcp"

const label = "Google Cloud firewall"

// Format describes the firewall of Google Cloud for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: label, Host: true, Appends: true,
		Detect: detect,
		Read:   read,
		Export: []format.Way{
			{Where: "In the Google Cloud Shell", Do: []string{
				"gcloud compute instances describe MAIL_SERVER --zone ZONE --format=json > gcp.json",
				"gcloud compute networks get-effective-firewalls NETWORK --format=json >> gcp.json",
				"Give gcp.json. The instance says which tags and which service account are the mail server's; the second command gives policies of the organization too.",
			}},
			{Where: "The same, where that is not allowed", Do: []string{
				"gcloud compute instances describe MAIL_SERVER --zone ZONE --format=json > gcp.json",
				"gcloud compute firewall-rules list --format=json >> gcp.json",
				"Give gcp.json.",
			}},
		},
		Confirm: confirm,
		Write:   write,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Part, format.Negation: format.None,
			format.Disabled: format.Exact, format.Schedules: format.None, format.Interfaces: format.Part, format.DNAT: format.None,
			format.OneToOne: format.None, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "Address groups, host names, countries, threat lists, secure tags and inspection in firewall policies are left open. Load balancers and Cloud Armor are not read. " +
			"Rules are written as VPC rules, which a policy of the organization may overrule. Whether Google blocks outgoing port 25 for the project is not in any file.",
	}
}

var (
	commandHead = pattern.New(`(?m)^\s*((?:\S{1,80}[$#>%]\s+|[$>%]\s+)?gcloud (?:beta |alpha )?compute firewall-rules (?:create|update|delete))\b`)
	kindHead    = pattern.New(`("kind"\s*:\s*"compute#(?:firewall|firewallPolicy)")`)
	jsonHead    = pattern.New(`("(?:firewallPolicys|layer4Configs|sourceRanges|targetServiceAccounts)")\s*:`)
)

func detect(head *source.Doc) format.Guess {
	return format.Find(head.Text, format.Mark{Re: kindHead, Score: 97}, format.Mark{Re: commandHead, Score: 97}, format.Mark{Re: jsonHead, Score: 93})
}

// confirm is the vendor's test of one connection.
func confirm(p format.Packet) string {
	end := "--destination-instance=MAIL_SERVER"
	from := fmt.Sprintf("--source-ip-address=%s", p.Src)
	if p.Dir == ir.Out {
		end, from = fmt.Sprintf("--destination-ip-address=%s", p.Dst), "--source-instance=MAIL_SERVER"
	}
	return fmt.Sprintf("gcloud network-management connectivity-tests create mxodus-test %s %s --destination-port=%d --protocol=%s", from, end, p.DPort, strings.ToUpper(p.Proto))
}

func read(doc *source.Doc) *ir.Ruleset {
	book, t := cloud.Open(doc, ID, label, "gcloud")
	f := &file{Book: book, before: map[string]bool{}, having: map[string]*objects.Addrs{}}
	for _, v := range t.Values {
		cloud.Walk(v, maxDepth, f.known)
	}
	for _, c := range t.Commands {
		f.command(c)
	}
	f.lower()
	return f.Set
}
