package steps

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"mxodus/steps/check"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// recorded is a snapshot with MX-PLAN runs: step, hours before noon, TTL, domains.
type recording struct {
	step    string
	ago     time.Duration
	ttl     uint32
	phase   check.Phase
	domains []string
}

func snapshot(changed, lowered time.Time, recs ...recording) Snapshot {
	s := Snapshot{
		Answers: Answers{QJourney: {Value: "connect"}},
		Tasks:   map[string]TaskState{}, Latest: map[string]Run{},
	}
	tick := func(task string, at time.Time) {
		if !at.IsZero() {
			s.Tasks[TaskKey(ConnectInbound, task)] = TaskState{Done: true, At: at}
		}
	}
	tick(TaskChangeMX, changed)
	tick(TaskLowerTTL, lowered)
	for _, r := range recs {
		sets := map[string][]check.MX{}
		for _, d := range r.domains {
			sets[d] = []check.MX{{Host: "mx." + d, Pref: 10, TTL: r.ttl}, {Host: "mx2." + d, Pref: 20, TTL: r.ttl / 2}}
		}
		b, _ := json.Marshal(sets)
		s.Latest[RunKey(r.step, CheckMXPlan)] = Run{Step: r.step, Result: check.Result{
			Check: CheckMXPlan, Phase: r.phase, Started: noon.Add(-r.ago), Data: b,
		}}
	}
	return s
}

func TestCachesAfter(t *testing.T) {
	const h = time.Hour
	one := []string{"a.test"}
	rec := func(step string, ago time.Duration, ttl uint32) recording {
		return recording{step, ago, ttl, check.Before, one}
	}
	for _, c := range []struct {
		what    string
		lowered time.Time
		recs    []recording
		want    time.Duration // after the change at noon; -1 for not known
	}{
		{"one recording: its longest TTL from the change on", time.Time{}, []recording{rec(ConnectRFI, 48*h, 3600)}, h},
		{"the first recording ran out long ago", time.Time{}, []recording{rec(ConnectRFI, 300*h, 86400), rec(ConnectInbound, 30*h, 300)}, 5 * time.Minute},
		{"lowered too late: what was fetched before still counts", time.Time{}, []recording{rec(ConnectRFI, 300*h, 86400), rec(ConnectInbound, 20*h, 300)}, 4 * h},
		{"the tick of the lowering is earlier than the recording", noon.Add(-23 * h), []recording{rec(ConnectRFI, 300*h, 86400), rec(ConnectInbound, 20*h, 300)}, h},
		{"a tick that no recording confirms does not count", noon.Add(-100 * h), []recording{rec(ConnectRFI, 300*h, 86400)}, 24 * h},
		{"raised again", time.Time{}, []recording{rec(ConnectRFI, 300*h, 300), rec(ConnectInbound, 20*h, 7200)}, 2 * h},
		{"none", time.Time{}, nil, -1},
		{"recorded after the change only", time.Time{}, []recording{rec(ConnectInbound, -h, 300)}, -1},
		{"recorded in another phase", time.Time{}, []recording{{ConnectInbound, h, 300, check.After, one}}, -1},
		{"another domain", time.Time{}, []recording{{ConnectInbound, h, 300, check.Before, []string{"b.test"}}}, -1},
	} {
		got := snapshot(noon, c.lowered, c.recs...).CachesAfter(noon, one)
		if c.want < 0 {
			if got.Known() || !got.Clear.IsZero() || len(got.Missing) != 1 {
				t.Errorf("%s: %+v, want not known", c.what, got)
			}
			continue
		}
		if !got.Known() || !got.Clear.Equal(noon.Add(c.want)) {
			t.Errorf("%s: clear at %s, want %s", c.what, got.Clear, noon.Add(c.want))
		}
	}
	if got := snapshot(time.Time{}, time.Time{}, rec(ConnectRFI, h, 300)).CachesAfter(time.Time{}, one); got.Known() {
		t.Errorf("known without a change: %+v", got)
	}
}

func TestMXBefore(t *testing.T) {
	s := snapshot(noon, time.Time{},
		recording{ConnectRFI, 48 * time.Hour, 3600, check.Before, []string{"a.test", "b.test"}},
		recording{ConnectInbound, time.Hour, 300, check.Before, []string{"a.test"}},
		recording{ConnectCompletion, -time.Hour, 60, check.Before, []string{"a.test"}})
	got := s.Facts(noon).MXBefore
	if len(got) != 2 || got["a.test"][0].TTL != 300 || got["b.test"][0].TTL != 3600 {
		t.Errorf("recorded before: %+v", got)
	}
	if ttl, ok := s.OldestMXTTL(); !ok || ttl != time.Hour {
		t.Errorf("longest TTL %s, %v", ttl, ok)
	}
	s.Latest[RunKey(ConnectRFI, CheckMXPlan)] = Run{Result: check.Result{Check: CheckMXPlan, Phase: check.Before, Data: []byte(`["damaged"`)}}
	if got := s.MXBefore(); len(got) != 1 {
		t.Errorf("damaged data: %+v", got)
	}
	if _, ok := (Snapshot{}).OldestMXTTL(); ok {
		t.Error("a TTL from nowhere")
	}
}

// TestRecordingsSurviveALaterRun: the history keeps what the newest run of the
// step no longer holds.
func TestRecordingsSurviveALaterRun(t *testing.T) {
	set := func(ttl uint32) json.RawMessage {
		b, _ := json.Marshal(map[string][]check.MX{"a.test": {{Host: "mx.a.test", Pref: 10, TTL: ttl}}})
		return b
	}
	run := func(ago time.Duration, phase check.Phase, data json.RawMessage) Run {
		return Run{Step: ConnectInbound, Result: check.Result{Check: CheckMXPlan, Phase: phase, Started: noon.Add(-ago), Data: data}}
	}
	const h = time.Hour
	history := []Run{ // newest first, as repositories give them
		run(-h, check.During, nil),
		run(20*h, check.Before, set(300)),
		run(21*h, check.Before, set(300)),
		run(90*h, check.Before, set(3600)),
		run(91*h, check.Before, set(3600)),
		run(92*h, check.Before, []byte("{")),
	}
	s := snapshot(noon, time.Time{})
	s.Latest[RunKey(ConnectInbound, CheckMXPlan)] = history[0]
	if c := s.CachesAfter(noon, []string{"a.test"}); c.Known() {
		t.Fatalf("without the history: %+v", c)
	}
	s.Recordings = ReadMXRecordings(history)
	if len(s.Recordings) != 2 || !s.Recordings[0].At.Equal(noon.Add(-90*h)) || !s.Recordings[1].At.Equal(noon.Add(-20*h)) {
		t.Errorf("recordings %+v", s.Recordings)
	}
	if c := s.CachesAfter(noon, []string{"a.test"}); !c.Clear.Equal(noon.Add(5 * time.Minute)) {
		t.Errorf("clear at %s", c.Clear)
	}
	if got := s.MXBefore()["a.test"]; len(got) != 1 || got[0].TTL != 300 {
		t.Errorf("recorded before: %v", got)
	}
}

func TestMomentAndZone(t *testing.T) {
	sydney := time.FixedZone("", 11*3600)
	a := Answers{QOutboundDate: {Value: "2026-12-01"}, QInboundDate: {Value: "2026-12-03T20:00:00+11:00"}, "x": {Value: "soon"}}
	if got, ok := a.Moment(QInboundDate, time.UTC); !ok || !got.Equal(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("time: %s %v", got, ok)
	}
	if got, ok := a.Moment(QOutboundDate, sydney); !ok || !got.Equal(time.Date(2026, 11, 30, 13, 0, 0, 0, time.UTC)) {
		t.Errorf("date: %s %v", got, ok)
	}
	if _, ok := a.Moment("x", time.UTC); ok {
		t.Error("soon is no moment")
	}
	if _, off := noon.In(a.Zone(time.UTC)).Zone(); off != 11*3600 {
		t.Errorf("zone offset %d", off)
	}
	if got := (Answers{}).Zone(sydney); got != sydney {
		t.Errorf("no zone given is %s, not the local one", got)
	}
}

// TestALaggingServerFeedsCachesForLonger: the TTL counts from when a name server
// was last seen to give the old set, not from the tick.
func TestALaggingServerFeedsCachesForLonger(t *testing.T) {
	auth := func(id int64, after time.Duration, codes ...string) Run {
		r := Run{ID: id, Step: ConnectInbound, Result: check.Result{Check: CheckMXAuth, Phase: check.During, Started: noon.Add(after)}}
		for _, c := range codes {
			r.Result.Findings = append(r.Result.Findings, check.Finding{Code: "MX-AUTH." + c})
		}
		return r
	}
	const m = time.Minute
	for _, c := range []struct {
		what string
		runs []Run
		want time.Duration
	}{
		{"none", nil, 5 * m},
		{"all new", []Run{auth(1, m, "ok")}, 5 * m},
		{"one was old at 12:20", []Run{auth(2, 40*m, "ok"), auth(1, 20*m, "silent", "old")}, 25 * m},
		{"hosts of the old way beside the new ones", []Run{auth(1, 20*m, "mixed")}, 25 * m},
		{"a silent server was not seen to be old", []Run{auth(1, 20*m, "silent", "serial")}, 5 * m},
		{"the clock was set back since", []Run{auth(1, 90000*time.Hour, "old"), auth(2, 30*m, "ok")}, 35 * m},
		{"from an earlier change that was taken back", []Run{auth(1, -20*m, "old")}, 5 * m},
	} {
		s := snapshot(noon, time.Time{}, recording{ConnectInbound, time.Hour, 300, check.Before, []string{"a.test"}})
		s.OldSeen = ReadOldSeen(c.runs)
		if got := s.CachesAfter(noon, []string{"a.test"}); !got.Clear.Equal(noon.Add(c.want)) {
			t.Errorf("%s: clear at %s, want %s", c.what, got.Clear, noon.Add(c.want))
		}
	}
}

// TestDomainsWithoutMX: that there is no record is kept by caches too.
func TestDomainsWithoutMX(t *testing.T) {
	for data, want := range map[string]time.Duration{
		`{"sets":{"a.test":[]},"no_mx":{"a.test":600}}`: 10 * time.Minute,
		`{"sets":{"a.test":[]}}`:                        3 * time.Hour,
		`{"a.test":[]}`:                                 3 * time.Hour, // as it was stored before
	} {
		s := snapshot(noon, time.Time{})
		s.Recordings = ReadMXRecordings([]Run{{Result: check.Result{Check: CheckMXPlan, Phase: check.Before, Started: noon.Add(-time.Hour), Data: []byte(data)}}})
		if got := s.CachesAfter(noon, []string{"a.test"}); !got.Known() || !got.Clear.Equal(noon.Add(want)) {
			t.Errorf("%s: %+v, want clear after %s", data, got, want)
		}
	}
}

// TestAClockThatIsSetBackLosesNoRecording: what was recorded before the tick
// stays known though the tick carries an earlier time.
func TestAClockThatIsSetBackLosesNoRecording(t *testing.T) {
	run := func(id int64, after time.Duration, host string, ttl int) Run {
		data := fmt.Sprintf(`{"sets":{"a.test":[{"host":%q,"pref":10,"ttl":%d}]}}`, host, ttl)
		return Run{ID: id, Result: check.Result{Check: CheckMXPlan, Phase: check.Before, Started: noon.Add(after), Data: []byte(data)}}
	}
	s := snapshot(noon, time.Time{})
	s.Answers[QTarget] = Answer{Value: "au"}
	s.Recordings = ReadMXRecordings([]Run{run(2, time.Hour, "mail.a.test", 300), run(1, 2*time.Hour, "mail.a.test", 3600)})
	if len(s.Recordings) != 2 || s.Recordings[1].Sets["a.test"][0].TTL != 300 {
		t.Errorf("not in the order in which they were stored: %+v", s.Recordings)
	}
	if c := s.CachesAfter(noon, []string{"a.test"}); !c.Known() || !c.Clear.Equal(noon.Add(time.Hour)) {
		t.Errorf("with the clock set back: %+v", c)
	}
	// A run of the first step made after the change sees the new set: no record.
	s.Recordings = ReadMXRecordings([]Run{run(3, time.Hour, "au-smtp-inbound-1.mimecast.com", 300)})
	if c := s.CachesAfter(noon, []string{"a.test"}); c.Known() {
		t.Errorf("the new set taken for the old one: %+v", c)
	}
}
