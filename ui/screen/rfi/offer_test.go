package rfi

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/demo"
	"mxodus/steps/wizard"
	"mxodus/ui/typed"
)

// demoDesk opens a page on the made-up internet, over real sockets.
func demoDesk(t *testing.T, field string) *desk {
	t.Helper()
	world, err := demo.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.Close)
	repo := openStore(t, filepath.Join(t.TempDir(), "m.db"))
	ids, err := demo.Moves(context.Background(), repo)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, repo: repo}
	d.w = &wizard.Wizard{Repo: repo, World: world.Check, Who: "ann", Now: func() time.Time { return epoch.Add(d.pause) }}
	for _, id := range ids {
		snap, err := repo.Load(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		if snap.Answers.Profile().Journey == steps.Connect {
			if _, err := repo.SaveAnswers(context.Background(), id, []steps.AnswerEdit{{
				Question: steps.QPlatform, Text: "on_prem", Value: "on_prem", Provenance: steps.Typed, Revision: snap.Answers[steps.QPlatform].Revision,
			}}, "ann"); err != nil {
				t.Fatal(err)
			}
			d.open(id, steps.Position{Field: field})
			return d
		}
	}
	t.Fatal("the demonstration has no Connect move")
	return nil
}

func TestEnterTakesWhatWasFound(t *testing.T) {
	d := demoDesk(t, steps.QOutboundIPs)
	d.shows("Found", "203.0.113.25", "SPF record", "takes it")
	if d.stored(steps.QOutboundIPs).Revision != 0 {
		t.Fatal("what was found was saved by itself")
	}
	d.press("enter")
	a := d.stored(steps.QOutboundIPs)
	if a.Value != "203.0.113.25" || a.Provenance != steps.Detected || !strings.Contains(a.Source, "SPF record of ") {
		t.Errorf("stored %+v", a)
	}
	d.press("shift+tab")
	d.shows("Answered", "found in SPF record")
	d.hides("Found  ")
}

func TestCtrlAAddsWhatWasFound(t *testing.T) {
	d := demoDesk(t, steps.QOutboundIPs)
	d.typed("203.0.113.77")
	d.shows("ctrl+a adds it")
	d.press("ctrl+a")
	if got := d.page.field.Value(); got != "203.0.113.77\n203.0.113.25" {
		t.Fatalf("field is %q", got)
	}
	d.hides("ctrl+a adds it")
	d.press("enter")
	if a := d.stored(steps.QOutboundIPs); a.Provenance != steps.Typed || len(strings.Split(a.Value, "\n")) != 2 {
		t.Errorf("stored %+v", a)
	}
}

func TestTypingReplacesWhatWasFound(t *testing.T) {
	d := demoDesk(t, steps.QOutboundIPs)
	d.typed("203.0.113.99")
	d.press("enter")
	if a := d.stored(steps.QOutboundIPs); a.Value != "203.0.113.99" || a.Provenance != steps.Typed || a.Source != "" {
		t.Errorf("stored %+v", a)
	}
}

func TestClearingDoesNotTakeTheOfferAgain(t *testing.T) {
	d := demoDesk(t, steps.QOutboundIPs)
	d.press("enter", "shift+tab", "ctrl+u", "enter")
	if a := d.stored(steps.QOutboundIPs); a.Text != "" || a.Revision != 2 {
		t.Errorf("emptied on purpose, stored %+v", a)
	}
}

func TestWithoutNetworkTheFormWorksTheSame(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
	d.hides("Found")
	d.press("enter")
	if d.stored(steps.QOutboundIPs).Revision != 0 {
		t.Error("something was stored")
	}
}

// TestWithoutDNSTheFormSaysSo: an empty field is no sign that DNS holds nothing.
func TestWithoutDNSTheFormSaysSo(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
	d.hides("could not be asked") // there is nothing to ask with
	d.w.World = &check.World{}
	for field, want := range map[string]bool{steps.QOutboundIPs: true, steps.QPrimaryDomain: true, steps.QPlatform: true, steps.QOrg: false} {
		d.open(d.env.Session.ID(), steps.Position{Field: field})
		if got := strings.Contains(d.view(), "DNS could not be asked about acme.com.au"); got != want {
			t.Errorf("%s: %v in\n%s", field, got, d.view())
		}
	}
}

func TestWhatIsTypedIsCleanedAsInPlainMode(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
	text := "203.0.113.25\r\n203.0.113.26\u200b\r\n"
	d.paste(text)
	d.press("enter")
	if got := d.stored(steps.QOutboundIPs).Text; got != typed.Clean(text, true).Text {
		t.Errorf("stored %q", got)
	}
}

// TestTypingWhatWasFoundIsTyped: the same text by hand has no source.
func TestTypingWhatWasFoundIsTyped(t *testing.T) {
	for name, press := range map[string]func(d *desk){
		"by hand":          func(d *desk) { d.typed("203.0.113.25") },
		"pasted":           func(d *desk) { d.paste("203.0.113.25") },
		"taken and edited": func(d *desk) { d.press("ctrl+a", "backspace"); d.typed("5") },
	} {
		d := demoDesk(t, steps.QOutboundIPs)
		press(d)
		d.press("enter")
		if a := d.stored(steps.QOutboundIPs); a.Value != "203.0.113.25" || a.Provenance != steps.Typed || a.Source != "" {
			t.Errorf("%s: stored %+v", name, a)
		}
	}
}
