package checks_test

import (
	"strings"
	"testing"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/check/resolve"
	"mxodus/steps/checks"
)

// TestResolversOfTheMoveAreAsked: those that a move names are asked in the place
// of the world's, by every check, unless the program was told others.
func TestResolversOfTheMoveAreAsked(t *testing.T) {
	n, w, in := small(t)
	inner := n.DNS("192.0.2.99", acmeZone("acme.example", "@ 300 IN MX 10 au-smtp-inbound-1.mimecast.com.\n@ 300 IN MX 10 au-smtp-inbound-2.mimecast.com.\n"), plainHosts, gatewayHosts)
	inner.Behave(checktest.Behaviour{Recursive: true})
	n.BlackHole("198.51.100.1:53") // the network lets the usual one not through
	n.Route("192.0.2.99:5353", inner.Addr)
	w.DNSTimeout = 300e6
	prop, _ := checks.Find(w, "MX-PROP")
	run := func() check.Result { return check.Runner{}.Run(t.Context(), []check.Check{prop}, in, nil)[0] }
	if r := run(); r.Outcome != check.Unknown {
		t.Errorf("with the usual one: %s %q", r.Outcome, r.Summary)
	}
	one, err := resolve.ParseResolver("192.0.2.99:5353")
	if err != nil {
		t.Fatal(err)
	}
	in.Resolvers = []check.Resolver{one}
	stale := run().Input
	if r := run(); r.Outcome != check.Pass || len(r.Tables[0].Rows) != 1 || !strings.Contains(string(r.Tables[0].Rows[0][0].Text), "192.0.2.99:5353") {
		t.Errorf("with the named one: %s %q %v", r.Outcome, r.Summary, r.Tables)
	}
	in.Resolvers = nil
	if run().Input == stale {
		t.Error("a result stays fresh though other resolvers are to be asked")
	}
	asked := inner.AskedAll()
	in.Resolvers, w.Named = []check.Resolver{one}, true
	if r := run(); r.Outcome != check.Unknown || inner.AskedAll() != asked {
		t.Errorf("the program was told others: %s %q", r.Outcome, r.Summary)
	}
	w.Named = false
	shared := check.Runner{}.Run(t.Context(), checks.All(w)[:7], in, nil)
	if n := inner.Asked("acme.example", "SOA"); n > asked+3 {
		t.Errorf("the checks of one run ask the same %d times", n)
	}
	for _, r := range shared {
		if strings.HasPrefix(r.Check, "MX-") && r.Outcome != check.Pass && r.Outcome != check.Skipped {
			t.Errorf("%s: %s %q", r.Check, r.Outcome, r.Summary)
		}
	}
}
