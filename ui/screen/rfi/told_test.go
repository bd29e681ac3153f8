package rfi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	question "mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

const mixed = "203.0.113.25, 203.0.113.26\n203.0.113.28-203.0.113.30; 10.0.0.5\n203.0.113.0/24, 203.0.113.300\tmail.example.com"

// TestWhatWasLeftOutIsReadable at every size: whole on the page, or counted
// there and whole in the help.
func TestWhatWasLeftOutIsReadable(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
	d.paste(mixed)
	for _, size := range [][2]int{{60, 12}, {80, 20}, {120, 36}, {120, 60}} {
		d.page.SetSize(size[0], size[1])
		said := strings.Join(strings.Fields(d.view()), " ")
		for _, note := range d.page.reading.u.Notes {
			if !strings.Contains(said, note) && !(strings.Contains(said, "f1 lists them all") && strings.Contains(d.page.HelpText(), note)) {
				t.Errorf("at %v: %q is nowhere:\n%s", size, note, d.view())
			}
		}
		if strings.Contains(said, "(line 3") {
			t.Errorf("at %v a note stands where it is cut:\n%s", size, d.view())
		}
	}
	if !strings.Contains(d.page.HelpText(), "mail.example.com") {
		t.Error("the help does not tell of the name that was passed over")
	}
	d.page.SetSize(120, 60)
	d.shows("mail.example.com", "10.0.0.5")
}

// TestAnOldNoticeGoesWithWhatItWasAbout.
func TestAnOldNoticeGoesWithWhatItWasAbout(t *testing.T) {
	d := newDesk(t, steps.Position{Field: "contact.emergency.email"})
	d.typed("robin@acme.com.au")
	d.once("enter", 0)
	d.shows("Not saved yet")
	d.press("ctrl+z")
	d.hides("Not saved yet")
	if d.page.field.Dirty() {
		t.Error("something is left to save")
	}
}

// TestARequiredQuestionIsHeldTheSameWay, whatever kind it is; Tab goes on.
func TestARequiredQuestionIsHeldTheSameWay(t *testing.T) {
	for _, id := range []string{"contact.tpoc.name", "contact.tpoc.phone", "rv.method", "infra.exchange_version"} {
		q, ok := question.Find(id)
		if !ok {
			t.Fatalf("no question %s", id)
		}
		d := newDesk(t, steps.Position{Field: id})
		for range 2 {
			d.press("enter")
			if d.page.q.ID != id || !strings.Contains(d.view(), "tab goes on without") {
				t.Errorf("%s: Enter leads to %s\n%s", q.ID, d.page.q.ID, d.view())
			}
		}
		if d.page.Keys()[0].Help().Desc != "go on without" {
			t.Errorf("%s: the first key is %q", id, d.page.Keys()[0].Help().Desc)
		}
		d.press("tab")
		if d.page.q.ID == id {
			t.Errorf("%s: Tab does not go on", id)
		}
	}
	d := newDesk(t, steps.Position{Field: "contact.consultant"})
	d.press("enter")
	if d.page.q.ID == "contact.consultant" {
		t.Error("Enter is held where nothing is required")
	}
}

// TestARefusedValueIsNotCounted as answered in the head of the page.
func TestARefusedValueIsNotCounted(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QAccountCode})
	before := d.page.Aside()
	d.typed("CUS99X11")
	d.press("enter")
	if d.answer(steps.QAccountCode).Value == "" || d.page.Aside() != before {
		t.Errorf("%q became %q with %+v", before, d.page.Aside(), d.answer(steps.QAccountCode))
	}
}

// TestAPasswordIsKeptNowhere: not as an answer, and not as a draft.
func TestAPasswordIsKeptNowhere(t *testing.T) {
	d := newDesk(t, steps.Position{Field: "rv.method"})
	if _, err := d.env.Session.Answer(d.env.Ctx, "rv.method", "directory_ldap", steps.Typed, "", 0); err != nil {
		t.Fatal(err)
	}
	d.open(d.env.Session.ID(), steps.Position{Field: "dir.user"})
	d.typed("svc-mimecast / Passw0rd!")
	d.wake()
	for range 2 {
		d.press("enter")
		d.shows("Not taken", "the name alone")
	}
	if a := d.stored("dir.user"); a.Text != "" || a.Revision != 0 {
		t.Errorf("stored: %+v", a)
	}
	d.wake()
	snap, err := d.repo.Load(d.env.Ctx, d.env.Session.ID())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(snap.Position.Draft, "Passw0rd") || strings.Contains(d.page.Position().Draft, "Passw0rd") {
		t.Errorf("the draft holds it: %+v", snap.Position)
	}
	for range 30 {
		d.do(d.page.Update(tea.KeyMsg{Type: tea.KeyBackspace}))
	}
	d.typed("svc-mimecast")
	d.press("enter")
	if a := d.stored("dir.user"); a.Value != "svc-mimecast" {
		t.Errorf("stored: %+v", a)
	}
}

// TestAListUsesTheHeightThereIs, and what is said of a row the width.
func TestAListUsesTheHeightThereIs(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QFirewall})
	q := d.page.q
	for _, size := range [][2]int{{120, 36}, {80, 20}, {60, 12}} {
		d.page.SetSize(size[0], size[1])
		_, last, total := d.page.field.Shown()
		if free := strings.Count(strings.TrimRight(d.view(), "\n "), "\n"); last < total && free < size[1]-3 {
			t.Errorf("at %v rows are hidden above empty lines:\n%s", size, d.view())
		}
	}
	d.typed("forti")
	o, ok := d.page.field.Hovered()
	if !ok || !strings.HasPrefix(o.Label, "FortiGate") {
		t.Errorf("%s: forti leads to %+v", q.ID, o)
	}
}

// TestTabCompletesAPath, and goes on where there is nothing to complete.
func TestTabCompletesAPath(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tidewater.rules"), []byte("*filter\nCOMMIT\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	d := newDesk(t, steps.Position{Field: wizard.QRuleset})
	if d.page.q.ID != wizard.QRuleset {
		t.Fatalf("the page asks %q", d.page.q.ID)
	}
	d.typed("tidewat")
	d.press("tab")
	if got := d.page.field.Value(); got != "tidewater.rules" || d.page.q.ID != wizard.QRuleset {
		t.Fatalf("%s holds %q", d.page.q.ID, got)
	}
	sent := len(d.sent)
	d.press("tab")
	if d.page.q.ID == wizard.QRuleset && len(d.sent) == sent {
		t.Error("Tab does not go on")
	}
	if a := d.answer(wizard.QRuleset); a.Value != "" {
		t.Errorf("loaded: %+v", a)
	}
}

// TestWhereSomethingWasFoundIsReadWhole in 80 columns.
func TestWhereSomethingWasFoundIsReadWhole(t *testing.T) {
	d := demoDesk(t, steps.QOutboundIPs)
	from := strings.Join(strings.Fields(d.page.offer.Source()), " ")
	d.page.SetSize(80, 20)
	said := strings.Join(strings.Fields(strings.ReplaceAll(d.view(), "↵ takes it", " ")), " ")
	if from == "" || !strings.Contains(said, from) {
		t.Errorf("%q is not on the page:\n%s", from, d.view())
	}
}
