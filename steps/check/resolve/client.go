package resolve

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mxodus/steps/check"
)

const (
	inAll      = 64 // questions under way at once, over all servers
	unproven   = 2  // questions under way at a server that has not answered yet
	proven     = 16 // and at one that has
	missNew    = 2  // silences after which a server is not asked again
	missProven = 6  // the same for one that has answered in this run
)

// Client asks DNS servers for one run: it remembers every answer, asks the same
// question once, and stops asking servers that stay silent. It is safe for use
// by several goroutines.
type Client struct {
	w     *check.World
	ctx   context.Context // of the run: a question may serve several callers
	slots chan struct{}

	mu      sync.Mutex
	flights map[key]*flight
	servers map[string]*server
}

type key struct {
	addr, name string
	t          Type
	recursive  bool
	unchecked  bool // DNSSEC is not to be checked (CD, RFC 4035 section 3.2.2)
}

type flight struct {
	done chan struct{}
	ans  Answer
}

// New returns a client whose questions end with ctx.
func New(ctx context.Context, w *check.World) *Client {
	return &Client{
		w: w, ctx: ctx, slots: make(chan struct{}, inAll),
		flights: map[key]*flight{}, servers: map[string]*server{},
	}
}

type clientKey struct{ w *check.World }

// For returns the client that all checks of the present run share.
func For(ctx context.Context, w *check.World) *Client {
	return check.Shared(ctx, clientKey{w}, func(ctx context.Context) *Client { return New(ctx, w) })
}

// Ask asks one server. It returns soon after ctx ends, with Cancelled.
func (c *Client) Ask(ctx context.Context, srv check.Resolver, name string, t Type, recursive bool) Answer {
	return c.ask(ctx, srv, key{srv.Addr, tidy(name), t, recursive, false})
}

// AskUnchecked asks a resolver not to check DNSSEC. Where it answers so what it
// refuses otherwise with SERVFAIL, the signatures of the zone do not hold.
func (c *Client) AskUnchecked(ctx context.Context, srv check.Resolver, name string, t Type) Answer {
	return c.ask(ctx, srv, key{srv.Addr, tidy(name), t, true, true})
}

func (c *Client) ask(ctx context.Context, srv check.Resolver, k key) Answer {
	c.mu.Lock()
	f, ok := c.flights[k]
	if !ok {
		f = &flight{done: make(chan struct{})}
		c.flights[k] = f
		go c.fly(f, srv, k)
	}
	c.mu.Unlock()
	select {
	case <-f.done:
		ans := f.ans
		ans.Server = srv
		return ans
	case <-ctx.Done():
		return Answer{
			Server: srv, Name: k.name, Type: k.t, Recursive: k.recursive, Unchecked: k.unchecked,
			Outcome: Cancelled, Why: "stopped before the answer came", At: c.w.Clock(),
		}
	}
}

// fly carries one question out.
func (c *Client) fly(f *flight, srv check.Resolver, k key) {
	defer close(f.done)
	a := &f.ans
	*a = Answer{Server: srv, Name: k.name, Type: k.t, Recursive: k.recursive, Unchecked: k.unchecked}
	defer func() {
		if p := recover(); p != nil {
			a.Outcome, a.Records, a.Why = Malformed, nil, fmt.Sprint("cannot be read: ", p)
		}
		if a.At.IsZero() {
			a.At = c.w.Clock()
		}
	}()
	s := c.server(srv.Addr)
	if why := s.enter(c.ctx); why != "" {
		a.Outcome, a.Why = why, why.Words()
		if why == NotAsked {
			a.Why = s.givenUp()
		}
		return
	}
	c.slots <- struct{}{}
	began := time.Now()
	s.started(k, began)
	r := exchange(c.ctx, c.w, k, c.limit())
	<-c.slots
	a.At, a.Took, a.Net, a.wire = c.w.Clock(), time.Since(began), r.net, r.wire
	if r.err == nil {
		a.read(r.msg)
	} else {
		a.Outcome, a.Why = c.classify(r)
	}
	s.leave(k, a.Took, r.err == nil, a.Outcome == Timeout || a.Outcome == Network || !r.heard, a.Outcome == Network)
}

func (c *Client) limit() time.Duration {
	if c.w.DNSTimeout > 0 {
		return c.w.DNSTimeout
	}
	return 2 * time.Second
}

func (c *Client) classify(r attempt) (Outcome, string) {
	var bad *badAnswer
	switch {
	case c.ctx.Err() != nil:
		return Cancelled, "stopped before the answer came"
	case errors.As(r.err, &bad):
		return Malformed, bad.why
	case errors.Is(r.err, errStrangers):
		return Malformed, "only answers came that do not belong to the question, and none over TCP"
	case errors.Is(r.err, errTruncated), errors.Is(r.err, errCase):
		return Timeout, r.err.Error() + ", and no answer came over TCP"
	case errors.Is(r.err, errEDNS):
		return Malformed, "the server calls the question malformed"
	case isTimeout(r.err):
		return Timeout, fmt.Sprintf("no answer in %s", c.limit())
	}
	return Network, r.err.Error()
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}

func (c *Client) server(addr string) *server {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.servers[addr]
	if !ok {
		s = &server{addr: addr, changed: make(chan struct{}), open: map[key]time.Time{}}
		c.servers[addr] = s
	}
	return s
}

// Slowest names the server that has been waited for longest, and how long.
func (c *Client) Slowest() (addr string, waited time.Duration, ok bool) {
	c.mu.Lock()
	servers := make([]*server, 0, len(c.servers))
	for _, s := range c.servers {
		servers = append(servers, s)
	}
	c.mu.Unlock()
	for _, s := range servers {
		if d := s.oldest(); d > waited || d > 0 && d == waited && s.addr < addr {
			addr, waited, ok = s.addr, d, true
		}
	}
	return addr, waited, ok
}

// Limit is how long one question may take.
func (c *Client) Limit() time.Duration { return c.limit() }

// server is what a run knows about one DNS server.
type server struct {
	addr    string
	mu      sync.Mutex
	busy    int
	alive   bool          // has answered in this run
	misses  int           // questions in vain since the last answer
	silent  bool          // one of them was not refused but left without an answer
	took    time.Duration // the last answer
	changed chan struct{}
	open    map[key]time.Time
}

func (s *server) dead() bool {
	if s.alive {
		return s.misses >= missProven
	}
	return s.misses >= missNew
}

// enter waits for a place in the queue of the server. It returns NotAsked when
// the server is found to be dead and Cancelled when ctx ends.
func (s *server) enter(ctx context.Context) Outcome {
	for {
		s.mu.Lock()
		limit := unproven - s.misses // so that no third is sent while the second is out
		if s.alive {
			limit = proven
		}
		switch {
		case ctx.Err() != nil:
			s.mu.Unlock()
			return Cancelled
		case s.dead():
			s.mu.Unlock()
			return NotAsked
		case s.busy < limit:
			s.busy++
			s.mu.Unlock()
			return ""
		}
		wait := s.changed
		s.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
		}
	}
}

func (s *server) started(k key, at time.Time) {
	s.mu.Lock()
	s.open[k] = at
	s.mu.Unlock()
}

// givenUp says why a dead server is not asked again.
func (s *server) givenUp() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent {
		return afterSilence
	}
	return afterRefusal
}

func (s *server) leave(k key, took time.Duration, answered, missed, unreached bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	delete(s.open, k)
	switch {
	case answered:
		s.alive, s.misses, s.silent, s.took = true, 0, false, took
	case missed:
		s.misses++
		s.silent = s.silent || !unreached
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *server) oldest() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var d time.Duration
	for _, at := range s.open {
		d = max(d, time.Since(at))
	}
	return d
}
