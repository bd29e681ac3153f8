package recipe

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/region"
)

func factsOf(p steps.Profile, more map[string]string) steps.Facts {
	a := steps.Answers{}
	for q, v := range map[string]string{
		steps.QJourney: string(p.Journey), steps.QService: string(p.Service), steps.QTrack: string(p.Track),
		steps.QSource: p.Source, steps.QTarget: p.Target, steps.QPlatform: string(p.Platform),
		steps.QOrg: "Acme", steps.QPrimaryDomain: "acme.test", steps.QDomains: "acme.test\nshop.test\nnews.test",
	} {
		a[q] = steps.Answer{Question: q, Value: v}
	}
	for q, v := range more {
		a[q] = steps.Answer{Question: q, Value: v}
	}
	return steps.NewFacts(a, time.Unix(0, 0))
}

var (
	cloud  = steps.Profile{Journey: steps.Connect, Service: steps.Both, Platform: steps.M365, Target: "au"}
	onPrem = steps.Profile{Journey: steps.Connect, Service: steps.Both, Platform: steps.OnPrem, Target: "au"}
	move   = steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise, Platform: steps.OnPrem, Source: "eu", Target: "au"}
)

// zone reads a snippet as a zone file.
func zone(t *testing.T, s steps.Snippet) []dns.RR {
	t.Helper()
	var out []dns.RR
	z := dns.NewZoneParser(strings.NewReader(string(s.Text)), "acme.test.", s.File)
	for rr, ok := z.Next(); ok; rr, ok = z.Next() {
		out = append(out, rr)
	}
	if err := z.Err(); err != nil {
		t.Fatalf("%s is no zone file: %v\n%s", s.File, err, s.Text)
	}
	return out
}

func TestPSQuote(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                 "'plain'",
		"O'Brien":               "'O''Brien'",
		"x'; Remove-Item *; '":  "'x''; Remove-Item *; '''",
		"curly ’ ‘ ‚ ‛":         "'curly ’’ ‘‘ ‚‚ ‛‛'",
		"$(whoami) `n $env:X":   "'$(whoami) `n $env:X'",
		"two\nlines\x1b[0m":     `'two\nlines\x1b[0m'`,
		"journal.ac’me.example": "'journal.ac’’me.example'",
	} {
		if got := psQuote(in); got != want {
			t.Errorf("psQuote(%q) = %s, want %s", in, got, want)
		}
	}
}

// FuzzPSQuote: whatever the value, the quotes cannot be left, and undoing the
// doubling gives the value back.
func FuzzPSQuote(f *testing.F) {
	f.Add("O'B’r'ien")
	f.Fuzz(func(t *testing.T, s string) {
		q := []rune(psQuote(s))
		if q[0] != '\'' || q[len(q)-1] != '\'' || slices.Contains(q, '\n') {
			t.Fatalf("%q became %q", s, string(q))
		}
		inner := q[1 : len(q)-1]
		for i := 0; i < len(inner); i++ {
			if strings.ContainsRune("'‘’‚‛", inner[i]) {
				if i+1 >= len(inner) || !strings.ContainsRune("'‘’‚‛", inner[i+1]) {
					t.Fatalf("%q leaves its quotes: %q", s, string(q))
				}
				i++
			}
		}
	})
}

func TestPieces(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"41.74.192.0/22", "41.74.192.0/24 41.74.193.0/24 41.74.194.0/24 41.74.195.0/24"},
		{"103.13.69.0/24 103.96.22.22/32", "103.13.69.0/24 103.96.22.22/32"},
		{"10.0.0.0/23 10.0.1.0/24", "10.0.0.0/24 10.0.1.0/24"},
		{"10.0.0.0/25 10.0.0.128/25", "10.0.0.0/24"},
		{"255.255.254.0/23", "255.255.254.0/24 255.255.255.0/24"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"", ""},
	} {
		var in []netip.Prefix
		for _, s := range strings.Fields(c.in) {
			in = append(in, netip.MustParsePrefix(s))
		}
		if got := strings.Join(texts(Pieces(in)), " "); got != c.want {
			t.Errorf("Pieces(%s) = %s, want %s", c.in, got, c.want)
		}
	}
	for _, r := range region.All() {
		for _, p := range Pieces(r.Prefixes()) {
			if p.Bits() < 24 || !slices.ContainsFunc(r.Prefixes(), func(q netip.Prefix) bool { return q.Overlaps(p) }) {
				t.Errorf("%s: piece %s", r.ID, p)
			}
		}
	}
}

func TestRangesWithConsent(t *testing.T) {
	f := factsOf(move, map[string]string{
		"ranges.consented_add": "192.0.2.0/24\n198.51.100.7", "ranges.consented_drop": "103.13.69.0/24\n91.220.42.0/24",
	})
	got := texts(Ranges(f))
	for want, in := range map[string]bool{
		"192.0.2.0/24": true, "198.51.100.7/32": true, "103.13.69.0/24": false, "91.220.42.0/24": false,
		"124.47.150.0/24": true, "195.130.217.0/24": true,
	} {
		if slices.Contains(got, want) != in {
			t.Errorf("%s in the ranges: %v", want, !in)
		}
	}
	if slices.Contains(texts(TargetRanges(f)), "195.130.217.0/24") {
		t.Error("the old region is among the new one's ranges")
	}
	if retired := "51.163.159.21/32"; slices.Contains(texts(Ranges(factsOf(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "de"}, nil))), retired) {
		t.Errorf("retired %s is among the ranges", retired)
	}
}

func TestMXRecords(t *testing.T) {
	f := factsOf(onPrem, map[string]string{"domains.direction": "news.test send_only"})
	rrs := zone(t, NewMX(f, LowTTL))
	if len(rrs) != 4 {
		t.Fatalf("%d records for two receiving domains: %v", len(rrs), rrs)
	}
	for i, rr := range rrs {
		mx, ok := rr.(*dns.MX)
		want := []string{"au-smtp-inbound-1.mimecast.com.", "au-smtp-inbound-2.mimecast.com."}[i%2]
		if !ok || mx.Mx != want || mx.Preference != 10 || mx.Hdr.Ttl != 300 {
			t.Errorf("record %d: %v", i, rr)
		}
	}
	f.MXBefore = map[string][]check.MX{"acme.test": {{Host: "b.old.test", Pref: 20, TTL: 7200}, {Host: "a.old.test", Pref: 10, TTL: 7200}}}
	old := OldMX(f, "old", "old.zone", 0)
	rrs = zone(t, old)
	if len(rrs) != 2 || rrs[0].(*dns.MX).Mx != "a.old.test." || rrs[0].Header().Ttl != 7200 || !strings.Contains(string(old.Text), "shop.test: no MX recorded yet") {
		t.Errorf("old set: %s", old.Text)
	}
	if rrs = zone(t, OldMX(f, "low", "low.zone", LowTTL)); rrs[1].Header().Ttl != 300 || rrs[1].(*dns.MX).Preference != 20 {
		t.Errorf("lowered set: %v", rrs)
	}
}

func TestUnknownHostsAreSaid(t *testing.T) {
	for _, c := range []struct {
		what string
		s    steps.Snippet
		want string
	}{
		{"MX of Canada", NewMX(factsOf(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "ca"}, nil), 300), "inbound hosts of Canada: unknown, ask Mimecast"},
		{"second MX of South Africa", NewMX(factsOf(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "za"}, nil), 300), "second inbound host of South Africa: unknown"},
		{"tenant in the B grid", cloudSend(factsOf(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "usb", Platform: steps.M365}, nil)), "Read-Host 'Host names that Mimecast gave you"},
		{"certificate of Jersey", LockTenant(factsOf(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "je", Platform: steps.M365}, nil), nil), "certificate name of Offshore (Jersey): unknown"},
		{"journal of South Africa", exchangeJournal(factsOf(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "za", Platform: steps.M365}, nil), true), "journal hosts of South Africa: unknown"},
		{"SPF of Jersey", SPF(factsOf(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "je"}, nil))[0], "include of Offshore (Jersey): unknown"},
	} {
		if !strings.Contains(string(c.s.Text), c.want) {
			t.Errorf("%s: no %q in\n%s", c.what, c.want, c.s.Text)
		}
	}
}

func TestSPF(t *testing.T) {
	f := factsOf(move, map[string]string{
		steps.QOutboundIPs: "203.0.113.25\n2001:db8::1", "ip.additional": "203.0.113.40",
		"third_party_senders": "News, include:news.test, 198.51.100.0/24\nShop\nCRM, 203.0.113.25",
	})
	got := SPF(f)
	if term := string(got[0].Text); term != "include:au._netblocks.mimecast.com\n" || !strings.Contains(got[0].Label, "keep what is there, include:eu._netblocks.mimecast.com too") {
		t.Errorf("term: %q, %s; the old region's stands there already", term, got[0].Label)
	}
	rrs := zone(t, got[1])
	if len(rrs) != 3 {
		t.Fatalf("%d records: %v", len(rrs), rrs)
	}
	want := "v=spf1 include:au._netblocks.mimecast.com include:eu._netblocks.mimecast.com ip4:203.0.113.25 " +
		"ip6:2001:db8::1 ip4:203.0.113.40 include:news.test ip4:198.51.100.0/24 ~all"
	if txt := strings.Join(rrs[0].(*dns.TXT).Txt, ""); txt != want {
		t.Errorf("record\n%s\nwant\n%s", txt, want)
	}
	if !strings.Contains(string(SPF(factsOf(cloud, nil))[1].Text), "include:spf.protection.outlook.com") {
		t.Error("Microsoft's own include is missing while it still sends directly")
	}
}

func TestTXTStrings(t *testing.T) {
	long := "v=spf1"
	for i := range 60 {
		long += " ip4:203.0.113." + string(rune('0'+i%10))
	}
	for _, s := range []string{"short", long, strings.Repeat("x", 600), `quote " and \ back`} {
		rr, err := dns.NewRR("a.test. 60 IN TXT " + txtStrings(s))
		if err != nil {
			t.Fatalf("%v in %s", err, txtStrings(s))
		}
		parts := rr.(*dns.TXT).Txt
		for _, p := range parts {
			if len(p) > 255 {
				t.Errorf("a string of %d octets", len(p))
			}
		}
		if got := strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(strings.Join(parts, "")); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestRuleTable(t *testing.T) {
	f := factsOf(onPrem, map[string]string{steps.QInbound: "203.0.113.25\nmail.acme.test", "firewall.mail_server_internal": "10.1.2.25"})
	s, ok := RuleTable(f, f.Target.Prefixes())
	text := string(s.Text)
	for _, want := range []string{
		"action,direction,protocol,source,destination,port\n",
		"\nallow,in,tcp,103.13.69.0/24,203.0.113.25,25\n",
		"\nallow,in,tcp,103.13.69.0/24,10.1.2.25,25\n",
		"\nallow,out,tcp,203.0.113.25,124.47.150.0/24,25\n",
	} {
		if !ok || !strings.Contains(text, want) && !strings.HasPrefix(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	lines := strings.Split(text, "\n")
	if slices.Sort(lines); len(slices.Compact(slices.Clone(lines))) != len(lines) {
		t.Error("a rule stands there twice")
	}
	if _, ok := RuleTable(factsOf(onPrem, nil), f.Target.Prefixes()); ok {
		t.Error("rules without a server")
	}
	if _, ok := RuleTable(f, nil); ok {
		t.Error("rules without ranges")
	}
}

func TestConnectorsByPlatform(t *testing.T) {
	for _, c := range []struct {
		platform steps.Platform
		kind     string
		want     []string
	}{
		{steps.M365, "", []string{"New-OutboundConnector"}},
		{steps.OnPrem, "", []string{"New-SendConnector"}},
		{steps.HybridM365, "", []string{"New-OutboundConnector", "New-SendConnector"}},
		{steps.Google, "", []string{"au-smtp-outbound-1"}},
		{steps.HybridGoogle, "", []string{"New-SendConnector", "au-smtp-outbound-1"}},
		{steps.Other, "postfix", []string{"relayhost = [au-smtp-outbound-1.mimecast.com]:25"}},
		{steps.Other, "hosted_exchange", []string{"Please send all outgoing mail"}},
		{steps.Other, "domino", []string{"au-smtp-outbound-2"}},
		{"", "", []string{"au-smtp-outbound-1"}},
	} {
		p := onPrem
		p.Platform = c.platform
		got := SendConnector(factsOf(p, map[string]string{"infra.other_kind": c.kind}))
		if len(got) != len(c.want) {
			t.Errorf("%s %s: %d snippets, want %d", c.platform, c.kind, len(got), len(c.want))
			continue
		}
		for i, s := range got {
			if !strings.Contains(string(s.Text), c.want[i]) {
				t.Errorf("%s %s: no %q in\n%s", c.platform, c.kind, c.want[i], s.Text)
			}
		}
	}
	old := exchangeSend(factsOf(onPrem, map[string]string{"infra.exchange_version": "2010", "ip.outbound_dynamic": "yes"}))
	for _, want := range []string{"Get-TransportServer ", "-Port 587", "BasicAuthRequireTLS", "Get-Credential"} {
		if !strings.Contains(string(old.Text), want) {
			t.Errorf("no %q in\n%s", want, old.Text)
		}
	}
}

// TestContinuations: a line that PowerShell goes on from ends in a blank and a
// backtick and is followed by an indented one.
func TestContinuations(t *testing.T) {
	for _, p := range []steps.Profile{cloud, onPrem, move} {
		f := factsOf(p, nil)
		all := append(SendConnector(f), SwitchOutbound(f)...)
		all = append(append(all, Journal(f)...), LockTenant(f, Ranges(f)), SkipListing(f, Ranges(f)), AddRangesTenant(f), DropRangesTenant(f), UnlockTenant())
		for _, s := range all {
			if s.Language != langPowerShell {
				continue
			}
			lines := strings.Split(strings.TrimSuffix(string(s.Text), "\n"), "\n")
			for i, l := range lines {
				goesOn := strings.HasSuffix(l, "`")
				if goesOn && (!strings.HasSuffix(l, " `") || i+1 == len(lines) || !strings.HasPrefix(lines[i+1], "  ")) {
					t.Errorf("%s: %q goes on into nothing", s.File, l)
				}
				if !goesOn && i+1 < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i+1]), "-") {
					t.Errorf("%s: %q is cut off from %q", s.File, l, lines[i+1])
				}
			}
			for _, pair := range []string{"()", "{}"} {
				if o, c := strings.Count(string(s.Text), pair[:1]), strings.Count(string(s.Text), pair[1:]); o != c {
					t.Errorf("%s: %d %s and %d %s", s.File, o, pair[:1], c, pair[1:])
				}
			}
		}
	}
}

// Scripts are pasted: a question in the middle must not swallow the next line,
// and what stands there is shown or kept before it is changed.
func TestScriptsAreSafeToPaste(t *testing.T) {
	for _, p := range []steps.Profile{cloud, onPrem, move} {
		for _, platform := range steps.Platforms {
			p.Platform = platform
			f := factsOf(p, map[string]string{"journal.old_address": "journaling@journal.acme.test"})
			all := append(append(SendConnector(f), SwitchOutbound(f)...), Journal(f)...)
			all = append(append(append(all, JournalSwitch(f)...), JournalRetire(f)...), LockTenant(f, Ranges(f)), AddRangesTenant(f), DropRangesTenant(f))
			for _, s := range all {
				text := strings.TrimSpace(string(s.Text))
				if s.Language == langPowerShell && strings.Contains(text, "\n") && (!strings.HasPrefix(text, "& {\n") || !strings.HasSuffix(text, "\n}")) {
					t.Errorf("%s is not one block:\n%s", s.File, text)
				}
			}
		}
	}
	f := factsOf(move, map[string]string{"journal.old_address": "journaling@journal.acme.test"})
	database := string(databaseJournal(f).Text)
	for _, want := range []string{"Export-Csv $before", "Format-Table Name, JournalRecipient", "throw ", "-ErrorAction Stop"} {
		if at := strings.Index(database, want); at < 0 || at > strings.Index(database, "Set-MailboxDatabase") {
			t.Errorf("no %q before the change in\n%s", want, database)
		}
	}
	if retire := string(JournalRetire(f)[0].Text); !strings.Contains(retire, "$_.Name -ne 'Mimecast journal AU'") {
		t.Errorf("the new rule may be switched off with the old:\n%s", retire)
	}
	if cloudJournal := string(exchangeJournal(factsOf(cloud, nil), true).Text); !strings.Contains(cloudJournal, "if ($reports -in '', '<>') {") {
		t.Errorf("the mailbox for reports is replaced unseen:\n%s", cloudJournal)
	}
	if terms := SPF(factsOf(onPrem, nil)); !strings.Contains(string(terms[1].Text), "; names 1 include, ") {
		t.Errorf("the count of includes: %s", terms[1].Text)
	}
}

func TestJournalScope(t *testing.T) {
	f := factsOf(move, map[string]string{"journal.old_address": "j@old.test"})
	got := string(exchangeJournal(f, false).Text)
	if !strings.Contains(got, "'j@old.test'") || !strings.Contains(got, "'Mimecast journal AU'") {
		t.Errorf("the old rule's scope is not taken over:\n%s", got)
	}
	for service, want := range map[steps.Service]string{steps.Both: "Internal", steps.Archiving: "Global"} {
		if got := JournalScope(factsOf(steps.Profile{Journey: steps.Connect, Service: service}, nil)); got != want {
			t.Errorf("%s: %s, want %s", service, got, want)
		}
	}
}

func TestMessagesCarryWhatIsKnown(t *testing.T) {
	f := factsOf(move, map[string]string{
		"people.account_manager.email": "am@vendor.test", "people.engineer.email": "eng@vendor.test", "case.number": "0123",
		"account.code_old": "CUK12A34", "contact.tpoc.name": "Kim Tran", steps.QInboundDate: "2026-12-03T20:00:00+11:00",
		"signoff.overseen_by": "Robin",
	})
	for _, c := range []struct {
		s    steps.Snippet
		want []string
	}{
		{RequestMove(f), []string{"To: am@vendor.test", "from Europe (excluding Germany) to Australia", "CUK12A34", "Domains: 3 (acme.test", "Kim Tran"}},
		{DatesProposal(f), []string{"(case 0123)", "Thursday, 3 December 2026, 20:00 +11:00", "Outgoing mail: please propose"}},
		{SignOff(f), []string{"To: eng@vendor.test", "Overseen by: Robin"}},
		{DNSRequest(f), []string{"IN MX 10 au-smtp-inbound-1.mimecast.com.", "20:00 +11:00"}},
		{NetworkRequest(f, f.Target.Prefixes()), []string{"124.47.150.0/24", "TCP 25 in, from the ranges", "present Mimecast ranges as they are"}},
		{UsersNotice(f), []string{"on Thursday, 3 December"}},
	} {
		for _, want := range c.want {
			if !strings.Contains(string(c.s.Text), want) {
				t.Errorf("%s: no %q in\n%s", c.s.Label, want, c.s.Text)
			}
		}
	}
}
