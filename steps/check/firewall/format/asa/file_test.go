package asa_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/asa"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

const corpusDir = "../../../../../../shared/corpus/firewall"

// TestCorpus reads files by others and gives the verdicts that are expected.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	ft.EachText(t, corpusDir, func(name, text string) {
		doc := source.NewDoc(name, text, time.Time{})
		if score := asa.Detect(doc).Score; (score >= 60) != strings.HasPrefix(name, "cisco-asa/") {
			t.Errorf("%s: detected with %d", name, score)
		}
		asa.Read(doc)
	})
	asked := 0
	for _, f := range ft.Rows(t, corpusDir, "cisco-asa") {
		b, err := os.ReadFile(filepath.Join(corpusDir, f[0]))
		if err != nil {
			t.Fatal(err)
		}
		for i := range f {
			f[i] = strings.Replace(f[i], "*", "-", 1)
		}
		p, acl := fmt.Sprintf("- - %s %s %s", f[2], f[3], f[4]), f[1]
		if in, out, ok := strings.Cut(f[1], " -> "); ok {
			p, acl = fmt.Sprintf("- %s>%s %s %s %s %s", in, out, f[2], f[3], f[4], f[6]), ""
		}
		asked++
		var got strings.Builder
		if _, err := firewall.Eval(b, "", acl, strings.NewReader(ft.Short(p)), &got); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got.String(), `"verdict":"`+f[7]+`"`) {
			t.Errorf("%v: %s", f, got.String())
		}
	}
	if asked < 8 {
		t.Errorf("%d rows asked", asked)
	}
}

// options ask about one range that was named and one that is published.
func options(server string) firewall.CheckOptions {
	opt := ft.Options(server)
	opt.Needs, opt.Ranges[1].Kind = nil, firewall.Published
	return opt
}

func TestCheckFile(t *testing.T) {
	rules := ft.Sample(t, "office.cfg")
	var good []string
	for _, l := range strings.Split(rules, "\n") {
		if !strings.Contains(l, "nights") || strings.HasPrefix(l, "time-range") {
			good = append(good, l)
		}
	}
	text := strings.Join(good, "\n")
	opt := options("203.0.113.25")
	opt.Now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // the summer of 2020 is over
	if r := ft.Check(t, text, opt); r.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	miss := strings.Replace(text, "103.13.69.0 255.255.255.0", "103.13.69.0 255.255.255.128", 1)
	r := ft.Check(t, miss, opt)
	if r.Verdict != firewall.Disproven || !strings.Contains(r.Text(), "103.13.69.128") {
		t.Errorf("half of a range is missing: %s\n%s", r.Summary, r.Text())
	}
	leak := strings.Replace(text, "access-list outside_in extended deny ip any any log", "access-list outside_in extended permit tcp any host 10.0.0.25 eq smtp", 1)
	r = ft.Check(t, leak, opt)
	if r.Lockdown.Verdict != firewall.Disproven || r.Leaks[0].By.Line != ft.LineOf(t, leak, "permit tcp any host", 1) {
		t.Errorf("a leak: %s\n%+v", r.Summary, r.Leaks)
	}
	for _, secret := range []string{"topsecretkey", "s3cretword", "abcdefghijklmnop"} {
		set, err := firewall.Read("", []byte(rules), "")
		if err != nil || strings.Contains(fmt.Sprint(set.Statements, set.Problems, set.Notes), secret) {
			t.Errorf("%s is shown", secret)
		}
	}
}

// TestBlame takes away the line that decides: the verdict changes.
func TestBlame(t *testing.T) {
	rules := ft.Sample(t, "office.cfg")
	for _, c := range []struct{ probe, text, after string }{
		{"in outside> 103.13.69.9 203.0.113.25 tcp 25", "mail-ports log", "deny"},
		{"fwd outside> 103.13.69.9 10.0.0.25 tcp 389", "object-group directory object", "deny"},
		{"fwd dmz>outside 10.9.0.80 103.13.69.9 tcp 25", "deny tcp object web", "permit"},
	} {
		l := ft.LineOf(t, rules, c.text, 1)
		lines := strings.Split(rules, "\n")
		lines[l-1] = "!"
		var out strings.Builder
		if _, err := firewall.Eval([]byte(strings.Join(lines, "\n")), "", "", strings.NewReader(ft.Short(c.probe)), &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), `"verdict":"`+c.after+`"`) {
			t.Errorf("%s without line %d: %s", c.probe, l, out.String())
		}
	}
}

// TestSameMeaning rewrites rules without a change of meaning.
func TestSameMeaning(t *testing.T) {
	rules := ft.Sample(t, "office.cfg")
	opt := options("203.0.113.25")
	want := ft.Check(t, rules, opt)
	for name, text := range map[string]string{
		"renamed":  strings.ReplaceAll(strings.ReplaceAll(rules, "mimecast", "zzz"), "outside_in", "acl9"),
		"inlined":  strings.Replace(rules, " group-object mimecast-a\n", " network-object 103.13.69.0 255.255.255.0\n", 1),
		"split":    strings.Replace(rules, " network-object 103.13.69.0 255.255.255.0\n", " network-object 103.13.69.0 255.255.255.128\n network-object 103.13.69.128 255.255.255.128\n", 1),
		"flat":     strings.ReplaceAll(rules, "\n ", "\n"),
		"indented": "  " + strings.ReplaceAll(rules, "\r", ""),
	} {
		got := ft.Check(t, text, opt)
		if got.Verdict != want.Verdict || len(got.Leaks) != len(want.Leaks) || len(got.Requirements) != len(want.Requirements) {
			t.Errorf("%s: %s, want %s", name, got.Summary, want.Summary)
		}
		for i, q := range got.Requirements {
			if q.Verdict != want.Requirements[i].Verdict {
				t.Errorf("%s: %s %s is %s", name, q.Range, q.Label, q.Verdict)
			}
		}
	}
}

func flows(deny bool) []format.Flow {
	ranges := []netip.Prefix{netip.MustParsePrefix("103.13.69.0/24"), netip.MustParsePrefix("124.47.150.0/24")}
	host := []netip.Prefix{netip.MustParsePrefix("10.0.0.25/32")}
	out := []format.Flow{
		{In: true, Proto: "tcp", Port: 25, Src: ranges, Dst: host, Family: ir.V4, Label: "mail in 25"},
		{Proto: "tcp", Port: 25, Src: host, Dst: ranges, Family: ir.V4, Label: "mail out 25"},
	}
	if deny {
		out = append(out, format.Flow{In: true, Deny: true, Proto: "tcp", Port: 25, Dst: host, Family: ir.V4, Label: "lock-down"})
	}
	return out
}

// TestWrite reads what is written, alone and behind a file.
func TestWrite(t *testing.T) {
	s, err := asa.Write(format.Job{Flows: flows(true)})
	if err != nil {
		t.Fatal(err)
	}
	if r := ft.Check(t, s.Text, options("10.0.0.25")); r.Verdict != firewall.Proven || r.Format != "asa" {
		t.Errorf("%s\n%s\n%s", r.Summary, s.Text, r.Text())
	}
	ask(t, s.Text, [][2]string{{"fwd inside>outside 10.0.0.9 8.8.8.8 tcp 443", fmt.Sprintf("permit %d", ft.LineOf(t, s.Text, "permit object-group mxodus-protocols any any", 1))}})
	for name, last := range map[string]string{"deny all": "access-list outside_in extended deny ip any any\n", "allow all": "access-list outside_in extended permit ip any any\n"} {
		base := strings.Replace(twoSides, "access-group in in", "access-group outside_in in", 1) + last +
			"object network mail\n host 10.0.0.25\n nat (inside,outside) static 203.0.113.25\n"
		set, err := firewall.Read("", []byte(base), "")
		if err != nil {
			t.Fatal(err)
		}
		s, err := asa.Write(format.Job{Flows: flows(true), Set: set, Outside: "outside", Inside: "inside"})
		if err != nil {
			t.Fatal(err)
		}
		if r := ft.Check(t, base+"\n"+s.Text, options("10.0.0.25")); r.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s\n%s", name, r.Summary, s.Text, r.Text())
		}
		want := ft.Check(t, base, options("10.0.0.25"))
		if got := ft.Check(t, base+"\n"+s.Text+s.Undo, options("10.0.0.25")); got.Verdict != want.Verdict || len(got.Leaks) != len(want.Leaks) || got.Rules != want.Rules {
			t.Errorf("%s, undone: %s, want %s\n%s", name, got.Summary, want.Summary, s.Undo)
		}
	}
	old := ft.Sample(t, "old.cfg")
	set, err := firewall.Read("", []byte(old), "")
	if err != nil {
		t.Fatal(err)
	}
	job := format.Job{Flows: flows(true)[:1], Set: set, Outside: "outside", Inside: "inside", Translate: []format.Translation{
		{Public: netip.MustParseAddr("203.0.113.25"), Inside: netip.MustParseAddr("10.0.0.25"), PublicPort: 25, Port: 25},
	}}
	if s, err = asa.Write(job); err != nil || !strings.Contains(s.Text, "host 203.0.113.25 eq smtp") {
		t.Errorf("before 8.3: %v\n%s", err, s.Text)
	}
}

func TestConfirm(t *testing.T) {
	got := asa.Format().Confirm(format.Packet{In: "outside", Src: netip.MustParseAddr("8.8.8.8"), Dst: netip.MustParseAddr("203.0.113.25"), Proto: "tcp", SPort: 1024, DPort: 25})
	if got != "packet-tracer input outside tcp 8.8.8.8 1024 203.0.113.25 25" {
		t.Error(got)
	}
}

// FuzzRead reads anything.
func FuzzRead(f *testing.F) {
	ft.Seeds(f, twoSides+"access-list in permit object-group a object-group b object-group c object-group d eq\nnat (,) source static a a destination static\nstatic (,) tcp")
	f.Fuzz(func(t *testing.T, text string) {
		ft.Sound(t, "asa", text, ft.Mail(ft.Via("outside", "inside"), ft.From("8.8.8.8"), ft.To("203.0.113.25")), ft.Mail(ft.Dir("fwd"), ft.Via("inside", "outside"), ft.From("10.0.0.25"), ft.To("8.8.8.8")))
	})
}
