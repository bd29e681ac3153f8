package rfi

import (
	"strings"
	"testing"

	"mxodus/steps"
)

// Contradictions between answers: the words that must be said, or none.
func TestContradictions(t *testing.T) {
	cases := []struct {
		id, text string
		f        steps.Facts
		want     string // part of the message; "" when nothing is to be said
		warning  bool
		kept     bool // the value stays
	}{
		{"contact.emergency.email", "r@acme.com", acme(), "being moved", true, true},
		{"contact.emergency.email", "r@mail.acme.com.au", acme(), "being moved", true, true},
		{"contact.emergency.email", "r@notacme.com", acme(), "", false, true},
		{"company.account_code", "CAU12A34", acme(), "", false, true},
		{"company.account_code", "CUSA1", acme(), "begin with CAU", false, true},
		{"company.account_code", "XYZ1", acme(), "begin with CAU", false, true},
		{"company.account_code", "CUSB1", acme(steps.QTarget, "us"), "belongs to", false, true},
		{"company.account_code", "CAU1", acme(steps.QTarget, "je"), "belongs to Australia", false, true},
		{"company.account_code", "XYZ1", acme(steps.QTarget, "je"), "", false, true},
		{"company.account_code", "XYZ1", facts(), "", false, true},
		{"account.code_old", "CUK1", globex("express"), "", false, true},
		{"account.code_old", "CAU1", globex("express"), "begin with CUK", false, true},
		{steps.QSource, "au", globex("express"), "same region", false, false},
		{steps.QTarget, "eu", globex("express"), "same region", false, false},
		{steps.QTarget, "eu", acme(), "", false, true},
		{steps.QTarget, "ca", acme(), "unknown to mxodus, ask Mimecast", true, true},
		{"infra.m365_tenant_domain", "acme.onmicrosoft.com", acme(), "", false, true},
		{"infra.m365_tenant_domain", "acme.mail.onmicrosoft.com", acme(), "routing domain", false, false},
		{"infra.m365_tenant_domain", "acme.com", acme(), "ends in .onmicrosoft.com", false, false},
		{steps.QOutboundIPs, "103.13.69.5", acme(), "belongs to Mimecast", true, true},
		{steps.QInbound, "us-smtp-inbound-1.mimecast.com", acme(), "host of Mimecast", true, true},
		{"forwarding", "x@acme.com.au", acme(), "own domains", true, true},
		{"journal.extra_source_ips", "8.8.8.8", acme("ip.outbound", "8.8.8.8", "journal.method", "smtp"), "already", true, true},
		{"journal.extra_source_ips", "8.8.4.4", acme("ip.outbound", "8.8.8.8"), "", false, true},
		{"journal.address", "journaling@journal.acme.com", acme(), "", false, true},
		{"journal.address", "j@journal.globex.com", globex("express", "journal.old_address", "j@journal.globex.com"), "same journal address", true, true},
		{"journal.address", "new@journal.globex.com", globex("express", "journal.old_address", "old@Journal.globex.com"), "of the same domain", true, true},
		{"journal.old_address", "old@journal.globex.com", globex("express", "journal.address", "new@journal.globex.com"), "of the same domain", true, true},
		{"journal.address", "j@journal-au.globex.com", globex("express", "journal.old_address", "j@journal.globex.com"), "", false, true},
		{"journal.old_address", "J@journal.globex.com", globex("express", "journal.address", "j@journal.globex.com"), "same journal address", true, true},
		{"dir.port", "636", acme("dir.tls", "no"), "for TLS", true, true},
		{"dir.port", "389", acme("dir.tls", "yes"), "usually 636", true, true},
		{"dir.port", "389", acme("dir.tls", "no"), "", false, true},
		{"rv.check", "directory_only", acme("rv.method", "spreadsheet"), "needs a directory sync", true, true},
		{"rv.check", "directory_only", acme("rv.method", "directory_ldap"), "", false, true},
		{"rv.check", "acme.com any", acme(), "no choice is made yet for acme.com.au", false, true},
		{"dates.inbound", "2026-12-01 09:00 UTC", globex("express", "dates.inbound", "2026-12-01T09:00:00Z", "dates.outbound", "2026-12-03T09:00:00Z"), "outgoing mail goes first", true, true},
		{"dates.inbound", "2026-12-03 09:00 UTC", globex("express", "dates.inbound", "2026-12-03T09:00:00Z", "dates.outbound", "2026-12-01T09:00:00Z"), "", false, true},
		{"dates.freeze", "2026-12-02 09:00 UTC", globex("express", "dates.outbound", "2026-12-01T09:00:00Z"), `this is later: "When are the outgoing connectors changed?" is answered with 2026-12-01 09:00`, true, true},
		{"dates.outbound", "2026-12-05 09:00 UTC", globex("express", "dates.inbound", "2026-12-03T09:00:00Z"), `"When are the MX records changed?" is answered with`, true, true},
		{"dates.inbound", "2026-12-01 09:00 UTC", globex("express", "dates.outbound", "2026-12-03T09:00:00Z"), `"When are the outgoing connectors changed?" is answered with`, true, true},
		{"dates.outbound", "2026-12-05 09:00 UTC", globex("express", "dates.freeze", "2026-12-06T09:00:00Z"), `"From when on is nothing changed`, true, true},
		{"dates.outbound", "2026-11-05 09:00 UTC", globex("express", "migrate.authorized_on", "2026-11-12"), `"On which day did you ask for the migration?" is answered with 2026-11-12`, true, true},
		{"dates.outbound", "2026-11-12 09:00 UTC", globex("express", "migrate.authorized_on", "2026-11-12"), "", false, true},
		{"migrate.authorized_on", "2026-12-12", globex("express", "dates.inbound", "2026-12-03T09:00:00Z"), `"When are the MX records changed?"`, true, true},
		{"journal.dual_start", "2026-12-12", globex("express", "dates.inbound", "2026-12-03T09:00:00Z"), `"When are the MX records changed?"`, true, true},
		{"dates.inbound", "2026-12-03 09:00 UTC", globex("express", "journal.dual_start", "2026-12-12"), `"On which day did journaling to both accounts begin?"`, true, true},
		{"journal.address", "archive@acme.com.au", acme(), "go in circles", true, true},
		{"journal.address", "archive@journal.acme.com.au", acme(), "", false, true},
		{steps.QPrimaryDomain, "acme.con", acme(), ".con; is it a typing error? There is .com", true, true},
		{steps.QPrimaryDomain, "acme.ogr", acme(), "There is .org", true, true},
		{steps.QPrimaryDomain, "acme.co", acme(), "", false, true},
		{steps.QPrimaryDomain, "acme.qwxyz", acme(), "no such top-level domain is known: .qwxyz", true, true},
		{"lockdown.exceptions", "53.0.0.0/9", acme(), "past the filter", true, true},
		{"lockdown.exceptions", "53.0.0.0/8, 54.0.0.0/8", acme(), "nothing would be locked down", false, false},
		{"ranges.consented_drop", "103.13.69.0/24", acme(), "", false, true},
	}
	for _, c := range cases {
		u := find(t, c.id).Parse(c.text, c.f)
		if (u.Value != "") != c.kept {
			t.Errorf("%s %q: value %q, kept %v", c.id, c.text, u.Value, c.kept)
		}
		if c.want == "" {
			if len(u.Problems) > 0 {
				t.Errorf("%s %q: %v", c.id, c.text, u.Problems)
			}
			continue
		}
		found := false
		for _, p := range u.Problems {
			found = found || strings.Contains(p.Message, c.want) && p.Warning == c.warning
		}
		if !found {
			t.Errorf("%s %q: %v, want %q", c.id, c.text, u.Problems, c.want)
		}
	}
}

// The new date is compared with the other answer, not with its own older one.
func TestDatesCompareWhatIsTyped(t *testing.T) {
	f := globex("express", "dates.inbound", "2026-12-01T09:00:00Z", "dates.outbound", "2026-12-03T09:00:00Z")
	u := find(t, "dates.inbound").Parse("2026-12-05 09:00 UTC", f)
	if len(u.Problems) != 0 {
		t.Errorf("the corrected date is still found wrong: %v", u.Problems)
	}
	u = find(t, "dates.outbound").Parse("2026-11-30 09:00 UTC", f)
	if len(u.Problems) != 0 {
		t.Errorf("the corrected date is still found wrong: %v", u.Problems)
	}
}

func TestReviewAndComplete(t *testing.T) {
	f := filled()
	byID := map[string]Status{}
	for _, s := range Review(f, nil) {
		byID[s.Question.ID] = s
	}
	if s := byID["ip.outbound"]; s.Missing || s.Understood.Shown != "2 addresses: 8.8.8.8, 8.8.4.4" || len(s.Problems) != 1 || s.Answer.Provenance != steps.Detected {
		t.Errorf("%+v", s)
	}
	if s := byID["dir.host"]; !s.Missing || s.Understood.Value != "" {
		t.Errorf("%+v", s)
	}
	if _, ok := byID["infra.m365_tenant_domain"]; ok {
		t.Error("a question of another platform is on the review")
	}
	if _, ok := byID["firewall.ruleset"]; ok {
		t.Error("a question of a later step is on the review of the RFI")
	}
	c := Complete(f)
	if c.Applicable != len(byID) || c.Problems != 1 || c.RequiredMissing == 0 || c.Answered == 0 || c.Required <= c.RequiredMissing {
		t.Errorf("%+v", c)
	}
	got := Review(f, []string{"firewall.ruleset", "no.such", "infra.m365_tenant_domain", "company.name"})
	if len(got) != 2 || got[0].Question.ID != "firewall.ruleset" || got[1].Question.ID != "company.name" {
		t.Errorf("%d: %+v", len(got), got)
	}
	// A choice that the platform no longer offers is shown as missing.
	g := acme("rv.method", "azure_ad")
	for _, s := range Review(g, []string{"rv.method"}) {
		if !s.Missing || len(s.Problems) == 0 {
			t.Errorf("%+v", s)
		}
	}
}
