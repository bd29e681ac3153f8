package mx_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/check/mx"
	"mxodus/steps/region"
)

func TestSurvey(t *testing.T) {
	newZ, oldZ := zone(2, auSet), zone(1, euSet)
	t.Run("equal", func(t *testing.T) {
		s := same(t, check.After, newZ)
		rep := mx.Survey(t.Context(), s.w, []string{"ACME.example.", "acme.example", "not a domain", "http://x"}, au(), nil)
		if rep.Equal != mx.Yes || len(rep.Domains) != 1 || len(rep.Rejected) != 2 || rep.Schema != "mxodus.mx/1" {
			t.Fatalf("%+v", rep)
		}
		d := rep.Domains[0]
		if len(d.Authoritative) != 2 || len(d.Resolvers) != 2 || d.Zone != "acme.example" {
			t.Fatalf("%+v", d)
		}
		a := d.Authoritative[1]
		if a.Name != "ns2.dns.example" || a.Addr != "192.0.2.2" || a.Verdict != mx.Planned || a.Serial != 2 || len(a.MX) != 2 || a.Outcome != "ok" || a.Repeat == "" {
			t.Errorf("%+v", a)
		}
		for _, f := range d.Findings {
			if f.Severity != check.OK {
				t.Errorf("%+v", f)
			}
		}
	})
	t.Run("one server is old", func(t *testing.T) {
		s := open(t, check.After, newZ, oldZ, newZ, oldZ)
		rep := mx.Survey(t.Context(), s.w, []string{"acme.example"}, au(), nil)
		d := rep.Domains[0]
		if rep.Equal != mx.No || d.Authoritative[1].Verdict != mx.Other || d.Resolvers[1].Verdict != mx.Other || d.Findings[0].Severity != check.Blocker {
			t.Errorf("%+v", rep)
		}
	})
	t.Run("a silent server leaves it open", func(t *testing.T) {
		s := same(t, check.After, newZ)
		s.ns2.Behave(checktest.Behaviour{Rcode: 2})
		rep := mx.Survey(t.Context(), s.w, []string{"acme.example"}, au(), nil)
		if rep.Equal != mx.Maybe || rep.Domains[0].Authoritative[1].Outcome != "servfail" || rep.Domains[0].Authoritative[1].Why == "" {
			t.Errorf("%+v", rep)
		}
	})
	t.Run("no region", func(t *testing.T) {
		s := same(t, check.After, newZ)
		rep := mx.Survey(t.Context(), s.w, []string{"acme.example"}, region.Region{}, nil)
		if rep.Equal != mx.Maybe || rep.Domains[0].Authoritative[0].Verdict != mx.UnknownHere || len(rep.Domains[0].Authoritative[0].MX) != 2 {
			t.Errorf("%+v", rep)
		}
	})
	t.Run("json has no null lists", func(t *testing.T) {
		s := same(t, check.After, newZ)
		b, err := json.Marshal(mx.Survey(t.Context(), s.w, []string{"nowhere.example"}, au(), nil))
		if err != nil || strings.Contains(string(b), "null") {
			t.Errorf("%s, %v", b, err)
		}
	})
}

// crowd is n domains on two name servers, four resolvers that answer and one
// that takes everything and says nothing.
func crowd(tb checktest.TB, n int) (*checktest.Internet, *check.World, check.Input) {
	in := check.Input{Phase: check.During, Target: au(), Source: eu(), ChangedAt: time.Now().Add(-time.Minute)}
	var zones []string
	for i := range n {
		d := fmt.Sprintf("d%d.example", i)
		in.Domains = append(in.Domains, d)
		zones = append(zones, zoneOf(d, 1, auSet))
	}
	net := checktest.New(tb)
	net.DNS("192.0.2.1", zones...)
	net.DNS("192.0.2.2", zones...)
	var resolvers []string
	for i := range 4 {
		a := fmt.Sprintf("198.51.100.%d", i+1)
		net.DNS(a, append([]string{hosts, mimecast}, zones...)...).Behave(checktest.Behaviour{Recursive: true})
		resolvers = append(resolvers, a)
	}
	net.BlackHole("198.51.100.9:53")
	return net, net.World(append(resolvers, "198.51.100.9")...), in
}

// Fifty domains, five resolvers of which one is dead, five checks: what a user
// waits for is one time-out and not fifty.
func TestFiftyDomainsWithADeadResolver(t *testing.T) {
	net, w, in := crowd(t, 50)
	began := time.Now()
	results := check.Runner{Parallel: 5}.Run(t.Context(), mx.Checks(w), in, nil)
	took := time.Since(began)
	for i, want := range []check.Outcome{check.Skipped, check.Pass, check.Pass, check.Pass, check.Pass} {
		if results[i].Outcome != want {
			t.Errorf("%s: %s %q", results[i].Check, results[i].Outcome, results[i].Summary)
		}
	}
	if n := net.Dialed("udp", "198.51.100.9:53") + net.Dialed("tcp", "198.51.100.9:53"); n > 6 {
		t.Errorf("the dead resolver was tried %d times", n)
	}
	unasked := 0
	for _, row := range results[2].Tables[0].Rows {
		if row[5].Text == "not asked" {
			unasked++
		}
	}
	if unasked != 48 {
		t.Errorf("%d rows say not asked, want 48", unasked)
	}
	if took > 3*time.Second*slower {
		t.Errorf("took %v", took)
	}
	t.Logf("50 domains x 5 resolvers, one dead: %v", took)
}

func BenchmarkFiveChecks(b *testing.B) {
	for _, n := range []int{1, 50} {
		b.Run(fmt.Sprintf("%d domains", n), func(b *testing.B) {
			_, w, in := crowd(b, n)
			w.Resolvers = w.Resolvers[:4]
			for b.Loop() {
				for _, r := range (check.Runner{Parallel: 5}).Run(b.Context(), mx.Checks(w), in, nil)[1:] {
					if r.Outcome != check.Pass {
						b.Fatalf("%s: %s %q", r.Check, r.Outcome, r.Summary)
					}
				}
			}
		})
	}
}
