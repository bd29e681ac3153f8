package export

import (
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
)

// TestTheChangeAheadIsTheStepsOwn: a check that ran after journaling was
// switched on is not said to be from before "the change", as a reader takes
// that for the step's own; what is from before that of the MX names it.
func TestTheChangeAheadIsTheStepsOwn(t *testing.T) {
	p, err := plan.Build(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "au", Platform: steps.OnPrem})
	if err != nil {
		t.Fatal(err)
	}
	b := &builder{v: steps.View{Plan: p}}
	for _, c := range []struct {
		step, check string
		phase       check.Phase
		want        string
	}{
		{steps.ConnectRecipients, "GW-JRN", check.Before, "2 hosts answer"},
		{steps.ConnectRFI, "MX-PLAN", check.Before, "Before the change of the MX records: 2 hosts answer"},
		{steps.ConnectInbound, "MX-AUTH", check.Before, "Before the change of the MX records: 2 hosts answer"},
		{steps.ConnectInbound, "MX-AUTH", check.After, "2 hosts answer"},
		{steps.ConnectOutbound, "GW-OUT", check.Before, "Before the change: 2 hosts answer"},
		{steps.ConnectAccount, "FW-OPEN", check.Before, "Before the change: 2 hosts answer"},
		{steps.ConnectLockdown, "FW-LOCK", check.During, "2 hosts answer"},
	} {
		if st, ok := p.Step(c.step); !ok || !strings.Contains(strings.Join(st.Checks, " "), c.check) {
			t.Errorf("%s does not run %s", c.step, c.check)
		}
		var got Case
		b.judge(&got, Step{ID: c.step}, Check{ID: c.check, Outcome: check.Pass, Phase: c.phase, Summary: "2 hosts answer"})
		if string(got.Remark) != c.want || got.Result != CasePass {
			t.Errorf("%s %s %s: %q, want %q", c.step, c.check, c.phase, got.Remark, c.want)
		}
	}
}
