package source

import (
	"regexp"
	"testing"
)

// TestForeignMarks: every mark is a pattern that can be read.
func TestForeignMarks(t *testing.T) {
	for _, v := range foreign {
		if _, err := regexp.Compile(v.mark); err != nil || v.name == "" {
			t.Errorf("%s: %v", v.name, err)
		}
	}
	for text, want := range map[string]string{
		"Chain INPUT (policy ACCEPT)\ntarget": "Linux iptables -L (a listing, which leaves out interfaces)",
		`{"rules":[{"srcCidr":"Any"}]}`:       "Cisco Meraki (JSON of its dashboard)",
		"Dear team":                           "",
	} {
		if got := Foreign(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
