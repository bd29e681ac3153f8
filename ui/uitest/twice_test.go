package uitest

import (
	"testing"

	"mxodus/steps"
	"mxodus/ui/app"
	"mxodus/ui/screen"
)

// TestEnterTwiceOpensAMoveOnce: the second press comes when the move is being
// read, or has just been opened, and is no place to go to.
func TestEnterTwiceOpensAMoveOnce(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	id := w.move(enterprise(), "Globex", "globex.example")
	for range 10 {
		d := w.start(func(o *app.Options) { o.Position = &steps.Position{Screen: screen.Home} })
		d.Tap("enter")
		d.Tap("enter")
		d.Rest()
		d.Refute("There is no place", "Problem")
		if d.Model.Session() == nil {
			t.Fatalf("nothing was opened:\n%s", d.Screen())
		}
	}
	d := w.start(func(o *app.Options) { o.Position = &steps.Position{Screen: screen.Home} })
	d.send(screen.NavigateMsg{Move: id})
	d.Rest()
	d.Press("enter")
	at := d.Model.Place()
	d.send(screen.NavigateMsg{Move: id}) // the second press, late
	d.Rest()
	d.Refute("There is no place")
	if got := d.Model.Place(); got.Screen != at.Screen || got.Step != at.Step {
		t.Errorf("from %+v to %+v", at, got)
	}
}

// TestExportBeginsWithWhatThePageIsAbout: the form from its answers and its
// step, the summary elsewhere, in sight in the smallest window.
func TestExportBeginsWithWhatThePageIsAbout(t *testing.T) {
	w := newWorld(t)
	w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "Acme", "acme.com")
	for _, c := range []struct {
		at   steps.Position
		file string
	}{
		{steps.Position{Screen: screen.Review}, "acme.com-rfi.txt"},
		{steps.Position{Screen: screen.Review, Step: steps.ConnectRFI}, "acme.com-rfi.txt"},
		{steps.Position{Screen: screen.Step, Step: steps.ConnectRFI, Stage: steps.StageDo}, "acme.com-rfi.txt"},
		{steps.Position{Screen: screen.Step, Step: steps.ConnectAccount, Stage: steps.StageDo}, "acme.com-summary.html"},
		{steps.Position{Screen: screen.Hub}, "acme.com-summary.html"},
	} {
		d := w.start(func(o *app.Options) { o.Position = &c.at })
		d.Resize(60, 16)
		d.Press("e")
		d.Expect("Enter writes " + c.file)
	}
}
