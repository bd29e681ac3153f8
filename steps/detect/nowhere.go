package detect

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// blind reports that no resolver said anything about the domain, and leaves a
// word of it: an empty list is no sign that there is nothing.
func (l *look) blind(resolvers int) bool {
	for _, a := range []resolve.Answer{l.mxAns, l.txt} {
		switch a.Outcome {
		case resolve.OK, resolve.NoData, resolve.NXDomain:
			return false
		}
	}
	src := fmt.Sprintf("%d DNS resolvers asked, none answered within %.0f seconds", resolvers, Limit.Seconds())
	switch resolvers {
	case 0:
		src = "no DNS resolver is known to this machine"
	case 1:
		src = fmt.Sprintf("1 DNS resolver asked, no answer within %.0f seconds", Limit.Seconds())
	}
	if l.mxAns.Outcome == resolve.Enclosed || l.txt.Outcome == resolve.Enclosed {
		src = source("MX records", l.domain, l.mxAns) + ", which shows a network of its own and not the internet"
	}
	l.found = append(l.found, Suggestion{
		Text: string(clean.Sprintf("DNS could not be asked about %s", l.domain)), Source: src, Blind: true,
		Note: "What it holds is unknown, so nothing is offered: type your answers, or name resolvers that may be asked under \"Which DNS resolvers do the checks ask?\".",
	})
	return true
}

// nowhere reports a domain that does not exist as far as the resolver says,
// and leaves one hint in place of a list of records that are missing. A
// resolver that denies even the domain's well-known ending is not to be
// trusted: it answers so to everything, as behind some portals and filters.
func (l *look) nowhere() bool {
	if l.mxAns.Outcome != resolve.NXDomain || l.txt.Outcome == resolve.OK {
		return false
	}
	ending := l.domain[strings.LastIndexByte(l.domain, '.')+1:]
	top := l.c.Lookup(l.ctx, ending, resolve.TypeNS)
	_, icann := publicsuffix.PublicSuffix(ending)
	switch src := source("MX records", l.domain, l.mxAns); {
	case top.Outcome == resolve.NXDomain && icann:
		l.inform(fmt.Sprintf("The DNS resolver says that nothing exists, not even .%s", ending), src,
			"Its answers cannot be used: choose another resolver, or look whether a sign-in page or a filter stands between this machine and the internet. What DNS tells about your domain stays unknown until then.")
		l.found[len(l.found)-1].Blind = true
	case top.Outcome == resolve.NXDomain:
		l.inform(fmt.Sprintf("There is no domain %s, and no ending .%s", l.domain, ending), src, "Check the spelling of your main domain.")
	default:
		l.inform("There is no domain "+l.domain, src, "Check the spelling of your main domain, and that its registration has not run out.")
	}
	return true
}
