package firewall

import (
	"strings"
	"testing"
)

const routedRules = `ASA Version 9.12
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 10.0.0.1 255.255.255.0
interface GigabitEthernet0/2
 nameif dmz
 security-level 50
 ip address 10.9.0.1 255.255.255.0
object network mail
 host 10.0.0.25
 nat (inside,outside) static 203.0.113.25
access-list in extended permit tcp any host 10.0.0.25 eq 25
access-group in in interface outside
route outside 0.0.0.0 0.0.0.0 203.0.113.1
`

// TestRoutedByTheFile leaves open the interface that packets leave by: the
// file says where their destination lies, translated or not.
func TestRoutedByTheFile(t *testing.T) {
	for _, c := range []struct{ probe, verdict string }{
		{`{"dir":"in","in_if":"outside","src":"8.8.8.8","dst":"203.0.113.25","proto":"tcp","dport":25}`, "permit"},
		{`{"dir":"fwd","in_if":"outside","src":"8.8.8.8","dst":"10.0.0.25","proto":"tcp","dport":25}`, "permit"},
		{`{"dir":"fwd","in_if":"inside","src":"10.0.0.25","dst":"8.8.8.8","proto":"tcp","dport":25}`, "permit"},
		{`{"dir":"fwd","in_if":"dmz","src":"10.9.0.25","dst":"10.0.0.25","proto":"tcp","dport":25}`, "deny"},
		{`{"dir":"fwd","in_if":"inside","src":"10.0.0.25","dst":"10.0.0.26","proto":"tcp","dport":25}`, "deny"},
		{`{"dir":"fwd","in_if":"inside","src":"10.0.0.25","dst":"10.77.0.26","proto":"tcp","dport":25}`, "unknown"},
		{`{"dir":"fwd","in_if":"inside","proto":"tcp","dport":25}`, "unknown"},
		{`{"dir":"fwd","src":"8.8.8.8","dst":"10.0.0.25","proto":"tcp","sport":40000,"dport":24}`, "unknown"},
		{`{"dir":"fwd","in_if":"outside","src":"8.8.8.8","dst":"10.0.0.25","proto":"tcp","sport":40000,"dport":25}`, "permit"},
	} {
		if got := evalLines(t, routedRules, "", c.probe); got[0].Verdict != c.verdict || strings.Contains(got[0].Why, "internal error") {
			t.Errorf("%s: %+v, want %s", c.probe, got[0], c.verdict)
		}
	}
}
