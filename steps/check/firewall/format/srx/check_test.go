package srx_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/srx"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func check(t *testing.T, text string) firewall.Report {
	t.Helper()
	r := ft.Check(t, text, ft.Options("203.0.113.5"))
	if s := r.Text(); strings.Contains(s, "verysecret") {
		t.Errorf("a secret is shown:\n%s", s)
	}
	return r
}

// filtered hangs filters on both interfaces that pass mail both ways.
const filtered = `set firewall family inet filter edge term back from protocol tcp
set firewall family inet filter edge term back from tcp-established
set firewall family inet filter edge term back then accept
set firewall family inet filter edge term mail from protocol tcp
set firewall family inet filter edge term mail from destination-port smtp
set firewall family inet filter edge term mail then accept
set interfaces ge-0/0/0 unit 0 family inet filter input edge
`

func TestCheckFile(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	if r := check(t, text); r.Verdict != firewall.Proven || r.Lockdown.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	half := check(t, strings.Replace(text, "gateway-1 103.13.69.0/24", "gateway-1 103.13.69.0/25", 1))
	if half.Verdict != firewall.Disproven || !strings.Contains(half.Text(), "103.13.69.128/25") {
		t.Errorf("half a range is missing: %s\n%s", half.Verdict, half.Text())
	}
	leak := check(t, text+"activate security policies from-zone untrust to-zone dmz policy old\n")
	if leak.Lockdown.Verdict != firewall.Disproven || leak.Leaks[0].By.Line != 29 || !strings.Contains(leak.Text(), "2525") {
		t.Errorf("policy old lets everybody in, by two ways: %+v\n%s", leak.Lockdown, leak.Text())
	}
	if r := check(t, text+filtered); r.Verdict != firewall.Proven {
		t.Errorf("with filters: %s\n%s", r.Summary, r.Text())
	}
	if r := check(t, text+strings.Replace(filtered, "then accept", "then discard", 1)); r.Verdict != firewall.Disproven {
		t.Errorf("a filter drops answers: %s\n%s", r.Summary, r.Text())
	}
	if r := check(t, text+"set security nat static rule-set one from zone untrust\nset security nat static rule-set one rule r match destination-address 203.0.113.7/32\n"+
		"set security nat static rule-set one rule r then static-nat prefix 10.0.0.25/32\nset security policies from-zone untrust to-zone dmz policy x match source-address any\n"+
		"set security policies from-zone untrust to-zone dmz policy x match destination-address any\nset security policies from-zone untrust to-zone dmz policy x match application junos-smtp\n"+
		"set security policies from-zone untrust to-zone dmz policy x then permit\n"); r.Lockdown.Verdict != firewall.Disproven || !strings.Contains(r.Text(), "203.0.113.7") {
		t.Errorf("another address leads to the server: %s", r.Text())
	}
}

// TestFixesAreWritten puts the commands of a report into the file and checks
// that nothing is left to fix.
func TestFixesAreWritten(t *testing.T) {
	text := strings.Replace(ft.Sample(t, "mail.set"), "gateway-1 103.13.69.0/24", "gateway-1 192.0.2.0/24", 1)
	for name, change := range map[string]string{
		"a range lacks":  "",
		"an open policy": "activate security policies from-zone untrust to-zone dmz policy old\n",
	} {
		r := check(t, text+change)
		var lines []firewall.Fix
		for _, q := range r.Requirements {
			for _, g := range q.Gaps {
				lines = append(lines, g.Fix)
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
	text := ft.Sample(t, "mail.set") + "activate security policies from-zone untrust to-zone dmz policy old\n"
	set := srx.Read(source.NewDoc("", text, time.Time{}))
	job := format.Job{
		Flows: []format.Flow{
			{In: true, Proto: "tcp", Port: 25, Label: "mxodus mail in 25", Family: ir.V4, Src: []netip.Prefix{netip.MustParsePrefix("103.13.69.0/24")}, Dst: []netip.Prefix{netip.MustParsePrefix("10.0.0.25/32")}},
			{In: true, Deny: true, Proto: "tcp", Port: 25, Label: "mxodus lock-down", Family: ir.V4, Dst: []netip.Prefix{netip.MustParsePrefix("10.0.0.25/32")}},
		},
		Outside: "ge-0/0/0.0", Inside: "ge-0/0/1.0", Set: set, Chain: "untrust to dmz", Above: ir.At{Line: 29, Text: `policy "old" from untrust`},
	}
	s, err := srx.Format().Write(job)
	if err != nil {
		t.Fatal(err)
	}
	run(t, text+s.Text, []asked{{"shut", in("192.0.2.9", 25), "deny", 0, ""}, {"open", in("103.13.69.1", 25), "permit", 0, ""}})
	run(t, text+s.Text+s.Undo, []asked{{"as before", in("192.0.2.9", 25), "permit", 29, ""}})
}

// TestSameMeaning changes what must not change any verdict, and takes out what
// is blamed.
func TestSameMeaning(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	for name, other := range map[string]string{
		"renamed": strings.ReplaceAll(text, "gateway-1", "net-A"),
		"split":   strings.Replace(text, "address gateway-1 103.13.69.0/24", "address-set gateway-1 address a\nset security address-book global address a 103.13.69.0/25\nset security address-book global address b 103.13.69.128/25\nset security address-book global address-set gateway-1 address b", 1),
		"at zone": strings.ReplaceAll(text, "address-book global", "address-book book1") + "set security address-book book1 attach zone untrust\nset security address-book book1 attach zone dmz\n",
	} {
		other = strings.Replace(other, "address-set gateways address gateway-1\n", "address-set gateways address-set gateway-1\n", map[bool]int{true: 1}[name == "split"])
		for _, src := range []string{"103.13.69.0", "103.13.69.200", "124.47.150.3", "103.13.70.1"} {
			a, b := judge(t, text, in(src, 25)), judge(t, other, in(src, 25))
			if a.Verdict != b.Verdict {
				t.Errorf("%s: %s is %s, was %s (%s)", name, src, b.Verdict, a.Verdict, b.Why)
			}
		}
	}
}

// TestScale reads many policies with a large set.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	b.WriteString(ft.Sample(t, "mail.set"))
	for i := range 10_000 {
		fmt.Fprintf(&b, "set security address-book global address n%d 198.18.%d.%d/32\nset security address-book global address-set big address n%d\n", i, i>>8, i&255, i)
		for _, l := range []string{"match source-address big", fmt.Sprintf("match destination-address n%d", i), "match application junos-smtp", "then permit"} {
			fmt.Fprintf(&b, "set security policies from-zone untrust to-zone dmz policy r%d %s\n", i, l)
		}
	}
	start := time.Now()
	set := srx.Read(source.NewDoc("", b.String(), time.Time{}))
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("%d rules took %v", set.Rules, took)
	}
	t.Logf("%d rules in %v", set.Rules, time.Since(start))
}

func FuzzRead(f *testing.F) {
	ft.Seeds(f, ft.Sample(f, "mail.set")+filtered, "security { policies { from-zone a to-zone b { policy x { match { source-address any; destination-address any; application any; } then { permit; } } } } }")
	f.Fuzz(func(t *testing.T, text string) { ft.Sound(t, "srx", text, in("103.13.69.9", 25)) })
}
