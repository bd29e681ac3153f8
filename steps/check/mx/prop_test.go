package mx_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mxodus/steps/check"
)

func TestProp(t *testing.T) {
	oldZ, newZ := zone(1, strings.ReplaceAll(euSet, "3600", "192")), zone(2, auSet)
	t.Run("before", func(t *testing.T) {
		expect(t, same(t, check.Before, oldZ).run(t, "MX-PROP"), check.Skipped)
	})
	t.Run("one cache is old", func(t *testing.T) {
		s := open(t, check.During, newZ, newZ, oldZ, newZ)
		r := s.run(t, "MX-PROP")
		expect(t, r, check.Waiting, "MX-PROP.wait advice")
		if want := s.in.Now.Add(192 * time.Second); !r.Until.Equal(want) {
			t.Errorf("until %v, want %v", r.Until, want)
		}
		if !strings.Contains(string(r.Summary), "14:28") {
			t.Errorf("summary %q", r.Summary)
		}
		rows := r.Tables[0].Rows
		if rows[0][1] != (check.Cell{Mark: check.MarkWait, Text: "old"}) || rows[0][2].Text != "3:12" || rows[1][1].Mark != check.MarkGood {
			t.Errorf("rows %v", rows)
		}
		if r.Tables[0].Note != "All caches asked are new by 14:28, 1 of 2 new" {
			t.Errorf("note %q", r.Tables[0].Note)
		}
	})
	t.Run("all new", func(t *testing.T) {
		expect(t, same(t, check.After, newZ).run(t, "MX-PROP"), check.Pass, "MX-PROP.ok ok")
	})
	t.Run("a dead resolver does not fail it", func(t *testing.T) {
		s := same(t, check.After, newZ)
		s.n.BlackHole("198.51.100.2:53")
		s.w.DNSTimeout = 500 * time.Millisecond
		r := s.run(t, "MX-PROP")
		expect(t, r, check.Pass, "MX-PROP.ok ok")
		if !strings.Contains(string(r.Summary), "no answer from 198.51.100.2") || r.Tables[0].Rows[1][1].Mark != check.MarkUnknown {
			t.Errorf("%q, %v", r.Summary, r.Tables[0].Rows)
		}
	})
	t.Run("one odd resolver is waited for", func(t *testing.T) {
		s := open(t, check.During, newZ, newZ, newZ, zone(1, ""))
		expect(t, s.run(t, "MX-PROP"), check.Waiting, "MX-PROP.wait advice")
	})
	t.Run("the source has not changed", func(t *testing.T) {
		expect(t, same(t, check.During, oldZ).run(t, "MX-PROP"), check.Waiting, "MX-PROP.source advice")
	})
	t.Run("later than the old TTL and an hour", func(t *testing.T) {
		s := open(t, check.After, newZ, newZ, oldZ, newZ)
		s.in.ChangedAt = s.in.Now.Add(-time.Hour - 59*time.Minute)
		expect(t, s.run(t, "MX-PROP"), check.Waiting, "MX-PROP.wait advice")
		s.in.ChangedAt = s.in.Now.Add(-2*time.Hour - time.Minute)
		expect(t, s.run(t, "MX-PROP"), check.Warn, "MX-PROP.late risk")
	})
	t.Run("no old TTL recorded", func(t *testing.T) {
		s := open(t, check.After, newZ, newZ, oldZ, newZ)
		s.in.MXBefore = nil
		s.in.ChangedAt = s.in.Now.Add(-3 * time.Hour)
		expect(t, s.run(t, "MX-PROP"), check.Waiting, "MX-PROP.wait advice")
	})
	t.Run("no resolver", func(t *testing.T) {
		s := same(t, check.After, newZ)
		s.w.Resolvers = nil
		expect(t, s.run(t, "MX-PROP"), check.Unknown)
	})
}

// A cache that runs down is watched until it is new.
func TestPropCountdown(t *testing.T) {
	newZ := zone(2, auSet)
	s := open(t, check.During, newZ, newZ, zone(1, strings.ReplaceAll(euSet, "3600", "192")), newZ)
	var now atomic.Int64
	clock := func() time.Time { return time.Unix(now.Load(), 0).UTC() }
	pass := func(d time.Duration) {
		s.in.Now = s.in.Now.Add(d)
		now.Store(s.in.Now.Unix())
	}
	pass(0)
	s.w.Now = clock
	s.r1.CountDown(clock)
	first := s.run(t, "MX-PROP")
	pass(100 * time.Second)
	second := s.run(t, "MX-PROP")
	if !first.Until.Equal(second.Until) || second.Tables[0].Rows[0][2].Text != "1:32" {
		t.Errorf("until %v then %v; %v", first.Until, second.Until, second.Tables[0].Rows[0])
	}
	pass(100 * time.Second)
	s.r1.SetZone(t, newZ)
	expect(t, s.run(t, "MX-PROP"), check.Pass, "MX-PROP.ok ok")
}

// What the resolvers asked show is not all there is: another cache may have
// taken the old set the moment before the change.
func TestPropPromises(t *testing.T) {
	oldZ, newZ := zone(1, strings.ReplaceAll(euSet, "3600", "192")), zone(2, auSet)
	says := func(t *testing.T, r check.Result, in string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(in, w) {
				t.Errorf("%q does not say %q", in, w)
			}
		}
	}
	t.Run("caches elsewhere", func(t *testing.T) {
		s := open(t, check.During, newZ, newZ, oldZ, newZ)
		s.in.CachesClear = s.in.Now.Add(56 * time.Minute)
		r := s.run(t, "MX-PROP")
		expect(t, r, check.Waiting, "MX-PROP.wait advice")
		says(t, r, string(r.Summary), "all caches asked are new by 14:28", "others may hold the old set until 15:21")
		says(t, r, string(r.Tables[0].Note), "others may hold the old set until 15:21")
		s = same(t, check.During, newZ)
		s.in.CachesClear = s.in.Now.Add(56 * time.Minute)
		r = s.run(t, "MX-PROP")
		expect(t, r, check.Pass, "MX-PROP.ok ok")
		says(t, r, string(r.Summary), "others may hold the old set until 15:21")
	})
	t.Run("a name server lags behind and feeds them again", func(t *testing.T) {
		s := open(t, check.During, newZ, zone(1, euSet), oldZ, newZ)
		r := s.run(t, "MX-PROP")
		expect(t, r, check.Waiting, "MX-PROP.fed advice")
		if !r.Until.Equal(s.in.Now.Add(time.Minute)) || strings.Contains(string(r.Summary), "new by") {
			t.Errorf("a promise that nobody can keep: until %v, %q, %q", r.Until, r.Summary, r.Tables[0].Note)
		}
		says(t, r, string(r.Findings[0].Title), "ns2.dns.example still gives")
		s = open(t, check.During, newZ, zone(1, euSet), newZ, newZ)
		r = s.run(t, "MX-PROP")
		expect(t, r, check.Waiting, "MX-PROP.fed advice") // new by luck alone
		says(t, r, string(r.Summary), "no end can be named while a name server gives other records")
		if r.Findings[0].Confirm == "" || r.Findings[0].Do == "" {
			t.Errorf("%+v", r.Findings[0])
		}
	})
	t.Run("no server has changed", func(t *testing.T) {
		if r := same(t, check.During, oldZ).run(t, "MX-PROP"); strings.Contains(string(r.Summary), "new by") {
			t.Errorf("promised before the change: %q", r.Summary)
		}
	})
	t.Run("lowered too late, so the longer TTL counts", func(t *testing.T) {
		s := open(t, check.After, newZ, newZ, oldZ, newZ)
		s.in.ChangedAt, s.in.CachesClear = s.in.Now.Add(-3*time.Hour), s.in.Now.Add(-30*time.Minute)
		expect(t, s.run(t, "MX-PROP"), check.Waiting, "MX-PROP.wait advice")
		s.in.CachesClear = s.in.Now.Add(-61 * time.Minute)
		expect(t, s.run(t, "MX-PROP"), check.Warn, "MX-PROP.late risk")
	})
	t.Run("a resolver that clamps", func(t *testing.T) {
		s := open(t, check.During, newZ, newZ, zone(1, strings.ReplaceAll(euSet, "3600", "7200")), newZ)
		r := s.run(t, "MX-PROP")
		expect(t, r, check.Waiting, "MX-PROP.wait advice")
		says(t, r, string(r.Findings[0].Saw), "2:00:00", "TTL of 1 hour, so this resolver keeps them longer than it is told")
	})
	t.Run("a resolver that serves stale", func(t *testing.T) {
		s := open(t, check.After, newZ, newZ, zone(1, strings.ReplaceAll(euSet, "3600", "30")), newZ)
		s.in.CachesClear = s.in.Now.Add(-10 * time.Minute)
		r := s.run(t, "MX-PROP")
		expect(t, r, check.Waiting, "MX-PROP.wait advice")
		says(t, r, string(r.Findings[0].Saw), "run out by 14:15", "beyond their time")
	})
	t.Run("a cache that keeps that there is none", func(t *testing.T) {
		s := open(t, check.During, newZ, newZ, strings.ReplaceAll(zone(1, ""), "3600 IN SOA", "45 IN SOA"), newZ)
		s.in.MXBefore = map[string][]check.MX{"acme.example": {}}
		r := s.run(t, "MX-PROP")
		expect(t, r, check.Waiting, "MX-PROP.wait advice")
		if r.Tables[0].Rows[0][2].Text != "0:45" { // the SOA's TTL is less than its last field
			t.Errorf("%v", r.Tables[0].Rows[0])
		}
	})
	t.Run("the clock was set back behind the change", func(t *testing.T) {
		s := open(t, check.During, newZ, newZ, oldZ, newZ)
		s.in.ChangedAt, s.in.CachesClear = s.in.Now.Add(time.Hour), s.in.Now.Add(2*time.Hour)
		r := s.run(t, "MX-PROP")
		expect(t, r, check.Waiting, "MX-PROP.wait advice")
		if r.Tables[0].Rows[0][2].Text != "3:12" {
			t.Errorf("%v", r.Tables[0].Rows[0])
		}
		s.ns2.SetZone(t, zone(1, euSet))
		saw := string(s.run(t, "MX-AUTH").Findings[0].Saw)
		says(t, r, saw, "noted for 15:24, which is ahead of this machine's clock")
	})
}
