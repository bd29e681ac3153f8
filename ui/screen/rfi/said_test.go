package rfi

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// TestTheMainDomainIsOffered: it belongs to the list, and is not typed twice.
func TestTheMainDomainIsOffered(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QDomains})
	d.shows("Usual", "acme.com.au", "takes it", "add every other one")
	d.press("enter")
	if a := d.stored(steps.QDomains); a.Value != "acme.com.au" {
		t.Errorf("stored %+v", a)
	}
}

// TestWhatStoodBeforeReadsAsItIsChosen, and not by the word it is kept under.
func TestWhatStoodBeforeReadsAsItIsChosen(t *testing.T) {
	d := newDesk(t, steps.Position{Field: "rv.method"})
	put := func(text string) {
		t.Helper()
		if _, err := d.env.Session.Answer(d.env.Ctx, "rv.method", text, steps.Typed, "", d.stored("rv.method").Revision); err != nil {
			t.Fatal(err)
		}
	}
	put("directory_ldap")
	put("manual")
	d.do(d.page.Go(steps.Position{Field: "rv.method"}))
	want := d.page.named("directory_ldap")
	if want == "directory_ldap" {
		t.Fatal("the choice has no label")
	}
	d.shows("Before", want[:12], "ctrl+z brings it back")
	if strings.Contains(d.page.beforeText(), "directory_ldap") {
		t.Errorf("it reads %q", d.page.beforeText())
	}
}

// TestAnOverdueDateSaysSoWhereItIsAnswered, as the list of answers does.
func TestAnOverdueDateSaysSoWhereItIsAnswered(t *testing.T) {
	for days, want := range map[time.Duration]bool{0: false, 2: true} {
		d := newDesk(t, steps.Position{Field: steps.QOrg})
		if _, err := d.env.Session.Answer(d.env.Ctx, steps.QInboundDate, "2026-11-21 14:00 UTC", steps.Typed, "", 0); err != nil {
			t.Fatal(err)
		}
		d.pause = days * 24 * time.Hour
		d.do(d.page.Go(steps.Position{Step: steps.ConnectInbound, Field: steps.QInboundDate}))
		if got := strings.Contains(d.page.View(), "the change is not ticked"); got != want {
			t.Errorf("%d days later, it is said: %v\n%s", days, got, d.page.View())
		}
	}
}

// TestEnterChoosesOneOfOneOnly: where several may be chosen the space bar does,
// and Enter goes on.
func TestEnterChoosesOneOfOneOnly(t *testing.T) {
	for field, want := range map[string]string{"services.extra": "next", steps.QPlatform: "choose, next"} {
		d := newDesk(t, steps.Position{Field: field})
		if got := d.page.Keys()[0].Help().Desc; got != want {
			t.Errorf("%s: Enter is said to %q", field, got)
		}
	}
}
