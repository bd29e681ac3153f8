package mx

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// goodTTL is the life, in seconds, that lets a change reach everybody in five
// minutes. The vendor names no figure; 300 to 600 s is what others advise.
const goodTTL = 300

// runPlan records the set before the change: what to put back if need be.
func runPlan(j *job) check.Result {
	if j.in.Phase != "" && j.in.Phase != check.Before {
		return check.Result{
			Outcome: check.Skipped,
			Summary: "The set to go back to is recorded before the change; afterwards there is nothing to record",
		}
	}
	views := make([]present, len(j.in.Domains))
	known := make([]bool, len(j.in.Domains))
	j.change(func() {
		j.total = len(views)
		j.tables = func() []check.Table { return []check.Table{j.planTable(views, known)} }
	})
	j.each(func(i int, domain string) {
		p := lookPresent(j.ctx, j.c, j.in, domain)
		j.change(func() { views[i], known[i] = p, true; j.done++ })
	})
	var r check.Result
	baseline := check.MXBaseline{Sets: map[string][]check.MX{}, NoMX: map[string]uint32{}}
	unread, lower, empty, missing := 0, 0, 0, 0
	for i, p := range views {
		domain := j.in.Domains[i]
		if !p.known {
			unread++
			r.Findings = append(r.Findings, j.unreadable("MX-PLAN", domain, p))
			r.Evidence = append(p.zoneAnswer, r.Evidence...)
			continue
		}
		baseline.Sets[domain] = append([]check.MX{}, p.newest...)
		if life := negativeLife(p.from, !p.authority); len(p.newest) == 0 && life > 0 {
			baseline.NoMX[domain] = life
		}
		f := j.planFinding(domain, p)
		switch {
		case p.nxdomain:
			missing++
		case f.Severity == check.Advice:
			empty++
		}
		r.Findings = append(r.Findings, f)
		if f.Code == "MX-PLAN.recorded" && ttl(p.newest) > goodTTL {
			lower++
			r.Findings = append(r.Findings, j.ttlFinding(domain, p))
		}
		r.Evidence = append(r.Evidence, p.zoneAnswer...)
	}
	r.Evidence = bound(r.Evidence)
	r.Tables = []check.Table{j.planTable(views, known)}
	r.Data = data(baseline)
	concludePlan(&r, len(baseline.Sets)-missing, unread, empty, lower, missing)
	return r
}

// concludePlan words what was recorded: of how many domains, and how many could
// not be read, have no record or a TTL that is long, or do not exist.
func concludePlan(r *check.Result, recorded, unread, empty, lower, missing int) {
	switch {
	case missing > 0:
		r.Outcome = check.Fail
		r.Summary = clean.Sprintf("%s recorded; %s", plural(recorded, "domain", "domains"), plural(missing, "domain does not exist in DNS", "domains do not exist in DNS"))
		if unread > 0 {
			r.Summary += clean.Sprintf("; %d could not be read", unread)
		}
	case worst(r.Findings) == check.Blocker:
		r.Outcome = check.Fail
		r.Summary = clean.Sprintf("%s recorded; %s could not be, for DNSSEC signatures that do not hold", plural(recorded, "domain", "domains"), plural(unread, "domain", "domains"))
	case unread > 0:
		r.Outcome = check.Unknown
		r.Summary = clean.Sprintf("%s recorded, %d could not be read", plural(recorded, "domain", "domains"), unread)
	case empty > 0:
		r.Outcome = check.Warn
		r.Summary = clean.Sprintf("%s recorded; %d of them without any MX record", plural(recorded, "domain", "domains"), empty)
	case lower > 0:
		r.Outcome = check.Warn
		r.Summary = clean.Sprintf("%s recorded; %d should get a shorter TTL before the change", plural(recorded, "domain", "domains"), lower)
	default:
		r.Outcome = check.Pass
		r.Summary = clean.Sprintf("%s recorded, TTLs are short enough", plural(recorded, "domain", "domains"))
	}
}

func (j *job) planFinding(domain string, p present) check.Finding {
	now := j.in.Now
	t := ttl(p.newest)
	saw := clean.Sprintf("%s gives %s, TTL %d s (asked %s)", string(p.from.ServerName()), setText(p.newest), t, stamp(p.from.At, now))
	f := check.Finding{
		Code: "MX-PLAN.recorded", Severity: check.OK, Subject: clean.Line(domain),
		Title: clean.Sprintf("%s: %s recorded as the set to go back to", domain, plural(len(p.newest), "record", "records")),
		Saw:   saw, Copy: zoneLines(domain, p.newest), Confirm: p.from.Dig(), Who: check.WhoDNSHost,
		Do: clean.Sprintf("To go back, put the copied records in place again. It reaches everybody %s after your DNS host has them", span(time.Duration(max(t, goodTTL))*time.Second)),
	}
	switch {
	case p.nxdomain:
		return j.noDomain("MX-PLAN", domain, p.from)
	case j.parked(domain, p):
		f.Code, f.Severity, f.Who = "MX-PLAN.parked", check.Advice, check.WhoTPOC
		f.Title = clean.Sprintf("%s takes no mail and sends none: it looks parked", domain)
		f.Saw = clean.Sprintf("%s gives %s (asked %s), and the SPF record is v=spf1 -all", string(p.from.ServerName()), setText(p.newest), stamp(p.from.At, now))
		f.Should = "The domains of the move take mail, or send it"
		f.IfLeft = "A domain that was parked on purpose gets MX records, and with them unwanted mail"
		f.Do, f.Copy = "If nobody uses it for mail, take it out of the domains of the move; else give it MX and SPF records as the other domains have them", ""
		f.Rule = "RFC 7208 section 5.1, RFC 7505"
	case len(p.newest) == 0:
		f.Code, f.Severity = "MX-PLAN.none", check.Advice
		f.Title = clean.Sprintf("%s has no MX record", domain)
		f.Should = "A domain that takes mail has an MX record"
		f.IfLeft = "Mail goes to the address of the domain's own name, if it has one (RFC 5321 section 5.1); going back means deleting the new records"
		f.Saw = clean.Sprintf("%s gives no MX record (asked %s)", string(p.from.ServerName()), stamp(p.from.At, now))
		f.Do, f.Copy, f.Who = "Check whether this domain is to take mail at all; if it only sends, say so at the question \"Do some domains send only?\"", "", check.WhoTPOC
		f.Rule = "RFC 5321 section 5.1"
	case expectation(j.in, domain).judge(p.newest) == Planned:
		f.Code = "MX-PLAN.done"
		f.Title = clean.Sprintf("%s already points at %s alone", domain, j.in.Target.Name)
	}
	return f
}

// parked reports a domain that says of itself that it neither takes mail (no
// MX, or a null MX) nor sends it (an SPF record that allows nobody).
func (j *job) parked(domain string, p present) bool {
	if len(p.newest) > 1 || len(p.newest) == 1 && p.newest[0].Host != "." {
		return false
	}
	for _, r := range j.c.Lookup(j.ctx, domain, resolve.TypeTXT).Records {
		if strings.EqualFold(strings.Join(strings.Fields(r.Text), " "), "v=spf1 -all") {
			return true
		}
	}
	return false
}

// ttlFinding says when to lower the TTL and from when that counts.
func (j *job) ttlFinding(domain string, p present) check.Finding {
	now, t := j.in.Now, ttl(p.newest)
	life := time.Duration(t) * time.Second
	short := append([]check.MX(nil), p.newest...)
	for i := range short {
		short[i].TTL = goodTTL
	}
	f := check.Finding{
		Code: "MX-PLAN.ttl", Severity: check.Advice, Subject: clean.Line(domain), Who: check.WhoDNSHost,
		Title:  clean.Sprintf("%s: lower the TTL of the MX records to %d", domain, goodTTL),
		Saw:    clean.Sprintf("%s gives a TTL of %d s (asked %s)", p.from.ServerName(), t, stamp(p.from.At, now)),
		Should: clean.Sprintf("TTL %d s from at least %s before the change", goodTTL, span(life)),
		IfLeft: clean.Sprintf("After the change, resolvers may hold the old set for up to %s, and going back takes as long", span(life)),
		Do: clean.Sprintf("At your DNS host, set the TTL of these records to %d now, at %s: it counts from %s on (now plus the old TTL). Lower it at the latest %s before the change. Put it back to %d when the move is done",
			goodTTL, clock(now, now), by(now.Add(life), now), span(life), t),
		Copy: zoneLines(domain, short), Confirm: p.from.Dig(),
	}
	if !p.authority {
		f.Saw += "; this is what a cache had left, so the full TTL is at least that"
	}
	return f
}

// unreadable is the finding for a domain about which nothing was learnt.
func (j *job) unreadable(id, domain string, p present) check.Finding {
	if p.from.Outcome == resolve.ServFail {
		if rs := j.refusals(j.everyone(p.from)); len(rs) > 0 {
			return j.unsigned(id+".dnssec", domain, rs)
		}
	}
	f := check.Finding{
		Code: id + ".unread", Severity: check.Advice, Subject: clean.Line(domain), Who: check.WhoTPOC,
		Title:    clean.Sprintf("%s could not be looked up", domain),
		Saw:      clean.Sprintf("%s %s (asked %s)", string(p.from.ServerName()), p.why, stamp(p.from.At, j.in.Now)),
		Should:   "A DNS answer from here",
		IfLeft:   "Nothing is known to be wrong; it only could not be checked",
		Do:       "Check the network connection of this machine and ask again; if only DNS is blocked here, name a resolver that may be asked",
		Confirm:  p.from.Dig(),
		RetestAt: j.in.Now.Add(time.Minute),
	}
	if p.from.Outcome == resolve.Enclosed {
		f.Do = innerDo
	}
	if p.inner {
		f.Title = clean.Sprintf("%s: only an inner view of the domain is seen from here", domain)
		f.Should, f.IfLeft, f.Do = "The public name servers of the domain, which senders ask", "What senders see is not known", innerDo
	}
	return f
}

// ttlCell is the life of a set, and whether it is short enough; of no set there
// is none.
func ttlCell(set []check.MX) check.Cell {
	if len(set) == 0 {
		return check.Cell{}
	}
	mark := check.MarkGood
	if ttl(set) > goodTTL {
		mark = check.MarkPart
	}
	return check.Cell{Mark: mark, Text: clean.Shown(fmt.Sprintf("%d s", ttl(set)))}
}

func (j *job) planTable(views []present, known []bool) check.Table {
	t := check.Table{Header: []clean.Shown{"domain", "MX as recorded", "TTL"}}
	type row struct {
		ttl   uint32
		cells []check.Cell
	}
	var rows []row
	for i, p := range views {
		name := check.Cell{Text: clean.Line(j.in.Domains[i])}
		switch {
		case !known[i]:
			rows = append(rows, row{0, []check.Cell{name, {Mark: check.MarkWait, Text: "asking"}, {}}})
		case !p.known:
			rows = append(rows, row{1 << 31, []check.Cell{name, {Mark: check.MarkUnknown, Text: clean.Line(p.why)}, {}}})
		case p.nxdomain:
			rows = append(rows, row{1 << 31, []check.Cell{name, {Mark: check.MarkBad, Text: "does not exist"}, {}}})
		default:
			rows = append(rows, row{ttl(p.newest), []check.Cell{name, {Text: clean.Line(setText(p.newest))}, ttlCell(p.newest)}})
		}
	}
	sort.SliceStable(rows, func(a, b int) bool { return rows[a].ttl > rows[b].ttl })
	for _, r := range rows {
		t.Rows = append(t.Rows, r.cells)
	}
	return t
}
