package guide

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
)

// page is the guidance of a step as its plan has it.
func page(t *testing.T, p steps.Profile, id string, answers ...string) (steps.Step, string) {
	t.Helper()
	a := steps.Answers{
		steps.QJourney: {Value: string(p.Journey)}, steps.QService: {Value: string(p.Service)}, steps.QTrack: {Value: string(p.Track)},
		steps.QTarget: {Value: p.Target}, steps.QSource: {Value: p.Source}, steps.QPlatform: {Value: string(p.Platform)},
		steps.QPrimaryDomain: {Value: "acme.com"}, steps.QDomains: {Value: "acme.com"},
	}
	for i := 0; i+1 < len(answers); i += 2 {
		a[answers[i]] = steps.Answer{Value: answers[i+1]}
	}
	built, err := plan.Build(p)
	if err != nil {
		t.Fatal(err)
	}
	st, ok := built.Step(id)
	if !ok {
		t.Fatalf("no step %s", id)
	}
	f := steps.NewFacts(a, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	text, err := Read(st, f)
	if err != nil {
		t.Fatal(err)
	}
	return st, strings.Join(strings.Fields(text), " ")
}

// TestAHostedPlatformHasNoFirewallToOpen: nor a port of a directory, nor a
// question about exceptions; those with servers of their own read of them.
func TestAHostedPlatformHasNoFirewallToOpen(t *testing.T) {
	hosted := steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.M365}
	own := hosted
	own.Platform = steps.OnPrem
	for id, words := range map[string][]string{
		steps.ConnectAccount:    {"open your firewall", "ranges you opened"},
		steps.ConnectRecipients: {"directory test times out", "account's password"},
		steps.ConnectInbound:    {"or your firewall is wrong"},
		steps.ConnectLockdown:   {"Open port 25 again", "name it as an exception"},
	} {
		for _, word := range words {
			st, text := page(t, hosted, id)
			if strings.Contains(st.Purpose+" "+text, word) {
				t.Errorf("%s, hosted, says %q:\n%s", id, word, text)
			}
			st, text = page(t, own, id)
			if !strings.Contains(st.Purpose+" "+text, word) {
				t.Errorf("%s, own servers, does not say %q:\n%s", id, word, text)
			}
		}
	}
	if _, text := page(t, hosted, steps.ConnectRecipients, "rv.method", "directory_ldap"); !strings.Contains(text, "directory test times out") {
		t.Errorf("a directory of their own is reached through a firewall:\n%s", text)
	}
	if _, text := page(t, own, steps.ConnectRecipients, "rv.method", "spreadsheet"); strings.Contains(text, "directory test times out") {
		t.Errorf("a sheet needs no port:\n%s", text)
	}
}

// TestLimitsOfAPlatformStandThereForIt and for no other.
func TestLimitsOfAPlatformStandThereForIt(t *testing.T) {
	p := steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}
	for platform, want := range map[steps.Platform]bool{steps.OnPrem: false, steps.Google: false, steps.M365: true, steps.HybridM365: true} {
		p.Platform = platform
		if _, text := page(t, p, steps.ConnectRecipients); strings.Contains(text, "Microsoft 365 does not journal") != want {
			t.Errorf("%s: %v", platform, !want)
		}
	}
}

// TestALowTTLIsNotLowered: who reads that there is nothing to lower does not
// read that it goes down two days before.
func TestALowTTLIsNotLowered(t *testing.T) {
	p := steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}
	built, err := plan.Build(p)
	if err != nil {
		t.Fatal(err)
	}
	st, _ := built.Step(steps.ConnectInbound)
	for ttl, low := range map[uint32]bool{30: true, 86400: false} {
		f := steps.NewFacts(steps.Answers{
			steps.QJourney: {Value: "connect"}, steps.QService: {Value: "both"}, steps.QTarget: {Value: "eu"}, steps.QDomains: {Value: "acme.com"},
		}, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
		f.MXBefore = map[string][]check.MX{"acme.com": {{Host: "mail.acme.com", Pref: 10, TTL: ttl}}}
		text, err := Read(st, f)
		if err != nil || strings.Contains(text, "two days before") == low || strings.Contains(text, "lowers the TTL") == low {
			t.Errorf("with a TTL of %d: %v\n%s", ttl, err, text)
		}
	}
}
