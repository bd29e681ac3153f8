package uitest

import (
	"context"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/ui/app"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
)

// TestEnterOnConfirmLandsOnTheThingItself goes from each obstacle to the very
// question, task or check that it names.
func TestEnterOnConfirmLandsOnTheThingItself(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	for _, c := range w.checks {
		c.run = failing
	}
	s := w.session(id)
	for _, st := range []string{steps.MigrateFirewall, steps.MigrateRecipients} {
		if _, err := s.Check(context.Background(), st, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	kinds := map[plan.ObstacleKind]int{}
	for _, step := range []string{steps.MigrateFirewall, steps.MigrateRecipients, steps.MigrateOutbound, steps.MigrateMX} {
		for i, o := range s.Obstacles(step) {
			d := w.start(func(op *app.Options) {
				op.Position = &steps.Position{Screen: screen.Step, Step: step, Stage: steps.StageConfirm, Cursor: i + 1}
			})
			d.Resize(100, 40)
			d.Press("enter")
			kinds[o.Kind]++
			p := d.Model.Place()
			name := strings.TrimPrefix(o.Text, "not ticked: ")
			switch o.Kind {
			case plan.ObstacleTask:
				if p.Stage != steps.StageDo || !pointedAt(d, name) {
					t.Errorf("%s, %s leads to %+v\n%s", step, o.ID, p, d.Screen())
				}
			case plan.ObstacleAnswer:
				if p.Screen != screen.RFI || "answer "+p.Field != o.ID {
					t.Errorf("%s, %s leads to %+v", step, o.ID, p)
				}
			case plan.ObstacleBlocker:
				if p.Stage != steps.StageCheck || !pointedAt(d, "The first thing is wrong") {
					t.Errorf("%s, %s leads to %+v\n%s", step, o.ID, p, d.Screen())
				}
			case plan.ObstacleNotRun:
				if p.Stage != steps.StageCheck || !pointedAt(d, strings.TrimPrefix(o.ID, "check ")) {
					t.Errorf("%s, %s leads to %+v\n%s", step, o.ID, p, d.Screen())
				}
			case plan.ObstacleGate:
				if p.Screen == screen.Hub || p.Stage == steps.StageConfirm && p.Step == step {
					t.Errorf("%s, %s leads nowhere: %+v", step, o.ID, p)
				}
			}
		}
	}
	for _, k := range []plan.ObstacleKind{plan.ObstacleTask, plan.ObstacleAnswer, plan.ObstacleBlocker, plan.ObstacleNotRun, plan.ObstacleGate} {
		if kinds[k] == 0 {
			t.Errorf("no obstacle of kind %s was tried: %v", k, kinds)
		}
	}
}

// pointedAt reports that the row under the cursor begins with a text.
func pointedAt(d *Driver, text string) bool {
	for _, l := range strings.Split(d.Screen(), "\n") {
		if _, after, ok := strings.Cut(l, "▸"); ok {
			begin := []rune(text)
			return strings.Contains(after, string(begin[:min(len(begin), 30)]))
		}
	}
	return false
}

// TestMessagesSayWhatTheyAre: done, refused and worth knowing are told apart by
// mark and word, so without colour and in ASCII as well.
func TestMessagesSayWhatTheyAre(t *testing.T) {
	for _, o := range []theme.Options{{Dark: true}, {NoColor: true}, {NoColor: true, ASCII: true}} {
		done, refused := "✓ Done", "– Not done"
		if o.ASCII {
			done, refused = "[x] Done", "[-] Not done"
		}
		w := newWorld(t)
		w.move(enterprise(), "Acme", "acme.com.au")
		d := w.start(at(steps.MigrateDates, steps.StageConfirm), func(a *app.Options) { a.Theme = o })
		d.Press("end", "enter")
		d.Expect(refused+"  ", "above must be put right first")
		d.Refute(done)
		d.Press("e", "enter")
		d.Expect(done + "  Saved to")
		d.Refute(refused)
	}
}

// TestSpaceTicksAndMovesNothing: in every list the space bar ticks where there
// is something to tick, and never moves.
func TestSpaceTicksAndMovesNothing(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	for _, stage := range []steps.Stage{steps.StageAnswer, steps.StageCheck} {
		d := w.start(at(steps.MigrateRecipients, stage))
		d.Press("home")
		before := d.Screen()
		d.Press("space")
		if body(d.Screen()) != body(before) {
			t.Errorf("the space bar does something in %s:\n%s", stage, d.Screen())
		}
	}
	s := w.session(id)
	task := -1
	for i, o := range s.Obstacles(steps.MigrateFirewall) {
		if o.Kind == plan.ObstacleTask && task < 0 {
			task = i
		}
	}
	d := w.start(at(steps.MigrateFirewall, steps.StageConfirm))
	d.Press("home")
	for range task {
		d.Press("down")
	}
	d.Press("space")
	d.Expect("Done", "Ticked")
	d.Press("left", "left")
	d.Expect("1 of 3 tasks done")
}

// TestBIsEsc: the letter goes back one level, where nothing is typed.
func TestBIsEsc(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	for _, key := range []string{"b", "esc"} {
		d := w.start(at(steps.MigrateFirewall, steps.StageDo))
		d.Press("enter")
		d.Expect("not ticked")
		d.Press("e")
		for _, want := range []string{"not ticked", "tasks done", "Your turn", "1 move"} {
			d.Press(key)
			d.Expect(want)
		}
		d.Press(key) // there is nothing above
		d.Expect("1 move")
	}
	d := w.start(at(steps.MigrateFirewall, steps.StageDo))
	d.Press("n")
	d.Type("bbb")
	d.Expect("bbb")
}

// TestHelpOnTheListOfMoves names no key that does nothing there.
func TestHelpOnTheListOfMoves(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	d.Press("esc", "?")
	d.Expect("Everywhere", "leave at once")
	d.Refute("In a move", "journal", "export", "list of steps")
}

// TestConfirmKeepsTheCursorInSight scrolls: in every size the row under the
// cursor is on the screen, and what was done can be read to its end.
func TestConfirmKeepsTheCursorInSight(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	s := w.session(id)
	obstacles := s.Obstacles(steps.MigrateMX)
	for _, size := range [][2]int{{60, 16}, {80, 24}} {
		d := w.start(at(steps.MigrateMX, steps.StageConfirm))
		d.Resize(size[0], size[1])
		d.Press("home")
		for _, o := range obstacles {
			if !pointedAt(d, string([]rune(o.Text)[:12])) {
				t.Fatalf("%v: %q is not in sight under the cursor:\n%s", size, o.Text, d.Screen())
			}
			d.Press("down")
		}
		if !pointedAt(d, "Confirm this step") {
			t.Fatalf("%v: the last row is not in sight:\n%s", size, d.Screen())
		}
	}
	for _, o := range s.Obstacles(steps.MigrateSignOff) {
		if err := s.SetAside(context.Background(), steps.MigrateSignOff, o.ID, "because of "+o.ID); err != nil {
			t.Fatal(err)
		}
	}
	all := s.Snapshot().Overrides
	d := w.start(at(steps.MigrateSignOff, steps.StageConfirm))
	d.Resize(60, 16)
	d.Refute("because of " + all[len(all)-1].Gate)
	for range 30 {
		d.Press("pgdown")
	}
	d.Expect("pgup", "Sign off")
	for range 30 {
		d.Press("pgup")
	}
	d.Expect("pgdn")
}

// TestTheCheckUnderTheCursorIsReadWhole: in a narrow window its title is cut in
// the list, and stands whole below.
func TestTheCheckUnderTheCursorIsReadWhole(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	long := "Something with a title that is long enough to be cut"
	for _, c := range w.checks {
		c.title = long
	}
	d := w.start(at(steps.MigrateFirewall, steps.StageCheck))
	d.Resize(60, 16)
	d.Refute(long)
	d.Press("down")
	d.Expect(long)
}

// TestPassedOverQuestionsComeBack: after the last question of a step the list of
// its questions is there again as long as a required one is missing, with the
// cursor on it.
func TestPassedOverQuestionsComeBack(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(steps.MigrateRecipients, steps.StageAnswer))
	d.Resize(100, 40)
	first := d.Model.Place()
	d.Press("enter")
	for range 40 {
		if d.Model.Place().Screen != screen.RFI {
			break
		}
		d.Press("tab")
	}
	page, err := w.session(id).Step(steps.MigrateRecipients)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range page.Questions {
		if q.Missing {
			if p := d.Model.Place(); p.Stage != steps.StageAnswer || !pointedAt(d, string([]rune(q.Question.Label)[:20])) {
				t.Fatalf("from %+v it went to %+v\n%s", first, p, d.Screen())
			}
			return
		}
	}
	t.Fatal("nothing is missing, so nothing was tried")
}

// TestSignOffLeadsToTheChecksFirst: Enter comes to the confirmation that goes
// to the engineer when the checks leave nothing open, and not before.
func TestSignOffLeadsToTheChecksFirst(t *testing.T) {
	w := newWorld(t)
	s := w.session(w.move(enterprise(), "Acme", "acme.com.au"))
	for _, o := range s.Obstacles(steps.MigrateSignOff) {
		if o.Kind == plan.ObstacleGate {
			if err := s.SetAside(context.Background(), steps.MigrateSignOff, o.ID, "for the test"); err != nil {
				t.Fatal(err)
			}
		}
	}
	d := w.start(at(steps.MigrateSignOff, steps.StageDo))
	d.Expect("Run your own tests", "after the checks")
	d.Press("space")
	d.Expect("1 of 3 tasks done", "▸ On to Check")
	d.Press("enter", "r")
	d.Rest()
	d.Expect("▸ On to Do")
	d.Press("enter")
	d.Expect("▸ ○ Confirm the migration to the engineer")
	d.Press("space", "space")
	d.Expect("3 of 3 tasks done", "▸ On to Confirm")
}
