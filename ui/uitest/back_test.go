package uitest

import (
	"context"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/ui/app"
	"mxodus/ui/screen"
)

// TestFromTheReviewAndBack: Enter on a problem leads to its question, and Enter
// there to the next problem; also when the program was left in between.
func TestFromTheReviewAndBack(t *testing.T) {
	w := newWorld(t)
	w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "Acme", "acme.com")
	d := w.start(func(o *app.Options) { o.Position = &steps.Position{Screen: screen.Review} })
	d.Press("home", "enter")
	d.Expect("Who is the Technical Point of Contact?")
	d.Type("Kim Tran")
	d.Expect("back to review")
	d.Press("enter")
	d.Expect("Check your answers", "Still to do")
	if !pointedAt(d, "At which e-mail address is the") {
		t.Fatalf("the next problem is not under the cursor:\n%s", d.Screen())
	}
	d.Press("enter")
	if err := d.Model.Finish(); err != nil {
		t.Fatal(err)
	}
	d = w.start()
	d.Expect("At which e-mail address")
	d.Type("kim@acme.com")
	d.Expect("back to review")
	d.Press("enter")
	d.Expect("Check your answers")
	d.Press("enter", "esc")
	d.Expect("Check your answers")
}

// TestTheAnswerOfATaskTicksIt: the space bar on a task that is there to note
// something asks for it; Enter there notes it, ticks the task and leads back.
func TestTheAnswerOfATaskTicksIt(t *testing.T) {
	w := newWorld(t)
	w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "Acme", "acme.com")
	d := w.start(at(steps.ConnectAccount, steps.StageDo))
	d.Press("home", "space")
	d.Expect("What is the code of the Mimecast account?")
	d.Press("esc")
	d.Expect("0 of ") // nothing is ticked by going back
	d.Press("home", "space")
	d.Type("CUK12A34")
	d.Press("enter")
	d.Expect("1 of ", "Noted, and ticked: Sign in", "Do")
}

// TestFromConfirmAndBack: a question that stands in the way leads back to what
// is left.
func TestFromConfirmAndBack(t *testing.T) {
	w := newWorld(t)
	id := w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "Acme", "acme.com")
	s := w.session(id)
	for i, o := range s.Obstacles(steps.ConnectRFI) {
		if o.Kind != plan.ObstacleAnswer || o.ID != "answer contact.tpoc.name" {
			continue
		}
		d := w.start(func(op *app.Options) {
			op.Position = &steps.Position{Screen: screen.Step, Step: steps.ConnectRFI, Stage: steps.StageConfirm, Cursor: i + 1}
		})
		d.Press("enter")
		d.Expect("Who is the Technical Point of Contact?")
		d.Type("Kim Tran")
		d.Expect("back to step")
		d.Press("enter")
		if p := d.Model.Place(); p.Screen != screen.Step || p.Stage != steps.StageConfirm {
			t.Errorf("Enter leads to %+v", p)
		}
		return
	}
	t.Fatal("the name of the contact stands not in the way")
}

// TestTheListGoesOnAfterAStepOpenedByHand: with a step closed out of order, the
// cursor of the list goes back to what is next.
func TestTheListGoesOnAfterAStepOpenedByHand(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(func(o *app.Options) { o.Position = &steps.Position{Screen: screen.Hub} })
	d.Press("end")
	n := len(w.session(id).Plan().Steps)
	last := w.session(id).Plan().Steps[n-1]
	other := w.openStore()
	state := steps.StepState{Step: last.ID, Status: steps.Done}
	if _, err := other.SetStep(context.Background(), id, state, nil, "robin"); err != nil {
		t.Fatal(err)
	}
	d.Advance(3e9)
	d.Expect("continue")
	if strings.Contains(d.Screen(), "▸ "+last.Title) {
		t.Errorf("the cursor stays on what is done:\n%s", d.Screen())
	}
}

// TestAWrongCodeTicksNothing: kept all the same, it leads back to the task, and
// that stays open.
func TestAWrongCodeTicksNothing(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateAccount, steps.StageDo))
	d.Press("home", "down", "space")
	d.Type("CUK12A34")
	d.Press("enter")
	d.Expect("codes of Australia begin with CAU")
	d.Press("enter")
	d.Expect("0 of 3 tasks done")
}
