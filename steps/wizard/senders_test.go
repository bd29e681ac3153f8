package wizard_test

import (
	"slices"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/plan"
)

// TestChecksKnowEverySender: the addresses that mail leaves from are those of
// the mail servers and the further ones, each once.
func TestChecksKnowEverySender(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	set(t, s, steps.QOutboundIPs, "203.0.113.25\n203.0.113.26")
	before, err := s.Input(steps.ConnectAccount)
	if err != nil {
		t.Fatal(err)
	}
	set(t, s, "ip.additional", "203.0.113.40, 203.0.113.25")
	in, err := s.Input(steps.ConnectAccount)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range in.Outbound {
		got = append(got, a.String())
	}
	if len(got) != 3 || got[0] != "203.0.113.25" || got[1] != "203.0.113.26" || got[2] != "203.0.113.40" {
		t.Errorf("addresses that send: %q", got)
	}
	if in.Fingerprint() == before.Fingerprint() {
		t.Error("a further sender leaves results of before it fresh")
	}
}

// TestSendersAreAskedForBeforeTheFirewall: whatever sends is known when the
// rules are looked at, in both journeys.
func TestSendersAreAskedForBeforeTheFirewall(t *testing.T) {
	for _, p := range []steps.Profile{
		{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem},
		{Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au", Platform: steps.OnPrem},
		{Journey: steps.Migrate, Track: steps.Security, Source: "eu", Target: "au", Platform: steps.OnPrem},
	} {
		built, err := plan.Build(p)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(built.Steps, func(s steps.Step) bool { return slices.Contains(s.Checks, "FW-OPEN") })
		if at < 0 {
			t.Fatalf("%+v has no step that looks at the rules", p)
		}
		var asked []string
		for _, s := range built.Steps[:at+1] {
			asked = append(asked, s.Questions...)
		}
		for _, q := range []string{steps.QInbound, steps.QOutboundIPs, "ip.additional"} {
			if !slices.Contains(asked, q) {
				t.Errorf("%s %s%s looks at the rules before it asks %s", p.Journey, p.Track, p.Service, q)
			}
		}
	}
}
