package demo_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxodus/steps/check"
	"mxodus/steps/check/gateway"
	"mxodus/steps/demo"
	"mxodus/steps/region"
)

func ask(t *testing.T, w *check.World, server, name string, typ uint16) *dns.Msg {
	t.Helper()
	c, err := w.Dial(context.Background(), "udp", server)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	conn := &dns.Conn{Conn: c}
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(name), typ)
	if err := conn.WriteMsg(q); err != nil {
		t.Fatal(err)
	}
	m, err := conn.ReadMsg()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func hosts(m *dns.Msg) []string {
	var out []string
	for _, rr := range m.Answer {
		if mx, ok := rr.(*dns.MX); ok {
			out = append(out, mx.Mx)
		}
	}
	return out
}

func TestChangingTheMXReachesTheServersInTheirOrder(t *testing.T) {
	w, err := demo.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	const domain, old = "tidewater.example", "eu-smtp-inbound-1.mimecast.com."
	cache := w.Check.Resolvers[0].Addr
	for _, s := range []string{"192.0.2.53:53", "192.0.2.54:53", cache} {
		if h := hosts(ask(t, w.Check, s, domain, dns.TypeMX)); len(h) != 2 || h[0] != old {
			t.Fatalf("%s before the change: %v", s, h)
		}
	}
	au, _ := region.Find("au")
	w.ChangeMX([]string{domain}, au)
	const planned = "au-smtp-inbound-1.mimecast.com."
	if h := hosts(ask(t, w.Check, "192.0.2.53:53", domain, dns.TypeMX)); len(h) != 2 || h[0] != planned {
		t.Errorf("primary after the change: %v", h)
	}
	for _, s := range []string{"192.0.2.54:53", cache} {
		if h := hosts(ask(t, w.Check, s, domain, dns.TypeMX)); len(h) != 2 || h[0] != old {
			t.Errorf("%s must lag behind: %v", s, h)
		}
	}
	w.Skip(time.Hour) // the cache's entry has run out by then
	if h := hosts(ask(t, w.Check, cache, domain, dns.TypeMX)); len(h) != 2 || h[0] != planned {
		t.Errorf("resolver after the TTL: %v", h)
	}
}

func TestGatewayAnswersAndNothingLeaves(t *testing.T) {
	w, err := demo.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	m := ask(t, w.Check, "192.0.2.1:53", "eu-smtp-inbound-1.mimecast.com", dns.TypeA)
	if len(m.Answer) != 1 {
		t.Fatalf("no address: %v", m)
	}
	addr := m.Answer[0].(*dns.A).A.String()
	c, err := w.Check.Dial(context.Background(), "tcp", net.JoinHostPort(addr, "25"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 64)
	n, err := c.Read(buf)
	if err != nil || string(buf[:4]) != "220 " {
		t.Errorf("banner %q, %v", buf[:n], err)
	}
	if _, err := w.Check.Dial(context.Background(), "tcp", "8.8.8.8:53"); err == nil {
		t.Error("an address outside the made-up world was dialled")
	}
}

// TestEveryRegionShowsACertificateOfItsOwn: no check of one region speaks of the
// hosts of another.
func TestEveryRegionShowsACertificateOfItsOwn(t *testing.T) {
	w, err := demo.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, id := range []string{"eu", "au"} {
		target, _ := region.Find(id)
		in := check.Input{Phase: check.During, Now: w.Now(), Domains: []string{"tidewater.example"}, Target: target, Platform: "on_prem"}
		for _, c := range gateway.Checks(w.Check) {
			r := check.Runner{}.Run(t.Context(), []check.Check{c}, in, nil)[0]
			if r.Outcome != check.Pass && len(r.Tables) > 0 {
				t.Errorf("%s of %s: %s %q", c.ID(), id, r.Outcome, r.Summary)
			}
			if all := fmt.Sprint(r.Tables, r.Findings, r.Evidence); strings.Contains(all, "us-smtp") || strings.Contains(all, "us-api") {
				t.Errorf("%s of %s speaks of another region: %s", c.ID(), id, all)
			}
		}
	}
}
