package resolve_test

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/miekg/dns"

	"mxodus/steps/check/checktest"
	"mxodus/steps/check/resolve"
)

// forged is an answer that a forger would like to be believed.
func forged(q *dns.Msg, change func(*dns.Msg)) []byte {
	m := new(dns.Msg)
	m.SetReply(q)
	m.Authoritative = true
	m.Answer = []dns.RR{&dns.MX{
		Hdr:        dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeMX, Class: dns.ClassINET, Ttl: 86400},
		Preference: 1, Mx: "evil.example.",
	}}
	change(m)
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return b
}

func TestForgeriesAreNotBelieved(t *testing.T) {
	changes := map[string]func(*dns.Msg){
		"wrong id":        func(m *dns.Msg) { m.Id++ },
		"wrong name":      func(m *dns.Msg) { m.Question[0].Name = "other.test." },
		"wrong type":      func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeTXT },
		"wrong class":     func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS },
		"no question":     func(m *dns.Msg) { m.Question = nil },
		"two questions":   func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) },
		"not a response":  func(m *dns.Msg) { m.Response = false },
		"another opcode":  func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify },
		"letters guessed": func(m *dns.Msg) { m.Question[0].Name = flip(m.Question[0].Name) },
		"other owner":     func(m *dns.Msg) { m.Answer[0].Header().Name = "other.test." },
		"other class rr":  func(m *dns.Msg) { m.Answer[0].Header().Class = dns.ClassCHAOS },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			s, w := start(t)
			s.Handle(func(network string, q *dns.Msg) ([][]byte, bool) {
				if network == "tcp" {
					return nil, false
				}
				return [][]byte{forged(q, change)}, true
			})
			w.DNSTimeout = 300 * time.Millisecond
			a := ask(t, w, "acme.test", resolve.TypeMX)
			for _, mx := range a.MX() {
				if mx.Host == "evil.example" {
					t.Fatalf("believed: %+v over %s", a.Records, a.Net)
				}
			}
		})
	}
}

func flip(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

func TestTrueAnswerAfterAForgeryIsFound(t *testing.T) {
	s, w := start(t)
	s.Handle(func(network string, q *dns.Msg) ([][]byte, bool) {
		bad := forged(q, func(m *dns.Msg) { m.Id++ })
		good := forged(q, func(m *dns.Msg) { m.Answer[0].(*dns.MX).Mx = "true.example." })
		return [][]byte{bad, good}, network == "udp"
	})
	if a := ask(t, w, "acme.test", resolve.TypeMX); len(a.MX()) != 1 || a.MX()[0].Host != "true.example" || a.Net != "udp" {
		t.Errorf("%s %+v over %s", a.Outcome, a.Records, a.Net)
	}
}

// A flood of blind guesses: the ID has 16 bits and the letters of the name add
// more, so nothing may be believed; and after a few strangers UDP is given up.
func TestFloodOfGuesses(t *testing.T) {
	s, w := start(t)
	s.Handle(func(network string, q *dns.Msg) ([][]byte, bool) {
		if network == "tcp" {
			return nil, false
		}
		packets := make([][]byte, 200)
		for i := range packets {
			var r [2]byte
			_, _ = rand.Read(r[:])
			packets[i] = forged(q, func(m *dns.Msg) {
				m.Id = binary.BigEndian.Uint16(r[:])
				m.Question[0].Name = strings.ToLower(m.Question[0].Name)
			})
		}
		return packets, true
	})
	c := resolve.New(t.Context(), w)
	for i := range 200 {
		name := fmt.Sprintf("host%d.longer-name-for-letters.acme.test", i)
		a := c.Ask(t.Context(), server, name, resolve.TypeMX, false)
		if a.Net != "tcp" || a.Outcome != resolve.NXDomain {
			t.Fatalf("question %d: %s over %s: %+v", i, a.Outcome, a.Net, a.Records)
		}
	}
}

func TestHostileMessages(t *testing.T) {
	loop := func(q *dns.Msg) []byte { // compression pointer to itself
		b, _ := q.Pack()
		b[2] |= 0x80
		b[7] = 1 // one answer
		at := len(b)
		return append(b, 0xc0|byte(at>>8), byte(at), 0, 15, 0, 1, 0, 0, 0, 1, 0, 4, 0, 1, 0xc0, byte(at))
	}
	cases := map[string]func(q *dns.Msg) []byte{
		"nothing":     func(*dns.Msg) []byte { return []byte{} },
		"one byte":    func(*dns.Msg) []byte { return []byte{0} },
		"header only": func(q *dns.Msg) []byte { b, _ := q.Pack(); b[2] |= 0x80; return b[:12] },
		"garbage":     func(*dns.Msg) []byte { b := make([]byte, 900); _, _ = rand.Read(b); return b },
		"garbage after the ID": func(q *dns.Msg) []byte {
			b := make([]byte, 900)
			_, _ = rand.Read(b)
			binary.BigEndian.PutUint16(b, q.Id)
			return b
		},
		"compression loop": loop,
		"counts that lie": func(q *dns.Msg) []byte {
			b, _ := q.Pack()
			b[2] |= 0x80
			b[6], b[7] = 0xff, 0xff
			return b
		},
	}
	for name, make := range cases {
		t.Run(name, func(t *testing.T) {
			s, w := start(t)
			w.DNSTimeout = 200 * time.Millisecond
			s.Handle(func(_ string, q *dns.Msg) ([][]byte, bool) { return [][]byte{make(q)}, true })
			began := time.Now()
			a := ask(t, w, "acme.test", resolve.TypeMX)
			if len(a.Records) != 0 {
				t.Errorf("records from rubbish: %+v", a.Records)
			}
			if d := time.Since(began); d > 2*time.Second {
				t.Errorf("took %v", d)
			}
			_ = a.Raw()
		})
	}
}

func TestLargeAnswers(t *testing.T) {
	var zone strings.Builder
	zone.WriteString("$ORIGIN big.test.\n@ 60 IN SOA ns1.example.net. h. 1 1 1 1 1\n")
	for i := range 1000 {
		fmt.Fprintf(&zone, "@ 60 IN MX %d mx%d\n", i, i)
	}
	for range 250 { // about 64 kB of text
		fmt.Fprintf(&zone, "@ 60 IN TXT \"%s\"\n", strings.Repeat("x", 240)+fmt.Sprint(zone.Len()))
	}
	n := checktest.New(t)
	n.DNS("192.0.2.1", zone.String())
	w := n.World("192.0.2.1")
	a := ask(t, w, "big.test", resolve.TypeMX)
	if len(a.MX()) != 1000 || a.Net != "tcp" || a.Cut {
		t.Errorf("%s: %d records over %s", a.Outcome, len(a.MX()), a.Net)
	}
	txt := ask(t, w, "big.test", resolve.TypeTXT)
	if len(txt.Records) != 250 {
		t.Errorf("%d TXT records", len(txt.Records))
	}
	if raw := txt.Raw(); len(raw) < 60000 {
		t.Errorf("raw text of %d bytes", len(raw))
	}
}

func TestControlCharactersInNamesAndText(t *testing.T) {
	s, w := start(t)
	s.Handle(func(_ string, q *dns.Msg) ([][]byte, bool) {
		m := new(dns.Msg)
		m.SetReply(q)
		h := dns.RR_Header{Name: q.Question[0].Name, Rrtype: q.Question[0].Qtype, Class: dns.ClassINET, Ttl: 1<<32 - 1}
		if h.Rrtype == dns.TypeMX {
			m.Answer = []dns.RR{&dns.MX{Hdr: h, Mx: `a\027[2J\000\.b\155c.EXAMPLE.`}}
		} else {
			m.Answer = []dns.RR{&dns.TXT{Hdr: h, Txt: []string{`\027]0;title\007\013OK`}}}
		}
		b, err := m.Pack()
		if err != nil {
			t.Error(err)
		}
		return [][]byte{b}, true
	})
	mx := ask(t, w, "acme.test", resolve.TypeMX)
	if len(mx.MX()) != 1 || mx.MX()[0].Host != `a\027[2j\000\.b\155c.example` || mx.MX()[0].TTL != 0 {
		t.Errorf("MX %+v", mx.Records)
	}
	txt := ask(t, w, "acme.test", resolve.TypeTXT)
	if len(txt.Records) != 1 || txt.Records[0].Text != "\x1b]0;title\x07\rOK" {
		t.Errorf("TXT %+v", txt.Records)
	}
	for _, raw := range []string{string(mx.Raw()), string(txt.Raw())} {
		if strings.ContainsFunc(raw, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
			t.Errorf("control characters in %q", raw)
		}
	}
	// The escaped host can itself be asked for.
	if a := ask(t, w, mx.MX()[0].Host, resolve.TypeTXT); a.Outcome != resolve.OK {
		t.Errorf("asking the escaped name: %s (%s)", a.Outcome, a.Why)
	}
}
