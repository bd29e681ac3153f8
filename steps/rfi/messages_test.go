package rfi

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps"
)

// messy are inputs as people paste them. What becomes of each, with every
// message, stands in testdata/messages.golden.
var messy = []struct{ question, text string }{
	{"company.name", "  Acme \t Pty  Ltd \n"},
	{"company.name", "Acme\nPty Ltd"},
	{"company.name", "Acme\u200b \x1b[31mPty\x1b[0m \u202eLtd"},
	{"company.name", strings.Repeat("x", 301)},
	{"company.name", "\xff\xfeAcme"},
	{"company.name", "   "},

	{"company.primary_domain", "acme.com"},
	{"company.primary_domain", "ACME.COM."},
	{"company.primary_domain", "https://www.acme.com:8080/contact?x=1#top"},
	{"company.primary_domain", "info@acme.com"},
	{"company.primary_domain", "@acme.com"},
	{"company.primary_domain", "*.acme.com"},
	{"company.primary_domain", "\"acme.com\""},
	{"company.primary_domain", "acme corp.com"},
	{"company.primary_domain", "acme,com"},
	{"company.primary_domain", "acme.com, acme.org"},
	{"company.primary_domain", "acme"},
	{"company.primary_domain", "acme..com"},
	{"company.primary_domain", ".acme.com"},
	{"company.primary_domain", "-acme.com"},
	{"company.primary_domain", "ac_me.com"},
	{"company.primary_domain", "acme!.com"},
	{"company.primary_domain", "acme.com.au"},
	{"company.primary_domain", "com.au"},
	{"company.primary_domain", "co.uk"},
	{"company.primary_domain", "acme.cmo"},
	{"company.primary_domain", "acme.local"},
	{"company.primary_domain", "acme.example"},
	{"company.primary_domain", "203.0.113.25"},
	{"company.primary_domain", "203.0.113.300"},
	{"company.primary_domain", "münchen.de"},
	{"company.primary_domain", "XN--MNCHEN-3YA.de"},
	{"company.primary_domain", "xn--a.com"},
	{"company.primary_domain", "日本語.jp"},
	{"company.primary_domain", "ａｃｍｅ．ｃｏｍ"},
	{"company.primary_domain", strings.Repeat("a", 64) + ".com"},
	{"company.primary_domain", strings.Repeat("abc.", 70) + "com"},
	{"company.primary_domain", "gmail.com"},
	{"company.primary_domain", "www.acme.com"},
	{"company.primary_domain", "http://"},

	{"domains", "acme.com, acme.com.au; acme.org\tacme.net\nAcme.com."},
	{"domains", "Domain\tOwner\nacme.com\tSales\nacme.org\tMarketing"},
	{"domains", "1. acme.com\n2) acme.org\n- acme.net\n• acme.info\n# old ones\nacme.biz # since 2019"},
	{"domains", "acme.com\nnot a domain\ncom.au\nus-smtp-inbound-1.mimecast.com"},
	{"domains", "acme.com\x1b]0;owned\x07\n\u202emoc.live\u202c"},
	{"infra.m365_tenant_domain", "acme.onmicrosoft.com"},
	{"infra.m365_tenant_domain", "acme.mail.onmicrosoft.com"},
	{"infra.m365_tenant_domain", "acme.com"},

	{"contact.tpoc.email", "Kim.Tran@ACME.com"},
	{"contact.tpoc.email", "Kim Tran <kim@acme.com>"},
	{"contact.tpoc.email", "mailto:kim@acme.com;"},
	{"contact.tpoc.email", "kim.acme.com"},
	{"contact.tpoc.email", "kim@@acme.com"},
	{"contact.tpoc.email", "kim@acme"},
	{"contact.tpoc.email", "@acme.com"},
	{"contact.tpoc.email", "kim@"},
	{"contact.tpoc.email", "kim tran@acme.com"},
	{"contact.tpoc.email", ".kim@acme.com"},
	{"contact.tpoc.email", "k(i)m@acme.com"},
	{"contact.tpoc.email", "\"kim tran\"@acme.com"},
	{"contact.tpoc.email", "kim@[203.0.113.25]"},
	{"contact.tpoc.email", "kïm@acme.com"},
	{"contact.tpoc.email", strings.Repeat("k", 65) + "@acme.com"},
	{"contact.emergency.email", "robin@acme.com"},
	{"forwarding", "a@partner.com; Bob <b@partner.com>, \"Carol, C.\" <c@partner.com>\nd@acme.com\ne-mail"},

	{"contact.tpoc.phone", "+61 (2) 5550-1234"},
	{"contact.tpoc.phone", "0061 2 5550 1234"},
	{"contact.tpoc.phone", "+44 (0)20 7946 0000"},
	{"contact.tpoc.phone", "tel:+1.202.555.0143"},
	{"contact.tpoc.phone", "02 5550 1234"},
	{"contact.tpoc.phone", "+61 2 5550 1234 ext 5"},
	{"contact.tpoc.phone", "+1234"},
	{"contact.tpoc.phone", "+0 123 456 789"},
	{"contact.tpoc.phone", "+1234567890123456"},

	{"ip.outbound", "203.0.113.25\n203.0.113.300"},
	{"ip.outbound", "8.8.8.8, 8.8.4.4;1.1.1.1 9.9.9.9\t8.8.8.8"},
	{"ip.outbound", "smtp:[8.8.8.8]. <8.8.4.4> \"1.1.1.1\" ip4:9.9.9.9 8.8.8.9:25"},
	{"ip.outbound", "IP Address\tServer\tNote\n8.8.8.8\tmx1\tmain\n8.8.4.4\tmx2\t"},
	{"ip.outbound", "8.8.8.1 - 8.8.8.3\n8.8.8.4-6\n8.8.8.7 to 8.8.8.8\n8.8.8.9–8.8.8.10"},
	{"ip.outbound", "8.8.0.0-8.8.9.255\n8.8.8.9-8.8.8.1\n8.8.8.1-8.8.8.400"},
	{"ip.outbound", "8.8.8.0/24\n8.8.8.8/32\n8.8.8.9/255.255.255.255"},
	{"ip.outbound", "10.1.2.3 192.168.1.1 172.20.0.1 127.0.0.1 169.254.1.1 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255"},
	{"ip.outbound", "8.8.8 8.8.8.8.8 8.8..8 8.8.8.08 8.8.8.O mail.acme.com kim@acme.com eight"},
	{"ip.outbound", "2001:4860:4860::8888 2001:DB8::1 ::ffff:8.8.8.8 fe80::1%eth0 fc00::1 1:2:3 [2001:4860:4860::8844]:25"},
	{"ip.outbound", "103.13.69.7"},
	{"ip.outbound", "８.8.8.8"},
	{"ip.additional", "203.0.113.25 # printer\n# scanner\n203.0.113.26 # the same room"},

	{"ranges.consented_add", "Network IP Address Range Netmask\n9.9.8.0/24 9.9.8.1 to 9.9.8.254 255.255.255.0\n9.9.9.0/24\t9.9.9.1 to 9.9.9.254\t255.255.255.0"},
	{"ranges.consented_add", "9.9.9.0 255.255.255.0\n9.9.8.0/255.255.255.128\n9.9.7.0 0.0.0.255\n9.9.6.0,255.255.254.0"},
	{"ranges.consented_add", "9.9.9.7/24\n9.9.9.0/25\n9.9.9.128/33\n9.9.9.0/x\n0.0.0.0/0\n9.0.0.0/7\n9.9.9.0/255.0.255.0"},
	{"ranges.consented_add", "9.9.9.1-9.9.9.6\n2001:4860::/32\n2001:4860::1/32\n8.8.8.8"},
	{"ranges.consented_add", "103.13.69.0/24"},
	{"ranges.consented_drop", "9.9.9.0/24 124.47.150.0/24"},
	{"lockdown.exceptions", "10.0.0.0/24, 198.51.100.7, 52.0.0.0/10"},

	{"ip.inbound", "mail.acme.com, 203.0.113.25:25; [2001:4860:4860::8888]:25 mail2.acme.com.:587"},
	{"ip.inbound", "mail01\nserver.local\nmx1.acme.com\n10.0.0.5\nau-smtp-inbound-1.mimecast.com\nadmin@acme.com\n8.8.8.0/24"},
	{"smart_hosts", "[relay.acme.com]:587\nsmtp://relay2.acme.com\n10.0.0.5:2525\nrelay.acme.com:99999\nrelay.acme.com:"},
	{"dir.host", "dc1.acme.local"},
	{"dir.host", "10.0.0.5"},
	{"dir.port", "636"},
	{"dir.port", "six"},
	{"dir.port", "70000"},
	{"dir.base_dn", "DC=acme,DC=com"},
	{"dir.base_dn", "acme.com"},
	{"firewall.mail_server_internal", "mailserver.local"},

	{"company.region", "au"},
	{"company.region", "Australia"},
	{"company.region", "CUSA"},
	{"company.region", "6"},
	{"company.region", "united"},
	{"company.region", "Atlantis"},
	{"infra.type", "office 365"},
	{"infra.type", "on-prem"},
	{"infra.type", "hybrid"},
	{"services.extra", "1, 3 4"},
	{"services.extra", "Synchronization Engine\nApps for end users\nsync_engine\nfree coffee"},
	{"ip.outbound_dynamic", "Y"},
	{"ip.outbound_dynamic", "No."},
	{"ip.outbound_dynamic", "ja"},
	{"rv.check", "known_recipients"},
	{"rv.check", "acme.com: Accept any"},
	{"rv.check", "acme.com any\nall known\nelsewhere.com any\nacme.com backup_mx\nacme.com.au nonsense\nacme.net"},

	{"legacy.cutoff_date", "2026-12-03"},
	{"legacy.cutoff_date", "3 Dec 2026"},
	{"legacy.cutoff_date", "Thursday, December 3rd, 2026"},
	{"legacy.cutoff_date", "Monday 3 December 2026"},
	{"legacy.cutoff_date", "03/12/2026"},
	{"legacy.cutoff_date", "31/12/2026"},
	{"legacy.cutoff_date", "12/31/2026"},
	{"legacy.cutoff_date", "3.12.26"},
	{"legacy.cutoff_date", "30 Feb 2026"},
	{"legacy.cutoff_date", "3 Dez 2026"},
	{"legacy.cutoff_date", "tomorrow"},
	{"dates.inbound", "2026-12-03 20:00 Australia/Sydney"},
	{"dates.inbound", "2026-12-03T20:00:00+11:00"},
	{"dates.inbound", "3 Dec 2026 8pm australia/sydney"},
	{"dates.inbound", "3 Dec 2026, 8:30 p.m. UTC+11"},
	{"dates.inbound", "2026-12-03 20:00 +11:00 Australia/Sydney"},
	{"dates.inbound", "2026-12-03 20:00 +10:00 Australia/Sydney"},
	{"dates.inbound", "2026-12-03 20:00"},
	{"dates.inbound", "2026-12-03"},
	{"dates.inbound", "2026-12-03 20:00 AEDT"},
	{"dates.inbound", "2026-12-03 20:00 Europe/Atlantis"},
	{"dates.inbound", "2026-12-03 25:00 UTC"},
	{"dates.inbound", "2026-10-04 02:30 Australia/Sydney"},
	{"dates.inbound", "2026-04-05 02:30 Australia/Sydney"},
	{"dates.inbound", "2026-04-05 02:30 +11:00 Australia/Sydney"},
	{"dates.inbound", "soon"},

	{"legacy.bytes", "1,234,567,890,123"},
	{"legacy.bytes", "1.2 TB"},
	{"legacy.bytes", "1,2 TB"},
	{"legacy.bytes", "500 apples"},
	{"legacy.bytes", "12.5"},
	{"legacy.bytes", "99999999999999999999"},

	{"third_party_senders", "Service\tSPF\nNewsletter\tinclude:sendgrid.net\nPayroll; 8.8.8.8, ip4:8.8.4.0/24\nTicketing\ninclude:_spf.Example.com."},
	{"third_party_senders", "Shop, 10.0.0.1\nGate, include:eu._netblocks.mimecast.com\n,\nmailshop.com, 8.8.8.8"},
	{"policies.inventory", "- Block .exe\n[x] Blocked senders\n2. Disclaimer\n- Block .exe\n\n"},
	{"firewall.ruleset", "\"/home/kim/edge rules.txt\""},
	{"firewall.ruleset", "file:///home/kim/edge%20rules.txt"},
	{"firewall.ruleset", `/home/kim/edge\ rules.txt`},
	{"firewall.ruleset", `C:\Users\kim\rules.txt`},
	{"firewall.ruleset", "a.txt\nb.txt"},
	{"company.account_code", "cau12a34"},
	{"company.account_code", "CUK12A34"},
	{"company.account_code", "C-1"},
	{"journal.address", "journaling@acme.com"},
	{"journal.address", "journaling@journal.elsewhere.com"},
	{"dir.tls", "no"},
}

func TestMessages(t *testing.T) {
	var b strings.Builder
	for _, m := range messy {
		f := acme()
		if m.question == "dates.inbound" {
			f = globex("enterprise")
		}
		u := find(t, m.question).Parse(m.text, f)
		fmt.Fprintf(&b, "%s %s\n", m.question, clip(fmt.Sprintf("%q", m.text)))
		if u.Value != "" {
			fmt.Fprintf(&b, "  value    %q\n  shown    %s\n", clip(u.Value), u.Shown)
		}
		for _, p := range u.Problems {
			kind := "problem "
			if p.Warning {
				kind = "warning "
			}
			fmt.Fprintf(&b, "  %s %s\n", kind, p)
			shownSafe(t, m.question, p.String())
		}
		for _, n := range u.Notes {
			fmt.Fprintf(&b, "  note     %s\n", n)
			shownSafe(t, m.question, n)
		}
		shownSafe(t, m.question, u.Shown)
		if u.Value == "" && u.OK() && strings.TrimSpace(m.text) != "" {
			t.Errorf("%s: %q was dropped without a word", m.question, m.text)
		}
	}
	golden(t, "messages.golden", b.String())
}

// The screen's own example, word by word.
func TestMessageNamesLineAndEntry(t *testing.T) {
	u := find(t, steps.QOutboundIPs).Parse("8.8.8.8\n203.0.113.300\n", acme())
	if len(u.Problems) != 1 || u.Problems[0].String() != `line 2, "203.0.113.300": each part of an IPv4 address is 0 to 255` {
		t.Errorf("%v", u.Problems)
	}
	if u.Value != "8.8.8.8" || u.Shown != "1 address: 8.8.8.8" || u.OK() {
		t.Errorf("%+v", u)
	}
}

func TestTooLongIsRefusedWhole(t *testing.T) {
	u := find(t, steps.QOutboundIPs).Parse(strings.Repeat("8.8.8.8\n", maxBytes/8+1), acme())
	if u.Value != "" || len(u.Problems) != 1 || u.OK() {
		t.Errorf("value of %d bytes, %v", len(u.Value), u.Problems)
	}
}
