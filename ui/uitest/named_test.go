package uitest

import (
	"context"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/checks"
	"mxodus/steps/region"
	"mxodus/steps/rfi"
)

// TestAServerGivenByNameNamesItsQuestion: whoever reads that an address is
// needed is told which question asks for it.
func TestAServerGivenByNameNamesItsQuestion(t *testing.T) {
	q, _ := rfi.Find(steps.QInbound)
	au, _ := region.Find("au")
	n := checktest.New(t)
	n.DNS("198.51.100.1", "$ORIGIN acme.com.au.\n@ 60 IN SOA ns. hostmaster. 1 60 60 60 60\n").Behave(checktest.Behaviour{Recursive: true})
	for _, servers := range [][]string{{"mail.acme.com.au"}, nil} {
		in := check.Input{
			Now: begin, Domains: []string{"acme.com.au"}, Target: au, Journey: "migrate", Platform: "on_prem", MailServers: servers,
			Rulesets: []check.File{{Name: "edge.rules", Bytes: []byte(rules)}}, Ports: []check.PortNeed{{ID: "smtp-in", In: true, Proto: "tcp", Port: 25}},
		}
		for _, c := range checks.All(n.World("198.51.100.1")) {
			if c.ID() != "FW-OPEN" {
				continue
			}
			r := c.Run(context.Background(), in, func(check.Progress) {})
			if len(r.Findings) != 1 || !strings.Contains(string(r.Findings[0].Do), q.Label) {
				t.Errorf("servers %q: %+v", servers, r.Findings)
			}
		}
	}
}
