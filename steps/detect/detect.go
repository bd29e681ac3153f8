// Package detect looks up what DNS says about a domain's mail and turns it
// into suggestions for answers: the platform, the gateway in use, addresses
// and services that send. A suggestion is never more than that: it names its
// source, and the TPOC accepts or replaces it.
package detect

import (
	"context"
	"strings"
	"sync"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
	"mxodus/steps/rfi"
)

// Limit is how long a detection may take, whatever the network does.
const Limit = 3 * time.Second

// Suggestion is one thing found. All its strings are safe to show.
type Suggestion struct {
	Question string // id; "" when it is information only
	Value    string // canonical, as the question's reader gives it
	Text     string // as the TPOC would type it; for information, what was found
	Source   string // "SPF record of acme.com, asked at 1.1.1.1"
	Note     string // how sure it is, and what to look at; may be empty
	// Blind says that DNS gave no answer: nothing is found, and nothing is
	// known either.
	Blind bool
}

// Questions are those that a detection may suggest an answer to.
var Questions = []string{
	steps.QJourney, steps.QSource, steps.QPlatform, "infra.m365_tenant_domain", steps.QInbound, steps.QOutboundIPs, "third_party_senders",
}

// Detect asks the world's resolvers about the domain and returns what it
// found, in a fixed order. It returns what it has when ctx ends or after
// Limit; with no network that is the word that nothing could be asked. It never
// fails.
func Detect(ctx context.Context, w *check.World, domain string) []Suggestion {
	name, err := resolve.Name(domain)
	if err != nil || name == "" {
		return nil
	}
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	l := &look{ctx: ctx, c: resolve.New(ctx, w), domain: name}
	l.first()
	if outer.Err() == nil && l.blind(len(w.Resolvers)) {
		return l.found
	}
	if l.nowhere() {
		return l.found
	}
	l.readSPF()
	l.mx()
	l.platform()
	l.tenant()
	l.senders()
	l.information()
	return l.found
}

// look is one detection under way.
type look struct {
	ctx    context.Context
	c      *resolve.Client
	domain string

	mxAns, txt, dmarc, sts, rpt, autodiscover, register, selector resolve.Answer

	spf      spfRecord
	provider provider // of the MX, zero when it is none that is known
	found    []Suggestion
}

// first asks everything that needs no other answer, side by side.
func (l *look) first() {
	var wg sync.WaitGroup
	ask := func(into *resolve.Answer, name string, t resolve.Type) {
		wg.Go(func() { *into = l.c.Lookup(l.ctx, name, t) })
	}
	d := l.domain
	ask(&l.mxAns, d, resolve.TypeMX)
	ask(&l.txt, d, resolve.TypeTXT)
	ask(&l.dmarc, "_dmarc."+d, resolve.TypeTXT)
	ask(&l.sts, "_mta-sts."+d, resolve.TypeTXT)
	ask(&l.rpt, "_smtp._tls."+d, resolve.TypeTXT)
	ask(&l.autodiscover, "autodiscover."+d, resolve.TypeCNAME)
	ask(&l.register, "enterpriseregistration."+d, resolve.TypeCNAME)
	ask(&l.selector, "selector1._domainkey."+d, resolve.TypeCNAME)
	wg.Wait()
}

// suggest offers an answer, provided the question's own reader takes it.
func (l *look) suggest(question, text, source, note string) {
	q, ok := rfi.Find(question)
	if !ok || text == "" {
		return
	}
	facts := steps.NewFacts(steps.Answers{steps.QPrimaryDomain: {Value: l.domain}}, time.Time{})
	u := q.Parse(text, facts)
	if u.Value == "" {
		return
	}
	for _, s := range l.found {
		if s.Question == question && s.Value == u.Value {
			return
		}
	}
	// What the reader could not use is left out of the text as well: it came
	// from DNS and not from the TPOC's hand.
	l.found = append(l.found, Suggestion{
		Question: question, Value: u.Value, Text: string(clean.Text(u.Value)), Source: source, Note: string(clean.Line(note)),
	})
}

// inform adds something worth knowing that answers no question.
func (l *look) inform(text, source, note string) {
	l.found = append(l.found, Suggestion{Text: string(clean.Line(text)), Source: source, Note: string(clean.Line(note))})
}

// source names a record and the resolver that was asked.
func source(what, domain string, a resolve.Answer) string {
	at := a.Server.Name
	if at == "" {
		at = a.Server.Addr
	}
	return string(clean.Sprintf("%s of %s, asked at %s", what, domain, at))
}

// under reports a host that is a name or lies below it.
func under(host, name string) bool {
	return host == name || strings.HasSuffix(host, "."+name)
}
