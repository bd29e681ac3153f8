package resolve

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"mxodus/steps/check"
)

// hedge is how long one resolver may think before the next is asked as well.
const hedge = 250 * time.Millisecond

// Lookup asks the world's resolvers for a name and returns the first
// conclusive answer, or else the last failure. Public resolvers come first:
// the machine's own may show an inner view of the organisation's own domain.
func (c *Client) Lookup(ctx context.Context, name string, t Type) Answer {
	return c.first(ctx, c.order(), name, t)
}

// Recheck asks the resolvers other than the one that gave a. One resolver's
// "no such name" is no proof: some filter, some are stale.
func (c *Client) Recheck(ctx context.Context, a Answer) Answer {
	var rs []check.Resolver
	for _, r := range c.order() {
		if r.Addr != a.Server.Addr {
			rs = append(rs, r)
		}
	}
	return c.first(ctx, rs, a.Name, a.Type)
}

// Believe is the answer to go by where a said that there is no such name or no
// such record: another resolver may know it, or may not be able to tell. Where
// even the top-level domain com does not exist for them, the resolvers show a
// network of their own, and what is missing there may well exist outside
// (Enclosed).
func (c *Client) Believe(ctx context.Context, a Answer) Answer {
	if a.Outcome != NXDomain && a.Outcome != NoData || !a.Recursive {
		return a
	}
	if len(c.w.Resolvers) > 1 {
		if again := c.Recheck(ctx, a); again.Outcome == OK || !again.Outcome.Conclusive() {
			return again
		}
	}
	if a.Outcome == NXDomain && !a.zoned() {
		if top := c.Ask(ctx, a.Server, "com", TypeSOA, true); top.Outcome == NXDomain {
			a.Outcome, a.Why = Enclosed, Enclosed.Words()
		}
	}
	return a
}

// zoned reports that an answer names the zone which lacks the name (RFC 2308
// section 2.1).
func (a Answer) zoned() bool {
	return slices.ContainsFunc(a.Authority, func(r Record) bool {
		return r.Type == TypeSOA && r.Name != "." && within(a.Name, r.Name)
	})
}

func (c *Client) first(ctx context.Context, rs []check.Resolver, name string, t Type) Answer {
	if len(rs) == 0 {
		return Answer{Name: tidy(name), Type: t, Outcome: Network, Why: "there is no DNS resolver to ask", At: c.w.Clock()}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan Answer, len(rs))
	next, pending := 0, 0
	start := func() {
		if next < len(rs) {
			srv := rs[next]
			next++
			pending++
			go func() { answers <- c.Ask(ctx, srv, name, t, true) }()
		}
	}
	start()
	tick := time.NewTicker(hedge)
	defer tick.Stop()
	var last Answer
	for {
		select {
		case a := <-answers:
			pending--
			if a.Outcome.Conclusive() || a.Outcome == Cancelled {
				return a
			}
			if last.Outcome == "" || last.Outcome == NotAsked {
				last = a
			}
			start()
			if pending == 0 {
				return last
			}
		case <-tick.C:
			start()
		}
	}
}

// order puts resolvers that have answered before others, the quickest first,
// and the system's last.
func (c *Client) order() []check.Resolver {
	var good, fresh, own, silent []check.Resolver
	took := map[string]time.Duration{}
	for _, r := range c.w.Resolvers {
		s := c.server(r.Addr)
		s.mu.Lock()
		alive, dead := s.alive, s.dead()
		took[r.Addr] = s.took
		s.mu.Unlock()
		switch {
		case dead:
			silent = append(silent, r)
		case r.Name == System:
			own = append(own, r)
		case alive:
			good = append(good, r)
		default:
			fresh = append(fresh, r)
		}
	}
	slices.SortStableFunc(good, func(a, b check.Resolver) int { return cmp.Compare(took[a.Addr], took[b.Addr]) })
	return append(append(append(good, fresh...), own...), silent...)
}

// Addresses looks up A and AAAA side by side.
func (c *Client) Addresses(ctx context.Context, name string) (v4, v6 Answer) {
	var wg sync.WaitGroup
	wg.Add(2)
	go func() { defer wg.Done(); v4 = c.Lookup(ctx, name, TypeA) }()
	go func() { defer wg.Done(); v6 = c.Lookup(ctx, name, TypeAAAA) }()
	wg.Wait()
	return v4, v6
}
