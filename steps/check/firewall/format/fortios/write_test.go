package fortios_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/fortios"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func mailFlows() []format.Flow {
	return []format.Flow{
		{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Src: ft.Prefixes("103.13.69.0/24", "124.47.150.0/24"), Dst: ft.Prefixes("10.0.0.25/32"), Label: "mail in 25"},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Dst: ft.Prefixes("10.0.0.25/32"), Label: "lock-down"},
		{Proto: "tcp", Port: 25, Family: ir.V4, Src: ft.Prefixes("10.0.0.25/32"), Dst: ft.Prefixes("103.13.69.0/24"), Label: "mail out 25"},
	}
}

func script(t *testing.T, job format.Job) format.Script {
	t.Helper()
	s, err := fortios.Format().Write(job)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWriteAlone reads back what is written for a file that is not known: it
// is of this format, and decides as asked; the rest is denied.
func TestWriteAlone(t *testing.T) {
	s := script(t, format.Job{Flows: mailFlows()})
	for _, c := range []struct {
		p    firewall.Probe
		want string
	}{
		{direct(by("wan1", "internal")), "permit"},
		{direct(by("wan1", "internal"), from("8.8.8.8")), "deny"},
		{direct(by("internal", "wan1"), from("10.0.0.25"), func(p *firewall.Probe) { p.Dst = "103.13.69.9" }), "permit"},
		{direct(by("internal", "wan1"), from("10.0.0.25"), func(p *firewall.Probe) { p.Dst = "8.8.8.8" }), "deny"},
		{direct(by("wan1", "internal"), func(p *firewall.Probe) { p.DPort = ft.Port(80) }), "deny"},
	} {
		if got := eval(t, s.Text, c.p)[0]; got.Verdict != c.want {
			t.Errorf("%+v: %+v, want %s\n%s", c.p, got, c.want, s.Text)
		}
	}
	if len(s.Notes) == 0 || !strings.Contains(strings.Join(s.Notes, " "), "Replace wan1") {
		t.Errorf("notes %q", s.Notes)
	}
	job := format.Job{Flows: mailFlows()[:2], Outside: "wan1", Inside: "dmz", Translate: []format.Translation{{
		Public: netip.MustParseAddr("203.0.113.25"), Inside: netip.MustParseAddr("10.0.0.25"), PublicPort: 2525, Port: 25,
	}}}
	s = script(t, job)
	for src, want := range map[string]string{"103.13.69.7": "permit", "8.8.8.8": "deny"} {
		if got := eval(t, s.Text, direct(from(src), to("203.0.113.25", 2525)))[0]; got.Verdict != want {
			t.Errorf("translated, from %s: %+v\n%s", src, got, s.Text)
		}
	}
}

func TestWriteIPv6(t *testing.T) {
	flows := []format.Flow{{In: true, Proto: "tcp", Port: 587, Src: ft.Prefixes("2001:db8:f::/48", "192.0.2.0/24"), Dst: ft.Prefixes("2001:db8::25/128", "10.0.0.25/32"), Label: "both"}}
	for version, table := range map[string]string{"7.2.8": "config firewall policy\n", "6.2.9": "config firewall policy6\n"} {
		text := header(version) + objectsText
		set := fortios.Read(source.NewDoc("", text, time.Time{}))
		s := script(t, format.Job{Flows: flows, Set: set, Outside: "wan1", Inside: "dmz"})
		if !strings.Contains(s.Text, table) {
			t.Errorf("%s: %s", version, s.Text)
		}
		for src, dst := range map[string]string{"2001:db8:f::9": "2001:db8::25", "192.0.2.9": "10.0.0.25"} {
			p := direct(from(src), func(p *firewall.Probe) { p.Dst, p.DPort = dst, ft.Port(587) })
			if got := eval(t, text+s.Text, p)[0]; got.Verdict != "permit" {
				t.Errorf("%s, %s: %+v\n%s", version, src, got, s.Text)
			}
		}
	}
}

// TestAppended puts what is written for a file behind it, and takes it back.
func TestAppended(t *testing.T) {
	base := func(list ...string) string { return header("7.2.8") + objectsText + policies(list...) }
	public := netip.MustParseAddr("203.0.113.25")
	for _, c := range []struct {
		name  string
		text  string
		above string // part of the line of the rule to stand before
		p     firewall.Probe
		job   format.Job
	}{
		{"above a deny of all", base(rule(50, "action deny", `dstaddr "all" "vip25"`, `service "ALL"`)), "edit 50", direct(), format.Job{}},
		{"above an accept of all", base(rule(50, `dstaddr "all" "vip25"`, `service "ALL"`)), "edit 50", direct(), format.Job{}},
		{"before all", base(rule(50, "action deny", `dstaddr "all" "vip25"`, `service "ALL"`), rule(51)), "", direct(), format.Job{}},
		{"no policy yet", base(), "", direct(), format.Job{}},
		{"by a virtual IP that is there", base(rule(50, `dstaddr "vip25"`)), "edit 50", direct(to("203.0.113.25", 25)), format.Job{Translate: []format.Translation{{
			Public: public, Inside: netip.MustParseAddr("10.0.0.25"), PublicPort: 25, Port: 25,
		}}}},
		{"by one that is not", base(rule(50, "action deny", `dstaddr "all"`)), "edit 50", direct(to("203.0.113.77", 25)), format.Job{Translate: []format.Translation{{
			Public: netip.MustParseAddr("203.0.113.77"), Inside: netip.MustParseAddr("10.0.0.25"), PublicPort: 25, Port: 25,
		}}}},
		{"central NAT", strings.Replace(base(rule(50, "action deny", `service "ALL"`)), "config firewall policy", "config system settings\nset central-nat enable\nend\nconfig firewall policy", 1), "edit 50", direct(to("203.0.113.25", 25)), format.Job{}},
		{"a VDOM", twoVDOMs, "edit 2", direct(by("wan9", "dmz")), format.Job{Chain: "mail", Outside: "wan9"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			job := c.job
			job.Set = fortios.Read(source.NewDoc("", c.text, time.Time{}))
			job.Flows = mailFlows()[:2]
			job.Inside = "dmz"
			if job.Outside == "" {
				job.Outside = "wan1"
			}
			if c.above != "" {
				job.Above = ir.At{Line: lineOf(c.text, c.above)}
			}
			s := script(t, job)
			want := []string{"permit", "deny"}
			stranger := c.p
			stranger.Src = "8.8.8.8"
			for i, got := range eval(t, c.text+"\n"+s.Text, c.p, stranger) {
				if got.Verdict != want[i] || got.Line <= strings.Count(c.text, "\n") {
					t.Errorf("%+v, want %s by a new line\n%s", got, want[i], s.Text)
				}
			}
			before := eval(t, c.text, c.p, stranger)
			for i, got := range eval(t, c.text+"\n"+s.Text+s.Undo, c.p, stranger) {
				if got != before[i] {
					t.Errorf("after undo %+v, before %+v\n%s", got, before[i], s.Undo)
				}
			}
			if s.Undo == "" || strings.Contains(s.Undo, "50") && !strings.Contains(s.Text, "edit 50") && strings.Contains(s.Undo, "delete 50\n") {
				t.Errorf("undo\n%s", s.Undo)
			}
		})
	}
}

// TestSite checks the example from end to end: what is proven, what is not,
// and that the lines given for it help.
func TestSite(t *testing.T) {
	raw, err := os.ReadFile("testdata/mailsite.conf")
	if err != nil {
		t.Fatal(err)
	}
	opt := lockOptions("203.0.113.25")
	opt.Now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	r, err := firewall.CheckFile("edge.conf", raw, opt)
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != firewall.Proven || len(r.SelfCheck.Disagreements) > 0 {
		t.Fatalf("%s", r.Text())
	}
	open := strings.Replace(string(raw), `set srcaddr "mimecast"`, `set srcaddr "all"`, 1)
	r, err = firewall.CheckFile("edge.conf", []byte(open), opt)
	if err != nil {
		t.Fatal(err)
	}
	line := lineOf(open, "edit 3")
	if r.Lockdown.Verdict != firewall.Disproven || len(r.Leaks) == 0 || r.Leaks[0].By.Line != line {
		t.Fatalf("open to all: %s", r.Text())
	}
	put := firewall.Merge(r.Leaks[0].Fix)
	if put == "" {
		t.Fatalf("no lines for the leak: %+v", r.Leaks[0].Fix)
	}
	if r, err = firewall.CheckFile("edge.conf", []byte(open+put+"\n"), opt); err != nil || r.Verdict != firewall.Proven {
		t.Fatalf("with the lines: %v %s", err, r.Text())
	}
	half := strings.Replace(string(raw), "set subnet 124.47.150.0 255.255.255.0", "set subnet 124.47.150.0 255.255.255.128", 1)
	if r, err = firewall.CheckFile("edge.conf", []byte(half), opt); err != nil || r.Verdict != firewall.Disproven {
		t.Fatalf("half a range: %v %s", err, r.Text())
	}
	for _, q := range r.Requirements {
		if q.Range == "124.47.150.0/24" && q.Direction == "in" && (q.Verdict != firewall.Disproven || len(q.Gaps) == 0 || q.Gaps[0].CIDRs[0] != "124.47.150.128/25") {
			t.Errorf("half a range: %+v", q)
		}
	}
}

// TestBlame takes the policy away that is named as deciding: the verdict must
// change.
func TestBlame(t *testing.T) {
	list := []string{rule(50, `srcaddr "half"`, "action deny"), rule(51, `srcaddr "m1"`), rule(52, "action deny", `service "ALL"`), rule(53)}
	text := header("7.2.8") + objectsText + policies(list...)
	for _, src := range []string{"103.13.69.1", "103.13.69.200", "8.8.8.8"} {
		got := eval(t, text, direct(from(src)))[0]
		lines := strings.Split(text, "\n")
		if !strings.HasPrefix(strings.TrimSpace(lines[got.Line-1]), "edit ") {
			t.Fatalf("%s: line %d is %q", src, got.Line, lines[got.Line-1])
		}
		lines[got.Line-1] += "\n        set status disable"
		if again := eval(t, strings.Join(lines, "\n"), direct(from(src)))[0]; again.Verdict == got.Verdict {
			t.Errorf("%s: %+v, without it %+v", src, got, again)
		}
	}
}

// TestSameMeaning rewrites configurations in ways that change nothing.
func TestSameMeaning(t *testing.T) {
	list := []string{rule(50, `srcaddr "but"`), rule(51, `srcaddr "half"`, "action deny"), rule(52, `srcaddr "outer"`), rule(53, `dstaddr "vip25"`, `srcaddr "m2"`)}
	text := header("7.2.8") + objectsText + policies(list...)
	probes := []firewall.Probe{
		direct(), direct(from("103.13.69.1")), direct(from("124.47.150.200")), direct(from("8.8.8.8")),
		direct(to("203.0.113.25", 25)), direct(to("203.0.113.25", 25), from("124.47.150.7")),
	}
	want := eval(t, text, probes...)
	for name, other := range map[string]string{
		"names":           strings.NewReplacer(`"m1"`, `"Range one"`, `"half"`, `"a \"half\""`, `"vip25"`, `"Mail VIP"`).Replace(text),
		"a group in line": strings.ReplaceAll(text, `srcaddr "outer"`, `srcaddr "m1" "m2"`),
		"a network split": strings.Replace(strings.Replace(text, `set member "m1" "m2"`, `set member "half" "rest" "m2"`, 1), "edit \"half\"", "edit \"rest\"\n        set subnet 103.13.69.128/25\n    next\n    edit \"half\"", 1),
		"without quotes":  strings.NewReplacer(`"wan1"`, "wan1", `"all"`, "all", `"SMTP"`, "SMTP").Replace(text),
		"after a refusal": strings.Replace(text, "config firewall policy\n", "config firewall policy\n"+rule(49, `srcaddr "all"`, `srcintf "internal"`, "action deny"), 1),
	} {
		for i, got := range eval(t, other, probes...) {
			if got.Verdict != want[i].Verdict {
				t.Errorf("%s: %+v is %s, was %s", name, probes[i], got.Verdict, want[i].Verdict)
			}
		}
	}
}
