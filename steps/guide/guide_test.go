package guide

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
	"mxodus/steps/region"
)

var (
	vendorHost = regexp.MustCompile(`[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?mimecast[a-z0-9-]*(?:\.[a-z]{2,})+`)
	cidr       = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+/\d+`)
	// addressOnly finds addresses that are not part of a block.
	address = regexp.MustCompile(`\b\d+\.\d+\.\d+\.\d+\b`)
)

// answers fills in what a test asks for: nothing beyond the profile, or all.
func answers(p steps.Profile, kind, method string, full bool) steps.Answers {
	a := steps.Answers{}
	set := func(q, v string) {
		if v != "" {
			a[q] = steps.Answer{Question: q, Value: v}
		}
	}
	set(steps.QJourney, string(p.Journey))
	set(steps.QService, string(p.Service))
	set(steps.QTrack, string(p.Track))
	set(steps.QSource, p.Source)
	set(steps.QTarget, p.Target)
	set(steps.QPlatform, string(p.Platform))
	set("infra.other_kind", kind)
	if !full {
		return a
	}
	for q, v := range map[string]string{
		steps.QOrg: "Acme *Pty* Ltd", steps.QPrimaryDomain: "acme.test", steps.QDomains: "acme.test\nacme.example",
		steps.QOutboundIPs: "203.0.113.25", steps.QInbound: "203.0.113.26\nmail.acme.test", "rv.method": method,
		"rv.check": "acme.test known_recipients", "dir.host": "ldap.acme.test", "dir.user": "svc`x`",
		"people.engineer.name": "Jordan [Ellis](x)", "people.account_manager.name": "Alex", "case.number": "0123",
		"journal.old_address": "journaling@journal.acme.test", "contact.consultant": "Kim",
		steps.QInboundDate: "2026-12-03T20:00:00+11:00", "migrate.addons": "Sync & Recover\nLarge File Send",
		"third_party_senders": "News, include:news.test, 198.51.100.7", "lockdown.exceptions": "198.51.100.9/32",
		"journal.extra_source_ips": "203.0.113.41",
	} {
		set(q, v)
	}
	return a
}

// allowed are the vendor's names that may appear in texts about two regions.
func allowed(regions ...region.Region) map[string]bool {
	out := map[string]bool{region.Data().Global.DomainValidationTarget: true}
	for _, r := range regions {
		for _, hosts := range [][]string{r.InboundMX, r.Outbound, r.OutboundM365, r.Journal, r.POP, {r.SPFInclude}} {
			for _, h := range hosts {
				out[h] = true
			}
		}
		for _, u := range []string{r.URLs.Login, r.URLs.AdminConsole, r.URLs.API} {
			u = strings.TrimPrefix(u, "https://")
			u, _, _ = strings.Cut(u, "/")
			out[u] = true
		}
		// the name that its certificates carry, and its Received lines
		for _, h := range r.Outbound {
			_, base, _ := strings.Cut(h, ".")
			out[base] = true
		}
	}
	return out
}

func profiles() []steps.Profile {
	var out []steps.Profile
	for _, s := range steps.Services {
		out = append(out, steps.Profile{Journey: steps.Connect, Service: s})
	}
	for _, t := range steps.Tracks {
		out = append(out, steps.Profile{Journey: steps.Migrate, Track: t})
	}
	return out
}

// everything visits each profile with each platform, kind and region.
func everything(visit func(p steps.Profile, kind string)) {
	for _, p := range profiles() {
		for _, platform := range append([]steps.Platform{""}, steps.Platforms...) {
			kinds := []string{""}
			if platform == steps.Other {
				kinds = []string{"", "hosted_exchange", "exchange_2003", "domino", "postfix", "other_smtp"}
			}
			for i, r := range region.All() {
				for _, kind := range kinds {
					p.Platform, p.Target, p.Source = platform, r.ID, ""
					if p.Journey == steps.Migrate {
						p.Source = region.All()[(i+1)%len(region.All())].ID
					}
					visit(p, kind)
				}
			}
		}
	}
}

var methods = []string{"directory_ldap", "azure_ad", "google_directory", "domino_ldap", "sync_engine", "spreadsheet", "outbound_learning", "manual"}

func TestEveryStepForEverybody(t *testing.T) {
	n := 0
	everything(func(p steps.Profile, kind string) {
		built, err := plan.Build(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, full := range []bool{false, true} {
			n++
			f := steps.NewFacts(answers(p, kind, methods[n%len(methods)], full), time.Unix(1, 0))
			if full {
				f.MXBefore = map[string][]check.MX{"acme.test": {{Host: "old.mx.test", Pref: 10, TTL: 3600}}}
			}
			names := allowed(f.Target, f.Source)
			for _, s := range built.Steps {
				text, err := Read(s, f)
				if err != nil {
					t.Fatalf("%+v %s: %v", p, s.ID, err)
				}
				examine(t, s, f, names, text)
				for _, task := range s.Tasks(f) {
					facts(t, s, f, names, task.Title+"\n"+task.Detail)
					for _, sn := range task.Snippets {
						facts(t, s, f, names, string(sn.Text))
					}
				}
			}
		}
	})
}

// examine looks at the form of a text, then at what it states.
func examine(t *testing.T, s steps.Step, f steps.Facts, names map[string]bool, text string) {
	t.Helper()
	where := s.ID + " " + string(f.Profile.Platform) + " " + f.Profile.Target
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	before := slices.Index(lines, "## "+LookUp)
	if len(lines) < 35 || len(lines) > 120 || before < 15 || before > 46 {
		t.Errorf("%s has %d lines, %d of them before what is to be looked up", where, len(lines), before)
	}
	if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "|") }); i >= 0 && i < before {
		t.Errorf("%s: a table stands before what must be read", where)
	}
	once := map[string]bool{}
	for _, sentence := range strings.Split(strings.Join(strings.Fields(text), " "), ". ") {
		if len(sentence) > 40 && once[sentence] {
			t.Errorf("%s says twice: %q", where, sentence)
		}
		once[sentence] = true
	}
	for i, line := range lines {
		if ansi.StringWidth(line) > Width && strings.Contains(strings.TrimLeft(line, " -"), " ") && !strings.HasPrefix(line, "|") {
			t.Errorf("%s: %d columns: %q", where, ansi.StringWidth(line), line)
		}
		if i > 0 && line == "" && lines[i-1] == "" || strings.TrimRight(line, " ") != line {
			t.Errorf("%s: blank at line %d: %q", where, i+1, line)
		}
		if strings.Contains(line, "  ") && strings.TrimLeft(line, " ") == line {
			t.Errorf("%s: two blanks in %q", where, line)
		}
	}
	for _, bad := range []string{"!", "{{", "}}", " ,", " .\n", "..", ": .", "``", "()", "- \n", "—"} {
		if strings.Contains(text, bad) {
			t.Errorf("%s holds %q:\n%s", where, bad, text)
		}
	}
	for _, want := range []string{"## Why", "## Who does what", "## How long, and the risk", "## Your way through", "## Look up", "## What to keep"} {
		if strings.Count(text, want+"\n") != 1 {
			t.Errorf("%s: %q missing or twice", where, want)
		}
	}
	facts(t, s, f, names, text)
}

// seen are the texts that facts has looked at.
var seen = map[string]bool{}

// facts checks that a text states no host or block that the table does not
// hold for the regions of the move.
func facts(t *testing.T, s steps.Step, f steps.Facts, names map[string]bool, text string) {
	t.Helper()
	key := f.Target.ID + f.Source.ID + text
	if seen[key] {
		return // the same words about the same regions
	}
	seen[key] = true
	where := s.ID + " " + string(f.Profile.Platform) + " " + f.Profile.Target
	if strings.Contains(text, "<no value>") || strings.Contains(text, "%!") {
		t.Errorf("%s: hole in %q", where, text)
	}
	for _, h := range vendorHost.FindAllString(text, -1) {
		if !names[h] {
			t.Errorf("%s: host %s is not the table's", where, h)
		}
	}
	blocks := append(f.Target.Prefixes(), f.Source.Prefixes()...)
	blocks = append(blocks, netip.MustParsePrefix("198.51.100.9/32"))
	inside := func(a netip.Addr, bits int) bool {
		return slices.ContainsFunc(blocks, func(p netip.Prefix) bool { return p.Contains(a) && p.Bits() <= bits })
	}
	for _, c := range cidr.FindAllString(text, -1) {
		if p, err := netip.ParsePrefix(c); err != nil || !inside(p.Addr(), p.Bits()) {
			t.Errorf("%s: block %s is not the table's", where, c)
		}
	}
	own := []string{"203.0.113.25", "203.0.113.26", "203.0.113.41", "198.51.100.7", "198.51.100.9"}
	for _, a := range address.FindAllString(text, -1) {
		ip, err := netip.ParseAddr(a)
		if err != nil || !slices.Contains(own, a) && !inside(ip, 32) && !strings.HasPrefix(a, "255.") {
			t.Errorf("%s: address %s is nobody's", where, a)
		}
	}
}

// TestSeedTable wants the migration article's own table for a move to
// Australia, row by row and first.
func TestSeedTable(t *testing.T) {
	p := steps.Profile{Journey: steps.Migrate, Track: steps.Security, Source: "eu", Target: "au", Platform: steps.OnPrem}
	built, err := plan.Build(p)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := built.Step(steps.MigrateFirewall)
	text, err := Read(s, steps.NewFacts(answers(p, "", "", false), time.Unix(1, 0)))
	if err != nil {
		t.Fatal(err)
	}
	want := `| Network | IP Address Range | Netmask |
|---|---|---|
| 103.13.69.0/24 | 103.13.69.1 to 103.13.69.254 | 255.255.255.0 |
| 124.47.150.0/24 | 124.47.150.1 to 124.47.150.254 | 255.255.255.0 |
`
	if !strings.Contains(text, want) {
		t.Errorf("the article's table is missing in\n%s", text)
	}
}

func TestUnknownIsSaid(t *testing.T) {
	for _, c := range []struct{ target, step string }{
		{"ca", steps.ConnectInbound}, {"je", steps.ConnectAccount}, {"za", steps.ConnectRecipients}, {"ca", steps.ConnectOutbound},
	} {
		p := steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: c.target, Platform: steps.HybridM365}
		built, _ := plan.Build(p)
		s, _ := built.Step(c.step)
		text, err := Read(s, steps.NewFacts(answers(p, "", "", true), time.Unix(1, 0)))
		if err != nil || !strings.Contains(strings.ReplaceAll(text, "\n", " "), "unknown, ask Mimecast") {
			t.Errorf("%s in %s does not say what is unknown: %v\n%s", c.step, c.target, err, text)
		}
	}
}

// TestOutsideTextIsNoMarkup: an answer cannot make a heading, a link or code.
func TestOutsideTextIsNoMarkup(t *testing.T) {
	for in, want := range map[string]string{
		"a*b_c": `a\*b\_c`, "[x](y)": `\[x\](y)`, "`ls`": "\\`ls\\`", "a\x1b[31m": `a\\x1b\[31m`, "two\nlines": `two\\nlines`,
	} {
		if got := md(in); got != want {
			t.Errorf("md(%q) = %q, want %q", in, got, want)
		}
	}
	if got := code("a`b\nc"); got != "`a'b\\nc`" {
		t.Errorf("code: %q", got)
	}
}

func TestWrap(t *testing.T) {
	in := "# A heading that is longer than the width\n\n\n\none two three four five\nsix\n\n- first item of a list\n  goes on\n12. numbered item here\n\n| a table | that is wider than the width |\n```\ncode    stays as it is whatever\n```\nlonger-than-the-whole-width-of-it"
	want := "# A heading that is longer than the width\n\none two three\nfour five six\n\n- first item of\n  a list goes on\n12. numbered\n    item here\n\n| a table | that is wider than the width |\n```\ncode    stays as it is whatever\n```\nlonger-than-the-whole-width-of-it\n"
	if got := wrap(in, 16); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func FuzzMarkdownValues(f *testing.F) {
	f.Add("Acme`*\x1b[0m\n# x")
	f.Fuzz(func(t *testing.T, s string) {
		for _, out := range []string{md(s), code(s)} {
			if strings.ContainsAny(out, "\n\r\x1b\x00") {
				t.Errorf("%q became %q", s, out)
			}
		}
		if c := code(s); strings.Count(c, "`") != 2 {
			t.Errorf("code span of %q is %q", s, c)
		}
	})
}

// TestInboundChecksByName: what each domain accepts is said by the name it has,
// not by the id that answers are kept under.
func TestInboundChecksByName(t *testing.T) {
	for _, p := range []steps.Profile{
		{Journey: steps.Connect, Service: steps.Both, Platform: steps.OnPrem, Target: "au"},
		{Journey: steps.Migrate, Track: steps.Enterprise, Platform: steps.OnPrem, Source: "eu", Target: "au"},
	} {
		f := steps.NewFacts(answers(p, "", "directory_ldap", true), time.Time{})
		pl, err := plan.Build(p)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, s := range pl.Steps {
			text, err := Read(s, f)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(text, "`acme.test: Known recipients`")
			if strings.Contains(text, "known_recipients") {
				t.Errorf("%s %s says known_recipients", p.Journey, s.ID)
			}
		}
		if !found {
			t.Errorf("%s: no step says what acme.test accepts", p.Journey)
		}
	}
}
