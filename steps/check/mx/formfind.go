package mx

import (
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// formFindings judges each record of one domain by itself.
func (j *job) formFindings(domain string, p present, targets map[string]target) (fs []check.Finding, sure bool) {
	if !p.known {
		return []check.Finding{j.unreadable("MX-FORM", domain, p)}, false
	}
	if p.nxdomain {
		return []check.Finding{j.noDomain("MX-FORM", domain, p.from)}, true
	}
	sure = true
	seen := map[string]bool{}
	for _, g := range j.neighbours(domain, p) {
		fs = append(fs, g.finding)
		for _, h := range g.hosts {
			seen[h] = true // said once is enough
		}
	}
	for _, m := range p.set {
		if seen[m.Host] {
			continue
		}
		seen[m.Host] = true
		f, ok, known := j.hostFinding(domain, p, m, targets)
		if !known {
			sure = false
		}
		if ok {
			fs = append(fs, f)
		}
	}
	if own := p.from.MX(); len(hostsOf(own)) < len(own) {
		fs = append(fs, j.duplicates(domain, p))
	}
	if len(p.set) == 0 {
		fs = append(fs, j.noRecord(domain, p))
	}
	if len(fs) == 0 {
		fs = append(fs, check.Finding{
			Code: "MX-FORM.ok", Severity: check.OK, Subject: clean.Line(domain),
			Title: clean.Sprintf("%s: its MX records are fit to receive mail", domain), Confirm: p.from.Dig(),
		})
	}
	return fs, sure
}

// hostFinding judges one host of a set; known is false when it could not be
// looked up.
func (j *job) hostFinding(domain string, p present, m check.MX, targets map[string]target) (f check.Finding, ok, known bool) {
	f = j.formBase(domain, p.giving(m.Host))
	e := expectation(j.in, domain)
	h := classifyHost(m.Host, e.target, e.source)
	if m.Host == "." {
		return j.nullMX(f, domain, p), true, true
	}
	if a, isIP := literal(m.Host, domain); isIP {
		f.Code, f.Rule = "MX-FORM.address", "RFC 5321 section 2.3.5, RFC 1035 section 3.3.9"
		f.Title = clean.Sprintf("%s: an MX record names the address %s", domain, a.String())
		f.Should = "The name of a host; the address belongs to an A record of that name"
		f.IfLeft = "Most senders cannot deliver to it: they look for a host of that name and find none"
		f.Do = clean.Sprintf("At your DNS host, replace %s by the name of the host", m.Host)
		return f, true, true
	}
	if meant, isDot := dotless(m.Host, domain); isDot {
		f.Code = "MX-FORM.dot"
		f.Title = clean.Sprintf("%s: the name of the zone was put behind %s", domain, meant)
		f.Should = clean.Sprintf("%s and nothing behind it", meant)
		f.IfLeft = "The host does not exist, so mail cannot be delivered to it"
		f.Do = clean.Sprintf("At your DNS host, write the name with a dot at its end: %s.", meant)
		return f, true, true
	}
	if h.kind == outbound {
		return j.outboundHost(f, domain, m, h, e), true, true
	}
	t, asked := targets[m.Host]
	if !asked {
		return f, false, false
	}
	return j.targetFinding(f, domain, m.Host, t)
}

// targetFinding judges what the host resolves to.
func (j *job) targetFinding(f check.Finding, domain, host string, t target) (check.Finding, bool, bool) {
	why, unknown := t.fault()
	if why == "" {
		return j.onlyIPv6(f, domain, host, t)
	}
	f.Saw = clean.Sprintf("%s: %s (asked %s at %s)", host, why, stamp(t.v4.At, j.in.Now), t.v4.ServerName())
	f.Confirm = t.v4.Dig()
	switch {
	case unknown:
		f.Code, f.Severity, f.Who = "MX-FORM.unread", check.Advice, check.WhoTPOC
		f.Title = clean.Sprintf("%s: %s could not be looked up", domain, host)
		f.Should, f.IfLeft = "An address for the host", "Nothing is known to be wrong; it only could not be checked"
		f.Do, f.RetestAt = "Ask again in a minute", j.in.Now.Add(again)
		if t.v4.Outcome == resolve.Enclosed {
			f.Do = innerDo
		}
	case strings.HasPrefix(why, "an alias"):
		f.Code, f.Rule = "MX-FORM.alias", "RFC 2181 section 10.3, RFC 5321 section 5.1"
		f.Title = clean.Sprintf("%s: %s is an alias", domain, host)
		f.Should = "A host with an address of its own: the name in an MX record must not be an alias"
		f.IfLeft = "Some senders refuse to follow it, so part of the mail comes back to its senders"
		f.Do = clean.Sprintf("At your DNS host, put the name the alias leads to in the MX record, %s", chainEnd(t))
		if strings.HasSuffix(why, "itself") {
			f.IfLeft = "It leads to no host, so mail cannot be delivered to it"
			f.Do = "At your DNS host, give the host an address in the place of the alias, or delete the MX record"
		}
	case t.addresses > 0:
		f.Code = "MX-FORM.private"
		f.Title = clean.Sprintf("%s: %s cannot be reached from the internet", domain, host)
		f.Should = "A public address"
		f.IfLeft = "Senders cannot connect to it, or connect to a machine of their own"
		f.Do = "At your DNS host, give the host its public address. If only your own network sees this address, ask a public resolver to compare"
	default:
		f.Code = "MX-FORM.nohost"
		f.Title = clean.Sprintf("%s: %s has no address", domain, host)
		if t.v4.Outcome == resolve.NXDomain {
			f.Title = clean.Sprintf("%s: there is no host %s", domain, host)
		}
		f.Should = "A host with an A or AAAA record"
		f.IfLeft = "Mail cannot be delivered to this host"
		f.Do = "At your DNS host, correct the name, or delete the record"
	}
	if classifyHost(host, j.in.Target, j.in.Source).kind == planned && !unknown {
		// The host is not the TPOC's to change. That it cannot take mail still
		// stops the step: going on would lose mail.
		f.Who = check.WhoMimecast
		f.Do = "Check from another network; if it stays so, do not go on, and tell Mimecast: the host is theirs"
		if f.Code == "MX-FORM.alias" {
			f.Severity, f.Do = check.Advice, "Nothing: the host is Mimecast's, and most senders follow it"
		}
	}
	return f, true, !unknown
}

// onlyIPv6 reports a host that the many senders without IPv6 cannot reach.
func (j *job) onlyIPv6(f check.Finding, domain, host string, t target) (check.Finding, bool, bool) {
	if t.v4.Outcome != resolve.NoData || len(t.v6.Addrs()) == 0 || len(t.second.Addrs()) > 0 {
		return f, false, true
	}
	f.Code, f.Severity, f.Confirm = "MX-FORM.ipv6", check.Risk, t.v4.Dig()
	f.Title = clean.Sprintf("%s: %s has an IPv6 address alone", domain, host)
	f.Saw = clean.Sprintf("%s: %s, and no IPv4 address (asked %s at %s)", host, addressText(t), stamp(t.v4.At, j.in.Now), t.v4.ServerName())
	f.Should = "An IPv4 address too"
	f.IfLeft = "Senders that have no IPv6 cannot deliver to this host"
	f.Do = "At your DNS host, add an A record for the host"
	if classifyHost(host, j.in.Target, j.in.Source).kind == planned {
		f.Who, f.Do = check.WhoMimecast, "Check from another network, and ask Mimecast: the host is theirs"
	}
	return f, true, true
}

func chainEnd(t target) string {
	for _, c := range [][]string{t.v4.Chain, t.v6.Chain} {
		if len(c) > 0 {
			return c[len(c)-1]
		}
	}
	return t.host
}

func (j *job) nullMX(f check.Finding, domain string, p present) check.Finding {
	f.Code, f.Rule = "MX-FORM.null", "RFC 7505"
	if len(hostsOf(p.set)) > 1 {
		f.Title = clean.Sprintf("%s: a null MX stands among other records", domain)
		f.Should = "Either a null MX alone, for a domain that takes no mail, or hosts without it"
		f.IfLeft = "Some senders take it that the domain receives no mail, and return theirs"
		f.Do = "At your DNS host, delete the MX record that names a single dot"
		return f
	}
	f.Title = clean.Sprintf("%s says that it takes no mail (null MX)", domain)
	f.Should = "The hosts that receive the domain's mail"
	f.IfLeft = "Every sender returns mail to this domain at once"
	f.Do = "If the domain is to take mail, replace the record by the planned ones; if not, say that it only sends (the question \"Do some domains send only?\")"
	f.Who = check.WhoTPOC
	if j.before() {
		// It is as the owner wanted it until the change, which replaces it.
		f.Severity = check.Risk
	}
	return f
}

// outboundHost explains an MX at a host that only sends.
func (j *job) outboundHost(f check.Finding, domain string, m check.MX, h host, e expect) check.Finding {
	f.Code = "MX-FORM.outbound"
	f.Title = clean.Sprintf("%s: %s is for %s, not for receiving", domain, m.Host, h.use)
	f.Should = j.should(delegated{domain: domain, expect: e})
	f.IfLeft = `Mimecast refuses mail that comes in through it, with 451 or 550 and the text "incorrect hostname used for inbounds"`
	f.Do = clean.Sprintf("At your DNS host, replace %s by the inbound hosts", m.Host)
	if len(e.target.InboundMX) > 0 {
		f.Copy = plannedLines(domain, e.target.InboundMX, goodTTL)
	} else {
		f.Should, f.Do = "The inbound hosts of the region, which are unknown here: ask Mimecast", "Ask Mimecast for the inbound hosts of the region and put those in place"
	}
	f.Rule = "Mimecast SMTP error codes (34000709564691)"
	return f
}

// formBase is a finding about a record in one server's set.
func (j *job) formBase(domain string, s said) check.Finding {
	return check.Finding{
		Severity: check.Blocker, Subject: clean.Line(domain), Who: check.WhoDNSHost, Confirm: s.ans.Dig(),
		Saw: clean.Sprintf("%s gives %s (asked %s)", s.ans.ServerName(), setText(s.set), stamp(s.ans.At, j.in.Now)),
	}
}

// neighbour is a finding about hosts of one kind.
type neighbour struct {
	finding check.Finding
	hosts   []string
}

// neighbours explains hosts that are fit by themselves but do not belong beside
// the new ones: those of the region that is left, of another region, and of the
// platform itself. A set that is wholly old is MX-AUTH's to report.
func (j *job) neighbours(domain string, p present) []neighbour {
	e := expectation(j.in, domain)
	by := map[kind][]string{}
	for _, h := range hostsOf(p.set) {
		k := classifyHost(h, e.target, e.source).kind
		_, mixed := p.beside(h, e)
		wrong := k == otherRegion && !j.before() && !e.wasBefore(h)
		if mixed && (k == source || k == otherRegion || k == microsoft || k == google) || wrong {
			by[k] = append(by[k], h)
		}
	}
	var out []neighbour
	for _, k := range []kind{source, otherRegion, microsoft, google} {
		if hosts := by[k]; len(hosts) > 0 {
			s, mixed := p.beside(hosts[0], e)
			if !mixed {
				s = p.giving(hosts[0])
			}
			out = append(out, neighbour{j.neighbourFinding(j.formBase(domain, s), domain, k, hosts, e), hosts})
		}
	}
	return out
}

func (j *job) neighbourFinding(f check.Finding, domain string, k kind, hosts []string, e expect) check.Finding {
	h := classifyHost(hosts[0], e.target, e.source)
	names, is := hostList(hosts), "is"
	if len(hosts) > 1 {
		is = "are"
	}
	switch k {
	case source:
		f.Code = "MX-FORM.source"
		f.Title = clean.Sprintf("%s: %s %s of the region you leave", domain, names, is)
		f.IfLeft = clean.Sprintf("Mail still goes to the old account in %s, which stops taking it when that account is switched off", h.region.Name)
	case otherRegion:
		f.Code = "MX-FORM.region"
		f.Title = clean.Sprintf("%s: %s %s of another region, %s", domain, names, is, h.region.Name)
		f.IfLeft = "That region does not know your account, so it refuses the mail"
	default:
		f.Code = "MX-FORM.platform"
		f.Title = clean.Sprintf("%s: %s, which is %s, stands beside the gateway", domain, names, h.who())
		f.IfLeft = "Part of the mail goes round the gateway, unwanted mail first of all"
	}
	if j.before() {
		f.Severity = check.Advice
	}
	f.Should = j.should(delegated{domain: domain, expect: e})
	f.Do = clean.Sprintf("At your DNS host, delete %s from the MX records", names)
	f.Copy = plannedLines(domain, e.target.InboundMX, goodTTL)
	return f
}

func (j *job) duplicates(domain string, p present) check.Finding {
	count := map[string]int{}
	var twice []string
	for _, m := range p.from.MX() {
		if count[m.Host]++; count[m.Host] == 2 {
			twice = append(twice, m.Host)
		}
	}
	return check.Finding{
		Code: "MX-FORM.twice", Severity: check.Advice, Subject: clean.Line(domain), Who: check.WhoDNSHost,
		Title:   clean.Sprintf("%s: %s stands there more than once", domain, listed(twice, 3)),
		Saw:     clean.Sprintf("%s (asked %s at %s)", setText(p.from.MX()), stamp(p.from.At, j.in.Now), p.from.ServerName()),
		Should:  "Each host once",
		IfLeft:  "It works, but senders that cannot reach the host try it again for nothing",
		Do:      "Delete the record with the higher number",
		Confirm: p.from.Dig(),
	}
}

func (j *job) noRecord(domain string, p present) check.Finding {
	f := check.Finding{
		Code: "MX-FORM.none", Severity: check.Blocker, Subject: clean.Line(domain), Who: check.WhoDNSHost, Rule: "RFC 5321 section 5.1",
		Title:  clean.Sprintf("%s has no MX record", domain),
		Saw:    clean.Sprintf("%s %s (asked %s)", p.from.ServerName(), p.from.Words(), stamp(p.from.At, j.in.Now)),
		Should: "The hosts that receive the domain's mail", Confirm: p.from.Dig(),
		IfLeft: "Senders try the address of the domain's own name, or return the mail",
		Do:     "At your DNS host, add the planned records", RetestAt: j.in.Now.Add(again),
		Copy: plannedLines(domain, j.in.Target.InboundMX, goodTTL),
	}
	if j.before() { // a domain may well begin to take mail with the change
		f.Severity, f.RetestAt = check.Advice, time.Time{}
		f.Do = "Nothing now; the change adds the records"
	}
	return f
}

// plannedHosts judges the hosts that the change will name: an instruction that
// leads to a dead host must be noticed before it is followed.
func (j *job) plannedHosts(targets map[string]target) (fs []check.Finding, sure bool) {
	sure = true
	for _, h := range j.in.Target.InboundMX {
		t, ok := targets[h]
		if !ok {
			continue
		}
		why, unknown := t.fault()
		if unknown {
			sure = false
		}
		if why == "" || !j.before() {
			continue // after the change the host is judged in its own set
		}
		f, _, _ := j.targetFinding(check.Finding{Severity: check.Blocker, Subject: clean.Line(h), Who: check.WhoMimecast}, "Planned", h, t)
		f.Title = clean.Sprintf("Planned host %s: %s", h, why)
		fs = append(fs, f)
	}
	return fs, sure
}
