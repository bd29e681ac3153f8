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
		if r.Tables[0].Note != "All caches new by 14:28, 1 of 2 new" {
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
