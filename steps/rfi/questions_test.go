package rfi

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

func TestEveryQuestionIsWhole(t *testing.T) {
	var ids []string
	sections := map[string]bool{}
	order := map[string]int{}
	for i, s := range Sections() {
		order[s.ID] = i
		if s.Title == "" || s.Intro == "" {
			t.Errorf("section %s lacks title or intro", s.ID)
		}
	}
	last := 0
	for _, q := range All() {
		if slices.Contains(ids, q.ID) {
			t.Errorf("%s stands there twice", q.ID)
		}
		ids = append(ids, q.ID)
		sections[q.Section] = true
		n, known := order[q.Section]
		if !known || n < last {
			t.Errorf("%s: section %q is unknown or out of order", q.ID, q.Section)
		}
		last = n
		for what, s := range map[string]string{"label": q.Label, "why": q.Why, "example": q.Example, "source": q.Source, "type": string(q.Type)} {
			if s == "" {
				t.Errorf("%s lacks %s", q.ID, what)
			}
		}
		if !strings.HasSuffix(q.Label, "?") || !strings.HasSuffix(q.Why, ".") || strings.Contains(q.Label+q.Why+q.Help, "!") {
			t.Errorf("%s: label %q, why %q", q.ID, q.Label, q.Why)
		}
		if choice := q.Type == Choice || q.Type == MultiChoice || q.Type == PerDomain; choice != (q.Options != nil) {
			t.Errorf("%s: a %s with options %v", q.ID, q.Type, q.Options != nil)
		}
		if readers[q.Type] == nil {
			t.Errorf("%s: no reader for %s", q.ID, q.Type)
		}
	}
	for _, s := range Sections() {
		if !sections[s.ID] {
			t.Errorf("section %s is empty", s.ID)
		}
	}
}

// An example that the reader itself refuses would be a poor example.
func TestExamplesAndDefaultsAreRead(t *testing.T) {
	for _, q := range All() {
		f := acme()
		if q.Shown != nil && !q.Shown(f) {
			f = globex("enterprise")
		}
		if q.ID == "account.code_old" {
			f = globex("enterprise")
		}
		u := q.Parse(q.Example, f)
		if u.Value == "" {
			t.Errorf("%s: example %q gives nothing: %v", q.ID, q.Example, u.Problems)
		}
		if !u.OK() && q.ID != "rv.check" { // it asks for the other domain too
			t.Errorf("%s: example %q: %v", q.ID, q.Example, u.Problems)
		}
		if q.Default != nil {
			d := q.Default(acme())
			if got := q.Parse(d, acme()); got.Value != d || !got.OK() {
				t.Errorf("%s: default %q reads as %q, %v", q.ID, d, got.Value, got.Problems)
			}
		}
	}
}

func TestOptionsHaveWords(t *testing.T) {
	for _, q := range All() {
		if q.Options == nil {
			continue
		}
		for _, f := range []steps.Facts{facts(), acme(), globex("security")} {
			for i, o := range q.Options(f) {
				if o.Value == "" || o.Label == "" || strings.ContainsAny(o.Value, " \t") {
					t.Errorf("%s: option %+v", q.ID, o)
				}
				if got, why := choose(q.Options(f), o.Label); why != "" || got.Value != o.Value {
					t.Errorf("%s: label %q chooses %q (%s)", q.ID, o.Label, got.Value, why)
				}
				if got, why := choose(q.Options(f), string(rune('1'+i))); i < 9 && (why != "" || got.Value != o.Value) && q.ID != "infra.exchange_version" {
					t.Errorf("%s: number %d chooses %q (%s)", q.ID, i+1, got.Value, why)
				}
			}
		}
	}
}

func TestConditions(t *testing.T) {
	const (
		hidden = iota
		asked
		needed
	)
	legacy := []string{"legacy.want_import", "yes"}
	cases := []struct {
		id   string
		f    steps.Facts
		want int
	}{
		{steps.QJourney, facts(), needed},
		{steps.QTrack, acme(), hidden},
		{steps.QTrack, globex("express"), needed},
		{steps.QSource, acme(), hidden},
		{steps.QSource, globex("express"), needed},
		{steps.QService, acme(), needed},
		{steps.QService, globex("express"), hidden},
		{steps.QTarget, acme(), needed},
		{steps.QTarget, globex("archive"), needed},
		{steps.QAccountCode, acme(), asked},
		{"account.code_old", acme(), hidden},
		{"account.code_old", globex("archive"), needed},
		{"contact.tpoc.phone", acme(), needed},
		{"contact.emergency.email", acme(), needed},
		{"contact.emergency.email", globex("archive"), asked},
		{"contact.partner_admin_email", acme(), hidden},
		{"contact.partner_admin_email", acme("contact.partner", "yes"), asked},
		{"contact.partner_admin_email", acme("contact.partner", "yes", steps.QPlatform, "hybrid_m365"), hidden},
		{"contact.partner_admin_email", acme("contact.partner", "yes", steps.QPlatform, "other"), hidden},
		{"contact.partner_admin_email", acme("contact.partner", "yes", steps.QPlatform, "other", "infra.other_kind", "hosted_exchange"), asked},
		{"infra.other_kind", acme(), hidden},
		{"infra.other_kind", acme(steps.QPlatform, "other"), needed},
		{"infra.exchange_version", acme(), needed},
		{"infra.exchange_version", acme(steps.QPlatform, "hybrid_google"), needed},
		{"infra.exchange_version", acme(steps.QPlatform, "m365"), hidden},
		{"infra.m365_tenant_domain", acme(), hidden},
		{"infra.m365_tenant_domain", acme(steps.QPlatform, "m365"), needed},
		{"infra.m365_tenant_domain", acme(steps.QPlatform, "hybrid_m365"), needed},
		{"infra.m365_tenant_domain", acme(steps.QPlatform, "hybrid_google"), hidden},
		{steps.QOutboundIPs, acme(), needed},
		{steps.QOutboundIPs, acme("ip.outbound_dynamic", "yes"), asked},
		{steps.QOutboundIPs, acme("ip.outbound_dynamic", "no"), needed},
		{steps.QOutboundIPs, acme(steps.QService, "archiving"), asked},
		{steps.QOutboundIPs, acme(steps.QPlatform, "google"), hidden},
		{"ip.outbound_dynamic", acme(steps.QPlatform, "m365"), hidden},
		{"ip.outbound_dynamic", acme(), asked},
		{steps.QInbound, acme(), needed},
		{steps.QInbound, acme(steps.QPlatform, "other"), needed},
		{steps.QInbound, acme(steps.QPlatform, "m365"), hidden},
		{"ip.additional", acme(steps.QPlatform, "m365"), asked},
		{"smart_hosts", acme(), asked},
		{"smart_hosts", acme(steps.QPlatform, "m365"), hidden},
		{steps.QDomains, facts(), needed},
		{"domains.direction", acme(), asked},
		{"third_party_senders", acme(), asked},
		{"rv.method", acme(), needed},
		{"rv.check", acme(), needed},
		{"dir.host", acme(), hidden},
		{"dir.host", acme("rv.method", "directory_ldap"), needed},
		{"dir.base_dn", acme("rv.method", "domino_ldap"), needed},
		{"dir.user", acme("rv.method", "azure_ad"), hidden},
		{"dir.tls", acme("rv.method", "directory_ldap"), needed},
		{"dir.port", acme("rv.method", "spreadsheet"), hidden},
		{"journal.method", acme(), needed},
		{"journal.method", acme(steps.QService, "email_security"), hidden},
		{"journal.method", globex("security"), hidden},
		{"journal.address", globex("archive"), needed},
		{"journal.extra_source_ips", acme(), hidden},
		{"journal.extra_source_ips", acme("journal.method", "smtp"), asked},
		{"journal.extra_source_ips", acme("journal.method", "pop3"), hidden},
		{"journal.old_address", acme(), hidden},
		{"journal.old_address", globex("enterprise"), asked},
		{"journal.old_address", globex("security"), hidden},
		{"journal.dual_start", globex("express"), asked},
		{"archive.retention", acme(), asked},
		{"archive.retention", acme(steps.QService, "email_security"), hidden},
		{"legacy.want_import", acme(), asked},
		{"legacy.want_import", globex("archive"), hidden},
		{"legacy.bytes", acme(), hidden},
		{"legacy.bytes", acme(legacy...), needed},
		{"legacy.bytes", acme(append(legacy, steps.QService, "email_security")...), hidden},
		{"legacy.cutoff_date", acme(legacy...), needed},
		{"legacy.export_tool", acme("legacy.want_import", "no"), hidden},
		{"digest.wanted", acme(), asked},
		{"digest.wanted", acme(steps.QService, "archiving"), hidden},
		{"services.extra", acme(), asked},
		{"services.extra", globex("archive"), hidden},
		{"migrate.addons", globex("archive"), asked},
		{"migrate.addons", acme(), hidden},
		{"dates.inbound", globex("enterprise"), needed},
		{"dates.inbound", globex("archive"), hidden},
		{"dates.outbound", acme(), asked},
		{"dates.outbound", acme(steps.QService, "archiving"), hidden},
		{"dates.freeze", acme(), hidden},
		{"dates.freeze", globex("archive"), asked},
		{"firewall.ruleset", acme(), asked},
		{"firewall.ruleset", acme(steps.QPlatform, "m365"), hidden},
		{"firewall.mail_server_internal", acme(steps.QPlatform, "google"), hidden},
		{"lockdown.contract_ended", acme(), needed},
		{"lockdown.contract_ended", acme(steps.QService, "archiving"), hidden},
		{"lockdown.contract_ended", globex("express"), hidden},
		{"lockdown.exceptions", acme(), asked},
		{"lockdown.exceptions", acme(steps.QPlatform, "m365"), hidden},
		{"cleanup.inventory", acme(), hidden},
		{"cleanup.inventory", globex("security"), asked},
	}
	for _, c := range cases {
		q := find(t, c.id)
		got := hidden
		switch {
		case q.Needed(c.f):
			got = needed
		case q.Applies(c.f):
			got = asked
		}
		if got != c.want {
			t.Errorf("%s with %+v: %d, want %d", c.id, c.f.Profile, got, c.want)
		}
	}
}

// Every question whose condition is not simply "always" must stand in the
func TestRecipientMethodsFollowThePlatform(t *testing.T) {
	cases := []struct{ platform, kind, want string }{
		{"m365", "", "azure_ad spreadsheet outbound_learning manual"},
		{"google", "", "google_directory spreadsheet outbound_learning manual"},
		{"on_prem", "", "directory_ldap sync_engine spreadsheet outbound_learning manual"},
		{"hybrid_m365", "", "directory_ldap azure_ad sync_engine spreadsheet outbound_learning manual"},
		{"hybrid_google", "", "directory_ldap google_directory sync_engine spreadsheet outbound_learning manual"},
		{"other", "domino", "domino_ldap spreadsheet outbound_learning manual"},
		{"other", "hosted_exchange", "directory_ldap spreadsheet outbound_learning manual"},
	}
	for _, c := range cases {
		f := acme(steps.QPlatform, c.platform, "infra.other_kind", c.kind)
		var got []string
		for _, o := range find(t, "rv.method").Options(f) {
			got = append(got, o.Value)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %s: %v, want %s", c.platform, c.kind, got, c.want)
		}
	}
	u := find(t, "rv.method").Parse("azure_ad", acme())
	if u.OK() || u.Value != "" {
		t.Errorf("a method of another platform was taken: %+v", u)
	}
}

// TestJournalMethodsFollowThePlatform: a hosted platform sends its copies, and
// has no mailbox on a server from which they could be fetched.
func TestJournalMethodsFollowThePlatform(t *testing.T) {
	for platform, want := range map[string]string{
		"m365": "smtp", "google": "smtp", "on_prem": "smtp pop3", "hybrid_m365": "smtp pop3", "hybrid_google": "smtp pop3", "other": "smtp pop3",
	} {
		f := acme(steps.QPlatform, platform)
		q, got, help := find(t, "journal.method"), []string{}, ""
		for _, o := range q.Options(f) {
			got, help = append(got, o.Value), help+o.Help
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", platform, got, want)
		}
		pop := strings.Contains(want, "pop3")
		if strings.Contains(help, "Your server") != pop || q.Parse("pop3", f).OK() != pop {
			t.Errorf("%s: %q, POP3 taken: %v", platform, help, q.Parse("pop3", f).OK())
		}
		if exchange := platform != "m365" && platform != "google" && platform != "other"; strings.Contains(help, "mixed mode") != exchange {
			t.Errorf("%s: mixed mode is a thing of Exchange servers: %q", platform, help)
		}
	}
}

// TestHelpSpeaksOfTheMoveAtHand: a migration is named to those who migrate, and
// to nobody else.
func TestHelpSpeaksOfTheMoveAtHand(t *testing.T) {
	for _, q := range All() {
		if strings.Contains(strings.ToLower(q.Help), "on a migration") {
			t.Errorf("%s: %q", q.ID, q.Help)
		}
	}
	for _, id := range []string{steps.QTarget, steps.QAccountCode, "journal.address"} {
		q := find(t, id)
		here, there := q.HelpFor(acme()), q.HelpFor(globex("enterprise"))
		if strings.Contains(here, "Here it is") || !strings.HasPrefix(there, here) || !strings.Contains(there, "Here it is") {
			t.Errorf("%s: %q on a Connect move, %q on a migration", id, here, there)
		}
	}
}

// TestARoundedSizeIsSaidToBeRounded in the form that is sent, as the help says.
func TestARoundedSizeIsSaidToBeRounded(t *testing.T) {
	for _, c := range []struct {
		text    string
		rounded bool
	}{{"1.2 TB", true}, {"3 GiB", true}, {"1234567890123", false}, {"1,234,567 bytes", false}} {
		u := find(t, "legacy.bytes").Parse(c.text, acme())
		if strings.Contains(u.Shown, "rounded: given as "+c.text) != c.rounded || !u.OK() {
			t.Errorf("%s: %q", c.text, u.Shown)
		}
		f := acme("legacy.want_import", "yes")
		f.Answers["legacy.bytes"] = steps.Answer{Question: "legacy.bytes", Text: c.text, Value: u.Value, Provenance: steps.Typed, Revision: 1}
		for _, format := range Formats {
			sheet, err := Export(f, format)
			if err != nil || strings.Contains(string(sheet), "rounded") != c.rounded {
				t.Errorf("%s in the form as %s: %v\n%s", c.text, format, err, sheet)
			}
		}
	}
}

// TestADayOfThePastIsNotStillToCome asks again about a day on which something is
// said to have happened.
func TestADayOfThePastIsNotStillToCome(t *testing.T) {
	f := globex("enterprise")
	f.Now = time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("AEDT", 11*3600))
	for _, id := range []string{"migrate.authorized_on", "journal.dual_start"} {
		for text, ahead := range map[string]bool{"2027-11-18": true, "2026-11-23": true, "2026-11-22": false, "2026-11-18": false} {
			u := find(t, id).Parse(text, f)
			asked := slices.ContainsFunc(u.Problems, func(p Problem) bool {
				return p.Warning && strings.Contains(p.Message, "still to come, today is 22 November 2026")
			})
			if asked != ahead || u.Value != text {
				t.Errorf("%s %s: %+v", id, text, u)
			}
		}
	}
}
