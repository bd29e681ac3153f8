package vyos_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestWithoutFile: where the rules that are there are not known, one number of
// the base chain is taken and no more, it is told, and what is undone is the
// ruleset of our own.
func TestWithoutFile(t *testing.T) {
	f, _ := firewall.FormatByID(id)
	s, err := f.Write(format.Job{Flows: ft.Flows()})
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]bool{}
	for _, line := range strings.Split(s.Text, "\n") {
		if w := strings.Fields(line); strings.Contains(line, " filter rule ") {
			taken[strings.Join(w[2:6], " ")] = true
		}
	}
	for rule := range taken {
		if !strings.HasSuffix(rule, " filter rule 1") && !strings.HasSuffix(rule, " filter rule") {
			t.Errorf("%s is taken", rule)
		}
	}
	if n := strings.Count(s.Undo, " filter rule "); n != strings.Count(s.Text, " action 'jump'") || strings.Contains(s.Undo, "rule 2") {
		t.Errorf("undone:\n%s", s.Undo)
	}
	if notes := strings.Join(s.Notes, " "); !strings.Contains(notes, "has to be free") || !strings.Contains(notes, "ipv4 forward filter") {
		t.Errorf("notes: %s", notes)
	}
	rep := ft.Check(t, s.Text, ft.Options())
	if rep.Verdict != firewall.Proven {
		t.Errorf("alone:\n%s", rep.Text())
	}

	// before rules that refuse and others that let in, with number 1 free
	text := rules("rule 5 action accept", "rule 5 state established", "rule 10 action drop", "rule 10 destination port 25", "rule 20 action accept")
	before, err := firewall.Read("", []byte(text), id)
	if err != nil {
		t.Fatal(err)
	}
	after := text + s.Text
	if rep := ft.Check(t, after, ft.Options()); rep.Verdict != firewall.Proven {
		t.Errorf("before others:\n%s", rep.Text())
	}
	undone, err := firewall.Read("", []byte(after+s.Undo), id)
	if err != nil || undone.Rules != before.Rules {
		t.Errorf("after the undo there are %d rules, before there were %d (%v)", undone.Rules, before.Rules, err)
	}
}

// TestWithoutFileTaken: commands that change a rule that is there do not pass
// for rules that are in force.
func TestWithoutFileTaken(t *testing.T) {
	text := "set firewall ipv4 name IN default-action drop\n" + rules("rule 1 action jump", "rule 1 jump-target IN", "rule 1 destination port 25")
	more := "set firewall ipv4 forward filter rule 1 action accept\n"
	if v := ft.Ask(t, id, text, mail()); v.Verdict != "deny" {
		t.Errorf("%+v", v)
	}
	if v := ft.Ask(t, id, text+more, mail()); v.Verdict != "unknown" || !strings.Contains(v.Why, "jump-target") {
		t.Errorf("%+v", v)
	}
}
