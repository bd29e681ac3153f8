package firewall

import (
	"strings"
	"testing"

	"mxodus/steps/check"
)

// TestExportCommandsStandAlone: how rules are exported is told with each command
// on a line of its own, as it is entered, and no sentence among them.
func TestExportCommandsStandAlone(t *testing.T) {
	for _, f := range AllFormats() {
		for _, w := range f.Export {
			for _, p := range w.Parts() {
				for _, l := range p.Lines {
					if p.Commands && (strings.HasSuffix(l, ".") || strings.Contains(l, ", and ")) {
						t.Errorf("%s: %q is told as a command", f.ID, l)
					}
				}
			}
		}
		text := exportSteps(check.Input{Firewall: f.ID}) + "\n"
		for _, l := range f.Export[0].Commands() {
			if !strings.Contains(text, "\n"+l+"\n") {
				t.Errorf("%s: %q has no line of its own:\n%s", f.ID, l, text)
			}
		}
	}
	want := "On the Linux firewall, as root:\niptables-save > rules.v4\nip6tables-save > rules.v6\nipset save > sets.txt\nGive rules.v4;"
	if got := exportSteps(check.Input{Firewall: "iptables"}); !strings.HasPrefix(got, want) {
		t.Errorf("%s", got)
	}
}
