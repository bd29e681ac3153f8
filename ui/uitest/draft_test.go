package uitest

import (
	"context"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/ui/app"
	"mxodus/ui/screen"
)

// question opens the only move at a question of the form.
func question(id string) func(*app.Options) {
	return func(o *app.Options) { o.Position = &steps.Position{Screen: screen.RFI, Field: id} }
}

// TestHalfTypedTextIsNoAnswer leaves in the middle of a word: the text is kept
// as a draft, is shown as one, and becomes an answer with Enter alone.
func TestHalfTypedTextIsNoAnswer(t *testing.T) {
	w := newWorld(t)
	id := w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "au"}, "Acme", "acme.com.au")
	d := w.start(question(steps.QDomains))
	d.Type("acme.com.au, acm")
	d.Press("ctrl+c")
	if !d.Quit() {
		t.Fatal("ctrl+c does not leave")
	}
	if err := d.Model.Finish(); err != nil {
		t.Fatal(err)
	}
	snap := w.session(id).Snapshot()
	if a := snap.Answers[steps.QDomains]; a.Revision != 0 {
		t.Fatalf("half a word became the answer %q", a.Text)
	}
	if snap.Position.Draft != "acme.com.au, acm" {
		t.Fatalf("what was typed is not kept: %+v", snap.Position)
	}
	again := w.start()
	again.Expect("acme.com.au, acm", "draft, not saved yet", "Enter saves it")
	again.Type("e.com")
	again.Expect("draft, not saved yet")
	again.Refute("Enter saves it")
	again.Press("enter")
	again.Refute("draft, not saved yet")
	if got := w.session(id).Snapshot().Answers[steps.QDomains].Text; !strings.HasSuffix(got, "acme.com") {
		t.Errorf("Enter saved %q", got)
	}
}

// TestTicksBeforeLeavingAreADraft leaves a list of ticks by q, without Enter.
func TestTicksBeforeLeavingAreADraft(t *testing.T) {
	w := newWorld(t)
	id := w.move(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "au"}, "Acme", "acme.com.au")
	d := w.start(question("services.extra"))
	d.Press("space", "q")
	if err := d.Model.Finish(); err != nil {
		t.Fatal(err)
	}
	if a := w.session(id).Snapshot().Answers["services.extra"]; a.Revision != 0 {
		t.Fatalf("a tick became the answer %q", a.Text)
	}
	again := w.start()
	again.Expect("draft, not saved yet", "[x]")
}

// TestNotesAndReasonsAreDraftsToo: what stands half typed in a question of a
// step stands there again, and is stored with Enter alone.
func TestNotesAndReasonsAreDraftsToo(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		what  string
		stage steps.Stage
		key   string
		done  func(steps.Snapshot) bool
	}{
		{"a note", steps.StageDo, "n", func(s steps.Snapshot) bool { return len(s.Notes) == 1 && s.Notes[0].Text == "half a word" }},
		{"a reason", steps.StageConfirm, "O", func(s steps.Snapshot) bool {
			return len(s.Overrides) == 1 && s.Overrides[0].Reason == "half a word"
		}},
	} {
		w := newWorld(t)
		id := w.move(enterprise(), "Acme", "acme.com.au")
		d := w.start(at(steps.MigrateFirewall, c.stage))
		d.Press(c.key)
		d.Type("half a")
		d.Press("ctrl+c")
		if err := d.Model.Finish(); err != nil {
			t.Fatal(err)
		}
		if c.done(w.session(id).Snapshot()) {
			t.Fatalf("%s: stored before Enter", c.what)
		}
		again := w.start()
		again.Expect("half a")
		again.Type(" word")
		again.Press("enter")
		if snap := w.session(id).Snapshot(); !c.done(snap) {
			t.Errorf("%s: %+v, %+v\n%s", c.what, snap.Notes, snap.Overrides, again.Screen())
		}
		if err := again.Model.Finish(); err != nil {
			t.Fatal(err)
		}
		if draft := w.session(id).Snapshot().Position.Draft; draft != "" {
			t.Errorf("%s: still a draft: %q", c.what, draft)
		}
	}
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	s := w.session(id)
	for _, o := range s.Obstacles(steps.MigrateAuthorization) {
		if err := s.SetAside(ctx, steps.MigrateAuthorization, o.ID, "for the test"); err != nil {
			t.Fatal(err)
		}
	}
	d := w.start(at(steps.MigrateAuthorization, steps.StageConfirm))
	d.Press("end", "enter")
	d.Type("Kim Tran")
	d.Press("enter")
	d.Type("20 Nov")
	d.Press("ctrl+c")
	if err := d.Model.Finish(); err != nil {
		t.Fatal(err)
	}
	again := w.start()
	again.Expect("Who at Mimecast confirmed it", "Kim Tran", "20 Nov")
}
