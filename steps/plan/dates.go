package plan

import (
	"slices"
	"time"

	"mxodus/steps"
)

// OldAccountOff returns the calendar day on which the old account is disabled,
// 90 days after sign-off, as the start of that day in the zone of the move, and the calendar days left until then:
// zero on the day itself, negative afterwards. False on a Connect journey and
// before sign-off.
func OldAccountOff(v steps.View) (date time.Time, daysLeft int, ok bool) {
	closed := v.ClosedAt(steps.MigrateSignOff)
	if v.Plan.Profile.Journey != steps.Migrate || closed.IsZero() {
		return time.Time{}, 0, false
	}
	zone := v.Zone()
	date = steps.Day(closed, zone).AddDate(0, 0, steps.OldAccountDays)
	return date, steps.DaysBetween(v.Now, date, zone), true
}

// Kinds of milestones.
const (
	MilestoneTTL        = "ttl"
	MilestoneOutbound   = "outbound"
	MilestoneMX         = "mx"
	MilestoneCaches     = "caches"
	MilestoneLockdown   = "lockdown"
	MilestoneSignOff    = "signoff"
	MilestoneOldAccount = "old_account"
)

// Milestone is one point on the move's time line.
type Milestone struct {
	Label string
	At    time.Time // zero when the day is not known yet
	Kind  string
	Done  bool // it has happened, as ticked or closed
}

// LowerBefore is how long before the MX change the TTL should be lowered at
// the latest: two days (common practice), or one old TTL when that is longer.
func LowerBefore(s steps.Snapshot) time.Duration {
	ttl, _ := s.OldestMXTTL()
	return max(48*time.Hour, ttl)
}

// Milestones lists the points of the time line, dated ones first and in order
// of time: what was done at the time it was ticked, what is agreed at the
// agreed time. The end of the old account follows sign-off by 90 days.
func Milestones(v steps.View) []Milestone {
	var out []Milestone
	add := func(label, kind string, at time.Time, done bool) {
		out = append(out, Milestone{Label: label, At: at, Kind: kind, Done: done})
	}
	j := v.Plan.Profile.Journey
	zone := v.Zone()
	if _, in := v.Plan.Step(steps.MXStep(j)); in {
		mx, mxDone := v.TaskDone(steps.MXStep(j), steps.TaskChangeMX)
		if !mxDone {
			mx, _ = v.Facts.Answers.Moment(steps.QInboundDate, zone)
		}
		ttl, ttlDone := v.TaskDone(steps.MXStep(j), steps.TaskLowerTTL)
		if !ttlDone && !mx.IsZero() {
			ttl = mx.Add(-LowerBefore(v.Snap))
		}
		// what was low from the beginning was not lowered, whatever is ticked
		never := ttlDone && v.Facts.TTLIsLow() && v.Snap.TTLWasLow(ttl)
		if ttlDone && !never || !ttlDone && !mxDone && !v.Facts.TTLIsLow() {
			add("TTL down", MilestoneTTL, ttl, ttlDone)
		}
		out1, outDone := v.TaskDone(steps.OutboundStep(j), steps.TaskSwitchConnector)
		if !outDone {
			out1, _ = v.Facts.Answers.Moment(steps.QOutboundDate, zone)
		}
		add("connectors", MilestoneOutbound, out1, outDone)
		add("MX", MilestoneMX, mx, mxDone)
		if c := v.Snap.CachesAfter(mx, v.Facts.Receiving()); mxDone && c.Known() {
			add("caches clear", MilestoneCaches, c.Clear, !v.Now.Before(c.Clear))
		}
	}
	if _, in := v.Plan.Step(steps.ConnectLockdown); in {
		at, done := v.TaskDone(steps.ConnectLockdown, steps.TaskClosePort)
		add("lock-down", MilestoneLockdown, at, done)
	}
	last := steps.ConnectCompletion
	if j == steps.Migrate {
		last = steps.MigrateSignOff
	}
	if len(v.Plan.Steps) > 0 {
		at := v.ClosedAt(last)
		add("sign-off", MilestoneSignOff, at, !at.IsZero())
	}
	if j == steps.Migrate {
		at, left, known := OldAccountOff(v)
		add("old account off", MilestoneOldAccount, at, known && left <= 0)
	}
	slices.SortStableFunc(out, func(a, b Milestone) int {
		switch {
		case a.At.IsZero() && b.At.IsZero():
			return 0
		case a.At.IsZero():
			return 1
		case b.At.IsZero():
			return -1
		}
		return a.At.Compare(b.At)
	})
	return out
}
