package replies

import (
	"regexp"
	"slices"
	"testing"

	"mxodus/steps"
)

// TestAboutThePlatform: a reply is told to those whose platform can bring it
// about, and to everybody as long as the platform is not known.
func TestAboutThePlatform(t *testing.T) {
	for sign, want := range map[string]map[steps.Platform]bool{
		"451 message ended early":                           {"": true, steps.OnPrem: true, steps.HybridM365: true, steps.Other: true, steps.M365: false, steps.Google: false},
		"554 configuration is invalid for this certificate": {"": true, steps.M365: true, steps.HybridM365: true, steps.OnPrem: false, steps.Google: false, steps.Other: false},
		"535 incorrect authentication data":                 {"": true, steps.OnPrem: true, steps.Other: true, steps.M365: false, steps.Google: false},
		"451 open relay not allowed":                        {"": true, steps.M365: true, steps.OnPrem: true},
	} {
		for platform, told := range want {
			all := About(steps.Profile{Platform: platform}, Outbound)
			if got := slices.ContainsFunc(all, func(f steps.Failure) bool { return f.Sign == sign }); got != told {
				t.Errorf("%s on %q: %v", sign, platform, got)
			}
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		line string
		want string
	}{
		{"451 Open relay not allowed - https://community.example/docs", "open relay not allowed"},
		{"550 Invalid Recipient - https://x", "invalid recipient"},
		{"503 5.1.1 invalid recipient", "invalid recipient"},
		{"554 Mail loop detected [abc]", "mail loop detected"},
		{"550 journal message past expiration", "journal message past expiration"},
		{"535 Incorrect authentication data", "incorrect authentication data"},
	} {
		got := Find(c.line)
		if len(got) != 1 || got[0].Words != c.want {
			t.Errorf("Find(%q) = %v, want %q", c.line, got, c.want)
		}
	}
	for _, line := range []string{"", "250 ok", "452 open relay not allowed", "554 5.7.1 rejected"} {
		if got := Find(line); len(got) != 0 {
			t.Errorf("Find(%q) = %v, want none", line, got)
		}
	}
}

func TestTable(t *testing.T) {
	code := regexp.MustCompile(`^[45]\d\d$`)
	last := ""
	for _, r := range Table {
		for _, c := range r.Codes {
			if !code.MatchString(c) {
				t.Errorf("%s: code %q", r.Words, c)
			}
		}
		if r.Codes[0] < last {
			t.Errorf("%s: out of order", r.Sign())
		}
		last = r.Codes[0]
		if r.Mean == "" || r.Do == "" || len(r.Topics) == 0 {
			t.Errorf("%s: incomplete", r.Sign())
		}
	}
	for _, topic := range []Topic{Outbound, Recipients, Journal, Inbound, Lockdown} {
		if len(About(steps.Profile{}, topic)) == 0 {
			t.Errorf("no reply about %s", topic)
		}
	}
}
