package uitest

import (
	"context"
	"strings"
	"testing"

	"mxodus/steps"
)

// TestTheTextInSightIsCopied: of a task with several texts, c copies the one
// that is in sight and says which it was; the key that goes on to the next one
// is in the footer of small terminals, too.
func TestTheTextInSightIsCopied(t *testing.T) {
	w := newWorld(t)
	id := w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "Acme", "acme.com")
	s := w.session(id)
	for q, text := range map[string]string{steps.QFirewall: "fortios", steps.QInbound: "203.0.113.25"} {
		if _, err := s.Answer(context.Background(), q, text, steps.Typed, "", 0); err != nil {
			t.Fatal(err)
		}
	}
	d := w.start(at(steps.ConnectAccount, steps.StageDo))
	for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 16}} {
		d.Resize(size[0], size[1])
		d.Press("home")
		for i := 0; i < 9 && !pointedAt(d, "Let the ranges of Europe"); i++ {
			d.Press("down")
		}
		d.Press("enter")
		d.Expect("next text")
		d.Press("c")
		d.Expect("Done  Rules for FortiGate")
		d.Press("end", "c")
		d.Expect("Done  The same as an ordered rule table: ")
		if !strings.Contains(d.Screen(), "lines sent") {
			t.Errorf("at %v the message does not say what was done:\n%s", size, d.Screen())
		}
		d.Press("tab", "c") // on to the first again, which comes into sight
		d.Expect("Done  Rules for FortiGate")
		d.Press("home", "esc")
	}
}

// TestRulesHangWhenTheyAreWide: what follows of a wide line stands deeper than
// the line began, and nothing of it is lost.
func TestRulesHangWhenTheyAreWide(t *testing.T) {
	w := newWorld(t)
	id := w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "Acme", "acme.com")
	s := w.session(id)
	for q, text := range map[string]string{steps.QFirewall: "fortios", steps.QInbound: "203.0.113.25"} {
		if _, err := s.Answer(context.Background(), q, text, steps.Typed, "", 0); err != nil {
			t.Fatal(err)
		}
	}
	d := w.start(at(steps.ConnectAccount, steps.StageDo))
	d.Resize(80, 24)
	d.Press("home")
	for i := 0; i < 9 && !pointedAt(d, "Let the ranges of Europe"); i++ {
		d.Press("down")
	}
	d.Press("enter")
	lines := strings.Split(d.Screen(), "\n")
	for i := 0; i < 60; i++ {
		for j, l := range lines[:len(lines)-1] {
			if strings.Contains(l, "set srcaddr ") && len(strings.TrimSpace(l)) > 60 {
				deep := func(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }
				if next := lines[j+1]; strings.Contains(next, `"mxodus-`) && deep(next) <= deep(l) {
					t.Errorf("the line goes on at %d, and began at %d:\n%s\n%s", deep(next), deep(l), l, next)
				}
				return
			}
		}
		d.Press("enter")
		lines = strings.Split(d.Screen(), "\n")
	}
	t.Errorf("no wide rule was found:\n%s", d.Screen())
}

// TestTheListOfChecksIsReadWhole: after a run, at 80 columns, the key that loads
// a ruleset stays in the footer, and titles take the room that there is.
func TestTheListOfChecksIsReadWhole(t *testing.T) {
	w := newWorld(t)
	w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "Acme", "acme.com")
	w.checks["FW-OPEN"].title = "Firewall lets the region through"
	d := w.start(at(steps.ConnectAccount, steps.StageCheck))
	d.Resize(80, 24)
	d.Expect("FW-OPEN  Firewall lets the region through", "load a ruleset")
	d.Press("r")
	d.Press("home", "down", "down")
	d.Expect("just now", "FW-OPEN  Firewall lets the region through", "load a ruleset")
}
