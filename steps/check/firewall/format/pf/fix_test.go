package pf_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

const (
	freebsd = `set skip on lo
table <mimecast> { 103.13.69.0/24, 124.47.150.0/24 }
nat on em0 from 10.0.0.25 to any -> 203.0.113.25
rdr on em0 proto tcp from any to 203.0.113.25 port 25 -> 10.0.0.25
block all
block quick proto tcp from any to any port 25
pass in on em0 proto tcp from <mimecast> to 10.0.0.25 port 25
pass on em1
pass out on em0
`
	openbsd = `set skip on lo
table <mimecast> { 103.13.69.0/24, 124.47.150.0/24 }
block all
match out on em0 from 10.0.0.25 nat-to 203.0.113.25
block quick proto tcp from any to any port 25
pass in on em0 proto tcp from <mimecast> to 203.0.113.25 port 25 rdr-to 10.0.0.25
pass on em1
pass out on em0
`
)

var rightAbove = regexp.MustCompile(`right above line (\d+)`)

func asked() firewall.CheckOptions {
	opt := ft.Options("203.0.113.25")
	opt.Interface = "em0"
	return opt
}

// put puts what a report suggests where it says.
func put(t *testing.T, text string, rep firewall.Report) string {
	t.Helper()
	at := 0
	for _, f := range ft.Fixes(rep) {
		m := rightAbove.FindStringSubmatch(f.Text)
		if m == nil {
			t.Fatalf("it does not say where: %s", f.Text)
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || at > 0 && n != at {
			t.Fatalf("line %s beside %d: %v", m[1], at, err)
		}
		at = n
	}
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(lines[:at-1], "") + firewall.Merge(ft.Fixes(rep)...) + "\n" + strings.Join(lines[at-1:], "")
}

// TestFixesSettle puts what a report suggests where it says and checks again:
// packets that leave with another source are let out too, and they alone.
func TestFixesSettle(t *testing.T) {
	unhidden := strings.Replace(freebsd, "nat on em0 from 10.0.0.25 to any -> 203.0.113.25\n", "", 1)
	for name, text := range map[string]string{
		"FreeBSD": freebsd, "OpenBSD": openbsd,
		"FreeBSD, refused as packets leave": strings.Replace(freebsd, "block quick proto", "block out quick on em0 proto", 1),
		"OpenBSD, refused as packets leave": strings.Replace(openbsd, "block quick proto", "block out quick on em0 proto", 1),
		"the address of the interface":      strings.Replace(freebsd, "-> 203.0.113.25\nrdr", "-> (em0)\nrdr", 1),
		"not hidden":                        unhidden,
	} {
		rep := ft.Check(t, text, asked())
		if rep.Format != "pf" || rep.Verdict != firewall.Disproven {
			t.Fatalf("%s: %s, %s", name, rep.Format, rep.Text())
		}
		after := put(t, text, rep)
		if again := ft.Check(t, after, asked()); again.Verdict != firewall.Proven {
			t.Errorf("%s:\n%s\n%s", name, after, again.Text())
		}
		for _, src := range []string{"10.0.0.26", "203.0.113.25"} { // nobody else who leaves by that address
			got := ft.Ask(t, "pf", after, firewall.Probe{Dir: "fwd", InIf: "em1", OutIf: "em0", Src: src, Dst: "103.13.69.7", Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(25)})
			if strings.Contains(text, "block quick") && got.Verdict != "deny" {
				t.Errorf("%s: %s gets out: %+v\n%s", name, src, got, after)
			}
		}
		if hidden := strings.Contains(after, "tagged mxodus"); hidden == (name == "not hidden") {
			t.Errorf("%s: a tag is asked for: %v\n%s", name, hidden, after)
		}
	}
}

// TestTranslationBelow: a match rule that translates below what decides at once
// has to be moved, or what is let out keeps its source.
func TestTranslationBelow(t *testing.T) {
	const match = "match out on em0 from 10.0.0.25 nat-to 203.0.113.25\n"
	text := strings.Replace(openbsd, match, "", 1)
	text = strings.Replace(text, "pass on em1\n", match+"pass on em1\n", 1)
	rep := ft.Check(t, text, asked())
	for _, q := range rep.Requirements {
		for _, g := range q.Gaps {
			if !strings.Contains(g.Fix.Text, "right above line 4.") || !strings.Contains(g.Fix.Text, "Line 6 (match out on em0 from 10.0.0.25 nat-to 203.0.113.25) translates") {
				t.Errorf("%s: %s", q.Label, g.Fix.Text)
			}
		}
	}
}

// TestTranslationThatPasses: one that passes by the rules is what has to change.
func TestTranslationThatPasses(t *testing.T) {
	text := strings.Replace(strings.Replace(freebsd, "rdr on", "rdr pass on", 1), "block quick proto tcp from any to any port 25\n", "", 1)
	rep := ft.Check(t, text, asked())
	if rep.Lockdown.Verdict != firewall.Disproven || len(rep.Leaks) == 0 {
		t.Fatal(rep.Text())
	}
	const narrowed = "from { 103.13.69.0/24 124.47.150.0/24 }"
	for _, l := range rep.Leaks {
		if l.Fix.Copy != "" || !strings.HasPrefix(l.Fix.Text, "Line 4 translates with pass") || !strings.Contains(l.Fix.Text, narrowed) {
			t.Errorf("%+v", l.Fix)
		}
	}
	for _, change := range [][2]string{{"tcp from any to 203", "tcp " + narrowed + " to 203"}, {"rdr pass", "rdr"}} {
		if after := ft.Check(t, strings.Replace(text, change[0], change[1], 1), asked()); after.Verdict != firewall.Proven {
			t.Errorf("%s:\n%s", fmt.Sprint(change), after.Text())
		}
	}
}

// TestNoTranslationIsNoted: where some line translates, that is not denied.
func TestNoTranslationIsNoted(t *testing.T) {
	plain := "block all\npass in on em0 proto tcp from 103.13.69.0/24 to 10.0.0.25 port 25\n"
	for text, want := range map[string]bool{
		plain: true, openbsd: false, freebsd: false, plain + "pass out on em0 from 10.0.0.25 nat-to 203.0.113.25\n": false, plain + "nat on em0 from 10.0.0.25 to any -> 203.0.113.25\n": false,
	} {
		set, err := firewall.Read("", []byte(text), "pf")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(set.Notes, " "), "No line translates"); got != want {
			t.Errorf("noted %v\n%s", got, text)
		}
	}
}
