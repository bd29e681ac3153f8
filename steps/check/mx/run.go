// Package mx checks a domain's mail exchangers against the plan: what every
// authoritative server gives, what resolvers still hold in their caches and
// for how long, and whether each record is fit to receive mail.
package mx

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// Checks are the MX checks over one world, in the order a reader wants them.
func Checks(w *check.World) []check.Check {
	return []check.Check{
		&mxCheck{w, "MX-PLAN", "MX records before the change", runPlan},
		&mxCheck{w, "MX-AUTH", "MX at your own name servers", runAuth},
		&mxCheck{w, "MX-PROP", "MX in the caches of resolvers", runProp},
		&mxCheck{w, "MX-LEFT", "No old MX left beside the new ones", runLeft},
		&mxCheck{w, "MX-FORM", "MX records fit to receive mail", runForm},
	}
}

type mxCheck struct {
	w         *check.World
	id, title string
	run       func(*job) check.Result
}

func (c *mxCheck) ID() string    { return c.id }
func (c *mxCheck) Title() string { return c.title }

// Scope implements check.Scoped: rules, ports and consents change no MX record.
func (c *mxCheck) Scope(in check.Input) check.Input {
	return check.Input{Domains: in.Receiving(), Resolvers: in.Resolvers, Target: in.Target, Source: in.Source, Journey: in.Journey}
}

// Run implements check.Check.
func (c *mxCheck) Run(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result {
	if in.Now.IsZero() {
		in.Now = c.w.Clock()
	}
	w := c.w.For(ctx, in)
	j := &job{ctx: ctx, w: w, c: resolve.For(ctx, w), in: in, progress: progress}
	if len(in.Domains) == 0 {
		return check.Result{Outcome: check.Unknown, Summary: "No domain is known yet, so there is nothing to look up"}
	}
	j.in.Domains = in.Receiving()
	if len(j.in.Domains) == 0 {
		return check.Result{Outcome: check.Skipped, Summary: "Every domain of the move only sends, so none has MX records to look at"}
	}
	stop := j.watch()
	defer stop()
	r := c.run(j)
	if n := len(in.Domains) - len(j.in.Domains); n > 0 && r.Outcome != check.Skipped {
		r.Summary += clean.Sprintf("; left out, as %s: %s", map[bool]string{true: "it only sends", false: "they only send"}[n == 1], listed(in.SendOnly, 3))
	}
	return r
}

// job is one check under way.
type job struct {
	ctx      context.Context
	w        *check.World
	c        *resolve.Client
	in       check.Input
	progress func(check.Progress)

	mu     sync.Mutex
	done   int
	total  int
	tables func() []check.Table // of what is known so far; called under mu
	vain   map[string]int       // by resolver: questions without DNSSEC that found nothing either
}

// pulse is how often a screen hears what is being waited for.
const pulse = 200 * time.Millisecond

// watch reports what is being waited for until stopped.
func (j *job) watch() (stop func()) {
	if j.progress == nil {
		return func() {}
	}
	quit := make(chan struct{})
	var g check.Group
	g.Go(func() {
		t := time.NewTicker(pulse)
		defer t.Stop()
		for {
			select {
			case <-quit:
				return
			case <-t.C:
				j.tell()
			}
		}
	})
	return func() { close(quit); g.Wait() }
}

func (j *job) tell() {
	var waiting clean.Shown
	if addr, d, ok := j.c.Slowest(); ok && d >= pulse {
		waiting = clean.Sprintf("%s, %d s of %s", addr, int(d.Round(time.Second)/time.Second), seconds(j.c.Limit()))
	}
	p := check.Progress{Waiting: waiting}
	j.change(func() {
		p.Done, p.Total = j.done, j.total
		if j.tables != nil {
			p.Tables = j.tables()
		}
	})
	j.progress(p)
}

// change alters what is known under the lock: more parts to wait for, or parts
// that are done.
func (j *job) change(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f()
}

// each calls f for every domain, some at once.
func (j *job) each(f func(i int, domain string)) {
	slots := make(chan struct{}, domainsAtOnce)
	var g check.Group
	for i, d := range j.in.Domains {
		slots <- struct{}{}
		g.Go(func() {
			defer func() { <-slots }()
			f(i, d)
		})
	}
	g.Wait()
	if j.progress != nil {
		j.tell()
	}
}

// authorities asks the own servers of every domain and streams the answers
// into the table that draw makes of them.
func (j *job) authorities(draw func([]delegated) []check.Table) []delegated {
	views := make([]delegated, len(j.in.Domains))
	for i, d := range j.in.Domains {
		views[i] = delegated{domain: d, expect: expectation(j.in, d)}
	}
	j.change(func() {
		j.total = len(views)
		if draw != nil {
			j.tables = func() []check.Table { return draw(views) }
		}
	})
	j.each(func(i int, domain string) {
		first := true
		d := lookAuthority(j.ctx, j.c, j.in, domain, func(d delegated) {
			j.change(func() {
				views[i] = d
				if first {
					j.done, j.total = j.done+1, j.total+len(d.servers)
					first = false
					for _, s := range d.servers {
						if !s.pending {
							j.done++
						}
					}
				} else {
					j.done++
				}
			})
		})
		j.change(func() { views[i] = d })
	})
	return views
}

// conclude sets the outcome from the findings: a blocker fails, a risk warns.
// unsure is used when nothing worse was found.
func conclude(r *check.Result, unsure check.Outcome) {
	switch r.Worst() {
	case check.Blocker:
		r.Outcome = check.Fail
	case check.Risk:
		r.Outcome = check.Warn
		if unsure != check.Pass {
			r.Outcome = unsure
		}
	default:
		r.Outcome = unsure
	}
}

// keepEvidence bounds what a result carries; what failed comes first because
// callers put it first.
const keepEvidence = 400

func bound(ev []check.Evidence) []check.Evidence {
	return ev[:min(len(ev), keepEvidence)]
}

func data(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return nil // plain values only; a check must not fail for its extra
	}
	return b
}
