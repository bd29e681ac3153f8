package step

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/wizard"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
)

// TestAPersonWithoutANameIsToldHowToGiveOne, before it stands on paper.
func TestAPersonWithoutANameIsToldHowToGiveOne(t *testing.T) {
	st := theme.New(theme.Options{NoColor: true})
	for who, want := range map[string]string{wizard.Unnamed: "--who NAME", "kim": ""} {
		s := &Screen{env: &screen.Env{Wizard: &wizard.Wizard{Who: who}, Styles: st}}
		for _, w := range []int{120, 80, 60} {
			got := ansi.Strip(strings.Join((&sheet{fixed: s.executedBy()}).lines(st, w-4), "\n"))
			if !strings.Contains(got, who) || want != "" && !strings.Contains(got, want) || want == "" && strings.Contains(got, "--who") {
				t.Errorf("%s at %d: %q", who, w, got)
			}
		}
	}
}
