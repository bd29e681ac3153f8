package firewall

import (
	"testing"

	"mxodus/steps/check"
)

// TestShutInPart holds that a range of which some is shut and the rest cannot
// be told is not said to be shut.
func TestShutInPart(t *testing.T) {
	n := check.PortNeed{ID: "smtp-in", Label: "mail in 25"}
	for _, c := range []struct {
		gaps []Gap
		want string
	}{
		{[]Gap{{Verdict: Disproven}}, "shut"},
		{[]Gap{{Verdict: Disproven}, {Verdict: CannotTell}}, "shut in part"},
	} {
		r := Report{Requirements: []Requirement{{Need: n.ID, Range: "103.13.69.0/24", Verdict: Disproven, Gaps: c.gaps}}}
		if got := openCell([]Report{r}, "103.13.69.0/24", n, nil); string(got.Text) != c.want {
			t.Errorf("%q, want %q", got.Text, c.want)
		}
	}
}
