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

// changedAfter closes the first step of a move and changes one of its answers.
func changedAfter(t *testing.T, w *world) string {
	t.Helper()
	ctx := context.Background()
	id := w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "Acme", "acme.com")
	s := w.session(id)
	answer := func(text string) {
		t.Helper()
		if _, err := s.Answer(ctx, "contact.tpoc.name", text, steps.Typed, "", s.Snapshot().Answers["contact.tpoc.name"].Revision); err != nil {
			t.Fatal(err)
		}
		w.clock.Move(time.Minute)
	}
	answer("Kim Tran")
	reasons := map[string]string{}
	for _, o := range s.Obstacles(steps.ConnectRFI) {
		reasons[o.ID] = "for the test"
	}
	if err := s.Confirm(ctx, steps.ConnectRFI, wizard.Confirmation{Reasons: reasons}); err != nil {
		t.Fatal(err)
	}
	w.clock.Move(time.Minute)
	answer("Somebody Else")
	return id
}

// TestEnterOpensAChangedStepAgain: from the list, Enter alone leads to the
// confirmation anew, and not back to the list.
func TestEnterOpensAChangedStepAgain(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {60, 16}} {
		w := newWorld(t)
		id := changedAfter(t, w)
		d := w.start(func(o *app.Options) { o.Position = &steps.Position{Screen: screen.Hub} })
		d.Resize(size[0], size[1])
		d.Expect("Open step 1 again", "○ changed since")
		d.Press("enter")
		d.Expect("▌Confirm", "changed since", "Open this step again")
		d.Refute("On to what follows", "O opens")
		d.Press("O")
		if said := strings.Join(strings.Fields(d.Screen()), " "); !strings.Contains(said, "o, the small letter, reopens it") {
			t.Errorf("O says:\n%s", d.Screen())
		}
		d.Refute("nothing here to set aside")
		d.Press("enter")
		d.Expect("Why is this step reopened?")
		d.Type("another contact")
		d.Press("enter")
		st := w.session(id).Snapshot().Steps[steps.ConnectRFI]
		if st.Status != steps.InProgress || st.Reason != "another contact" {
			t.Fatalf("reopened, the step is %+v", st)
		}
		d.Expect("Confirm this step")
		for range 3 { // who did it and when stand there already
			d.Advance(time.Second) // not one key held down
			d.Press("enter")
		}
		if !w.session(id).View().Settled(steps.ConnectRFI) {
			t.Errorf("confirmed anew, the step is %+v", w.session(id).Snapshot().Steps[steps.ConnectRFI])
		}
	}
}

// TestConfirmNamesTheWayBackInSmallWindowsToo, where there is room for it.
func TestConfirmNamesTheWayBackInSmallWindowsToo(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateFirewall, steps.StageConfirm))
	d.Resize(60, 30)
	d.Expect("Way back")
	d.Resize(60, 16)
	d.Press("end")
	for range 12 {
		if strings.Contains(d.Screen(), "Way back") {
			return
		}
		d.Press("pgdown")
	}
	t.Errorf("nothing leads to the way back:\n%s", d.Screen())
}
