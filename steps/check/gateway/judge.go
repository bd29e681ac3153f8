package gateway

import (
	"crypto/tls"
	"fmt"
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// verdict is what one conversation amounts to.
type verdict string

const (
	good        verdict = "ok"
	unanswered  verdict = "timeout"
	rejected    verdict = "refused"
	noRoute     verdict = "unreachable"
	intercepted verdict = "intercepted"
	wrongName   verdict = "name"
	expired     verdict = "expired"
	untrusted   verdict = "untrusted"
	oldTLS      verdict = "tls"
	greeting    verdict = "greeting"
	broken      verdict = "broken"
	unsure      verdict = "stopped"
)

// ours reports that a name is the host's or lies under the same mail domain.
func ours(name, host string) bool {
	_, parent, _ := strings.Cut(strings.ToLower(host), ".")
	name = strings.ToLower(name)
	return name == parent || strings.HasSuffix(name, "."+parent)
}

// greets reports that the greeting names a machine of the host's operator.
func (t talk) greets() bool {
	first, _, _ := strings.Cut(t.banner, " ")
	return ours(first, t.host)
}

// masked recognises a firewall that rewrites SMTP: Cisco's inspection blanks
// the greeting with asterisks and unknown verbs with X.
func (t talk) masked() string {
	if strings.Contains(t.banner, "****") {
		return "the greeting is blanked with asterisks, as Cisco's SMTP inspection does"
	}
	for _, l := range t.ehlo {
		if strings.HasPrefix(l, "XXXX") {
			return "the answer to EHLO is blanked with X, as Cisco's SMTP inspection does"
		}
	}
	return ""
}

// later reports a reply that only puts off: greylisting, too many connections.
func (t talk) later() bool { return t.fault == unwilling && strings.HasPrefix(t.detail, "4") }

// judge says what a conversation amounts to, and why in words.
func (t talk) judge() (verdict, string) {
	if m := t.masked(); m != "" {
		return intercepted, m
	}
	switch t.fault {
	case timedOut:
		if t.reached == atConnect {
			return unanswered, "no connection in time"
		}
		return unanswered, "it took the connection but went silent: " + t.detail
	case refused:
		return rejected, t.detail
	case unreachable:
		return noRoute, "there is no way to it from here: " + t.detail
	case stopped:
		return unsure, "stopped before it answered"
	case closed:
		return broken, "it hung up " + t.instead()
	case unwilling:
		return greeting, fmt.Sprintf("it answers %q %s", t.detail, t.when())
	case noTLS:
		if !t.greets() {
			return intercepted, fmt.Sprintf("it greets as %q and offers no STARTTLS", t.banner)
		}
		return intercepted, "it offers no STARTTLS, which the gateway does; something on the way may take it out"
	case injected, garbled:
		return intercepted, t.detail
	case tlsFailed:
		return broken, "the TLS handshake failed: " + t.detail
	}
	return t.judgeCert()
}

func (t talk) judgeCert() (verdict, string) {
	names := strings.Join(certNames(t.cert, t.host), ", ")
	switch {
	case !t.nameOK && !t.greets() && !anyOurs(t.cert.DNSNames, t.host):
		return intercepted, fmt.Sprintf("it greets as %q and shows a certificate for %s", t.banner, names)
	case !t.nameOK:
		return wrongName, fmt.Sprintf("its certificate is for %s, not for %s", names, t.host)
	case t.trust != nil:
		return untrusted, fmt.Sprintf("its certificate was made by %q, whom this machine does not trust", t.cert.Issuer.CommonName)
	case t.expired:
		return expired, fmt.Sprintf("its certificate was valid from %s to %s", t.cert.NotBefore.UTC().Format(time.DateOnly), t.cert.NotAfter.UTC().Format(time.DateOnly))
	case t.version < tls.VersionTLS12:
		return oldTLS, "it speaks " + tls.VersionName(t.version)
	}
	return good, tls.VersionName(t.version) + ", certificate for " + names
}

func anyOurs(names []string, host string) bool {
	for _, n := range names {
		if ours(strings.TrimPrefix(n, "*."), host) {
			return true
		}
	}
	return false
}

func (t talk) when() string {
	switch t.reached {
	case atGreeting:
		return "in place of a greeting"
	case atEHLO:
		return "to EHLO"
	case atSTARTTLS:
		return "to STARTTLS"
	}
	return "after that"
}

// instead is when a server hung up.
func (t talk) instead() string {
	switch t.reached {
	case atGreeting:
		return "before it greeted"
	case atEHLO:
		return "without an answer to EHLO"
	case atSTARTTLS:
		return "without an answer to STARTTLS"
	}
	return "after that"
}

// openssl is the line that repeats the observation at any machine.
func openssl(host string, port uint16) clean.Shown {
	return clean.Sprintf("openssl s_client -starttls smtp -servername %s -connect %s:%d </dev/null", host, host, port)
}

func (t talk) evidence() check.Evidence {
	raw := strings.Join(t.lines, "\n")
	if t.detail != "" {
		raw += "\n* " + string(t.fault) + ": " + t.detail
	}
	return check.Evidence{
		Kind: "smtp", Server: clean.Sprintf("%s (%s)", t.host, t.addr.String()),
		Asked: "connect, EHLO, STARTTLS, QUIT", At: t.at.UTC(), Raw: clean.Text(strings.TrimSpace(raw)),
	}
}

// table has one row for each address.
func table(hosts []*hostView) check.Table {
	t := check.Table{Header: []clean.Shown{"host", "port 25", "seen"}}
	for _, h := range hosts {
		name := check.Cell{Text: clean.Line(h.name)}
		switch {
		case !h.resolved:
			t.Rows = append(t.Rows, []check.Cell{name, {Mark: check.MarkWait, Text: "looking it up"}, {}})
		case len(h.talks) == 0 && len(h.special) == 0:
			mark, text := check.MarkBad, clean.Shown("no address")
			if !h.v4.Outcome.Conclusive() {
				mark, text = check.MarkUnknown, clean.Line("a resolver "+h.v4.Words())
			}
			t.Rows = append(t.Rows, []check.Cell{name, {Mark: mark, Text: text}, {}})
		}
		for _, s := range h.special {
			t.Rows = append(t.Rows, []check.Cell{name, {Mark: check.MarkBad, Text: "not connected to"}, {Text: clean.Line(s)}})
		}
		for _, v := range h.talks {
			row := []check.Cell{{Text: clean.Sprintf("%s %s", h.name, v.addr.Addr().String())}, {Mark: check.MarkWait, Text: "connecting"}, {}}
			if v.done {
				verdict, why := v.judge()
				row[1], row[2] = cell(verdict), check.Cell{Text: clean.Line(why)}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func cell(v verdict) check.Cell {
	switch v {
	case good:
		return check.Cell{Mark: check.MarkGood, Text: "answers"}
	case oldTLS, greeting:
		return check.Cell{Mark: check.MarkPart, Text: "answers"}
	case unanswered:
		return check.Cell{Mark: check.MarkUnknown, Text: "no answer"}
	case noRoute:
		return check.Cell{Mark: check.MarkUnknown, Text: "no route from here"}
	case unsure:
		return check.Cell{Mark: check.MarkUnknown, Text: "stopped"}
	case rejected:
		return check.Cell{Mark: check.MarkBad, Text: "refused"}
	case intercepted:
		return check.Cell{Mark: check.MarkBad, Text: "something in between"}
	case broken:
		return check.Cell{Mark: check.MarkUnknown, Text: "hung up"}
	}
	return check.Cell{Mark: check.MarkPart, Text: "certificate"}
}
