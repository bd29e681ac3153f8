package wizard_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

// TestWhatIsNamedSoComesFirst, before what is merely about it.
func TestWhatIsNamedSoComesFirst(t *testing.T) {
	s := connectSession(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	hits := s.Find("Send your mail")
	if len(hits) < 2 || hits[0].Question != steps.QOutboundIPs {
		t.Errorf("first of %d: %+v", len(hits), hits[:min(2, len(hits))])
	}
	if !slices.ContainsFunc(hits, func(h wizard.Hit) bool { return h.Step == steps.ConnectOutbound }) {
		t.Error("the step that is about it is not found any more")
	}
	if all := s.Find(""); len(all) < len(s.Plan().Steps) || all[0].Step != s.Plan().Steps[0].ID {
		t.Errorf("nothing asked for lists %d, first %+v", len(all), all[0])
	}
	if none := s.Find("zebra"); len(none) > 0 {
		t.Errorf("%+v", none)
	}
}

// TestTheListOfAStepIsInTheOrderOfTheForm.
func TestTheListOfAStepIsInTheOrderOfTheForm(t *testing.T) {
	s := connectSession(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	page, err := s.Step(steps.ConnectRFI)
	if err != nil {
		t.Fatal(err)
	}
	var list, form []string
	for _, q := range page.Questions {
		list = append(list, q.Question.ID)
	}
	for _, q := range rfi.Applicable(s.Facts()) {
		if slices.Contains(list, q.ID) {
			form = append(form, q.ID)
		}
	}
	if !slices.Equal(list, form) {
		t.Errorf("list %q\nform %q", list, form)
	}
}

// TestAMoveIsFoundByTheFirstPartOfItsDomain.
func TestAMoveIsFoundByTheFirstPartOfItsDomain(t *testing.T) {
	w := open(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	for _, domain := range []string{"harbourvine.example.com", "tidewater.com"} {
		if _, err := w.New(context.Background(), wizard.NewMove{
			Profile: steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu"}, Org: "Firm of " + domain, Domain: domain,
		}); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"harbourvine": "harbourvine.example.com", "Tidewater": "tidewater.com", "harbour": "", "example": ""} {
		m, err := w.Resolve(context.Background(), name)
		if m.Domain != want || (err == nil) != (want != "") {
			t.Errorf("%q finds %q, %v", name, m.Domain, err)
		}
	}
}
