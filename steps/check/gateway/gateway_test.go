package gateway_test

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/check/gateway"
	"mxodus/steps/region"
)

const zone = `$ORIGIN mimecast.com.
@ 3600 IN SOA ns1 h. 1 3600 600 604800 60
au-smtp-inbound-1 300 IN A 203.0.113.21
au-smtp-inbound-2 300 IN A 203.0.113.22
eu-smtp-inbound-1 300 IN A 203.0.113.11
us-smtp-inbound-1 300 IN A 203.0.113.12
au-smtp-outbound-1 300 IN A 203.0.113.31
au-smtp-outbound-2 300 IN A 203.0.113.32
au-smtp-o365-outbound-1 300 IN A 203.0.113.41
au-smtp-o365-outbound-2 300 IN A 203.0.113.42
`

const (
	one = "au-smtp-inbound-1.mimecast.com"
	two = "au-smtp-inbound-2.mimecast.com"
)

type scene struct {
	n    *checktest.Internet
	dns  *checktest.DNSServer
	ca   *checktest.CA
	cert *tls.Certificate
	w    *check.World
	in   check.Input
}

func open(t *testing.T, phase check.Phase) *scene {
	t.Helper()
	s := &scene{n: checktest.New(t), ca: checktest.NewCA(t)}
	s.dns = s.n.DNS("198.51.100.1", zone)
	s.dns.Behave(checktest.Behaviour{Recursive: true})
	s.w = s.n.World("198.51.100.1")
	s.w.Roots = s.ca.Roots()
	s.w.SMTPTimeout = 3 * time.Second
	s.cert = s.ca.Issue(time.Now().Add(24*time.Hour), "*.mimecast.com")
	target, _ := region.Find("au")
	source, _ := region.Find("eu")
	s.in = check.Input{Phase: phase, Now: time.Now(), Domains: []string{"acme.example"}, Target: target, Source: source, Platform: "on_prem"}
	return s
}

func (s *scene) good(name string) checktest.Script { return checktest.Script{Name: name, Cert: s.cert} }

func (s *scene) run(t *testing.T, id string) check.Result {
	t.Helper()
	for _, c := range gateway.Checks(s.w) {
		if c.ID() == id {
			return check.Runner{}.Run(t.Context(), []check.Check{c}, s.in, nil)[0]
		}
	}
	t.Fatalf("no check %s", id)
	return check.Result{}
}

func expect(t *testing.T, r check.Result, outcome check.Outcome, want ...string) {
	t.Helper()
	checktest.Proofread(t, r)
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Code+" "+string(f.Severity))
		if f.Title == "" || f.Severity != check.OK && (f.Saw == "" || f.Should == "" || f.IfLeft == "" || f.Do == "" || f.Who == "" || f.Confirm == "") {
			t.Errorf("%s lacks a part: %+v", f.Code, f)
		}
	}
	if r.Outcome != outcome || !slices.Equal(got, want) {
		for _, f := range r.Findings {
			t.Logf("%s: %s", f.Code, f.Saw)
		}
		t.Fatalf("%s %q\n got %v\nwant %s %v", r.Outcome, r.Summary, got, outcome, want)
	}
}

func TestAllWell(t *testing.T) {
	s := open(t, check.During)
	a := s.n.SMTP("203.0.113.21", s.good(one))
	s.n.SMTP("203.0.113.22", s.good(two))
	r := s.run(t, "GW-SMTP")
	expect(t, r, check.Pass, "GW-SMTP.ok ok", "GW-SMTP.ok ok")
	said := a.Commands()
	if len(said) != 3 || !strings.HasPrefix(said[0], "EHLO [127.0.0.1]") || said[1] != "STARTTLS" || said[2] != "QUIT" {
		t.Errorf("said %q", said)
	}
	raw := string(r.Evidence[0].Raw)
	for _, want := range []string{"< 220 " + one, "> EHLO", "< 250-STARTTLS", "* TLS 1.3", "*.mimecast.com", "> QUIT", "< 221"} {
		if !strings.Contains(raw, want) {
			t.Errorf("%q not in evidence:\n%s", want, raw)
		}
	}
	if rows := r.Tables[0].Rows; len(rows) != 2 || rows[0][1].Mark != check.MarkGood {
		t.Errorf("rows %v", rows)
	}
}

func TestWhichHosts(t *testing.T) {
	s := open(t, check.During)
	s.n.SMTP("203.0.113.31", s.good("au-smtp-outbound-1.mimecast.com"))
	s.n.SMTP("203.0.113.32", s.good("au-smtp-outbound-2.mimecast.com"))
	s.n.SMTP("203.0.113.41", s.good("au-smtp-o365-outbound-1.mimecast.com"))
	s.n.SMTP("203.0.113.42", s.good("au-smtp-o365-outbound-2.mimecast.com"))
	if r := s.run(t, "GW-OUT"); r.Outcome != check.Pass || r.Findings[0].Subject != "au-smtp-outbound-1.mimecast.com" {
		t.Errorf("%s %+v", r.Outcome, r.Findings)
	}
	s.in.Platform = "hybrid_m365"
	if r := s.run(t, "GW-OUT"); r.Outcome != check.Pass || r.Findings[0].Subject != "au-smtp-o365-outbound-1.mimecast.com" || len(r.Findings) != 4 {
		t.Errorf("%s %+v", r.Outcome, r.Findings)
	}
	s.in.Platform = "m365"
	if r := s.run(t, "GW-OUT"); r.Outcome != check.Pass || r.Findings[0].Subject != "au-smtp-o365-outbound-1.mimecast.com" || len(r.Findings) != 2 {
		t.Errorf("%s %+v", r.Outcome, r.Findings)
	}
	s.in.Target, _ = region.Find("ca")
	r := s.run(t, "GW-SMTP")
	if r.Outcome != check.Unknown || r.Findings[0].Who != check.WhoMimecast || r.Worst() != check.Advice {
		t.Errorf("unknown hosts: %s %+v", r.Outcome, r.Findings)
	}
	if r := s.run(t, "GW-JRN"); r.Outcome != check.Unknown {
		t.Errorf("unknown journal hosts: %s", r.Outcome)
	}
}

func TestToldApart(t *testing.T) {
	expired := func(s *scene) *tls.Certificate { return s.ca.Issue(time.Now().Add(-time.Hour), "*.mimecast.com") }
	cases := []struct {
		name    string
		phase   check.Phase
		id      string // GW-SMTP when empty
		set     func(s *scene) checktest.Script
		outcome check.Outcome
		want    string
	}{
		{name: "fix-up", phase: check.During, set: func(s *scene) checktest.Script {
			return checktest.Script{Banner: "220 ****************************************", Name: "x", Cert: s.cert}
		}, outcome: check.Warn, want: "GW-SMTP.intercepted risk"},
		{name: "masked EHLO", phase: check.During, set: func(s *scene) checktest.Script {
			return checktest.Script{Name: one, Talk: func(c net.Conn) { dialogue(c, "220 "+one+" ESMTP", "250-"+one+"\r\n250 XXXXXXXA") }}
		}, outcome: check.Warn, want: "GW-SMTP.intercepted risk"},
		{name: "no STARTTLS", phase: check.During, set: func(*scene) checktest.Script { return checktest.Script{Name: one} }, outcome: check.Warn, want: "GW-SMTP.intercepted risk"},
		{name: "someone else", phase: check.During, set: func(s *scene) checktest.Script {
			return checktest.Script{Name: "filter.isp.example", Cert: s.ca.Issue(time.Now().Add(time.Hour), "filter.isp.example")}
		}, outcome: check.Warn, want: "GW-SMTP.intercepted risk"},
		{name: "name", phase: check.During, set: func(s *scene) checktest.Script {
			return checktest.Script{Name: one, Cert: s.ca.Issue(time.Now().Add(time.Hour), "other.example")}
		}, outcome: check.Warn, want: "GW-SMTP.name risk"},
		{name: "expired", phase: check.During, set: func(s *scene) checktest.Script { return checktest.Script{Name: one, Cert: expired(s)} }, outcome: check.Warn, want: "GW-SMTP.expired risk"},
		{name: "untrusted", phase: check.During, set: func(s *scene) checktest.Script {
			return checktest.Script{Name: one, Cert: checktest.NewCA(s.tb()).Issue(time.Now().Add(time.Hour), one)}
		}, outcome: check.Warn, want: "GW-SMTP.untrusted risk"},
		{name: "old TLS", phase: check.During, set: func(s *scene) checktest.Script {
			return checktest.Script{Name: one, Cert: s.cert, MaxTLS: tls.VersionTLS11}
		}, outcome: check.Pass, want: "GW-SMTP.tls advice"},
		{name: "unwilling", phase: check.During, set: func(*scene) checktest.Script {
			return checktest.Script{Banner: "554 5.7.1 no service for you", Name: one}
		}, outcome: check.Unknown, want: "GW-SMTP.greeting advice"},
		{name: "greylist", phase: check.During, set: func(*scene) checktest.Script {
			return checktest.Script{Banner: "421 4.7.0 try again later", Name: one}
		}, outcome: check.Unknown, want: "GW-SMTP.greeting advice"},
		{name: "offers TLS, then has none", phase: check.During, set: func(*scene) checktest.Script {
			return checktest.Script{Talk: func(c net.Conn) {
				dialogue(c, "220 "+one+" ESMTP", "250-"+one+"\r\n250 STARTTLS", "454 4.7.0 TLS not available due to temporary reason")
			}}
		}, outcome: check.Unknown, want: "GW-SMTP.greeting advice"},
		{name: "offers TLS, then drops the connection", phase: check.During, set: func(*scene) checktest.Script {
			return checktest.Script{Talk: func(c net.Conn) {
				dialogue(c, "220 "+one+" ESMTP", "250-"+one+"\r\n250 STARTTLS")
			}}
		}, outcome: check.Unknown, want: "GW-SMTP.broken risk"},
		{name: "goes away in the handshake", phase: check.During, set: func(*scene) checktest.Script {
			return checktest.Script{Talk: func(c net.Conn) {
				dialogue(c, "220 "+one+" ESMTP", "250-"+one+"\r\n250 STARTTLS", "220 go ahead")
			}}
		}, outcome: check.Unknown, want: "GW-SMTP.broken risk"},
		{name: "garbage in place of TLS", phase: check.During, set: func(*scene) checktest.Script {
			return checktest.Script{Name: one, Garbage: []byte("this is not TLS at all, not one bit of it")}
		}, outcome: check.Unknown, want: "GW-SMTP.broken risk"},
		{name: "STARTTLS injection", phase: check.During, set: func(s *scene) checktest.Script {
			return checktest.Script{Name: one, Cert: s.cert, Inject: "250-injected\r\n250 AUTH PLAIN\r\n"}
		}, outcome: check.Warn, want: "GW-SMTP.intercepted risk"},
		{name: "hangs up", phase: check.During, set: func(*scene) checktest.Script {
			return checktest.Script{Talk: func(c net.Conn) {}}
		}, outcome: check.Unknown, want: "GW-SMTP.broken risk"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, c.phase)
			s.n.SMTP("203.0.113.21", c.set(s))
			s.n.SMTP("203.0.113.22", s.good(two))
			expect(t, s.run(t, "GW-SMTP"), c.outcome, c.want, "GW-SMTP.ok ok")
		})
	}
}

func (s *scene) tb() checktest.TB { return s.ca.TB() }

// dialogue plays fixed answers, one for each line that comes.
func dialogue(c net.Conn, answers ...string) {
	buf := make([]byte, 512)
	for _, a := range answers {
		if _, err := c.Write([]byte(a + "\r\n")); err != nil {
			return
		}
		if _, err := c.Read(buf); err != nil {
			return
		}
	}
}

func TestInterceptedOnTheWayOutBlocks(t *testing.T) {
	s := open(t, check.During)
	s.n.SMTP("203.0.113.31", checktest.Script{Banner: "220 ********************", Name: "x", Cert: s.cert})
	s.n.SMTP("203.0.113.32", s.good("au-smtp-outbound-2.mimecast.com"))
	expect(t, s.run(t, "GW-OUT"), check.Fail, "GW-OUT.intercepted blocker", "GW-OUT.ok ok")
	s.in.Phase = check.Before
	expect(t, s.run(t, "GW-OUT"), check.Warn, "GW-OUT.intercepted risk", "GW-OUT.ok ok")
}

func TestOneHostDown(t *testing.T) {
	s := open(t, check.During)
	s.w.SMTPTimeout = 300 * time.Millisecond
	s.n.SMTP("203.0.113.22", s.good(two))
	s.n.Refuse("203.0.113.21:25")
	expect(t, s.run(t, "GW-SMTP"), check.Warn, "GW-SMTP.refused risk", "GW-SMTP.ok ok")
	s.n.Silent("203.0.113.21:25")
	expect(t, s.run(t, "GW-SMTP"), check.Unknown, "GW-SMTP.timeout advice", "GW-SMTP.ok ok")
	s.n.BlackHole("203.0.113.21:25") // connects, then nothing
	expect(t, s.run(t, "GW-SMTP"), check.Unknown, "GW-SMTP.timeout advice", "GW-SMTP.ok ok")
}

func TestThisNetworkBlocksPort25(t *testing.T) {
	s := open(t, check.During)
	s.w.SMTPTimeout = 300 * time.Millisecond
	for _, a := range []string{"203.0.113.21:25", "203.0.113.22:25", "203.0.113.11:25", "203.0.113.12:25"} {
		s.n.Silent(a)
	}
	r := s.run(t, "GW-SMTP")
	expect(t, r, check.Unknown, "GW-SMTP.blocked advice", "GW-SMTP.timeout advice", "GW-SMTP.timeout advice")
	f := r.Findings[0]
	if r.Summary != f.Title || !strings.Contains(string(f.Title), "network here") || f.Who != check.WhoNetwork ||
		!strings.Contains(string(f.Saw), "eu-smtp-inbound-1.mimecast.com") ||
		f.Copy != "openssl s_client -starttls smtp -servername "+one+" -connect "+one+":25 </dev/null" {
		t.Errorf("%q %+v", r.Summary, f)
	}
	t.Run("port 25 elsewhere works", func(t *testing.T) {
		s.n.SMTP("203.0.113.11", s.good("eu-smtp-inbound-1.mimecast.com"))
		r := s.run(t, "GW-SMTP")
		expect(t, r, check.Unknown, "GW-SMTP.down advice", "GW-SMTP.timeout advice", "GW-SMTP.timeout advice")
	})
	t.Run("all refused though elsewhere works", func(t *testing.T) {
		s.n.Refuse("203.0.113.21:25")
		s.n.Refuse("203.0.113.22:25")
		expect(t, s.run(t, "GW-SMTP"), check.Fail, "GW-SMTP.down blocker", "GW-SMTP.refused risk", "GW-SMTP.refused risk")
	})
	t.Run("no network at all", func(t *testing.T) {
		s := open(t, check.During)
		expect(t, s.run(t, "GW-SMTP"), check.Unknown, "GW-SMTP.blocked advice", "GW-SMTP.unreachable advice", "GW-SMTP.unreachable advice")
		s.w.Dialer = checktest.New(t).Dial
		expect(t, s.run(t, "GW-SMTP"), check.Unknown, "GW-SMTP.unread advice", "GW-SMTP.unread advice")
	})
}

func TestNamesThatLeadNowhere(t *testing.T) {
	s := open(t, check.During)
	s.dns.SetZone(t, "$ORIGIN mimecast.com.\n@ 60 IN SOA ns1 h. 1 1 1 1 1\nau-smtp-inbound-1 60 IN A 127.0.0.1\nau-smtp-inbound-1 60 IN A 10.0.0.5\n")
	r := s.run(t, "GW-SMTP")
	expect(t, r, check.Fail, "GW-SMTP.private blocker", "GW-SMTP.nohost blocker")
	for _, a := range []string{"127.0.0.1:25", "10.0.0.5:25"} {
		if s.n.Dialed("tcp", a) != 0 {
			t.Errorf("connected to %s", a)
		}
	}
	s.in.Phase = check.Before
	expect(t, s.run(t, "GW-SMTP"), check.Fail, "GW-SMTP.private risk", "GW-SMTP.nohost blocker")
}

// TestNoHostInDNS: hosts of Mimecast's that do not exist stop the step in every
// phase and check, as MX-FORM has it; a resolver that shows no internet proves
// nothing.
func TestNoHostInDNS(t *testing.T) {
	for _, phase := range []check.Phase{check.Before, check.During, check.After} {
		s := open(t, phase)
		s.dns.SetZone(t, "$ORIGIN mimecast.com.\n@ 60 IN SOA ns1 h. 1 1 1 1 1\n")
		for _, id := range []string{"GW-SMTP", "GW-OUT", "GW-JRN"} {
			expect(t, s.run(t, id), check.Fail, id+".nohost blocker", id+".nohost blocker")
		}
		s = open(t, phase)
		bare := s.n.DNS("198.51.100.9")
		bare.Behave(checktest.Behaviour{Recursive: true})
		w := *s.w
		w.Resolvers = []check.Resolver{{Name: "198.51.100.9", Addr: "198.51.100.9:53"}}
		s.w = &w
		r := s.run(t, "GW-SMTP")
		expect(t, r, check.Unknown, "GW-SMTP.unread advice", "GW-SMTP.unread advice")
		if !strings.Contains(string(r.Findings[0].Saw), "not even com") {
			t.Errorf("saw %s", r.Findings[0].Saw)
		}
	}
}

// TestNothingAsExpected: a check cannot have passed where no host answers as it
// should.
func TestNothingAsExpected(t *testing.T) {
	s := open(t, check.Before)
	other := s.ca.Issue(time.Now().Add(24*time.Hour), "mail.other.example")
	for _, ip := range []string{"203.0.113.31", "203.0.113.32"} {
		s.n.SMTP(ip, checktest.Script{Name: "mail.other.example", Cert: other})
	}
	expect(t, s.run(t, "GW-OUT"), check.Unknown, "GW-OUT.intercepted risk", "GW-OUT.intercepted risk")
	s = open(t, check.Before)
	s.n.SMTP("203.0.113.31", s.good("au-smtp-outbound-1.mimecast.com"))
	s.n.SMTP("203.0.113.32", checktest.Script{Name: "mail.other.example", Cert: s.ca.Issue(time.Now().Add(time.Hour), "mail.other.example")})
	expect(t, s.run(t, "GW-OUT"), check.Warn, "GW-OUT.ok ok", "GW-OUT.intercepted risk")
}

func TestIPv6WithoutARoute(t *testing.T) {
	s := open(t, check.During)
	s.dns.SetZone(t, zone+"au-smtp-inbound-1 300 IN AAAA 2001:db8::21\n")
	s.n.SMTP("203.0.113.21", s.good(one))
	s.n.SMTP("203.0.113.22", s.good(two))
	expect(t, s.run(t, "GW-SMTP"), check.Pass, "GW-SMTP.ok ok", "GW-SMTP.ok ok")
}

func TestHostileServers(t *testing.T) {
	flood := func(c net.Conn, s string) {
		for {
			if _, err := c.Write([]byte(s)); err != nil {
				return
			}
		}
	}
	cases := map[string]func(net.Conn){
		"endless banner":      func(c net.Conn) { flood(c, "220-more of this\r\n") },
		"endless line":        func(c net.Conn) { flood(c, strings.Repeat("x", 8192)) },
		"10 MB line":          func(c net.Conn) { _, _ = c.Write([]byte("220 " + strings.Repeat("y", 10<<20) + "\r\n")) },
		"a byte now and then": func(c net.Conn) { drip(c) },
		"codes that are none": func(c net.Conn) { dialogue(c, "abc hello") },
		"wrong codes":         func(c net.Conn) { dialogue(c, "250 hello") },
		"negative":            func(c net.Conn) { dialogue(c, "-20 hello") },
		"empty lines":         func(c net.Conn) { flood(c, "\r\n") },
		"NULs":                func(c net.Conn) { flood(c, "\x00\x00\x00\n") },
		"1 MB banner": func(c net.Conn) {
			_, _ = c.Write([]byte(strings.Repeat("220-"+strings.Repeat("z", 1000)+"\r\n", 1000) + "220 at last\r\n"))
		},
		"tarpit": func(c net.Conn) { // a line now and then, and no end
			for {
				if _, err := c.Write([]byte("220-wait\r\n")); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond) // the far side is slow, the test is not
			}
		},
		"TLS at once, as on port 465": func(c net.Conn) { _, _ = c.Write([]byte{22, 3, 1, 0, 5, 1, 0, 0, 1, 0}) },
		"escapes":                     func(c net.Conn) { dialogue(c, "220 \x1b]52;c;aGk=\x07\x9b2J ready", "250 \x1b[2J") },
		"talks before its turn":       func(c net.Conn) { dialogue(c, "220 x\r\n250 STARTTLS\r\n220 go") },
		"changes its mind":            func(c net.Conn) { dialogue(c, "220-one\r\n421 two") },
	}
	for name, talk := range cases {
		t.Run(name, func(t *testing.T) {
			s := open(t, check.During)
			s.w.SMTPTimeout = 200 * time.Millisecond
			s.n.SMTP("203.0.113.21", checktest.Script{Talk: talk})
			s.n.SMTP("203.0.113.22", checktest.Script{Talk: talk})
			began := time.Now()
			r := s.run(t, "GW-SMTP")
			if d := time.Since(began); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
			if r.Worst() == check.OK || r.Worst() == check.Blocker {
				t.Errorf("%s %s %q", r.Outcome, r.Worst(), r.Summary)
			}
			for _, e := range r.Evidence {
				if strings.ContainsFunc(string(e.Raw), func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) || len(e.Raw) > 100*1024 {
					t.Errorf("evidence of %d bytes: %.300q", len(e.Raw), e.Raw)
				}
			}
		})
	}
}

// drip sends single bytes for as long as the other side listens.
func drip(c net.Conn) {
	t := time.NewTicker(20 * time.Millisecond)
	defer t.Stop()
	for range t.C {
		if _, err := c.Write([]byte("2")); err != nil {
			return
		}
	}
}

func TestCancelAndProgress(t *testing.T) {
	s := open(t, check.During)
	s.w.SMTPTimeout = time.Minute
	s.n.BlackHole("203.0.113.21:25")
	s.n.Silent("203.0.113.22:25")
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	waiting := ""
	began := time.Now()
	r := gateway.Checks(s.w)[0].Run(ctx, s.in, func(p check.Progress) {
		mu.Lock()
		defer mu.Unlock()
		if p.Waiting != "" {
			waiting = string(p.Waiting)
			cancel()
		}
	})
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("took %v after cancelling", d)
	}
	if r.Outcome != check.Unknown || r.Worst() == check.Blocker {
		t.Errorf("%s %v", r.Outcome, r.Findings)
	}
	if !strings.HasSuffix(waiting, "s of 60 s") || !strings.HasPrefix(waiting, "au-smtp-inbound-") {
		t.Errorf("waiting %q", waiting)
	}
}

// TestCertificateIsShownByTheHostsOwnName: of a certificate with many names the
// one that counts is named first, and a wrong one is named beside the host.
func TestCertificateIsShownByTheHostsOwnName(t *testing.T) {
	s := open(t, check.During)
	many := []string{"us-smtp-inbound-1.mimecast.com", "us-smtp-inbound-2.mimecast.com", "a.mimecast.com", "b.mimecast.com", "c.mimecast.com", one, two}
	s.n.SMTP("203.0.113.21", checktest.Script{Name: one, Cert: s.ca.Issue(time.Now().Add(time.Hour), many...)})
	s.n.SMTP("203.0.113.22", checktest.Script{Name: two, Cert: s.ca.Issue(time.Now().Add(time.Hour), many[:5]...)})
	r := s.run(t, "GW-SMTP")
	expect(t, r, check.Warn, "GW-SMTP.ok ok", "GW-SMTP.name risk")
	if seen := string(r.Tables[0].Rows[0][2].Text); !strings.Contains(seen, "certificate for "+one+", us-smtp") || !strings.HasSuffix(seen, "and 3 more") {
		t.Errorf("seen %q", seen)
	}
	if saw := string(r.Findings[1].Saw); !strings.Contains(saw, "not for "+two) || !strings.Contains(string(r.Findings[1].Should), two) {
		t.Errorf("saw %q", saw)
	}
	raw := string(r.Evidence[0].Raw)
	if !strings.Contains(raw, "* certificate for "+one) {
		t.Errorf("evidence:\n%s", raw)
	}
}
