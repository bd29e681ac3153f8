package srx_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ask "mxodus/steps/check/firewall/format/formattest"
)

// TestConfirmSeesTranslatedDestinations holds that the command by which users
// look a policy up names the address that policies see.
func TestConfirmSeesTranslatedDestinations(t *testing.T) {
	text := `set version 21.4R3
set interfaces ge-0/0/0 unit 0 family inet address 203.0.113.2/24
set interfaces ge-0/0/1 unit 0 family inet address 10.0.0.1/24
set routing-options static route 0.0.0.0/0 next-hop 203.0.113.1
set security zones security-zone untrust interfaces ge-0/0/0.0
set security zones security-zone dmz interfaces ge-0/0/1.0
set security nat destination pool mail address 10.0.0.25/32
set security nat destination pool mail address port 2525
set security nat destination rule-set in from zone untrust
set security nat destination rule-set in rule mail match destination-address 203.0.113.25/32
set security nat destination rule-set in rule mail match destination-port 25
set security nat destination rule-set in rule mail then destination-nat pool mail
set security policies from-zone untrust to-zone dmz policy shut match source-address any
set security policies from-zone untrust to-zone dmz policy shut match destination-address any
set security policies from-zone untrust to-zone dmz policy shut match application any
set security policies from-zone untrust to-zone dmz policy shut then deny
`
	r, err := firewall.CheckFile("srx.conf", []byte(text), ask.Options("203.0.113.25"))
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			if q.Direction != "in" {
				continue
			}
			seen = true
			if !strings.Contains(g.Confirm, "show security match-policies from-zone untrust to-zone dmz") || !strings.Contains(g.Confirm, "destination-ip 10.0.0.25") ||
				!strings.Contains(g.Confirm, "destination-port 2525") {
				t.Errorf("%s: %q", q.Range, g.Confirm)
			}
		}
	}
	if !seen {
		t.Errorf("no gap\n%s", r.Text())
	}
}
