package detect

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// maxHosts is how many a: and mx: hosts of a record are looked up.
const maxHosts = 10

// spfRecord is what an SPF record says about senders (RFC 7208), without
// evaluating it.
type spfRecord struct {
	count    int // records found; more than one is an error (section 4.5)
	single   []netip.Addr
	networks []netip.Prefix
	includes []string
	hosts    []string // of a: mechanisms
	mx       bool
	redirect string
	all      string // qualifier of all, "" when there is none
}

// readSPF reads the domain's SPF record, following one redirect.
func (l *look) readSPF() {
	l.spf = spfIn(l.txt, l.domain)
	if l.spf.redirect == "" {
		return
	}
	a := l.c.Lookup(l.ctx, l.spf.redirect, resolve.TypeTXT)
	next := spfIn(a, l.spf.redirect)
	next.count, next.redirect = l.spf.count, l.spf.redirect
	next.single = append(l.spf.single, next.single...)
	next.networks = append(l.spf.networks, next.networks...)
	next.includes = append(l.spf.includes, next.includes...)
	next.hosts = append(l.spf.hosts, next.hosts...)
	l.spf = next
}

func spfIn(a resolve.Answer, domain string) spfRecord {
	var s spfRecord
	for _, r := range a.Records {
		text := strings.ToLower(r.Text)
		if text != "v=spf1" && !strings.HasPrefix(text, "v=spf1 ") {
			continue
		}
		if s.count++; s.count == 1 {
			for _, term := range strings.Fields(text)[1:] {
				s.term(term, domain)
			}
		}
	}
	return s
}

// term reads one mechanism. Those that exclude senders, and macros, say
// nothing about who sends.
func (s *spfRecord) term(t, domain string) {
	qualifier := "+"
	if strings.ContainsRune("+-~?", rune(t[0])) {
		qualifier, t = t[:1], t[1:]
	}
	if t == "all" {
		s.all = qualifier
	}
	if qualifier != "+" || strings.Contains(t, "%") {
		return
	}
	name, value, _ := strings.Cut(t, ":")
	if rest, ok := strings.CutPrefix(t, "redirect="); ok {
		if n, err := resolve.Name(rest); err == nil {
			s.redirect = n
		}
		return
	}
	switch name {
	case "ip4", "ip6":
		s.address(value)
	case "include":
		if n, err := resolve.Name(value); err == nil && !slices.Contains(s.includes, n) {
			s.includes = append(s.includes, n)
		}
	case "a":
		if value == "" {
			value = domain
		}
		if n, err := resolve.Name(value); err == nil {
			s.hosts = append(s.hosts, n)
		}
	case "mx":
		s.mx = s.mx || value == ""
	}
}

func (s *spfRecord) address(v string) {
	if a, err := netip.ParseAddr(v); err == nil {
		s.single = append(s.single, a)
	} else if p, err := netip.ParsePrefix(v); err == nil {
		if p.IsSingleIP() {
			s.single = append(s.single, p.Addr())
		} else {
			s.networks = append(s.networks, p.Masked())
		}
	}
}

// senders suggests addresses and services that send.
func (l *look) senders() {
	src := source("SPF record", l.domain, l.txt)
	var addrs []string
	for _, a := range l.spf.single {
		addrs = append(addrs, a.String())
	}
	addrs = append(addrs, l.hostAddrs()...)
	note := "Addresses that your SPF record lets send. Take out those that belong to others."
	if len(l.spf.networks) > 0 {
		note += fmt.Sprintf(" The record also has %s; name the single addresses in it that send.", networks(l.spf.networks))
	}
	l.suggest(steps.QOutboundIPs, strings.Join(addrs, "\n"), src, note)
	if len(addrs) == 0 && len(l.spf.networks) > 0 {
		l.inform("Networks that send: "+networks(l.spf.networks), src, "Mimecast takes single addresses; name those that send.")
	}
	var lines []string
	for _, inc := range l.spf.includes {
		if ours(inc) {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s, include:%s", senderName(inc), inc))
	}
	l.suggest("third_party_senders", strings.Join(lines, "\n"), src, "Services that your SPF record includes.")
}

// networks names the first few.
func networks(ps []netip.Prefix) string {
	var names []string
	for i, p := range ps {
		if i == 3 {
			names = append(names, fmt.Sprintf("%d more", len(ps)-3))
			break
		}
		names = append(names, p.String())
	}
	return strings.Join(names, ", ")
}

// ours reports includes of a mailbox provider or of a gateway, which are no
// third parties.
func ours(include string) bool {
	for _, k := range platformIncludes {
		if under(include, k.suffix) {
			return true
		}
	}
	p, ok := providerOf(include)
	return ok && (p.gateway || p.platform == "m365" || p.platform == "google")
}

// hostAddrs looks up the hosts that the record names by a and mx. Hosts of
// known providers are left out: their addresses are not the domain's own.
func (l *look) hostAddrs() []string {
	hosts := slices.Clone(l.spf.hosts)
	if l.spf.mx {
		for _, m := range l.exchangers() {
			hosts = append(hosts, m.Host)
		}
	}
	var out []string
	asked := map[string]bool{}
	for _, h := range hosts {
		if _, known := providerOf(h); known || asked[h] || len(asked) == maxHosts {
			continue
		}
		asked[h] = true
		v4, v6 := l.c.Addresses(l.ctx, h)
		addrs := append(v4.Addrs(), v6.Addrs()...)
		slices.SortFunc(addrs, netip.Addr.Compare)
		for _, a := range addrs {
			out = append(out, a.String())
		}
	}
	return out
}

// information adds what answers no question and still matters for the move.
func (l *look) information() {
	src := source("SPF record", l.domain, l.txt)
	switch {
	case l.spf.count > 1:
		l.inform(fmt.Sprintf("There are %d SPF records", l.spf.count), src, "Only one is allowed, so receivers ignore all of them. Put them together into one.")
	case l.spf.count == 1:
		for _, inc := range l.spf.includes {
			if r, ok := regionOfInclude(inc); ok {
				l.inform("SPF lets Mimecast send already, region "+r.Name, src, "")
			}
		}
	case l.txt.Outcome.Conclusive():
		l.inform("There is no SPF record", source("TXT records", l.domain, l.txt), "One is made in the step on outgoing mail.")
	}
	if p := tag(l.dmarc, "v=dmarc1", "p"); p != "" {
		l.inform("DMARC policy: "+p, source("DMARC record", l.domain, l.dmarc), dmarcNote(p))
	} else if l.dmarc.Outcome.Conclusive() {
		l.inform("There is no DMARC record", source("DMARC record", l.domain, l.dmarc), "")
	}
	if tag(l.sts, "v=stsv1", "id") != "" {
		l.inform("MTA-STS is in use", source("MTA-STS record", l.domain, l.sts),
			"Its policy lists the MX hosts: add Mimecast's before the MX records change, or strict senders cannot deliver.")
	}
	if rua := tag(l.rpt, "v=tlsrptv1", "rua"); rua != "" {
		l.inform("TLS reports go to "+rua, source("TLS-RPT record", l.domain, l.rpt), "")
	}
	if l.mxAns.Outcome.Conclusive() {
		if l.mxAns.AD {
			l.inform("The domain is signed with DNSSEC", source("MX records", l.domain, l.mxAns),
				"Changes have to be signed as well; most DNS hosts do it by themselves.")
		} else {
			l.inform("No DNSSEC signature was seen", source("MX records", l.domain, l.mxAns), "The domain is not signed, or the resolver does not check.")
		}
	}
}

func dmarcNote(p string) string {
	if p == "reject" || p == "quarantine" {
		return "Mail that passes neither SPF nor DKIM is refused or set aside, so both have to be right before outgoing mail changes."
	}
	return ""
}

// tag reads one tag of a record such as "v=DMARC1; p=reject".
func tag(a resolve.Answer, version, name string) string {
	for _, r := range a.Records {
		if v, _, _ := strings.Cut(r.Text, ";"); !strings.EqualFold(strings.ReplaceAll(v, " ", ""), version) {
			continue
		}
		for part := range strings.SplitSeq(r.Text, ";") {
			if k, v, ok := strings.Cut(part, "="); ok && strings.EqualFold(strings.TrimSpace(k), name) {
				return short(strings.TrimSpace(v))
			}
		}
	}
	return ""
}

// short cuts text from DNS to what fits a line.
func short(s string) string {
	s = string(clean.Line(s))
	if r := []rune(s); len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return s
}
