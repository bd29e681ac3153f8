package mx

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// again is when a set that is still being copied is worth another look.
const again = time.Minute

// runAuth compares what every authoritative server gives with the plan.
func runAuth(j *job) check.Result {
	views := j.authorities(func(v []delegated) []check.Table { return authTables(j.in, v) })
	r := check.Result{Tables: authTables(j.in, views)}
	unsure := check.Pass
	var servers, good, silent int
	for _, d := range views {
		fs, sure := j.authFindings(d)
		r.Findings = append(r.Findings, fs...)
		if !sure {
			unsure = check.Unknown
		}
		if sure && len(fs) > 0 && worst(fs) == check.OK {
			r.Evidence = append(r.Evidence, d.evidence()...)
		} else {
			r.Evidence = append(d.evidence(), r.Evidence...)
		}
		silent += len(d.unheard())
		for _, s := range d.answered() {
			servers++
			if s.verdict == Planned {
				good++
			}
		}
	}
	r.Evidence = bound(r.Evidence)
	conclude(&r, unsure)
	r.Summary = j.authSummary(r, views, servers, good, silent)
	return r
}

func worst(fs []check.Finding) check.Severity { return check.Result{Findings: fs}.Worst() }

func (j *job) authSummary(r check.Result, views []delegated, servers, good, silent int) clean.Shown {
	of := plural(len(views), "domain", "domains")
	tail := ""
	if silent > 0 {
		tail = fmt.Sprintf("; %s could not be asked", plural(silent, "name server", "name servers"))
	}
	judged := false
	for _, d := range views {
		for _, a := range d.answered() {
			judged = judged || !j.undecided(d.expect, a)
		}
	}
	switch {
	case servers == 0 && slices.ContainsFunc(r.Findings, func(f check.Finding) bool { return f.Code == "MX-AUTH.dnssec" }):
		return clean.Sprintf("DNSSEC signatures do not hold, so the name servers of %s are not found", of)
	case lacks(r.Findings):
		return missingSummary(r.Findings, len(views))
	case servers == 0:
		return clean.Sprintf("No name server of %s could be asked", of)
	case !judged:
		return clean.Sprintf("The name servers of %s answer, but the region's hosts are not known, so the answers cannot be judged%s", of, tail)
	case j.before():
		if worst(r.Findings) == check.OK {
			return clean.Sprintf("Still the old set at every name server that answered, %s%s", of, tail)
		}
		return clean.Sprintf("%s: the name servers do not all give what is expected before the change%s", of, tail)
	case good == servers:
		return clean.Sprintf("%s: every name server that answered gives the planned set%s", of, tail)
	}
	return clean.Sprintf("%s: %d of %s from the name servers with the planned set%s", of, good, plural(servers, "answer", "answers"), tail)
}

func (j *job) before() bool { return j.in.Phase == check.Before || j.in.Phase == "" }

// authFindings says what is wrong with one domain. sure is false when some
// server, or the region's own table, leaves the question open.
func (j *job) authFindings(d delegated) (fs []check.Finding, sure bool) {
	sure = true
	if n := len(d.zone.Answers); d.zone.Outcome == resolve.ServFail && n > 0 {
		if rs := j.refusals(j.everyone(d.zone.Answers[n-1])); len(rs) > 0 {
			return []check.Finding{j.unsigned("MX-AUTH.dnssec", d.domain, rs)}, false
		}
	}
	if a, missing := d.missing(); missing {
		return []check.Finding{j.noDomain("MX-AUTH", d.domain, a)}, true
	}
	if d.zone.Outcome != resolve.OK {
		return []check.Finding{j.noZone(d)}, false
	}
	inner := false
	for _, s := range d.unheard() {
		sure = false
		if inner && innerServer(s.addr) { // said once is enough
			continue
		}
		inner = inner || innerServer(s.addr)
		fs = append(fs, j.silentServer(d, s))
	}
	groups := grouped(d.answered())
	for _, g := range groups {
		if j.undecided(d.expect, g[0]) {
			sure = false
		}
		if f, ok := j.groupFinding(d, g); ok {
			fs = append(fs, f)
		}
	}
	if j.before() && len(groups) > 1 {
		fs = append(fs, j.disagree(d, groups))
	}
	fs = append(fs, j.serials(d, len(groups) == 1)...)
	fs = append(fs, j.preferences(d)...)
	if len(fs) == 0 {
		fs = append(fs, j.agreed(d))
	}
	return fs, sure
}

// grouped puts servers with the same hosts together, the gravest group first.
func grouped(servers []authority) [][]authority {
	by := map[string][]authority{}
	var keys []string
	for _, s := range servers {
		k := fmt.Sprintf("%02d %s", s.verdict.rank(), strings.Join(hostsOf(s.set), " "))
		if len(by[k]) == 0 {
			keys = append(keys, k)
		}
		by[k] = append(by[k], s)
	}
	sort.Strings(keys)
	var out [][]authority
	for _, k := range keys {
		out = append(out, by[k])
	}
	return out
}

// groupFinding judges servers that give the same set; ok is false when the set
// is what it should be in this phase.
func (j *job) groupFinding(d delegated, g []authority) (check.Finding, bool) {
	v := g[0].verdict
	f := check.Finding{
		Code: "MX-AUTH." + string(v), Severity: check.Blocker, Subject: clean.Line(d.domain), Who: check.WhoDNSHost,
		Saw: j.saw(d, g), Should: j.should(d), Confirm: g[0].mx.Dig(), RetestAt: j.in.Now.Add(again),
	}
	names := listed(serverNames(g), 4)
	if j.undecided(d.expect, g[0]) {
		return j.unlistedRegion(f, d, g, names), true
	}
	if j.before() {
		return j.earlyFinding(f, d, g, names)
	}
	f.Copy = plannedLines(d.domain, d.expect.target.InboundMX, goodTTL)
	give := one(g, "gives", "give")
	f.Do = clean.Sprintf("At your DNS host, check that the copied records stand in the zone %s and no other MX records of %s, save it again, and see that %s %s the newest serial%s. Look again at %s",
		d.zone.Name, d.domain, names, one(g, "has", "have"), newestText(d), clock(f.RetestAt, j.in.Now))
	if len(g) == len(d.answered()) { // it is not a copy that is late: the zone itself is so
		f.Do = clean.Sprintf("At your DNS host, put the copied records into the zone %s in the place of all other MX records of %s, and save it. Look again at %s",
			d.zone.Name, d.domain, clock(f.RetestAt, j.in.Now))
	}
	f.IfLeft = clean.Sprintf("Mail of senders who ask %s does not go to %s", names, d.expect.target.Name)
	switch v {
	case Planned:
		return f, false
	case Old:
		f.Title = clean.Sprintf("%s: %s still %s the old set", d.domain, names, give)
		f.IfLeft = clean.Sprintf("Mail of senders who ask %s still goes the old way", names)
	case Mixed:
		f.Title = clean.Sprintf("%s: %s %s new and other hosts together", d.domain, names, give)
		f.IfLeft = "Senders choose among all of them, so part of the mail goes round the gateway"
	case Part:
		f.Title = clean.Sprintf("%s: %s %s not all hosts of the region; %s is missing", d.domain, names, give, listed(d.expect.missing(g[0].set), 4))
		f.IfLeft = "Mail arrives, but there is no other host to turn to when one is not available"
	case None:
		f.Title = clean.Sprintf("%s: %s %s no MX record", d.domain, names, give)
		f.IfLeft = "Mail goes to the address of the domain's own name, or is returned to its sender (RFC 5321 section 5.1)"
	default:
		f.Title = clean.Sprintf("%s: %s %s a set that is not the region's", d.domain, names, give)
	}
	return f, true
}

// undecided reports that the region's hosts would have to be known to judge a
// set. Before the change it is enough that none of them can be among it.
func (j *job) undecided(e expect, a authority) bool {
	return undecided(j.in, e, a)
}

func undecided(in check.Input, e expect, a authority) bool {
	if a.verdict != UnknownHere || in.Phase != check.Before && in.Phase != "" {
		return a.verdict == UnknownHere
	}
	for _, m := range a.set {
		if classifyHost(m.Host, e.target, e.source).kind == maybe {
			return true
		}
	}
	return false
}

// earlyFinding judges a set before the change, when only the old one is right.
func (j *job) earlyFinding(f check.Finding, d delegated, g []authority, names string) (check.Finding, bool) {
	f.Severity, f.RetestAt = check.Advice, time.Time{}
	f.Should = "The old set, until the change"
	switch g[0].verdict {
	case Planned:
		f.Code = "MX-AUTH.early"
		f.Title = clean.Sprintf("%s: %s already %s the new set", d.domain, names, one(g, "gives", "give"))
		f.IfLeft = "Mail of this domain already goes to the new region"
		f.Do = "If that is meant, say that the change was made; if not, put the old records back"
	case Mixed, Part:
		f.Code = "MX-AUTH.early"
		f.Title = clean.Sprintf("%s: %s already %s some of the new hosts", d.domain, names, one(g, "gives", "give"))
		f.IfLeft = "Part of the mail already goes to the new region"
		f.Do = "Put the old set back, or make the whole change now"
	default:
		return f, false
	}
	return f, true
}

func (j *job) unlistedRegion(f check.Finding, d delegated, g []authority, names string) check.Finding {
	f.Code, f.Severity, f.Who, f.RetestAt = "MX-AUTH.region", check.Advice, check.WhoMimecast, time.Time{}
	f.Title = clean.Sprintf("%s: the inbound hosts of this region are unknown here", d.domain)
	if d.expect.target.ID == "" {
		f.Title, f.Who = clean.Sprintf("%s: no region is chosen yet, so the set cannot be judged", d.domain), check.WhoTPOC
		f.Should, f.Do, f.IfLeft = "A region to compare with", "Choose the region, then check again", "Nothing can be said about the set"
		return f
	}
	f.Should = clean.Sprintf("The inbound hosts of %s, which are unknown here: ask Mimecast", d.expect.target.Name)
	f.IfLeft = "Whether the set is right cannot be told"
	f.Do = clean.Sprintf("Ask Mimecast for the inbound host names of %s and compare them with what %s %s", d.expect.target.Name, names, one(g, "gives", "give"))
	return f
}

func (j *job) agreed(d delegated) check.Finding {
	f := check.Finding{
		Code: "MX-AUTH.ok", Severity: check.OK, Subject: clean.Line(d.domain),
		Title: clean.Sprintf("%s: all name servers give the planned set", d.domain),
	}
	if j.before() {
		f.Title = clean.Sprintf("%s: all name servers give the same, old set", d.domain)
	}
	if a := d.answered(); len(a) > 0 {
		f.Saw, f.Confirm = j.saw(d, a), a[0].mx.Dig()
	}
	return f
}
