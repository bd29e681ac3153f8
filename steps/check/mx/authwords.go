package mx

import (
	"fmt"
	"sort"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// serverNames are the names of servers, each once, sorted.
func serverNames(g []authority) []string {
	var out []string
	for _, s := range g {
		if !has(out, s.ns) {
			out = append(out, s.ns)
		}
	}
	sort.Strings(out)
	return out
}

// one picks the form of a verb for one name server or several.
func one(g []authority, single, several string) string {
	if len(serverNames(g)) == 1 {
		return single
	}
	return several
}

// saw tells what servers with the same set gave, with serial and time.
func (j *job) saw(d delegated, g []authority) clean.Shown {
	s := g[0]
	text := clean.Sprintf("%s gives %s (asked %s", string(s.mx.ServerName()), setText(s.set), stamp(s.mx.At, j.in.Now))
	if s.serialK {
		text += clean.Sprintf(", serial %d%s", s.serial, behind(s.serial, newest(d)))
	}
	text += ")"
	if len(g) > 1 {
		text += clean.Sprintf("; so %s", alsoText(g[1:]))
	}
	switch {
	case j.in.ChangedAt.IsZero() || j.before():
	case j.in.ChangedAt.After(j.in.Now):
		text += clean.Sprintf(". The change is noted for %s, which is ahead of this machine's clock", clock(j.in.ChangedAt, j.in.Now))
	default:
		text += clean.Sprintf(". The change was made at %s, %s ago", clock(j.in.ChangedAt, j.in.Now), span(max(0, j.in.Now.Sub(j.in.ChangedAt)).Round(time.Second)))
	}
	return text
}

func alsoText(g []authority) string {
	var names []string
	for _, s := range g {
		names = append(names, string(s.mx.ServerName()))
	}
	do := "do "
	if len(names) == 1 {
		do = "does "
	}
	return do + listed(names, 4)
}

func (j *job) should(d delegated) clean.Shown {
	if e := d.expect; len(e.target.InboundMX) == 0 {
		return clean.Sprintf("The inbound hosts of %s and no other; they are unknown here: ask Mimecast", e.target.Name)
	}
	if e := d.expect; len(e.target.InboundMX) == 1 {
		return clean.Sprintf("%s, the one inbound host of %s known here (there may be another: ask Mimecast), and no other", e.target.InboundMX[0], e.target.Name)
	}
	return clean.Sprintf("%s, the inbound hosts of %s, and no other", hostList(d.expect.target.InboundMX), d.expect.target.Name)
}

// newest is the highest serial among the servers, by the arithmetic of RFC 1982.
func newest(d delegated) uint32 {
	var best uint32
	first := true
	for _, s := range d.answered() {
		if s.serialK && (first || int32(s.serial-best) > 0) {
			best, first = s.serial, false
		}
	}
	return best
}

func newestText(d delegated) clean.Shown {
	if n := newest(d); n != 0 {
		return clean.Sprintf(" (%d is the newest seen)", n)
	}
	return ""
}

// behind tells how far a serial is behind the newest.
func behind(serial, newest uint32) string {
	switch n := int32(newest - serial); {
	case n == 1:
		return ", one behind"
	case n > 1 && n < 1000:
		return fmt.Sprintf(", %d behind", n)
	case n > 1:
		return fmt.Sprintf(", behind %d", newest)
	}
	return ""
}

func (j *job) noZone(d delegated) check.Finding {
	f := check.Finding{
		Code: "MX-AUTH.zone", Severity: check.Advice, Subject: clean.Line(d.domain), Who: check.WhoTPOC,
		Title:    clean.Sprintf("%s: its name servers could not be found", d.domain),
		Should:   "The name servers of the domain, so that each can be asked",
		IfLeft:   "Nothing is known to be wrong; it only could not be checked",
		Do:       "Check the network connection of this machine and ask again",
		RetestAt: j.in.Now.Add(again),
	}
	if d.zone.Outcome == resolve.Enclosed {
		f.Do = innerDo
	}
	if n := len(d.zone.Answers); n > 0 {
		a := d.zone.Answers[n-1]
		f.Saw = clean.Sprintf("%s %s (asked %s for %s %s)", string(a.ServerName()), a.Words(), stamp(a.At, j.in.Now), a.Name, a.Type.String())
		f.Confirm = a.Dig()
	}
	return f
}

func (j *job) silentServer(d delegated, s authority) check.Finding {
	f := check.Finding{
		Code: "MX-AUTH.silent", Severity: check.Advice, Subject: clean.Line(d.domain), Who: check.WhoDNSHost,
		Title:  clean.Sprintf("%s: %s could not be asked", d.domain, s.ns),
		Should: "An answer from every name server of the zone", RetestAt: j.in.Now.Add(again),
		IfLeft: "What this server gives is not known; the fault may lie on the way from here",
		Do:     "Ask again in a minute. If it stays silent from other networks too, tell your DNS host",
	}
	if s.addr.IsValid() {
		f.Saw = clean.Sprintf("%s %s (asked %s)", string(s.mx.ServerName()), s.why, stamp(s.mx.At, j.in.Now))
		f.Confirm = s.mx.Dig()
	} else {
		f.Saw = clean.Sprintf("No address was found for %s: %s", s.ns, s.why)
		f.Confirm = clean.Sprintf("dig A %s", s.ns)
	}
	if s.addr.Is6() && s.mx.Outcome == resolve.Network {
		f.Saw += ". It has an IPv6 address alone, and there is no way to it from this machine"
		f.Do = "Ask from a network with IPv6. Tell your DNS host that resolvers without IPv6 cannot ask this server"
	}
	if innerServer(s.addr) {
		return j.innerServerFinding(f, s)
	}
	if s.mx.Outcome.Conclusive() || s.mx.Outcome == resolve.Refused { // it answered, but not as an authority
		f.Code = "MX-AUTH.lame"
		f.Title = clean.Sprintf("%s: %s %s", d.domain, s.ns, s.why)
		f.IfLeft = "Senders who happen to ask this server get no answer or a wrong one"
		f.Do = clean.Sprintf("Ask your DNS host whether %s still belongs to the name servers of %s", s.ns, d.zone.Name)
	}
	if len(s.mx.Chain) > 0 && s.mx.Outcome.Conclusive() {
		f.Code = "MX-AUTH.alias"
		f.Do = clean.Sprintf("The records that count are those of %s: change them there, or replace the alias by MX records of its own", s.mx.Chain[len(s.mx.Chain)-1])
		f.IfLeft = "The set of another name is used for this domain"
	}
	return f
}

func (j *job) disagree(d delegated, groups [][]authority) check.Finding {
	a, b := groups[0], groups[1]
	return check.Finding{
		Code: "MX-AUTH.differ", Severity: check.Advice, Subject: clean.Line(d.domain), Who: check.WhoDNSHost,
		Title: clean.Sprintf("%s: its name servers do not give the same set", d.domain),
		Saw: clean.Sprintf("%s gives %s; %s gives %s (asked %s)", string(a[0].mx.ServerName()), setText(a[0].set),
			string(b[0].mx.ServerName()), setText(b[0].set), stamp(a[0].mx.At, j.in.Now)),
		Should:  "The same set at every name server",
		IfLeft:  "The change will reach some of them late, or not at all",
		Do:      "Ask your DNS host why the servers differ before you change anything",
		Confirm: a[0].mx.Dig() + "\n" + b[0].mx.Dig(),
	}
}

// serials reports servers at different serials where their sets agree; where
// the sets differ, the serial stands with the set.
func (j *job) serials(d delegated, same bool) []check.Finding {
	top := newest(d)
	for _, s := range d.answered() {
		if same && s.serialK && s.serial != top {
			return []check.Finding{{
				Code: "MX-AUTH.serial", Severity: check.Advice, Subject: clean.Line(d.domain), Who: check.WhoDNSHost,
				Title:   clean.Sprintf("%s: same MX set, but not the same copy of the zone", d.domain),
				Saw:     clean.Sprintf("%s has serial %d, another has %d (asked %s)", string(s.mx.ServerName()), s.serial, top, stamp(s.soa.At, j.in.Now)),
				Should:  "One serial at every name server, some minutes after a change",
				IfLeft:  "Nothing for mail now; some DNS hosts number their servers apart on purpose",
				Do:      "If it stays so and your next change does not show everywhere, ask your DNS host",
				Confirm: s.soa.Dig(),
			}}
		}
	}
	return nil
}

// preferences reports what is right as a set but worth a word: unequal
// preference, and hosts that the table does not hold.
func (j *job) preferences(d delegated) []check.Finding {
	if j.before() {
		return nil
	}
	for _, s := range d.answered() {
		if s.verdict != Planned {
			continue
		}
		var fs []check.Finding
		for _, m := range s.set {
			if classifyHost(m.Host, d.expect.target, d.expect.source).kind == maybe {
				fs = append(fs, check.Finding{
					Code: "MX-AUTH.unlisted", Severity: check.Advice, Subject: clean.Line(d.domain), Who: check.WhoMimecast,
					Title:   clean.Sprintf("%s: %s is not in the table of this region", d.domain, m.Host),
					Saw:     clean.Sprintf("%s gives %s (asked %s)", string(s.mx.ServerName()), setText(s.set), stamp(s.mx.At, j.in.Now)),
					Should:  clean.Sprintf("Hosts that Mimecast names for %s; only %s is known here", d.expect.target.Name, listed(d.expect.target.InboundMX, 4)),
					IfLeft:  "It lies under the same mail domain and is probably right",
					Do:      "Ask Mimecast to confirm the host",
					Confirm: s.mx.Dig(),
				})
			}
		}
		if ms := ordered(s.set); len(ms) > 1 && ms[0].Pref != ms[len(ms)-1].Pref {
			fs = append(fs, check.Finding{
				Code: "MX-AUTH.preference", Severity: check.Advice, Subject: clean.Line(d.domain), Who: check.WhoDNSHost,
				Title:   clean.Sprintf("%s: the hosts have different preferences", d.domain),
				Saw:     clean.Sprintf("%s gives %s (asked %s)", string(s.mx.ServerName()), setText(s.set), stamp(s.mx.At, j.in.Now)),
				Should:  "Both hosts at the same preference, so that senders share them",
				IfLeft:  "It works; the second host is used only when the first does not answer",
				Do:      "If you want them shared, give both the same number",
				Copy:    plannedLines(d.domain, d.expect.target.InboundMX, ttl(s.set)),
				Confirm: s.mx.Dig(),
			})
		}
		return fs
	}
	return nil
}
