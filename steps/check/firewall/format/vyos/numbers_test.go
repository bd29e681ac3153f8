package vyos_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ask "mxodus/steps/check/firewall/format/formattest"
)

// TestScriptsOfOneReport holds that the lines for mail in and for mail out,
// which two rules of one base chain stop, can both be put in place.
func TestScriptsOfOneReport(t *testing.T) {
	text := `set firewall ipv4 forward filter default-action 'drop'
set firewall ipv4 forward filter rule 5 action 'accept'
set firewall ipv4 forward filter rule 5 state 'established'
set firewall ipv4 forward filter rule 30 action 'drop'
set firewall ipv4 forward filter rule 30 destination port '25'
set firewall ipv4 forward filter rule 30 outbound-interface name 'eth0'
set firewall ipv4 forward filter rule 30 protocol 'tcp'
set firewall ipv4 forward filter rule 40 action 'accept'
set firewall ipv4 forward filter rule 40 inbound-interface name 'eth2'
set interfaces ethernet eth0 address '203.0.113.18/28'
set interfaces ethernet eth2 address '10.0.0.1/24'
set nat destination rule 10 destination address '203.0.113.18'
set nat destination rule 10 destination port '25'
set nat destination rule 10 inbound-interface name 'eth0'
set nat destination rule 10 protocol 'tcp'
set nat destination rule 10 translation address '10.0.0.25'
set protocols static route 0.0.0.0/0 next-hop 203.0.113.17
`
	r, err := firewall.CheckFile("config", []byte(text), ask.Options("10.0.0.25"))
	if err != nil {
		t.Fatal(err)
	}
	put := map[string][]firewall.Fix{}
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			put[q.Direction] = append(put[q.Direction], g.Fix)
		}
	}
	for _, way := range []string{"in", "out"} { // each pasted by itself, as it is shown
		lines := firewall.Merge(put[way]...)
		if !strings.Contains(lines, "set firewall ipv4 forward filter rule ") {
			t.Errorf("mail %s: no lines\n%s", way, r.Text())
		}
		text += lines + "\n"
	}
	again, err := firewall.CheckFile("config", []byte(text), ask.Options("10.0.0.25"))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range again.Requirements {
		if q.Verdict != firewall.Proven {
			t.Errorf("%s %s: %s\n%s", q.Range, q.Direction, q.Verdict, text)
		}
	}
}
