// Package demo is a small internet of its own on loopback, on which the whole
// wizard can be tried with no network: name servers (a secondary that lags, a
// slow and a stale resolver, caches that run down), the gateways of every
// region and the organisation's own mail server. Checks reach it through the
// same code as the real world; only World.Dialer differs.
package demo

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/miekg/dns"

	"mxodus/steps/check"
	"mxodus/steps/region"
)

// World is the running demonstration.
type World struct {
	Check *check.World

	zone    *zone
	mu      sync.RWMutex
	old     *zone     // what the lagging secondary still serves; nil when level
	oldTill time.Time // when it catches up
	locked  map[string]bool
	slow    time.Duration // how long the slow resolver thinks
	skipped time.Duration // how far the demonstration's clock is ahead
	untold  time.Duration // of that, what News has not told yet

	routes map[string]string // made-up address and port -> loopback
	stops  []func()
}

// lag is how long the second name server stays behind after a change.
const lag = 12 * time.Second

// Start brings the servers up.
func Start() (*World, error) {
	w := &World{zone: newZone(), routes: map[string]string{}, locked: map[string]bool{}, slow: 900 * time.Millisecond}
	w.zone.fill()
	if err := w.startDNS(); err != nil {
		w.Close()
		return nil, fmt.Errorf("start the demonstration's name servers: %w", err)
	}
	if err := w.startSMTP(); err != nil {
		w.Close()
		return nil, fmt.Errorf("start the demonstration's mail servers: %w", err)
	}
	w.Check.Dialer = w.dial
	w.Check.Now = w.Now
	return w, nil
}

// Close ends the servers.
func (w *World) Close() {
	for _, stop := range w.stops {
		stop()
	}
	w.stops = nil
}

// Now is the demonstration's clock: the real one, moved ahead by Skip.
func (w *World) Now() time.Time {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return time.Now().Add(w.skipped)
}

// Skip moves the demonstration's clock ahead, so that nobody has to wait days,
// and leaves word of it for News.
func (w *World) Skip(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.skipped += d
	w.untold += d
}

// set moves the clock ahead without a word, to where an earlier visit left it.
func (w *World) set(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.skipped += d
}

// News says, once, by how much the clock was moved on since it was last asked:
// "The demonstration's clock was moved on by 1 day."; "" when it was not.
func (w *World) News() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.untold
	w.untold = 0
	if d <= 0 {
		return ""
	}
	return "The demonstration's clock was moved on by " + inWords(d) + "."
}

// inWords is a length of time to the minute, e.g. "3 days and 1 hour".
func inWords(d time.Duration) string {
	minutes := max(1, int64(d.Round(time.Minute)/time.Minute))
	var parts []string
	for _, u := range []struct {
		size int64
		name string
	}{{24 * 60, "day"}, {60, "hour"}, {1, "minute"}} {
		n := minutes / u.size
		minutes %= u.size
		switch {
		case n == 1:
			parts = append(parts, "1 "+u.name)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", n, u.name))
		}
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return parts[0]
}

// SetSlowness says how long the slow resolver thinks before it answers.
func (w *World) SetSlowness(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slow = d
}

func (w *World) slowness() time.Duration {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.slow
}

// ChangeMX does at the made-up DNS host what the TPOC is told to do: the MX of
// every domain becomes the target region's. The second name server follows a
// little later, and resolvers when their caches run out.
func (w *World) ChangeMX(domains []string, target region.Region) {
	before := w.zone.copyOf()
	for _, d := range domains {
		w.zone.replace(d+".", dns.TypeMX, mxLines(d, target.InboundMX, oldTTL)...)
	}
	till := w.Now().Add(lag)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.old, w.oldTill = before, till
}

// catchUp brings the second name server level at once.
func (w *World) catchUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.old = nil
}

// Lock makes an organisation's own mail server refuse the world at large, as
// it does after the lock-down.
func (w *World) Lock(mailServer string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.locked[mailServer] = true
}

func (w *World) secondary() *zone {
	now := w.Now()
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.old != nil && now.Before(w.oldTill) {
		return w.old
	}
	return w.zone
}

func (w *World) startDNS() error {
	primary := func() *zone { return w.zone }
	slow := &recursor{zone: primary, now: w.Now, delay: w.slowness}
	stale := &recursor{zone: primary, now: w.Now, keep: 90 * time.Second}
	servers := []struct {
		name, addr string
		h          dns.Handler
	}{
		{"", ns1Addr, authority{primary}},
		{"", ns2Addr, authority{w.secondary}},
		{"system", "192.0.2.1", &recursor{zone: primary, now: w.Now}},
		{"stale.resolver.example", "192.0.2.3", stale},
		{"slow.resolver.example", "192.0.2.2", slow},
	}
	w.Check = &check.World{Named: true, DNSTimeout: 2 * time.Second, SMTPTimeout: 5 * time.Second}
	for _, s := range servers {
		addr, stop, err := serveDNS(s.h)
		if err != nil {
			return err
		}
		w.stops = append(w.stops, stop)
		w.routes[net.JoinHostPort(s.addr, "53")] = addr
		if s.name != "" {
			w.Check.Resolvers = append(w.Check.Resolvers, check.Resolver{Name: s.name, Addr: net.JoinHostPort(s.addr, "53")})
		}
	}
	return nil
}

func (w *World) startSMTP() error {
	ca, err := newAuthority(time.Now())
	if err != nil {
		return err
	}
	w.Check.Roots = ca.roots
	for _, r := range region.All() {
		if len(hostsOf(r)) == 0 {
			continue
		}
		cert, err := ca.issue(hostsOf(r)) // each region shows one of its own
		if err != nil {
			return err
		}
		for host, addr := range hostAddresses(r) {
			if err := w.serveSMTP(host, addr, &cert, nil); err != nil {
				return err
			}
		}
	}
	for _, o := range organisations() {
		locked := func() bool {
			w.mu.RLock()
			defer w.mu.RUnlock()
			return w.locked[o.mailServer]
		}
		cert, err := ca.issue([]string{"mail." + o.domains[0]})
		if err != nil {
			return err
		}
		if err := w.serveSMTP("mail."+o.domains[0], o.mailServer, &cert, locked); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) serveSMTP(name, addr string, cert *tls.Certificate, locked func() bool) error {
	s := &smtpServer{name: name, cert: cert, locked: locked}
	if err := s.listen(); err != nil {
		return err
	}
	w.stops = append(w.stops, s.close)
	w.routes[net.JoinHostPort(addr, "25")] = s.ln.Addr().String()
	return nil
}

// dial leads made-up addresses to their loopback servers. There is no way out:
// any other address has no route, so the demonstration sends nothing anywhere.
func (w *World) dial(ctx context.Context, network, address string) (net.Conn, error) {
	to, ok := w.routes[address]
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.EHOSTUNREACH}
	}
	var d net.Dialer
	return d.DialContext(ctx, network, to)
}
