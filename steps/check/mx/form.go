package mx

import (
	"sort"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// target is what DNS says about the host of an MX record.
type target struct {
	host      string
	v4, v6    resolve.Answer
	second    resolve.Answer // another resolver, when the first found nothing
	needsDNS  bool           // false for what is wrong without asking
	addresses int
}

// lookTarget resolves a host. That a name does not exist is believed only when
// two resolvers say so.
func lookTarget(j *job, host string) target {
	t := target{host: host, needsDNS: true}
	t.v4, t.v6 = j.c.Addresses(j.ctx, host)
	t.addresses = len(t.v4.Addrs()) + len(t.v6.Addrs())
	if t.addresses == 0 && t.v4.Outcome.Conclusive() && len(j.w.Resolvers) > 1 {
		t.second = j.c.Recheck(j.ctx, t.v4)
		t.addresses = len(t.second.Addrs())
	}
	if a := j.c.Believe(j.ctx, t.v4); t.addresses == 0 && a.Outcome == resolve.Enclosed {
		t.v4, t.v6.Outcome = a, resolve.Enclosed
	}
	return t
}

func (t target) evidence() []check.Evidence {
	var out []check.Evidence
	for _, a := range []resolve.Answer{t.v4, t.v6, t.second} {
		if a.Name != "" {
			out = append(out, a.Evidence())
		}
	}
	return out
}

// runForm looks at each record by itself: is it fit to receive mail?
func runForm(j *job) check.Result {
	views := make([]present, len(j.in.Domains))
	known := make([]bool, len(j.in.Domains))
	targets := map[string]target{}
	j.change(func() {
		j.total = len(views)
		j.tables = func() []check.Table { return formTables(j, views, known, targets) }
	})
	var r check.Result
	j.each(func(i int, domain string) {
		p := lookPresent(j.ctx, j.c, j.in, domain)
		j.change(func() { views[i], known[i] = p, true; j.done++ })
	})
	j.lookTargets(views, targets)
	r.Tables = formTables(j, views, known, targets)
	unsure := check.Pass
	for i, p := range views {
		fs, sure := j.formFindings(j.in.Domains[i], p, targets)
		if !sure {
			unsure = check.Unknown
		}
		r.Findings = append(r.Findings, fs...)
		if worst(fs) == check.Blocker {
			r.Evidence = append(p.zoneAnswer, r.Evidence...)
		} else {
			r.Evidence = append(r.Evidence, p.zoneAnswer...)
		}
	}
	planFs, sure := j.plannedHosts(targets)
	r.Findings = append(r.Findings, planFs...)
	if !sure {
		unsure = check.Unknown
	}
	var ev []check.Evidence
	for _, h := range targetNames(targets) {
		ev = append(ev, targets[h].evidence()...)
	}
	r.Evidence = bound(append(ev, r.Evidence...))
	conclude(&r, unsure)
	r.Summary = formSummary(r, len(views))
	if len(r.Findings) > 0 && nothingSaid(views, targets) {
		r.Summary = "Nothing could be looked up, so nothing is known about the MX records"
	}
	return r
}

// nothingSaid reports that no question got an answer that says something.
func nothingSaid(views []present, targets map[string]target) bool {
	for _, p := range views {
		if p.known || p.inner {
			return false
		}
	}
	for _, t := range targets {
		if t.v4.Outcome.Conclusive() || t.v6.Outcome.Conclusive() {
			return false
		}
	}
	return true
}

func formSummary(r check.Result, domains int) clean.Shown {
	bad := map[clean.Shown]bool{}
	for _, f := range r.Findings {
		if f.Severity == check.Blocker || f.Severity == check.Risk {
			bad[f.Subject] = true
		}
	}
	if lacks(r.Findings) {
		return missingSummary(r.Findings, domains)
	}
	switch {
	case len(bad) > 0:
		return clean.Sprintf("The MX records of %s are not fit to receive mail", plural(len(bad), "domain or host", "domains or hosts"))
	case r.Outcome == check.Unknown:
		return "No fault was seen, but not everything could be looked up"
	}
	return clean.Sprintf("The MX records of %s are fit to receive mail", plural(domains, "domain", "domains"))
}

// lookTargets resolves every host once, those of the plan included.
func (j *job) lookTargets(views []present, targets map[string]target) {
	var hosts []string
	add := func(h string) {
		if _, isIP := literal(h, h); h != "." && !isIP && !has(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	for _, h := range j.in.Target.InboundMX {
		add(h)
	}
	for i, p := range views {
		for _, m := range p.set {
			if _, isIP := literal(m.Host, j.in.Domains[i]); !isIP {
				add(m.Host)
			}
		}
	}
	hosts = hosts[:min(len(hosts), mostTargets)]
	j.change(func() { j.total += len(hosts) })
	slots := make(chan struct{}, domainsAtOnce)
	var g check.Group
	for _, h := range hosts {
		slots <- struct{}{}
		g.Go(func() {
			defer func() { <-slots }()
			t := lookTarget(j, h)
			j.change(func() { targets[h] = t; j.done++ })
		})
	}
	g.Wait()
	if j.progress != nil {
		j.tell()
	}
}

// mostTargets bounds the hosts that are resolved: a hostile zone may name
// thousands.
const mostTargets = 500

func targetNames(targets map[string]target) []string {
	var out []string
	for h := range targets {
		out = append(out, h)
	}
	sort.Strings(out)
	return out
}

func formTables(j *job, views []present, known []bool, targets map[string]target) []check.Table {
	t := check.Table{Header: []clean.Shown{"domain", "record", "points at"}}
	type row struct {
		rank  int
		cells []check.Cell
	}
	var rows []row
	for i, p := range views {
		name := check.Cell{Text: clean.Line(j.in.Domains[i])}
		if !known[i] {
			rows = append(rows, row{1, []check.Cell{name, {Mark: check.MarkWait, Text: "asking"}, {}}})
			continue
		}
		if !p.known {
			rows = append(rows, row{1, []check.Cell{name, {Mark: check.MarkUnknown, Text: clean.Line(p.why)}, {}}})
			continue
		}
		for n, m := range p.set {
			if n >= mostRows {
				rows = append(rows, row{2, []check.Cell{name, {Text: clean.Sprintf("and %d more records", len(p.set)-n)}, {}}})
				break
			}
			mark, text := j.targetCell(j.in.Domains[i], m.Host, targets)
			rank := 2
			if mark == check.MarkBad {
				rank = 0
			}
			rows = append(rows, row{rank, []check.Cell{name, {Mark: mark, Text: clean.Sprintf("%d %s", m.Pref, hostText(m.Host))}, {Text: text}}})
		}
	}
	sort.SliceStable(rows, func(a, b int) bool { return rows[a].rank < rows[b].rank })
	for _, r := range rows {
		t.Rows = append(t.Rows, r.cells)
	}
	return []check.Table{t}
}

// mostRows is how many records of one domain a table shows.
const mostRows = 20

func (j *job) targetCell(domain, host string, targets map[string]target) (check.Mark, clean.Shown) {
	if host == "." {
		return check.MarkBad, "null MX: takes no mail"
	}
	if _, ok := literal(host, domain); ok {
		return check.MarkBad, "an IP address, not a name"
	}
	t, ok := targets[host]
	if !ok {
		return check.MarkWait, "asking"
	}
	why, unknown := t.fault()
	switch {
	case unknown:
		return check.MarkUnknown, clean.Line(why)
	case why != "":
		return check.MarkBad, clean.Line(why)
	case classifyHost(host, j.in.Target, j.in.Source).kind == outbound:
		return check.MarkBad, "a host for sending, not for receiving"
	}
	return check.MarkGood, clean.Line(addressText(t))
}

func addressText(t target) string {
	var out []string
	for _, a := range append(append(t.v4.Addrs(), t.v6.Addrs()...), t.second.Addrs()...) {
		out = append(out, a.String())
	}
	return listed(out, 3)
}

// circle reports that aliases come back to a name they have passed.
func circle(host string, chain []string) bool {
	seen := map[string]bool{host: true}
	for _, c := range chain {
		if seen[c] {
			return true
		}
		seen[c] = true
	}
	return false
}

// fault is what is wrong with a host as DNS has it. unknown is true when it
// could not be looked up.
func (t target) fault() (why string, unknown bool) {
	switch {
	case len(t.v4.Chain) > 0 || len(t.v6.Chain) > 0:
		chain := t.v4.Chain
		if len(chain) == 0 {
			chain = t.v6.Chain
		}
		if circle(t.host, chain) {
			return "an alias (CNAME) that leads back to itself", false
		}
		return "an alias (CNAME) of " + chain[len(chain)-1], false
	case t.addresses == 0 && (!t.v4.Outcome.Conclusive() || !t.v6.Outcome.Conclusive()):
		a := t.v4
		if a.Outcome.Conclusive() {
			a = t.v6
		}
		return "a resolver " + a.Words(), true
	case t.addresses == 0 && t.second.Name != "" && !t.second.Outcome.Conclusive():
		return "only one resolver could say that it has no address", true
	case t.addresses == 0 && t.v4.Outcome == resolve.NXDomain:
		return "the name does not exist", false
	case t.addresses == 0:
		return "the name has no address", false
	}
	for _, a := range append(t.v4.Addrs(), t.v6.Addrs()...) {
		if s := resolve.Special(a); s != "" {
			return a.String() + " is " + s, false
		}
	}
	return "", false
}
