// Package gateway checks whether the mail hosts of a region can be reached on
// port 25 from here: connection, greeting, EHLO, STARTTLS and certificate. It
// never begins a mail.
//
// What it sees is seen from this machine. A network that blocks port 25, or
// that puts a filter of its own in the way, is told apart from a gateway that
// does not answer, because the two are for different people to mend.
package gateway

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
	"mxodus/steps/region"
)

const (
	maxAddrs = 4 // addresses of one host that are connected to
	atOnce   = 8 // connections at once
)

// Checks are the gateway checks over one world.
func Checks(w *check.World) []check.Check {
	return []check.Check{
		&gatewayCheck{w, "GW-SMTP", "The gateway's inbound hosts answer", "inbound", inbound},
		&gatewayCheck{w, "GW-OUT", "The hosts you send through answer", "sending", smartHosts},
		&gatewayCheck{w, "GW-JRN", "The journal hosts answer", "journal", journal},
	}
}

// wanted is a group of hosts that a check is about; the table of regions may
// not know them, and then no others take their place.
type wanted struct {
	kind  string // as in "inbound hosts of Europe"
	hosts []string
}

func inbound(in check.Input) []wanted { return []wanted{{"inbound hosts", in.Target.InboundMX}} }
func journal(in check.Input) []wanted { return []wanted{{"journal hosts", in.Target.Journal}} }

// smartHosts are those that the connectors are made with: Microsoft 365 has
// hosts of its own, the others do not take its mail, and a hybrid sends through
// both.
func smartHosts(in check.Input) []wanted {
	cloud := wanted{"outbound hosts for Microsoft 365", in.Target.OutboundM365}
	servers := wanted{"outbound hosts", in.Target.Outbound}
	switch in.Platform {
	case "m365":
		return []wanted{cloud}
	case "hybrid_m365":
		return []wanted{cloud, servers}
	}
	return []wanted{servers}
}

type gatewayCheck struct {
	w         *check.World
	id, title string
	kind      string // of hosts, as in "inbound hosts"
	hosts     func(check.Input) []wanted
}

func (g *gatewayCheck) ID() string { return g.id }

// Scope implements check.Scoped: which hosts are asked depends on the region
// and, for smart hosts, on the platform.
func (g *gatewayCheck) Scope(in check.Input) check.Input {
	return check.Input{Resolvers: in.Resolvers, Target: in.Target, Platform: in.Platform, Domains: in.Domains, Journey: in.Journey}
}

func (g *gatewayCheck) Title() string { return g.title }

// Run implements check.Check.
func (g *gatewayCheck) Run(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result {
	if in.Now.IsZero() {
		in.Now = g.w.Clock()
	}
	w := g.w.For(ctx, in)
	r := &run{g: g, w: w, ctx: ctx, in: in, c: resolve.For(ctx, w), progress: progress}
	for _, want := range g.hosts(in) {
		for _, h := range want.hosts {
			r.hosts = append(r.hosts, &hostView{name: h})
		}
		if len(want.hosts) == 0 {
			r.missing = append(r.missing, g.noHosts(in, want.kind))
		}
	}
	if len(r.hosts) == 0 {
		return check.Result{Outcome: check.Unknown, Summary: r.missing[0].Title, Findings: r.missing[:1]}
	}
	stop := r.watch()
	r.look()
	stop()
	return r.result()
}

func (g *gatewayCheck) noHosts(in check.Input, kind string) check.Finding {
	f := check.Finding{
		Code: g.id + ".region", Severity: check.Advice, Subject: clean.Line(in.Target.Name), Who: check.WhoMimecast,
		Title:  clean.Sprintf("The %s of %s are unknown here", kind, in.Target.Name),
		Saw:    "The table of regions names none",
		Should: "Host names to connect to", IfLeft: "Whether they answer cannot be checked",
		Do: clean.Sprintf("Ask Mimecast for the %s of %s", kind, in.Target.Name),
	}
	if in.Target.ID == "" {
		f.Title, f.Saw, f.Do, f.Who = "No region is chosen yet", "No region is chosen", "Choose the region, then check again", check.WhoTPOC
	}
	return f
}

// hostView is one host and what its addresses said.
type hostView struct {
	name     string
	resolved bool
	v4, v6   resolve.Answer
	special  []string // addresses that are not connected to, with the reason
	talks    []*talkView
}

type talkView struct {
	addr  netip.AddrPort
	began time.Time
	done  bool
	talk
}

// run is one check under way.
type run struct {
	g        *gatewayCheck
	w        *check.World
	ctx      context.Context
	in       check.Input
	c        *resolve.Client
	progress func(check.Progress)
	missing  []check.Finding // kinds of hosts that the table does not know

	mu      sync.Mutex
	hosts   []*hostView
	control []controlView
}

// look resolves the hosts and talks to every address, all side by side.
func (r *run) look() {
	slots := make(chan struct{}, atOnce)
	var g check.Group
	for _, h := range r.hosts {
		g.Go(func() {
			for _, t := range r.resolve(h) {
				g.Go(func() {
					slots <- struct{}{}
					defer func() { <-slots }()
					r.mu.Lock()
					t.began = time.Now()
					r.mu.Unlock()
					res := probe(r.ctx, r.w, h.name, t.addr)
					r.mu.Lock()
					t.talk, t.done = res, true
					r.mu.Unlock()
				})
			}
		})
	}
	g.Wait()
	if allFault(r.hosts, timedOut) || allFault(r.hosts, refused) || allFault(r.hosts, unreachable) {
		r.control = controls(r)
	}
}

func (r *run) resolve(h *hostView) []*talkView {
	v4, v6 := r.c.Addresses(r.ctx, h.name)
	if len(v4.Addrs())+len(v6.Addrs()) == 0 {
		v4 = r.c.Believe(r.ctx, v4) // one resolver's "no such name" is no proof
	}
	port := uint16(25)
	if r.w.SMTPPort > 0 {
		port = uint16(r.w.SMTPPort)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	h.v4, h.v6, h.resolved = v4, v6, true
	for _, a := range append(v4.Addrs(), v6.Addrs()...) {
		if why := resolve.Special(a); why != "" {
			h.special = append(h.special, a.String()+" is "+why)
		} else if len(h.talks) < maxAddrs {
			h.talks = append(h.talks, &talkView{addr: netip.AddrPortFrom(a, port)})
		}
	}
	return append([]*talkView(nil), h.talks...)
}

// allFault reports that no conversation got past connecting, and that all
// failed that way. Addresses without a route (IPv6 on many machines) do not
// count beside others.
func allFault(hosts []*hostView, f fault) bool {
	n := 0
	for _, h := range hosts {
		for _, t := range h.talks {
			if t.fault == unreachable && f != unreachable {
				continue
			}
			if t.fault != f || t.reached != atConnect {
				return false
			}
			n++
		}
	}
	return n > 0
}

// controlView is a connection to port 25 of a host that has nothing to do with
// the ones checked.
type controlView struct {
	host  string
	addr  netip.AddrPort
	fault fault
}

// controls connects to port 25 elsewhere: at the hosts the domain's mail goes
// to now, or at other regions. If nothing there answers either, it is this
// network. Only a connection is made, and closed.
func controls(r *run) []controlView {
	var names []string
	add := func(h string) {
		if h == "." {
			return
		}
		for _, v := range r.hosts {
			if v.name == h {
				return
			}
		}
		names = append(names, h)
	}
	for _, d := range r.in.Domains {
		for _, m := range r.in.MXBefore[d] {
			add(m.Host)
		}
	}
	for _, g := range append([]region.Region{r.in.Source}, region.All()...) {
		if len(g.InboundMX) > 0 && g.ID != r.in.Target.ID {
			add(g.InboundMX[0])
		}
	}
	names = names[:min(len(names), 2)]
	out := make([]controlView, len(names))
	var g check.Group
	for i, h := range names {
		g.Go(func() { out[i] = r.connectOnly(h) })
	}
	g.Wait()
	return out
}

func (r *run) connectOnly(host string) controlView {
	c := controlView{host: host, fault: stopped}
	a := r.c.Lookup(r.ctx, host, resolve.TypeA)
	for _, ip := range a.Addrs() {
		if resolve.Special(ip) != "" {
			continue
		}
		port := uint16(25)
		if r.w.SMTPPort > 0 {
			port = uint16(r.w.SMTPPort)
		}
		c.addr = netip.AddrPortFrom(ip, port)
		ctx, cancel := context.WithTimeout(r.ctx, r.idle())
		defer cancel()
		conn, err := r.w.Dial(ctx, "tcp", c.addr.String())
		if err != nil {
			c.fault, _ = dialFault(r.ctx, err)
			return c
		}
		conn.Close()
		c.fault = none
		return c
	}
	return c
}

func (r *run) idle() time.Duration {
	if r.w.SMTPTimeout > 0 {
		return r.w.SMTPTimeout
	}
	return 10 * time.Second
}

// watch reports the rows as they fill, until stopped.
func (r *run) watch() (stop func()) {
	if r.progress == nil {
		return func() {}
	}
	quit := make(chan struct{})
	var g check.Group
	g.Go(func() {
		t := time.NewTicker(200 * time.Millisecond)
		defer t.Stop()
		for {
			r.progress(r.present())
			select {
			case <-quit:
				r.progress(r.present())
				return
			case <-t.C:
			}
		}
	})
	return func() { close(quit); g.Wait() }
}

func (r *run) present() check.Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	var p check.Progress
	var longest time.Duration
	for _, h := range r.hosts {
		p.Total++
		if h.resolved {
			p.Done++
		}
		for _, t := range h.talks {
			p.Total++
			if t.done {
				p.Done++
			} else if d := time.Since(t.began); !t.began.IsZero() && d > longest {
				longest = d
				p.Waiting = clean.Sprintf("%s, %d s of %s", h.name, int(d/time.Second), fmt.Sprintf("%d s", int(r.idle()/time.Second)))
			}
		}
	}
	p.Tables = []check.Table{table(r.hosts)}
	return p
}
