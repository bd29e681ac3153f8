package steps

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/region"
)

// CheckMXPlan is the check that records the MX set as it is before the change.
// Its Data is a map of domain to MX records.
const CheckMXPlan = "MX-PLAN"

// CheckMXAuth is the check that asks every name server for the planned set.
const CheckMXAuth = "MX-AUTH"

// MXChangedAt returns when the TPOC ticked the change of the MX records; zero
// before. The Connect step wins should both journeys have left a tick.
func (s Snapshot) MXChangedAt() time.Time {
	for _, step := range []string{MXStep(s.Answers.Profile().Journey), ConnectInbound, MigrateMX} {
		if t := s.Tasks[TaskKey(step, TaskChangeMX)]; t.Done {
			return t.At
		}
	}
	return time.Time{}
}

// MXRecording is one recording of the MX sets, made before the change.
type MXRecording struct {
	At   time.Time
	Sets map[string][]check.MX // by domain
	NoMX map[string]uint32     // seconds for which caches keep that a domain has none
	run  int64                 // id of the run, the order in which they were stored
}

// noMXLife is how long caches may keep that a domain has no MX record where
// the zone's own figure was not recorded: RFC 2308 section 5 finds one to three
// hours to work well.
const noMXLife = 3 * 60 * 60

// life is for how many seconds a cache keeps what was recorded about a domain.
func (r MXRecording) life(domain string) int64 {
	if set := r.Sets[domain]; len(set) > 0 {
		return maxTTL(set)
	}
	if n, ok := r.NoMX[domain]; ok {
		return int64(n)
	}
	return noMXLife
}

// ReadMXRecordings picks the recordings out of stored runs, oldest first. Of
// recordings in a row that saw the same, the last is kept. Staleness does not
// matter: what was recorded then was so then.
func ReadMXRecordings(runs []Run) []MXRecording {
	out := []MXRecording{}
	for _, r := range runs {
		if r.Result.Check != CheckMXPlan || r.Result.Phase != check.Before {
			continue
		}
		var b check.MXBaseline
		if json.Unmarshal(r.Result.Data, &b) == nil && len(b.Sets) > 0 {
			out = append(out, MXRecording{r.Result.Started, b.Sets, b.NoMX, r.ID})
		}
	}
	slices.SortFunc(out, func(a, b MXRecording) int {
		if a.run != 0 && b.run != 0 { // clocks may be set back
			return cmp.Compare(a.run, b.run)
		}
		return a.At.Compare(b.At)
	})
	kept := out[:0]
	for i, rec := range out {
		if i+1 < len(out) && maps.EqualFunc(rec.Sets, out[i+1].Sets, slices.Equal) && maps.Equal(rec.NoMX, out[i+1].NoMX) {
			continue
		}
		kept = append(kept, rec)
	}
	return kept
}

// recordings lists what was recorded before the change, oldest first: the
// snapshot's own list, or without one what the newest runs hold.
func (s Snapshot) recordings() []MXRecording {
	all := s.Recordings
	if all == nil {
		all = ReadMXRecordings(slices.Collect(maps.Values(s.Latest)))
	}
	changed := s.MXChangedAt()
	if changed.IsZero() {
		return all
	}
	planned, _ := region.Find(s.Answers.Profile().Target)
	var before []MXRecording
	for _, rec := range all {
		if rec = rec.before(changed, planned.InboundMX); len(rec.Sets) > 0 {
			before = append(before, rec)
		}
	}
	return before
}

// before is what of a recording is from before the change. One that carries a
// later time tells of it only where it holds none of the planned hosts, so that
// it must be older than the change though some clock was set back in between.
func (r MXRecording) before(changed time.Time, planned []string) MXRecording {
	if !r.At.After(changed) {
		return r
	}
	old := MXRecording{At: changed, Sets: map[string][]check.MX{}, NoMX: r.NoMX, run: r.run}
	for domain, set := range r.Sets {
		isNew := func(m check.MX) bool { return slices.Contains(planned, m.Host) }
		if len(planned) > 0 && len(set) > 0 && !slices.ContainsFunc(set, isNew) {
			old.Sets[domain] = set
		}
	}
	return old
}

// ReadOldSeen picks out of stored runs of MX-AUTH when a name server was last
// seen, after the change, to give something else than the planned set: until
// then caches could still fetch the old one. Zero when none was.
func ReadOldSeen(runs []Run) time.Time {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b Run) int { return cmp.Compare(a.ID, b.ID) })
	var seen time.Time
	for i, r := range runs {
		if r.Result.Check != CheckMXAuth || r.Result.Phase == check.Before || !slices.ContainsFunc(r.Result.Findings, givesOld) {
			continue
		}
		seen = r.Result.Started
		// it was so no later than the run stored next began, whatever the clock
		if i+1 < len(runs) && runs[i+1].Result.Started.Before(seen) {
			seen = runs[i+1].Result.Started
		}
	}
	return seen
}

func givesOld(f check.Finding) bool {
	switch strings.TrimPrefix(f.Code, CheckMXAuth+".") {
	case "old", "mixed", "other", "none":
		return true
	}
	return false
}

// MXBefore returns the MX records as last recorded before the change, by
// domain.
func (s Snapshot) MXBefore() map[string][]check.MX {
	out := map[string][]check.MX{}
	for _, rec := range s.recordings() {
		for domain, set := range rec.Sets {
			if len(set) > 0 {
				out[domain] = set
			}
		}
	}
	return out
}

// Caches says when the last cache that may still hold the old MX of the
// domains has run out, counted from the change. A record with a TTL may have
// been fetched until the next recording showed a lower one (or until the
// lowering was ticked), and is kept for that TTL from then on. A name server
// that was seen to lag behind gives the old records out for longer.
type Caches struct {
	Changed time.Time // when the change was ticked
	Since   time.Time // the last moment known at which a cache could fetch the old MX
	Clear   time.Time // zero when some TTL is not known
	Missing []string  // domains without a recorded TTL
}

// Known reports that the moment could be computed.
func (c Caches) Known() bool { return !c.Changed.IsZero() && len(c.Missing) == 0 }

// CachesAfter computes Caches for a change made at a time.
func (s Snapshot) CachesAfter(changed time.Time, domains []string) Caches {
	c := Caches{Changed: changed, Since: changed}
	if !changed.IsZero() && s.OldSeen.After(changed) {
		c.Since = s.OldSeen
	}
	records := s.recordings()
	lowered := s.Tasks[TaskKey(MXStep(s.Answers.Profile().Journey), TaskLowerTTL)]
	for _, domain := range domains {
		at := c.Since // the end of the time in which this recording's answer was given out
		seen, later := false, int64(-1)
		for i := len(records) - 1; i >= 0; i-- {
			if _, ok := records[i].Sets[domain]; !ok {
				continue
			}
			ttl := records[i].life(domain)
			if seen && ttl > later && lowered.Done && lowered.At.After(records[i].At) && lowered.At.Before(at) {
				at = lowered.At
			}
			if end := at.Add(time.Duration(ttl) * time.Second); end.After(c.Clear) {
				c.Clear = end
			}
			at, seen, later = records[i].At, true, ttl
		}
		if !seen {
			c.Missing = append(c.Missing, domain)
		}
	}
	if len(c.Missing) > 0 || len(domains) == 0 || changed.IsZero() {
		c.Clear = time.Time{}
	}
	return c
}

func maxTTL(set []check.MX) int64 {
	longest := int64(0)
	for _, m := range set {
		longest = max(longest, int64(m.TTL))
	}
	return longest
}

// OldestMXTTL returns the longest TTL among the recorded MX sets; zero and
// false when none is recorded.
func (s Snapshot) OldestMXTTL() (time.Duration, bool) {
	longest, ok := int64(0), false
	for _, rec := range s.recordings() {
		for _, set := range rec.Sets {
			longest, ok = max(longest, maxTTL(set)), ok || len(set) > 0
		}
	}
	return time.Duration(longest) * time.Second, ok
}

// TTLWasLow reports that every TTL recorded before a time was low enough, and
// that some was recorded: a tick of then says that nothing was to be lowered.
func (s Snapshot) TTLWasLow(at time.Time) bool {
	low := false
	for _, rec := range s.recordings() {
		if rec.At.After(at) {
			continue
		}
		for _, set := range rec.Sets {
			if maxTTL(set) > LowTTL {
				return false
			}
			low = low || len(set) > 0
		}
	}
	return low
}

// Moment reads an answer that is a time or a date; a date is its first moment
// in zone. False when there is none.
func (a Answers) Moment(q string, zone *time.Location) (time.Time, bool) {
	v := a.Value(q)
	if t, err := time.Parse(time.RFC3339, v); err == nil {
		return t, true
	}
	if t, err := time.ParseInLocation(time.DateOnly, v, zone); err == nil {
		return t, true
	}
	return time.Time{}, false
}

// Questions that hold agreed dates.
const (
	QOutboundDate = "dates.outbound"
	QInboundDate  = "dates.inbound"
)

// OldAccountDays is how long the old account stays after sign-off, in calendar
// days (migration article).
const OldAccountDays = 90
