package firewall

import (
	"strings"
	"testing"
)

// TestNoFilterTable: without the table that filters nothing is proven open,
// and what another table refuses is refused all the same.
func TestNoFilterTable(t *testing.T) {
	for _, c := range []struct {
		name, text string
		reqs, lock Answer
	}{
		{"nat alone", "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n", CannotTell, CannotTell},
		{"raw refuses", "*raw\n:PREROUTING DROP [0:0]\n:OUTPUT DROP [0:0]\nCOMMIT\n", Disproven, Proven},
		{"filter that lets all in", "*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n", Proven, Disproven},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := options()
			opt.Lockdown = true
			r := check1(t, c.text, opt)
			if got := answerOf(r.Requirements); got != c.reqs || r.Lockdown.Verdict != c.lock {
				t.Errorf("%s, lock-down %s, want %s and %s", got, r.Lockdown.Verdict, c.reqs, c.lock)
			}
			if c.reqs == CannotTell && (!strings.Contains(r.Requirements[0].Why, "filter table") || r.Leaks[0].Fix.Text != exportAll) {
				t.Errorf("why %q, do %q", r.Requirements[0].Why, r.Leaks[0].Fix.Text)
			}
		})
	}
}
