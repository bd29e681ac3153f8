package gateway

import (
	"fmt"
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// again is when an unanswered host is worth another try.
const again = 5 * time.Minute

// result judges what was seen.
func (r *run) result() check.Result {
	res := check.Result{Tables: []check.Table{table(r.hosts)}}
	unsure := check.Pass
	for _, h := range r.hosts {
		fs, sure := r.hostFindings(h)
		if !sure {
			unsure = check.Unknown
		}
		res.Findings = append(res.Findings, fs...)
		for _, v := range h.talks {
			res.Evidence = append(res.Evidence, v.evidence())
		}
		res.Evidence = append(res.Evidence, h.v4.Evidence(), h.v6.Evidence())
	}
	if len(r.missing) > 0 {
		res.Findings = append(res.Findings, r.missing...)
		unsure = check.Unknown
	}
	if f, ok := r.nobody(); ok {
		res.Findings = append([]check.Finding{f}, res.Findings...)
		unsure = check.Unknown
	}
	if answered, _, _ := r.count(); answered == 0 {
		unsure = check.Unknown // nothing was shown to work, so the check cannot have passed
	}
	switch res.Worst() {
	case check.Blocker:
		res.Outcome = check.Fail
	case check.Risk:
		res.Outcome = check.Warn
		if unsure == check.Unknown {
			res.Outcome = check.Unknown
		}
	default:
		res.Outcome = unsure
	}
	res.Summary = r.summary(res)
	return res
}

// count tells the hosts that answer as expected, among how many that could be
// looked up, and those that could not.
func (r *run) count() (answered, n, unread int) {
	for _, h := range r.hosts {
		if h.unread() {
			unread++
			continue
		}
		n++
		for _, t := range h.talks {
			if v, _ := t.judge(); v == good || v == oldTLS {
				answered++
				break
			}
		}
	}
	return answered, n, unread
}

func (r *run) summary(res check.Result) clean.Shown {
	answered, n, unread := r.count()
	for _, f := range res.Findings {
		if (strings.HasSuffix(f.Code, ".blocked") || strings.HasSuffix(f.Code, ".down")) && (f.Severity == check.Blocker || res.Outcome != check.Fail) {
			return f.Title
		}
	}
	if res.Outcome == check.Pass && answered == n {
		return clean.Sprintf("%s with STARTTLS and the right certificate", plural(n, "host answers", "hosts answer"))
	}
	if n == 0 {
		return clean.Sprintf("No %s host could be looked up, so none was connected to", r.g.kind)
	}
	s := clean.Sprintf("%d of %s as expected", answered, plural(n, "host answers", "hosts answer"))
	if unread > 0 {
		s += clean.Sprintf("; %d more could not be looked up", unread)
	}
	for _, f := range r.missing {
		s += clean.Sprintf("; %s", lower(string(f.Title)))
	}
	return s
}

// lower begins a title in small letters, for use within a sentence.
func lower(title string) string { return strings.ToLower(title[:1]) + title[1:] }

// unread reports that DNS told nothing about the host, so that it could not be
// connected to: that says nothing about the host.
func (h *hostView) unread() bool {
	return len(h.talks)+len(h.special) == 0 &&
		(!h.v4.Outcome.Conclusive() || !h.v6.Outcome.Conclusive() && h.v6.Outcome != resolve.NotAsked)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// hostFindings says what is wrong with one host; sure is false when it could
// not be checked.
func (r *run) hostFindings(h *hostView) (fs []check.Finding, sure bool) {
	base := check.Finding{Subject: clean.Line(h.name), Confirm: openssl(h.name, r.port()), RetestAt: r.in.Now.Add(again)}
	if len(h.special) > 0 {
		fs = append(fs, r.private(base, h))
	}
	if len(h.talks) == 0 {
		if len(h.special) > 0 {
			return fs, true
		}
		f, known := r.noAddress(base, h)
		return append(fs, f), known
	}
	sure = true
	seen := map[verdict]bool{}
	reached := r.reachedAny(h)
	for _, t := range h.talks {
		v, why := t.judge()
		switch v {
		case good:
			continue
		case noRoute:
			if reached {
				continue // as with IPv6 where this machine has none
			}
			sure = false
		case unanswered, unsure, broken, greeting:
			sure = false
		}
		if !seen[v] {
			seen[v] = true
			fs = append(fs, r.finding(base, t, v, why))
		}
	}
	if len(fs) == 0 {
		base.Code, base.Severity, base.RetestAt = r.g.id+".ok", check.OK, time.Time{}
		base.Title = clean.Sprintf("%s answers with STARTTLS and the right certificate", h.name)
		fs = append(fs, base)
	}
	return fs, sure
}

func (r *run) reachedAny(h *hostView) bool {
	for _, t := range h.talks {
		if t.reached > atConnect {
			return true
		}
	}
	return false
}

func (r *run) port() uint16 {
	if r.w.SMTPPort > 0 {
		return uint16(r.w.SMTPPort)
	}
	return 25
}

// atStake is the severity of what makes the step unsafe: it blocks while the
// change is being made.
func (r *run) atStake() check.Severity {
	if r.in.Phase == check.During {
		return check.Blocker
	}
	return check.Risk
}

func (r *run) stamp(t time.Time) string { return t.In(r.in.Now.Location()).Format("15:04:05") }

func (r *run) private(f check.Finding, h *hostView) check.Finding {
	f.Code, f.Severity, f.Who = r.g.id+".private", r.atStake(), check.WhoNetwork
	f.Title = clean.Sprintf("%s leads to an address that is not on the internet", h.name)
	f.Saw = clean.Sprintf("%s (asked %s at %s); it was not connected to", strings.Join(h.special, "; "), r.stamp(h.v4.At), h.v4.ServerName())
	f.Should = "A public address of Mimecast's"
	f.IfLeft = "Mail from networks that see this answer does not reach the gateway"
	f.Do = "Ask who runs the resolver named above why it answers so, and compare with a public resolver"
	f.Confirm = h.v4.Dig()
	return f
}

func (r *run) noAddress(f check.Finding, h *hostView) (check.Finding, bool) {
	f.Saw = clean.Sprintf("%s %s (asked %s for %s)", h.v4.ServerName(), h.v4.Words(), r.stamp(h.v4.At), h.name)
	f.Should, f.Confirm = "An address for the host", h.v4.Dig()
	if h.unread() {
		f.Code, f.Severity, f.Who = r.g.id+".unread", check.Advice, check.WhoTPOC
		f.Title = clean.Sprintf("%s could not be looked up", h.name)
		f.IfLeft = "Nothing is known to be wrong; it only could not be checked"
		f.Do = "Check the network connection of this machine and ask again"
		if h.v4.Outcome == resolve.Enclosed {
			f.Do = "Check from another network, or name a resolver that shows the internet (the question \"Which DNS resolvers do the checks ask?\", or --resolver)"
		}
		return f, false
	}
	// Unlike a silent host this is no matter of where one asks from, nor of when:
	// in every phase mail sent to this host is lost.
	f.Code, f.Severity, f.Who = r.g.id+".nohost", check.Blocker, check.WhoMimecast
	f.Title = clean.Sprintf("%s has no address in DNS", h.name)
	f.IfLeft = "Mail cannot be delivered to this host"
	f.Do = "Do not go on with the change; ask Mimecast whether the host name is still right"
	return f, true
}

// finding words one kind of trouble.
func (r *run) finding(f check.Finding, t *talkView, v verdict, why string) check.Finding {
	f.Code, f.Severity, f.Who = r.g.id+"."+string(v), check.Risk, check.WhoMimecast
	f.Saw = clean.Sprintf("%s (%s): %s (tried %s)", t.host, t.talk.addr.String(), why, r.stamp(t.at))
	f.Should = clean.Sprintf("A greeting of Mimecast's, STARTTLS, and a valid certificate for %s", t.host)
	switch v {
	case unanswered, noRoute, unsure:
		f.Severity, f.Who = check.Advice, check.WhoTPOC
		f.Title = clean.Sprintf("%s did not answer from here", t.host)
		f.IfLeft = "It is not known whether the host answers; the fault may lie on the way from here"
		f.Do = "Run the copied line at the machine that sends your mail, and try here again"
		f.Copy = f.Confirm
	case rejected:
		f.Title = clean.Sprintf("%s refuses connections from here", t.host)
		f.IfLeft = "Mail has only the other hosts to go to, if the refusal is not this network's own"
		f.Do = "Run the copied line at the machine that sends your mail. If it is refused there too, tell Mimecast"
		f.Copy = f.Confirm
	case intercepted:
		f.Who = check.WhoNetwork
		f.Title = clean.Sprintf("Something stands between here and %s", t.host)
		f.IfLeft = "Mail sent through it may be cut short, unprotected or lost; the gateway reports this as \"message ended early\""
		f.Do = "Ask your network team to turn off inspection of SMTP (fix-up, ESMTP inspection, a mail proxy) for connections to Mimecast on port 25"
		if r.g.id != "GW-SMTP" { // the way in is seen from here only by chance
			f.Severity = r.atStake()
		}
	case wrongName:
		f.Title = clean.Sprintf("%s shows a certificate for another name", t.host)
		f.IfLeft = "Connectors that check the name refuse to send through it"
		f.Do = "Look at the certificate with the command shown, and ask Mimecast if it stays so"
	case untrusted:
		f.Who = check.WhoNetwork
		f.Title = clean.Sprintf("%s shows a certificate that is not trusted here", t.host)
		f.IfLeft = "Either this machine lacks the usual root certificates, or something on the way opens the TLS connection; connectors that check the certificate then do not send"
		f.Do = "Compare with the same command from another network. If the issuer differs, ask your network team to leave SMTP to Mimecast alone"
	case expired:
		f.Title = clean.Sprintf("%s shows a certificate out of its dates", t.host)
		f.IfLeft = "Connectors that check the certificate refuse to send through it"
		f.Do = "Check that the clock of this machine is right; if it is, tell Mimecast"
	case oldTLS:
		f.Severity = check.Advice
		f.Title = clean.Sprintf("%s agrees on an old version of TLS", t.host)
		f.Should, f.IfLeft = "TLS 1.2 or newer (RFC 8996)", "Connectors that insist on TLS 1.2 do not send through it"
		f.Do = "Ask Mimecast, unless something on the way keeps the version down"
	case greeting:
		f.Severity, f.Who = check.Advice, check.WhoTPOC
		f.Title = clean.Sprintf("%s answers, but does not want to talk to this machine", t.host)
		f.IfLeft = "The host is reached; an address that sends no mail is often turned away. What follows the greeting could not be checked"
		f.Do = "Run the copied line at the machine that sends your mail"
		if t.later() {
			f.Title = clean.Sprintf("%s asks this machine to come back later", t.host)
			f.Do = clean.Sprintf("Check again after %s. If it stays so, run the copied line at the machine that sends your mail", f.RetestAt.In(r.in.Now.Location()).Format("15:04"))
		}
		f.Copy = f.Confirm
	default:
		f.Title = clean.Sprintf("The conversation with %s broke off", t.host)
		f.IfLeft = "It is not known whether mail gets through"
		f.Do = "Try again; if it stays so, run the copied line at the machine that sends your mail and compare"
		f.Copy = f.Confirm
	}
	return f
}

// nobody words the case that no host at all can be connected to: nearly always
// this network, as many block port 25 for all but their mail servers.
func (r *run) nobody() (check.Finding, bool) {
	var kind fault
	for _, f := range []fault{timedOut, refused, unreachable} {
		if allFault(r.hosts, f) {
			kind = f
			break
		}
	}
	if kind == none {
		return check.Finding{}, false
	}
	var elsewhere, tried []string
	for _, c := range r.control {
		switch c.fault {
		case none:
			elsewhere = append(elsewhere, c.host)
		case stopped:
		default:
			tried = append(tried, c.host)
		}
	}
	host := r.hosts[0].name
	f := check.Finding{
		Severity: check.Advice, Subject: clean.Line(r.in.Target.Name), Copy: openssl(host, r.port()),
		Confirm: openssl(host, r.port()), RetestAt: r.in.Now.Add(again),
		Should: "A connection to port 25 of each host",
	}
	what := map[fault]string{timedOut: "no answer", refused: "refused", unreachable: "no route"}[kind]
	if len(elsewhere) > 0 {
		f.Code, f.Who = r.g.id+".down", check.WhoMimecast
		f.Title = clean.Sprintf("None of the %s hosts could be connected to, though port 25 elsewhere can", r.g.kind)
		f.Saw = clean.Sprintf("Every %s host: %s. %s takes connections on port 25", r.g.kind, what, strings.Join(elsewhere, ", "))
		f.IfLeft = "It is not known whether mail reaches the gateway"
		f.Do = "Run the copied line at the machine that sends your mail. If it fails there too, do not go on, and ask Mimecast"
		if kind == refused {
			f.Severity = r.atStake()
		}
		return f, true
	}
	f.Code, f.Who = r.g.id+".blocked", check.WhoNetwork
	f.Title = "The network here blocks port 25; this says nothing about the gateway"
	f.Saw = clean.Sprintf("Every %s host on port 25: %s", r.g.kind, what)
	if len(tried) > 0 {
		f.Saw += clean.Sprintf("; the same at %s, elsewhere on the internet", strings.Join(tried, " and "))
	}
	f.IfLeft = "Whether the gateway answers cannot be told from this machine. Many networks let only mail servers use port 25, so mail itself may well get through"
	f.Do = "Run the copied line at the machine that sends your mail: a certificate and \"250\" mean that it works. At Windows: Test-NetConnection " + clean.Line(host) + " -Port 25"
	return f, true
}
