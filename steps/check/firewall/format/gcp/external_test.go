package gcp_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ask "mxodus/steps/check/firewall/format/formattest"
)

// outside is an instance with an external address.
const outside = `{"kind":"compute#instance","name":"mail","networkInterfaces":[{"network":"https://x/compute/v1/projects/p/global/networks/default","networkIP":"10.0.0.25",
 "accessConfigs":[{"natIP":"203.0.113.25"}]}]}
`

// TestExternalAddress holds that the rules see the internal address of what
// comes to the external one.
func TestExternalAddress(t *testing.T) {
	at := func(name, rule, want string, line int) ask.Case {
		return ask.Is(name, outside+list(rule), ask.Mail(ask.To("203.0.113.25")), want, line, "")
	}
	ask.Run(t, id, []ask.Case{
		at("the internal one named", one(provider+`;destinationRanges=["10.0.0.25/32"]`), "permit", 4),
		at("the external one named", one(provider+`;destinationRanges=["203.0.113.25/32"]`), "deny", 0),
		at("a network of both", one(provider+`;destinationRanges=["0.0.0.0/0"]`), "permit", 4),
		at("another named", one(provider+`;destinationRanges=["10.0.0.26/32"]`), "deny", 0),
		at("none named", one(provider), "permit", 4),
	})
}

// TestRulesNameTheInternalAddress holds that what is to be copied names the
// address that the rules see.
func TestRulesNameTheInternalAddress(t *testing.T) {
	r, err := firewall.CheckFile("gcp.json", []byte(outside+list(one(provider+";direction=\"INGRESS\";priority=1000;disabled=true"))), ask.Options("203.0.113.25"))
	if err != nil {
		t.Fatal(err)
	}
	gaps := 0
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			gaps++
			if !strings.Contains(g.Fix.Copy, "--destination-ranges=10.0.0.25/32") {
				t.Errorf("%s: %q does not name the internal address", q.Range, g.Fix.Copy)
			}
		}
	}
	if gaps == 0 {
		t.Errorf("no gap\n%s", r.Text())
	}
}
