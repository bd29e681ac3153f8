package mx_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/check/mx"
	"mxodus/steps/region"
)

const (
	euSet = "@ 3600 IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ 3600 IN MX 10 eu-smtp-inbound-2.mimecast.com.\n"
	auSet = "@ 300 IN MX 10 au-smtp-inbound-1.mimecast.com.\n@ 300 IN MX 10 au-smtp-inbound-2.mimecast.com.\n"
)

// zone is acme.example with two name servers and the given MX lines.
func zone(serial int, mxs string) string { return zoneOf("acme.example", serial, mxs) }

func zoneOf(origin string, serial int, mxs string) string {
	return fmt.Sprintf("$ORIGIN %s.\n@ 3600 IN SOA ns1.dns.example. h. %d 3600 600 604800 60\n@ 3600 IN NS ns1.dns.example.\n@ 3600 IN NS ns2.dns.example.\n%s", origin, serial, mxs)
}

const hosts = `$ORIGIN dns.example.
@ 3600 IN SOA ns1 h. 1 3600 600 604800 60
ns1 3600 IN A 192.0.2.1
ns2 3600 IN A 192.0.2.2
`

const mimecast = `$ORIGIN mimecast.com.
@ 3600 IN SOA ns1 h. 1 3600 600 604800 60
eu-smtp-inbound-1 300 IN A 203.0.113.11
eu-smtp-inbound-2 300 IN A 203.0.113.12
au-smtp-inbound-1 300 IN A 203.0.113.21
au-smtp-inbound-2 300 IN A 203.0.113.22
au-smtp-outbound-1 300 IN A 203.0.113.31
us-smtp-inbound-1 300 IN A 203.0.113.41
`

// scene is two name servers and two resolvers of acme.example.
type scene struct {
	n        *checktest.Internet
	ns1, ns2 *checktest.DNSServer
	r1, r2   *checktest.DNSServer
	w        *check.World
	in       check.Input
}

func au() region.Region { r, _ := region.Find("au"); return r }
func eu() region.Region { r, _ := region.Find("eu"); return r }

func oldSet() []check.MX {
	return []check.MX{{Host: "eu-smtp-inbound-1.mimecast.com", Pref: 10, TTL: 3600}, {Host: "eu-smtp-inbound-2.mimecast.com", Pref: 10, TTL: 3600}}
}

// open sets the stage: what each name server and each resolver gives.
func open(t *testing.T, phase check.Phase, ns1, ns2, r1, r2 string) *scene {
	t.Helper()
	n := checktest.New(t)
	s := &scene{
		n: n, ns1: n.DNS("192.0.2.1", ns1), ns2: n.DNS("192.0.2.2", ns2),
		r1: n.DNS("198.51.100.1", r1, hosts, mimecast), r2: n.DNS("198.51.100.2", r2, hosts, mimecast),
	}
	s.r1.Behave(checktest.Behaviour{Recursive: true})
	s.r2.Behave(checktest.Behaviour{Recursive: true})
	s.w = n.World("198.51.100.1", "198.51.100.2")
	s.w.DNSTimeout = 3 * time.Second
	now := time.Date(2026, 12, 3, 14, 24, 10, 0, time.UTC)
	s.w.Now = func() time.Time { return now }
	s.in = check.Input{
		Phase: phase, Now: now, Domains: []string{"acme.example"}, Target: au(), Source: eu(), Journey: "migrate",
		MXBefore: map[string][]check.MX{"acme.example": oldSet()},
	}
	if phase != check.Before {
		s.in.ChangedAt = now.Add(-4 * time.Minute)
	}
	return s
}

// same is open with one zone everywhere.
func same(t *testing.T, phase check.Phase, z string) *scene { return open(t, phase, z, z, z, z) }

func (s *scene) run(t *testing.T, id string) check.Result {
	t.Helper()
	for _, c := range mx.Checks(s.w) {
		if c.ID() == id {
			return check.Runner{}.Run(t.Context(), []check.Check{c}, s.in, nil)[0]
		}
	}
	t.Fatalf("no check %s", id)
	return check.Result{}
}

func codes(r check.Result) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Code+" "+string(f.Severity))
	}
	return out
}

// expect fails unless outcome and finding codes (with severity) are as given.
func expect(t *testing.T, r check.Result, outcome check.Outcome, want ...string) {
	t.Helper()
	checktest.Proofread(t, r)
	if r.Outcome != outcome || !slices.Equal(codes(r), want) {
		for _, f := range r.Findings {
			t.Logf("%s: %s: %s", f.Code, f.Title, f.Saw)
		}
		t.Fatalf("%s: %s %q\n got %v\nwant %s %v", r.Check, r.Outcome, r.Summary, codes(r), outcome, want)
	}
	for _, f := range r.Findings {
		if f.Title == "" || f.Severity != check.OK && (f.Saw == "" || f.Should == "" || f.IfLeft == "" || f.Do == "" || f.Who == "") {
			t.Errorf("%s lacks a part: %+v", f.Code, f)
		}
	}
}

func TestPlanRecordsTheSet(t *testing.T) {
	s := same(t, check.Before, zone(1, euSet))
	r := s.run(t, "MX-PLAN")
	expect(t, r, check.Warn, "MX-PLAN.recorded ok", "MX-PLAN.ttl advice")
	var base check.MXBaseline
	if err := json.Unmarshal(r.Data, &base); err != nil || !reflect.DeepEqual(base.Sets, map[string][]check.MX{"acme.example": oldSet()}) {
		t.Errorf("baseline %s, %v", r.Data, err)
	}
	want := "acme.example. 3600 IN MX 10 eu-smtp-inbound-1.mimecast.com.\nacme.example. 3600 IN MX 10 eu-smtp-inbound-2.mimecast.com."
	f, low := r.Findings[0], r.Findings[1]
	if !strings.Contains(string(low.Do), "15:25") || !strings.Contains(string(low.Do), "300") || string(low.Copy) != strings.ReplaceAll(want, "3600", "300") {
		t.Errorf("advice without its times: %s\n%s", low.Do, low.Copy)
	}
	if string(f.Copy) != want {
		t.Errorf("records to put back:\n%s\nwant\n%s", f.Copy, want)
	}
	if len(r.Evidence) < 4 {
		t.Errorf("%d pieces of evidence", len(r.Evidence))
	}
	expect(t, same(t, check.Before, zone(1, strings.ReplaceAll(euSet, "3600", "300"))).run(t, "MX-PLAN"), check.Pass, "MX-PLAN.recorded ok")
	expect(t, same(t, check.Before, zone(1, auSet)).run(t, "MX-PLAN"), check.Pass, "MX-PLAN.done ok")
	none := same(t, check.Before, zone(1, "")).run(t, "MX-PLAN")
	expect(t, none, check.Warn, "MX-PLAN.none advice")
	if got := none.Tables[0].Rows[0]; got[1].Text != "no MX record" || got[2] != (check.Cell{}) {
		t.Errorf("of no record there is no TTL, good or bad: %+v", got)
	}
	if got := r.Tables[0]; got.Header[1] != "MX as recorded" || got.Rows[0][2] != (check.Cell{Mark: check.MarkPart, Text: "3600 s"}) {
		t.Errorf("the recorded set: %+v", got)
	}
	if err := json.Unmarshal(none.Data, &base); err != nil || base.NoMX["acme.example"] != 60 {
		t.Errorf("how long caches keep that there is none: %s, %v", none.Data, err)
	}
	expect(t, same(t, check.During, zone(1, auSet)).run(t, "MX-PLAN"), check.Skipped)
}

func TestPlanTakesTheNewestCopy(t *testing.T) {
	s := open(t, check.Before, zone(1, auSet), zone(2, strings.ReplaceAll(euSet, "3600", "300")), zone(1, auSet), zone(1, auSet))
	r := s.run(t, "MX-PLAN")
	if !strings.Contains(string(r.Data), "eu-smtp") || strings.Contains(string(r.Data), "au-smtp") {
		t.Errorf("baseline %s, want the set of serial 2", r.Data)
	}
}

func TestAuth(t *testing.T) {
	oldZ, newZ := zone(2026120300, euSet), zone(2026120301, auSet)
	mixed := zone(2026120301, auSet+"@ 300 IN MX 50 eu-smtp-inbound-1.mimecast.com.\n")
	one := zone(2026120301, "@ 300 IN MX 10 au-smtp-inbound-1.mimecast.com.\n")
	own := zone(2026120301, "@ 300 IN MX 10 mail.acme.example.\n")
	cases := []struct {
		name     string
		phase    check.Phase
		ns1, ns2 string
		outcome  check.Outcome
		want     []string
	}{
		{"before, old", check.Before, oldZ, oldZ, check.Pass, []string{"MX-AUTH.ok ok"}},
		{"before, one is new", check.Before, oldZ, newZ, check.Pass, []string{"MX-AUTH.early advice", "MX-AUTH.differ advice"}},
		{"before, all new", check.Before, newZ, newZ, check.Pass, []string{"MX-AUTH.early advice"}},
		{"during, all new", check.During, newZ, newZ, check.Pass, []string{"MX-AUTH.ok ok"}},
		{"during, one old", check.During, newZ, oldZ, check.Fail, []string{"MX-AUTH.old blocker"}},
		{"during, all old", check.During, oldZ, oldZ, check.Fail, []string{"MX-AUTH.old blocker"}},
		{"after, mixed", check.After, mixed, mixed, check.Fail, []string{"MX-AUTH.mixed blocker"}},
		{"after, one host", check.After, one, one, check.Fail, []string{"MX-AUTH.part blocker"}},
		{"after, own server", check.After, own, own, check.Fail, []string{"MX-AUTH.other blocker"}},
		{"after, none", check.After, zone(2026120301, ""), newZ, check.Fail, []string{"MX-AUTH.none blocker"}},
		{"serials apart", check.After, zone(7, auSet), zone(9, auSet), check.Pass, []string{"MX-AUTH.serial advice"}},
		{"preferences apart", check.After, zone(7, strings.Replace(auSet, "MX 10", "MX 20", 1)), zone(7, strings.Replace(auSet, "MX 10", "MX 20", 1)), check.Pass, []string{"MX-AUTH.preference advice"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := open(t, c.phase, c.ns1, c.ns2, oldZ, oldZ).run(t, "MX-AUTH")
			expect(t, r, c.outcome, c.want...)
			old := c.name == "before, old" // a row that is cut must not read as if the change were seen
			if r.StillOld() != old || strings.HasPrefix(string(r.Summary), "Still the old set") != old {
				t.Errorf("still old %v: %q", r.StillOld(), r.Summary)
			}
		})
	}
}

func TestAuthNamesServerSerialAndCommand(t *testing.T) {
	s := open(t, check.During, zone(2026120301, auSet), zone(2026120300, euSet), zone(1, auSet), zone(1, auSet))
	r := s.run(t, "MX-AUTH")
	f := r.Findings[0]
	for _, want := range []string{"ns2.dns.example (192.0.2.2)", "2026120300, one behind", "asked 14:24:10", "10 eu-smtp-inbound-1.mimecast.com", "made at 14:20", "4 minutes ago"} {
		if !strings.Contains(string(f.Saw), want) {
			t.Errorf("%q not in %q", want, f.Saw)
		}
	}
	if f.Confirm != "dig +norec @192.0.2.2 MX acme.example" || f.Who != check.WhoDNSHost || !f.RetestAt.Equal(s.in.Now.Add(time.Minute)) {
		t.Errorf("%+v", f)
	}
	rows := r.Tables[0].Rows
	if len(rows) != 2 || rows[0][1] != (check.Cell{Mark: check.MarkGood, Text: "planned"}) || rows[1][1] != (check.Cell{Mark: check.MarkBad, Text: "old"}) ||
		rows[1][2].Text != "2026120300, one behind" {
		t.Errorf("rows %v", rows)
	}
	if want := "acme.example   old: eu-smtp-inbound-1.mimecast.com and -2   planned: au-smtp-inbound-1.mimecast.com and -2   changed 14:20, TTL 3600"; string(r.Tables[0].Title) != want {
		t.Errorf("headline %q", r.Tables[0].Title)
	}
}

func TestAuthSilenceIsNeverABlocker(t *testing.T) {
	for name, b := range map[string]checktest.Behaviour{
		"silent":   {DropUDP: true, DropTCP: true},
		"servfail": {Rcode: 2},
		"refused":  {Rcode: 5},
		"lame":     {Lame: true},
	} {
		t.Run(name, func(t *testing.T) {
			z := zone(1, auSet)
			s := open(t, check.During, z, z, z, z)
			s.ns2.Behave(b)
			s.w.DNSTimeout = 500 * time.Millisecond
			want := "MX-AUTH.silent advice"
			if name == "lame" || name == "refused" {
				want = "MX-AUTH.lame advice"
			}
			expect(t, s.run(t, "MX-AUTH"), check.Unknown, want)
		})
	}
	t.Run("no name server at all", func(t *testing.T) {
		s := same(t, check.During, zone(1, auSet))
		s.ns1.Behave(checktest.Behaviour{Rcode: 2})
		s.ns2.Behave(checktest.Behaviour{Rcode: 2})
		expect(t, s.run(t, "MX-AUTH"), check.Unknown, "MX-AUTH.silent advice", "MX-AUTH.silent advice")
	})
	t.Run("no network", func(t *testing.T) {
		s := same(t, check.During, zone(1, auSet))
		s.w.Dialer = checktest.New(t).Dial
		for _, c := range mx.Checks(s.w)[1:] {
			if r := c.Run(t.Context(), s.in, nil); r.Outcome != check.Unknown || r.Worst() == check.Blocker || r.Worst() == check.Risk {
				t.Errorf("%s: %s, %v", c.ID(), r.Outcome, codes(r))
			}
		}
	})
	t.Run("domain unknown to DNS", func(t *testing.T) {
		s := same(t, check.During, zone(1, auSet))
		s.in.Domains = []string{"nowhere.example"}
		expect(t, s.run(t, "MX-AUTH"), check.Unknown, "MX-AUTH.zone advice")
	})
}

func TestUnreachableIPv6DoesNotCount(t *testing.T) {
	z := zone(1, auSet)
	s := open(t, check.During, z, z, z, z)
	s.r1.SetZone(t, hosts+"ns1 300 IN AAAA 2001:db8::1\nns2 300 IN AAAA 2001:db8::2\n")
	s.r2.SetZone(t, hosts+"ns1 300 IN AAAA 2001:db8::1\nns2 300 IN AAAA 2001:db8::2\n")
	r := s.run(t, "MX-AUTH")
	expect(t, r, check.Pass, "MX-AUTH.ok ok")
	if len(r.Tables[0].Rows) != 4 {
		t.Errorf("rows %v", r.Tables[0].Rows)
	}
}

func TestRegionsWhoseHostsAreNotAllKnown(t *testing.T) {
	ca, _ := region.Find("ca")
	za, _ := region.Find("za")
	set := func(hosts ...string) string {
		var b strings.Builder
		for _, h := range hosts {
			fmt.Fprintf(&b, "@ 300 IN MX 10 %s.\n", h)
		}
		return zone(1, b.String())
	}
	cases := []struct {
		name    string
		target  region.Region
		zone    string
		outcome check.Outcome
		want    []string
	}{
		{"unknown hosts are not judged", ca, set("ca-smtp-inbound-1.mimecast.com", "ca-smtp-inbound-2.mimecast.com"), check.Unknown, []string{"MX-AUTH.region advice"}},
		{"unknown hosts, old set still there", ca, set("eu-smtp-inbound-1.mimecast.com", "eu-smtp-inbound-2.mimecast.com"), check.Fail, []string{"MX-AUTH.old blocker"}},
		{"one known host alone", za, set("za-smtp-inbound-1.mimecast.co.za"), check.Pass, []string{"MX-AUTH.ok ok"}},
		{"a second one under its domain", za, set("za-smtp-inbound-1.mimecast.co.za", "za-smtp-inbound-2.mimecast.co.za"), check.Pass, []string{"MX-AUTH.unlisted advice"}},
		{"an old one beside it", za, set("za-smtp-inbound-1.mimecast.co.za", "eu-smtp-inbound-1.mimecast.com"), check.Fail, []string{"MX-AUTH.mixed blocker"}},
		{"no region chosen", region.Region{}, set("mail.acme.example"), check.Unknown, []string{"MX-AUTH.region advice"}},
	}
	t.Run("before, any other set is the old one", func(t *testing.T) {
		s := same(t, check.Before, set("mail.acme.example"))
		s.in.Target, s.in.MXBefore = ca, nil
		r := s.run(t, "MX-AUTH")
		expect(t, r, check.Pass, "MX-AUTH.ok ok")
		if r.Tables[0].Rows[0][1].Mark != check.MarkGood {
			t.Errorf("rows %v", r.Tables[0].Rows)
		}
		s = same(t, check.Before, set("ca-smtp-inbound-1.mimecast.com"))
		s.in.Target, s.in.MXBefore = ca, nil
		expect(t, s.run(t, "MX-AUTH"), check.Unknown, "MX-AUTH.region advice")
	})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := same(t, check.After, c.zone)
			s.in.Target = c.target
			expect(t, s.run(t, "MX-AUTH"), c.outcome, c.want...)
		})
	}
}

func TestHostileTextIsMadeSafe(t *testing.T) {
	s := same(t, check.After, zone(1, auSet+`@ 300 IN MX 10 a\027[2Jb.example.`+"\n"))
	for _, c := range mx.Checks(s.w) {
		r := c.Run(t.Context(), s.in, nil)
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), `\u001b`) || strings.ContainsRune(string(b), 0x1b) {
			t.Errorf("%s lets an escape through", c.ID())
		}
	}
}

func TestManyDomainsWorstFirst(t *testing.T) {
	s := same(t, check.After, zone(1, auSet))
	s.in.Domains = nil
	for i := range 8 {
		d := fmt.Sprintf("d%d.example", i)
		s.in.Domains = append(s.in.Domains, d)
		set := auSet
		if i == 6 {
			set = euSet
		}
		for _, srv := range []*checktest.DNSServer{s.ns1, s.ns2, s.r1, s.r2} {
			srv.SetZone(t, zoneOf(d, 1, set))
		}
	}
	for _, id := range []string{"MX-AUTH", "MX-PROP"} {
		r := s.run(t, id)
		if len(r.Tables[0].Rows) != 8 || r.Tables[0].Rows[0][0].Text != "d6.example" {
			t.Errorf("%s: first row %v of %d", id, r.Tables[0].Rows[0], len(r.Tables[0].Rows))
		}
	}
	if r := s.run(t, "MX-AUTH"); len(r.Tables) != 2 || !strings.HasPrefix(string(r.Tables[1].Title), "d6.example") {
		t.Errorf("%d tables", len(r.Tables))
	}
}

func TestProgressStreams(t *testing.T) {
	z := zone(1, auSet)
	s := open(t, check.During, z, z, z, z)
	s.ns2.Behave(checktest.Behaviour{DropUDP: true, DropTCP: true})
	s.w.DNSTimeout = time.Second
	var mu sync.Mutex
	var seen []check.Progress
	s1 := mx.Checks(s.w)[1]
	s1.Run(t.Context(), s.in, func(p check.Progress) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, p)
	})
	waited, half := false, false
	for _, p := range seen {
		waited = waited || strings.HasPrefix(string(p.Waiting), "192.0.2.2:53, ") && strings.HasSuffix(string(p.Waiting), " s of 1 s")
		if len(p.Tables) == 1 && len(p.Tables[0].Rows) == 2 {
			half = half || p.Tables[0].Rows[0][1].Mark == check.MarkGood && p.Tables[0].Rows[1][1].Mark == check.MarkWait
		}
	}
	last := seen[len(seen)-1]
	if !waited || !half || last.Done != last.Total || last.Total != 3 {
		t.Errorf("waited %v, half-filled table %v, at the end %d of %d", waited, half, last.Done, last.Total)
	}
}

func TestCancelIsPrompt(t *testing.T) {
	s := same(t, check.During, zone(1, auSet))
	for _, a := range []string{"198.51.100.1:53", "198.51.100.2:53"} {
		s.n.BlackHole(a)
	}
	s.w.DNSTimeout = time.Minute
	for _, c := range mx.Checks(s.w)[1:] {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(30*time.Millisecond, cancel)
		began := time.Now()
		r := c.Run(ctx, s.in, nil)
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("%s: stopped after %v", c.ID(), d)
		}
		if r.Outcome != check.Unknown {
			t.Errorf("%s: %s", c.ID(), r.Outcome)
		}
	}
}
