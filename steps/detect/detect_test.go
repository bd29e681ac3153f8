package detect_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/clean"
	"mxodus/steps/detect"
	"mxodus/steps/rfi"
)

const soa = "@ 60 IN SOA ns1.host.net. root.host.net. 1 3600 600 604800 60\n"

// world is a small internet with one resolver that knows the zones.
func world(t *testing.T, b checktest.Behaviour, zones ...string) *check.World {
	t.Helper()
	n := checktest.New(t)
	b.Recursive = true
	n.DNS("192.0.2.53", zones...).Behave(b)
	w := n.World("192.0.2.53")
	w.Resolvers[0].Name = "1.1.1.1"
	return w
}

func zone(records string) string { return "$ORIGIN acme.com.\n" + soa + records }

// got returns the suggestions as "question: value (note)" lines.
func got(t *testing.T, s []detect.Suggestion) map[string]detect.Suggestion {
	t.Helper()
	out := map[string]detect.Suggestion{}
	for _, x := range s {
		key := x.Question
		if key == "" {
			key = x.Text
		}
		if _, twice := out[key]; twice {
			t.Errorf("%q is suggested twice", key)
		}
		out[key] = x
		for _, text := range []string{x.Value, x.Text, x.Source, x.Note} {
			if string(clean.Text(text)) != text {
				t.Errorf("not safe to show: %q", text)
			}
		}
		if x.Source == "" {
			t.Errorf("%+v has no source", x)
		}
	}
	return out
}

func TestMicrosoft365(t *testing.T) {
	w := world(t, checktest.Behaviour{AD: true}, zone(`@ 300 IN MX 0 acme-com.mail.protection.outlook.com.
@ 300 IN TXT "v=spf1 include:spf.protection.outlook.com include:sendgrid.net include:_spf.payroll.example.org ip4:8.8.8.8 ip4:8.8.4.0/24 ip4:9.9.9.9/32 ip6:2001:4860:4860::8888 -all"
@ 300 IN TXT "MS=ms123"
_dmarc 300 IN TXT "v=DMARC1; p=reject; rua=mailto:d@acme.com"
_mta-sts 300 IN TXT "v=STSv1; id=20261101"
_smtp._tls 300 IN TXT "v=TLSRPTv1; rua=mailto:tls@acme.com"
selector1._domainkey 300 IN CNAME selector1-acme-com._domainkey.acmeltd.onmicrosoft.com.
autodiscover 300 IN CNAME autodiscover.outlook.com.
`))
	s := got(t, detect.Detect(t.Context(), w, "Acme.com."))
	want := map[string]string{
		steps.QPlatform:            "m365",
		"infra.m365_tenant_domain": "acmeltd.onmicrosoft.com",
		steps.QOutboundIPs:         "8.8.8.8\n9.9.9.9\n2001:4860:4860::8888",
		"third_party_senders":      "SendGrid, include:sendgrid.net\nexample.org, include:_spf.payroll.example.org",
	}
	for id, v := range want {
		if s[id].Value != v {
			t.Errorf("%s: %q, want %q", id, s[id].Value, v)
		}
	}
	if src := s[steps.QOutboundIPs].Source; src != "SPF record of acme.com, asked at 1.1.1.1" {
		t.Errorf("source %q", src)
	}
	if note := s[steps.QOutboundIPs].Note; !strings.Contains(note, "8.8.4.0/24") {
		t.Errorf("the network is not named: %q", note)
	}
	for _, text := range []string{
		"Mail comes in at Microsoft 365", "DMARC policy: reject", "MTA-STS is in use",
		"TLS reports go to mailto:tls@acme.com", "The domain is signed with DNSSEC",
	} {
		if _, ok := s[text]; !ok {
			t.Errorf("nothing says %q", text)
		}
	}
}

func TestGateways(t *testing.T) {
	cases := []struct {
		name, records string
		want          map[string]string
		says          []string
	}{
		{"Google", "@ 60 IN MX 1 smtp.google.com.\n@ 60 IN TXT \"v=spf1 include:_spf.google.com ~all\"\n", map[string]string{steps.QPlatform: "google", "third_party_senders": ""}, []string{"Mail comes in at Google Workspace"}},
		{"old Google", "@ 60 IN MX 10 alt1.aspmx.l.google.com.\n@ 60 IN MX 1 aspmx.l.google.com.\n", map[string]string{steps.QPlatform: "google"}, nil},
		{
			"Mimecast in Europe", "@ 60 IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ 60 IN MX 10 eu-smtp-inbound-2.mimecast.com.\n@ 60 IN TXT \"v=spf1 include:eu._netblocks.mimecast.com include:spf.protection.outlook.com -all\"\n",
			map[string]string{steps.QJourney: "migrate", steps.QSource: "eu", steps.QPlatform: "m365", "third_party_senders": "", steps.QInbound: ""},
			[]string{"Present gateway: Mimecast, region Europe (excluding Germany)", "SPF lets Mimecast send already, region Europe (excluding Germany)"},
		},
		{"Mimecast in the second US grid", "@ 60 IN MX 10 usb-smtp-inbound-1.mimecast.com.\n", map[string]string{steps.QSource: "usb"}, nil},
		{"Mimecast in South Africa", "@ 60 IN MX 10 za-smtp-inbound-1.mimecast.co.za.\n", map[string]string{steps.QSource: "za"}, nil},
		{"Mimecast without a known region", "@ 60 IN MX 10 service-alpha.mimecast.com.\n", map[string]string{steps.QJourney: "migrate", steps.QSource: ""}, []string{"Present gateway: Mimecast"}},
		{"Proofpoint before Google", "@ 60 IN MX 10 mxa-001.gslb.pphosted.com.\n@ 60 IN TXT \"v=spf1 include:_spf.google.com include:spf-001.pphosted.com -all\"\n", map[string]string{steps.QPlatform: "google", "third_party_senders": ""}, []string{"Present gateway: Proofpoint"}},
		{"Barracuda", "@ 60 IN MX 10 d1.ess.de.barracudanetworks.com.\nautodiscover 60 IN CNAME autodiscover.outlook.com.\n", map[string]string{steps.QPlatform: "m365"}, []string{"Present gateway: Barracuda"}},
		{"MessageLabs, nothing behind", "@ 60 IN MX 10 cluster1.eu.messagelabs.com.\n", map[string]string{steps.QPlatform: ""}, []string{"Present gateway: Symantec Email Security (MessageLabs)"}},
		{
			"own servers", "@ 60 IN MX 20 mx2\n@ 60 IN MX 10 mx1\nmx1 60 IN A 8.8.8.8\nmx2 60 IN A 8.8.4.4\nmx2 60 IN AAAA 2001:4860:4860::8844\n@ 60 IN TXT \"v=spf1 mx a:web.acme.com -all\"\nweb 60 IN A 9.9.9.9\n",
			map[string]string{steps.QInbound: "mx1.acme.com\nmx2.acme.com", steps.QPlatform: "", steps.QOutboundIPs: "9.9.9.9\n8.8.8.8\n8.8.4.4\n2001:4860:4860::8844"},
			[]string{"Mail comes in at mx1.acme.com, mx2.acme.com"},
		},
		{"a name that only looks like it", "@ 60 IN MX 10 notmimecast.com.\n", map[string]string{steps.QJourney: "", steps.QInbound: "notmimecast.com"}, nil},
		{"no mail", "@ 60 IN MX 0 .\n@ 60 IN TXT \"v=spf1 -all\"\n", map[string]string{steps.QInbound: "", steps.QOutboundIPs: ""}, []string{"The domain says that it takes no mail (null MX)"}},
		{"two SPF records", "@ 60 IN TXT \"v=spf1 ip4:8.8.8.8 -all\"\n@ 60 IN TXT \"v=spf1 -all\"\n", nil, []string{"There are 2 SPF records", "There is no DMARC record"}},
		{"no records", "", map[string]string{steps.QOutboundIPs: ""}, []string{"There is no SPF record", "No DNSSEC signature was seen"}},
		{"redirect", "@ 60 IN TXT \"v=spf1 redirect=_spf.acme.com\"\n_spf 60 IN TXT \"v=spf1 ip4:8.8.8.8 include:mail.zendesk.com ~all\"\n", map[string]string{steps.QOutboundIPs: "8.8.8.8", "third_party_senders": "Zendesk, include:mail.zendesk.com"}, nil},
		{"private and excluded senders", "@ 60 IN TXT \"v=spf1 ip4:10.0.0.1 -ip4:8.8.8.8 ?include:x.com include:%{i}.acme.com ip4:bad exists:%{i}.x.com -all\"\n", map[string]string{steps.QOutboundIPs: "", "third_party_senders": ""}, nil},
		{"networks alone", "@ 60 IN TXT \"v=spf1 ip4:8.8.8.0/24 -all\"\n", map[string]string{steps.QOutboundIPs: ""}, []string{"Networks that send: 8.8.8.0/24"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := got(t, detect.Detect(t.Context(), world(t, checktest.Behaviour{}, zone(c.records)), "acme.com"))
			for id, v := range c.want {
				if s[id].Value != v {
					t.Errorf("%s: %q, want %q", id, s[id].Value, v)
				}
			}
			for _, text := range c.says {
				if _, ok := s[text]; !ok {
					t.Errorf("nothing says %q: %+v", text, s)
				}
			}
			for id, x := range s {
				q, ok := rfi.Find(x.Question)
				if x.Question == "" {
					continue
				}
				if u := q.Parse(x.Text, steps.NewFacts(nil, time.Now())); !ok || u.Value != x.Value {
					t.Errorf("%s: accepting %q gives %q, not %q", id, x.Text, u.Value, x.Value)
				}
			}
		})
	}
}

func TestLongAnswersComeOverTCP(t *testing.T) {
	w := world(t, checktest.Behaviour{Truncate: true}, zone("@ 60 IN MX 1 smtp.google.com.\n"))
	if s := got(t, detect.Detect(t.Context(), w, "acme.com")); s[steps.QPlatform].Value != "google" {
		t.Errorf("%+v", s)
	}
}

func TestTextFromOutsideIsMadeVisible(t *testing.T) {
	w := world(t, checktest.Behaviour{}, zone(
		`_dmarc 60 IN TXT "v=DMARC1; p=\027[31mreject\226\128\174"`+"\n"+
			`_smtp._tls 60 IN TXT "v=TLSRPTv1; rua=\027]0;x\007`+strings.Repeat("y", 200)+`"`+"\n"+
			`@ 60 IN TXT "v=spf1 include:a\027b.com ip4:\0278.8.8.8 -all"`+"\n"+
			"@ 60 IN MX 10 a\\027b.c\\.om.\n"))
	s := got(t, detect.Detect(t.Context(), w, "acme.com")) // got fails on anything unsafe
	found := false
	for text := range s {
		found = found || strings.HasPrefix(text, `DMARC policy: \x1b[31mreject`)
	}
	if !found {
		t.Errorf("the policy is not shown: %+v", s)
	}
}

func TestWithoutANetwork(t *testing.T) {
	cases := []struct {
		name  string
		world func(t *testing.T) *check.World
		most  time.Duration
	}{
		{"no resolver", func(t *testing.T) *check.World { return &check.World{} }, time.Second},
		{"unreachable", func(t *testing.T) *check.World { return checktest.New(t).World("192.0.2.53", "192.0.2.54") }, time.Second},
		{"silent", func(t *testing.T) *check.World {
			n := checktest.New(t)
			for _, a := range []string{"192.0.2.53", "192.0.2.54", "192.0.2.55"} {
				n.BlackHole(a + ":53")
			}
			w := n.World("192.0.2.53", "192.0.2.54", "192.0.2.55")
			w.DNSTimeout = 30 * time.Second
			return w
		}, detect.Limit + time.Second},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			s := detect.Detect(t.Context(), c.world(t), "acme.com")
			if len(s) != 1 || !s[0].Blind || s[0].Question != "" || s[0].Value != "" || s[0].Source == "" ||
				!strings.Contains(s[0].Text, "DNS could not be asked about acme.com") {
				t.Errorf("not said that nothing could be asked, or more than that: %+v", s)
			}
			if took := time.Since(began); took > c.most {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestEndsWithItsContext(t *testing.T) {
	n := checktest.New(t)
	n.BlackHole("192.0.2.53:53")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	if s := detect.Detect(ctx, n.World("192.0.2.53"), "acme.com"); len(s) != 0 {
		t.Errorf("left before it was asked, and yet %+v", s)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %s after its end", took)
	}
}

func TestOddNamesAreNotAsked(t *testing.T) {
	n := checktest.New(t)
	srv := n.DNS("192.0.2.53", zone(""))
	for _, name := range []string{"", " ", "a b.com", "..", strings.Repeat("a.", 200)} {
		if s := detect.Detect(t.Context(), n.World("192.0.2.53"), name); len(s) != 0 {
			t.Errorf("%q: %+v", name, s)
		}
	}
	if srv.AskedAll() != 0 {
		t.Errorf("%d questions were asked", srv.AskedAll())
	}
}
