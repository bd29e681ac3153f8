package check

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"time"
)

// Resolver is one recursive DNS server that is asked.
type Resolver struct {
	Name string // as shown: "system", "1.1.1.1"
	Addr string // host:port
}

// World is how checks reach the network. The demonstration and the tests swap
// the addresses of the servers here and nothing else, so they go through
// exactly the code that real use goes through.
type World struct {
	Resolvers []Resolver
	// Named is set when Resolvers were named for this run of the program: those
	// that a move holds do not take their place.
	Named bool
	// Dialer opens every connection, UDP and TCP; nil is net.Dialer. The
	// address is always an IP address and port.
	Dialer func(ctx context.Context, network, address string) (net.Conn, error)
	// DNSPort is the port asked at authoritative servers; 53 when zero.
	DNSPort int
	// SMTPPort is the port of mail servers; 25 when zero.
	SMTPPort int
	// DNSTimeout bounds one DNS query (default 2 s), SMTPTimeout one SMTP
	// exchange (default 10 s).
	DNSTimeout, SMTPTimeout time.Duration
	// Roots verify certificates; nil is the system's set.
	Roots *x509.CertPool
	Now   func() time.Time
}

// Dial opens a connection.
func (w *World) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if w.Dialer != nil {
		return w.Dialer(ctx, network, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

type worldKey struct {
	w         *World
	resolvers string
}

// For is the world as a check on an input sees it: with the input's resolvers,
// where it has any. All checks of one run get the same one.
func (w *World) For(ctx context.Context, in Input) *World {
	if len(in.Resolvers) == 0 || w.Named {
		return w
	}
	return Shared(ctx, worldKey{w, fmt.Sprint(in.Resolvers)}, func(context.Context) *World {
		own := *w
		own.Resolvers = in.Resolvers
		return &own
	})
}

// Clock returns the present time.
func (w *World) Clock() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}
