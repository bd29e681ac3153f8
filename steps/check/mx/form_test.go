package mx_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/region"
)

func TestLeft(t *testing.T) {
	newZ := zone(2, auSet)
	worse := zone(2, auSet+"@ 300 IN MX 90 mail.acme.example.\n")
	t.Run("before", func(t *testing.T) {
		expect(t, same(t, check.Before, zone(1, euSet)).run(t, "MX-LEFT"), check.Skipped)
	})
	t.Run("nothing", func(t *testing.T) {
		expect(t, same(t, check.During, newZ).run(t, "MX-LEFT"), check.Pass, "MX-LEFT.ok ok")
	})
	t.Run("one at a worse preference", func(t *testing.T) {
		for _, phase := range []check.Phase{check.During, check.After} {
			r := open(t, phase, newZ, worse, newZ, newZ).run(t, "MX-LEFT")
			expect(t, r, check.Fail, "MX-LEFT.beside blocker")
			if f := r.Findings[0]; !strings.Contains(string(f.Saw), "ns2.dns.example") || strings.Contains(string(f.Copy), "mail.acme") || f.Confirm != "dig +norec @192.0.2.2 MX acme.example" {
				t.Errorf("%+v", f)
			}
		}
	})
	t.Run("one server is behind", func(t *testing.T) {
		expect(t, open(t, check.During, newZ, zone(1, euSet), newZ, newZ).run(t, "MX-LEFT"), check.Waiting, "MX-LEFT.unchanged advice")
		expect(t, open(t, check.During, newZ, zone(1, euSet), newZ, newZ).run(t, "MX-FORM"), check.Pass, "MX-FORM.ok ok")
	})
	t.Run("not changed yet", func(t *testing.T) {
		expect(t, same(t, check.During, zone(1, euSet)).run(t, "MX-LEFT"), check.Waiting, "MX-LEFT.unchanged advice")
	})
	t.Run("one server silent", func(t *testing.T) {
		s := same(t, check.During, newZ)
		s.ns2.Behave(checktest.Behaviour{Rcode: 2})
		expect(t, s.run(t, "MX-LEFT"), check.Unknown)
	})
	t.Run("region unknown, old host still beside", func(t *testing.T) {
		s := same(t, check.After, zone(2, "@ 300 IN MX 10 ca-smtp-inbound-1.mimecast.com.\n@ 300 IN MX 20 eu-smtp-inbound-1.mimecast.com.\n"))
		s.in.Target, _ = region.Find("ca")
		expect(t, s.run(t, "MX-LEFT"), check.Fail, "MX-LEFT.beside blocker")
	})
}

func TestForm(t *testing.T) {
	cases := []struct {
		name, mxs string
		outcome   check.Outcome
		want      []string
	}{
		{"good", auSet, check.Pass, []string{"MX-FORM.ok ok"}},
		{"alias", auSet + "@ 300 IN MX 10 alias\nalias 300 IN CNAME au-smtp-inbound-1.mimecast.com.\n", check.Fail, []string{"MX-FORM.alias blocker"}},
		{"address", auSet + "@ 300 IN MX 10 203.0.113.9.\n", check.Fail, []string{"MX-FORM.address blocker"}},
		{"address in the zone", auSet + "@ 300 IN MX 10 203.0.113.9\n", check.Fail, []string{"MX-FORM.address blocker"}},
		{"dot forgotten", "@ 300 IN MX 10 au-smtp-inbound-1.mimecast.com\n", check.Fail, []string{"MX-FORM.dot blocker"}},
		{"no such host", auSet + "@ 300 IN MX 10 nix\n", check.Fail, []string{"MX-FORM.nohost blocker"}},
		{"no address", auSet + "@ 300 IN MX 10 empty\nempty 300 IN TXT \"x\"\n", check.Fail, []string{"MX-FORM.nohost blocker"}},
		{"private", auSet + "@ 300 IN MX 10 inner\ninner 300 IN A 10.1.2.3\n", check.Fail, []string{"MX-FORM.private blocker"}},
		{"loopback", auSet + "@ 300 IN MX 10 inner\ninner 300 IN AAAA ::1\n", check.Fail, []string{"MX-FORM.private blocker"}},
		{"null mixed in", auSet + "@ 300 IN MX 0 .\n", check.Fail, []string{"MX-FORM.null blocker"}},
		{"null alone", "@ 300 IN MX 0 .\n", check.Fail, []string{"MX-FORM.null blocker"}},
		{"outbound host", auSet + "@ 300 IN MX 10 au-smtp-outbound-1.mimecast.com.\n", check.Fail, []string{"MX-FORM.outbound blocker"}},
		{"region left", auSet + "@ 300 IN MX 20 eu-smtp-inbound-1.mimecast.com.\n", check.Fail, []string{"MX-FORM.source blocker"}},
		{"third region", auSet + "@ 300 IN MX 20 us-smtp-inbound-1.mimecast.com.\n", check.Fail, []string{"MX-FORM.region blocker"}},
		{"tenant beside", auSet + "@ 300 IN MX 20 acme-example.mail.protection.outlook.com.\n", check.Fail, []string{"MX-FORM.platform blocker"}},
		{"twice", auSet + "@ 300 IN MX 20 au-smtp-inbound-1.mimecast.com.\n", check.Pass, []string{"MX-FORM.twice advice"}},
		{"IPv6 alone", auSet + "@ 300 IN MX 10 six\nsix 300 IN AAAA 2001:4860::25\n", check.Warn, []string{"MX-FORM.ipv6 risk"}},
		{"IPv6 beside IPv4", auSet + "@ 300 IN MX 10 both\nboth 300 IN AAAA 2001:4860::25\nboth 300 IN A 203.0.113.9\n", check.Pass, []string{"MX-FORM.ok ok"}},
		{"aliases in a circle", auSet + "@ 300 IN MX 10 a\na 300 IN CNAME b.acme.example.\nb 300 IN CNAME a.acme.example.\n", check.Fail, []string{"MX-FORM.alias blocker"}},
		{"none", "", check.Fail, []string{"MX-FORM.none blocker"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			expect(t, same(t, check.During, zone(1, c.mxs)).run(t, "MX-FORM"), c.outcome, c.want...)
		})
	}
	t.Run("the vendor's own words", func(t *testing.T) {
		r := same(t, check.After, zone(1, "@ 300 IN MX 10 us-smtp-o365-outbound-1.mimecast.com.\n")).run(t, "MX-FORM")
		if f := r.Findings[0]; f.Code != "MX-FORM.outbound" || !strings.Contains(string(f.IfLeft), "incorrect hostname used for inbounds") {
			t.Errorf("%+v", f)
		}
	})
	t.Run("before, the old set is no fault", func(t *testing.T) {
		expect(t, same(t, check.Before, zone(1, euSet)).run(t, "MX-FORM"), check.Pass, "MX-FORM.ok ok")
	})
	t.Run("before, a planned host does not exist", func(t *testing.T) {
		s := same(t, check.Before, zone(1, euSet))
		bare := "$ORIGIN mimecast.com.\n@ 3600 IN SOA ns1 h. 1 1 1 1 1\neu-smtp-inbound-1 60 IN A 203.0.113.11\neu-smtp-inbound-2 60 IN A 203.0.113.12\nau-smtp-inbound-1 60 IN A 203.0.113.21\n"
		s.r1.SetZone(t, bare)
		expect(t, s.run(t, "MX-FORM"), check.Pass, "MX-FORM.ok ok") // one resolver is no proof
		s.r2.SetZone(t, bare)
		expect(t, s.run(t, "MX-FORM"), check.Fail, "MX-FORM.ok ok", "MX-FORM.nohost blocker")
	})
}

// TestWildcard: MX records of *.domain lead mail for every other name past the
// gateway, though the domain itself is right.
func TestWildcard(t *testing.T) {
	z := zone(2, auSet)
	s := same(t, check.During, z)
	answer := func(mxs ...string) {
		h := func(_ string, q *dns.Msg) ([][]byte, bool) {
			qq := q.Question[0]
			if qq.Qtype != dns.TypeMX || dns.CountLabel(qq.Name) < 3 {
				return nil, false
			}
			m := new(dns.Msg)
			m.SetReply(q)
			m.Authoritative = true
			for _, mx := range mxs {
				rr, _ := dns.NewRR(qq.Name + " 300 IN MX 10 " + mx)
				m.Answer = append(m.Answer, rr)
			}
			b, _ := m.Pack()
			return [][]byte{b}, true
		}
		s.ns1.Handle(h)
		s.ns2.Handle(h)
	}
	answer("mail.acme.example.")
	r := s.run(t, "MX-LEFT")
	expect(t, r, check.Warn, "MX-LEFT.ok ok", "MX-LEFT.wildcard risk")
	if f := r.Findings[1]; !strings.HasPrefix(string(f.Copy), "*.acme.example. 300 IN MX 10 au-smtp-inbound-1") || !strings.Contains(string(f.Title), "mail.acme.example") {
		t.Errorf("%+v", f)
	}
	answer("au-smtp-inbound-1.mimecast.com.", "au-smtp-inbound-2.mimecast.com.")
	expect(t, s.run(t, "MX-LEFT"), check.Pass, "MX-LEFT.ok ok")
}

// TestManyRecords: fifty MX records are all judged, shown in short and bounded
// in their evidence.
func TestManyRecords(t *testing.T) {
	var lines strings.Builder
	for i := range 50 {
		fmt.Fprintf(&lines, "@ 300 IN MX %d mx%d\nmx%d 300 IN A 203.0.113.%d\n", i, i, i, i+1)
	}
	s := same(t, check.During, zone(1, lines.String()))
	expect(t, s.run(t, "MX-AUTH"), check.Fail, "MX-AUTH.other blocker")
	r := s.run(t, "MX-FORM")
	expect(t, r, check.Pass, "MX-FORM.ok ok")
	rows := r.Tables[0].Rows
	if last := rows[len(rows)-1][1].Text; len(rows) != 21 || last != "and 30 more records" {
		t.Errorf("%d rows, the last %q", len(rows), last)
	}
	if saw := string(s.run(t, "MX-AUTH").Findings[0].Saw); !strings.Contains(saw, "and 42 more") || len(saw) > 500 {
		t.Errorf("saw %q", saw)
	}
}

// TestIPv6OnlyNameServer: one that this machine has no way to leaves the answer
// open and is nobody's fault.
func TestIPv6OnlyNameServer(t *testing.T) {
	s := same(t, check.During, zone(1, auSet))
	six := strings.Replace(hosts, "ns2 3600 IN A 192.0.2.2", "ns2 3600 IN AAAA 2001:4860::53", 1)
	s.r1.SetZone(t, six)
	s.r2.SetZone(t, six)
	r := s.run(t, "MX-AUTH")
	expect(t, r, check.Unknown, "MX-AUTH.silent advice")
	if saw := string(r.Findings[0].Saw); !strings.Contains(saw, "IPv6 address alone") {
		t.Errorf("saw %q", saw)
	}
}

// TestNothingCouldBeAsked: with every resolver refusing nothing is known about
// the records, and the one who can mend that is the reader.
func TestNothingCouldBeAsked(t *testing.T) {
	s := same(t, check.During, zone(2, auSet))
	s.w = checktest.New(t).World("198.51.100.1")
	s.w.Now = func() time.Time { return s.in.Now }
	for _, id := range []string{"MX-PLAN", "MX-AUTH", "MX-PROP", "MX-LEFT", "MX-FORM"} {
		if id == "MX-PLAN" {
			s.in.Phase = check.Before
		} else {
			s.in.Phase = check.During
		}
		r := s.run(t, id)
		if r.Outcome != check.Unknown || len(r.Findings) == 0 {
			t.Errorf("%s: %s %+v", id, r.Outcome, r.Findings)
		}
		text := string(r.Summary)
		for _, f := range r.Findings {
			text += "\n" + string(f.Saw)
			if f.Who != check.WhoTPOC {
				t.Errorf("%s: %s is for %s", id, f.Code, f.Who)
			}
		}
		for _, no := range []string{"No fault", "silent"} {
			if strings.Contains(text, no) {
				t.Errorf("%s: %q in %s", id, no, text)
			}
		}
		if id == "MX-FORM" && !strings.Contains(text, "Nothing could be looked up") {
			t.Errorf("%s: %s", id, text)
		}
	}
}
