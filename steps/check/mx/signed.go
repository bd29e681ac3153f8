package mx

import (
	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// refusal is a resolver that answers a question only when it is told not to
// check DNSSEC: the signatures of the zone do not hold for it.
type refusal struct {
	checked, unchecked resolve.Answer
}

// refusals asks the resolvers that could not find an answer (SERVFAIL) once
// more without DNSSEC.
func (j *job) refusals(answers []resolve.Answer) []refusal {
	var out []refusal
	seen := map[string]bool{}
	for _, a := range answers {
		if a.Outcome != resolve.ServFail || !a.Recursive || seen[a.Server.Addr] {
			continue
		}
		seen[a.Server.Addr] = true
		if j.inVain(a.Server.Addr, 0) >= mostVain {
			continue
		}
		if b := j.c.AskUnchecked(j.ctx, a.Server, a.Name, a.Type); b.Outcome.Conclusive() {
			out = append(out, refusal{a, b})
		} else {
			j.inVain(a.Server.Addr, 1)
		}
	}
	return out
}

// mostVain is after how many questions in vain a resolver is taken to have
// another trouble than DNSSEC: fifty domains must not wait for it one by one.
const mostVain = 3

func (j *job) inVain(addr string, more int) (n int) {
	j.change(func() {
		if j.vain == nil {
			j.vain = map[string]int{}
		}
		j.vain[addr] += more
		n = j.vain[addr]
	})
	return n
}

// unsigned words refusals. One resolver may be wrong; two that agree are the
// zone's fault, and every sender that validates loses the domain.
func (j *job) unsigned(code, domain string, rs []refusal) check.Finding {
	a := rs[0].checked
	f := check.Finding{
		Code: code, Severity: check.Risk, Subject: clean.Line(domain), Who: check.WhoDNSHost, Rule: "RFC 4035 section 5.5",
		Title: clean.Sprintf("%s: its DNSSEC signatures do not hold", domain),
		Saw: clean.Sprintf("%s answers %s (asked %s for %s %s), and answers when DNSSEC is not checked",
			a.ServerName(), a.Why, stamp(a.At, j.in.Now), a.Name, a.Type.String()),
		Should:  "Signatures that fit the zone, and a DS record at the registrar that fits its keys; or no DS record for a zone that is not signed",
		IfLeft:  "Senders whose resolvers check DNSSEC cannot find the domain, so their mail waits and then comes back",
		Do:      "Tell your DNS host. Usual causes: signatures that have run out, or a DS record left over from another DNS host. Change no MX before it is mended",
		Confirm: a.Dig() + "\n" + rs[0].unchecked.Dig(),
	}
	if len(rs) > 1 {
		f.Severity = check.Blocker
		f.Saw += clean.Sprintf("; so does %s", rs[1].checked.ServerName())
		if len(rs) > 2 {
			f.Saw += clean.Sprintf(" and %d more", len(rs)-2)
		}
	}
	return f
}

// everyone asks all resolvers the question that one could not answer.
func (j *job) everyone(a resolve.Answer) []resolve.Answer {
	out := make([]resolve.Answer, len(j.w.Resolvers))
	var g check.Group
	for i, r := range j.w.Resolvers {
		g.Go(func() { out[i] = j.c.Ask(j.ctx, r, a.Name, a.Type, true) })
	}
	g.Wait()
	return out
}
