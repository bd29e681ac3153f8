package plain

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

// TestALostRaceOverATaskNamesIt by its title, with both values.
func TestALostRaceOverATaskNamesIt(t *testing.T) {
	b := newBench(t)
	s := b.move(t, stage(steps.ConnectAccount, steps.StageDo))
	page, n := firstTask(t, s, func(task wizard.TaskLine) bool { return len(task.Records) == 0 })
	robin := &wizard.Wizard{Repo: b.repo, Who: "robin", Now: b.clock.Now}
	theirs, err := robin.Open(context.Background(), s.ID())
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	p := &person{decide: func(prompt, _ string) (string, bool) {
		asked++
		switch {
		case asked == 1:
			return "", true
		case asked == 2:
			return fmt.Sprint(n + 1), true
		case asked == 3:
			for _, done := range []bool{true, false} {
				if err := theirs.Tick(context.Background(), steps.ConnectAccount, page.Tasks[n].ID, done); err != nil {
					t.Error(err)
				}
			}
			return "y", true
		}
		return "q", true
	}}
	out := b.run(t, p, s.ID())
	expect(t, out, "Robin changed this at the same time, so yours was not saved: "+page.Tasks[n].Title+". Theirs: not done. Yours: done.")
	if strings.Contains(out, "/"+page.Tasks[n].ID) {
		t.Errorf("an id is said:\n%s", out)
	}
}
