package mx

import (
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// noDomain is the finding about a domain that does not exist. It weighs the same
// in every check and phase: its records can neither be looked at nor changed,
// and who goes on moves a domain that takes no mail, or another than was meant.
func (j *job) noDomain(id, domain string, a resolve.Answer) check.Finding {
	return check.Finding{
		Code: id + ".missing", Severity: check.Blocker, Subject: clean.Line(domain), Who: check.WhoTPOC,
		Title:    clean.Sprintf("%s does not exist in DNS", domain),
		Saw:      clean.Sprintf("%s says the name does not exist (asked %s for %s %s)", string(a.ServerName()), stamp(a.At, j.in.Now), a.Name, a.Type.String()),
		Should:   "A domain of the move is registered, and stands in DNS",
		IfLeft:   "No mail can reach it, before or after the change",
		Do:       "Check the spelling, and that the registration has not lapsed, or take the domain out of the move. Where it is yet to be registered, do that first",
		Confirm:  a.Dig(),
		RetestAt: j.in.Now.Add(again),
	}
}

// lacks reports that one of the findings is about a domain that does not exist.
func lacks(fs []check.Finding) bool {
	return slices.ContainsFunc(fs, func(f check.Finding) bool { return strings.HasSuffix(f.Code, ".missing") })
}

// missingSummary says how many of the domains do not exist.
func missingSummary(fs []check.Finding, domains int) clean.Shown {
	var gone []string
	for _, f := range fs {
		if strings.HasSuffix(f.Code, ".missing") && !has(gone, string(f.Subject)) {
			gone = append(gone, string(f.Subject))
		}
	}
	do := "does"
	if len(gone) > 1 {
		do = "do"
	}
	return clean.Sprintf("%d of %s: %s %s not exist in DNS", len(gone), plural(domains, "domain", "domains"), listed(gone, 3), do)
}
