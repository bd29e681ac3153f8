package mx

import (
	"fmt"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// promise is what can be said about the caches of all domains together.
type promise struct {
	unsettled int       // domains not yet new in every cache asked
	closed    int       // domains about which nothing can be said
	until     time.Time // when the last cache asked runs out, or when to look again
	fed       bool      // some name server still hands old records out
}

func (p *promise) add(st standing) {
	if st.unknown {
		p.closed++
	}
	if st.until.IsZero() {
		return
	}
	p.unsettled++
	p.fed = p.fed || st.fed
	if st.until.After(p.until) {
		p.until = st.until
	}
}

func (j *job) propSummary(p promise, domains int) clean.Shown {
	switch {
	case p.unsettled > 0 && p.fed:
		return clean.Sprintf("%s not settled in every cache; no end can be named while a name server gives other records (see MX-AUTH)",
			plural(p.unsettled, "domain is", "domains are"))
	case p.unsettled > 0:
		return clean.Sprintf("%s not in every cache yet; all caches asked are new by %s%s",
			plural(p.unsettled, "domain is", "domains are"), by(p.until, j.in.Now), j.elsewhere(p.until))
	case p.closed > 0:
		return clean.Sprintf("%s could not be judged from the caches", plural(p.closed, "domain", "domains"))
	}
	return clean.Sprintf("Every cache that answered holds the planned set of %s%s", plural(domains, "domain", "domains"), j.elsewhere(j.in.Now))
}

// elsewhere tells until when a cache that was not asked may hold the old set:
// it may have fetched it the moment before the change.
func (j *job) elsewhere(than time.Time) clean.Shown {
	clear := j.in.CachesClear
	if !clear.After(than) || !clear.After(j.in.Now) {
		return ""
	}
	return clean.Sprintf("; others may hold the old set until %s", by(clear, j.in.Now))
}

func (j *job) staleFinding(s spread, st standing, c cached, stale, heard int) check.Finding {
	now := j.in.Now
	f := check.Finding{
		Code: "MX-PROP.wait", Severity: check.Advice, Subject: clean.Line(s.domain), Who: check.WhoNobody,
		Title:    clean.Sprintf("%s: not yet the planned set at %d of %s; all of them new by %s", s.domain, stale, plural(heard, "resolver", "resolvers"), by(st.until, now)),
		Saw:      j.sawCache(s, c),
		Should:   clean.Sprintf("%s everywhere", hostList(s.expect.target.InboundMX)),
		IfLeft:   "Senders behind these resolvers use the old hosts until the time runs out, so keep the old way open until then",
		Do:       "Wait; nothing needs to be changed",
		Confirm:  c.ans.Dig(),
		RetestAt: st.until,
	}
	if !s.changed() {
		f.Code, f.Who = "MX-PROP.source", check.WhoDNSHost
		f.Title = clean.Sprintf("%s: the caches cannot be new, as no name server of the domain gives the planned set", s.domain)
		f.Do = "Put the planned records in place at your DNS host first; the caches follow"
		f.RetestAt = now.Add(again)
		return f
	}
	due := j.due(s)
	late := !due.IsZero() && now.After(due.Add(grace))
	if late {
		f.Code, f.Severity = "MX-PROP.late", check.Risk
		f.Title = clean.Sprintf("%s: still the old set at %d of %s, later than it should be", s.domain, stale, plural(heard, "resolver", "resolvers"))
		f.Should = clean.Sprintf("The planned set everywhere by %s, when the TTL of the old set had run out", by(due, now))
		f.IfLeft = "Part of the mail still goes the old way, which may be closed soon"
		f.Do = "See MX-AUTH. If every name server gives the planned set there, it is the resolver that keeps the old one, and nobody but its operator can change that: wait until the time shown, and do not lock the old way yet"
	}
	if len(s.behind()) > 0 {
		j.feed(&f, s)
		if late {
			f.Code = "MX-PROP.late"
		}
	}
	return f
}

// feed says of a finding that name servers which lag hand old records out.
func (j *job) feed(f *check.Finding, s spread) {
	names := serverNames(s.behind())
	give := "gives"
	if len(names) > 1 {
		give = "give"
	}
	f.Code, f.Who = "MX-PROP.fed", check.WhoDNSHost
	f.Title = clean.Sprintf("%s: %s still %s other records, and caches may take them up again", s.domain, listed(names, 4), give)
	f.Do = clean.Sprintf("Get %s level first: MX-AUTH says how. The caches follow when its records have run out", listed(names, 4))
	f.RetestAt = j.in.Now.Add(again)
}

// fedFinding is about caches that are new by the luck of which name server
// they asked.
func (j *job) fedFinding(s spread, good, heard int) check.Finding {
	f := check.Finding{
		Severity: check.Advice, Subject: clean.Line(s.domain),
		Saw:    clean.Sprintf("The planned set at %d of %s, but not at every name server of the domain", good, plural(heard, "resolver", "resolvers")),
		Should: clean.Sprintf("%s at every name server and so in every cache", hostList(s.expect.target.InboundMX)),
		IfLeft: "A cache that asks the server that lags sends mail the old way for as long as that server's records last, so keep the old way open",
	}
	j.feed(&f, s)
	f.Confirm = s.behind()[0].mx.Dig()
	return f
}

// due is when every cache should be new: the end of the old TTL, counted as
// the move knows it, else from the change. Zero when that is not known.
func (j *job) due(s spread) time.Time {
	if !j.in.CachesClear.IsZero() {
		return j.in.CachesClear
	}
	if j.in.ChangedAt.IsZero() {
		return time.Time{}
	}
	life := ttl(s.expect.before)
	if life == 0 {
		life = unknownTTL
	}
	return j.in.ChangedAt.Add(time.Duration(life) * time.Second)
}

// sawCache tells what a resolver holds and, where its clock does not follow the
// records', that it keeps them by a rule of its own (RFC 8767 serves them
// stale; others raise short TTLs).
func (j *job) sawCache(s spread, c cached) clean.Shown {
	left := max(0, c.left(j.in.Now).Sub(c.ans.At))
	text := clean.Sprintf("%s still gives %s, for another %s (asked %s)", string(c.ans.ServerName()), setText(c.set), countdown(left), stamp(c.ans.At, j.in.Now))
	life := time.Duration(ttl(s.expect.before)) * time.Second
	due := j.due(s)
	switch {
	case life == 0 || len(s.behind()) > 0 || !s.changed():
	case !j.in.CachesClear.IsZero() && c.ans.At.After(due):
		text += clean.Sprintf(". They should have run out by %s, so this resolver gives records out beyond their time", by(due, j.in.Now))
	case left > life && len(c.set) > 0:
		text += clean.Sprintf(". The records had a TTL of %s, so this resolver keeps them longer than it is told", span(life))
	}
	return text
}

// propNote is the line under the table: by when all is new, and how many are.
func (j *job) propNote(views []spread) clean.Shown {
	good, all := 0, 0
	var until time.Time
	fed := false
	for _, s := range views {
		for k, c := range s.caches {
			all++
			if s.asked[k] && c.why == "" && c.verdict == Planned {
				good++
			}
			if s.asked[k] && c.why == "" && c.verdict != Planned && c.verdict != UnknownHere && !s.inner(c) {
				if t := c.left(j.in.Now); t.After(until) {
					until = t
				}
				fed = fed || s.known && (!s.changed() || len(s.behind()) > 0)
			}
		}
	}
	count := fmt.Sprintf("%d of %d", good, all)
	switch {
	case until.IsZero():
		return clean.Line(count+" new") + j.elsewhere(j.in.Now)
	case fed:
		return clean.Line(count + " new; the name servers must change first")
	}
	return clean.Sprintf("All caches asked are new by %s, %s new%s", by(until, j.in.Now), count, j.elsewhere(until))
}
