package rfi

import (
	"testing"
	"time"

	"mxodus/steps"
)

// TestAWarningStopsEnterOnce: what is odd is shown before it is saved; the next
// Enter keeps it, a key held down does not.
func TestAWarningStopsEnterOnce(t *testing.T) {
	const field = "contact.emergency.email"
	d := newDesk(t, steps.Position{Field: field})
	d.typed("ann@acme.com.au")
	d.once("enter", time.Second)
	d.shows("Look at", "cannot be reached when mail stands still", "Enter again keeps it")
	for range 40 {
		d.once("enter", 33*time.Millisecond)
	}
	if a := d.stored(field); a.Revision != 0 {
		t.Fatalf("a key held down saved %+v", a)
	}
	d.typed("x")
	d.press("backspace")
	d.once("enter", time.Second)
	d.once("enter", time.Second)
	if a := d.stored(field); a.Value != "ann@acme.com.au" {
		t.Errorf("stored %+v", a)
	}
	if d.page.q.ID == field {
		t.Error("the second Enter does not go on")
	}
	d.open(d.env.Session.ID(), steps.Position{Field: field})
	d.once("enter", time.Second)
	if d.page.q.ID == field {
		t.Error("a warning that was kept stops again")
	}
}

// TestWhatConcernsTheEntriesComesFirst: a caveat stands before general help.
func TestWhatConcernsTheEntriesComesFirst(t *testing.T) {
	for _, size := range [][2]int{{80, 20}, {60, 12}} {
		d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
		d.page.SetSize(size[0], size[1])
		d.paste("20.7.1.25\n2001:4860::25\n")
		d.shows("Understood", "Look at", "can be", "ask Mimecast")
		d.hides("more; f1")
	}
}

// TestTheCallForAChoiceGoesWithIt: once a row is pointed at, nothing asks for one.
func TestTheCallForAChoiceGoesWithIt(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QJourney})
	d.page.field.SetValue("")
	for _, q := range d.page.all {
		d.open(d.env.Session.ID(), steps.Position{Field: q.ID})
		if d.page.field.Undecided() {
			break
		}
	}
	if !d.page.field.Undecided() {
		t.Skip("every choice has a row to begin at")
	}
	d.press("enter")
	d.shows("Choose one with")
	d.hides("its number")
	d.press("down")
	d.hides("Choose one with")
}
