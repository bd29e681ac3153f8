package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"mxodus/steps/check"
)

func TestDeadRules(t *testing.T) {
	const mail = " -p tcp -m tcp --dport 25 "
	for _, c := range []struct {
		name, rules string
		dead, first int // lines; 0 for none
	}{
		{"none", "-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 0, 0},
		{"below a refusal", "-A INPUT" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 6, 5},
		{"covered by a wider one", "-A INPUT -s 103.13.68.0/23" + mail + "-j ACCEPT\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 6, 5},
		{"covered by two halves", "-A INPUT -s 103.13.69.0/25" + mail + "-j ACCEPT\n-A INPUT -s 103.13.69.128/25" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 7, 5},
		{"only in part", "-A INPUT -s 103.13.69.0/25" + mail + "-j ACCEPT\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 0, 0},
		{"another port", "-A INPUT" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24 -p tcp -m tcp --dport 443 -j ACCEPT\n", 0, 0},
		{"another server", "-A INPUT" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24 -d 203.0.113.99/32" + mail + "-j ACCEPT\n", 0, 0},
		{"perhaps covered", "-A INPUT -m geoip --src-cc AU" + mail + "-j DROP\n-A INPUT -s 103.13.69.0/24" + mail + "-j ACCEPT\n", 0, 0},
	} {
		text := "*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n" + c.rules + "COMMIT\n"
		rep, err := CheckFile("r", []byte(text), CheckOptions{
			Ranges:  []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}},
			Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")},
		})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case c.dead == 0 && len(rep.Dead) > 0:
			t.Errorf("%s: %+v, want none", c.name, rep.Dead)
		case slices.Contains(rep.Notes, deadNotAsked) || slices.Contains(rep.Notes, deadInPart):
			t.Errorf("%s: the file is said not to be looked through: %q", c.name, rep.Notes)
		case c.dead > 0 && (len(rep.Dead) != 1 || rep.Dead[0].Rule.Line != c.dead || rep.Dead[0].First[0].Line != c.first):
			t.Errorf("%s: %+v, want line %d because of %d", c.name, rep.Dead, c.dead, c.first)
		}
	}
}

// deadIn is the report on a dump of some rules.
func deadIn(t *testing.T, rules string) Report {
	t.Helper()
	text := "*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n" + rules + "COMMIT\n"
	rep, err := CheckFile("r", []byte(text), CheckOptions{
		Ranges:  []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}},
		Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// TestDeadRulesOfLongFiles: a file that is too long to be looked through says
// so, and one rule fewer is looked through.
func TestDeadRulesOfLongFiles(t *testing.T) {
	const dead = "-A INPUT -p tcp -m tcp --dport 25 -j DROP\n-A INPUT -s 103.13.69.0/24 -p tcp -m tcp --dport 25 -j ACCEPT\n"
	for _, c := range []struct {
		rules int
		dead  int
		note  bool
	}{{maxDeadRules, 1, false}, {maxDeadRules + 1, 0, true}} {
		r := deadIn(t, strings.Repeat("-A INPUT -s 192.0.2.1/32 -p udp -m udp --dport 53 -j ACCEPT\n", c.rules-2)+dead)
		if r.Rules != c.rules || len(r.Dead) != c.dead {
			t.Errorf("%d rules: %d rules, %d never reached, want %d", c.rules, r.Rules, len(r.Dead), c.dead)
		}
		if got := slices.Contains(r.Notes, deadNotAsked); got != c.note || !c.note && strings.Contains(fmt.Sprint(r.Notes), "never reached") {
			t.Errorf("%d rules: notes %q", c.rules, r.Notes)
		}
		if got := strings.Contains(r.Text(), "Note: The file has more than 20,000 rules: it was not looked through"); got != c.note {
			t.Errorf("%d rules: told %v:\n%s", c.rules, got, r.Text())
		}
		found := deadFinding("X", r)
		if len(found) != 1 || c.note != (found[0].Severity == check.OK) || c.note != strings.Contains(string(found[0].Saw), "20,000") {
			t.Errorf("%d rules: findings %+v", c.rules, found)
		}
	}
}

// TestDeadRulesInPart: more rules that are never reached than are listed.
func TestDeadRulesInPart(t *testing.T) {
	for _, c := range []struct {
		rules int
		note  bool
	}{{maxDead, false}, {maxDead + 1, true}} {
		var b strings.Builder
		b.WriteString("-A INPUT -p tcp -m tcp --dport 25 -j DROP\n")
		for i := range c.rules {
			fmt.Fprintf(&b, "-A INPUT -s 103.13.69.%d/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", i)
		}
		r := deadIn(t, b.String())
		if len(r.Dead) != maxDead || slices.Contains(r.Notes, deadInPart) != c.note {
			t.Errorf("%d rules that are never reached: %d listed, notes %q", c.rules, len(r.Dead), r.Notes)
		}
	}
}

// TestRulesOfOtherQuestionsAreNotDead: a rule about mail in that rules about
// mail out come before is what mail in meets, and no dead rule; nor is one about
// another server, of which nothing is asked.
func TestRulesOfOtherQuestionsAreNotDead(t *testing.T) {
	const head = `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -s 198.51.100.25/32 -p tcp -m multiport --dports 25,443,587 -j ACCEPT
-A FORWARD -s 103.13.69.0/24 -d 198.51.100.25/32 -p tcp -m multiport --dports 25,389,443,636 -j ACCEPT
`
	for _, c := range []struct {
		rule string
		in   bool // mail in is asked as well
		dead int
	}{
		{"-A FORWARD -d 198.51.100.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", true, 0},
		{"-A FORWARD -d 198.51.100.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", false, 0},
		{"-A FORWARD -d 198.51.100.26/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", true, 0},
		{"-A FORWARD -s 198.51.100.25/32 -d 103.13.69.0/24 -p tcp -m tcp --dport 25 -j ACCEPT\n", true, 1},
	} {
		opt := CheckOptions{
			Ranges:  []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}},
			Servers: []netip.Addr{netip.MustParseAddr("198.51.100.25")}, Needs: DefaultNeeds(),
		}
		if !c.in {
			opt.Needs = opt.Needs[1:]
		}
		rep, err := CheckFile("r", []byte(head+c.rule+"COMMIT\n"), opt)
		if err != nil || len(rep.Dead) != c.dead {
			t.Errorf("%q, mail in asked %t: %v %+v, want %d", c.rule, c.in, err, rep.Dead, c.dead)
		}
	}
}
