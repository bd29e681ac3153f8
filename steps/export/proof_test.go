package export

import (
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
)

const answered = ";; opcode: QUERY, status: NOERROR, id: 1\n;; flags: qr aa; QUERY: 1, ANSWER: 2\n\n;; QUESTION SECTION:\n;aCme.eXample. IN  MX\n\n" +
	";; ANSWER SECTION:\nacme.example. 30 IN MX 20 b.example.\nacme.example. 30 IN MX 10 a.example.\n\n;; AUTHORITY SECTION:\nacme.example. 9 IN NS ns1.\n"

const talk = "< 220 mx.example ESMTP\n> EHLO me\n< 250 STARTTLS\n* TLS 1.3, AES\n* certificate for a.example, and 3 more, from An Authority, until 2028-11-22\n> QUIT\n< 221 Bye"

func TestProof(t *testing.T) {
	snap, p, _ := fixture()
	snap.Answers[steps.QInbound] = steps.Answer{Value: "203.0.113.25\nmail.acme.example\n2001:db8::25", Revision: 1}
	snap.Answers["lockdown.exceptions"] = steps.Answer{Value: "192.0.2.0/24", Revision: 1}
	b := builder{v: steps.View{Plan: p, Snap: snap, Facts: snap.Facts(fixtureNow)}}
	for _, c := range []struct {
		name, check    string
		e              check.Evidence
		answer, repeat string
	}{
		{"authority", "MX-AUTH", check.Evidence{Kind: "dns", Server: "ns1.example (192.0.2.53)", Asked: "acme.example MX", Raw: answered}, "MX 10 a.example., MX 20 b.example.", "dig +norec @192.0.2.53 MX acme.example"},
		{"resolver on another port", "MX-PROP", check.Evidence{Kind: "dns", Server: "192.0.2.1:5353", Asked: "acme.example MX", Raw: clean.Shown(strings.Replace(answered, "qr aa", "qr rd ra", 1))}, "MX 10 a.example., MX 20 b.example.", "dig @192.0.2.1 -p 5353 MX acme.example"},
		{"resolver over IPv6", "MX-PROP", check.Evidence{Kind: "dns", Server: "2001:db8::1", Asked: "acme.example MX", Raw: ";; opcode: QUERY, status: NXDOMAIN, id: 1\n;; flags: qr rd ra;"}, "the name does not exist (NXDOMAIN)", "dig @2001:db8::1 MX acme.example"},
		{"empty", "MX-FORM", check.Evidence{Kind: "dns", Server: "192.0.2.1", Asked: "a.example AAAA", Raw: ";; opcode: QUERY, status: NOERROR, id: 1\n;; flags: qr rd ra;"}, "no such records", "dig @192.0.2.1 AAAA a.example"},
		{"refused", "MX-FORM", check.Evidence{Kind: "dns", Server: "192.0.2.1", Asked: "a.example A", Raw: ";; opcode: QUERY, status: REFUSED, id: 1"}, "REFUSED", "dig +norec @192.0.2.1 A a.example"},
		{"silent", "MX-FORM", check.Evidence{Kind: "dns", Server: "192.0.2.1", Asked: "a.example A", Raw: "no answer: time ran out"}, "no answer: time ran out", "dig +norec @192.0.2.1 A a.example"},
		{"a name for the shell", "MX-FORM", check.Evidence{Kind: "dns", Server: "192.0.2.1", Asked: "$(id).example A", Raw: "no answer"}, "no answer", ""},
		{"gateway", "GW-SMTP", check.Evidence{Kind: "smtp", Server: "mx.example (192.0.2.25:25)", Raw: talk}, "220 mx.example ESMTP; TLS 1.3, AES; certificate from An Authority, until 2028-11-22", "openssl s_client -starttls smtp -connect mx.example:25"},
		{"closed", "GW-SMTP", check.Evidence{Kind: "smtp", Server: "mx.example (192.0.2.25:25)", Raw: "connection refused"}, "connection refused", "openssl s_client -starttls smtp -connect mx.example:25"},
		{"ruleset", "FW-OPEN", check.Evidence{Kind: "file", Asked: "edge.rules", Raw: "iptables-save, IPv4, 3 rules", SHA256: "0123456789abcdef"}, "iptables-save, IPv4, 3 rules; SHA-256 begins 0123456789ab", "mxodus firewall check edge.rules --region au --source eu --server 203.0.113.25 --server 2001:db8::25 --port 25 --port 443"},
		{"lock-down, a file for the shell", "FW-LOCK", check.Evidence{Kind: "file", Asked: "my 'rules'; rm x", Raw: "x", SHA256: "ab"}, "x", `mxodus firewall check 'my '\''rules'\''; rm x' --region au --source eu --server 203.0.113.25 --server 2001:db8::25 --except 192.0.2.0/24 --lockdown`},
	} {
		answer, repeat := b.prove(steps.Run{Step: steps.MigrateFirewall, Result: check.Result{Check: c.check}}, c.e)
		if string(answer) != c.answer || string(repeat) != c.repeat {
			t.Errorf("%s:\n got %q, %q\nwant %q, %q", c.name, answer, repeat, c.answer, c.repeat)
		}
	}
	long, _ := b.prove(steps.Run{Result: check.Result{Check: "RANGES"}}, check.Evidence{Kind: "dns", Raw: clean.Shown(";; ANSWER SECTION:\na. 1 IN TXT " + strings.Repeat("ü", 500))})
	if n := len([]rune(string(long))); n > answerRunes+4 {
		t.Errorf("an answer of %d characters is shown", n)
	}
}

// TestACommandAsksWhatItsRunAsked, though answers have changed since.
func TestACommandAsksWhatItsRunAsked(t *testing.T) {
	snap, p, _ := fixture()
	snap.Answers[steps.QInbound] = steps.Answer{Value: "203.0.113.25", Revision: 1}
	snap.Answers["dir.host"] = steps.Answer{Value: "203.0.113.26", Revision: 1}
	snap.Answers["rv.method"] = steps.Answer{Value: "directory_ldap", Revision: 1}
	b := builder{v: steps.View{Plan: p, Snap: snap, Facts: snap.Facts(fixtureNow)}}
	for _, c := range []struct {
		header []clean.Shown
		want   string
	}{
		{[]clean.Shown{"Range", "mail in 25", "mail out 25", "https out 443"}, "--server 203.0.113.25 --port 25 --port 443"},
		{[]clean.Shown{"Range", "mail in 25", "directory in 636"}, "--server 203.0.113.25 --directory 203.0.113.26 --port 25 --port 636"},
		{[]clean.Shown{"Range", "mail in 25"}, "--server 203.0.113.25"},
	} {
		r := check.Result{Check: "FW-OPEN", Tables: []check.Table{{Header: c.header}}}
		_, got := b.prove(steps.Run{Step: steps.MigrateFirewall, Result: r}, check.Evidence{Kind: "file", Asked: "edge.rules"})
		if !strings.HasSuffix(string(got), "--source eu "+c.want) {
			t.Errorf("%v: %q", c.header, got)
		}
	}
}

// TestAnswersThatAgreeShareALine: five servers, one line; look-ups that only
// lead there have none.
func TestAnswersThatAgreeShareALine(t *testing.T) {
	var st Step
	mx := func(server string) Evidence {
		return Evidence{Ref: "E" + server, Answer: "MX 10 a.", Evidence: check.Evidence{Kind: "dns", Server: clean.Shown(server), Asked: "acme.example MX"}}
	}
	of := func(kind, server, asked, answer string) Evidence {
		return Evidence{Ref: "E", Answer: clean.Shown(answer), Evidence: check.Evidence{Kind: kind, Server: clean.Shown(server), Asked: clean.Shown(asked)}}
	}
	st.Number = 5
	st.Checks = []Check{
		{ID: "MX-AUTH", State: Fresh, Evidence: []Evidence{mx("1"), mx("2"), of("dns", "1", "acme.example SOA", "SOA x")}},
		{ID: "MX-PROP", State: Fresh, Evidence: []Evidence{mx("3"), mx("4"), mx("5")}},
		{ID: "GW-SMTP", State: Fresh, Evidence: []Evidence{
			of("smtp", "a (192.0.2.1:25)", "EHLO", "220 hello"), of("smtp", "b (192.0.2.2:25)", "EHLO", "220 hello"),
			of("dns", "1", "a A", "A 192.0.2.1"), of("dns", "1", "c AAAA", noRecords), of("dns", "1", "d A", "A 192.0.2.9"),
		}},
		{ID: "MX-LEFT", State: Stale, Evidence: []Evidence{of("dns", "1", "old.example MX", "MX 10 old.")}},
	}
	got := (&layout{}).proofs(st)
	if len(got) != 4 {
		t.Fatalf("%d lines, want 4", len(got))
	}
	if p := got[0]; strings.Join(p.checks, " ") != "MX-AUTH MX-PROP" || len(p.refs) != 5 || several(p.servers) != "1, 2, 3, 4 and 1 more" {
		t.Errorf("the shared line: %+v", p)
	}
	if got[3].answer != "A 192.0.2.9" {
		t.Errorf("the last line: %+v", got[3])
	}
}

// TestEvidenceOfRunsWithoutNumbers: what was run just now has no number yet.
func TestEvidenceOfRunsWithoutNumbers(t *testing.T) {
	snap, p, hist := fixture()
	for k, r := range snap.Latest {
		r.ID = 0
		snap.Latest[k] = r
	}
	n := 0
	for _, st := range Build(snap, p, hist, fixtureNow).Steps {
		for _, c := range st.Checks {
			n += len(c.Evidence)
		}
	}
	if n != 2 {
		t.Errorf("%d pieces of evidence, want 2", n)
	}
}

// TestTheRecordOfTheMXStays: a later run of MX-PLAN finds nothing to record.
func TestTheRecordOfTheMXStays(t *testing.T) {
	snap, p, hist := finished()
	p.Steps[0].Checks = []string{steps.CheckMXPlan}
	later := snap.Latest[steps.RunKey(steps.MigrateMX, steps.CheckMXPlan)]
	record := later
	record.Step, record.Result.Started, record.Result.Phase = steps.MigrateAuthorization, at(12, 9, 30), check.Before
	record.Result.Summary = "1 domain recorded"
	snap.Latest[steps.RunKey(steps.MigrateAuthorization, steps.CheckMXPlan)] = record
	if c := Build(snap, p, hist, fixtureNow).Steps[0].Checks[0]; c.State != Fresh || c.Summary != "1 domain recorded" {
		t.Errorf("the record is shown as %s %q", c.State, c.Summary)
	}
}
