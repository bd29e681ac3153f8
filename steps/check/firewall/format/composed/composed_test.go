package composed

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall/ir"
)

func TestPutBack(t *testing.T) {
	shared := ir.Always()
	lines := []Line{
		{Text: "accept all"},
		{Text: "accept a", At: ir.At{Line: 7, Text: "allow a"}},
		{Text: "accept b", At: ir.At{Line: 8, Text: "allow b password=verysecret1 " + strings.Repeat("x", 100)}, Maybe: "what b is"},
		{Text: "policy", At: ir.At{Line: 3, Text: "default deny"}},
	}
	set := &ir.Ruleset{
		Programs: []*ir.Program{{Chains: []ir.Chain{{
			Rules: []ir.Rule{
				{Boxes: shared, Action: ir.Accept, At: ir.At{Line: 1}},
				{Boxes: shared, Action: ir.Accept, At: ir.At{Line: 2}},
				{Boxes: shared, Action: ir.Undecided, Why: "b", At: ir.At{Line: 3}},
				{Boxes: shared, Action: ir.Accept, At: ir.At{Text: "(made)"}},
				{Boxes: shared, Action: ir.Accept, At: ir.At{Line: 99, Text: "no such line"}},
			},
			Policy: ir.Rule{Action: ir.Deny, At: ir.At{Line: 4}},
		}}}},
		Problems: []ir.Problem{{Line: 1, Text: "of its own"}, {Line: 3, Text: "of b"}, {Line: 99, Text: "nowhere"}},
	}
	problems := PutBack(set, lines, "front")
	c := set.Programs[0].Chains[0]
	for i, want := range []ir.At{{Text: "(front: accept all)"}, lines[1].At, lines[2].At, {Text: "(made)"}, {Line: 99, Text: "no such line"}} {
		if c.Rules[i].At != want {
			t.Errorf("rule %d: %+v, want %+v", i, c.Rules[i].At, want)
		}
		if maybe := c.Rules[i].Boxes[0].Maybe; (len(maybe) > 0) != (i == 2) {
			t.Errorf("rule %d depends on %q", i, maybe)
		}
	}
	if c.Rules[2].Why != "what b is" || c.Policy.At != lines[3].At {
		t.Errorf("why %q, policy at %+v", c.Rules[2].Why, c.Policy.At)
	}
	if len(problems) != 1 || problems[0].Line != 8 || !strings.HasPrefix(problems[0].Text, "line 8 could not be followed in full: allow b") ||
		strings.Contains(problems[0].Text, "verysecret1") || len(problems[0].Text) > 150 {
		t.Errorf("problems %+v", problems)
	}
}
