package mx

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// leftover is what one domain still has beside the planned hosts.
type leftover struct {
	domain string
	expect expect
	asked  bool
	d      delegated
	cache  resolve.Answer // asked only when no name server answered
	set    []check.MX     // everything any of its servers gives
	left   []check.MX     // of the first set below, else of all
	beside []said         // sets that hold new and other hosts side by side
	behind bool           // some server has other hosts alone: not changed yet
	any    resolve.Answer // for a name under the domain that nobody set up: a wildcard answers it
}

// runLeft looks for hosts that the change should have taken away. A spammer
// picks the record of the worst preference on purpose, so preference is no
// excuse.
func runLeft(j *job) check.Result {
	if j.before() {
		return check.Result{Outcome: check.Skipped, Summary: "Before the change the old records belong there"}
	}
	views := make([]leftover, len(j.in.Domains))
	for i, d := range j.in.Domains {
		views[i] = leftover{domain: d, expect: expectation(j.in, d)}
	}
	j.change(func() {
		j.total = len(views)
		j.tables = func() []check.Table { return leftTables(views) }
	})
	j.each(func(i int, domain string) {
		l := j.lookLeft(domain)
		j.change(func() { views[i] = l; j.done++ })
	})
	r := check.Result{Tables: leftTables(views)}
	unsure := check.Pass
	var bad, wait int
	for _, l := range views {
		f, state := j.leftFinding(l)
		r.Findings = append(r.Findings, f...)
		if f, ok := j.wildcard(l); ok {
			r.Findings = append(r.Findings, f)
		}
		switch state {
		case check.Fail:
			bad++
			r.Evidence = append(l.evidence(), r.Evidence...)
			continue
		case check.Waiting:
			wait++
			unsure, r.Until = check.Waiting, j.in.Now.Add(again)
		case check.Unknown:
			if unsure == check.Pass {
				unsure = check.Unknown
			}
		}
		r.Evidence = append(r.Evidence, l.evidence()...)
	}
	r.Evidence = bound(r.Evidence)
	conclude(&r, unsure)
	switch {
	case lacks(r.Findings):
		r.Summary = missingSummary(r.Findings, len(views))
	case bad > 0:
		r.Summary = clean.Sprintf("%s other hosts beside the new ones", plural(bad, "domain still has", "domains still have"))
	case wait > 0:
		r.Summary = clean.Sprintf("%s the change at every name server yet; asked again at %s", plural(wait, "domain does not have", "domains do not have"), clock(r.Until, j.in.Now))
	case unsure == check.Unknown:
		r.Summary = "Nothing left over was seen, but not every name server could be asked or judged"
	case worst(r.Findings) == check.Risk:
		r.Summary = "No other host is left at the domains themselves, but a wildcard under one names other hosts"
	default:
		r.Summary = clean.Sprintf("No other host is left at %s", plural(len(views), "domain", "domains"))
	}
	return r
}

func (j *job) lookLeft(domain string) leftover {
	d := lookAuthority(j.ctx, j.c, j.in, domain, nil)
	l := leftover{domain: domain, expect: d.expect, asked: true, d: d, set: d.union()}
	if len(d.answered()) == 0 {
		l.cache = j.c.Lookup(j.ctx, domain, resolve.TypeMX)
		if !slices.ContainsFunc(d.servers, func(s authority) bool { return innerServer(s.addr) }) {
			l.set = ordered(l.cache.MX())
		}
	}
	sets := []said{}
	for _, s := range d.answered() {
		sets = append(sets, said{s.mx, s.set})
	}
	if len(sets) == 0 {
		sets = append(sets, said{l.cache, l.set})
	}
	l.left = l.expect.left(l.set)
	for _, s := range sets {
		switch n := len(l.expect.left(s.set)); {
		case n > 0 && n < len(s.set):
			if l.beside = append(l.beside, s); len(l.beside) == 1 {
				l.left = l.expect.left(s.set)
			}
		case n > 0:
			l.behind = true
		}
	}
	l.any = j.anyName(domain, d)
	return l
}

// anyName asks one name server for a name under the domain that only a wildcard
// can answer for (RFC 4592).
func (j *job) anyName(domain string, d delegated) resolve.Answer {
	if got := d.answered(); len(got) > 0 {
		return j.c.Ask(j.ctx, got[0].mx.Server, "mxodus-asks-for-any-name."+domain, resolve.TypeMX, false)
	}
	return resolve.Answer{}
}

func (l leftover) evidence() []check.Evidence {
	ev := l.d.evidence()
	if l.cache.Server.Addr != "" {
		ev = append(ev, l.cache.Evidence())
	}
	if l.any.Outcome == resolve.OK {
		ev = append(ev, l.any.Evidence())
	}
	return ev
}

func (j *job) leftFinding(l leftover) ([]check.Finding, check.Outcome) {
	state := check.Pass
	if len(l.d.unheard()) > 0 || len(l.d.answered()) == 0 || len(l.expect.target.InboundMX) == 0 {
		state = check.Unknown
	}
	f := check.Finding{Code: "MX-LEFT.ok", Severity: check.OK, Subject: clean.Line(l.domain), Title: clean.Sprintf("%s: no other host is left", l.domain)}
	if a, missing := l.d.missing(); missing {
		return []check.Finding{j.noDomain("MX-LEFT", l.domain, a)}, check.Fail
	}
	switch {
	case len(l.set) == 0 && state == check.Unknown:
		f.Code, f.Severity = "MX-LEFT.unread", check.Advice
		f.Title = clean.Sprintf("%s could not be looked up", l.domain)
		f.Saw, f.Confirm = clean.Sprintf("%s %s (asked %s)", l.cache.ServerName(), l.cache.Words(), stamp(l.cache.At, j.in.Now)), l.cache.Dig()
		f.Should, f.IfLeft = "An answer from a name server of the domain", "Nothing is known to be wrong; it only could not be checked"
		f.Do, f.Who = "Check the network connection of this machine and ask again", check.WhoTPOC
		return []check.Finding{f}, state
	case len(l.left) == 0 && state == check.Unknown:
		return nil, state
	case len(l.left) == 0:
		return []check.Finding{f}, state
	case len(l.beside) == 0:
		f.Code, f.Severity, f.Who = "MX-LEFT.unchanged", check.Advice, check.WhoDNSHost
		f.Title = clean.Sprintf("%s: not every name server has the change yet", l.domain)
		f.Saw = clean.Sprintf("Its servers give %s", setText(l.set))
		f.Should, f.IfLeft = j.should(l.d), "Whether an old record stays behind can only be told when the new ones are in place; see MX-AUTH"
		f.Do = "Put the planned records in place; then this check says whether any other is left"
		f.RetestAt = j.in.Now.Add(again)
		return []check.Finding{f}, check.Waiting
	}
	return []check.Finding{j.besideFinding(f, l)}, check.Fail
}

func (j *job) besideFinding(f check.Finding, l leftover) check.Finding {
	at := l.beside[0]
	f.Code, f.Severity, f.Who = "MX-LEFT.beside", check.Blocker, check.WhoDNSHost
	f.Title = clean.Sprintf("%s: %s left beside the new hosts", l.domain, hostList(hostsOf(l.left)))
	f.Saw = clean.Sprintf("%s gives %s (asked %s). %s", at.ans.ServerName(), setText(at.set), stamp(at.ans.At, j.in.Now), whose(l))
	if len(l.d.answered()) == 0 {
		f.Saw += ". It is a resolver; no name server of the domain answered"
	}
	f.Confirm = at.ans.Dig()
	f.Should = j.should(l.d)
	f.IfLeft = "Senders may use any of these hosts, and those of unwanted mail choose the one of the worst preference on purpose: that mail goes round the gateway. After lock-down, mail that goes there is lost"
	f.Do = clean.Sprintf("At your DNS host, delete %s from the MX records of %s, so that only the copied ones stay", listed(hostsOf(l.left), 4), l.domain)
	f.Copy = plannedLines(l.domain, l.expect.target.InboundMX, goodTTL)
	if f.Copy == "" {
		f.Do = clean.Sprintf("At your DNS host, delete %s from the MX records of %s", listed(hostsOf(l.left), 4), l.domain)
	}
	f.RetestAt = j.in.Now.Add(again)
	return f
}

// wildcard reports MX records of *.domain that name other hosts: mail to every
// name under the domain without records of its own follows them.
func (j *job) wildcard(l leftover) (check.Finding, bool) {
	set := ordered(l.any.MX())
	other := l.expect.left(set)
	if l.any.Outcome != resolve.OK || len(other) == 0 {
		return check.Finding{}, false
	}
	name := "*." + l.domain
	return check.Finding{
		Code: "MX-LEFT.wildcard", Severity: check.Risk, Subject: clean.Line(l.domain), Who: check.WhoDNSHost, Rule: "RFC 4592",
		Title:   clean.Sprintf("%s: a wildcard leads mail for every other name under it to %s", l.domain, listed(hostsOf(other), 3)),
		Saw:     clean.Sprintf("%s gives %s for a name that was made up (asked %s)", l.any.ServerName(), setText(set), stamp(l.any.At, j.in.Now)),
		Should:  clean.Sprintf("No MX records at %s, or the planned ones where such mail is wanted", name),
		IfLeft:  clean.Sprintf("Mail to names under %s still goes the old way, past the gateway", l.domain),
		Do:      clean.Sprintf("At your DNS host, delete the MX records of %s, or put the copied ones in their place. Names that take mail must then be among the domains of the move", name),
		Copy:    plannedLines(name, l.expect.target.InboundMX, goodTTL),
		Confirm: l.any.Dig(),
	}, true
}

// whose says of each leftover host whose it is, with its preference.
func whose(l leftover) clean.Shown {
	by := map[string][]string{}
	var order []string
	for _, m := range l.left {
		who := classifyHost(m.Host, l.expect.target, l.expect.source).who()
		if len(by[who]) == 0 {
			order = append(order, who)
		}
		by[who] = append(by[who], fmt.Sprintf("%s (preference %d)", m.Host, m.Pref))
	}
	var parts []string
	for _, who := range order {
		parts = append(parts, listed(by[who], 4)+": "+who)
	}
	return clean.Line(strings.Join(parts, "; "))
}

func leftTables(views []leftover) []check.Table {
	sorted := append([]leftover(nil), views...)
	sort.SliceStable(sorted, func(a, b int) bool { return len(sorted[a].left) > len(sorted[b].left) })
	t := check.Table{Header: []clean.Shown{"domain", "left over", "MX now"}}
	for _, l := range sorted {
		row := []check.Cell{{Text: clean.Line(l.domain)}, {Mark: check.MarkGood, Text: "nothing"}, {Text: clean.Line(setText(l.set))}}
		switch {
		case !l.asked:
			row[1], row[2] = check.Cell{Mark: check.MarkWait, Text: "asking"}, check.Cell{}
		case len(l.beside) > 0:
			row[1] = check.Cell{Mark: check.MarkBad, Text: clean.Line(listed(hostsOf(l.left), 3))}
		case len(l.left) > 0:
			row[1] = check.Cell{Mark: check.MarkWait, Text: "not changed yet"}
		case len(l.set) == 0 || len(l.expect.target.InboundMX) == 0:
			row[1] = check.Cell{Mark: check.MarkUnknown, Text: "cannot tell"}
		case len(l.d.unheard()) > 0:
			row[1] = check.Cell{Mark: check.MarkUnknown, Text: "nothing at the servers that answered"}
		}
		t.Rows = append(t.Rows, row)
	}
	return []check.Table{t}
}
