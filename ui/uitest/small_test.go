package uitest

import (
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/ui/app"
	"mxodus/ui/screen"
)

// TestTheAnswerListKeepsItsPlace: back from a question that was only looked at,
// the cursor is on it; answered, it goes to what is missing next.
func TestTheAnswerListKeepsItsPlace(t *testing.T) {
	w := newWorld(t)
	w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "Acme", "acme.com")
	d := w.start(at(steps.ConnectRFI, steps.StageAnswer))
	d.Press("home", "enter", "esc")
	if !pointedAt(d, "✓ What is the name of your org") {
		t.Errorf("the cursor has left the question:\n%s", d.Screen())
	}
	d.Press("enter")
	d.Type(" Ltd")
	d.Press("enter", "esc")
	if !pointedAt(d, "○ Who is the Technical Point of") {
		t.Errorf("the cursor is not on what is missing:\n%s", d.Screen())
	}
}

// TestALowWindowLeavesRoomForTheTask: its head goes with the text.
func TestALowWindowLeavesRoomForTheTask(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateFirewall, steps.StageDo))
	d.Resize(60, 16)
	d.Press("home", "down", "enter")
	d.Expect("Let the ranges of Australia", "more lines")
	d.Press("pgdown")
	d.Refute("Let the ranges of Australia", "not ticked")
	d.Press("home")
	d.Expect("Let the ranges of Australia", "not ticked")
	d.Resize(80, 24)
	d.Press("pgdown")
	d.Expect("Let the ranges of Australia", "not ticked")
}

// TestWhoseStepItIsFitsTheTitleLine of 80 columns.
func TestWhoseStepItIsFitsTheTitleLine(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Harbour and Vine Pty Ltd", "acme.com.au")
	d := w.start(at(steps.MigrateOutbound, steps.StageRead))
	first, _, _ := strings.Cut(d.Screen(), "\n")
	if strings.Contains(first, "…") && !strings.HasSuffix(strings.TrimSpace(first), "later") {
		t.Errorf("%q", first)
	}
}

// TestAWaitIsTold, as it begins and as it ends.
func TestAWaitIsTold(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateAuthorization, steps.StageDo))
	d.Resize(60, 16)
	d.Press("w")
	d.Expect("Done", "Waiting on Mimecast")
	d.Press("w")
	d.Expect("Done", "No longer waiting")
}

// TestTheFormIsWrittenAsASheetToo, as the command does.
func TestTheFormIsWrittenAsASheetToo(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(func(o *app.Options) { o.Position = &steps.Position{Screen: screen.Export} })
	d.Press("end", "enter")
	d.Expect("Saved to")
	if files := w.files(); len(files) != 1 || !strings.HasSuffix(files[0], "rfi.csv") {
		t.Errorf("%q", files)
	}
}

// TestAStepWithoutChecksOffersNone.
func TestAStepWithoutChecksOffersNone(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateAuthorization, steps.StageCheck))
	d.Expect("Nothing in this step can be checked")
	d.Refute("run all")
}
