package rfi

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check/firewall"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
	"mxodus/steps/region"
)

// The checks here compare an answer that could be read with the others, and
// say where they contradict. The value stays: which of the two is wrong only
// the TPOC knows.

func (u *Understood) warn(entry, format string, args ...any) {
	u.Problems = append(u.Problems, Problem{Entry: clip(entry), Message: string(clean.Sprintf(format, args...)), Warning: true})
}

func (u *Understood) refuse(entry, format string, args ...any) {
	u.Problems = append(u.Problems, Problem{Entry: clip(entry), Message: string(clean.Sprintf(format, args...))})
}

// reject refuses a value that is of no use to anything.
func (u *Understood) reject(format string, args ...any) {
	u.refuse(u.Value, format, args...)
	u.Value, u.Shown, u.Items = "", "", nil
}

func domainOf(email string) string {
	_, d, _ := cutLast(email, "@")
	return d
}

// within reports a domain that is one of the list or below one.
func within(d string, list []string) bool {
	return slices.ContainsFunc(list, func(o string) bool { return d == o || strings.HasSuffix(d, "."+o) })
}

func checkSourceRegion(f steps.Facts, u *Understood) {
	if f.Profile.Target == u.Value {
		u.reject("the source and the target are the same region; a migration goes from one region to another")
	}
}

func checkTargetRegion(f steps.Facts, u *Understood) {
	if f.Profile.Journey == steps.Migrate && f.Profile.Source == u.Value {
		u.reject("the source and the target are the same region; a migration goes from one region to another")
		return
	}
	if r, ok := region.Find(u.Value); ok && len(r.InboundMX) == 0 && f.Profile.MovesMail() {
		u.warn("", "the host names for incoming mail of %s are unknown to mxodus, ask Mimecast", r.Name)
	}
}

func checkAccountCode(f steps.Facts, u *Understood) { accountCode(f.Profile.Target, u) }

func checkOldAccountCode(f steps.Facts, u *Understood) { accountCode(f.Profile.Source, u) }

// accountCode compares the beginning of an account code with its region.
func accountCode(id string, u *Understood) {
	if up := strings.ToUpper(u.Value); up != u.Value {
		u.Value, u.Shown = up, up
		u.Notes = append(u.Notes, "wrote the code in capitals")
	}
	want, ok := region.Find(id)
	if strings.Trim(u.Value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		such := ""
		if ok && want.AccountPrefix != "" {
			such = ", such as " + want.AccountPrefix + "12A34"
		}
		u.reject("an account code holds letters and digits only" + such)
		return
	}
	got, known := region.FromAccountCode(u.Value)
	switch {
	case !ok || got.ID == want.ID:
	case want.AccountPrefix != "":
		message := fmt.Sprintf("codes of %s begin with %s", want.Name, want.AccountPrefix)
		if known {
			message += fmt.Sprintf(", and this one belongs to %s", got.Name)
		}
		u.refuse(u.Value, "%s; check which account the code is of, and the region that is given for it", message)
	case known:
		u.refuse(u.Value, "this code belongs to %s, but the region given is %s; check both", got.Name, want.Name)
	}
}

func checkEmergencyEmail(f steps.Facts, u *Understood) {
	if within(domainOf(u.Value), f.Domains) {
		u.warn(u.Value, "this address is on a domain that is being moved, so it cannot be reached when mail stands still; give one elsewhere")
	}
}

func checkTenant(_ steps.Facts, u *Understood) {
	switch {
	case strings.HasSuffix(u.Value, ".mail.onmicrosoft.com"):
		u.reject("this is the routing domain; give the one without .mail. in it, such as acme.onmicrosoft.com")
	case !strings.HasSuffix(u.Value, ".onmicrosoft.com"):
		u.reject("a tenant domain ends in .onmicrosoft.com")
	case strings.Count(u.Value, ".") > 2:
		u.warn(u.Value, "a tenant domain usually has one word before .onmicrosoft.com; check it in the admin centre")
	}
}

// publicMail are domains of mail services for everyone: nobody can prove to own them.
var publicMail = map[string]bool{
	"gmail.com": true, "googlemail.com": true, "outlook.com": true, "hotmail.com": true, "live.com": true,
	"msn.com": true, "yahoo.com": true, "icloud.com": true, "me.com": true, "aol.com": true, "gmx.de": true,
	"gmx.net": true, "gmx.com": true, "web.de": true, "proton.me": true, "protonmail.com": true,
	"onmicrosoft.com": true, "mail.onmicrosoft.com": true,
}

func checkDomains(f steps.Facts, u *Understood) {
	items := u.Items
	if len(items) == 0 {
		items = []string{u.Value}
	}
	for _, d := range items {
		switch {
		case publicMail[d]:
			u.warn(d, "this is a public mail service, and its ownership cannot be proved; give a domain of your own")
		case strings.HasSuffix(d, ".mail.onmicrosoft.com"):
			u.warn(d, "only Mimecast can add a .mail.onmicrosoft.com domain, and it is not needed; take it out unless Mimecast asked for it")
		case isMimecast(d):
			u.warn(d, "this is a name of Mimecast itself; give domains of your own")
		case f.Domain != "" && d == "journal."+f.Domain:
			u.warn(d, "the journal subdomain is made with the account and needs no line here")
		case strings.HasPrefix(d, "www."):
			u.warn(d, "this is usually the name of a website; mail is mostly at %s", strings.TrimPrefix(d, "www."))
		}
	}
}

func isMimecast(host string) bool {
	return within(host, []string{"mimecast.com", "mimecast.co.za", "mimecast-offshore.com", "mimecast-pscom-us.com"})
}

// regionOf returns the region that an address is published for.
func regionOf(a netip.Addr) (region.Region, bool) {
	for _, r := range region.All() {
		for _, g := range r.Ranges {
			if g.CIDR.Contains(a) {
				return r, true
			}
		}
	}
	return region.Region{}, false
}

func checkOutbound(_ steps.Facts, u *Understood) {
	for _, i := range u.Items {
		a, err := netip.ParseAddr(i)
		if err != nil {
			continue
		}
		if r, ok := regionOf(a); ok {
			u.warn(i, "this address belongs to Mimecast (%s); give the addresses of your own servers", r.Name)
		}
		if a.Is6() {
			u.warn(i, "the form asks for IPv4 addresses; whether an IPv6 address can be authorized is unknown, ask Mimecast")
		}
	}
}

func checkInbound(_ steps.Facts, u *Understood) {
	for _, i := range u.Items {
		if a, err := netip.ParseAddr(i); err == nil {
			if r, ok := regionOf(a); ok {
				u.warn(i, "this address belongs to Mimecast (%s); give the host that Mimecast shall deliver to", r.Name)
			}
		} else if isMimecast(i) {
			u.warn(i, "this is a host of Mimecast; give the host that Mimecast shall deliver to")
		}
	}
}

func checkForwarding(f steps.Facts, u *Understood) {
	for _, a := range u.Items {
		if slices.Contains(f.Domains, domainOf(a)) {
			u.warn(a, "this address is on one of your own domains; only outside addresses need a line here")
		}
	}
}

func checkSenders(_ steps.Facts, u *Understood) {
	for _, item := range u.Items {
		for s := range strings.SplitSeq(item, ", ") {
			if name, ok := strings.CutPrefix(s, "include:"); ok && isMimecast(name) {
				u.warn(item, "Mimecast's own include is put into the SPF record anyway; no line is needed for it")
			}
		}
	}
}

// checkInboundCheck says which domains lack a choice, and which choices do not
// go with how recipients become known.
func checkInboundCheck(f steps.Facts, u *Understood) {
	chosen := map[string]string{}
	for _, item := range u.Items {
		d, v, _ := strings.Cut(item, " ")
		chosen[d] = v
	}
	var without, directory []string
	for _, d := range f.Domains {
		if chosen[d] == "" {
			without = append(without, d)
		}
	}
	for d, v := range chosen {
		if v == "directory_only" {
			directory = append(directory, d)
		}
	}
	slices.Sort(directory)
	if len(without) > 0 {
		u.refuse("", "no choice is made yet for %s; add a line, or a choice alone for all others", few(without))
	}
	switch f.Answers.Value("rv.method") {
	case "spreadsheet", "outbound_learning", "manual":
		if len(directory) > 0 {
			u.warn("", "directory users only needs a directory sync, and recipients are made known by other means here: %s", few(directory))
		}
	}
}

// few names the first of a list.
func few(items []string) string {
	if len(items) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(items[:3], ", "), len(items)-3)
	}
	return strings.Join(items, ", ")
}

func checkDirectoryHost(_ steps.Facts, u *Understood) {
	a, err := netip.ParseAddr(u.Value)
	inside := insideOnly[u.Value[strings.LastIndexByte(u.Value, '.')+1:]]
	if err == nil && (a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast()) || err != nil && inside {
		u.warn(u.Value, "Mimecast connects from the internet and cannot reach this; give the public name or address that the firewall passes on")
	}
}

func checkDirectoryTLS(f steps.Facts, u *Understood) {
	if u.Value == "no" {
		u.warn("", "without TLS the password of the directory account crosses the internet readable; TLS on port 636 is recommended")
	}
}

func checkDirectoryPort(f steps.Facts, u *Understood) {
	switch tls := f.Answers.Value("dir.tls"); {
	case tls == "no" && (u.Value == "636" || u.Value == "3269"):
		u.warn(u.Value, "this port is for TLS, but the connection is said to be without it; correct one of the two")
	case tls == "yes" && (u.Value == "389" || u.Value == "3268"):
		u.warn(u.Value, "this port is for connections without TLS; with TLS it is usually %s", map[string]string{"389": "636", "3268": "3269"}[u.Value])
	}
}

func checkBaseDN(_ steps.Facts, u *Understood) {
	for part := range strings.SplitSeq(u.Value, ",") {
		if k, v, ok := strings.Cut(part, "="); !ok || strings.TrimSpace(k) == "" || strings.TrimSpace(v) == "" {
			u.reject("a DN is made of pairs such as DC=acme,DC=com; %q is none", clip(part))
			return
		}
	}
}

func checkJournalAddress(f steps.Facts, u *Understood) {
	d := domainOf(u.Value)
	switch {
	case slices.Contains(f.Domains, d):
		u.warn(u.Value, "this is on one of your own mail domains, so copies sent there may come back to your own servers and go in circles, or never leave; journal mail normally goes to a subdomain of its own, such as journal.%s", d)
	case len(f.Domains) > 0 && !within(d, f.Domains):
		u.warn(u.Value, "this is not below any of your domains; the account's own journal address is journaling@journal. and your main domain")
	}
	if f.Profile.Journey == steps.Migrate {
		checkTwoJournals(u, f.Answers.Value("journal.old_address"))
	}
}

func checkOldJournalAddress(f steps.Facts, u *Understood) {
	checkTwoJournals(u, f.Answers.Value("journal.address"))
}

// checkTwoJournals warns of journal addresses of the old and the new account
// that mail cannot be sent to apart: a connector is for a domain, and brings all
// mail to it to the hosts of one region.
func checkTwoJournals(u *Understood, other string) {
	switch {
	case other == "":
	case strings.EqualFold(other, u.Value):
		u.warn(u.Value, "the old and the new account have the same journal address, and one address leads to one account only; ask the engineer for another")
	case strings.EqualFold(domainOf(other), domainOf(u.Value)):
		u.warn(u.Value, "the old and the new account have journal addresses of the same domain; a connector brings all mail of a domain to one region, so copies for the one would go to the other; ask the engineer for an address at a subdomain of its own")
	}
}

func checkJournalSources(f steps.Facts, u *Understood) {
	for _, i := range u.Items {
		if slices.Contains(f.Answers.List(steps.QOutboundIPs), i) {
			u.warn(i, "this address sends your mail already, so it is accepted for journal mail too; no line is needed")
		}
		if a, err := netip.ParseAddr(i); err == nil && a.Is6() {
			u.warn(i, "the form asks for IPv4 addresses; whether an IPv6 address is taken is unknown, ask Mimecast")
		}
	}
}

func checkResolvers(_ steps.Facts, u *Understood) {
	for _, i := range u.Items {
		if _, err := resolve.ParseResolver(i); err != nil {
			u.reject("a resolver is asked by its address; give it as 192.0.2.53, or 192.0.2.53:5353 where the port is another")
		}
	}
}

func checkInternal(_ steps.Facts, u *Understood) {
	if _, err := netip.ParseAddr(u.Value); err != nil {
		u.reject("rules of a firewall hold addresses; give the address of the server, such as 10.1.2.25")
	}
}

func checkAddedRanges(f steps.Facts, u *Understood) {
	table := f.Target.Prefixes()
	for _, i := range u.Items {
		p, err := netip.ParsePrefix(i)
		if err != nil {
			continue
		}
		if p.Addr().Is4() && p.Bits() < 16 {
			u.warn(i, "this is wider than any range that Mimecast is known to publish; check the length")
		}
		if covered(p, table) {
			u.warn(i, "the table has this range already; no line is needed")
		}
	}
}

func covered(p netip.Prefix, table []netip.Prefix) bool {
	return slices.ContainsFunc(table, func(t netip.Prefix) bool { return t.Bits() <= p.Bits() && t.Contains(p.Addr()) })
}

func checkDroppedRanges(f steps.Facts, u *Understood) {
	if f.Target.ID == "" {
		return
	}
	table := slices.Concat(f.Target.Prefixes(), f.Source.Prefixes())
	for _, i := range u.Items {
		if p, err := netip.ParsePrefix(i); err == nil && !slices.Contains(table, p) {
			u.warn(i, "this is not a range of the table, so leaving it out changes nothing; write it exactly as the table does")
		}
	}
}

func checkExceptions(_ steps.Facts, u *Understood) {
	var all []netip.Prefix
	for _, i := range u.Items {
		if p, err := netip.ParsePrefix(i); err == nil {
			all = append(all, p)
		}
	}
	if err := firewall.CheckExceptions(all); err != nil {
		u.reject("%s", err.Error())
		return
	}
	for _, i := range u.Items {
		if p, err := netip.ParsePrefix(i); err == nil && p.Addr().Is4() && p.Bits() < 16 {
			u.warn(i, "this lets %s past the filter; name fewer", sizeOf(p))
		}
	}
}
