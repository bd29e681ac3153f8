package uitest

import (
	"context"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
)

// TestOneZoneOnAScreen: checks and frame show times in the zone of the move,
// wherever the machine is, and the frame names it.
func TestOneZoneOnAScreen(t *testing.T) {
	w := newWorld(t)
	s := w.session(w.move(enterprise(), "Acme", "acme.com.au"))
	w.start().Expect("saved 09:30:00 UTC")
	if _, err := s.Answer(context.Background(), steps.QInboundDate, "2026-12-03 20:00 Australia/Sydney", steps.Typed, "", 0); err != nil {
		t.Fatal(err)
	}
	asked := ""
	w.checks[steps.CheckMXAuth].run = func(_ context.Context, in check.Input, _ func(check.Progress)) check.Result {
		asked = in.Now.Format("15:04 MST")
		return check.Result{Outcome: check.Pass}
	}
	d := w.start(at(steps.MigrateMX, steps.StageCheck))
	d.Press("r")
	d.Rest()
	d.Expect("saved 20:30:01 AEDT")
	if asked != "20:30 AEDT" {
		t.Errorf("a check is asked at %s", asked)
	}
	if strings.Contains(d.Screen(), "09:30") {
		t.Errorf("the machine's zone beside that of the move:\n%s", d.Screen())
	}
}
