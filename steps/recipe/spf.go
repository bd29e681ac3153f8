package recipe

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/region"
)

// Includes are the SPF terms of the move's regions: the target's and, while
// migrating, the source's. What is not known is left out.
func Includes(f steps.Facts) []string {
	var out []string
	for _, r := range []region.Region{f.Target, f.Source} {
		if r.SPFInclude != "" {
			out = append(out, "include:"+r.SPFInclude)
		}
	}
	return out
}

// SPFTerms are the terms of a complete record: the regions, the platform that
// still sends directly until the switch, own addresses, third parties.
func SPFTerms(f steps.Facts) []string {
	terms := Includes(f)
	add := func(t string) {
		if t != "" && !slices.Contains(terms, t) {
			terms = append(terms, t)
		}
	}
	if InCloud(f) {
		add("include:spf.protection.outlook.com")
	}
	if InGoogle(f) {
		add("include:_spf.google.com")
	}
	for _, a := range Senders(f) {
		add(spfAddress(a))
	}
	for _, line := range f.Answers.List("third_party_senders") {
		_, sources, _ := strings.Cut(line, ",")
		for _, s := range strings.Split(sources, ",") {
			if s = strings.TrimSpace(s); strings.HasPrefix(s, "include:") {
				add(s)
			} else {
				add(spfAddress(s))
			}
		}
	}
	return terms
}

func spfAddress(s string) string {
	kind := func(is4 bool) string {
		if is4 {
			return "ip4:"
		}
		return "ip6:"
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return kind(a.Is4()) + a.String()
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return kind(p.Addr().Is4()) + p.String()
	}
	return ""
}

// SPF returns the term to add to an existing record, and the complete record
// for a domain that has none. The region that is left stands in the record
// already: its term is kept and not added, as a term that stands there twice
// costs a DNS question twice (RFC 7208 section 4.6.4).
func SPF(f steps.Facts) []steps.Snippet {
	term := "include:" + f.Target.SPFInclude
	if f.Target.SPFInclude == "" {
		term = fmt.Sprintf("include of %s: %s", Name(f.Target), Unknown)
	}
	label := "Add only this to the SPF record you have, before its ~all or -all; keep what is there"
	if f.Source.SPFInclude != "" {
		label += ", include:" + f.Source.SPFInclude + " too"
	}
	out := []steps.Snippet{snippet(label, "spf-term.txt", langText, term)}
	if f.Target.SPFInclude == "" {
		return out
	}
	terms := SPFTerms(f)
	record := "v=spf1 " + strings.Join(terms, " ") + " ~all"
	var lines []string
	lookups := 0
	for _, t := range terms {
		if strings.HasPrefix(t, "include:") {
			lookups++
		}
	}
	lines = append(lines, fmt.Sprintf("; names %s, each costing one or more of the 10 DNS questions that SPF allows", counted(lookups, "include", "includes")))
	for _, d := range domainsOr(f) {
		lines = append(lines, fmt.Sprintf("%s 3600 IN TXT %s", d, txtStrings(record)))
	}
	return append(out, snippet("Complete record, for a domain that has no SPF record yet", "spf.zone", langDNS, lines...))
}

// domainsOr lists the domains as absolute names for a zone file; before any is
// given, the zone's own name.
func domainsOr(f steps.Facts) []string {
	if len(f.Domains) == 0 {
		return []string{"@"}
	}
	var out []string
	for _, d := range f.Domains {
		out = append(out, d+".")
	}
	return out
}

// txtStrings quotes a TXT value for a zone file, in strings of at most 255
// octets (RFC 1035 section 3.3), cut between terms with the blank kept.
func txtStrings(s string) string {
	var parts []string
	for len(s) > 255 {
		cut := strings.LastIndexByte(s[:255], ' ')
		if cut <= 0 {
			cut = 255
		}
		parts, s = append(parts, s[:cut]), s[cut:]
	}
	parts = append(parts, s)
	for i, p := range parts {
		p = strings.ReplaceAll(p, `\`, `\\`)
		parts[i] = `"` + strings.ReplaceAll(p, `"`, `\"`) + `"`
	}
	return strings.Join(parts, " ")
}
