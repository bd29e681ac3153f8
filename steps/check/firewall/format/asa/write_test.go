package asa_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/asa"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/ir"
)

// sides are two interfaces without lists, and the mail server's translation.
var sides = strings.Replace(twoSides, "access-group in in interface outside\n", "", 1) +
	"object network server\n host 10.0.0.25\n nat (inside,outside) static 203.0.113.25\n"

// programs are those of a text, wherever it applies its lists.
func programs(t *testing.T, text string) []*ir.Program {
	t.Helper()
	set, err := firewall.Read("", []byte(text), "asa")
	if err != nil || len(set.Problems) > 0 {
		t.Fatal(err, set.Problems)
	}
	for _, p := range set.Programs {
		for _, c := range p.Chains {
			for i := range c.Rules {
				if strings.HasPrefix(c.Rules[i].At.Text, "access-group ") {
					c.Rules[i].At.Line = 0
				}
			}
		}
	}
	return set.Programs
}

// TestRulesWithoutFile enters rules that were written without the file on
// devices with and without lists of the usual names: they decide before what is
// there, and what takes them away leaves all as it was.
func TestRulesWithoutFile(t *testing.T) {
	s, err := asa.Write(format.Job{Flows: flows(true)})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"clear ", "no access-group"} {
		if strings.Contains(s.Undo, bad) {
			t.Errorf("%q may take away what was there:\n%s", bad, s.Undo)
		}
	}
	const in, out = "access-group outside_access_in in interface outside\n", "access-group inside_access_in in interface inside\n"
	deny := func(side string) string {
		return "access-list " + side + "_access_in remark kept\naccess-list " + side + "_access_in extended deny ip any any\n"
	}
	for name, has := range map[string]string{
		"no list":         "",
		"both lists":      deny("outside") + deny("inside") + in + out,
		"inside lets all": deny("outside") + "access-list inside_access_in extended permit ip any any\n" + in + out,
		"mail shut out":   "access-list outside_access_in extended deny tcp any any eq smtp\naccess-list outside_access_in extended permit ip any any\n" + in,
	} {
		base := sides + has
		if r := ft.Check(t, base+s.Text, options("10.0.0.25")); r.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s", name, r.Summary, r.Text())
		}
		if was, is := programs(t, base), programs(t, base+s.Text+s.Undo); !reflect.DeepEqual(was, is) {
			t.Errorf("%s: not as it was after\n%s", name, s.Undo)
		}
	}
}

// TestListNotApplied has a list of the usual name in the file that is not
// applied: it does not come into force, and stays.
func TestListNotApplied(t *testing.T) {
	base := sides + "access-list outside_access_in extended permit ip any any\n"
	set, err := firewall.Read("", []byte(base), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := asa.Write(format.Job{Flows: flows(true), Set: set, Outside: "outside", Inside: "inside"})
	if err != nil {
		t.Fatal(err)
	}
	r := ft.Check(t, base+s.Text, options("10.0.0.25"))
	if r.Verdict != firewall.Proven {
		t.Errorf("%s\n%s\n%s", r.Summary, s.Text, r.Text())
	}
	ask(t, base+s.Text, [][2]string{{"fwd outside>inside 8.8.8.8 10.0.0.25 tcp 443", "deny 0"}, {"fwd inside>outside 10.0.0.9 8.8.8.8 tcp 443", fmt.Sprintf("permit %d", ft.LineOf(t, base+s.Text, "permit ip any any", 2))}})
	if !reflect.DeepEqual(programs(t, base), programs(t, base+s.Text+s.Undo)) {
		t.Errorf("not as it was after\n%s", s.Undo)
	}
}

// TestFixes puts the lines of a report below the file: nothing is left to mend.
func TestFixes(t *testing.T) {
	const (
		apply = "access-group OUT in interface outside\naccess-group IN in interface inside\n"
		group = "object-group network GW\n network-object 103.13.69.0 255.255.255.0\n network-object 124.47.150.0 255.255.255.0\n"
		let   = "access-list OUT extended permit tcp object-group GW host 10.0.0.25 eq smtp\n"
		shut  = "access-list OUT extended deny tcp any any eq smtp\n"
		web   = "access-list OUT extended permit tcp any any eq https\n"
		out   = "access-list IN extended permit tcp host 10.0.0.25 object-group GW eq smtp\n"
		kept  = "access-list IN extended deny tcp any any eq smtp\naccess-list IN extended permit ip any any\n"
	)
	for name, text := range map[string]string{
		"in below the deny":      group + shut + let + web + out + kept + apply,
		"out missing":            group + let + shut + web + kept + apply,
		"half a range":           strings.Replace(group, "150.0 255.255.255.0", "150.0 255.255.255.128", 1) + let + shut + web + out + kept + apply,
		"open to everybody":      group + let + web + "access-list OUT extended permit tcp any host 10.0.0.25 eq smtp\n" + out + kept + apply,
		"shut as it leaves":      group + let + web + out + kept + apply + "access-list LEAVE extended deny tcp any any eq smtp\naccess-list LEAVE extended permit ip any any\naccess-group LEAVE out interface inside\n",
		"mail out, as it leaves": group + let + web + out + kept + apply + "access-list LEAVE extended deny tcp any any eq smtp\naccess-list LEAVE extended permit ip any any\naccess-group LEAVE out interface outside\n",
		"no list outside":        group + out + kept + "access-group IN in interface inside\n",
	} {
		text = sides + text
		r := ft.Check(t, text, options("203.0.113.25"))
		if r.Verdict != firewall.Disproven {
			t.Errorf("%s: %s\n%s", name, r.Summary, r.Text())
			continue
		}
		ft.Mended(t, text, r, options("203.0.113.25"))
	}
}
