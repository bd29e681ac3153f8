package resolve

import (
	"strings"
	"testing"
	"unicode"

	"github.com/miekg/dns"

	"mxodus/steps/check"
)

// FuzzMessage reads arbitrary bytes as an answer: no panic, only records of the
// name and type asked for, nothing in the raw text that steers a terminal.
func FuzzMessage(f *testing.F) {
	q := new(dns.Msg)
	q.SetQuestion("acme.example.", dns.TypeMX)
	m := new(dns.Msg)
	m.SetReply(q)
	for _, line := range []string{"acme.example. 60 IN MX 10 a.example.", "acme.example. 60 IN CNAME b.example.", "b.example. 60 IN TXT \"x\\000y\"", "acme.example. 60 IN SOA a. b. 1 2 3 4 5"} {
		rr, err := dns.NewRR(line)
		if err != nil {
			f.Fatal(err)
		}
		m.Answer = append(m.Answer, rr)
		m.Ns = append(m.Ns, rr)
	}
	b, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		a := Answer{Name: "acme.example", Type: TypeMX, wire: b, Server: check.Resolver{Addr: "192.0.2.1:53"}}
		var m dns.Msg
		if m.Unpack(b) == nil {
			_ = fits(q, &m)
			a.read(&m)
		}
		end := a.Name
		if len(a.Chain) > 0 {
			end = a.Chain[len(a.Chain)-1]
		}
		for _, r := range a.Records {
			if r.Type != TypeMX || r.Name != end || r.TTL > 1<<31-1 {
				t.Fatalf("believed %+v", r)
			}
			if strings.ContainsFunc(r.Host, func(c rune) bool { return c < 0x20 || c > 0x7e }) {
				t.Fatalf("host %q", r.Host)
			}
		}
		if strings.ContainsFunc(string(a.Raw()), func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
			t.Fatalf("raw %q", a.Raw())
		}
	})
}

// FuzzName: what is accepted can be asked for and stays as it is.
func FuzzName(f *testing.F) {
	for _, s := range []string{"acme.example", "bücher.example.", "_x.y", "a..b", "xn--bcher-kva.example", "ａ.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Name(s)
		if err != nil {
			return
		}
		if again, err := Name(n); err != nil || again != n {
			t.Fatalf("%q gives %q, that gives %q, %v", s, n, again, err)
		}
		if _, _, err := query(key{name: n, t: TypeMX, recursive: true}, true); err != nil {
			t.Fatalf("%q cannot be asked: %v", n, err)
		}
	})
}
