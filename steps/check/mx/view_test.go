package mx_test

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/check/mx"
	"mxodus/steps/check/resolve"
)

// TestSplitHorizon: a resolver that shows an inner view is spoken of and is no
// cache to wait for.
func TestSplitHorizon(t *testing.T) {
	newZ := zone(2, auSet)
	within := zone(2026, "@ 300 IN MX 5 mail.corp.internal.\n")
	t.Run("it holds the zone itself", func(t *testing.T) {
		s := open(t, check.During, newZ, newZ, newZ, within)
		s.r2.Behave(checktest.Behaviour{}) // authoritative
		r := s.run(t, "MX-PROP")
		expect(t, r, check.Pass, "MX-PROP.inner advice", "MX-PROP.ok ok")
		if saw := string(r.Findings[0].Saw); !strings.Contains(saw, "5 mail.corp.internal") || !strings.Contains(saw, "holds itself") {
			t.Errorf("saw %q", saw)
		}
		if c := r.Tables[0].Rows[1]; c[1].Mark != check.MarkUnknown || !strings.HasPrefix(string(c[1].Text), "inner view") || c[2].Text != "" {
			t.Errorf("row %v", c)
		}
	})
	t.Run("this machine's own resolver forwards to it", func(t *testing.T) {
		s := open(t, check.During, newZ, newZ, newZ, within)
		s.w.Resolvers[1].Name = resolve.System
		expect(t, s.run(t, "MX-PROP"), check.Pass, "MX-PROP.inner advice", "MX-PROP.ok ok")
	})
	t.Run("it still has what was there before: a cache", func(t *testing.T) {
		s := open(t, check.During, newZ, newZ, newZ, zone(1, euSet))
		s.w.Resolvers[1].Name = resolve.System
		expect(t, s.run(t, "MX-PROP"), check.Waiting, "MX-PROP.wait advice")
	})
	t.Run("nothing but the inner view", func(t *testing.T) {
		s := same(t, check.During, within)
		inner := strings.NewReplacer("192.0.2.1", "10.0.0.1", "192.0.2.2", "10.0.0.2").Replace(hosts)
		s.r1.SetZone(t, inner)
		s.r2.SetZone(t, inner)
		s.n.Route("10.0.0.1:53", s.ns1.Addr)
		s.n.Route("10.0.0.2:53", s.ns2.Addr)
		r := s.run(t, "MX-AUTH")
		expect(t, r, check.Unknown, "MX-AUTH.inner advice")
		for _, id := range []string{"MX-LEFT", "MX-FORM"} {
			if r := s.run(t, id); r.Outcome != check.Unknown || r.Worst() == check.Blocker {
				t.Errorf("%s: %s %v", id, r.Outcome, codes(r))
			}
		}
		s.in.Phase = check.Before
		r = s.run(t, "MX-PLAN")
		expect(t, r, check.Unknown, "MX-PLAN.unread advice")
		if strings.Contains(string(r.Data), "corp.internal") {
			t.Errorf("the inner set was recorded: %s", r.Data)
		}
	})
}

// validating makes a resolver refuse what it is not told to leave unchecked.
func validating(s *checktest.DNSServer, domain string) {
	s.Handle(func(_ string, q *dns.Msg) ([][]byte, bool) {
		if q.CheckingDisabled || !dns.IsSubDomain(domain+".", dns.CanonicalName(q.Question[0].Name)) {
			return nil, false
		}
		m := new(dns.Msg)
		m.SetRcode(q, dns.RcodeServerFailure)
		m.SetEdns0(1232, false)
		m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeDNSBogus, ExtraText: "no valid signature"})
		b, _ := m.Pack()
		return [][]byte{b}, true
	})
}

// TestBogus: where resolvers answer only without DNSSEC, the signatures of the
// zone are what is wrong, and not the network.
func TestBogus(t *testing.T) {
	s := same(t, check.During, zone(2, auSet))
	validating(s.r1, "acme.example")
	r := s.run(t, "MX-PROP")
	expect(t, r, check.Warn, "MX-PROP.dnssec risk", "MX-PROP.ok ok")
	if saw := string(r.Findings[0].Saw); !strings.Contains(saw, "no valid signature") || !strings.Contains(string(r.Findings[0].Confirm), "+cd") {
		t.Errorf("saw %q", saw)
	}
	expect(t, s.run(t, "MX-AUTH"), check.Pass, "MX-AUTH.ok ok") // the other resolver leads there
	validating(s.r2, "acme.example")
	expect(t, s.run(t, "MX-AUTH"), check.Fail, "MX-AUTH.dnssec blocker")
	expect(t, s.run(t, "MX-FORM"), check.Fail, "MX-FORM.dnssec blocker")
	s.in.Phase = check.Before
	expect(t, s.run(t, "MX-PLAN"), check.Fail, "MX-PLAN.dnssec blocker")
	// SERVFAIL that stays without DNSSEC proves nothing.
	s.r1.Behave(checktest.Behaviour{Rcode: dns.RcodeServerFailure})
	s.r2.Behave(checktest.Behaviour{Rcode: dns.RcodeServerFailure})
	expect(t, s.run(t, "MX-PLAN"), check.Unknown, "MX-PLAN.unread advice")
}

func TestParked(t *testing.T) {
	spf := "@ 300 IN TXT \"v=spf1  -all\"\n"
	expect(t, same(t, check.Before, zone(1, spf)).run(t, "MX-PLAN"), check.Warn, "MX-PLAN.parked advice")
	expect(t, same(t, check.Before, zone(1, spf+"@ 300 IN MX 0 .\n")).run(t, "MX-PLAN"), check.Warn, "MX-PLAN.parked advice")
	expect(t, same(t, check.Before, zone(1, strings.ReplaceAll(euSet, "3600", "300")+spf)).run(t, "MX-PLAN"), check.Pass, "MX-PLAN.recorded ok")
	expect(t, same(t, check.Before, zone(1, "@ 300 IN TXT \"v=spf1 a -all\"\n")).run(t, "MX-PLAN"), check.Warn, "MX-PLAN.none advice")
}

// TestSlowFailuresAreNotAskedForEver: a resolver that fails slowly for every
// domain is asked without DNSSEC a few times only.
func TestSlowFailuresAreNotAskedForEver(t *testing.T) {
	_, w, in := crowd(t, 20)
	bad := checktest.DNS(t)
	bad.Behave(checktest.Behaviour{Rcode: dns.RcodeServerFailure})
	dial := w.Dialer
	w.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if addr == "198.51.100.9:53" { // the dead one of the crowd
			addr = bad.Addr
			var d net.Dialer
			return d.DialContext(ctx, network, addr)
		}
		return dial(ctx, network, addr)
	}
	var unchecked atomic.Int64
	bad.Handle(func(_ string, q *dns.Msg) ([][]byte, bool) {
		if q.CheckingDisabled {
			unchecked.Add(1)
		}
		return nil, false
	})
	r := check.Runner{}.Run(t.Context(), []check.Check{mx.Checks(w)[2]}, in, nil)[0]
	if r.Outcome != check.Pass || unchecked.Load() != 3 {
		t.Errorf("%s %q, %d questions without DNSSEC", r.Outcome, r.Summary, unchecked.Load())
	}
}
