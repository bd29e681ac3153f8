package checks_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/checks"
	"mxodus/steps/recipe"
)

// acmeZone is a domain at one name server, with old records, or without any.
func acmeZone(domain, mx string) string {
	return fmt.Sprintf("$ORIGIN %s.\n@ 300 IN SOA ns1.dns.example. h. 1 1 1 1 60\n@ 300 IN NS ns1.dns.example.\n%s", domain, mx)
}

const plainHosts = `$ORIGIN dns.example.
@ 300 IN SOA ns1 h. 1 1 1 1 60
ns1 300 IN A 192.0.2.1
`

const gatewayHosts = `$ORIGIN mimecast.com.
@ 300 IN SOA ns1 h. 1 1 1 1 60
au-smtp-inbound-1 300 IN A 203.0.113.21
au-smtp-inbound-2 300 IN A 203.0.113.22
eu-smtp-inbound-1 300 IN A 203.0.113.11
au-smtp-outbound-1 300 IN A 203.0.113.31
au-smtp-outbound-2 300 IN A 203.0.113.32
au-smtp-journal-1 300 IN A 203.0.113.41
au-smtp-journal-2 300 IN A 203.0.113.42
`

// TestChecksAndRecordsAgreeOnDomainsAndValues: what the TPOC is told to put in
// place and what the MX checks ask for are the same lines, for the same
// domains; one that only sends has no part in either.
func TestChecksAndRecordsAgreeOnDomainsAndValues(t *testing.T) {
	now := time.Date(2026, 12, 3, 14, 24, 10, 0, time.UTC)
	old := "@ 300 IN MX 10 eu-smtp-inbound-1.mimecast.com.\n"
	n := checktest.New(t)
	zones := []string{acmeZone("acme.example", old), acmeZone("acme.net", old), acmeZone("news.example", "")}
	n.DNS("192.0.2.1", zones...)
	n.DNS("198.51.100.1", append(zones, plainHosts, gatewayHosts)...).Behave(checktest.Behaviour{Recursive: true})
	w := n.World("198.51.100.1")
	w.Now = func() time.Time { return now }
	f := steps.NewFacts(steps.Answers{
		steps.QJourney: {Value: "connect"}, steps.QTarget: {Value: "au"}, steps.QPrimaryDomain: {Value: "acme.example"},
		steps.QDomains: {Value: "acme.example\nacme.net\nnews.example"}, "domains.direction": {Value: "news.example send_only"},
	}, now)
	if !slices.Equal(f.Receiving(), []string{"acme.example", "acme.net"}) || !slices.Equal(f.SendOnly(), []string{"news.example"}) {
		t.Fatalf("receiving %v, sending only %v", f.Receiving(), f.SendOnly())
	}
	in := check.Input{Phase: check.During, Now: now, Domains: f.Domains, SendOnly: f.SendOnly(), Target: f.Target, ChangedAt: now.Add(-time.Minute)}
	run := func(id string, phase check.Phase) check.Result {
		t.Helper()
		c, ok := checks.Find(w, id)
		if !ok {
			t.Fatal(id)
		}
		in.Phase = phase
		r := check.Runner{}.Run(t.Context(), []check.Check{c}, in, nil)[0]
		all := fmt.Sprint(r.Findings, r.Tables, r.Evidence)
		if strings.Contains(all, "news.example") {
			t.Errorf("%s looked at a domain that only sends: %s", id, all)
		}
		if !strings.Contains(string(r.Summary), "left out, as it only sends: news.example") {
			t.Errorf("%s does not say what it left out: %q", id, r.Summary)
		}
		return r
	}
	for _, id := range []string{"MX-PLAN", "MX-FORM"} {
		if r := run(id, check.Before); r.Outcome != check.Pass {
			t.Errorf("%s: %s %q", id, r.Outcome, r.Summary)
		}
	}
	want := string(recipe.NewMX(f, recipe.LowTTL).Text)
	var got []string
	for _, fd := range run("MX-AUTH", check.During).Findings {
		got = append(got, string(fd.Copy))
	}
	if strings.TrimSpace(want) != strings.Join(got, "\n") {
		t.Errorf("the records task says\n%s\nand MX-AUTH\n%s", want, strings.Join(got, "\n"))
	}
	run("MX-LEFT", check.During)
	run("MX-PROP", check.During)

	in.SendOnly = in.Domains
	for _, c := range checks.All(w) {
		if strings.HasPrefix(c.ID(), "MX-") {
			if r := (check.Runner{}).Run(t.Context(), []check.Check{c}, in, nil)[0]; r.Outcome != check.Skipped || len(r.Findings) != 0 {
				t.Errorf("%s with no receiving domain: %s %q", c.ID(), r.Outcome, r.Summary)
			}
		}
	}
}

func prefixesOf(texts ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range texts {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}
