package wizard_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

func TestToldBoth(t *testing.T) {
	for text, want := range map[string]bool{
		"Jordan": false, "Jordan Lee": false, "": false, "Jordan,": false, ", 3 Dec": false, "0123": false,
		"Jordan, 3 December": true, "Jordan Lee, yesterday": true, "Jordan 3 Dec": true, "Kim Tran, case 0123": true,
		wizard.Told("Kim ", " 3 Dec 2026"): true, wizard.Told("Kim", ""): false,
	} {
		if wizard.ToldBoth(text) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}

// TestASharedStepThatWaitsOnMimecastNeedsItsWord: what is Mimecast's part of a
// shared step is confirmed as a step of Mimecast's is.
func TestASharedStepThatWaitsOnMimecastNeedsItsWord(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	id, err := w.New(ctx, wizard.NewMove{
		Profile: steps.Profile{Journey: steps.Migrate, Track: steps.Express, Source: "eu", Target: "au", Platform: steps.M365},
		Org:     "Acme", Domain: "acme.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Open(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	shared := steps.MigrateReview
	if st, _ := s.Plan().Step(shared); st.Owner != steps.OwnerBoth {
		t.Fatalf("%s is owned by %s", shared, st.Owner)
	}
	if page, _ := s.Step(shared); page.Asks.Told {
		t.Error("asked before anything waits on Mimecast")
	}
	if err := s.WaitForMimecast(ctx, shared); err != nil {
		t.Fatal(err)
	}
	page, _ := s.Step(shared)
	reasons := map[string]string{}
	for _, o := range s.Obstacles(shared) {
		reasons[o.ID] = "a test"
	}
	if err := s.Confirm(ctx, shared, wizard.Confirmation{Reasons: reasons}); !page.Asks.Told || !errors.Is(err, wizard.ErrTold) {
		t.Errorf("asks %+v, %v", page.Asks, err)
	}
}
