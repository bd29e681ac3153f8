package rfi

import (
	"strings"
	"testing"

	"mxodus/steps"
)

func TestPreviewsNameTheEntries(t *testing.T) {
	for _, c := range []struct{ question, text, want string }{
		{steps.QDomains, "acme.com", "1 domain: acme.com"},
		{steps.QDomains, "acme.com acme.org acme.net", "3 domains: acme.com, acme.org, acme.net"},
		{steps.QDomains, "acme.com acme.org acme.net acme.info", "4 domains: acme.com, acme.org, and 2 more"},
		{steps.QOutboundIPs, "8.8.8.8", "1 address: 8.8.8.8"},
		{"rv.check", "Known recipients", "2 domains: acme.com: Known recipients, acme.com.au: Known recipients"},
		{"third_party_senders", "Payroll, 8.8.8.8\nShop, include:a.acme.com", "2 services: Payroll, Shop"},
		{"forwarding", strings.Repeat("x", 64) + "@partner.com", "1 address: " + strings.Repeat("x", 59) + "…"},
	} {
		if got := find(t, c.question).Parse(c.text, acme()).Shown; got != c.want {
			t.Errorf("%s %q: shown %q, want %q", c.question, c.text, got, c.want)
		}
	}
}

func TestChoicesAreReadByLabelAndBeginning(t *testing.T) {
	for _, c := range []struct{ question, text, want string }{
		{"rv.method", "SPREADSHEET", "spreadsheet"},
		{"rv.method", "import", "spreadsheet"},
		{"rv.method", "active dir", "directory_ldap"},
		{"rv.method", "5", "manual"},
		{"rv.method", "on", ""},
		{"rv.method", "-", ""},
		{"rv.check", "acme.com known\nacme.com.au: Directory users only", "acme.com known_recipients\nacme.com.au directory_only"},
		{"rv.check", "acme.com SMTP call forward\nall 1", "acme.com smtp_call_forward\nacme.com.au any"},
		{"rv.check", "acme.com smtp", ""},
		{"domains.direction", "acme.com send only", "acme.com send_only"},
		{"services.extra", "apps, best", "best_practice_policies\nend_user_apps"},
	} {
		if got := find(t, c.question).Parse(c.text, acme()).Value; got != c.want {
			t.Errorf("%s %q: value %q, want %q", c.question, c.text, got, c.want)
		}
	}
}

// What may be chosen is said by label, and every label is understood.
func TestEveryChoiceIsNamed(t *testing.T) {
	for _, q := range All() {
		for _, f := range []steps.Facts{acme(), globex("enterprise")} {
			if !q.Applies(f) || q.Options == nil {
				continue
			}
			line := q.Choices(f)
			for _, o := range q.ChoicesFor(f) {
				if !strings.Contains(line, o.Label) {
					t.Errorf("%s: %q is not named in %q", q.ID, o.Label, line)
				}
				if got, why := Pick(q.ChoicesFor(f), strings.ToUpper(o.Label)); got.Value != o.Value {
					t.Errorf("%s: label %q reads as %q, %s", q.ID, o.Label, got.Value, why)
				}
				if strings.Contains(q.Example, o.Value) && strings.Contains(o.Value, "_") {
					t.Errorf("%s: the example %q is an internal code", q.ID, q.Example)
				}
			}
		}
	}
}

func TestOneIsSingular(t *testing.T) {
	for _, c := range []struct{ question, text, want string }{
		{"ip.outbound", "8.8.8.8-8.8.8.8", "wrote out 8.8.8.8-8.8.8.8 as 1 address"},
		{"ranges.consented_add", "9.9.8.0-9.9.8.255", "wrote 9.9.8.0-9.9.8.255 as 1 block"},
	} {
		if got := find(t, c.question).Parse(c.text, acme()).Notes; len(got) == 0 || got[0] != c.want {
			t.Errorf("%s %q: notes %q, want %q", c.question, c.text, got, c.want)
		}
	}
}
