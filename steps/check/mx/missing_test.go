package mx_test

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/check/mx"
)

// gone is the scene of a domain that nobody has registered: the zone above it
// says so, or none of the resolvers finds one.
func gone(t *testing.T, phase check.Phase, above bool) *scene {
	t.Helper()
	s := same(t, phase, zone(1, euSet))
	s.in.Domains, s.in.MXBefore = []string{"nobody.test"}, nil
	for _, r := range []*checktest.DNSServer{s.r1, s.r2} {
		r.SetZone(t, "$ORIGIN com.\n@ 60 IN SOA ns1.dns.example. h. 1 1 1 1 60\n")
		if above {
			r.SetZone(t, topZone)
		}
	}
	s.ns1.SetZone(t, topZone)
	s.ns2.SetZone(t, topZone)
	return s
}

const topZone = "$ORIGIN test.\n@ 60 IN SOA ns1.dns.example. h. 1 1 1 1 60\n@ 60 IN NS ns1.dns.example.\n@ 60 IN NS ns2.dns.example.\n"

// TestDomainThatDoesNotExist: every check that looks at the domain says the same
// of it, in every phase, and none of them passes.
func TestDomainThatDoesNotExist(t *testing.T) {
	for _, above := range []bool{true, false} {
		for _, phase := range []check.Phase{check.Before, check.During, check.After} {
			for _, id := range []string{"MX-PLAN", "MX-AUTH", "MX-FORM", "MX-LEFT", "MX-PROP"} {
				if id == "MX-PLAN" && phase != check.Before || (id == "MX-LEFT" || id == "MX-PROP") && phase == check.Before {
					continue
				}
				r := gone(t, phase, above).run(t, id)
				expect(t, r, check.Fail, id+".missing blocker")
				if want := "1 of 1 domain: nobody.test does not exist in DNS"; id != "MX-PLAN" && string(r.Summary) != want {
					t.Errorf("%s: %s", id, r.Summary)
				}
			}
		}
		s := gone(t, check.After, above)
		rep := mx.Survey(t.Context(), s.w, []string{"nobody.test"}, au(), nil)
		if d := rep.Domains[0]; rep.Equal != mx.No || len(d.Findings) != 1 || d.Findings[0].Code != mx.CodeNoDomain || d.Findings[0].Severity != check.Blocker {
			t.Errorf("survey: %s %+v", rep.Equal, d.Findings)
		}
	}
	s := gone(t, check.Before, true)
	s.in.Domains = []string{"acme.example", "nobody.test"}
	if r := s.run(t, "MX-PLAN"); r.Outcome != check.Fail || string(r.Summary) != "1 domain recorded; 1 domain does not exist in DNS" {
		t.Errorf("%s %s", r.Outcome, r.Summary)
	} else if got := r.Tables[0].Rows[0]; got[0].Text != "nobody.test" || got[1].Text != "does not exist" || got[2].Text != "" {
		t.Errorf("the row of what does not exist: %+v", r.Tables[0].Rows)
	}
}

// TestResolverWithoutTheInternet: where not even com exists, that a name does not
// exist is no proof, for the domain and for the hosts of the region alike.
func TestResolverWithoutTheInternet(t *testing.T) {
	s := same(t, check.Before, zone(1, euSet))
	s.in.Domains, s.in.MXBefore = []string{"nobody.test"}, nil
	n := checktest.New(t)
	for i := range 2 {
		n.DNS(fmt.Sprintf("198.51.100.%d", i+1)).Behave(checktest.Behaviour{Recursive: true})
	}
	s.w = n.World("198.51.100.1", "198.51.100.2")
	for _, id := range []string{"MX-PLAN", "MX-AUTH", "MX-FORM"} {
		r := s.run(t, id)
		if r.Outcome != check.Unknown || r.Worst() != check.Advice {
			t.Errorf("%s: %s %+v", id, r.Outcome, r.Findings)
		}
		if !strings.Contains(fmt.Sprint(r.Findings), "not even com") {
			t.Errorf("%s: %+v", id, r.Findings)
		}
	}
	s.in.Phase = check.During
	for _, id := range []string{"MX-AUTH", "MX-FORM", "MX-LEFT", "MX-PROP"} {
		if r := s.run(t, id); r.Outcome != check.Unknown || r.Worst() != check.Advice {
			t.Errorf("%s: %s %+v", id, r.Outcome, r.Findings)
		}
	}
	if rep := mx.Survey(t.Context(), s.w, []string{"nobody.test"}, au(), nil); rep.Equal != mx.Maybe {
		t.Errorf("survey: %s %+v", rep.Equal, rep.Domains[0].Findings)
	}
}
