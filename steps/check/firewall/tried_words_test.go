package firewall

import (
	"net/netip"
	"strings"
	"testing"
)

// nearAndMissing is a network security group that names half of one range and
// nothing of the others.
const nearAndMissing = `{"name": "mail", "resourceGroup": "rg", "securityRules": [
 {"name": "mimecast", "priority": 300, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourcePortRange": "*",
  "sourceAddressPrefixes": [
   "103.13.69.0/25"],
  "destinationAddressPrefix": "10.0.0.25", "destinationPortRange": "25"},
 {"name": "no-mail", "priority": 400, "direction": "Inbound", "access": "Deny", "protocol": "Tcp", "sourcePortRange": "*",
  "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "25"}],
 "defaultSecurityRules": []}`

// TestWordsOfOneGapLeaveTheLinesOfOthers holds that a gap for which words alone
// are given does not take the lines from others that the same rule makes.
func TestWordsOfOneGapLeaveTheLinesOfOthers(t *testing.T) {
	opt := privateServer()
	r := check1(t, nearAndMissing, opt)
	words, lines := 0, 0
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			switch {
			case q.Direction != "in":
			case g.Fix.Copy != "":
				lines++
			case strings.Contains(g.Fix.Text, "change 103.13.69.0/25 to 103.13.69.0/24"):
				words++
			default:
				t.Errorf("%s: %q has no lines", q.Range, g.Fix.Text)
			}
		}
	}
	if words == 0 || lines == 0 {
		t.Errorf("%d gaps with words and %d with lines, want some of both\n%s", words, lines, r.Text())
	}
}

// blocked is a Windows firewall that lets all in on port 25 but for what a
// block rule names.
const blocked = `{"ProfileName":"Domain","Enabled":"True","DefaultInboundAction":"Block","DefaultOutboundAction":"Allow","AllowLocalFirewallRules":"True"}
{"NetworkCategory":"DomainAuthenticated","InterfaceAlias":"Ethernet0"}
{"IPAddress":"10.0.0.25","PrefixLength":24,"InterfaceAlias":"Ethernet0"}
{"Name":"a","DisplayName":"SMTP","Enabled":"True","Direction":"Inbound","Action":"Allow","Profile":"Any","Protocol":"TCP","LocalPort":["25"],"RemotePort":["Any"],"LocalAddress":["Any"],"RemoteAddress":["Any"],"Program":"Any","Service":"Any","InterfaceAlias":["Any"],"InterfaceType":"Any"}
{"Name":"b","DisplayName":"Unwanted","Enabled":"True","Direction":"Inbound","Action":"Block","Profile":"Any","Protocol":"TCP","LocalPort":["25"],"RemotePort":["Any"],"LocalAddress":["Any"],"RemoteAddress":["103.13.69.0/25"],"Program":"Any","Service":"Any","InterfaceAlias":["Any"],"InterfaceType":"Any"}
`

// TestBlockRuleIsNotToBePassedBy holds that nobody is told to put a rule before
// a block rule of Windows, which beats all that allow.
func TestBlockRuleIsNotToBePassedBy(t *testing.T) {
	r := check1(t, blocked, privateServer())
	seen := false
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			if g.By.Line != 5 {
				t.Errorf("line %d decides, want 5: %+v", g.By.Line, g)
				continue
			}
			seen = true
			if strings.Contains(g.Fix.Text, "before it") || strings.Contains(g.Fix.Text, "RETURN") || !strings.Contains(g.Fix.Text, "take these addresses out of it") {
				t.Errorf("fix %q", g.Fix.Text)
			}
		}
	}
	if !seen {
		t.Errorf("no gap\n%s", r.Text())
	}
}

func privateServer() CheckOptions {
	opt := options()
	opt.Servers = []netip.Addr{netip.MustParseAddr("10.0.0.25")}
	opt.Needs = NeedsFor([]uint16{25})
	return opt
}
