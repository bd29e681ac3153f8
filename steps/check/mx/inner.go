package mx

import (
	"net/netip"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// inner reports that a resolver shows an inner view of the domain (split
// horizon) and no cache of what senders see: it answers from a copy of the zone
// of its own, or it belongs to this network and gives what no name server of
// the domain gives and none gave before.
func (s spread) inner(c cached) bool {
	if c.why != "" || c.verdict == Planned || c.verdict == UnknownHere || !s.known || len(s.servers.answered()) == 0 {
		return false
	}
	for _, a := range s.servers.answered() {
		if sameHosts(a.set, c.set) {
			return false
		}
	}
	if c.ans.AA {
		return true
	}
	addr, err := netip.ParseAddrPort(c.ans.Server.Addr)
	own := c.ans.Server.Name == resolve.System || err == nil && addr.Addr().IsPrivate()
	return own && c.verdict == Other
}

func sameHosts(a, b []check.MX) bool {
	x, y := hostsOf(a), hostsOf(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

func (j *job) innerFinding(s spread, c cached) check.Finding {
	from := "a set that no name server of the domain gives"
	if c.ans.AA {
		from = "from a copy of the zone that it holds itself"
	}
	return check.Finding{
		Code: "MX-PROP.inner", Severity: check.Advice, Subject: clean.Line(s.domain), Who: check.WhoNetwork,
		Title:   clean.Sprintf("%s: %s shows an inner view of the domain", s.domain, c.ans.Server.Name),
		Saw:     clean.Sprintf("%s gives %s (asked %s), %s", c.ans.ServerName(), setText(c.set), stamp(c.ans.At, j.in.Now), from),
		Should:  "What senders on the internet see is given by the name servers of the domain; this resolver stands for nobody outside",
		IfLeft:  "Nothing changes for mail from outside. Machines that ask this resolver deliver by its records",
		Do:      "Decide with your network team whether the inner records are to change too. The caches outside are judged without this resolver",
		Confirm: c.ans.Dig(),
	}
}

// innerServer reports a name server with a private address: what is seen of the
// domain from here is an inner view.
func innerServer(a netip.Addr) bool { return a.IsValid() && a.Unmap().IsPrivate() }

// innerWords is why such a server says nothing about what senders see.
const innerWords = "has a private address, so it shows an inner view of the domain"

// innerDo is what helps against it.
const innerDo = "Name a public resolver that may be asked (the question \"Which DNS resolvers do the checks ask?\", or --resolver), or check from a network outside"

func (j *job) innerServerFinding(f check.Finding, s authority) check.Finding {
	f.Code, f.Who = "MX-AUTH.inner", check.WhoTPOC
	f.Title = clean.Sprintf("%s: only an inner view of the domain is seen from here", f.Subject)
	f.Saw = clean.Sprintf("The name server %s has the private address %s (asked %s)", s.ns, s.addr.String(), stamp(s.mx.At, j.in.Now))
	f.Should = "The public name servers of the domain, which senders ask"
	f.IfLeft = "What senders see is not known; the inner records may differ from it"
	f.Do = innerDo
	return f
}
