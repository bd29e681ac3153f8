package uitest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
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

// TestSavedTextsKeepTheZone: what is saved of a result has the time that the
// screen shows, and what c copies of it is not said to be what s saves.
func TestSavedTextsKeepTheZone(t *testing.T) {
	w := newWorld(t)
	s := w.session(w.move(enterprise(), "Acme", "acme.com.au"))
	if _, err := s.Answer(context.Background(), steps.QInboundDate, "2026-12-03 20:00 Australia/Sydney", steps.Typed, "", 0); err != nil {
		t.Fatal(err)
	}
	w.checks[steps.CheckMXAuth].run = func(_ context.Context, in check.Input, _ func(check.Progress)) check.Result {
		return check.Result{
			Outcome: check.Warn, Evidence: []check.Evidence{{Kind: "dns", Asked: "acme.com.au MX", At: in.Now.UTC(), Raw: "answer"}},
			Findings: []check.Finding{{Code: "MX-AUTH.x", Severity: check.Risk, Title: "One is behind", Saw: "asked " + clean.Line(in.Now.Format("15:04:05")), Copy: "first\nsecond"}},
		}
	}
	d := w.start(at(steps.MigrateMX, steps.StageCheck))
	d.Press("r")
	d.Rest()
	page, err := d.Model.Session().Step(steps.MigrateMX)
	if err != nil {
		t.Fatal(err)
	}
	d.Press("home", "down")
	for _, c := range page.Checks {
		if c.ID == steps.CheckMXAuth {
			break
		}
		d.Press("down")
	}
	d.Press("enter")
	d.Expect("One is behind", "first")
	d.Press("c")
	d.Expect("2 lines sent to your terminal's clipboard; s saves the whole result")
	d.Press("s")
	files := w.files()
	if len(files) != 1 {
		t.Fatalf("saved: %v", files)
	}
	b, err := os.ReadFile(filepath.Join(w.dir, files[0]))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	if strings.Contains(text, "UTC") || strings.Count(text, "AEDT") != 2 || !strings.Contains(text, "asked 20:3") {
		t.Errorf("two zones in one text:\n%s", text)
	}
	d.Press("J", "enter")
	d.Expect("Hash", "AEDT")
	d.Refute("UTC")
}
