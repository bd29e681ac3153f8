package resolve_test

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/check/resolve"
)

const acme = `$ORIGIN acme.test.
@ 3600 IN SOA ns1.example.net. host.acme.test. 2026120301 3600 600 604800 60
@ 3600 IN NS ns1.example.net.
@ 3600 IN NS NS2.example.net.
@ 300 IN MX 20 EU-smtp-inbound-2.mimecast.test.
@ 300 IN MX 10 eu-smtp-inbound-1.mimecast.test.
@ 60 IN TXT "v=spf1 " "include:\"x\\y -all"
www 60 IN CNAME shop
shop 60 IN CNAME far.example.net.
loop1 60 IN CNAME loop2
loop2 60 IN CNAME loop1
mail 60 IN A 203.0.113.25
mail 60 IN AAAA 2001:db8::25
`

const example = `$ORIGIN example.net.
@ 3600 IN SOA ns1 host 1 3600 600 604800 60
ns1 300 IN A 192.0.2.1
ns2 300 IN A 192.0.2.2
ns2 300 IN AAAA 2001:db8::2
far 300 IN A 203.0.113.80
`

var server = check.Resolver{Name: "ns1.example.net", Addr: "192.0.2.1:53"}

func start(t *testing.T) (*checktest.DNSServer, *check.World) {
	t.Helper()
	n := checktest.New(t)
	s := n.DNS("192.0.2.1", acme, example)
	w := n.World("192.0.2.1")
	return s, w
}

func ask(t *testing.T, w *check.World, name string, typ resolve.Type) resolve.Answer {
	t.Helper()
	return resolve.New(t.Context(), w).Ask(t.Context(), server, name, typ, false)
}

func TestAskReadsRecords(t *testing.T) {
	_, w := start(t)
	a := ask(t, w, "Acme.test.", resolve.TypeMX)
	want := []check.MX{
		{Host: "eu-smtp-inbound-2.mimecast.test", Pref: 20, TTL: 300},
		{Host: "eu-smtp-inbound-1.mimecast.test", Pref: 10, TTL: 300},
	}
	if a.Outcome != resolve.OK || !reflect.DeepEqual(a.MX(), want) {
		t.Fatalf("%s %v, want %v", a.Outcome, a.MX(), want)
	}
	if !a.AA || a.Net != "udp" || a.At.IsZero() {
		t.Errorf("AA %v over %q at %v", a.AA, a.Net, a.At)
	}
	ev := a.Evidence()
	if ev.Server != "ns1.example.net (192.0.2.1)" || ev.Asked != "acme.test MX" || len(ev.SHA256) != 64 ||
		!strings.Contains(strings.ToLower(string(ev.Raw)), "eu-smtp-inbound-1.mimecast.test.") {
		t.Errorf("evidence %+v", ev)
	}
	if got := a.Dig(); got != "dig +norec @192.0.2.1 MX acme.test" {
		t.Errorf("Dig %q", got)
	}
	soa := ask(t, w, "acme.test", resolve.TypeSOA)
	if n, ok := soa.Serial(); !ok || n != 2026120301 {
		t.Errorf("serial %d, %v", n, ok)
	}
	txt := ask(t, w, "acme.test", resolve.TypeTXT)
	if len(txt.Records) != 1 || txt.Records[0].Text != `v=spf1 include:"x\y -all` {
		t.Errorf("TXT %+v", txt.Records)
	}
	www := ask(t, w, "www.acme.test", resolve.TypeA)
	if got := www.Addrs(); len(got) != 1 || got[0] != netip.MustParseAddr("203.0.113.80") || len(www.Chain) != 2 {
		t.Errorf("alias: %v by %v", got, www.Chain)
	}
}

func TestOutcomes(t *testing.T) {
	cases := []struct {
		name string
		b    checktest.Behaviour
		ask  string
		typ  resolve.Type
		want resolve.Outcome
		net  string
	}{
		{name: "no such type", ask: "acme.test", typ: resolve.TypeAAAA, want: resolve.NoData, net: "udp"},
		{name: "no such name", ask: "nix.acme.test", typ: resolve.TypeMX, want: resolve.NXDomain, net: "udp"},
		{name: "servfail", b: checktest.Behaviour{Rcode: 2}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.ServFail, net: "udp"},
		{name: "refused", b: checktest.Behaviour{Rcode: 5}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.Refused, net: "udp"},
		{name: "other code", b: checktest.Behaviour{Rcode: 9}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.Malformed, net: "udp"},
		{name: "cut off for UDP", b: checktest.Behaviour{Truncate: true}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.OK, net: "tcp"},
		{name: "cut off for UDP, and TCP refused", b: checktest.Behaviour{Truncate: true, DropTCP: true}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.Timeout},
		{name: "UDP blocked", b: checktest.Behaviour{DropUDP: true}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.OK, net: "tcp"},
		{name: "wrong ID on both", b: checktest.Behaviour{WrongID: true}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.Malformed, net: "tcp"},
		{name: "question in lower case", b: checktest.Behaviour{Lower: true}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.OK},
		{name: "no EDNS", b: checktest.Behaviour{NoEDNS: true}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.OK, net: "tcp"},
		{name: "silent", b: checktest.Behaviour{DropUDP: true, DropTCP: true}, ask: "acme.test", typ: resolve.TypeMX, want: resolve.Timeout},
		{name: "alias loop", ask: "loop1.acme.test", typ: resolve.TypeA, want: resolve.Malformed, net: "udp"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, w := start(t)
			w.DNSTimeout = 400 * time.Millisecond
			s.Behave(c.b)
			a := ask(t, w, c.ask, c.typ)
			if a.Outcome != c.want {
				t.Fatalf("%s (%s), want %s", a.Outcome, a.Why, c.want)
			}
			if c.net != "" && a.Net != c.net {
				t.Errorf("answered over %q, want %q", a.Net, c.net)
			}
			if !a.Outcome.Conclusive() && a.Why == "" {
				t.Error("a failure without a cause")
			}
			if a.Raw() == "" {
				t.Error("no raw text")
			}
		})
	}
}

func TestTimeoutAndCancel(t *testing.T) {
	n := checktest.New(t)
	n.BlackHole("192.0.2.1:53")
	w := n.World()
	w.DNSTimeout = 150 * time.Millisecond
	began := time.Now()
	if a := ask(t, w, "acme.test", resolve.TypeMX); a.Outcome != resolve.Timeout {
		t.Errorf("black hole: %s (%s)", a.Outcome, a.Why)
	}
	if d := time.Since(began); d > time.Second {
		t.Errorf("took %v with a limit of 150 ms", d)
	}
	w.DNSTimeout = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	began = time.Now()
	if a := resolve.New(t.Context(), w).Ask(ctx, server, "acme.test", resolve.TypeMX, false); a.Outcome != resolve.Cancelled {
		t.Errorf("cancelled: %s", a.Outcome)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("cancelling took %v", d)
	}
	if a := ask(t, checktest.New(t).World(), "acme.test", resolve.TypeMX); a.Outcome != resolve.Network {
		t.Errorf("no network: %s (%s)", a.Outcome, a.Why)
	}
}

func TestDeadServerIsNotAskedAgain(t *testing.T) {
	n := checktest.New(t)
	n.BlackHole("192.0.2.9:53")
	w := n.World()
	w.DNSTimeout = 200 * time.Millisecond
	c := resolve.New(t.Context(), w)
	dead := check.Resolver{Name: "192.0.2.9", Addr: "192.0.2.9:53"}
	got := make(chan resolve.Outcome, 50)
	began := time.Now()
	for i := range 50 {
		go func() { got <- c.Ask(t.Context(), dead, fmt.Sprintf("d%d.test", i), resolve.TypeMX, true).Outcome }()
	}
	count := map[resolve.Outcome]int{}
	for range 50 {
		count[<-got]++
	}
	if count[resolve.Timeout] != 2 || count[resolve.NotAsked] != 48 {
		t.Errorf("outcomes %v, want 2 time-outs and 48 not asked", count)
	}
	if d := time.Since(began); d > time.Second {
		t.Errorf("50 questions to a dead server took %v", d)
	}
}

// TestRefusalIsNotSilence: a server that could not be reached is not called
// silent when it is not asked again, and one that was silent is.
func TestRefusalIsNotSilence(t *testing.T) {
	n := checktest.New(t)
	n.BlackHole("192.0.2.9:53")
	w := n.World()
	w.DNSTimeout = 100 * time.Millisecond
	for addr, want := range map[string]string{
		"192.0.2.8:53": "was not asked again after it could not be reached",
		"192.0.2.9:53": "was not asked again after it stayed silent",
	} {
		c := resolve.New(t.Context(), w)
		var last resolve.Answer
		for i := range 4 {
			last = c.Ask(t.Context(), check.Resolver{Name: addr, Addr: addr}, fmt.Sprintf("d%d.test", i), resolve.TypeMX, true)
		}
		if last.Outcome != resolve.NotAsked || last.Words() != want || !strings.Contains(string(last.Raw()), want) {
			t.Errorf("%s: %s %q %q", addr, last.Outcome, last.Words(), last.Raw())
		}
	}
}

func TestSameQuestionIsAskedOnce(t *testing.T) {
	s, w := start(t)
	c := resolve.New(t.Context(), w)
	done := make(chan bool)
	for range 20 {
		go func() {
			done <- c.Ask(t.Context(), server, "acme.test", resolve.TypeMX, true).Outcome == resolve.OK
		}()
	}
	for range 20 {
		if !<-done {
			t.Error("no answer")
		}
	}
	if n := s.Asked("acme.test", "MX"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestLookupGoesOnToTheNextResolver(t *testing.T) {
	n := checktest.New(t)
	n.BlackHole("192.0.2.8:53")
	n.DNS("192.0.2.7").Behave(checktest.Behaviour{Rcode: 2})
	n.DNS("192.0.2.1", acme).Behave(checktest.Behaviour{Recursive: true})
	w := n.World("192.0.2.8", "192.0.2.7", "192.0.2.1")
	w.DNSTimeout = 700 * time.Millisecond
	c := resolve.New(t.Context(), w)
	a := c.Lookup(t.Context(), "acme.test", resolve.TypeMX)
	if a.Outcome != resolve.OK || a.Server.Addr != "192.0.2.1:53" {
		t.Errorf("%s from %s", a.Outcome, a.Server.Addr)
	}
	if a.Took > 600*time.Millisecond {
		t.Errorf("waited %v", a.Took)
	}
	if r := c.Recheck(t.Context(), a); r.Server.Addr == a.Server.Addr {
		t.Error("Recheck asks the same resolver")
	}
	if a := resolve.New(t.Context(), n.World()).Lookup(t.Context(), "acme.test", resolve.TypeMX); a.Outcome != resolve.Network {
		t.Errorf("without a resolver: %s", a.Outcome)
	}
}

func TestZoneFindsTheCutAndItsServers(t *testing.T) {
	s, w := start(t)
	s.Behave(checktest.Behaviour{Recursive: true})
	for _, domain := range []string{"acme.test", "mail.acme.test", "a.b.c.acme.test", "www.acme.test"} {
		z := resolve.New(t.Context(), w).Zone(t.Context(), domain)
		if z.Outcome != resolve.OK || z.Name != "acme.test" || len(z.Servers) != 2 {
			t.Fatalf("%s: zone %q, %s (%s), servers %v", domain, z.Name, z.Outcome, z.Why, z.Servers)
		}
		if s := z.Servers[1]; s.Name != "ns2.example.net" || len(s.Addrs) != 2 {
			t.Errorf("%s: second server %+v", domain, s)
		}
	}
	if z := resolve.New(t.Context(), w).Zone(t.Context(), "nowhere.invalid"); z.Outcome != resolve.Enclosed || z.Outcome.Conclusive() {
		t.Errorf("a resolver that knows not even com is believed: %s", z.Outcome)
	}
	world := checktest.New(t)
	for _, ip := range []string{"192.0.2.1", "192.0.2.2"} {
		world.DNS(ip, "$ORIGIN com.\n@ 60 IN SOA ns1 h. 1 1 1 1 60\n").Behave(checktest.Behaviour{Recursive: true})
	}
	if z := resolve.New(t.Context(), world.World("192.0.2.1", "192.0.2.2")).Zone(t.Context(), "nowhere.invalid"); z.Outcome != resolve.NXDomain {
		t.Errorf("a domain that does not exist: %s", z.Outcome)
	}
	world.BlackHole("192.0.2.9:53")
	short := world.World("192.0.2.1", "192.0.2.9")
	short.DNSTimeout = 100 * time.Millisecond
	if z := resolve.New(t.Context(), short).Zone(t.Context(), "nowhere.invalid"); z.Outcome.Conclusive() {
		t.Errorf("the word of one resolver is taken for proof: %s", z.Outcome)
	}
	s.Behave(checktest.Behaviour{Rcode: 2})
	if z := resolve.New(t.Context(), w).Zone(t.Context(), "acme.test"); z.Outcome != resolve.ServFail {
		t.Errorf("SERVFAIL: %s", z.Outcome)
	}
}

func TestName(t *testing.T) {
	good := map[string]string{
		"Example.COM.":                 "example.com",
		"bücher.example":               "xn--bcher-kva.example",
		"_netblocks.mimecast.com":      "_netblocks.mimecast.com",
		" a.example ":                  "a.example",
		"ＥＸＡＭＰＬＥ.com":                  "example.com",
		strings.Repeat("a", 63) + ".b": strings.Repeat("a", 63) + ".b",
	}
	for in, want := range good {
		if got, err := resolve.Name(in); err != nil || got != want {
			t.Errorf("Name(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", ".", "a b.example", "https://example.com", "a..b", ".a", "user@example.com", "a\\.b",
		strings.Repeat("a", 64) + ".b", strings.Repeat("a.", 130) + "b", "a;b.example", "a\x1b[2J.example", "*.example",
	} {
		if got, err := resolve.Name(in); err == nil {
			t.Errorf("Name(%q) = %q, want an error", in, got)
		}
	}
}

func TestParseResolver(t *testing.T) {
	for in, want := range map[string]check.Resolver{
		"192.0.2.1":          {Name: "192.0.2.1", Addr: "192.0.2.1:53"},
		"192.0.2.1:5353":     {Name: "192.0.2.1:5353", Addr: "192.0.2.1:5353"},
		"192.0.2.1:53":       {Name: "192.0.2.1", Addr: "192.0.2.1:53"},
		"2001:db8::1":        {Name: "2001:db8::1", Addr: "[2001:db8::1]:53"},
		"[2001:db8::1]:5353": {Name: "[2001:db8::1]:5353", Addr: "[2001:db8::1]:5353"},
	} {
		if got, err := resolve.ParseResolver(in); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "dns.example", "192.0.2.1:0", "192.0.2.1:99999", "1.2.3"} {
		if got, err := resolve.ParseResolver(in); err == nil {
			t.Errorf("%q gives %+v", in, got)
		}
	}
	rs := resolve.DefaultResolvers([]string{"192.0.2.7:5353", "1.1.1.1", "rubbish"})
	var public, extra, twice int
	for _, r := range rs {
		switch r.Addr {
		case "1.1.1.1:53":
			twice++
		case "8.8.8.8:53", "9.9.9.9:53":
			public++
		case "192.0.2.7:5353":
			extra++
		}
	}
	if public != 2 || extra != 1 || twice != 1 {
		t.Errorf("default resolvers %+v", rs)
	}
}

func TestSpecial(t *testing.T) {
	for in, want := range map[string]string{
		"127.0.0.1": "loopback", "::1": "loopback", "10.1.2.3": "private", "192.168.0.1": "private", "fd00::1": "private",
		"0.0.0.0": "unspecified", "::": "unspecified", "0.1.2.3": "unspecified", "169.254.1.1": "link-local",
		"100.64.0.1": "shared", "224.0.0.1": "multicast", "250.0.0.1": "reserved", "::ffff:10.0.0.1": "private",
		"203.0.113.9": "", "2001:db8::1": "", "8.8.8.8": "",
	} {
		got := resolve.Special(netip.MustParseAddr(in))
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("Special(%s) = %q, want %q", in, got, want)
		}
	}
}

// The resolver that answers quickest is asked first once that is known.
func TestLookupAsksTheQuickestFirst(t *testing.T) {
	zone := "$ORIGIN acme.test.\n@ 60 IN SOA ns1 h. 1 1 1 1 1\n@ 60 IN MX 10 mail\nmail 60 IN A 192.0.2.9\n"
	n := checktest.New(t)
	slow, quick := n.DNS("198.51.100.1", zone), n.DNS("198.51.100.2", zone)
	slow.Behave(checktest.Behaviour{Recursive: true, Delay: 50 * time.Millisecond})
	quick.Behave(checktest.Behaviour{Recursive: true})
	w := n.World("198.51.100.1", "198.51.100.2")
	c := resolve.New(t.Context(), w)
	for _, r := range w.Resolvers {
		c.Ask(t.Context(), r, "acme.test", resolve.TypeMX, true)
	}
	if a := c.Lookup(t.Context(), "mail.acme.test", resolve.TypeA); a.Outcome != resolve.OK || a.Server.Name != "198.51.100.2" || slow.Asked("mail.acme.test", "A") != 0 {
		t.Errorf("%s from %s, the slow one asked %d times", a.Outcome, a.Server.Name, slow.Asked("mail.acme.test", "A"))
	}
}
