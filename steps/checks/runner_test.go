package checks_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/checks"
	"mxodus/steps/region"
)

// small is one domain after its change, at one name server and one resolver.
func small(t *testing.T) (*checktest.Internet, *check.World, check.Input) {
	t.Helper()
	n := checktest.New(t)
	z := acmeZone("acme.example", "@ 300 IN MX 10 au-smtp-inbound-1.mimecast.com.\n@ 300 IN MX 10 au-smtp-inbound-2.mimecast.com.\n")
	n.DNS("192.0.2.1", z)
	n.DNS("198.51.100.1", z, plainHosts, gatewayHosts).Behave(checktest.Behaviour{Recursive: true})
	w := n.World("198.51.100.1")
	w.SMTPTimeout = 300 * time.Millisecond
	target, _ := region.Find("au")
	return n, w, check.Input{Phase: check.During, Domains: []string{"acme.example"}, Target: target, Platform: "on_prem", ChangedAt: time.Now().Add(-time.Minute)}
}

// TestProgressCountsUpToAll: what a screen shows as "n of m" only grows, never
// passes m and ends at it, for every check.
func TestProgressCountsUpToAll(t *testing.T) {
	n, w, in := small(t)
	ca := checktest.NewCA(t)
	w.Roots = ca.Roots()
	for _, a := range []string{"203.0.113.21", "203.0.113.22"} {
		n.SMTP(a, checktest.Script{Name: "au-smtp-inbound-1.mimecast.com", Cert: ca.Issue(time.Now().Add(time.Hour), "*.mimecast.com")})
	}
	for _, phase := range []check.Phase{check.Before, check.During} {
		in.Phase = phase
		for _, c := range checks.All(w) {
			if strings.HasPrefix(c.ID(), "FW-") {
				continue
			}
			var mu sync.Mutex
			var last check.Progress
			r := check.Runner{}.Run(t.Context(), []check.Check{c}, in, func(e check.Event) {
				mu.Lock()
				defer mu.Unlock()
				if p := e.Progress; p != nil {
					if p.Done > p.Total || p.Done < last.Done || p.Check != c.ID() {
						t.Errorf("%s: %d of %d after %d of %d", c.ID(), p.Done, p.Total, last.Done, last.Total)
					}
					last = *p
				}
			})[0]
			if last.Done != last.Total {
				t.Errorf("%s %s ends at %d of %d (%s)", c.ID(), phase, last.Done, last.Total, r.Outcome)
			}
		}
	}
}

// TestAFaultInTheNetworkLayerStopsNoProgram: a dialer that panics makes results
// that could not be told, and nothing more.
func TestAFaultInTheNetworkLayerStopsNoProgram(t *testing.T) {
	_, w, in := small(t)
	dial := w.Dialer
	for _, only := range []string{"udp", "tcp", ""} {
		w.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if only == "" || network == only {
				panic("no such thing")
			}
			return dial(ctx, network, addr)
		}
		for _, r := range (check.Runner{}).Run(t.Context(), checks.All(w), in, nil) {
			if r.Outcome == check.Fail {
				t.Errorf("%s over %q: %s %q", r.Check, only, r.Outcome, r.Summary)
			}
		}
	}
}
