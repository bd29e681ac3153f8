package plan

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

func TestPhaseOf(t *testing.T) {
	mx := func(ago time.Duration) func(*world) {
		return func(w *world) {
			w.record(steps.MigrateDates, now.Add(-100*hour), 3600, "acme.com", "acme.net")
			w.tick(steps.MigrateMX, steps.TaskChangeMX, now.Add(-ago))
		}
	}
	for _, c := range []struct {
		what string
		p    steps.Profile
		step string
		set  func(*world)
		want check.Phase
	}{
		{"MX not changed", onPremMove, steps.MigrateMX, func(*world) {}, check.Before},
		{"MX changed, TTL running", onPremMove, steps.MigrateMX, mx(59 * time.Minute), check.During},
		{"MX changed, TTL over", onPremMove, steps.MigrateMX, mx(hour), check.After},
		{"MX changed, no TTL known", onPremMove, steps.MigrateMX, func(w *world) {
			w.tick(steps.MigrateMX, steps.TaskChangeMX, now.Add(-100*hour))
		}, check.During},
		{"no TTL known, step closed", onPremMove, steps.MigrateMX, func(w *world) {
			w.tick(steps.MigrateMX, steps.TaskChangeMX, now.Add(-100*hour))
			w.close(now, steps.MigrateMX)
		}, check.After},
		{"connector not switched", onPremMove, steps.MigrateOutbound, func(*world) {}, check.Before},
		{"connector switched", onPremMove, steps.MigrateOutbound, func(w *world) {
			w.tick(steps.MigrateOutbound, steps.TaskSwitchConnector, now)
		}, check.During},
		{"connector switched and closed", onPremMove, steps.MigrateOutbound, func(w *world) {
			w.tick(steps.MigrateOutbound, steps.TaskSwitchConnector, now)
			w.close(now, steps.MigrateOutbound)
		}, check.After},
		{"ranges opened: the old ones stay beside them", onPremMove, steps.MigrateFirewall, func(w *world) {
			w.tick(steps.MigrateFirewall, steps.TaskOpenRanges, now)
			w.close(now, steps.MigrateFirewall)
		}, check.During},
		{"port closed", onPremBoth, steps.ConnectLockdown, func(w *world) {
			w.tick(steps.ConnectLockdown, steps.TaskClosePort, now)
		}, check.After},
		{"sign-off follows the MX", onPremMove, steps.MigrateSignOff, mx(59 * time.Minute), check.During},
		{"the review comes before it", onPremMove, steps.MigrateReview, mx(2 * hour), check.Before},
		{"sign-off without mail flow", archiveMove, steps.MigrateSignOff, func(*world) {}, check.After},
		{"recipients without mail flow", archiveMove, steps.MigrateRecipients, func(*world) {}, check.Before},
		{"a step that is not there", archiveMove, steps.MigrateMX, func(*world) {}, check.Before},
	} {
		w := newWorld(c.p)
		c.set(w)
		if got := PhaseOf(w.view(), c.step); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestMXChangedAt(t *testing.T) {
	w := newWorld(onPremMove)
	if got := MXChangedAt(w.snap); !got.IsZero() {
		t.Errorf("nothing changed, but %s", got)
	}
	w.tick(steps.ConnectInbound, steps.TaskChangeMX, now.Add(-hour))
	w.tick(steps.MigrateMX, steps.TaskChangeMX, now)
	if got := MXChangedAt(w.snap); !got.Equal(now) {
		t.Errorf("changed at %s, want the journey's own tick %s", got, now)
	}
}

func TestOldAccountOff(t *testing.T) {
	sydney := time.FixedZone("", 11*3600)
	for _, c := range []struct {
		what   string
		closed time.Time
		inz    string
		now    time.Time
		date   string
		left   int
	}{
		{"UTC where no zone is given", time.Date(2026, 12, 3, 23, 30, 0, 0, time.UTC), "", time.Date(2026, 12, 3, 23, 59, 0, 0, time.UTC), "2027-03-03", 90},
		{"the next day over there", time.Date(2026, 12, 3, 23, 30, 0, 0, time.UTC), "2026-12-03T20:00:00+11:00", time.Date(2026, 12, 3, 23, 59, 0, 0, time.UTC), "2027-03-04", 90},
		{"counted in calendar days", time.Date(2026, 12, 3, 1, 0, 0, 0, sydney), "2026-12-03T20:00:00+11:00", time.Date(2027, 3, 2, 23, 59, 0, 0, sydney), "2027-03-03", 1},
		{"the day itself", time.Date(2026, 12, 3, 1, 0, 0, 0, time.UTC), "", time.Date(2027, 3, 3, 12, 0, 0, 0, time.UTC), "2027-03-03", 0},
		{"past", time.Date(2026, 12, 3, 1, 0, 0, 0, time.UTC), "", time.Date(2027, 3, 5, 0, 0, 0, 0, time.UTC), "2027-03-03", -2},
	} {
		w := newWorld(onPremMove)
		w.now = c.now
		if c.inz != "" {
			w.answer(steps.QInboundDate, c.inz)
		}
		w.close(c.closed, steps.MigrateSignOff)
		date, left, ok := OldAccountOff(w.view())
		if !ok || date.Format(time.DateOnly) != c.date || left != c.left {
			t.Errorf("%s: %s, %d, %v; want %s, %d", c.what, date, left, ok, c.date, c.left)
		}
	}
	w := newWorld(onPremMove)
	if _, _, ok := OldAccountOff(w.view()); ok {
		t.Error("known before sign-off")
	}
	w = newWorld(onPremBoth)
	w.close(now, steps.MigrateSignOff)
	if _, _, ok := OldAccountOff(w.view()); ok {
		t.Error("known on a Connect journey")
	}
}

func TestMilestones(t *testing.T) {
	show := func(w *world) string {
		var out []string
		for _, m := range Milestones(w.view()) {
			at := "?"
			if !m.At.IsZero() {
				at = m.At.UTC().Format("01-02T15")
			}
			if m.Done {
				at += "!"
			}
			if m.Label == "" {
				t.Errorf("%+v has no label", m)
			}
			out = append(out, m.Kind+" "+at)
		}
		return strings.Join(out, ", ")
	}
	w := newWorld(onPremMove)
	expect := func(what, want string) {
		t.Helper()
		if got := show(w); got != want {
			t.Errorf("%s: %s\nwant %s", what, got, want)
		}
	}
	expect("nothing agreed", "ttl ?, outbound ?, mx ?, signoff ?, old_account ?")
	w.answer(steps.QOutboundDate, "2026-12-01T20:00:00+11:00")
	w.answer(steps.QInboundDate, "2026-12-03T20:00:00+11:00")
	expect("agreed", "ttl 12-01T09, outbound 12-01T09, mx 12-03T09, signoff ?, old_account ?")
	w.record(steps.MigrateDates, now, 7*24*3600, "acme.com")
	expect("a long TTL is lowered earlier", "ttl 11-26T09, outbound 12-01T09, mx 12-03T09, signoff ?, old_account ?")
	w.record(steps.MigrateDates, now, 3600, "acme.com", "acme.net")
	w.tick(steps.MigrateMX, steps.TaskLowerTTL, now)
	w.tick(steps.MigrateOutbound, steps.TaskSwitchConnector, now.Add(hour))
	w.tick(steps.MigrateMX, steps.TaskChangeMX, now.Add(2*hour))
	w.now = now.Add(4 * hour)
	w.close(now.Add(3*hour), steps.MigrateSignOff)
	expect("done", "ttl 11-21T12!, outbound 11-21T13!, mx 11-21T14!, caches 11-21T15!, signoff 11-21T15!, old_account 02-19T13")

	w = newWorld(steps.Profile{Journey: steps.Connect, Service: steps.Archiving})
	expect("archiving alone", "signoff ?")
	w = newWorld(onPremBoth)
	w.tick(steps.ConnectLockdown, steps.TaskClosePort, now)
	expect("connect", "lockdown 11-21T12!, ttl ?, outbound ?, mx ?, signoff ?")
	w = newWorld(archiveMove)
	expect("archive track", "signoff ?, old_account ?")
}
