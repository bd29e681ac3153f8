package wizard_test

import (
	"testing"
	"time"

	"mxodus/steps"
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
