package recipe

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check/firewall"
)

// TestFirewallRulesHold gives the lines of a task to the check that is to find
// them in place.
func TestFirewallRulesHold(t *testing.T) {
	server := netip.MustParseAddr("10.1.2.25")
	for _, lock := range []bool{false, true} {
		f := factsOf(onPrem, map[string]string{
			steps.QFirewall: "table", steps.QInbound: "203.0.113.25", "firewall.mail_server_internal": server.String(),
			"lockdown.exceptions": "198.51.100.7/32",
		})
		s, ok := FirewallRules(f, Ranges(f), lock)
		if !ok {
			t.Fatal("no rules, though the firewall, the server and the ranges are known")
		}
		rep, err := firewall.CheckFile("rules", []byte(s.Text), firewall.CheckOptions{
			Ranges: firewall.RegionRanges(f.Target, f.Source), Servers: []netip.Addr{server}, Lockdown: lock,
			Exceptions: []netip.Prefix{netip.MustParsePrefix("198.51.100.7/32")}, Now: time.Unix(0, 0),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range rep.Requirements {
			if q.Verdict != firewall.Proven {
				t.Errorf("%s %s: %s", q.Label, q.Range, q.Verdict)
			}
		}
		if lock && rep.Lockdown.Verdict != firewall.Proven {
			t.Errorf("lock-down: %s", rep.Lockdown.Summary)
		}
	}
}

// TestFirewallRulesNeedAFirewall: without one that is written there are none,
// and the task says which question gives them.
func TestFirewallRulesNeedAFirewall(t *testing.T) {
	f := factsOf(onPrem, map[string]string{steps.QInbound: "203.0.113.25"})
	if _, ok := FirewallRules(f, Ranges(f), true); ok {
		t.Error("rules for a firewall that nobody named")
	}
	if d := SaveRules(f).Detail; !strings.Contains(d, "which firewall it is") {
		t.Errorf("the way to export is not led to: %s", d)
	}
	f = factsOf(onPrem, map[string]string{steps.QInbound: "203.0.113.25", steps.QFirewall: "iptables"})
	if d := SaveRules(f).Detail; !strings.Contains(d, "iptables-save > rules.v4") {
		t.Errorf("the way to export is missing: %s", d)
	}
}
