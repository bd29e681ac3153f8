package uitest

import (
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
