package uitest

import (
	"testing"

	"mxodus/steps"
	"mxodus/ui/app"
)

// TestATickBeforeTheChecksIsTold: a task that rests on the checks may be ticked
// before them, but not in silence.
func TestATickBeforeTheChecksIsTold(t *testing.T) {
	w := newWorld(t)
	p := enterprise()
	id := w.move(p, "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateSignOff, steps.StageDo), func(o *app.Options) { o.Open = id })
	page, err := d.Model.Session().Step(steps.MigrateSignOff)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	d.Press("home")
	for i, task := range page.Tasks {
		d.Press("home")
		for range i {
			d.Press("down")
		}
		d.Press("space")
		if now, _ := d.Model.Session().Step(steps.MigrateSignOff); !now.Tasks[i].State.Done {
			t.Fatalf("%s is not ticked:\n%s", task.ID, d.Screen())
		}
		if task.AfterChecks != task.Held {
			t.Fatalf("%s: after the checks %v, held %v", task.ID, task.AfterChecks, task.Held)
		}
		if task.Held {
			d.Expect("though the checks it rests on are still open")
			told++
		} else {
			d.Refute("though the checks it rests on are still open")
		}
	}
	if told == 0 {
		t.Error("no task of the step comes after its checks")
	}
}
