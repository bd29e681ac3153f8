package uitest

import (
	"context"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/wizard"
	"mxodus/ui/app"
	"mxodus/ui/screen"
)

func connectMove() steps.Profile {
	return steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "au", Platform: steps.OnPrem}
}

// aside closes a step with a reason for all that stands in its way.
func aside(t *testing.T, s *wizard.Session, step string) {
	t.Helper()
	reasons := map[string]string{}
	for _, o := range s.Obstacles(step) {
		reasons[o.ID] = "for this test"
	}
	if err := s.Confirm(context.Background(), step, wizard.Confirmation{Reasons: reasons, Told: "Kim, case 1"}); err != nil {
		t.Fatal(err)
	}
}

// TestWhatIsLeftInAClosedStepIsThere: a form that was sent with other answers is
// told on the list and in the closed step; the space bar ticks the sending anew.
func TestWhatIsLeftInAClosedStepIsThere(t *testing.T) {
	const q = "third_party_senders"
	for _, size := range [][2]int{{80, 24}, {60, 16}, {140, 40}} {
		w := newWorld(t)
		s := w.session(w.move(connectMove(), "Acme", "acme.com.au"))
		ctx := context.Background()
		answer := func(text string) {
			t.Helper()
			if _, err := s.Answer(ctx, q, text, steps.Typed, "", s.Snapshot().Answers[q].Revision); err != nil {
				t.Fatal(err)
			}
		}
		answer("shop.example")
		w.clock.Move(time.Minute)
		if err := s.Tick(ctx, steps.ConnectRFI, steps.TaskSendForm, true); err != nil {
			t.Fatal(err)
		}
		aside(t, s, steps.ConnectRFI)
		w.clock.Move(time.Hour)
		answer("news.example")
		d := w.start(func(op *app.Options) { op.Position = &steps.Position{Screen: screen.Hub} })
		d.Resize(size[0], size[1])
		d.Expect("tell Mimecast", "Tell Mimecast what differs")
		d.Press("enter")
		d.Expect("Something is left to do here", "Tell Mimecast what differs", "space tick anew")
		d.Refute("changed since", "sets one aside")
		if !pointedAt(d, "Tell Mimecast what differs") {
			t.Errorf("the cursor is elsewhere\n%s", d.Screen())
		}
		d.Press("enter") // what it is about
		d.Expect("Send the form to Mimecast", "to be ticked anew")
		d.Press("space")
		d.Refute("to be ticked anew", "this step is closed")
		d.Press("esc")
		d.Refute("tell Mimecast", "Tell Mimecast")
	}
}

// TestEnterLeadsToTheQuestionThatHoldsAStep, and not past it.
func TestEnterLeadsToTheQuestionThatHoldsAStep(t *testing.T) {
	w := newWorld(t)
	s := w.session(w.move(connectMove(), "Acme", "acme.com.au"))
	const q = "lockdown.contract_ended"
	if _, err := s.Answer(context.Background(), q, "no", steps.Typed, "", 0); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		held bool
	}{{"no", true}, {"yes", false}} {
		if _, err := s.Answer(context.Background(), q, c.text, steps.Typed, "", s.Snapshot().Answers[q].Revision); err != nil {
			t.Fatal(err)
		}
		d := w.start(func(op *app.Options) {
			op.Position = &steps.Position{Screen: screen.Step, Step: steps.ConnectLockdown, Stage: steps.StageAnswer}
		})
		d.Resize(80, 24)
		if got := pointedAt(d, "Has "); got != c.held {
			t.Errorf("answered %s: the question is pointed at: %v\n%s", c.text, got, strings.TrimSpace(d.Screen()))
		}
	}
}

// TestSpaceDownSpaceLeavesNoTaskOut: a tick moves the cursor on by itself, and
// the down that follows out of habit does not pass over the next task.
func TestSpaceDownSpaceLeavesNoTaskOut(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateFirewall, steps.StageDo))
	d.Press("space", "down")
	d.Expect("moved the cursor on")
	d.Press("space")
	page, err := w.session(id).Step(steps.MigrateFirewall)
	if err != nil {
		t.Fatal(err)
	}
	if !page.Tasks[0].State.Done || !page.Tasks[1].State.Done || page.Tasks[2].State.Done {
		t.Errorf("ticked are %v, %v, %v", page.Tasks[0].State.Done, page.Tasks[1].State.Done, page.Tasks[2].State.Done)
	}
	d = w.start(at(steps.MigrateFirewall, steps.StageDo))
	d.Press("home", "down") // without a tick before it, down moves
	if !pointedAt(d, page.Tasks[1].Title) {
		t.Errorf("down does not move:\n%s", d.Screen())
	}
}
