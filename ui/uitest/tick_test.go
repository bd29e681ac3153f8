package uitest

import (
	"context"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

// TestTwoQuickPressesAreTwoActs: the second acts on what the first one did,
// though that is not on disk yet when it comes.
func TestTwoQuickPressesAreTwoActs(t *testing.T) {
	for presses, want := range map[int]string{2: "0 of 3 tasks done", 3: "1 of 3 tasks done", 6: "0 of 3 tasks done"} {
		w := newWorld(t)
		w.move(enterprise(), "Acme", "acme.com.au")
		d := w.start(at(steps.MigrateFirewall, steps.StageDo))
		d.Press("home")
		for range presses {
			d.Tap("space")
		}
		d.Rest()
		d.Expect(want)
		d.Refute("Changed by")
		d.Press("right")
		d.Expect("Check FW-OPEN") // keys go where they are meant for
	}
}

// TestALostRaceOverATaskIsToldInWords, whole in the smallest terminal; Esc and
// Enter lead on.
func TestALostRaceOverATaskIsToldInWords(t *testing.T) {
	for _, key := range []string{"esc", "enter", "t"} {
		w := newWorld(t)
		id := w.move(enterprise(), "Acme", "acme.com.au")
		d := w.start(at(steps.MigrateFirewall, steps.StageDo))
		d.Resize(60, 16)
		d.Press("home")
		page, err := w.session(id).Step(steps.MigrateFirewall)
		if err != nil {
			t.Fatal(err)
		}
		task := page.Tasks[0]
		kim := wizard.Wizard{Repo: w.db, Who: "robin", Now: w.clock.Now}
		other, err := kim.Open(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, done := range []bool{true, false} { // what is stored is another revision, not ticked
			if err := other.Tick(context.Background(), steps.MigrateFirewall, task.ID, done); err != nil {
				t.Fatal(err)
			}
		}
		d.Press("space")
		d.Expect("Changed by robin")
		d.Refute(task.ID)
		if said := strings.Join(strings.Fields(d.Screen()), " "); !strings.Contains(said, task.Title) || !strings.Contains(said, "make your change again if it is still wanted.") {
			t.Errorf("the task is not named, or the end is cut:\n%s", d.Screen())
		}
		d.Press(key)
		d.Refute("Changed by robin")
		d.Press("space")
		d.Expect("1 of 3 tasks done")
	}
}
