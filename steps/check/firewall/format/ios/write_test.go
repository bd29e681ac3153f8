package ios_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/format/ios"
	"mxodus/steps/check/firewall/ir"
)

const plain = `hostname r
interface GigabitEthernet0/0
 ip address 198.51.100.2 255.255.255.0
interface GigabitEthernet0/1
 ip address 203.0.113.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 198.51.100.1
access-list 9 permit any
`

// applied applies a list below a configuration.
const applied = "interface GigabitEthernet0/0\n ip access-group CORP in\n"

func programs(t *testing.T, text string) []*ir.Program {
	t.Helper()
	set, err := firewall.Read("", []byte(text), "ios")
	if err != nil || len(set.Problems) > 0 {
		t.Fatal(err, set.Problems)
	}
	return set.Programs
}

// TestRulesWithoutFile enters rules that were written without the file as their
// notes say, and takes them away again: all is as it was.
func TestRulesWithoutFile(t *testing.T) {
	s, err := ios.Write(format.Job{Flows: flows()})
	if err != nil {
		t.Fatal(err)
	}
	opt := options("203.0.113.25")
	if r := ft.Check(t, plain+s.Text, opt); r.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	if !reflect.DeepEqual(programs(t, plain), programs(t, plain+s.Text+s.Undo)) {
		t.Errorf("no list: not as it was after\n%s", s.Undo)
	}
	text, _, below := strings.Cut(strings.ReplaceAll(s.Text, "mxodus-in", "CORP"), "! Only where")
	undo, _, also := strings.Cut(strings.ReplaceAll(s.Undo, "mxodus-in", "CORP"), "! Only where")
	if !below || !also || strings.Contains(text+undo, "access-group") {
		t.Fatalf("what makes a list is to stand apart:\n%s\n%s", s.Text, s.Undo)
	}
	list := "ip access-list extended CORP\n 10 deny tcp any any eq smtp\n 20 permit ip any any\n"
	base := plain + list + applied
	if r := ft.Check(t, base+"ip access-list resequence CORP 100000 10\n"+text, opt); r.Verdict != firewall.Proven {
		t.Errorf("a list that was there: %s\n%s", r.Summary, r.Text())
	}
	if was, is := programs(t, base), programs(t, base+"ip access-list resequence CORP 100000 10\n"+text+undo); !reflect.DeepEqual(was, is) {
		t.Errorf("a list that was there: not as it was after\n%s", undo)
	}
}

// TestNumbersComeBack gives the entries of a list that was there the numbers
// that they had.
func TestNumbersComeBack(t *testing.T) {
	for name, c := range map[string]struct {
		entries, want string
		note          bool
	}{
		"as given":   {" deny tcp any any eq 25\n permit ip any any\n", "CORP 10 10\n", false},
		"by fives":   {" 100 deny tcp any any eq 25\n 105 permit ip any any\n", "CORP 100 5\n", false},
		"one":        {" 7 deny ip any any\n", "CORP 7 10\n", false},
		"not evenly": {" 5 deny tcp any any eq 25\n 10 permit udp any any\n 40 permit ip any any\n", "CORP 10 10\n", true},
	} {
		base := plain + "ip access-list extended CORP\n" + c.entries + applied
		set, err := firewall.Read("", []byte(base), "")
		if err != nil {
			t.Fatal(err)
		}
		s, err := ios.Write(format.Job{Flows: flows(), Set: set, Outside: "GigabitEthernet0/0", Inside: "GigabitEthernet0/1"})
		if err != nil || !strings.HasSuffix(s.Undo, "ip access-list resequence "+c.want) || strings.Contains(strings.Join(s.Notes, " "), "new numbers") != c.note {
			t.Errorf("%s: %v %q\n%s", name, err, s.Notes, s.Undo)
		}
		if !reflect.DeepEqual(programs(t, base), programs(t, base+s.Text+s.Undo)) {
			t.Errorf("%s: not as it was after\n%s", name, s.Undo)
		}
	}
}

// TestNewListName has lists of mxodus in the file that are not applied.
func TestNewListName(t *testing.T) {
	base := plain + "ip access-list extended mxodus-in\n 1 deny ip any any\nip access-list extended mxodus-in-2\n 1 deny ip any any\n"
	set, err := firewall.Read("", []byte(base), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ios.Write(format.Job{Flows: flows(), Set: set, Outside: "GigabitEthernet0/0", Inside: "GigabitEthernet0/1"})
	if err != nil || !strings.Contains(s.Text, "ip access-list extended mxodus-in-3\n") {
		t.Fatalf("%v\n%s", err, s.Text)
	}
	if r := ft.Check(t, base+s.Text, options("203.0.113.25")); r.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	if !reflect.DeepEqual(programs(t, base), programs(t, base+s.Text+s.Undo)) {
		t.Errorf("not as it was after\n%s", s.Undo)
	}
}

// TestOutsideNames names an inside host as it is known outside.
func TestOutsideNames(t *testing.T) {
	const static = "ip nat inside source static 10.0.0.25 203.0.113.25\n"
	for name, c := range map[string]struct{ change, to, want string }{
		"one to one":           {"", "", "host 203.0.113.25"},
		"a network":            {static, "ip nat inside source static network 10.0.0.0 203.0.113.0 /24\n", "host 203.0.113.25"},
		"hidden":               {static, "ip nat inside source list 7 interface e0 overload\naccess-list 7 permit 10.0.0.0 0.0.0.255\n", "host 203.0.113.2"},
		"a pool":               {static, "ip nat pool P 203.0.113.8 203.0.113.11 netmask 255.255.255.224\nip nat inside source list 7 pool P\naccess-list 7 permit 10.0.0.0 0.0.0.255\n", "203.0.113.8 0.0.0.3"},
		"others are hidden":    {static, "ip nat inside source list 7 interface e0 overload\naccess-list 7 permit 10.0.1.0 0.0.0.255\n", "host 10.0.0.25"},
		"one port":             {static, "ip nat inside source static tcp 10.0.0.25 25 203.0.113.25 25\nip nat inside source list 7 interface e0 overload\naccess-list 7 permit any\n", "host 203.0.113.2"},
		"leased":               {" ip address 203.0.113.2 255.255.255.224\n", " ip address dhcp\n", "host 203.0.113.25"},
		"leased and hidden":    {static, "interface e0\n ip address dhcp\nip nat inside source list 7 interface e0 overload\naccess-list 7 permit 10.0.0.0 0.0.0.255\n", "host 203.0.113.2"},
		"perhaps translated":   {static, "ip nat inside source route-map R interface e0 overload\n", "any"},
		"by a route-map":       {static, "ip nat inside source static 10.0.0.25 203.0.113.25 route-map R\nip nat inside source list 8 interface e0\n", "any"},
		"not an inside":        {" ip nat inside\n", "", "host 10.0.0.25"},
		"translation not read": {static, "ip nat inside source static 10.0.0.25 blurb\n", "any"},
	} {
		text := bordered + listIn + listOut
		if c.change != "" {
			text = strings.Replace(text, c.change, c.to, 1)
		}
		set, err := firewall.Read("", []byte(text), "ios")
		if err != nil {
			t.Fatal(err)
		}
		out := flows()[1:2]
		out[0].Src = ft.Prefixes("10.0.0.25/32")
		s, err := ios.Write(format.Job{Flows: out, Set: set, Outside: "e0", Inside: "e1"})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"permit tcp " + c.want + " 103.13.69.0 0.0.0.255 eq smtp\n", "permit tcp 103.13.69.0 0.0.0.255 eq smtp " + c.want + " established\n"} {
			if !strings.Contains(s.Text, want) {
				t.Errorf("%s: no %q in\n%s", name, want, s.Text)
			}
		}
	}
}

// TestInsideLacking has a translation for a host behind an interface that takes
// no part in it.
func TestInsideLacking(t *testing.T) {
	whole := bordered + listIn + listOut
	for name, c := range map[string]struct {
		text string
		want firewall.Answer
	}{
		"there":              {whole, firewall.Proven},
		"lacking":            {strings.Replace(whole, " ip nat inside\n", "", 1), firewall.CannotTell},
		"lacking, one port":  {strings.NewReplacer(" ip nat inside\n", "", "static 10.0.0.25 203.0.113.25\n", "static tcp 10.0.0.25 25 203.0.113.25 25\n").Replace(whole), firewall.CannotTell},
		"behind a route":     {strings.Replace(whole, " ip address 10.0.0.1 255.255.255.0\n", " ip address 10.9.0.1 255.255.255.0\n", 1) + "ip route 10.0.0.0 255.255.255.0 10.9.0.2\n", firewall.Proven},
		"another lacks it":   {whole + "interface e2\n ip address 10.0.1.1 255.255.255.0\n", firewall.Proven},
		"a nearer one lacks": {whole + "interface e2\n ip address 10.0.0.17 255.255.255.240\n", firewall.CannotTell},
	} {
		r := ft.Check(t, c.text, options("203.0.113.25"))
		in := r.Requirements[0]
		if in.Verdict != c.want || c.want == firewall.CannotTell && !strings.Contains(r.Text(), "ip nat inside, which e") {
			t.Errorf("%s: %s, want %s\n%s", name, in.Verdict, c.want, r.Text())
		}
	}
}

// TestSendsItself notes a host that mail is sent on to and that is known by its
// private address when it sends.
func TestSendsItself(t *testing.T) {
	const static = "ip nat inside source static 10.0.0.25 203.0.113.25\n"
	const forward = "ip nat inside source static tcp 10.0.0.25 25 203.0.113.25 25\n"
	const list = "ip nat inside source list 7 interface e0 overload\n"
	for name, c := range map[string]struct {
		nat  string
		want bool
	}{
		"one to one":       {static, false},
		"forward alone":    {forward, true},
		"by the interface": {"ip nat inside source static tcp 10.0.0.25 25 interface e0 25\n", true},
		"hidden too":       {forward + list + "access-list 7 permit 10.0.0.0 0.0.0.255\n", false},
		"others hidden":    {forward + list + "access-list 7 permit 10.0.1.0 0.0.0.255\n", true},
		"perhaps hidden":   {forward + "ip nat inside source route-map R interface e0 overload\n", false},
		"another port":     {"ip nat inside source static tcp 10.0.0.25 443 203.0.113.25 443\n", false},
		"both":             {forward + static, false},
		"private outside":  {"ip nat inside source static tcp 10.0.0.25 25 192.168.1.25 25\n", false},
	} {
		text := strings.Replace(bordered, static, c.nat, 1) + listIn + listOut
		set, err := firewall.Read("", []byte(text), "ios")
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("Line %d sends port 25 of 203.0.113.", ft.LineOf(t, text, "ip nat inside source static", 1))
		if got := strings.Contains(strings.Join(set.Notes, " "), want); got != c.want {
			t.Errorf("%s: %q", name, set.Notes)
		}
	}
}

// TestConfirmOther shows translations where those leave a packet open.
func TestConfirmOther(t *testing.T) {
	r := ft.Check(t, strings.Replace(bordered+listIn+listOut, " ip nat inside\n", "", 1), options("203.0.113.25"))
	if !strings.Contains(r.Text(), "show ip nat statistics") || strings.Contains(r.Text(), "access-lists other") {
		t.Error(r.Text())
	}
}

// TestMailInspection notes inspection of mail on an interface.
func TestMailInspection(t *testing.T) {
	const on = "interface GigabitEthernet0/0\n ip inspect FW out\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"applied":     {on + "ip inspect name FW tcp\nip inspect name FW esmtp\n", []string{"esmtp"}},
		"both":        {on + "ip inspect name FW smtp\nip inspect name FW esmtp\n", []string{"smtp", "esmtp"}},
		"not applied": {"ip inspect name FW esmtp\n", nil},
		"other":       {on + "ip inspect name FW tcp\n", nil},
		"taken off":   {on + "ip inspect name FW tcp\nip inspect name FW esmtp\nno ip inspect name FW esmtp\n", nil},
	} {
		set, err := firewall.Read("", []byte(plain+c.text), "ios")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range set.Notes {
			if strings.Contains(n, "looks into mail") {
				got = append(got, n)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i, proto := range c.want {
			line := ft.LineOf(t, plain+c.text, "FW "+proto, 1)
			if want := fmt.Sprintf("Line %d (ip inspect name FW %s)", line, proto); !strings.HasPrefix(got[i], want) || !strings.HasSuffix(got[i], "no ip inspect name FW "+proto+".") {
				t.Errorf("%s: %q, want %q", name, got[i], want)
			}
		}
	}
}
