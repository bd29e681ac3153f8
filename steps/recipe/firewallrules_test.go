package recipe

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
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

// TestFirewallRulesLetEverySenderOut gives the lines of a task to the check that
// asks for every address that mail leaves from, in each format that is written.
func TestFirewallRulesLetEverySenderOut(t *testing.T) {
	for _, id := range firewall.WrittenFormats() {
		f := factsOf(onPrem, map[string]string{
			steps.QFirewall: id, steps.QInbound: "203.0.113.25\n203.0.113.24",
			steps.QOutboundIPs: "203.0.113.25\n203.0.113.26", "ip.additional": "203.0.113.40\n10.1.2.41\n::ffff:203.0.113.40",
		})
		s, ok := FirewallRules(f, Ranges(f), false)
		if !ok {
			t.Errorf("%s: no rules", id)
			continue
		}
		in := check.Input{
			Now: time.Unix(0, 0), Target: f.Target, Ports: f.PortNeeds(""), Platform: string(f.Profile.Platform),
			MailServers: f.Answers.List(steps.QInbound), Firewall: id, Journey: string(f.Profile.Journey),
			Rulesets: []check.File{{Name: s.File, Bytes: []byte(s.Text)}},
		}
		for _, a := range Senders(f) {
			in.Outbound = append(in.Outbound, netip.MustParseAddr(a))
		}
		if len(in.Outbound) < 4 {
			t.Fatalf("addresses that send: %v", in.Outbound)
		}
		if r := firewall.OpenCheck(nil).Run(t.Context(), in, func(check.Progress) {}); r.Outcome != check.Pass {
			t.Errorf("%s: %s, %s\n%+v\n%s", id, r.Outcome, r.Summary, r.Findings, s.Text)
		}
	}
}

// TestFirewallRulesKnowTheServerInside: its public address, which the firewall
// translates, is no further sender.
func TestFirewallRulesKnowTheServerInside(t *testing.T) {
	f := factsOf(onPrem, map[string]string{
		steps.QFirewall: "table", steps.QInbound: "203.0.113.25", "firewall.mail_server_internal": "10.1.2.25",
		steps.QOutboundIPs: "203.0.113.25", "ip.additional": "203.0.113.40",
	})
	s, ok := FirewallRules(f, Ranges(f), false)
	if !ok {
		t.Fatal("no rules")
	}
	for from, want := range map[string]bool{"10.1.2.25": true, "203.0.113.40": true, "203.0.113.25": false} {
		if strings.Contains(string(s.Text), ",out,tcp,"+from+",") != want {
			t.Errorf("%s is let out: %t, want %t\n%s", from, !want, want, s.Text)
		}
		if strings.Contains(string(s.Text), ","+from+",25") != (from == "10.1.2.25") {
			t.Errorf("who mail is let in to:\n%s", s.Text)
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
