package detect

import (
	"cmp"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
)

// exchangers are the MX records by preference and name: servers give them out
// in an order that changes.
func (l *look) exchangers() []check.MX {
	records := l.mxAns.MX()
	slices.SortFunc(records, func(a, b check.MX) int {
		return cmp.Or(cmp.Compare(a.Pref, b.Pref), cmp.Compare(a.Host, b.Host))
	})
	return records
}

// mx reads who receives the domain's mail now.
func (l *look) mx() {
	records := l.exchangers()
	if l.mxAns.Outcome != resolve.OK || len(records) == 0 {
		return
	}
	src := source("MX records", l.domain, l.mxAns)
	if len(records) == 1 && (records[0].Host == "." || records[0].Host == "") {
		l.inform("The domain says that it takes no mail (null MX)", src, "Check that this is the right domain.")
		return
	}
	var hosts, own []string
	for _, m := range records {
		if p, ok := providerOf(m.Host); ok {
			if l.provider.name == "" {
				l.provider = p
			}
		} else if !slices.Contains(own, m.Host) {
			own = append(own, m.Host)
		}
		hosts = append(hosts, m.Host)
	}
	l.present(hosts, src)
	if l.provider.name == "" && len(own) > 0 {
		l.suggest(steps.QInbound, strings.Join(own, "\n"), src,
			"Your mail goes to these hosts now; Mimecast can deliver to them if they are your own servers.")
	}
}

// present says which service the mail comes in through now.
func (l *look) present(hosts []string, src string) {
	switch p := l.provider; {
	case p.name == "Mimecast":
		note := "The domain's mail goes through Mimecast already."
		l.suggest(steps.QJourney, string(steps.Migrate), src, note)
		if p.region.ID != "" {
			l.suggest(steps.QSource, p.region.ID, src, note+" The region follows from the host name "+hosts[0]+".")
		}
		name := "Mimecast"
		if p.region.Name != "" {
			name += ", region " + p.region.Name
		}
		l.inform("Present gateway: "+name, src, "")
	case p.gateway:
		l.inform("Present gateway: "+p.name, src,
			"Write down its policies before you leave it: they usually cannot be exported. Its contract has to end before the lock-down.")
	case p.name != "":
		l.inform("Mail comes in at "+p.name, src, "")
	default:
		shown := hosts
		if len(shown) > 4 {
			shown = shown[:4]
		}
		l.inform("Mail comes in at "+strings.Join(shown, ", "), src, "")
	}
}

// platform weighs the hints on where the mailboxes are.
func (l *look) platform() {
	if l.provider.platform != "" {
		note := "The MX records point straight to it."
		if l.provider.platform == "other" {
			note = "The MX records point to " + l.provider.name + "."
		} else if l.provider.platform == "m365" || l.provider.platform == "google" {
			note += " If some mailboxes are on servers of your own, choose hybrid."
		}
		l.suggest(steps.QPlatform, l.provider.platform, source("MX records", l.domain, l.mxAns), note)
		return
	}
	behind := "What stands behind the gateway cannot be seen; this is a likely guess."
	if l.provider.name == "" {
		behind = "The MX records point elsewhere, so this is a guess; if some mailboxes are on servers of your own, choose hybrid."
	}
	for _, h := range []struct {
		a     resolve.Answer
		what  string
		hosts []string
	}{
		{l.autodiscover, "autodiscover record", []string{"outlook.com", "office365.com"}},
		{l.selector, "DKIM record", []string{"onmicrosoft.com", "dkim.mail.microsoft"}},
		{l.register, "enterpriseregistration record", []string{"windows.net", "windows-int.net"}},
	} {
		if t := target(h.a); t != "" && slices.ContainsFunc(h.hosts, func(s string) bool { return under(t, s) }) {
			l.suggest(steps.QPlatform, "m365", source(h.what, l.domain, h.a), behind)
			return
		}
	}
	for _, inc := range l.spf.includes {
		for _, k := range platformIncludes {
			if under(inc, k.suffix) {
				l.suggest(steps.QPlatform, k.platform, source("SPF record", l.domain, l.txt), behind)
				return
			}
		}
	}
}

// target is the first alias of a CNAME answer.
func target(a resolve.Answer) string {
	if a.Outcome != resolve.OK {
		return ""
	}
	for _, r := range a.Records {
		if r.Type == resolve.TypeCNAME {
			return r.Host
		}
	}
	if len(a.Chain) > 0 {
		return a.Chain[0]
	}
	return ""
}

// tenant reads the Microsoft 365 tenant out of the DKIM alias:
// selector1-acme-com._domainkey.acme.onmicrosoft.com.
func (l *look) tenant() {
	t := target(l.selector)
	if !under(t, "onmicrosoft.com") {
		return
	}
	if _, after, ok := strings.Cut(t, "._domainkey."); ok {
		l.suggest("infra.m365_tenant_domain", after, source("DKIM record", l.domain, l.selector), "The tenant that signs for this domain.")
	}
}
