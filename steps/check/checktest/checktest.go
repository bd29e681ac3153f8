// Package checktest is a small internet on loopback for tests: DNS and SMTP
// servers with real sockets, and a World in which made-up public addresses
// lead to them. Only tests import it.
package checktest

import (
	"context"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"mxodus/steps/check"
)

// TB is the part of testing.TB used here.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Internet maps made-up addresses to servers on loopback.
type Internet struct {
	tb TB

	mu     sync.Mutex
	routes map[string]string // "udp 192.0.2.53:53" -> "127.0.0.1:40000"
	dialed map[string]int
}

// New returns an internet with no servers in it.
func New(tb TB) *Internet {
	return &Internet{tb: tb, routes: map[string]string{}, dialed: map[string]int{}}
}

// Route leads a made-up address, e.g. "192.0.2.53:53", to a real one.
func (n *Internet) Route(made, real string) {
	n.RouteOne("udp", made, real)
	n.RouteOne("tcp", made, real)
}

// RouteOne is Route for udp or tcp alone.
func (n *Internet) RouteOne(network, made, real string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.routes[network+" "+made] = real
}

// Dial opens a connection; addresses without a route are unreachable, as on a
// machine without a network.
func (n *Internet) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	n.mu.Lock()
	real, ok := n.routes[network+" "+addr]
	n.dialed[network+" "+addr]++
	n.mu.Unlock()
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("connect: %w", syscall.ENETUNREACH)}
	}
	if real == silent {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	var d net.Dialer
	return d.DialContext(ctx, network, real)
}

const silent = "silent"

// Silent makes connecting to a TCP address hang until the caller gives up, as
// behind a firewall that drops.
func (n *Internet) Silent(made string) { n.RouteOne("tcp", made, silent) }

// Dialed is how often an address was connected to.
func (n *Internet) Dialed(network, addr string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dialed[network+" "+addr]
}

// World is a world of this internet with the given resolvers, each "name" or
// "address:port" of a route, and short time limits.
func (n *Internet) World(resolvers ...string) *check.World {
	w := &check.World{
		Dialer:      n.Dial,
		DNSTimeout:  2 * time.Second,
		SMTPTimeout: 2 * time.Second,
	}
	for _, r := range resolvers {
		host, _, err := net.SplitHostPort(r)
		if err != nil {
			host, r = r, net.JoinHostPort(r, "53")
		}
		w.Resolvers = append(w.Resolvers, check.Resolver{Name: host, Addr: r})
	}
	return w
}

// BlackHole takes packets and connections for an address (host:port) and never
// answers.
func (n *Internet) BlackHole(made string) {
	n.tb.Helper()
	udp, tcp := listen(n.tb)
	n.Route(made, udp.LocalAddr().String())
	go func() {
		var open []net.Conn
		defer func() {
			for _, c := range open {
				c.Close()
			}
		}()
		for {
			c, err := tcp.Accept()
			if err != nil {
				return
			}
			open = append(open, c)
		}
	}()
	n.tb.Cleanup(func() { udp.Close(); tcp.Close() })
}

// listen opens UDP and TCP on one free loopback port.
func listen(tb TB) (net.PacketConn, net.Listener) {
	tb.Helper()
	var last error
	for range 50 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatalf("listen: %v", err)
		}
		p, err := net.ListenPacket("udp", l.Addr().String())
		if err == nil {
			return p, l
		}
		l.Close()
		last = err
	}
	tb.Fatalf("no port free for both UDP and TCP: %v", last)
	return nil, nil
}
