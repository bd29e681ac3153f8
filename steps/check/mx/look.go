package mx

import (
	"context"
	"net/netip"
	"sync"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
)

// domainsAtOnce bounds how many domains are looked at side by side; the client
// bounds the questions to each server.
const domainsAtOnce = 16

// authority is what one address of an authoritative server says.
type authority struct {
	ns      string
	addr    netip.Addr
	mx, soa resolve.Answer
	set     []check.MX
	verdict Verdict
	serial  uint32
	serialK bool   // serial is known
	why     string // cause when verdict is UnknownHere for want of an answer
	pending bool   // asked, no answer yet
}

// silent reports that the server said nothing that counts.
func (a authority) silent() bool { return a.why != "" || a.pending }

// delegated is a domain as its own servers give it.
type delegated struct {
	domain  string
	expect  expect
	zone    resolve.Zone
	found   bool // the search for the servers is over
	servers []authority
}

// lookAuthority asks every authoritative server of a domain directly, without
// recursion. It calls seen, one call at a time, with what is known so far: once
// when the servers are found, then after each answer.
func lookAuthority(ctx context.Context, c *resolve.Client, in check.Input, domain string, seen func(delegated)) delegated {
	d := delegated{domain: domain, expect: expectation(in, domain)}
	d.zone = c.Zone(ctx, domain)
	d.found = true
	for _, s := range d.zone.Servers {
		if len(s.Addrs) == 0 {
			d.servers = append(d.servers, authority{ns: s.Name, verdict: UnknownHere, why: s.Why})
		}
		for _, a := range s.Addrs {
			d.servers = append(d.servers, authority{ns: s.Name, addr: a, verdict: UnknownHere, pending: true})
		}
	}
	var mu sync.Mutex
	report := func() {
		if seen != nil {
			snap := d
			snap.servers = append([]authority(nil), d.servers...)
			seen(snap)
		}
	}
	report()
	var g check.Group
	for i := range d.servers {
		if !d.servers[i].addr.IsValid() {
			continue
		}
		g.Go(func() {
			s := askAuthority(ctx, c, d.expect, d.zone.Name, domain, d.servers[i].ns, d.servers[i].addr)
			mu.Lock()
			defer mu.Unlock()
			d.servers[i] = s
			report()
		})
	}
	g.Wait()
	return d
}

func askAuthority(ctx context.Context, c *resolve.Client, e expect, zone, domain, ns string, addr netip.Addr) authority {
	s := authority{ns: ns, addr: addr}
	srv := c.Authority(ns, addr)
	var g check.Group
	g.Go(func() { s.mx = c.Ask(ctx, srv, domain, resolve.TypeMX, false) })
	g.Go(func() { s.soa = c.Ask(ctx, srv, zone, resolve.TypeSOA, false) })
	g.Wait()
	s.read(e)
	return s
}

func (a *authority) read(e expect) {
	a.serial, a.serialK = a.soa.Serial()
	a.verdict = UnknownHere
	switch {
	case innerServer(a.addr):
		a.why = innerWords
	case !a.mx.Outcome.Conclusive():
		a.why = a.mx.Words()
	case !a.mx.AA:
		a.why = "does not answer as an authority for this zone"
	case len(a.mx.Chain) > 0 && len(a.mx.Records) == 0:
		a.why = "says the domain is an alias (CNAME) of " + a.mx.Chain[0]
	default:
		a.set = ordered(a.mx.MX())
		a.verdict = e.judge(a.set)
	}
}

// answered are the servers that said something, one entry each address.
func (d delegated) answered() []authority {
	var out []authority
	for _, s := range d.servers {
		if !s.silent() {
			out = append(out, s)
		}
	}
	return out
}

// unheard are the name servers none of whose addresses answered, one entry a
// name: an IPv6 address that this machine cannot reach says nothing as long as
// the same server answers over IPv4.
func (d delegated) unheard() []authority {
	heard := map[string]bool{}
	for _, s := range d.answered() {
		heard[s.ns] = true
	}
	var out []authority
	seen := map[string]bool{}
	for _, s := range d.servers {
		if !heard[s.ns] && !seen[s.ns] {
			seen[s.ns] = true
			out = append(out, s)
		}
	}
	return out
}

// missing reports that a domain does not exist, and who says so: each of the
// name servers of the zone above it that answered, or resolvers that find no
// zone for it.
func (d delegated) missing() (resolve.Answer, bool) {
	if d.zone.Outcome == resolve.NXDomain {
		a := d.zone.Answers[0] // about the domain itself, not about what is above it
		return a, a.Outcome == resolve.NXDomain
	}
	got := d.answered()
	for _, s := range got {
		if s.mx.Outcome != resolve.NXDomain {
			return resolve.Answer{}, false
		}
	}
	if len(got) == 0 {
		return resolve.Answer{}, false
	}
	return got[0].mx, true
}

// union is every MX record any authoritative server gives, each once.
func (d delegated) union() []check.MX {
	var out []check.MX
	seen := map[check.MX]bool{}
	for _, s := range d.answered() {
		for _, m := range s.set {
			k := check.MX{Host: m.Host, Pref: m.Pref}
			if !seen[k] {
				seen[k] = true
				out = append(out, m)
			}
		}
	}
	return ordered(out)
}

// evidence of the questions about one domain, with those that found the
// servers when they failed.
func (d delegated) evidence() []check.Evidence {
	var out []check.Evidence
	for _, s := range d.servers {
		if s.addr.IsValid() && !s.pending {
			out = append(out, s.mx.Evidence(), s.soa.Evidence())
		}
	}
	if d.zone.Outcome != resolve.OK {
		for _, a := range d.zone.Answers {
			out = append(out, a.Evidence())
		}
	}
	return out
}

// cached is what one recursive resolver says.
type cached struct {
	ans     resolve.Answer
	set     []check.MX
	verdict Verdict
	why     string // cause when nothing that counts was said
}

func readCache(e expect, a resolve.Answer) cached {
	c := cached{ans: a, verdict: UnknownHere}
	if !a.Outcome.Conclusive() {
		c.why = a.Words()
		return c
	}
	c.set = ordered(a.MX())
	c.verdict = e.judge(c.set)
	return c
}

// present is the best knowledge of a domain's MX set now: what its own servers
// say, else what a resolver says.
type present struct {
	set        []check.MX // everything any of its servers gives
	newest     []check.MX // what the server with the newest copy gives
	said       []said     // server by server
	from       resolve.Answer
	authority  bool
	known      bool
	why        string
	nxdomain   bool
	inner      bool // only an inner view is seen from here
	zoneAnswer []check.Evidence
}

// said is one server's answer with its set.
type said struct {
	ans resolve.Answer
	set []check.MX
}

// giving returns the first answer that holds a host.
func (p present) giving(host string) said {
	for _, s := range p.said {
		if has(hostsOf(s.set), host) {
			return s
		}
	}
	return said{p.from, p.newest}
}

// beside returns the first answer that holds a host together with new ones, so
// that they stand side by side in one set.
func (p present) beside(host string, e expect) (said, bool) {
	for _, s := range p.said {
		if has(hostsOf(s.set), host) && len(e.left(s.set)) < len(s.set) {
			return s, true
		}
	}
	return said{}, false
}

func lookPresent(ctx context.Context, c *resolve.Client, in check.Input, domain string) present {
	d := lookAuthority(ctx, c, in, domain, nil)
	p := present{zoneAnswer: d.evidence()}
	if got := d.answered(); len(got) > 0 {
		p.set, p.from, p.authority, p.known = d.union(), got[0].mx, true, true
		p.newest = got[0].set
		found, top := false, newest(d)
		for _, s := range got {
			p.said = append(p.said, said{s.mx, s.set})
			if !found && s.serialK && s.serial == top {
				p.newest, p.from, found = s.set, s.mx, true
			}
		}
		_, p.nxdomain = d.missing()
		return p
	}
	a := c.Believe(ctx, c.Lookup(ctx, domain, resolve.TypeMX))
	p.from = a
	for _, s := range d.servers {
		if innerServer(s.addr) { // the resolver sees no more than its own network does
			p.inner, p.why = true, "shows an inner view of the domain: its name servers have private addresses"
			return p
		}
	}
	p.zoneAnswer = append(p.zoneAnswer, a.Evidence())
	if !a.Outcome.Conclusive() {
		p.why = a.Words()
		return p
	}
	p.set, p.known, p.nxdomain = ordered(a.MX()), true, a.Outcome == resolve.NXDomain
	p.newest, p.said = p.set, []said{{a, p.set}}
	return p
}
