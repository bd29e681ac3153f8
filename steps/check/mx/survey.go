package mx

import (
	"context"
	"sort"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
	"mxodus/steps/region"
)

// Schema is the version of Report's JSON form. Fields are only added.
const Schema = "mxodus.mx/1"

// CodeNoDomain is the finding of a report about a domain that does not exist; it
// is then the only one.
const CodeNoDomain = "MX.nodomain"

// YesNo is a verdict over several answers.
type YesNo string

// Yes, no, or it cannot be told.
const (
	Yes   YesNo = "yes"
	No    YesNo = "no"
	Maybe YesNo = "unknown"
)

// Report is who answers what for some domains, measured against one region.
type Report struct {
	Schema   string        `json:"schema"`
	At       time.Time     `json:"at"`
	Region   string        `json:"region,omitempty"`
	Expected []string      `json:"expected"` // the region's inbound hosts as far as they are known
	Equal    YesNo         `json:"equal"`    // of all domains together
	Domains  []Domain      `json:"domains"`
	Rejected []Rejected    `json:"rejected,omitempty"` // arguments that are not domains
	Tables   []check.Table `json:"-"`                  // the same for a screen
}

// Rejected is an argument that could not be used.
type Rejected struct {
	Given clean.Shown `json:"given"`
	Why   clean.Shown `json:"why"`
}

// Domain is one domain of a report.
type Domain struct {
	Domain        clean.Shown     `json:"domain"`
	Zone          clean.Shown     `json:"zone,omitempty"`
	Equal         YesNo           `json:"equal"` // do all its own servers give the region's set?
	Authoritative []ServerAnswer  `json:"authoritative"`
	Resolvers     []ServerAnswer  `json:"resolvers"`
	Findings      []check.Finding `json:"findings"`
}

// ServerAnswer is what one server gives.
type ServerAnswer struct {
	Name    clean.Shown `json:"name"`
	Addr    clean.Shown `json:"address,omitempty"`
	Verdict Verdict     `json:"verdict"`
	MX      []Record    `json:"mx"`
	Serial  uint32      `json:"serial,omitempty"`
	AD      bool        `json:"ad,omitempty"` // validated by the resolver (DNSSEC)
	At      time.Time   `json:"at,omitzero"`
	TookMS  int64       `json:"took_ms"`
	Outcome string      `json:"outcome"` // ok, nodata, nxdomain, servfail, refused, timeout, network, malformed, cancelled, not asked
	Why     clean.Shown `json:"why,omitempty"`
	Repeat  clean.Shown `json:"repeat,omitempty"` // command that asks the same
}

// Record is one MX record of an answer.
type Record struct {
	Host clean.Shown `json:"host"`
	Pref uint16      `json:"pref"`
	TTL  uint32      `json:"ttl"` // seconds
}

// Survey looks domains up everywhere and says of each whether its set equals
// the region's. It needs no move: there is no old set and no phase, so what is
// not the region's is "other". Domains may be in any form a person types; what
// is no domain is reported in Rejected. progress may be nil.
func Survey(ctx context.Context, w *check.World, domains []string, r region.Region, progress func(check.Progress)) Report {
	rep := Report{Schema: Schema, At: w.Clock().UTC(), Region: r.ID, Expected: append([]string{}, r.InboundMX...), Domains: []Domain{}}
	in := check.Input{Phase: check.After, Now: w.Clock(), Target: r}
	for _, d := range domains {
		name, err := resolve.Name(d)
		switch {
		case err != nil:
			rep.Rejected = append(rep.Rejected, Rejected{clean.Line(d), clean.Line(err.Error())})
		case !has(in.Domains, name):
			in.Domains = append(in.Domains, name)
		}
	}
	j := &job{ctx: ctx, w: w, c: resolve.For(ctx, w), in: in, progress: progress}
	stop := j.watch()
	views := j.spreads()
	known := make([]bool, len(views))
	presents := make([]present, len(views))
	targets := map[string]target{}
	j.each(func(i int, domain string) {
		p := lookPresent(ctx, j.c, in, domain)
		j.change(func() { presents[i], known[i] = p, true })
	})
	j.lookTargets(presents, targets)
	stop()
	for i, s := range views {
		rep.Domains = append(rep.Domains, j.surveyed(s, presents[i], targets))
	}
	rep.Equal = overall(rep.Domains)
	var own []delegated
	for _, s := range views {
		own = append(own, s.servers)
	}
	rep.Tables = append(authTables(in, own), j.propTables(views)...)
	return rep
}

func (j *job) surveyed(s spread, p present, targets map[string]target) Domain {
	d := Domain{
		Domain: clean.Line(s.domain), Zone: clean.Line(s.servers.zone.Name),
		Authoritative: []ServerAnswer{}, Resolvers: []ServerAnswer{}, Findings: []check.Finding{},
	}
	for _, a := range s.servers.servers {
		sa := serverAnswer(a.mx, a.set, a.verdict, a.why)
		sa.Name = clean.Line(a.ns)
		if a.addr.IsValid() {
			sa.Addr = clean.Line(a.addr.String())
		} else {
			sa.Outcome = string(resolve.Network)
		}
		if a.serialK {
			sa.Serial = a.serial
		}
		d.Authoritative = append(d.Authoritative, sa)
	}
	for _, c := range s.caches {
		sa := serverAnswer(c.ans, c.set, c.verdict, c.why)
		sa.Name, sa.Addr = clean.Line(c.ans.Server.Name), clean.Line(c.ans.Server.Addr)
		d.Resolvers = append(d.Resolvers, sa)
	}
	if a, missing := s.servers.missing(); missing {
		f := j.noDomain("MX", s.domain, a)
		d.Equal, f.Code = No, CodeNoDomain
		d.Findings = append(d.Findings, f)
		return d
	}
	d.Equal = equal(s.servers)
	if j.in.Target.ID != "" {
		fs, _ := j.authFindings(s.servers)
		d.Findings = append(d.Findings, fs...)
		d.Findings = append(d.Findings, j.propState(s).findings...)
	}
	fs, _ := j.formFindings(s.domain, p, targets)
	d.Findings = append(d.Findings, fs...)
	rank := map[check.Severity]int{check.Blocker: 0, check.Risk: 1, check.Advice: 2, check.OK: 3}
	sort.SliceStable(d.Findings, func(a, b int) bool { return rank[d.Findings[a].Severity] < rank[d.Findings[b].Severity] })
	return d
}

func serverAnswer(a resolve.Answer, set []check.MX, v Verdict, why string) ServerAnswer {
	sa := ServerAnswer{Verdict: v, MX: []Record{}, AD: a.AD, Outcome: string(a.Outcome), Why: clean.Line(why)}
	if !a.At.IsZero() {
		sa.At, sa.TookMS, sa.Repeat = a.At.UTC(), a.Took.Milliseconds(), a.Dig()
	}
	for _, m := range set {
		sa.MX = append(sa.MX, Record{clean.Line(m.Host), m.Pref, m.TTL})
	}
	return sa
}

// equal is yes when every name server gives the region's set, no when one
// gives something else, unknown when that cannot be told.
func equal(d delegated) YesNo {
	got := d.answered()
	sure := len(got) > 0 && len(d.unheard()) == 0
	for _, a := range got {
		switch a.verdict {
		case Planned:
		case UnknownHere:
			sure = false
		default:
			return No
		}
	}
	if sure {
		return Yes
	}
	return Maybe
}

func overall(ds []Domain) YesNo {
	all := Yes
	for _, d := range ds {
		switch d.Equal {
		case No:
			return No
		case Maybe:
			all = Maybe
		}
	}
	if len(ds) == 0 {
		return Maybe
	}
	return all
}
