//go:build realserver

package mx_test

import (
	"crypto"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxodus/steps/check"
	"mxodus/steps/check/mx"
	"mxodus/steps/check/resolve"
)

// signedZone is a zone with a signature over every set that ends at a time,
// and the DS record of its key.
func signedZone(t *testing.T, text string, until time.Time) (zone, ds string) {
	t.Helper()
	key := &dns.DNSKEY{Hdr: dns.RR_Header{Name: "corp.test.", Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 60}, Flags: 257, Protocol: 3, Algorithm: dns.ECDSAP256SHA256}
	private, err := key.Generate(256)
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string][]dns.RR{"key": {key}}
	var order []string
	p := dns.NewZoneParser(strings.NewReader(text), "", "")
	p.SetDefaultTTL(60)
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		k := fmt.Sprint(rr.Header().Name, rr.Header().Rrtype)
		if len(sets[k]) == 0 {
			order = append(order, k)
		}
		sets[k] = append(sets[k], rr)
	}
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, k := range append(order, "key") {
		set := sets[k]
		sig := &dns.RRSIG{
			Hdr:       dns.RR_Header{Name: set[0].Header().Name, Rrtype: dns.TypeRRSIG, Class: dns.ClassINET, Ttl: set[0].Header().Ttl},
			Inception: uint32(until.Add(-30 * 24 * time.Hour).Unix()), Expiration: uint32(until.Unix()),
			KeyTag: key.KeyTag(), SignerName: "corp.test.", Algorithm: key.Algorithm,
		}
		if err := sig.Sign(private.(crypto.Signer), set); err != nil {
			t.Fatal(err)
		}
		for _, rr := range append(set, sig) {
			fmt.Fprintln(&b, rr)
		}
	}
	return b.String(), strings.ReplaceAll(key.ToDS(dns.SHA256).String(), "\t", " ")
}

// A validating resolver and a zone whose signatures have run out: the checks
// say that it is DNSSEC, and not the network.
func TestRealSignaturesThatHaveRunOut(t *testing.T) {
	needs(t, "nsd", "unbound")
	for name, c := range map[string]struct {
		until   time.Time
		outcome check.Outcome
		want    string
	}{
		"good":    {time.Now().Add(time.Hour), check.Pass, "MX-AUTH.ok ok"},
		"run out": {time.Now().Add(-20 * 24 * time.Hour), check.Fail, "MX-AUTH.dnssec blocker"},
	} {
		t.Run(name, func(t *testing.T) {
			text, ds := signedZone(t, corpZone(1, 60, "au"), c.until)
			port := freePort(t)
			nsd(t, "127.0.0.1", port, text)
			nsd(t, "127.0.0.2", port, text)
			w := &check.World{DNSPort: port}
			for i := range 2 {
				at := freePort(t)
				unbound(t, at, port, fmt.Sprintf("trust-anchor: %q", ds), "domain-insecure: \"mimecast.com.\"", "trust-anchor-signaling: no", "ede: yes")
				w.Resolvers = append(w.Resolvers, check.Resolver{Name: fmt.Sprintf("validating-%d", i+1), Addr: fmt.Sprintf("127.0.0.1:%d", at)})
			}
			until(t, w, check.Resolver{Addr: fmt.Sprintf("127.0.0.1:%d", port)}, false, resolve.TypeSOA, "serial", serialIs(1))
			for _, r := range w.Resolvers {
				until(t, w, r, true, resolve.TypeMX, "start", func(a resolve.Answer) bool { return a.Outcome == resolve.OK || a.Outcome == resolve.ServFail })
			}
			in := check.Input{Phase: check.During, Domains: []string{"corp.test"}, Target: au()}
			r := check.Runner{}.Run(t.Context(), mx.Checks(w)[1:2], in, nil)[0]
			expect(t, r, c.outcome, c.want)
			if saw := string(r.Findings[0].Saw); c.outcome == check.Fail && !strings.Contains(saw, "(DNSSEC ") && !strings.Contains(saw, "(Signature ") {
				t.Errorf("the resolver's own words are missing: %q", saw)
			}
		})
	}
}
