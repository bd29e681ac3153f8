package ios_test

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
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/ios"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

const corpusDir = "../../../../../../shared/corpus/firewall"

// TestCorpus tells files of routers by others from those of other vendors, and
// asks their lists.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	ft.EachText(t, corpusDir, func(name, text string) {
		doc := source.NewDoc(name, text, time.Time{})
		if score := ios.Detect(doc).Score; (score >= 60) != strings.HasPrefix(name, "cisco-ios/") {
			t.Errorf("%s: detected with %d", name, score)
		}
		ios.Read(doc)
	})
	groups, err := os.ReadFile(filepath.Join(corpusDir, "cisco-ios", "ios-acl-portgroup.cfg"))
	if err != nil {
		t.Fatal(err)
	}
	ft.AskShort(t, "ios", string(groups), "aclBase", [][2]string{
		{"- - 8.8.8.8 9.9.9.9 tcp 111 40000", "permit 19"}, {"- - 8.8.8.8 9.9.9.9 tcp 112 111", "permit 20"}, {"- - 8.8.8.8 9.9.9.9 tcp 112 112", "deny 0"},
	})
	ft.AskShort(t, "ios", string(groups), "aclUndefined", [][2]string{{"- - 8.8.8.8 172.17.111.16 tcp 111", "unknown ogipUndefined"}})
	named, err := os.ReadFile(filepath.Join(corpusDir, "cisco-ios", "iosAccessGroupAcl.cfg"))
	if err != nil {
		t.Fatal(err)
	}
	ft.AskShort(t, "ios", string(named), "ip_acl", [][2]string{{"- - 1.2.3.77 4.3.9.9 tcp 25", "permit 10"}, {"- - 1.2.4.4 4.3.2.1 tcp 25", "deny 0"}})
}

// options ask about one range that was named and one that is published.
func options(server string) firewall.CheckOptions {
	opt := ft.Options(server)
	opt.Needs, opt.Ranges[1].Kind = nil, firewall.Published
	return opt
}

// edge is the example without the senders that are no gateway.
func edge(t *testing.T) string {
	t.Helper()
	var out []string
	for _, l := range strings.Split(ft.Sample(t, "edge.cfg"), "\n") {
		if !strings.Contains(l, "0.0.2.255") {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func TestCheckFile(t *testing.T) {
	rules := edge(t)
	opt := options("203.0.113.25")
	opt.Now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if r := ft.Check(t, rules, opt); r.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	for name, gone := range map[string]string{
		"answers in":  " permit tcp any any established\n",
		"answers out": " permit tcp host 203.0.113.25 eq smtp any established\n",
		"mail out":    " permit tcp host 203.0.113.2 any eq smtp\n",
	} {
		r := ft.Check(t, strings.Replace(rules, gone, "", 1), opt)
		if r.Verdict == firewall.Proven {
			t.Errorf("%s: proven without%s", name, gone)
		}
	}
	leak := strings.Replace(rules, " deny   ip any any log", " permit tcp any host 203.0.113.25 eq 25", 1)
	r := ft.Check(t, leak, opt)
	if r.Lockdown.Verdict != firewall.Disproven || r.Leaks[0].By.Line != ft.LineOf(t, leak, "permit tcp any host 203.0.113.25 eq 25", 1) {
		t.Errorf("a leak: %s\n%+v", r.Summary, r.Leaks)
	}
	less := ft.Check(t, strings.Replace(rules, " 124.47.150.0 255.255.255.0\n", "", 1), opt)
	if less.Verdict != firewall.Disproven || strings.Contains(less.Text(), "does not take") || !strings.Contains(less.Text(), "permit tcp 124.47.150.0 0.0.0.255 host 203.0.113.25 eq smtp") {
		t.Errorf("a range is missing before it is translated: %s", less.Text())
	}
	second := strings.Replace(rules, " deny   ip any any log", " permit tcp any host 203.0.113.26 eq 2525", 1)
	if r = ft.Check(t, second, opt); r.Lockdown.Verdict != firewall.Disproven {
		t.Errorf("a second public address: %s\n%s", r.Summary, r.Text())
	}
	set, err := firewall.Read("", []byte(ft.Sample(t, "edge.cfg")), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range set.Statements {
		if strings.Contains(s.Text, "hushhush") || strings.Contains(s.Text, "secrethash") {
			t.Errorf("a secret is shown: %s", s.Text)
		}
	}
}

// TestSameMeaning rewrites rules without a change of meaning.
func TestSameMeaning(t *testing.T) {
	rules := ft.Sample(t, "edge.cfg")
	want := ft.Check(t, rules, options("203.0.113.25"))
	for name, text := range map[string]string{
		"renamed": strings.ReplaceAll(strings.ReplaceAll(rules, "GATEWAY", "ZZZ"), "OUTSIDE-IN", "L9"),
		"split":   strings.Replace(rules, " 103.13.69.0 255.255.255.0\n", " 103.13.69.0 255.255.255.128\n 103.13.69.128 255.255.255.128\n", 1),
		"inlined": strings.Replace(rules, " permit tcp object-group GATEWAY host 203.0.113.25 eq smtp log\n",
			" permit tcp 103.13.69.0 0.0.0.255 host 203.0.113.25 eq smtp\n permit tcp 124.47.150.0 0.0.0.255 host 203.0.113.25 eq 25\n", 1),
		"flat": strings.ReplaceAll(rules, "\n ", "\n"),
	} {
		got := ft.Check(t, text, options("203.0.113.25"))
		if got.Verdict != want.Verdict || len(got.Leaks) != len(want.Leaks) {
			t.Errorf("%s: %s, want %s", name, got.Summary, want.Summary)
		}
		for i, q := range got.Requirements {
			if q.Verdict != want.Requirements[i].Verdict {
				t.Errorf("%s: %s %s is %s", name, q.Range, q.Label, q.Verdict)
			}
		}
	}
}

// TestInspect lets the answers of inspected connections pass, and only those.
func TestInspect(t *testing.T) {
	rules := strings.Replace(edge(t), " permit tcp any any established\n", "", 1)
	opt := options("203.0.113.25")
	opt.Now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	with := strings.Replace(rules, " ip nat outside\n", " ip nat outside\n ip inspect FW out\n", 1) + "ip inspect name FW tcp\n"
	if r := ft.Check(t, with, opt); r.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	reflexive := strings.Replace(strings.Replace(rules, " permit tcp host 203.0.113.2 any eq smtp\n", " permit tcp host 203.0.113.2 any eq smtp reflect BACK\n", 1),
		" deny   ip any any log", " evaluate BACK\n deny ip any any", 1)
	if r := ft.Check(t, reflexive, opt); r.Verdict != firewall.Proven {
		t.Errorf("entries above the reflecting one are met by later packets alone: %s\n%s", r.Summary, r.Text())
	}
	before := strings.Replace(reflexive, " permit tcp host 203.0.113.2 any eq smtp reflect BACK\n", " permit tcp any 103.13.69.0 0.0.0.255 eq smtp\n permit tcp host 203.0.113.2 any eq smtp reflect BACK\n", 1)
	r := ft.Check(t, before, opt)
	for _, q := range r.Requirements {
		want := firewall.Proven
		if q.Range == "103.13.69.0/24" && strings.Contains(q.Label, "out") {
			want = firewall.Disproven // let out by an entry that keeps nothing for evaluate
		}
		if q.Verdict != want {
			t.Errorf("%s %s is %s, want %s\n%s", q.Range, q.Label, q.Verdict, want, r.Text())
		}
	}
}

func flows() []format.Flow {
	ranges := []netip.Prefix{netip.MustParsePrefix("103.13.69.0/24"), netip.MustParsePrefix("124.47.150.0/24")}
	host := []netip.Prefix{netip.MustParsePrefix("203.0.113.25/32")}
	return []format.Flow{
		{In: true, Proto: "tcp", Port: 25, Src: ranges, Dst: host, Family: ir.V4, Label: "mail in 25"},
		{Proto: "tcp", Port: 25, Src: host, Dst: ranges, Family: ir.V4, Label: "mail out 25"},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Dst: host, Family: ir.V4, Label: "lock-down"},
	}
}

// TestWrite reads what is written, alone and behind a file.
func TestWrite(t *testing.T) {
	s, err := ios.Write(format.Job{Flows: flows()})
	if err != nil {
		t.Fatal(err)
	}
	opt := options("203.0.113.25")
	opt.Interface = "GigabitEthernet0/0"
	if r := ft.Check(t, s.Text, opt); r.Verdict != firewall.Proven || r.Format != "ios" {
		t.Errorf("%s\n%s\n%s", r.Summary, s.Text, r.Text())
	}
	ask(t, s.Text, [][2]string{{"fwd GigabitEthernet0/0> 8.8.8.8 203.0.113.25 tcp 443", fmt.Sprintf("permit %d", ft.LineOf(t, s.Text, "permit ip any any", 1))}})
	base := "hostname r\ninterface e0\n ip address 198.51.100.2 255.255.255.0\n ip access-group A in\n ip access-group B out\ninterface e1\n ip address 203.0.113.1 255.255.255.0\n ip access-group C in\n" +
		"ip route 0.0.0.0 0.0.0.0 198.51.100.1\nip access-list extended B\n deny ip any any\nip access-list extended C\n deny ip any any\nip access-list extended A\n"
	for name, last := range map[string]string{"deny all": " deny ip any any\n", "allow all": " permit ip any any\n"} {
		rules := base + last
		set, err := firewall.Read("", []byte(rules), "")
		if err != nil {
			t.Fatal(err)
		}
		s, err := ios.Write(format.Job{Flows: flows(), Set: set, Outside: "e0", Inside: "e1"})
		if err != nil {
			t.Fatal(err)
		}
		opt := options("203.0.113.25")
		if r := ft.Check(t, rules+"\n"+s.Text, opt); r.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s\n%s", name, r.Summary, s.Text, r.Text())
		}
		want := ft.Check(t, rules, opt)
		if got := ft.Check(t, rules+"\n"+s.Text+s.Undo, opt); got.Verdict != want.Verdict || len(got.Leaks) != len(want.Leaks) || got.Rules != want.Rules {
			t.Errorf("%s, undone: %s, want %s\n%s", name, got.Summary, want.Summary, s.Undo)
		}
	}
	six := flows()[:1]
	six[0].Family, six[0].Src, six[0].Dst = ir.V6, []netip.Prefix{netip.MustParsePrefix("2001:db8:9::/48")}, []netip.Prefix{netip.MustParsePrefix("2001:db8:1::25/128")}
	if s, err = ios.Write(format.Job{Flows: six}); err != nil {
		t.Fatal(err)
	}
	ask(t, s.Text, [][2]string{{"fwd GigabitEthernet0/0> 2001:db8:9::1 2001:db8:1::25 tcp 25", "permit 3"}})
}

// FuzzRead reads anything.
func FuzzRead(f *testing.F) {
	ft.Seeds(f, zoned, twoSides+"ip access-list extended in\n permit tcp any eq any range 1 match-any +\n evaluate\n 10\n no\nip nat inside source static tcp\nip nat pool a b\naccess-list 1\nipv6 access-list x y z\n")
	f.Fuzz(func(t *testing.T, text string) {
		ft.Sound(t, "ios", text, ft.Mail(ft.Via("e0", "e1"), ft.From("8.8.8.8"), ft.To("203.0.113.25")), ft.Mail(ft.Dir("fwd"), ft.Via("e1", "e0"), ft.From("10.0.0.25"), ft.To("8.8.8.8")))
	})
}
