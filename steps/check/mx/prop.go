package mx

import (
	"sort"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// unknownTTL is taken for the life of old records whose TTL was not recorded:
// resolvers commonly keep nothing longer than a day.
const unknownTTL = 86400

// grace is how long after the old TTL a cache may still be late before it is
// worth a word.
const grace = time.Hour

// spread is one domain as the resolvers give it.
type spread struct {
	domain  string
	expect  expect
	caches  []cached // by the world's resolvers
	asked   []bool
	servers delegated // what the domain's own servers give now
	known   bool      // servers is filled
}

// runProp asks recursive resolvers what their caches hold, and for how long.
func runProp(j *job) check.Result {
	if j.before() {
		return check.Result{Outcome: check.Skipped, Summary: "Caches matter once the change is made"}
	}
	if len(j.w.Resolvers) == 0 {
		return check.Result{Outcome: check.Unknown, Summary: "No resolver is set, so no cache can be asked"}
	}
	views := j.spreads()
	r := check.Result{Tables: j.propTables(views)}
	unheard := map[string]bool{}
	var p promise
	for _, s := range views {
		st := j.propState(s)
		r.Findings = append(r.Findings, st.findings...)
		for _, n := range st.unheard {
			unheard[n] = true
		}
		p.add(st)
		if !st.until.IsZero() {
			r.Evidence = append(s.evidence(), r.Evidence...)
		} else {
			r.Evidence = append(r.Evidence, s.evidence()...)
		}
	}
	r.Evidence = bound(r.Evidence)
	unsure := check.Pass
	switch {
	case p.unsettled > 0:
		unsure, r.Until = check.Waiting, p.until
	case p.closed > 0:
		unsure = check.Unknown
	}
	r.Summary = j.propSummary(p, len(views))
	if lacks(r.Findings) {
		r.Summary = missingSummary(r.Findings, len(views))
	}
	if len(unheard) > 0 {
		r.Summary += clean.Sprintf("; no answer from %s", listed(keys(unheard), 4))
	}
	conclude(&r, unsure)
	if worst(r.Findings) == check.Risk && p.unsettled > 0 {
		r.Outcome = check.Warn // past the time by which every cache should be new
	}
	return r
}

func keys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// spreads asks every resolver about every domain, and streams the answers.
func (j *job) spreads() []spread {
	n := len(j.w.Resolvers)
	views := make([]spread, len(j.in.Domains))
	for i, d := range j.in.Domains {
		views[i] = spread{domain: d, expect: expectation(j.in, d), caches: make([]cached, n), asked: make([]bool, n)}
	}
	j.change(func() {
		j.total = n * len(views)
		j.tables = func() []check.Table { return j.propTables(views) }
	})
	j.each(func(i int, domain string) {
		var g check.Group
		for k, srv := range j.w.Resolvers {
			g.Go(func() {
				c := readCache(views[i].expect, j.c.Ask(j.ctx, srv, domain, resolve.TypeMX, true))
				j.change(func() { views[i].caches[k], views[i].asked[k] = c, true; j.done++ })
			})
		}
		d := lookAuthority(j.ctx, j.c, j.in, domain, nil)
		g.Wait()
		j.change(func() {
			views[i].servers, views[i].known = d, true
			if d.zone.Outcome == resolve.Enclosed {
				views[i].disbelieve()
			}
		})
	})
	return views
}

// disbelieve takes "no such name" for what it is from a resolver that shows no
// internet: nothing.
func (s *spread) disbelieve() {
	for k, c := range s.caches {
		if c.ans.Outcome == resolve.NXDomain {
			s.caches[k].verdict, s.caches[k].why = UnknownHere, resolve.Enclosed.Words()
		}
	}
}

func (s spread) answers() []resolve.Answer {
	var out []resolve.Answer
	for _, c := range s.caches {
		out = append(out, c.ans)
	}
	return out
}

func (s spread) evidence() []check.Evidence {
	var out []check.Evidence
	for _, c := range s.caches {
		out = append(out, c.ans.Evidence())
	}
	return out
}

// behind are the name servers that still give something else while another
// gives the planned set: caches may fetch from them what they should forget.
func (s spread) behind() []authority {
	var late []authority
	planned := false
	for _, a := range s.servers.answered() {
		switch a.verdict {
		case Planned:
			planned = true
		case UnknownHere:
		default:
			late = append(late, a)
		}
	}
	if !planned {
		return nil
	}
	return late
}

// changed reports whether some server of the domain gives the planned set, so
// that caches can get it. Unknown servers count as changed: the caches speak.
func (s spread) changed() bool {
	got := s.servers.answered()
	for _, a := range got {
		if a.verdict == Planned {
			return true
		}
	}
	return len(got) == 0
}

// left is how long a cache keeps what it has.
func (c cached) left(now time.Time) time.Time {
	life := ttl(c.set)
	if len(c.set) == 0 {
		life = negativeLife(c.ans, false)
	}
	return c.ans.At.Add(time.Duration(life) * time.Second)
}

// negativeLife is for how many seconds the answer that there is no such record
// may be kept (RFC 2308 section 5): what is left of it, or the whole time as
// far as a cache that has run down shows it.
func negativeLife(a resolve.Answer, whole bool) uint32 {
	life := uint32(0)
	for _, r := range a.Authority {
		switch {
		case r.Type != resolve.TypeSOA:
		case whole:
			life = max(life, r.MinTTL)
		default:
			life = max(life, min(r.TTL, r.MinTTL))
		}
	}
	return life
}

// standing is what the caches of one domain amount to.
type standing struct {
	until    time.Time // when the last old cache runs out; zero when none is old
	unheard  []string  // resolvers that said nothing
	inner    []string  // resolvers that show an inner view of the domain
	unknown  bool      // nothing can be said
	fed      bool      // a name server still hands the old set out, so until is no promise
	findings []check.Finding
}

func (j *job) propState(s spread) standing {
	var st standing
	if a, missing := s.servers.missing(); missing {
		st.findings = append(st.findings, j.noDomain("MX-PROP", s.domain, a))
		return st
	}
	heard, good, stale := 0, 0, 0
	var oldest cached
	if rs := j.refusals(s.answers()); len(rs) > 0 {
		st.findings = append(st.findings, j.unsigned("MX-PROP.dnssec", s.domain, rs))
	}
	for _, c := range s.caches {
		switch {
		case c.why != "":
			st.unheard = append(st.unheard, c.ans.Server.Name)
			continue
		case s.inner(c):
			st.inner = append(st.inner, c.ans.Server.Name)
			st.findings = append(st.findings, j.innerFinding(s, c))
			continue
		case c.verdict == UnknownHere:
			st.unknown = true
		case c.verdict == Planned:
			good++
		default:
			stale++
			if t := c.left(j.in.Now); t.After(st.until) {
				st.until, oldest = t, c
			}
		}
		heard++
	}
	if heard == 0 && len(st.inner) > 0 {
		st.unknown = true
		return st
	}
	if heard == 0 {
		st.unknown = true
		st.findings = append(st.findings, silentCaches(s.domain, st.unheard))
		return st
	}
	if st.until.IsZero() {
		return j.noOldCache(s, st, good, heard)
	}
	// An answer that has run out already is asked for again in a moment.
	if soon := j.in.Now.Add(again / 2); st.until.Before(soon) {
		st.until = soon
	}
	st.fed = !s.changed() || len(s.behind()) > 0
	f := j.staleFinding(s, st, oldest, stale, heard)
	if st.fed { // the remaining time of a cache ends nothing: look again soon
		st.until = f.RetestAt
	}
	st.findings = append(st.findings, f)
	return st
}

// noOldCache is for a domain that no cache asked holds an old set of.
func (j *job) noOldCache(s spread, st standing, good, heard int) standing {
	switch {
	case len(s.behind()) > 0:
		st.fed, st.until = true, j.in.Now.Add(again)
		st.findings = append(st.findings, j.fedFinding(s, good, heard))
	case !st.unknown:
		st.findings = append(st.findings, check.Finding{
			Code: "MX-PROP.ok", Severity: check.OK, Subject: clean.Line(s.domain),
			Title: clean.Sprintf("%s: %s the planned set", s.domain, plural(good, "resolver has", "resolvers have")),
		})
	}
	return st
}

// silentCaches is the finding for a domain about which no resolver said a thing.
func silentCaches(domain string, unheard []string) check.Finding {
	return check.Finding{
		Code: "MX-PROP.silent", Severity: check.Advice, Subject: clean.Line(domain), Who: check.WhoTPOC,
		Title:  clean.Sprintf("%s: no resolver could be asked", domain),
		Saw:    clean.Sprintf("No answer that can be used from %s", listed(unheard, 6)),
		Should: "An answer from at least one resolver", IfLeft: "Nothing is known to be wrong; it only could not be checked",
		Do: "Check the network connection of this machine, or name a resolver that may be asked, and ask again",
	}
}

// propTables are the resolvers of each domain, or, with many domains, one
// table of domains by resolvers with the unsettled ones first.
func (j *job) propTables(views []spread) []check.Table {
	sorted := append([]spread(nil), views...)
	sort.SliceStable(sorted, func(a, b int) bool { return openCaches(sorted[a]) > openCaches(sorted[b]) })
	if len(sorted) <= fewDomains {
		var out []check.Table
		for _, s := range sorted {
			t := check.Table{Title: headline(j.in, s.expect, s.domain), Header: []clean.Shown{"resolver", "answer", "new in"}}
			for k, r := range j.w.Resolvers {
				t.Rows = append(t.Rows, []check.Cell{{Text: clean.Line(r.Name)}, j.cacheCell(s, k, true), j.leftCell(s, k)})
			}
			t.Note = j.propNote([]spread{s})
			out = append(out, t)
		}
		return out
	}
	t := check.Table{Header: []clean.Shown{"domain"}, Note: j.propNote(sorted)}
	for _, r := range j.w.Resolvers {
		t.Header = append(t.Header, clean.Line(r.Name))
	}
	for _, s := range sorted {
		row := []check.Cell{{Text: clean.Line(s.domain)}}
		for k := range j.w.Resolvers {
			row = append(row, j.cacheCell(s, k, false))
		}
		t.Rows = append(t.Rows, row)
	}
	return []check.Table{t}
}

func openCaches(s spread) int {
	n := 0
	for k, c := range s.caches {
		if s.asked[k] && c.why == "" && c.verdict != Planned && !s.inner(c) {
			n++
		}
	}
	return n
}

func (j *job) cacheCell(s spread, k int, long bool) check.Cell {
	c := s.caches[k]
	switch {
	case !s.asked[k]:
		return check.Cell{Mark: check.MarkWait, Text: "asking"}
	case c.why != "" && long:
		return check.Cell{Mark: check.MarkUnknown, Text: clean.Line(j.whyNot(c))}
	case c.why != "":
		return check.Cell{Mark: check.MarkUnknown, Text: clean.Line(string(c.ans.Outcome))}
	case c.verdict == Planned:
		return check.Cell{Mark: check.MarkGood, Text: "planned"}
	case s.inner(c):
		return check.Cell{Mark: check.MarkUnknown, Text: clean.Line("inner view: " + setText(c.set))}
	case c.verdict == UnknownHere:
		return check.Cell{Mark: check.MarkUnknown, Text: clean.Line(setText(c.set))}
	case long:
		text := verdictText(c.verdict)
		if c.verdict == Other {
			text = clean.Line(setText(c.set))
		}
		return check.Cell{Mark: check.MarkWait, Text: text}
	}
	return check.Cell{Mark: check.MarkWait, Text: verdictText(c.verdict) + clean.Shown(", "+countdown(max(0, c.left(j.in.Now).Sub(j.in.Now))))}
}

func (j *job) whyNot(c cached) string {
	if c.ans.Outcome == resolve.Timeout {
		return "no answer in " + seconds(j.c.Limit())
	}
	return c.why
}

func (j *job) leftCell(s spread, k int) check.Cell {
	c := s.caches[k]
	if !s.asked[k] || c.why != "" || c.verdict == Planned || c.verdict == UnknownHere || s.inner(c) {
		return check.Cell{}
	}
	return check.Cell{Text: clean.Line(countdown(max(0, c.left(j.in.Now).Sub(c.ans.At))))}
}
