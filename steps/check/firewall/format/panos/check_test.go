package panos_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/panos"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func check(t *testing.T, text string) firewall.Report {
	t.Helper()
	r := ft.Check(t, text, ft.Options("203.0.113.5"))
	if s := r.Text(); strings.Contains(s, "secret") {
		t.Errorf("a secret is shown:\n%s", s)
	}
	return r
}

func TestCheckFile(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	if r := check(t, text); r.Verdict != firewall.Proven || r.Lockdown.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	half := check(t, strings.Replace(text, "ip-netmask 103.13.69.0/24", "ip-netmask 103.13.69.0/25", 1))
	if half.Verdict != firewall.Disproven || !strings.Contains(half.Text(), "103.13.69.128/25") {
		t.Errorf("half a range is missing: %s\n%s", half.Verdict, half.Text())
	}
	leak := check(t, strings.Replace(text, "old disabled yes", "old disabled no", 1))
	if leak.Lockdown.Verdict != firewall.Disproven || len(leak.Leaks) == 0 || leak.Leaks[0].By.Line != 52 {
		t.Errorf("rule old lets everybody in: %+v\n%s", leak.Lockdown, leak.Text())
	}
	second := check(t, text+`set rulebase security rules second from any
set rulebase security rules second to dmz
set rulebase security rules second source any
set rulebase security rules second destination 203.0.113.6
set rulebase security rules second application any
set rulebase security rules second service tcp-2525
set rulebase security rules second action allow
`)
	if second.Lockdown.Verdict != firewall.Disproven || !strings.Contains(second.Text(), "2525") {
		t.Errorf("another address and port lead to the server too: %s", second.Text())
	}
	app := check(t, strings.Replace(text, "gateway-in application any", "gateway-in application smtp", 1))
	if app.Verdict != firewall.CannotTell {
		t.Errorf("a rule by application: %s", app.Verdict)
	}
}

// TestFixesAreWritten puts the commands of a report into the file and checks
// that nothing is left to fix.
func TestFixesAreWritten(t *testing.T) {
	text := strings.Replace(ft.Sample(t, "mail.set"), "old disabled yes", "old disabled no", 1)
	text = strings.Replace(text, "[ gateway-1 more ]", "[ more ]", 1)
	for name, change := range map[string]string{
		"an open rule": "",
		"a shut rule": "set rulebase security rules old action deny\n" +
			"move rulebase security rules old top\n",
	} {
		r := check(t, text+change)
		var lines []firewall.Fix
		for _, q := range r.Requirements {
			for _, g := range q.Gaps {
				lines = append(lines, g.Fix)
				if !strings.HasPrefix(g.Confirm, "test security-policy-match from untrust") {
					t.Errorf("%s: confirm with %q", name, g.Confirm)
				}
			}
		}
		for _, l := range r.Leaks {
			lines = append(lines, l.Fix)
		}
		fixed := check(t, text+change+firewall.Merge(lines...)+"\n")
		if fixed.Verdict != firewall.Proven || fixed.Lockdown.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s\n%s", name, fixed.Summary, firewall.Merge(lines...), fixed.Text())
		}
	}
}

// TestUndo takes away all that was written.
func TestUndo(t *testing.T) {
	job := format.Job{
		Flows: []format.Flow{
			{In: true, Proto: "tcp", Port: 25, Label: "mxodus mail in 25", Family: ir.V4, Src: []netip.Prefix{netip.MustParsePrefix("103.13.69.0/24")}, Dst: []netip.Prefix{netip.MustParsePrefix("10.0.0.25/32")}},
			{In: true, Deny: true, Proto: "tcp", Port: 25, Label: "mxodus lock-down", Family: ir.V4, Dst: []netip.Prefix{netip.MustParsePrefix("10.0.0.25/32")}},
		},
		Outside: "untrust", Inside: "dmz",
		Translate: []format.Translation{{Public: netip.MustParseAddr("203.0.113.5"), Inside: netip.MustParseAddr("10.0.0.25"), PublicPort: 25, Port: 25}},
	}
	s, err := panos.Format().Write(job)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(ft.Sample(t, "mail.set"), "old disabled yes", "old disabled no", 1)
	run(t, text+s.Text, []asked{{"shut", in("192.0.2.9", 25), "deny", 0, ""}, {"open", in("103.13.69.1", 25), "permit", 0, ""}, {"other port", in("192.0.2.9", 80), "permit", 52, ""}})
	run(t, text+s.Text+s.Undo, []asked{{"as before", in("192.0.2.9", 25), "permit", 52, ""}})
}

// TestBlame takes the blamed rule out: the verdict changes.
func TestBlame(t *testing.T) {
	text := ft.Sample(t, "mail.set") + "set rulebase security rules end from any\nset rulebase security rules end to any\nset rulebase security rules end source any\n" +
		"set rulebase security rules end destination any\nset rulebase security rules end application any\nset rulebase security rules end service any\nset rulebase security rules end action deny\n"
	gateway, lan := in("103.13.69.9", 25), in("10.1.0.9", 25)
	lan.InIf, lan.OutIf = "trust", "trust"
	for _, c := range []struct {
		p    firewall.Probe
		name string
	}{{gateway, "gateway-in"}, {lan, "end"}} {
		was := judge(t, text, c.p)
		line := strings.Split(text, "\n")[was.Line-1]
		if !strings.HasPrefix(line, "set rulebase security rules "+c.name+" ") {
			t.Errorf("%s: blamed line %d, %s", c.name, was.Line, line)
		}
		if now := judge(t, text+"set rulebase security rules "+c.name+" disabled yes\n", c.p); now.Verdict == was.Verdict {
			t.Errorf("%s decides, but without it the verdict is %s too", c.name, now.Verdict)
		}
	}
}

// TestSameMeaning changes what must not change any verdict.
func TestSameMeaning(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	for name, other := range map[string]string{
		"renamed":   strings.NewReplacer("gateway-1", "net A", "set address net A", `set address "net A"`, "[ net A", `[ "net A"`).Replace(strings.ReplaceAll(text, "gateway-1", "net A")),
		"split":     strings.Replace(text, "[ gateway-1 more ]", "[ 103.13.69.0/25 103.13.69.128/25 more ]", 1),
		"inlined":   strings.Replace(text, "gateway-in source gateways", "gateway-in source [ 103.13.69.0/24 124.47.150.0/24 ]", 1),
		"by vsys":   strings.NewReplacer("set rulebase", "set vsys vsys1 rulebase", "set zone", "set vsys vsys1 zone").Replace(text),
		"full path": strings.ReplaceAll(text, "set rulebase", "set config devices localhost.localdomain vsys vsys1 rulebase"),
	} {
		for _, src := range []string{"103.13.69.0", "103.13.69.200", "124.47.150.3", "103.13.70.1", "9.9.9.9"} {
			a, b := judge(t, text, in(src, 25)), judge(t, other, in(src, 25))
			if a.Verdict != b.Verdict {
				t.Errorf("%s: %s is %s, was %s (%s)", name, src, b.Verdict, a.Verdict, b.Why)
			}
		}
	}
}

// TestBidirectional asks a server that is reached by a static source
// translation both ways.
func TestBidirectional(t *testing.T) {
	text := ft.Sample(t, "mail.set") + `set rulebase nat rules "mail in" disabled yes
set rulebase nat rules second disabled yes
set rulebase nat rules static from dmz
set rulebase nat rules static to untrust
set rulebase nat rules static source exchange
set rulebase nat rules static destination any
set rulebase nat rules static service any
set rulebase nat rules static source-translation static-ip translated-address exchange-public
set rulebase nat rules static source-translation static-ip bi-directional yes
`
	if r := check(t, text); r.Verdict != firewall.Proven || r.Lockdown.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	open := strings.Replace(text, "old disabled yes", "old disabled no", 1)
	if r := check(t, open); r.Lockdown.Verdict != firewall.Disproven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
}

// TestScale reads many rules with a large group.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	b.WriteString(ft.Sample(t, "mail.set"))
	for i := range 10_000 {
		fmt.Fprintf(&b, "set address-group big static 198.%d.%d.%d\n", 18+i>>16, i>>8&255, i&255)
		for _, l := range []string{"from untrust", "to dmz", "source big", fmt.Sprintf("destination 10.9.%d.%d", i>>8, i&255), "application any", "service tcp-25", "action allow"} {
			fmt.Fprintf(&b, "set rulebase security rules r%d %s\n", i, l)
		}
	}
	doc := source.NewDoc("", b.String(), time.Time{})
	start := time.Now()
	set := panos.Read(doc)
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("%d rules took %v", set.Rules, took)
	}
	t.Logf("%d rules in %v", set.Rules, time.Since(start))
}

// TestNesting reads groups within groups, deeper than any administrator would
// make them.
func TestNesting(t *testing.T) {
	var b strings.Builder
	b.WriteString(ft.Sample(t, "mail.set"))
	b.WriteString("delete address-group gateways\nset address-group gateways static g0\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "set address-group g%d static g%d\n", i, i+1)
	}
	b.WriteString("set address-group g20000 static gateway-1\n")
	run(t, b.String(), []asked{{"deep", in("103.13.69.9", 25), "permit", 0, ""}})
}

func FuzzRead(f *testing.F) {
	ft.Seeds(f, "config { devices { localhost.localdomain { vsys { vsys1 { rulebase { security { rules { a { from any; to any; action allow; } } } } } } } } }")
	f.Fuzz(func(t *testing.T, text string) { ft.Sound(t, "panos", text, in("103.13.69.9", 25)) })
}
