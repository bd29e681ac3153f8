package check_test

import (
	"net/netip"
	"testing"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/region"
)

func TestFingerprintFollowsWhatCanChangeAVerdict(t *testing.T) {
	base := func() check.Input {
		return check.Input{
			Phase: check.Before, Now: time.Unix(1, 0), Domains: []string{"a.example", "b.example"},
			Target: region.Region{ID: "au"}, Source: region.Region{ID: "eu"}, Platform: "on_prem", Journey: "migrate",
			MailServers: []string{"203.0.113.1"}, Outbound: []netip.Addr{netip.MustParseAddr("203.0.113.1")},
			Ports:        []check.PortNeed{{ID: "smtp-in", In: true, Proto: "tcp", Port: 25}},
			Rulesets:     []check.File{{Name: "edge.rules", SHA256: "aa"}},
			ExtraRanges:  []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
			IgnoreRanges: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
			Exceptions:   []netip.Prefix{netip.MustParsePrefix("203.0.113.7/32")},
		}
	}
	want := base().Fingerprint()
	if len(want) != 16 || base().Fingerprint() != want {
		t.Fatalf("not stable: %q", want)
	}
	same := map[string]func(*check.Input){
		"time":            func(in *check.Input) { in.Now = time.Unix(2, 0) },
		"phase":           func(in *check.Input) { in.Phase = check.After },
		"time of change":  func(in *check.Input) { in.ChangedAt = time.Unix(3, 0) },
		"bytes of a file": func(in *check.Input) { in.Rulesets[0].Bytes = []byte("x") }, // its hash speaks for it
	}
	for name, f := range same {
		in := base()
		if f(&in); in.Fingerprint() != want {
			t.Errorf("%s changes the fingerprint", name)
		}
	}
	other := map[string]func(*check.Input){
		"a domain":            func(in *check.Input) { in.Domains = append(in.Domains, "c.example") },
		"domains run on":      func(in *check.Input) { in.Domains = []string{"a.example,b.example"} },
		"target":              func(in *check.Input) { in.Target.ID = "us" },
		"source":              func(in *check.Input) { in.Source.ID = "us" },
		"platform":            func(in *check.Input) { in.Platform = "m365" },
		"journey":             func(in *check.Input) { in.Journey = "connect" },
		"mail server":         func(in *check.Input) { in.MailServers = nil },
		"sending address":     func(in *check.Input) { in.Outbound = nil },
		"port":                func(in *check.Input) { in.Ports[0].Port = 26 },
		"direction":           func(in *check.Input) { in.Ports[0].In = false },
		"content of a file":   func(in *check.Input) { in.Rulesets[0].SHA256 = "bb" },
		"name of a file":      func(in *check.Input) { in.Rulesets[0].Name = "core.rules" },
		"extra range":         func(in *check.Input) { in.ExtraRanges = nil },
		"dropped range":       func(in *check.Input) { in.IgnoreRanges = nil },
		"a resolver":          func(in *check.Input) { in.Resolvers = []check.Resolver{{Name: "a", Addr: "192.0.2.1:53"}} },
		"a domain that sends": func(in *check.Input) { in.SendOnly = []string{"b.example"} },
		"outside interface":   func(in *check.Input) { in.Outside = "eth0" },
		"directory":           func(in *check.Input) { in.Directory = []string{"ldap.a.example"} },
		"exception":           func(in *check.Input) { in.Exceptions = nil },
	}
	for name, f := range other {
		in := base()
		if f(&in); in.Fingerprint() == want {
			t.Errorf("%s does not change the fingerprint", name)
		}
	}
}

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		in   []check.Severity
		want check.Severity
	}{
		{nil, check.OK},
		{[]check.Severity{check.OK, check.Advice}, check.Advice},
		{[]check.Severity{check.Risk, check.Advice}, check.Risk},
		{[]check.Severity{check.Advice, check.Blocker, check.Risk}, check.Blocker},
	} {
		var r check.Result
		for _, s := range c.in {
			r.Findings = append(r.Findings, check.Finding{Severity: s})
		}
		if got := r.Worst(); got != c.want {
			t.Errorf("%v: %s", c.in, got)
		}
	}
}
