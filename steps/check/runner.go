package check

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mxodus/steps/clean"
)

// Event is what Runner reports: exactly one of Progress and Result is set.
type Event struct {
	Progress *Progress
	Result   *Result
}

// Runner runs checks side by side, each with its own deadline.
type Runner struct {
	Parallel int           // checks at once; 4 when zero
	Deadline time.Duration // for one check; 60 s when zero
	Now      func() time.Time
}

// Run runs the checks and returns their results in the order of the checks. It
// calls report (which may be nil) from one goroutine at a time. A panicking
// check becomes an Unknown result; so does one that outlives its deadline.
func (r Runner) Run(ctx context.Context, checks []Check, in Input, report func(Event)) []Result {
	var mu sync.Mutex
	tell := func(e Event) {
		if report != nil {
			mu.Lock()
			defer mu.Unlock()
			report(e)
		}
	}
	results := make([]Result, len(checks))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // what a check left running ends with the run
	ctx = withShared(ctx)
	slots := make(chan struct{}, max(1, defaultTo(r.Parallel, 4)))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Add(1)
		slots <- struct{}{} // they begin in the order of the list
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			results[i] = r.one(ctx, c, in, tell)
			tell(Event{Result: &results[i]})
		}()
	}
	wg.Wait()
	return results
}

func (r Runner) one(ctx context.Context, c Check, in Input, tell func(Event)) Result {
	now := r.Now
	if now == nil {
		now = time.Now
	}
	if in.Now.IsZero() {
		in.Now = now()
	}
	limit := defaultTo(r.Deadline, time.Minute)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	started := now()
	if ctx.Err() != nil { // its turn came after the run was stopped
		return Result{
			Check: c.ID(), Title: clean.Shown(c.Title()), Phase: in.Phase, Input: in.FingerprintFor(c), Stopped: true,
			Outcome: Unknown, Summary: stopped(ctx, limit), Started: started.UTC(),
		}
	}
	done := make(chan Result, 1) // buffered: a check that is late must not leak for ever
	var live sync.Mutex
	over := false
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- Result{
					Outcome: Unknown,
					Summary: clean.Sprintf("This check stopped with an internal error: %s", fmt.Sprint(p)),
				}
			}
		}()
		done <- c.Run(ctx, in, func(p Progress) {
			live.Lock()
			defer live.Unlock()
			if !over {
				p.Check = c.ID()
				tell(Event{Progress: &p})
			}
		})
	}()
	var res Result
	select {
	case res = <-done:
	case <-ctx.Done():
		select { // a check that ends on the same tick still counts
		case res = <-done:
		case <-time.After(250 * time.Millisecond):
			res = Result{Outcome: Unknown, Summary: stopped(ctx, limit)}
		}
	}
	live.Lock()
	over = true
	live.Unlock()
	res.Stopped = ctx.Err() == context.Canceled && res.Outcome == Unknown
	res.Check, res.Title = c.ID(), clean.Shown(c.Title())
	res.Phase, res.Input = in.Phase, in.FingerprintFor(c)
	res.Started, res.Took = started.UTC(), now().Sub(started)
	return res
}

func stopped(ctx context.Context, limit time.Duration) clean.Shown {
	if ctx.Err() == context.Canceled {
		return "Stopped before it could finish"
	}
	return clean.Sprintf("No result within %s", limit.String())
}

func defaultTo[T comparable](v, d T) T {
	var zero T
	if v == zero {
		return d
	}
	return v
}
